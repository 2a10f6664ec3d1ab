"""Protection switched off and secrets given away, beside the same done right."""

from __future__ import annotations

from tests.corpus import Case

_PATH = "shop/service.py"


def _case(name: str, head: str, bad: str, honest: str) -> Case:
    """Make a case of one file; what both versions begin with is there before."""
    return Case(name, {_PATH: head}, {_PATH: head + bad}, {_PATH: head + honest})


def _drawn(seed: str) -> str:
    """Give a text that looks drawn, and opens nothing."""
    return "".join(
        chr(97 + (7 * at * at + ord(seed[at % len(seed)])) % 26) + str(at % 10) for at in range(20)
    )


CASES = [
    # connections
    _case(
        "tls-not-verified",
        "import requests\n\n",
        'def stock():\n    return requests.get("https://stock.example.invalid", verify=False, '
        "timeout=3).json()\n",
        'def stock():\n    return requests.get("https://stock.example.invalid", '
        'verify="ca.pem", timeout=3).json()\n',
    ),
    _case(
        "tls-client-not-verified",
        "import httpx\n\n",
        'CLIENT = httpx.AsyncClient(base_url="https://stock.example.invalid", verify=0 == 1)\n',
        'CLIENT = httpx.AsyncClient(base_url="https://stock.example.invalid", verify="ca.pem")\n',
    ),
    _case(
        "tls-by-options",
        "import requests\n\n",
        'OPTIONS = {"timeout": 3, "verify": False}\n\n\ndef stock():\n'
        '    return requests.get("https://a.example.invalid", **OPTIONS).json()\n',
        'OPTIONS = {"timeout": 3, "verify": True}\n\n\ndef stock():\n'
        '    return requests.get("https://a.example.invalid", **OPTIONS).json()\n',
    ),
    _case(
        "tls-context-without-names",
        "import ssl\n\n",
        "CONTEXT = ssl.create_default_context()\nCONTEXT.check_hostname = False\n",
        'CONTEXT = ssl.create_default_context(cafile="ca.pem")\nCONTEXT.check_hostname = True\n',
    ),
    _case(
        "tls-unverified-context",
        "import ssl\nimport urllib.request\n\n",
        'def read(url):\n    return urllib.request.urlopen("https://a.example.invalid", '
        "context=ssl._create_unverified_context()).read()\n",
        'def read(url):\n    return urllib.request.urlopen("https://a.example.invalid", '
        "context=ssl.create_default_context()).read()\n",
    ),
    _case(
        "tls-default-replaced",
        "import ssl\n\n",
        "ssl._create_default_https_context = ssl._create_unverified_context\n",
        "CONTEXT = ssl.create_default_context()\n",
    ),
    _case(
        "tls-of-urllib3",
        "import urllib3\n\n",
        'POOL = urllib3.PoolManager(cert_reqs="CERT_NONE")\n',
        'POOL = urllib3.PoolManager(cert_reqs="CERT_REQUIRED", ca_certs="ca.pem")\n',
    ),
    _case(
        "tls-old-version",
        "import ssl\n\n",
        "context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)\n"
        "context.minimum_version = ssl.TLSVersion.TLSv1\n",
        "context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)\n"
        "context.minimum_version = ssl.TLSVersion.TLSv1_3\n",
    ),
    _case(
        "ssh-any-host",
        "from paramiko import AutoAddPolicy, RejectPolicy, SSHClient\n\nclient = SSHClient()\n",
        "client.set_missing_host_key_policy(AutoAddPolicy)\n",
        "client.load_system_host_keys()\nclient.set_missing_host_key_policy(RejectPolicy())\n",
    ),
    _case(
        "ssh-any-host-by-option",
        "import subprocess\n\n",
        'def copy(host):\n    subprocess.run(["scp", "-oStrictHostKeyChecking=no", "shop.db", '
        'f"{host}:"], check=True)\n',
        'def copy(host):\n    subprocess.run(["scp", "-oStrictHostKeyChecking=yes", "shop.db", '
        'f"{host}:"], check=True)\n',
    ),
    # tokens
    _case(
        "jwt-not-verified",
        "import jwt\n\n",
        'def who(token):\n    return jwt.decode(token, options={"verify_signature": '
        'False})["sub"]\n',
        'def who(token, key):\n    return jwt.decode(token, key, algorithms=["RS256"])["sub"]\n',
    ),
    _case(
        "jwt-without-algorithm",
        "import jwt\n\n",
        'def make(user):\n    return jwt.encode({"sub": user}, key="", algorithm="none")\n',
        'def make(user, key):\n    return jwt.encode({"sub": user}, key=key, algorithm="HS256")\n',
    ),
    _case(
        "jwt-with-a-known-key",
        "import os\nimport jwt\n\n",
        'def make(user):\n    return jwt.encode({"sub": user}, "shop-secret", algorithm="HS256")\n',
        'def make(user):\n    return jwt.encode({"sub": user}, os.environ["SHOP_KEY"], '
        'algorithm="HS256")\n',
    ),
    # secrets
    _case(
        "key-in-the-code",
        "import os\n\n",
        f'STRIPE_API_KEY = "{_drawn("stripe")}"\n',
        'STRIPE_API_KEY = os.environ["STRIPE_API_KEY"]\n',
    ),
    _case(
        "key-in-a-call",
        "import os\nimport boto3\n\n",
        f'client = boto3.client("s3", aws_secret_access_key="{_drawn("aws")}")\n',
        'client = boto3.client("s3", aws_secret_access_key=os.environ["S3_KEY"])\n',
    ),
    _case(
        "key-by-its-form",
        "import os\n\n",
        f'HEADERS = {{"Authorization": "token {"gh" + "p_" + _drawn("git")[:37]}"}}\n',
        'HEADERS = {"Authorization": "token " + os.environ["GITHUB_TOKEN"]}\n',
    ),
    _case(
        "password-of-a-database",
        "import os\nimport psycopg2\n\n",
        'def db():\n    return psycopg2.connect(host="db.example.invalid", user="shop", '
        'password="hunter22")\n',
        'def db():\n    return psycopg2.connect(host="db.example.invalid", user="shop", '
        'password=os.environ["DB_PASSWORD"])\n',
    ),
    _case(
        "password-for-all",
        "from shop.users import check_password\n\n",
        'def login(request):\n    return request.POST["password"] == "letmein!"\n',
        'def login(request, user):\n    return check_password(request.POST["password"], '
        "user.digest)\n",
    ),
    # ciphers and hashes
    _case(
        "cipher-broken",
        "import os\nfrom Crypto.Cipher import AES, ARC4\n\n",
        "def hide(key, text):\n    return ARC4.new(key).encrypt(text)\n",
        "def hide(key, text):\n"
        "    return AES.new(key, AES.MODE_GCM, nonce=os.urandom(12)).encrypt_and_digest(text)\n",
    ),
    _case(
        "cipher-blocks-show",
        "from Cryptodome.Cipher import AES\nfrom Cryptodome.Random import get_random_bytes\n\n",
        "def hide(key, text):\n    return AES.new(key, AES.MODE_ECB).encrypt(text)\n",
        "def hide(key, text):\n"
        "    return AES.new(key, AES.MODE_EAX, nonce=get_random_bytes(16)).encrypt(text)\n",
    ),
    _case(
        "cipher-start-known",
        "import os\nfrom cryptography.hazmat.primitives.ciphers import Cipher, algorithms, "
        "modes\n\n",
        'def hide(key):\n    start = b"\\x00" * 16\n    return Cipher(algorithms.AES(key), '
        "modes.CBC(start)).encryptor()\n",
        "def hide(key):\n    start = os.urandom(16)\n"
        "    return start, Cipher(algorithms.AES(key), modes.CBC(start)).encryptor()\n",
    ),
    _case(
        "key-too-small",
        "from cryptography.hazmat.primitives.asymmetric import rsa\n\n",
        "KEY = rsa.generate_private_key(public_exponent=65537, key_size=1024)\n",
        "KEY = rsa.generate_private_key(public_exponent=65537, key_size=3072)\n",
    ),
    _case(
        "password-hashed-fast",
        "import hashlib\nimport os\n\n",
        "def register(user, password, salt):\n    user.digest = hashlib.sha512((password + "
        "salt).encode()).hexdigest()\n",
        "def register(user, password):\n    salt = os.urandom(16)\n"
        "    user.digest = salt + hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, "
        "p=1)\n",
    ),
    _case(
        "password-hashed-in-steps",
        "import hashlib\n\n",
        'def digest(pwd):\n    state = hashlib.new("sha256")\n    state.update(pwd.encode())\n'
        "    return state.hexdigest()\n",
        'def digest(page):\n    state = hashlib.new("sha256")\n    state.update(page.encode())\n'
        "    return state.hexdigest()\n",
    ),
    _case(
        "salt-for-all",
        "import hashlib\nimport secrets\n\n",
        'SALT = b"shop-salt"\n\n\ndef digest(password):\n'
        '    return hashlib.pbkdf2_hmac("sha256", password, SALT, 600_000)\n',
        "def digest(password):\n    salt = secrets.token_bytes(16)\n"
        '    return salt, hashlib.pbkdf2_hmac("sha256", password, salt, 600_000)\n',
    ),
    # chance
    _case(
        "token-guessed",
        "import random\nimport secrets\nimport string\n\n",
        'def new_session_id():\n    return "".join(random.choices(string.hexdigits, k=32))\n',
        "def new_session_id():\n    return secrets.token_hex(16)\n",
    ),
    _case(
        "code-guessed",
        "import random\nimport secrets\n\n",
        "def invite(mail):\n    otp = random.randint(100000, 999999)\n"
        '    mail.send(f"your code: {otp}")\n',
        "def invite(mail):\n    otp = 100000 + secrets.randbelow(900000)\n"
        '    mail.send(f"your code: {otp}")\n',
    ),
    _case(
        "password-guessed",
        "import secrets\nfrom random import sample\n\n"
        "LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789'\n",
        'def create(users, name):\n    users.add(name, password="".join(sample(LETTERS, 10)))\n',
        'def create(users, name):\n    users.add(name, password="".join(secrets.choice(LETTERS) '
        "for _ in range(10)))\n",
    ),
    # doors, files, checks
    _case(
        "any-origin-with-cookies",
        "from starlette.applications import Starlette\n"
        "from starlette.middleware.cors import CORSMiddleware\n\napp = Starlette()\n",
        'app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["*"], '
        "allow_credentials=True)\n",
        'app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["GET"], '
        "allow_credentials=False)\n",
    ),
    _case(
        "any-origin-of-flask",
        "from flask import Flask\nfrom flask_cors import CORS\n\napp = Flask(__name__)\n",
        "CORS(app, supports_credentials=True)\n",
        'CORS(app, supports_credentials=True, origins=["https://shop.example.invalid"])\n',
    ),
    _case(
        "forged-requests",
        "from flask import Flask\n\napp = Flask(__name__)\n",
        "app.config.update(WTF_CSRF_ENABLED=False, JSON_SORT_KEYS=False)\n",
        "app.config.update(WTF_CSRF_ENABLED=True, JSON_SORT_KEYS=False)\n",
    ),
    _case(
        "session-shown-to-scripts",
        "from flask import make_response\n\n",
        'def login(token):\n    reply = make_response("")\n'
        '    reply.set_cookie("auth_token", token, secure=False, httponly=False)\n'
        "    return reply\n",
        'def login(token):\n    reply = make_response("")\n'
        '    reply.set_cookie("auth_token", token, secure=True, httponly=True, '
        'samesite="Strict")\n    return reply\n',
    ),
    _case(
        "pages-unescaped",
        "from jinja2 import Environment, FileSystemLoader\n\n",
        'PAGES = Environment(loader=FileSystemLoader("pages"), autoescape=False)\n',
        'PAGES = Environment(loader=FileSystemLoader("pages"), autoescape=True)\n',
    ),
    _case(
        "file-for-all-to-write",
        "import os\nimport stat\n\n",
        "def save(path):\n    os.chmod(path, stat.S_IRWXU | stat.S_IRWXG | stat.S_IRWXO)\n",
        "def save(path):\n    os.chmod(path, stat.S_IRUSR | stat.S_IWUSR)\n",
    ),
    _case(
        "name-taken-first",
        "import os\nimport tempfile\n\n",
        'def export(text):\n    path = tempfile.mktemp(".csv")\n'
        '    with open(path, "w") as file:\n        file.write(text)\n    return path\n',
        'def export(text):\n    number, path = tempfile.mkstemp(".csv")\n'
        '    with os.fdopen(number, "w") as file:\n'
        "        file.write(text)\n    return path\n",
    ),
    _case(
        "signature-measured",
        "import hashlib\nimport hmac\n\nKEY = open('key', 'rb').read()\n\n",
        "def is_ours(body, header):\n"
        "    wanted = hmac.new(KEY, body, hashlib.sha256).hexdigest()\n"
        "    return wanted == header\n",
        "def is_ours(body, header):\n"
        "    wanted = hmac.new(KEY, body, hashlib.sha256).hexdigest()\n"
        "    return hmac.compare_digest(wanted, header)\n",
    ),
]
