"""Vulnerable code in its many forms, beside what only looks like it."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.syntax import parse
from pytest_selfmod_guard.syntax.python import Python

if TYPE_CHECKING:
    from pytest_selfmod_guard.model import Finding
    from tests.rules.conftest import Ask

HANDLER = (
    "from flask import Flask, request, abort\napp = Flask(__name__)\n@app.route('/')\ndef f():\n"
)
RULES = tuple(f"SMG{number}" for number in range(240, 260))

WAYS = {
    "straight": "open(request.args['n'])",
    "by a variable": "n = request.args.get('n')\nopen(n)",
    "by two": "a, b = request.form['a'], 1\nn = a\nopen(n)",
    "added to": "n = 'x/'\nn += request.values['n']\nopen(n)",
    "in a list": "parts = ['x']\nparts.append(request.json['n'])\nopen('/'.join(parts))",
    "in a dictionary": "d = {}\nd['n'] = request.json['n']\nopen(d['n'])",
    "in a loop": "for n in request.form.values():\n    open(n)",
    "in a comprehension": "[open(n) for n in request.args]",
    "unpacked": "for k, n in request.args.items():\n    open(n)",
    "by percent": "open('x/%s.txt' % request.args['n'])",
    "by format": "open('x/{}.txt'.format(request.args['n']))",
    "by f-string": "open(f\"x/{request.args['n']}\")",
    "by join": "import os\nopen(os.path.join('x', request.args['n']))",
    "by slash": "from pathlib import Path\nopen(Path('x') / request.args['n'])",
    "by a walrus": "if (n := request.args.get('n')):\n    open(n)",
    "by either": "open(request.args.get('n') or 'x')",
    "by choice": "open(request.args['n'] if request.args else 'x')",
    "decoded": "import base64\nopen(base64.b64decode(request.args['n']).decode())",
    "replaced in vain": "open(request.args['n'].replace('../', ''))",
    "as a keyword": "open(file=request.args['n'])",
    "headers": "open(request.headers['X-Name'])",
    "cookies": "open(request.cookies.get('n'))",
    "under another name": "from flask import request as r\nopen(r.args['n'])",
    "in a branch": "n = 'x'\nif request.args:\n    n = request.args['n']\nopen(n)",
    "cleaned in a branch": "n = request.args['n']\nif n == '':\n    n = 'x'\nopen(n)",
    "another one cleaned": "n = request.args['n']\nm = int(request.args['m'])\nopen(n)",
    "tested by existing": "n = request.args['n']\nimport os\nif os.path.exists(n):\n    open(n)",
    "tested for length": "n = request.args['n']\nif len(n) < 9:\n    open(n)",
    "tested in part": "import re\nn = request.args['n']\nif re.match('[a-z]+', n):\n    open(n)",
    "numbered in vain": "n = request.args['n']\ntry:\n    n = int(n)\nexcept ValueError:\n"
    "    open(n)",
    "tested too late": "n = request.args['n']\nopen(n)\nif n not in PAGES:\n    abort(404)",
}

ENDS = {
    "a number": "open(f\"x/{int(request.args['n'])}\")",
    "a number before": "n = request.args['n']\ntry:\n    n = int(n)\nexcept ValueError:\n"
    "    abort(400)\nopen(f'x/{n}')",
    "looked up": "open(PAGES[request.args['n']])",
    "looked up with a default": "open(PAGES.get(request.args['n'], 'x'))",
    "overwritten": "n = request.args['n']\nn = 'x'\nopen(n)",
    "its last part": "import os\nopen(os.path.basename(request.args['n']))",
    "cleaned": "from werkzeug.utils import secure_filename\n"
    "n = secure_filename(request.args['n'])\nopen(n)",
    "one of many": "n = request.args['n']\nif n not in PAGES:\n    abort(404)\nopen(n)",
    "tested as a whole": "import re\nn = request.args['n']\nif not re.fullmatch('[a-z]+', n):\n"
    "    abort(404)\nopen(n)",
    "tested to its end": "import re\nn = request.args['n']\nif re.match('[a-z]+$', n):\n"
    "    open(n)",
    "letters and digits": "n = request.args['n']\nif not n.isalnum():\n    abort(404)\nopen(n)",
    "without dots": "n = request.args['n']\nif '..' in n:\n    abort(404)\nopen(n)",
    "checked by a function": "n = request.args['n']\nvalidate_name(n)\nopen(n)",
    "tested after joining": "import os\np = os.path.realpath(os.path.join(B, request.args['n']))\n"
    "if not p.startswith(B):\n    abort(404)\nopen(p)",
    "what was found by it": "row = find(request.args['n'])\nopen(row.path)",
    "filled afterwards": "n = 'x'\nopen(n)\nn = request.args['n']",
    "tested in pieces": "n = request.args['n']\nhead = n.split('/')\nfirst = head[0]\n"
    "if first not in PAGES:\n    abort(404)\nopen(n)",
    "only told about": "open(f\"{request.args['n'].isdigit()}\")",
    "whether there is one": "open('a' if request.args['n'] == 'b' else 'c')",
    "not the sender's": "open(request.method)",
    "all others dropped": "import re\nopen(re.sub(r'[^a-z]', '', request.args['n']))",
}


def _told(ask: Ask, rule: str, code: str, path: str = "shop/views.py") -> Risk:
    found = ask(rule, {}, {path: code})
    return max((item.risk for item in found), default=Risk.NONE)


def _in_handler(body: str) -> str:
    return HANDLER + "".join(f"    {line}\n" for line in body.split("\n"))


@pytest.mark.parametrize("way", WAYS)
def test_foreign_data_is_followed(ask: Ask, way: str) -> None:
    """Whatever way it takes from the request to the call."""
    assert _told(ask, "SMG241", _in_handler(WAYS[way])) == Risk.HIGH


@pytest.mark.parametrize("end", ENDS)
def test_what_was_cleaned_or_tested_is_silent(ask: Ask, end: str) -> None:
    """As is what only depends on a request."""
    assert _told(ask, "SMG241", _in_handler(ENDS[end])) == Risk.NONE


SENDERS = {
    "flask": "import flask\ndef f():\n    open(flask.request.args['n'])",
    "a path of a route": "import bottle\n@bottle.route('/<n>')\ndef f(n):\n    open(n)",
    "django": "def f(request):\n    open(request.GET['n'])",
    "a view's method": "class V(View):\n    def get(self, request):\n"
    "        open(request.GET['n'])",
    "a view's own": "class V(View):\n    def get(self):\n        open(self.request.GET['n'])",
    "fastapi": "from fastapi import FastAPI\napp = FastAPI()\n@app.get('/')\ndef f(n: str):\n"
    "    open(n)",
    "a body": "from fastapi import FastAPI\napp = FastAPI()\n@app.put('/')\ndef f(b: Body):\n"
    "    open(b.name)",
    "an annotation": "from starlette.requests import Request\ndef f(r: Request):\n"
    "    open(r.query_params['n'])",
    "aiohttp": "async def f(request):\n    body = await request.json()\n    open(body['n'])",
    "tornado": "class H(Handler):\n    def get(self):\n        open(self.get_argument('n'))",
    "a lambda function": "def handler(event, context):\n    open(event['n'])",
    "through a helper": "def f(request):\n    _g(request.GET['n'])\ndef _g(n):\n    open(n)",
    "through what a helper gives": "def f(request):\n    open(_g(request))\ndef _g(request):\n"
    "    return request.GET['n']",
    "through a field": "class V(View):\n    def a(self, request):\n"
    "        self.n = request.GET['n']\n"
    "    def b(self):\n        open(self.n)",
    "a later function": "@app.route('/<n>')\ndef f(n):\n    def g():\n        open(n)\n    g()",
}
NO_SENDERS = {
    "a number of a route": "@app.route('/<int:n>')\ndef f(n):\n    open(f'{n}')",
    "a typed number": "@app.get('/')\ndef f(n: int):\n    open(f'{n}')",
    "an injected one": "@app.get('/')\ndef f(n=Depends(path)):\n    open(n)",
    "any parameter": "def f(n):\n    open(n)",
    "a program's argument": "import sys\nopen(sys.argv[1])",
    "a command": "import click\n@click.command()\ndef f(n):\n    open(n)",
    "a fixture's request": "def f(request):\n    open(request.param)",
    "a tested one, in a helper": "def f(request):\n    open(_g(request.GET['n']))\n"
    "def _g(n):\n    if n not in PAGES:\n        raise KeyError(n)\n    return n",
}


@pytest.mark.parametrize("sender", SENDERS)
def test_requests_are_known_in_every_framework(ask: Ask, sender: str) -> None:
    """By what they are imported as, called, annotated or decorated with."""
    assert _told(ask, "SMG241", SENDERS[sender]) == Risk.HIGH


@pytest.mark.parametrize("sender", NO_SENDERS)
def test_what_is_no_request_is_silent(ask: Ask, sender: str) -> None:
    """A path is mostly the caller's own business."""
    assert _told(ask, "SMG241", NO_SENDERS[sender]) == Risk.NONE


