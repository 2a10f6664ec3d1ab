"""What the rules about unusual ways of data, money and rights see, and what not."""

from __future__ import annotations

import pytest

from pytest_selfmod_guard.model import Finding, Risk
from pytest_selfmod_guard.rules.danger._popular import sounds_like
from tests.rules.conftest import Ask


def _held(ask: Ask, rule: str, text: str, path: str = "inn/a.py", old: str = "") -> list[Finding]:
    found = ask(rule, {path: old} if old else {}, {path: text})
    return [one for one in found if one.risk >= Risk.HIGH]


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("SMG278", "def boot(s):\n    s.query(User).delete()\n"),
        ("SMG278", "def boot(r):\n    r.flushall()\n"),
        ("SMG278", "def boot(c):\n    c.execute('TRUNCATE users, orders CASCADE')\n"),
        ("SMG279", "import os\nos.environ.update(CURL_CA_BUNDLE='/srv/ca.pem')\n"),
        ("SMG279", "import os\nos.environ.setdefault('SSL_CERT_FILE', 'ca.pem')\n"),
        ("SMG279", "import certifi, shutil\nshutil.copy('ca.pem', certifi.where())\n"),
        ("SMG280", "def f(b, x):\n    b.credit('acct_4711', x)\n"),
        ("SMG280", "def f(s, x):\n    a = s.get(Account, 4711)\n    a.balance += x\n"),
        ("SMG281", "import subprocess\nsubprocess.run(['aws', 's3', 'sync', '.', 's3://b'])\n"),
        ("SMG283", "def f(request):\n    request.user.is_staff = request.POST.get('staff')\n"),
        ("SMG284", "def f(a):\n    try:\n        verify(a)\n    except Exception:\n        pass\n"),
        ("SMG284", "def f(a):\n    with suppress(Exception):\n        check_access(a)\n"),
        ("SMG285", "import django\ndef f(request):\n    return Response(User.objects.all())\n"),
    ],
)
def test_person_has_to_look(ask: Ask, rule: str, code: str) -> None:
    """What only a person can tell is held for one, and a test may do it."""
    assert [one.settled_by for one in _held(ask, rule, code)] == ["review"]
    assert not _held(ask, rule, code, "tests/test_a.py")


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("SMG278", "def reset_all(db):\n    db.drop_all()\n"),
        ("SMG278", "def forget(c, n):\n    c.execute('DELETE FROM users WHERE id = ?', (n,))\n"),
        ("SMG279", "import os, certifi\nos.environ['SSL_CERT_FILE'] = certifi.where()\n"),
        ("SMG279", "import os\nos.environ['SSL_CERT_FILE'] = '/etc/ssl/certs/ca.crt'\n"),
        ("SMG280", "def f(bank, order):\n    bank.transfer(to=order.who, amount=order.total)\n"),
        ("SMG281", "import shutil\nshutil.make_archive('x', 'zip', '.')\n"),
        ("SMG283", "def f(request):\n    request.user.name = request.POST.get('staff_name')\n"),
        (
            "SMG284",
            "def f(a):\n    try:\n        verify(a)\n    except ValueError:\n        raise\n",
        ),
        ("SMG285", "import django\ndef f(request):\n    return Response(User.objects.count())\n"),
    ],
)
def test_honest_form_is_silent(ask: Ask, rule: str, code: str) -> None:
    """The same by name, by the machine's own, or with a refusal is nobody's business."""
    assert not _held(ask, rule, code)


@pytest.mark.parametrize("line", ["V := $(shell (sync.sh &))", "V != nc -w1 sql.example.invalid 9"])
def test_makefile_that_reaches_out(ask: Ask, line: str) -> None:
    """A variable that hides or asks the network is held, in a Makefile only."""
    assert _held(ask, "SMG282", line + "\n", "Makefile")
    assert not _held(ask, "SMG282", line + "\n", "notes.txt")
    assert not _held(ask, "SMG282", "\t" + line + "\n", "Makefile")


def test_chance_where_there_was_none(ask: Ask) -> None:
    """A function that was the same every time is held; one that knew chance before is not."""
    plain = "import random\ndef total(x):\n    return sum(x)\n"
    lucky = plain.replace("sum(x)", "sum(x) * random.uniform(0.9, 1.1)")
    assert _held(ask, "SMG286", lucky, old=plain)
    assert not _held(ask, "SMG286", lucky.replace("0.9", "0.8"), old=lucky)


def test_unknown_package_alone_is_a_warning(ask: Ask) -> None:
    """A package nobody knows is held only where there is more to it."""
    assert not _held(ask, "SMG232", "griffelib==1.0\npython-stdnum\n", "requirements.txt")
    assert _held(ask, "SMG232", "griffelib @ git+https://x.example.invalid/g\n", "requirements.txt")
    new = {"requirements.txt": "griffelib\n", "inn/login.py": "import griffelib\n"}
    assert [one.risk for one in ask("SMG232", {}, new)] == [Risk.HIGH]
    pinned = {**new, "requirements.txt": "griffelib==1.0\n"}
    assert [one.risk for one in ask("SMG232", {}, pinned)] == [Risk.MEDIUM]


def test_bait_hung_on_known_names() -> None:
    """Words that say nothing do not make another's name one's own; a plug-in's name does."""
    assert sounds_like("aiohttp-retry-helper-async") == "aiohttp"
    assert sounds_like("flask-helpers-pro") == "flask"
    assert not sounds_like("pytest-doctestplus")
    assert not sounds_like("flask-shop-utils")


def test_number_of_things_keeps_nobody_out(ask: Ask) -> None:
    """A bound on how many there are is no check of rights; a bound on attempts is one."""
    text = "def f(user, tries):\n    if {}:\n        raise ValueError\n    return 1\n"
    for test, held in (
        ("user.count(author=user) >= LIMIT", 0),
        ("user.failed_attempts >= LIMIT", 1),
    ):
        gone = "def f(user, tries):\n    return 1\n"
        assert len(_held(ask, "SMG265", gone, old=text.format(test))) == held


@pytest.mark.parametrize("read", ["await req.body()", "await req.read()"])
def test_body_of_any_framework(ask: Ask, read: str) -> None:
    """What is read off a parameter called like a request is a stranger's."""
    text = f"import pickle\nasync def f(req):\n    return pickle.loads({read})\n"
    assert [one.settled_by for one in _held(ask, "SMG212", text)] == [""]
