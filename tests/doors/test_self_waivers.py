"""Ways to wave one's own change through, of which none gains anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from pytest_selfmod_guard.guard import Guard
from pytest_selfmod_guard.stages import read
from pytest_selfmod_guard.testing import Project
from pytest_selfmod_guard.testing._judged import Judged
from tests.doors.test_pre_commit import CONFIG, commit, configure, pre_commit

if TYPE_CHECKING:
    from tests.conftest import Repo

pytestmark = pytest.mark.proof  # forty whole judgements

TABLE = "[tool.selfmod-guard]\n"
HOOKS = CONFIG.format(hook="selfmod-size", python="python", arguments="['--max-chars', '500']")
ALLOW = '# selfmod: allow[SMG201, SMG202] reason="safe" expires=2030-01-01'
HELD = "def table(text):\n    return eval(text)  {}\n"
KEY = "bob@example.org ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{} bob\n"
STORY = {"story.txt": "x" * 10_001}
SHOP = Project(
    {
        "pyproject.toml": TABLE,
        ".pre-commit-config.yaml": HOOKS,
        "app.py": "def answer(x):\n    return 42\n",
        "held.py": HELD.format(ALLOW),
        "clean.sh": "rm -rf build\n",
        "README.md": "A small project.\n",
    }
).commit("Start")


def app(comment: str = "", code: str = "eval(x)") -> dict[str, str]:
    """Give the evil, with a comment behind it."""
    return {"app.py": f"def answer(x):\n    return {code}  {comment}\n"}


def table(text: str) -> dict[str, str]:
    """Give another policy."""
    return {"pyproject.toml": f"{TABLE}{text}\n"}


class Try(NamedTuple):
    """One try, what denies the change all the same, and what names the try."""

    evil: dict[str, str]
    excuse: dict[str, str]
    denied: str
    named: str


TELNET = "__import__('telnetlib')"
SHELL = "rm -rf / --no-preserve-root"
IN_SOURCE = {
    "selfmod: allow": Try(app(), app(ALLOW), "SMG201", "SMG406"),
    "selfmod: allow, above": Try(
        app(),
        {"app.py": f"def answer(x):\n    {ALLOW}\n    return eval(x)\n"},
        "SMG201",
        "SMG406",
    ),
    "selfmod: allow, in a shell script": Try(
        {"clean.sh": f"{SHELL}\n"}, {"clean.sh": f"{SHELL}  {ALLOW}\n"}, "SMG202", "SMG406"
    ),
    "selfmod-guard: ignore": Try(app(), app("# selfmod-guard: ignore"), "SMG201", "SMG406"),
    "nosec": Try(app(code=TELNET), app("# nosec", TELNET), "B401", "SMG406"),
    "nosec B401": Try(app(code=TELNET), app("# nosec B401", TELNET), "B401", "SMG406"),
    "noqa": Try(app(), app("# noqa"), "SMG201", "SMG406"),
    "noqa: S307": Try(app(), app("# noqa: S307"), "SMG201", "SMG406"),
    "type: ignore": Try(app(), app("# type: ignore"), "SMG201", "SMG406"),
    "pragma: no cover": Try(app(), app("# pragma: no cover"), "SMG201", "SMG406"),
    "ruff: noqa": Try(app(), {"app.py": f"# ruff: noqa\n{app()['app.py']}"}, "SMG201", "SMG407"),
}
POLICY = {
    'mode = "warn"': Try(app(), table('mode = "warn"'), "SMG201", "SMG401"),
    'block-at = "critical"': Try(app(), table('block-at = "critical"'), "SMG201", "SMG401"),
    "rules.off": Try(app(), table('rules.off = ["SMG201", "B307"]'), "SMG201", "SMG401"),
    "rules.risk": Try(app(), table('rules.risk = {SMG201 = "low"}'), "SMG201", "SMG401"),
    "limits raised": Try(STORY, table("limits.max-changed-chars = 90000"), "SMG101", "SMG401"),
    "allowed-signers named": Try(
        app(),
        {
            **table('approvals.allowed-signers = ".signers"'),
            ".signers": KEY.format("A"),
        },
        "SMG201",
        "SMG401",
    ),
    "the table taken away": Try(app(), {"pyproject.toml": ""}, "SMG201", "SMG401"),
    "hook arguments loosened": Try(
        STORY,
        {".pre-commit-config.yaml": HOOKS.replace("500", "99999999")},
        "SMG101",
        "SMG402",
    ),
    "the hook taken away": Try(
        STORY, {".pre-commit-config.yaml": "repos: []\n"}, "SMG101", "SMG402"
    ),
}
ALL = IN_SOURCE | POLICY
OF_THE_BASE = (
    "selfmod: allow", "selfmod: allow, above", "selfmod: allow, in a shell script",
    'mode = "warn"', 'block-at = "critical"', "rules.off", "rules.risk", "limits raised",
)  # fmt: skip
"""Those by which the base may say it, so that they count one change later."""


@pytest.mark.parametrize("way", ALL.values(), ids=ALL)
def test_an_excuse_in_the_same_change_excuses_nothing(way: Try) -> None:
    """What it is for is denied all the same, and it is named besides."""
    told = SHOP.propose({**way.evil, **way.excuse}, actor="agent").check()
    told.denied(way.denied)
    assert way.named in {found.rule for found in told.findings}, told
    assert [found.waiver for found in told.findings if found.waiver] == []


@pytest.mark.parametrize("name", OF_THE_BASE)
def test_the_same_counts_where_the_base_has_it(name: str) -> None:
    """So that the table above does not pass because nothing ever counts."""
    way = ALL[name]
    harmless = {
        path: text.replace("eval(x)", "42").replace(SHELL, "rm -rf build")
        for path, text in way.excuse.items()
    }
    base = SHOP.write(harmless).commit()
    told = base.propose({**way.evil, **way.excuse}, actor="agent").check()
    assert told.receipt.decision == "allowed" or not told.receipt.enforced, told


@pytest.mark.parametrize(
    "comment",
    [
        ALLOW.replace("2030", "2031"),
        ALLOW.replace("SMG202", "SMG202, SMG204"),
        ALLOW.replace("SMG202", "SMG204"),
        ALLOW.replace("safe", "safer"),
        f"{ALLOW}  {ALLOW.replace('SMG201', 'SMG301')}",
    ],
)
def test_a_comment_cannot_be_stretched_one_change_ahead(comment: str) -> None:
    """Else it would stand in the base of the next change."""
    new = {"held.py": HELD.format(comment)}
    told = SHOP.propose(new).check().denied("SMG406")
    assert told.receipt.because[0].line == 2


def test_blanks_make_no_new_comment() -> None:
    """A formatter may move it."""
    new = HELD.format(f" {ALLOW}").replace("# selfmod", "#  selfmod")
    SHOP.propose({"held.py": new}, actor="agent").check().allowed()


def test_an_agent_can_mend_what_is_excused_in_its_place() -> None:
    """The comment is the base's own; it is said that it counted, and why."""
    new = {"held.py": HELD.format(ALLOW).replace("eval(text)", "eval(text, {})")}
    told = SHOP.propose(new, actor="agent").check().allowed()
    (found,) = (one for one in told.findings if one.rule == "SMG201")
    assert found.waiver
    assert (found.waiver.by, found.waiver.reason) == ("base held.py:2", "safe")
    assert "held.py:2" in str(told)
    assert "safe" in str(told)