EVILS = [
    ("SMG240", "def f(c, n):\n    c.execute('SELECT * FROM t WHERE n = \"' + n + '\"')"),
    ("SMG240", "def f(c, n):\n    c.execute('SELECT * FROM t WHERE a = %s AND b = %s' % (1, n))"),
    ("SMG240", "def f(c, n):\n    c.execute('SELECT * FROM t WHERE n = {n}'.format(n=n))"),
    ("SMG240", ("def f(c, n):\n    q = f'SELECT * FROM t WHERE n LIKE \\'%{n}%\\''\n"
               "    c.execute(q)")),
    ("SMG240", "def f(c):\n    c.execute('INSERT INTO t VALUES (\\'' + row['x'] + '\\')')"),
    ("SMG240", "def f(c, n):\n    c.execute('SELECT * FROM t WHERE n IN (\\'%s\\')' % n)"),
    ("SMG240", ("def f(request):\n    return G.objects.raw('SELECT * FROM t ORDER BY ' + "
               "request.GET['o'])")),
    ("SMG241", "import tarfile\ndef f(p):\n    tarfile.open(p).extractall()"),
    ("SMG241", ("import tarfile\ndef f(p):\n    t = tarfile.open(p)\n"
               "    t.extractall(filter='fully_trusted')")),
    ("SMG241", "def f(request):\n    request.files['a'].save('x/' + request.files['a'].filename)"),
    ("SMG242", "import requests\ndef f(request):\n    requests.request('GET', request.GET['u'])"),
    ("SMG242", "import requests\ndef f(request):\n    requests.get('https://' + request.GET['h'])"),
    ("SMG242", ("import requests\ndef f(request):\n    s = requests.Session()\n"
               "    s.get(request.GET['u'])")),
    ("SMG243", ("from flask import *\nfrom flask import request\nfrom flask import Response\n"
               "def f():\n    return Response(request.data)")),
    ("SMG243", ("from flask import Flask, request\n@app.get('/')\ndef f():\n"
               "    return request.args['n'], 400")),
    ("SMG243", ("from flask import Flask, request\n@app.get('/')\ndef f():\n"
               "    return '<b>{}</b>'.format(request.url)")),
    ("SMG244", "import jinja2\ndef f(request):\n    jinja2.Template('a' + request.GET['t'])"),
    ("SMG245", ("from flask import redirect, request\ndef f():\n"
               "    return redirect(request.args['u'])")),
    ("SMG245", ("from flask import redirect, request\ndef f():\n    u = request.args['u']\n"
               "    if u.startswith('/'):\n        return redirect(u)")),
    ("SMG245", ("from django.http import HttpResponse\ndef f(request):\n    r = HttpResponse()\n"
               "    r['Location'] = request.GET['u']")),
    ("SMG246", ("import ldap\ndef f(c, request):\n    c.search_s('dc=a', 2, '(&(a=b)(uid=%s))' % "
               "request.GET['u'])")),
    ("SMG246", "def f(t, request):\n    t.findall(\"./u[@n='\" + request.GET['u'] + \"']\")"),
    ("SMG246", ("import pymongo\ndef f(c, request):\n"
               "    c.find({'$where': 'this.a == ' + request.GET['a']})")),
    ("SMG247", "import re\ndef f(request):\n    return re.search(request.GET['p'], 'text')"),
    ("SMG247", "def f(request, u):\n    t = request.GET['t']\n    return t.format(u=u)"),
    ("SMG248", "from lxml import etree\np = etree.XMLParser(no_network=False)"),
    ("SMG248", ("from lxml import etree\nimport requests\n"
               "etree.fromstring(requests.get('http://a.invalid').content)")),
    ("SMG249", "import subprocess\ndef f(request):\n    subprocess.run([request.GET['p'], '-v'])"),
    ("SMG249", "def f(c, request):\n    c.exec_command('ls ' + request.GET['d'])"),
    ("SMG250", ("import traceback\ndef f(request):\n    t = traceback.format_exc()\n"
               "    return HttpResponse(f'x {t}')")),
    ("SMG251", ("def f(u, request):\n    for k, v in request.POST.items():\n"
               "        setattr(u, k, v)")),
    ("SMG252", "import jwt\njwt.decode(t, k, options=dict(verify_signature=False))"),
    ("SMG252", "from jose import jwt as j\nj.decode(t, k, algorithms='none')"),
    ("SMG252", "import python_jwt\npython_jwt.process_jwt(t)"),
    ("SMG253", "T = 'AKIA' 'Q7ZB3XJ2M5KD8RWT'"),
    ("SMG253", "K = '''-----BEGIN RSA PRIVATE KEY-----\n" + "MIIx7QbvKw2LpT9dRc4Y" * 6 + "'''"),
    ("SMG253", "import jwt\nK = 'simple'\njwt.encode({}, K)"),
    ("SMG253", "config = {'api_key': 'x7Kq2mZp9Rt4Lw8Yv3Bn'}"),
    ("SMG253", "def f(request):\n    return 'opensesame' == request.form['password']"),
    ("SMG253", "def f(request):\n    return request.form.get('passwd') != 'opensesame'"),
    ("SMG253", "import pymysql\npymysql.connect(user='a', passwd='b7x')"),
    ("SMG253", "URL = 'postgresql://shop:x7Kq2mZp9Rt4Lw8Yv3Bn@sql.internal/shop'"),
    ("SMG254", "import requests as r\nr.Session().get('https://a.invalid', verify=False)"),
    ("SMG254", "import aiohttp\naiohttp.TCPConnector(ssl=False)"),
    ("SMG254", "import ssl\nc = ssl.SSLContext()\nc.verify_mode = ssl.VerifyMode.CERT_NONE"),
    ("SMG254", "import ssl\nssl.wrap_socket(s)"),
    ("SMG254", "import os\nos.environ['PYTHONHTTPSVERIFY'] = '0'"),
    ("SMG254", "import subprocess\nsubprocess.run(['curl', '-k', 'https://a.invalid'])"),
    ("SMG254", "import pycurl\nc = pycurl.Curl()\nc.setopt(pycurl.SSL_VERIFYPEER, 0)"),
    ("SMG255", "from Crypto.Cipher import *\nDES.new(k)"),
    ("SMG255", "from Crypto.Cipher import AES\nAES.new(k, AES.MODE_CBC, b'0' * AES.block_size)"),
    ("SMG255", "from Crypto.Cipher import AES\nAES.new(k, AES.MODE_CBC, iv=bytes(16))"),
    ("SMG255", ("from cryptography.hazmat.primitives.ciphers import algorithms\n"
               "algorithms.TripleDES(k)")),
    ("SMG255", ("from cryptography.hazmat.primitives.asymmetric import ec\n"
               "ec.generate_private_key(ec.SECP192R1())")),
    ("SMG255", "import hashlib\nhashlib.md5(user.password.encode())"),
    ("SMG255", "import hashlib\nhashlib.sha1(f'{salt}{form[\"password\"]}'.encode())"),
    ("SMG255", "import bcrypt\nbcrypt.hashpw(p, b'$2b$12$abcdefghijklmnopqrstuv')"),
    ("SMG256", "import random\ncsrf_token = random.getrandbits(128)"),
    ("SMG256", "import random\ndef generateApiKey():\n    return random.choice('abc')"),
    ("SMG256", "from numpy import random\nsalt = random.bytes(8)"),
    ("SMG257", "class Config:\n    WTF_CSRF_ENABLED = False"),
    ("SMG257", "from flask_cors import CORS\nCORS(app, origins='*', supports_credentials=True)"),
    ("SMG257", "r.set_cookie('sessionid', s, secure=True)"),
    ("SMG257", "import jinja2\njinja2.Environment(autoescape=False)"),
    ("SMG258", "import os\nos.chmod(p, 0o602)"),
    ("SMG249", "def f(o, request):\n    m = getattr(o, request.GET['n'])\n    return m()"),
    ("SMG258", "import os\nos.open(p, os.O_CREAT, 0o777)"),
    ("SMG258", "from tempfile import mktemp as m\nm()"),
    ("SMG259", ("import hmac\ndef f(m, s):\n    return s != 'sha256=' + hmac.new(K, m, "
               "'sha256').hexdigest()")),
    ("SMG259", ("import hmac\ndef f(m, s):\n    d = hmac.digest(K, m, 'sha256')\n    if d == s:\n"
               "        return 1")),
]  # fmt: skip

