"""The hook after a commit, through the real pre-commit and the real ``git commit``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.doors._setup.entry import Source
from pytest_selfmod_guard.doors._setup.hooks import CONFIG, plan

if TYPE_CHECKING:
    from tests.conftest import Repo

pytestmark = pytest.mark.proof

GOOD = "def answer():\n    return 43\n"
EVIL = 'def answer(x):\n    return getattr(__import__("builtins"), "ev" + "al")(x)\n'
ROUND = "1 commit went round the guard:"
SKIPPED = "Skipped"
DOCS = (Path(__file__).parents[2] / "docs" / "ways-round.md").read_text(encoding="utf-8")
IN_DOCS = "1a2b3c4d56"


@pytest.fixture
def guarded(repo: Repo) -> Repo:
    """Give a repository as `init` and `pre-commit install` leave it."""
    configure(repo)
    repo.commit("Guard it")
    repo.environ["PRE_COMMIT_HOME"] = str(repo.path.parent / "pre-commit")
    repo.environ["PRE_COMMIT_COLOR"] = "never"
    installed = repo.run(sys.executable, "-m", "pre_commit", "install")
    assert "post-commit" in installed.stdout
    # The first look takes for known what is there.
    assert repo.guard("pre-commit", "selfmod-post-commit").returncode == 0
    return repo


def test_the_first_look_of_all_asks_about_the_commit_that_was_just_made(repo: Repo) -> None:
    """In a fresh clone, the first thing that anybody does may be to go round the hook."""
    base = repo.git("rev-parse", "HEAD")
    repo.write("app.py", EVIL)
    evil = repo.commit("Speed up")
    done = repo.guard("pre-commit", "selfmod-post-commit")
    assert done.returncode == 1
    assert f"{ROUND}\n  {evil[:10]} " in done.stdout.decode()
    repo.git("reset", "--quiet", "--hard", base)
    done = repo.guard("pre-commit", "selfmod-post-commit")
    assert (done.returncode, done.stdout) == (0, b"")


def test_a_policy_that_a_person_changes_past_the_hook_is_said_aloud(guarded: Repo) -> None:
    """It is let be, and pre-commit hides what hooks say that end with 0."""
    guarded.write("pyproject.toml", "[tool.selfmod-guard]\nmode = 'warn'\n")
    guarded.run("git", "add", "--all")
    done = guarded.run("git", "commit", "-m", "Only warn", SKIP="selfmod-guard")
    assert done.returncode == 0
    for part in ("- exit code: 1", "selfmod-guard: allowed", ROUND, "SMG401"):
        assert part in done.stderr
    guarded.write("README.md", "Innocent.\n")
    guarded.run("git", "add", "--all")
    assert guarded.run("git", "commit", "-m", "Go on").returncode == 0


def configure(repo: Repo) -> None:
    """Write what `init` writes, with this very source in the place of the command."""
    edit = plan(str(repo.path), Source())
    assert edit
    ours = f"entry: {sys.executable} -I -m pytest_selfmod_guard pre-commit"
    repo.write(CONFIG, edit.new.decode().replace("entry: selfmod-guard pre-commit", ours))


def commit(repo: Repo, *options: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Commit everything, hooks and all."""
    repo.add()
    return repo.run("git", "commit", "-m", "Speed up", *options, **environ)


def test_a_judged_commit_is_no_news(guarded: Repo) -> None:
    """A line of pre-commit's own for each hook, and no word of ours."""
    guarded.write("app.py", GOOD)
    done = commit(guarded)
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith("selfmod-")]
    hooks = ["selfmod-guard", "selfmod-commit-msg", "selfmod-post-commit"]
    assert [line.split(".")[0] for line in lines] == hooks
    assert all(line.endswith("Passed") for line in lines)
    assert "selfmod-guard:" not in done.stderr
    quiet = guarded.guard("pre-commit", "selfmod-post-commit")
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, b"", b"")


