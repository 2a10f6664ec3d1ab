"""``selfmod-guard check`` as people and pipelines type it, in a process of its own."""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.testing import Project, Ran

if TYPE_CHECKING:
    from tests.conftest import Repo

GUARD = (sys.executable, "-I", "-m", "pytest_selfmod_guard")
CHECK = (*GUARD, "check")

GOOD = {"app.py": "def answer():\n    return 43\n"}
BAD = {"app.py": "def answer():\n    return eval(input())\n"}
SHOP = Project(
    {"app.py": "def answer():\n    return 42\n", "README.md": "A small project.\n"}
).commit("Start")


def told(ran: Ran) -> dict[str, object]:
    """Read a JSON report."""
    assert ran.err == ""
    report: dict[str, object] = json.loads(ran.out)
    return report


@pytest.mark.proof
@pytest.mark.parametrize(("files", "code", "decision"), [(GOOD, 0, "allowed"), (BAD, 1, "denied")])
def test_every_source_gives_the_same_verdict(
    tmp_path: Path, files: dict[str, str], code: int, decision: str
) -> None:
    """Staged, worktree, diff, range and base: the same change, the same answer."""
    edited, staged = SHOP.write(files), SHOP.propose(files)
    landed, patch = edited.commit(), edited.run("git", "diff").out
    (tmp_path / "a.patch").write_text(patch)
    json_check = (*CHECK, "--format", "json")
    answers = [
        edited.run(*json_check, "--worktree"),
        edited.run(*json_check, "--diff", str(tmp_path / "a.patch")),
        edited.run(*json_check, "--diff", "-", feed=patch),
        staged.run(*json_check, "--staged"),
        landed.run(*json_check, "--range", "HEAD~1..HEAD"),
        landed.run(*json_check, "--base", "HEAD~1"),
    ]
    assert [ran.code for ran in answers] == [code] * 6
    reports = [told(ran) for ran in answers]
    assert {report["decision"] for report in reports} == {decision}
    assert len({report["digest"] for report in reports}) == 1


def test_a_denial_says_rule_file_line_and_hint() -> None:
    """On standard output, for a person."""
    text = SHOP.write(BAD).run(*CHECK, "--worktree").out
    assert "selfmod-guard: denied" in text
    assert "app.py:2  SMG201 runs-text-as-code" in text
    assert "do instead:" in text
    assert "\x1b" not in text


def test_nothing_to_judge_is_said() -> None:
    """An empty change and an empty diff pass with these words."""
    for arguments in (("--staged",), ("--worktree",), ("--diff", "-")):
        ran = SHOP.run(*CHECK, *arguments)
        assert ran.code == 0
        assert "nothing to judge" in ran.out


@pytest.mark.parametrize(
    "arguments",
    [
        (), ("check",), ("check", "--staged", "--worktree"), ("check", "--range", "main"),
        ("check", "--staged", "--format", "yaml"), ("frobnicate",), ("explain",),
        ("check", "--staged", "--output", "a", "--output", "b"),
        ("check", "--staged", "--format", "json", "--output", "/no/such/folder/x"),
        ("explain", "SMG999"), ("pre-commit", "selfmod-gard"),
        ("pre-commit", "selfmod-size", "--max-chars", "-3"),
        ("pre-commit", "selfmod-size", "--max-chars", "lots"),
        ("pre-commit", "selfmod-patterns", "--pattern", "("),
    ],
)  # fmt: skip
def test_wrong_usage_is_64_and_says_how_it_is_right(arguments: tuple[str, ...]) -> None:
    """It can never be taken for "denied" or for "could not judge"."""
    ran = SHOP.run(*GUARD, *arguments)
    assert ran.code == 64
    assert "selfmod-guard" in ran.err


@pytest.mark.parametrize(
    ("arguments", "slug"),
    [
        (("--range", "nowhere..HEAD"), "unknown-revision"),
        (("--base", "nowhere"), "unknown-revision"),
        (("--diff", "/no/such.patch"), "diff-unreadable"),
    ],
)
def test_what_cannot_be_read_is_2(arguments: tuple[str, ...], slug: str) -> None:
    """Could not judge, with a handle and a next step."""
    ran = SHOP.run(*CHECK, *arguments)
    assert ran.code == 2
    assert slug in ran.out + ran.err
    assert "do next:" in ran.out + ran.err


@pytest.mark.parametrize("feed", [b"garbage\n", b"\0\xff\xfe", b"--- a/x\n+++ b/x\n@@ -1 +1 @@\n"])
def test_a_diff_that_is_none_is_2(feed: bytes) -> None:
    """Never a pass."""
    ran = SHOP.run(*CHECK, "--diff", "-", feed=feed)
    assert ran.code == 2
    assert "not a pass" in ran.out


def test_outside_a_repository_is_2(repo: Repo, tmp_path: Path) -> None:
    """With the reason."""
    repo.path = tmp_path / "elsewhere"
    repo.path.mkdir()
    done = repo.guard("check", "--staged")
    assert done.returncode == 2
    assert b"not-a-repository" in done.stdout