MILD = [
    ("SMG249", "def f(o, request):\n    return str(getattr(o, request.GET['n']))"),
    ("SMG240", "def f(c, t):\n    c.execute(f'SELECT * FROM {t}')"),
    ("SMG240", "def f(c):\n    c.execute(\"SELECT * FROM t WHERE n = \" + row['n'])"),
    ("SMG241", "import tarfile\ndef f(p):\n    tarfile.open(p).extractall()", "scripts/fetch.py"),
    ("SMG242", ("import requests\ndef f(request):\n    requests.get('https://a.invalid/' + "
               "request.GET['p'])")),
    ("SMG243", "import re\nre.sub(r'<script.*?>', '', page)"),
    ("SMG245", "def f(request, r):\n    r.headers['X-A'] = request.GET['a']"),
    ("SMG249", "import subprocess\ndef f(request):\n    subprocess.run(['ls', request.GET['d']])"),
    ("SMG250", ("import logging\nlog = logging.getLogger()\ndef f(request):\n"
               "    log.info('%s', request.GET['n'])")),
    ("SMG253", "password = 'megalith'"),
    ("SMG253", "KEY = 'x'\nAPI_KEY = 'x7Kq2mZp9Rt4Lw8Yv3Bn'", "docs/example.py"),
    ("SMG253", "import redis\nredis.Redis(password='')"),
    ("SMG254", "import telnetlib\ntelnetlib.Telnet('a.invalid')"),
    ("SMG254", "def f(insecure):\n    if insecure:\n        c.verify_mode = ssl.CERT_NONE"),
    ("SMG256", "import random, string\nname = ''.join(random.choices(string.ascii_letters, k=8))"),
    ("SMG257", "DEBUG = True"),
    ("SMG257", ("from django.views.decorators.csrf import csrf_exempt\n@csrf_exempt\n"
               "def f(request): ...")),
    ("SMG257", "class TestingConfig:\n    WTF_CSRF_ENABLED = False"),
    ("SMG259", "def f(token):\n    assert user.has_perm('drop')"),
    ("SMG259", "def f(signature, digest):\n    return signature == digest"),
]  # fmt: skip