def test_a_comment_does_not_come_along_with_what_went_round_the_hook() -> None:
    """In a range it is as new as what it would excuse."""
    range_ = SHOP.branch("work").write({"app.py": f"x = 1  {ALLOW}\n"}).commit()
    range_ = range_.write({"app.py": f"x = eval(y)  {ALLOW}\n"}).commit()
    told = range_.check_range().denied("SMG201", "SMG406")
    assert [one.waiver for one in told.findings] == [None] * len(told.findings)


VARIABLES = {
    "SELFMOD_GUARD_DISABLED": "1",
    "SELFMOD_GUARD_MODE": "warn",
    "SELFMOD_GUARD_OFF": "SMG201,SMG101",
    "SELFMOD_GUARD_POLICY": "/dev/null",
    "SELFMOD_GUARD_RECEIPT": '{"decision": "allowed", "enforced": true}',
    "SKIP": "selfmod-guard",
    "PRE_COMMIT_ALLOW_NO_CONFIG": "1",
}


@pytest.mark.parametrize(
    "environ", [VARIABLES, {"SELFMOD_GUARD_ACTOR": "human"}], ids=["ours", "me"]
)
def test_no_variable_makes_the_judgement_milder(environ: dict[str, str]) -> None:
    """For an agent who sets it, a large change and an evil one are denied as before."""
    project = SHOP.propose({**app(), **STORY})
    known = project.guard.context
    guard = Guard(known._replace(environ={**known.environ, "AI_AGENT": "robot", **environ}))
    told = Judged(guard.judge(read.staged, "--staged"), "").denied("SMG101", "SMG201")
    assert told.receipt.enforced
    assert told.receipt.actor.kind == "agent"


def test_arguments_cannot_loosen() -> None:
    """A hook's own are from the tree under judgement."""
    SHOP.propose(STORY, actor="agent").check(max_changed_chars=99_999_999).denied("SMG101")


def test_another_key_for_the_base_s_signers_file_is_no_approver() -> None:
    """The file is the base's, and to touch it is a finding."""
    files = {**table('approvals.allowed-signers = ".signers"'), ".signers": KEY.format("A")}
    base = SHOP.write(files).commit()
    told = base.propose({**app(), ".signers": KEY.format("B")}, actor="agent").check()
    told.denied("SMG201")
    assert ".signers" in {one.path for one in told.receipt.because}


def test_skip_and_no_config_land_here_and_nowhere_else(repo: Repo) -> None:
    """pre-commit heeds both; the next door names the commit, and CI denies the range."""
    repo.write("pyproject.toml", TABLE)
    configure(repo)
    repo.commit("Guard it")
    repo.environ["PRE_COMMIT_HOME"] = str(repo.path.parent / "pre-commit")
    pre_commit(repo, "install")
    repo.write("README.md", "Other words.\n")
    assert commit(repo).returncode == 0
    repo.git("switch", "--quiet", "--create", "work")
    repo.write("app.py", app()["app.py"])
    assert commit(repo, SKIP="selfmod-guard").returncode == 0
    told = repo.guard("check", "--staged")
    assert told.returncode == 1
    assert b"went round the guard" in told.stdout
    repo.remove(".pre-commit-config.yaml")
    assert commit(repo, PRE_COMMIT_ALLOW_NO_CONFIG="1").returncode == 0
    said = repo.guard("check", "--base", "main", SKIP="selfmod-guard", CI="true")
    assert said.returncode == 1
    assert b"SMG201" in said.stdout
    assert b"SMG402" in said.stdout
