"""``selfmod-guard check`` as people and pipelines type it, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Repo

GOOD = "def answer():\n    return 43\n"
BAD = "def answer():\n    return eval(input())\n"


def told(done: subprocess.CompletedProcess[bytes]) -> dict[str, object]:
    """Read a JSON report."""
    assert done.stderr == b""
    report: dict[str, object] = json.loads(done.stdout)
    return report


@pytest.mark.parametrize(
    ("content", "code", "decision"), [(GOOD, 0, "allowed"), (BAD, 1, "denied")]
)
def test_every_source_gives_the_same_verdict(
    repo: Repo, content: str, code: int, decision: str
) -> None:
    """Staged, worktree, diff, range and base: the same change, the same answer."""
    repo.write("app.py", content)
    patch = repo.raw("diff")
    (repo.path.parent / "a.patch").write_bytes(patch)
    asked = [("--worktree",), ("--diff", str(repo.path.parent / "a.patch"))]
    answers = [repo.guard("check", *source, "--format", "json") for source in asked]
    answers.append(repo.guard("check", "--diff", "-", "--format", "json", feed=patch))
    repo.add()
    answers.append(repo.guard("check", "--staged", "--format", "json"))
    repo.commit()
    answers.append(repo.guard("check", "--range", "HEAD~1..HEAD", "--format", "json"))
    answers.append(repo.guard("check", "--base", "HEAD~1", "--format", "json"))
    assert [done.returncode for done in answers] == [code] * 6
    reports = [told(done) for done in answers]
    assert {report["decision"] for report in reports} == {decision}
    assert len({report["digest"] for report in reports}) == 1


def test_a_denial_says_rule_file_line_and_hint(repo: Repo) -> None:
    """On standard output, for a person."""
    repo.write("app.py", BAD)
    text = repo.guard("check", "--worktree").stdout.decode()
    assert "selfmod-guard: denied" in text
    assert "app.py:2  SMG201 runs-text-as-code" in text
    assert "do instead:" in text
    assert "\x1b" not in text


def test_nothing_to_judge_is_said(repo: Repo) -> None:
    """An empty change and an empty diff pass with these words."""
    for arguments in (("--staged",), ("--worktree",), ("--diff", "-")):
        done = repo.guard("check", *arguments)
        assert done.returncode == 0
        assert b"nothing to judge" in done.stdout


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
def test_wrong_usage_is_64_and_says_how_it_is_right(repo: Repo, arguments: tuple[str, ...]) -> None:
    """It can never be taken for "denied" or for "could not judge"."""
    done = repo.guard(*arguments)
    assert done.returncode == 64
    assert b"selfmod-guard" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "slug"),
    [
        (("--range", "nowhere..HEAD"), b"unknown-revision"),
        (("--base", "nowhere"), b"unknown-revision"),
        (("--diff", "/no/such.patch"), b"diff-unreadable"),
    ],
)
def test_what_cannot_be_read_is_2(repo: Repo, arguments: tuple[str, ...], slug: bytes) -> None:
    """Could not judge, with a handle and a next step."""
    done = repo.guard("check", *arguments)
    assert done.returncode == 2
    assert slug in done.stdout + done.stderr
    assert b"do next:" in done.stdout + done.stderr


@pytest.mark.parametrize("feed", [b"garbage\n", b"\0\xff\xfe", b"--- a/x\n+++ b/x\n@@ -1 +1 @@\n"])
def test_a_diff_that_is_none_is_2(repo: Repo, feed: bytes) -> None:
    """Never a pass."""
    done = repo.guard("check", "--diff", "-", feed=feed)
    assert done.returncode == 2
    assert b"not a pass" in done.stdout


def test_outside_a_repository_is_2(repo: Repo, tmp_path: Path) -> None:
    """With the reason."""
    repo.path = tmp_path / "elsewhere"
    repo.path.mkdir()
    done = repo.guard("check", "--staged")
    assert done.returncode == 2
    assert b"not-a-repository" in done.stdout


def test_several_reports_at_once(repo: Repo) -> None:
    """The first file for the first format, the rest to standard output."""
    repo.write("app.py", BAD)
    target = repo.path.parent / "report.json"
    done = repo.guard(
        "check", "--worktree", "--format", "json", "--output", str(target), "--format", "text"
    )
    assert done.returncode == 1
    assert json.loads(target.read_text())["decision"] == "denied"
    assert b"selfmod-guard: denied" in done.stdout


def test_hostile_names_are_inert_in_every_report(repo: Repo) -> None:
    """A path can hold control characters, line breaks and bytes that are no UTF-8."""
    repo.write("a\x1b[2J\n\udce9.py", BAD)
    repo.add()
    for shape in ("text", "json"):
        done = repo.guard("check", "--staged", "--format", shape)
        assert done.returncode == 1
        assert b"\x1b" not in done.stdout
        assert b"\\xe9.py" in done.stdout


def test_a_terminal_that_knows_only_ascii_still_shows_it(repo: Repo) -> None:
    """No crash on what cannot be encoded."""
    repo.write("müll.py", BAD)
    repo.add()
    done = repo.guard("check", "--staged", LC_ALL="C", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 1
    assert b"SMG201" in done.stdout


def test_a_subfolder_is_a_good_place_to_stand(repo: Repo) -> None:
    """The whole commit is judged from anywhere in the repository."""
    repo.write("sub/keep.txt", "x\n")
    repo.write("app.py", BAD)
    repo.add()
    assert repo.guard("check", "--staged", folder="sub").returncode == 1


def test_a_warning_policy_shows_and_does_not_block(repo: Repo) -> None:
    """Denied, not enforced, exit 0."""
    repo.write("selfmod-guard.toml", "mode = 'warn'\n")
    repo.commit()
    repo.write("app.py", BAD)
    done = repo.guard("check", "--worktree", "--format", "json")
    assert done.returncode == 0
    report = told(done)
    assert (report["decision"], report["enforced"]) == ("denied", False)


def test_exhaustive_gives_the_same_verdict(repo: Repo) -> None:
    """Without the short cuts."""
    repo.write("app.py", BAD)
    assert repo.guard("check", "--worktree", "--exhaustive").returncode == 1
    repo.write("app.py", GOOD)
    assert repo.guard("check", "--worktree", "--exhaustive").returncode == 0


def test_the_rule_book_and_the_policy_can_be_asked(repo: Repo) -> None:
    """Ids, pages with examples, and a policy with its defaults that reads as TOML."""
    assert b"SMG201  runs-text-as-code" in repo.guard("rules").stdout
    assert any(
        rule["id"] == "SMG301"
        for rule in json.loads(repo.guard("rules", "--format", "json").stdout)
    )
    page = repo.guard("explain", "smg201", "destructive-shell").stdout.decode()
    assert "Flagged" in page
    assert "Allowed" in page
    shown = tomllib.loads(repo.guard("policy").stdout.decode())
    assert shown["tool"]["selfmod-guard"]["limits"]["max-files"] == 5
    assert "did you mean 'runs-a-shell'" in repo.guard("explain", "run-a-shell").stderr.decode()


def test_a_crash_is_2_and_can_be_reported(repo: Repo) -> None:
    """Python itself would exit with 1, which means denied."""
    code = (
        "import sys\n"
        "from pytest_selfmod_guard.doors import cli, check\n"
        "def boom(*_): raise ZeroDivisionError('oh')\n"
        "check.main = boom\n"
        "sys.exit(cli.main(['check', '--staged']))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=repo.path,
        env=repo.environ,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2
    assert b"not a pass" in done.stderr
    assert b"ZeroDivisionError" in done.stderr


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
def test_streams_that_are_closed_or_full_are_no_crash(
    repo: Repo, redirected: str, code: int
) -> None:
    """A hook can be started with any of them missing."""
    line = f'"{sys.executable}" -I -m pytest_selfmod_guard {redirected}'
    done = subprocess.run(
        ["sh", "-c", line], cwd=repo.path, env=repo.environ, capture_output=True, check=False
    )
    assert done.returncode == code, done.stderr
    assert b"Traceback" not in done.stderr


def test_an_interrupt_is_130_wherever_it_comes(repo: Repo) -> None:
    """Also while bandit works, which makes an exit of it."""
    code = (
        "import sys\n"
        "from bandit.core.manager import BanditManager\n"
        "from pytest_selfmod_guard.doors import cli\n"
        "def interrupted(_): sys.exit(2)\n"
        "BanditManager.run_tests = interrupted\n"
        "sys.exit(cli.main(['check', '--worktree']))\n"
    )
    repo.write("app.py", GOOD)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=repo.path,
        env=repo.environ,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (130, b"selfmod-guard: interrupted\n")