HARMLESS = [
    "def _f(c, n):\n    c.execute(\"SELECT * FROM t WHERE n = '%s'\" % n)\n_f(db, 'a')",
    ("from flask import make_response, request\ndef f():\n"
    "    return make_response({'n': request.args['n']})"),
    "API_KEY = 'aaaa1111AAAAaaaa1111'",
    "import os\nos.chmod(p, 0o664)",
    "def f(c, n):\n    c.execute('SELECT * FROM t WHERE n = ?', (n,))",
    "def f(c):\n    c.execute('SELECT * FROM ' + TABLE)",
    "def f(c, n: int):\n    c.execute(f'SELECT * FROM t WHERE n = {n}')",
    ("def f(c, ids):\n    c.execute('SELECT 1 FROM t WHERE i IN (%s)' % ','.join('?' * "
    "len(ids)), ids)"),
    "def f(log, n):\n    log.execute(f'step {n}')",
    "import zipfile\ndef f(p):\n    zipfile.ZipFile(p).extractall()",
    ("import tarfile\ndef f(p):\n    with tarfile.open(p) as t:\n"
    "        t.extractall(filter='data')"),
    "import requests\ndef f(request):\n    requests.get(URL, params=request.GET)",
    "import requests\ndef f(url):\n    return requests.get(url, timeout=3)",
    ("import requests\ndef f(request):\n    requests.get('https://a.invalid/?q=' + "
    "request.GET['q'])"),
    "from flask import jsonify, request\n@app.get('/')\ndef f():\n    return jsonify(request.args)",
    "from fastapi import FastAPI\n@app.get('/')\ndef f(n: str):\n    return f'hi {n}'",
    ("from flask import Response, request\ndef f():\n"
    "    return Response(request.data, mimetype='text/plain')"),
    ("from flask import redirect, request, url_for\ndef f():\n"
    "    return redirect(url_for('x', n=request.args['n']))"),
    ("from flask import redirect, request\ndef f():\n"
    "    return redirect(f\"/u/{request.args['n']}\")"),
    "def f(t, n):\n    return t.find(n)",
    "import re\ndef f(request):\n    return re.search(re.escape(request.GET['p']), 'x')",
    "def f(request):\n    return 'a {}'.format(request.GET['n'])",
    "from lxml import etree\netree.parse('a.xml', etree.XMLParser(resolve_entities=False))",
    "import subprocess\ndef f(request):\n    subprocess.run(COMMANDS[request.GET['p']])",
    "def f(o, request):\n    return getattr(o, f\"on_{request.GET['n']}\")",
    "import jwt\njwt.decode(t, k, algorithms=['HS256'], options={'verify_exp': False})",
    "API_KEY = os.environ['API_KEY']",
    "API_KEY = '<your key>'\nSECRET_NAME = 'shop/payment/key'\nkey = 'title'\ntoken = 'bearer'",
    "PUBLIC_KEY_URL = 'https://a.invalid/keys/x7Kq2mZp9Rt4Lw8Yv3Bn.pem'",
    "URL = 'postgresql://user:password@localhost/test'",
    "if form.password == form.confirm: pass\nif token_type == 'password': pass",
    "import requests\nrequests.get('https://a.invalid', verify=True)\nrequests.get(u, verify=CA)",
    "import ssl\nc = ssl.create_default_context()\nc.verify_mode = ssl.CERT_REQUIRED",
    "loader.load(x, verify=False)",
    "import hashlib\nhashlib.md5(page)\nhashlib.sha1(data, usedforsecurity=False)",
    "import hashlib\ndef password_page(html):\n    return hashlib.sha256(html)",
    "import os\nfrom Crypto.Cipher import AES\nAES.new(k, AES.MODE_CBC, os.urandom(16))",
    "from Crypto.PublicKey import RSA\nRSA.generate(4096)",
    ("import random\ndef sleep_time():\n    return random.random()\n"
    "num_tokens = random.randint(1, 9)"),
    "import secrets\ntoken = secrets.token_hex()",
    ("r.set_cookie('sessionid', s, secure=True, httponly=True)\n"
    "r.set_cookie('csrftoken', s, secure=True)"),
    "app.add_middleware(CORSMiddleware, allow_origins=['*'])",
    "import os\nos.chmod(p, 0o755)\nos.chmod(p, 0o600)",
    ("import hmac\ndef f(m, s):\n    return hmac.compare_digest(hmac.new(K, m, "
    "'sha256').digest(), s)"),
    "assert total == 3",
]  # fmt: skip