@pytest.mark.parametrize(
    ("options", "variables"),
    [(("--no-verify",), {}), ((), {"SKIP": "selfmod-guard"})],
    ids=["--no-verify", "SKIP"],
)
def test_what_went_round_is_named_at_once(
    guarded: Repo, options: tuple[str, ...], variables: dict[str, str]
) -> None:
    """The commit is there, as git asks nobody any more; but who made it hears of it."""
    guarded.write("app.py", EVIL)
    done = commit(guarded, *options, **variables)
    assert done.returncode == 0
    assert (SKIPPED in done.stderr) == bool(variables)
    head = guarded.git("rev-parse", "--short=10", "HEAD")
    for part in (
        "- hook id: selfmod-post-commit", "- exit code: 1", "selfmod-guard: denied",
        f'{ROUND}\n  {head} "Speed up" by Ada <ada@example.org>\n', "app.py:2  SMG201",
        f'brought by {head} "Speed up", Ada <ada@example.org>', f"git revert --no-edit {head}",
    ):  # fmt: skip
        assert part in done.stderr
    assert (
        DOCS[DOCS.index("- hook id: ") : DOCS.index("why: ")].replace(IN_DOCS, head) in done.stderr
    )
    guarded.write("README.md", "A larger project.\n")
    again = commit(guarded)
    assert again.returncode == 1
    assert ROUND in again.stderr
    guarded.write("app.py", GOOD)
    assert commit(guarded).returncode == 0


def test_an_emptied_configuration_silences_the_hooks_and_nobody_else(guarded: Repo) -> None:
    """The change takes pre-commit's orders away; `check`, and CI, take none from it."""
    config = (guarded.path / CONFIG).read_text()
    guarded.remove(CONFIG)
    guarded.write("app.py", EVIL)
    slipped = commit(guarded, PRE_COMMIT_ALLOW_NO_CONFIG="1")
    assert slipped.returncode == 0, slipped.stderr
    assert "SMG201" not in slipped.stderr
    for question in (("--staged",), ("--base", "HEAD~1")):
        told = guarded.guard("check", *question)
        assert told.returncode == 1
        for part in ("SMG201", "SMG402", ROUND):
            assert part in told.stdout.decode()
    guarded.write(CONFIG, config)
    refused = commit(guarded)
    assert refused.returncode == 1
    assert ROUND in refused.stderr
    guarded.write("app.py", GOOD)
    mended = commit(guarded)
    assert mended.returncode == 0, mended.stderr


def test_a_rebase_goes_through_and_accuses_nobody(guarded: Repo) -> None:
    """Git runs the hook behind every commit of it, with what is unstaged put aside before."""
    for name in ("a", "b"):
        guarded.write(f"{name}.txt", f"{name}\n")
        assert commit(guarded).returncode == 0
    guarded.git("switch", "--quiet", "--create", "other", "HEAD~2")
    guarded.write("c.txt", "c\n")
    assert commit(guarded).returncode == 0
    done = guarded.run("git", "rebase", "other", "main")
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("selfmod-post-commit") == 2
    assert "selfmod-guard:" not in done.stderr
    assert guarded.git("log", "--format=%s", "main").count("Speed up") == 3


def test_what_is_not_committed_stays_as_it_was(guarded: Repo) -> None:
    """pre-commit puts it aside for the hook, and back again."""
    guarded.write("app.py", GOOD)
    guarded.add()
    guarded.write("app.py", f"{GOOD}\n# more\n")
    guarded.write("README.md", "Unfinished.\n")
    done = guarded.run("git", "commit", "-m", "Speed up", "--no-verify")
    assert ROUND not in done.stderr, "it is clean, so pre-commit does not show what was said"
    assert "Passed" in done.stderr
    assert guarded.git("status", "--short").split() == ["M", "README.md", "M", "app.py"]
    assert (guarded.path / "app.py").read_text().endswith("# more\n")


def test_a_policy_that_only_warns_does_not_fail_the_hook(guarded: Repo) -> None:
    """It is shown where pre-commit is asked to be verbose, and recorded in any case."""
    guarded.write("pyproject.toml", "[tool.selfmod-guard]\nmode = 'warn'\n")
    nowhere = ("-c", "core.hooksPath=/dev/null")
    for path, text in (("README.md", "Warn me.\n"), ("app.py", EVIL)):
        guarded.write(path, text)
        guarded.add()
        guarded.git(*nowhere, "commit", "--quiet", "--message", "Slip past")
        told = guarded.guard("pre-commit", "selfmod-post-commit")
    assert told.returncode == 0
    assert "denied (not enforced)" in told.stdout.decode()
    assert ROUND in told.stdout.decode()


def test_what_cannot_be_judged_is_no_pass(guarded: Repo) -> None:
    """A journal that cannot be read knows nothing of what was judged."""
    guarded.write("app.py", GOOD)
    commit(guarded)
    (guarded.path / ".git" / "selfmod-guard" / "journal.sqlite3").write_bytes(b"not a journal")
    told = guarded.guard("pre-commit", "selfmod-post-commit")
    assert told.returncode == 2
    assert "journal-damaged" in (told.stdout + told.stderr).decode()