def test_several_reports_at_once(tmp_path: Path) -> None:
    """The first file for the first format, the rest to standard output."""
    target = tmp_path / "report.json"
    formats = ("--format", "json", "--output", str(target), "--format", "text")
    ran = SHOP.write(BAD).run(*CHECK, "--worktree", *formats)
    assert ran.code == 1
    assert json.loads(target.read_text())["decision"] == "denied"
    assert "selfmod-guard: denied" in ran.out


def test_hostile_names_are_inert_in_every_report() -> None:
    """A path can hold control characters, line breaks and bytes that are no UTF-8."""
    hostile = SHOP.propose({"a\x1b[2J\n\udce9.py": BAD["app.py"]})
    for shape in ("text", "json"):
        ran = hostile.run(*CHECK, "--staged", "--format", shape)
        assert ran.code == 1
        assert "\x1b" not in ran.out
        assert r"\xe9.py" in ran.out


def test_a_terminal_that_knows_only_ascii_still_shows_it() -> None:
    """No crash on what cannot be encoded."""
    proposed = SHOP.propose({"müll.py": BAD["app.py"]})
    # Not isolated: that would ignore the variable which makes a terminal know only ASCII.
    check = ("python", "-m", "pytest_selfmod_guard", "check")
    ran = proposed.run(*check, "--staged", PYTHONIOENCODING="ascii")
    assert ran.code == 1
    assert r"m\xfcll.py:2  SMG201" in ran.out


def test_a_subfolder_is_a_good_place_to_stand() -> None:
    """The whole commit is judged from anywhere in the repository."""
    proposed = SHOP.propose({"sub/keep.txt": "x\n", **BAD})
    assert proposed.run(*CHECK, "--staged", folder="sub").code == 1


def test_a_warning_policy_shows_and_does_not_block() -> None:
    """Denied, not enforced, exit 0."""
    lax = SHOP.write({"selfmod-guard.toml": "mode = 'warn'\n"}).commit()
    ran = lax.write(BAD).run(*CHECK, "--worktree", "--format", "json")
    assert ran.code == 0
    report = told(ran)
    assert (report["decision"], report["enforced"]) == ("denied", False)


def test_exhaustive_gives_the_same_verdict() -> None:
    """Without the short cuts."""
    assert SHOP.write(BAD).run(*CHECK, "--worktree", "--exhaustive").code == 1
    assert SHOP.write(GOOD).run(*CHECK, "--worktree", "--exhaustive").code == 0


def test_the_rule_book_and_the_policy_can_be_asked() -> None:
    """Ids, pages with examples, and a policy with its defaults that reads as TOML."""
    assert "SMG201  runs-text-as-code" in SHOP.run(*GUARD, "rules").out
    assert any(
        rule["id"] == "SMG301"
        for rule in json.loads(SHOP.run(*GUARD, "rules", "--format", "json").out)
    )
    page = SHOP.run(*GUARD, "explain", "smg201", "destructive-shell").out
    assert "Flagged" in page
    assert "Allowed" in page
    shown = tomllib.loads(SHOP.run(*GUARD, "policy").out)
    assert shown["tool"]["selfmod-guard"]["limits"]["max-files"] == 5
    assert "did you mean 'runs-a-shell'" in SHOP.run(*GUARD, "explain", "run-a-shell").err


def test_a_crash_is_2_and_can_be_reported() -> None:
    """Python itself would exit with 1, which means denied."""
    code = (
        "import sys\n"
        "from pytest_selfmod_guard.doors import cli, check\n"
        "def boom(*_): raise ZeroDivisionError('oh')\n"
        "check.main = boom\n"
        "sys.exit(cli.main(['check', '--staged']))\n"
    )
    ran = SHOP.run(sys.executable, "-c", code)
    assert ran.code == 2
    assert "not a pass" in ran.err
    assert "ZeroDivisionError" in ran.err


@pytest.mark.parametrize(
    ("redirected", "code"),
    [
        ("check --diff - <&-", 2),
        ("check --staged >&-", 0),
        ("check --staged 2>&-", 0),
        ("check --staged >/dev/full", 2),
        ("init --dry-run <&-", 0),
        ("rules | head -c 1 >/dev/null; exit 0", 0),
    ],
)
def test_streams_that_are_closed_or_full_are_no_crash(redirected: str, code: int) -> None:
    """A hook can be started with any of them missing."""
    ran = SHOP.run("sh", "-c", f'"{sys.executable}" -I -m pytest_selfmod_guard {redirected}')
    assert ran.code == code, ran.err
    assert "Traceback" not in ran.err


def test_an_interrupt_is_130_wherever_it_comes() -> None:
    """Also while bandit works, which makes an exit of it."""
    code = (
        "import sys\n"
        "from bandit.core.manager import BanditManager\n"
        "from pytest_selfmod_guard.doors import cli\n"
        "def interrupted(_): sys.exit(2)\n"
        "BanditManager.run_tests = interrupted\n"
        "sys.exit(cli.main(['check', '--worktree']))\n"
    )
    ran = SHOP.write(GOOD).run(sys.executable, "-W", "ignore", "-c", code)
    assert (ran.code, ran.err) == (130, "selfmod-guard: interrupted\n")