@pytest.mark.parametrize(("rule", "code"), EVILS)
def test_what_is_vulnerable_is_denied(ask: Ask, rule: str, code: str) -> None:
    """Each by its own rule."""
    assert _told(ask, rule, code) == Risk.HIGH


@pytest.mark.parametrize(("rule", "code"), EVILS)
def test_in_a_test_it_is_a_warning(ask: Ask, rule: str, code: str) -> None:
    """Tests do on purpose what the product must not."""
    assert _told(ask, rule, code, "tests/test_views.py") == Risk.MEDIUM


@pytest.mark.parametrize("case", MILD)
def test_what_only_smells_is_a_warning(ask: Ask, case: tuple[str, ...]) -> None:
    """It denies no person: it is a warning, or for a person to look at, which binds agents."""
    rule, code, *path = case
    found = ask(rule, {}, {path[0] if path else "shop/views.py": code})
    assert found
    assert all(one.risk == Risk.MEDIUM or one.settled_by == "review" for one in found)


@pytest.mark.parametrize("code", HARMLESS)
def test_what_only_looks_vulnerable_is_silent(ask: Ask, code: str) -> None:
    """By none of these rules."""
    found: list[Finding] = []
    for rule in RULES:
        found += ask(rule, {}, {"shop/views.py": code})
    assert found == []


def test_a_second_hole_like_the_first_is_found(ask: Ask) -> None:
    """And the first, which was there before, is not."""
    one = "def f(request):\n    open(request.GET['n'])\n"
    two = one + "def g(request):\n    open(request.GET['n'])\n"
    assert [found.line for found in ask("SMG241", {"a.py": one}, {"a.py": two})] == [4]


def test_a_better_hash_of_the_same_is_no_new_fault(ask: Ask) -> None:
    """And one of something else is."""
    old = "import hashlib\ndef f(password):\n    return hashlib.sha1(password).hexdigest()\n"
    new = old.replace("sha1", "sha3_256")
    assert len(ask("SMG255", {}, {"a.py": new})) == 1
    assert ask("SMG255", {"a.py": old}, {"a.py": new}) == []
    other = new.replace("(password).hex", "(password + b'x').hex")
    assert len(ask("SMG255", {"a.py": old}, {"a.py": other})) == 1


@pytest.mark.parametrize("rule", RULES)
def test_hostile_files_are_bounded(ask: Ask, rule: str) -> None:
    """Chains, circles, odd targets and half-written calls cost little and crash nothing."""
    chain = "\n".join(f"    a{at + 1} = a{at} + a{at}" for at in range(300))
    code = dedent(
        """
        import hashlib, random, tarfile, traceback
        from Crypto.Cipher import AES
        from flask import request
        def loop(x):
            x = y = x + y
            y = loop(x)
            return loop(y)
        def jump(request):
            a0 = request.GET["a"]
        {chain}
            open(a300)
            execute("SELECT * FROM t WHERE a = '" + a300 + "'")
        def circle(a, b):
            key = key
            text = f"{{text}}" % text
            text = "%s" % text + text.format(text)
            both = one = both(one(both))
            one = one(both(one))
            if one == both or one.digest() == both["a"]: pass
            if key != one: pass
            execute(text); db.execute(text); db.execute("SELECT '" + text + "'")
            AES.new(key, AES.MODE_CBC, key); hashlib.pbkdf2_hmac("md5", key, key, 1)
            hashlib.new("md5", key).update(key); token = random.choice(token)
            one.extractall(); one.set_cookie("a", one); one.save(one); one.get(one)
            return traceback.format_exc(one) + one
        (a := open)(*b, **c)
        set_cookie(); setattr(); random.choice(); jwt.decode(); tarfile.open().extract()
        a[1:2] = a[()] = request.args
        f"{{{{}}}}".format(); "%(a)s %% %*d" % request.args; "".join(); re.sub()
        match request.args:
            case {{"a": [b, *c]}}: open(b)
        with open(a) as (b, c), d as e[0]: pass
        """
    ).format(chain=chain)
    assert isinstance(parse("shop/views.py", code.encode()), Python)
    assert len(ask(rule, {}, {"shop/views.py": code})) < 9
