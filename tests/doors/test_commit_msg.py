"""The hook `selfmod-commit-msg`: what the message of the next commit says of who made it."""

from __future__ import annotations

import json
import os
import shlex
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from pytest_selfmod_guard import Guard
from pytest_selfmod_guard.context import Context
from pytest_selfmod_guard.doors.cli import main
from pytest_selfmod_guard.errors import GuardError
from pytest_selfmod_guard.git import Git
from pytest_selfmod_guard.guard import Asked
from pytest_selfmod_guard.model import Base, Change, Origin, Receipt, Step
from pytest_selfmod_guard.reports import render
from pytest_selfmod_guard.saying import judge_message
from pytest_selfmod_guard.stages import read
from pytest_selfmod_guard.system import System

if TYPE_CHECKING:
    from tests.conftest import NewRepo, Repo

pytestmark = pytest.mark.proof  # each is a commit with its hooks

HOOK = "selfmod-commit-msg"
CLAUDE = "Co-Authored-By: Claude <noreply@anthropic.com>"
SIGNED = f"Speed up\n\n{CLAUDE}\n"
SIX = 6  # files, one more than an agent may change
Say = Callable[..., Receipt | None]


@pytest.fixture
def say(repo: Repo) -> Say:
    """Give a function that judges a message where git would have it."""

    def judged(message: str | bytes, **environ: str) -> Receipt | None:
        write(repo, message)
        return judge_message(guard_of(repo, **environ))

    return judged


def guard_of(repo: Repo, **environ: str) -> Guard:
    """Make a guard that sees only the repository's own environment."""
    return Guard(Context(str(repo.path), {**repo.environ, **environ}))


def write(repo: Repo, message: str | bytes, name: str = "COMMIT_EDITMSG", at: int = 1000) -> Path:
    """Write a message where git does."""
    path = repo.write(f".git/{name}", message)
    os.utime(path, (at, at))
    return path


def stage(repo: Repo, files: int) -> None:
    """Stage so many new files."""
    for at in range(files):
        repo.write(f"note{at}.txt", "hello\n")
    repo.add()


def policy(repo: Repo, text: str) -> None:
    """Commit a policy."""
    repo.write("selfmod-guard.toml", text)
    repo.commit("Agree on it")


def kinds(repo: Repo) -> list[str]:
    """Give the kinds of what the journal holds."""
    return [event.kind for event in guard_of(repo).journal.events()]


def test_a_message_that_names_nobody_costs_and_says_nothing(repo: Repo, say: Say) -> None:
    """Neither the policy nor the journal is opened for what people write."""
    policy(repo, "mode = 3")
    stage(repo, SIX)
    assert say("Say what Claude and Copilot do\n\nReviewed-by: Jo <jo@example.com>\n") is None
    assert not (repo.path / ".git" / "selfmod-guard").exists()


def test_what_was_let_pass_as_an_unknown_authors_is_denied_as_an_agents(
    repo: Repo, say: Say
) -> None:
    """An agent whose environment shows nothing is held to its limits by its own trailer."""
    stage(repo, SIX)
    assert guard_of(repo).judge(read.staged, "--staged").decision == "allowed"
    told = say(SIGNED)
    assert told is not None
    assert (told.decision, told.enforced) == ("denied", True)
    assert [finding.rule for finding in told.because] == ["SMG102"]
    assert (told.actor.kind, told.actor.name) == ("agent", "Claude")
    assert told.actor.source == "trailer of the message"
    assert "denied, 6 files by agent Claude (trailer of the message)" in render("text", told)


def test_a_small_change_of_an_agent_passes_and_is_not_counted_again(repo: Repo, say: Say) -> None:
    """It is a judgement: the hook before has counted the modification."""
    stage(repo, 1)
    before = guard_of(repo).judge(read.staged, "--staged", Asked(modifies=True))
    told = say(SIGNED)
    assert told is not None
    assert (before.decision, told.decision, told.actor.kind) == ("allowed", "allowed", "agent")
    assert kinds(repo).count("opened") == 1
    assert len(guard_of(repo).ledger.state().landed) == 1


def test_an_agent_that_its_environment_shows_is_not_judged_twice(repo: Repo, say: Say) -> None:
    """The hook before was strict already, and so it was where nobody known is held for an agent."""
    stage(repo, SIX)
    assert say(SIGNED, CLAUDECODE="1") is None
    policy(repo, '[actors]\nunknown = "agent"\n')
    stage(repo, SIX)
    assert say(SIGNED) is None


def test_an_agent_that_shows_itself_late_is_held_to_the_preflight(repo: Repo, say: Say) -> None:
    """While it was unknown the rate only warned it."""
    policy(repo, "[rate]\nmax-per-window = 1\n")
    stage(repo, 1)
    guard_of(repo, AI_AGENT="robot").judge(read.staged, "--staged", Asked(modifies=True))
    repo.commit("One")
    repo.write("note0.txt", "again\n")
    repo.add()
    told = say(SIGNED)
    assert told is not None
    assert (told.decision, told.slug) == ("undecided", "rate-limited")
    assert told.retry_after
    assert "nothing may be modified now" in render("text", told)
    assert json.loads(list(guard_of(repo).journal.events())[-1].body)["decision"] == "undecided"


def test_what_went_round_is_judged_with_it_as_the_agents(repo: Repo, say: Say) -> None:
    """Reading the whole anew must not forget who signed."""
    guard_of(repo).judge(read.staged, "--staged", Asked(modifies=True))
    repo.write("app.py", "import os\n\nos.system('rm -rf /')\n")
    repo.commit("Slip past")
    stage(repo, SIX)
    told = say(SIGNED)
    assert told is not None
    assert told.ungated
    assert (told.decision, told.actor.kind) == ("denied", "agent")


@pytest.mark.parametrize("is_denied", [True, False])
def test_a_refused_message_cannot_be_committed_round_the_hook(
    repo: Repo, say: Say, *, is_denied: bool
) -> None:
    """What passed as an unknown author's before is no pass any more, unless it passes again."""
    stage(repo, SIX if is_denied else 1)
    assert guard_of(repo).judge(read.staged, "--staged", Asked(modifies=True)).decision == "allowed"
    told = say(SIGNED)
    assert told is not None
    assert told.decision == ("denied" if is_denied else "allowed")
    repo.git("commit", "--quiet", "--no-verify", "--message", SIGNED)
    found = guard_of(repo).reconcile(is_new=True)
    assert bool(found and found.ungated) is is_denied


def test_the_message_of_a_merge_counts_beside_its_commits() -> None:
    """Whoever concludes it may be an agent when those who wrote what it brings are not."""
    step = Step(Origin("1" * 40, "Fix", "Jo <jo@example.com>"), ())
    staged = Change((), Base("", {}), "index", "--staged", why=SIGNED, steps=(step,))
    first = next(read.identities(Git("/", {}), staged))
    assert (first.commit, first.names, first.message) == ("", (), SIGNED)


REQUIRE, FORBID = '[actors]\ntrailers = "require"\n', '[actors]\ntrailers = "forbid"\n'


AGENT, ROBOT = {"CLAUDECODE": "1"}, {"AI_AGENT": "own"}


@pytest.mark.parametrize(
    ("text", "cases"),
    [
        (
            REQUIRE,
            [
                ("Fix\n", AGENT, "trailer-missing"),
                ("Fix, Claude\n", AGENT, "trailer-missing"),
                ("Fix\n\nGenerated with Codex\n", {}, "trailer-missing"),
                ("", AGENT, "trailer-missing"),
                ("Fix\n\n# Assisted-by: own\n", ROBOT, "trailer-missing"),
                (SIGNED, AGENT, ""),
                ("Fix\n\nAssisted-by: Claude Code\n", AGENT, ""),
                ("Fix\n\nAssisted-by: own\n", ROBOT, ""),
                ("Fix\n", {}, ""),
            ],
        ),
        (
            FORBID,
            [
                (SIGNED, {}, "trailer-forbidden"),
                (SIGNED, AGENT, "trailer-forbidden"),
                ("Fix\n\nGenerated with Codex\n", {}, "trailer-forbidden"),
                ("Fix\n", AGENT, ""),
                ("Fix what Claude did\n", {}, ""),
            ],
        ),
        ('mode = "enforce"', [(SIGNED, AGENT, ""), ("Fix\n", AGENT, "")]),
    ],
    ids=["require", "forbid", "ignore"],
)
def test_trailers_are_as_the_policy_wants_them(
    repo: Repo, say: Say, text: str, cases: list[tuple[str, dict[str, str], str]]
) -> None:
    """Required of agents, forbidden to everybody, or nobody's business."""
    policy(repo, text)
    stage(repo, 1)
    for message, environ, slug in cases:
        told = say(message, **environ)
        assert (told.slug if told else "") == slug, (message, environ)
        assert told is None or told.decision == ("denied" if slug else "allowed")


def test_the_report_says_which_line_to_add(repo: Repo, say: Say) -> None:
    """And the line is one that passes."""
    policy(repo, REQUIRE)
    told = say("Fix\n", CLAUDECODE="1")
    assert told is not None
    assert render("text", told) == (
        "selfmod-guard: denied, the message of a commit by agent Claude Code"
        " (environment CLAUDECODE)\n"
        '  the policy says actors.trailers = "require", and no trailer of the message names'
        " the agent\n    (trailer-missing)\n"
        "  do next: end the message with a trailer, such as: Assisted-by: Claude Code\n"
    )
    shape = json.loads(render("json", told))
    assert (shape["decision"], shape["slug"], shape["findings"]) == (
        "denied", "trailer-missing", [],
    )  # fmt: skip
    assert shape["actor"] == {
        "kind": "agent",
        "name": "Claude Code",
        "confidence": "high",
        "source": "environment CLAUDECODE",
    }
    assert json.loads(list(guard_of(repo).journal.events())[-1].body)["slug"] == "trailer-missing"
    assert say("Fix\n\nAssisted-by: Claude Code\n", CLAUDECODE="1") is None


def test_the_report_says_which_lines_to_take_out(repo: Repo, say: Say) -> None:
    """All of them, and of very many only some."""
    policy(repo, FORBID)
    told = say(f"Fix\n\n🤖 Generated with Codex\n\n{CLAUDE}\nReviewed-by: Jo <jo@example.com>\n")
    assert told is not None
    lines = f'"{CLAUDE}", "🤖 Generated with Codex"'
    assert told.hint == f"take out of the message: {lines}"
    assert f"  do next: take out of the message:\n    {lines}\n" in render("text", told)
    many = "".join(f"Assisted-by: Claude {at}\n" for at in range(10_000))
    told = say(f"Fix\n\n{many}")
    assert told is not None
    assert told.hint.endswith(" and 9995 more like these")
    told = say(f"Fix\n\n{CLAUDE}{'x' * 500_000}\n")
    assert told is not None
    assert len(told.hint) < 200


def test_the_policy_of_the_last_commit_says_it(repo: Repo, say: Say) -> None:
    """A change cannot take its own duty away."""
    policy(repo, REQUIRE)
    repo.write("selfmod-guard.toml", 'mode = "enforce"\n')
    repo.add()
    told = say("Fix\n", CLAUDECODE="1")
    assert told is not None
    assert told.slug == "trailer-missing"


def test_nothing_is_enforced_where_nothing_is(repo: Repo, say: Say) -> None:
    """A policy that warns, or a guard that is turned off; but CI does not know of the latter."""
    policy(repo, f'mode = "warn"\n{REQUIRE}')
    told = say("Fix\n", CLAUDECODE="1")
    assert told is not None
    assert (told.decision, told.enforced) == ("denied", False)
    policy(repo, REQUIRE)
    System(guard_of(repo)).disable("Ada", "a test")
    told = say("Fix\n", CLAUDECODE="1")
    assert told is not None
    assert told.enforced is False
    assert "The guard is disabled" in told.notes[0]
    told = say("Fix\n", CLAUDECODE="1", CI="true", GITHUB_ACTIONS="true")
    assert told is not None
    assert told.enforced is True


def test_the_message_is_the_one_that_was_written_last(repo: Repo, say: Say) -> None:
    """`git commit` and `git merge` have each a file, and leave it there."""
    other = begin_merge(repo)
    stage(repo, SIX)
    write(repo, SIGNED, "MERGE_MSG", at=999)
    assert say("Fix\n") is None
    write(repo, SIGNED, "MERGE_MSG", at=1001)
    told = judge_message(guard_of(repo))
    assert told is not None
    assert told.decision == "denied"
    assert judge_message(guard_of(repo), ".git/COMMIT_EDITMSG") is None
    write(repo, "Fix\n", "MERGE_MSG", at=1002)
    assert say(SIGNED) is None
    repo.remove(".git/MERGE_HEAD")
    assert say(SIGNED) is not None, "left behind by a cherry-pick, or put there to be read"
    assert _error(repo, ".git/MERGE_MSG") == ("message-elsewhere", 64)
    write(repo, other, "CHERRY_PICK_HEAD")
    assert judge_message(guard_of(repo)) is not None


def begin_merge(repo: Repo) -> str:
    """Be in the middle of a merge of a commit beside HEAD."""
    repo.write("app.py", "def answer():\n    return 43\n")
    other = repo.commit("Beside")
    repo.git("reset", "--quiet", "--hard", "HEAD^")
    write(repo, f"{other}\n", "MERGE_HEAD")
    return other


def amending(repo: Repo, revision: str = "HEAD") -> dict[str, str]:
    """Give what git tells its hooks of the author of a commit that it amends."""
    told = repo.git("log", "-1", "--format=%an%n%ae%n@%ad", "--date=raw", revision)
    names = ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_AUTHOR_DATE")
    return dict(zip(names, told.splitlines(), strict=True))


def test_a_large_commit_is_not_signed_by_an_agent_afterwards(repo: Repo, say: Say) -> None:
    """Other words for it leave nothing staged: then all of it is judged as the agent's."""
    guard_of(repo).judge(read.staged, "--staged")
    stage(repo, SIX)
    guard_of(repo).judge(read.staged, "--staged", Asked(modifies=True))
    large = repo.commit("Speed up")
    told = say(SIGNED, **amending(repo))
    assert told is not None
    assert (told.decision, told.actor.name) == ("denied", "Claude")
    assert [finding.rule for finding in told.because] == ["SMG102"]
    assert guard_of(repo).reconcile(is_new=True) is None, "the old one stays as it was judged"
    repo.write("note0.txt", "more\n")
    repo.add()
    told = say(SIGNED, **amending(repo))
    assert told is not None
    assert told.decision == "denied"
    repo.git("commit", "--quiet", "--amend", "--no-verify", "--message", SIGNED)
    found = guard_of(repo).reconcile(is_new=True)
    assert found is not None
    assert [origin.commit for origin in found.ungated] == [repo.git("rev-parse", "HEAD").strip()]
    assert large not in [origin.commit for origin in found.ungated]


def test_an_agents_next_commit_is_not_charged_with_the_one_before(repo: Repo, say: Say) -> None:
    """An empty one has nothing staged either, and a merge before it brought others' work."""
    stage(repo, SIX)
    repo.commit("Speed up")
    now = {**amending(repo), "GIT_AUTHOR_DATE": "@2000000000 +0000"}
    beside = {**amending(repo), "GIT_AUTHOR_NAME": "Another"}
    for environ in (now, beside, {"GIT_AUTHOR_DATE": "yesterday"}, {}):
        told = say(SIGNED, **environ)
        assert told is not None
        assert told.decision == "allowed", environ
    repo.git("switch", "--quiet", "--create", "other", "HEAD^")
    repo.write("app.py", "def answer():\n    return 43\n")
    repo.commit("Beside")
    repo.git("merge", "--quiet", "--no-ff", "--message", "Join", "main")
    told = say(SIGNED, **amending(repo))
    assert told is not None
    assert told.decision == "allowed"


def test_the_first_commit_of_all_can_be_amended_too(new_repo: NewRepo) -> None:
    """It has no parent: then all that it has is judged."""
    repo = new_repo("first")
    assert judge_message_of(repo, SIGNED, {"GIT_AUTHOR_DATE": "@1 +0000"}).decision == "allowed"
    stage(repo, SIX)
    repo.commit("Begin")
    assert judge_message_of(repo, SIGNED, amending(repo)).decision == "denied"


def judge_message_of(repo: Repo, message: str, environ: dict[str, str]) -> Receipt:
    """Judge a message that says something new."""
    write(repo, message)
    told = judge_message(guard_of(repo, **environ))
    assert told is not None
    return told


def test_taking_the_mark_away_makes_nobody_else_of_an_agent(repo: Repo) -> None:
    """What it was denied a moment ago is no unknown author's; tomorrow, or otherwise, it is."""
    stage(repo, SIX)
    assert guard_of(repo, CLAUDECODE="1").judge(read.staged, "--staged").decision == "denied"
    told = guard_of(repo).judge(read.staged, "--staged")
    assert (told.decision, told.actor.source) == ("denied", "judged as an agent's before")
    later = Context(str(repo.path), repo.environ, clock=lambda: time.time() + 90_000)
    assert Guard(later).judge(read.staged, "--staged").actor.kind == "unknown"
    assert guard_of(repo).judge(read.staged, "--staged").actor.kind == "unknown", "the last word"
    repo.write("note0.txt", "other\n")
    repo.add()
    assert guard_of(repo).judge(read.staged, "--staged").decision == "allowed"


def test_only_what_an_agent_was_denied_there_stays_an_agents(repo: Repo) -> None:
    """What nobody known was denied does not, and neither does the same on another base."""
    repo.write("bad.py", "import os\n\nos.system('rm -rf /')\n")
    repo.add()
    for _ in range(2):
        told = guard_of(repo).judge(read.staged, "--staged")
        assert (told.decision, told.actor.kind) == ("denied", "unknown")
    repo.git("rm", "--quiet", "--force", "bad.py")
    stage(repo, SIX)
    assert guard_of(repo, CLAUDECODE="1").judge(read.staged, "--staged").decision == "denied"
    repo.git("reset", "--quiet")
    repo.git("commit", "--quiet", "--allow-empty", "--message", "Go on")
    repo.add()
    assert guard_of(repo).judge(read.staged, "--staged").actor.kind == "unknown"


def test_an_amendment_is_judged_with_what_went_round_before_it(repo: Repo, say: Say) -> None:
    """Reading the whole anew must not forget what the amended commit itself brought."""
    guard_of(repo).judge(read.staged, "--staged")
    repo.write("app.py", "import os\n\nos.system('rm -rf /')\n")
    repo.commit("Slip past")
    stage(repo, SIX)
    repo.commit("Slip more past")
    told = say(SIGNED, **amending(repo))
    assert told is not None
    assert "SMG102" in [finding.rule for finding in told.findings]


ODD = (
    b"",
    b"\n\n\n",
    b"# only a comment\n# and another\n",
    b"\xff\xfe\x00\xffFix\n\n\x80\x81: \xfe\n",
    b"Fix\x00\n\n\x00: x\n",
    b"x" * (1 << 20),
    b"Fix\n\n" + b"Reviewed-by: Jo <jo@example.com>\n" * 10_000,
    "Fix\n\n\u202eCo-authored-by: edualC\n\ud7ff\n".encode(),
)
ODD_OF_AGENTS = (
    b"\xff\xfe Fix\n\nCo-authored-by: \xff <noreply@anthropic.com>\n",
    b"Fix\x00\n\nCo-authored-by: \x00 <noreply@anthropic.com>\n",
    f"Fix\n\n{CLAUDE}\n".encode() * 10_000,
    b"Fix\n\n" + b"Reviewed-by: Jo <jo@x.org>\n" * 10_000 + CLAUDE.encode(),
    f"Fix\n\n{CLAUDE}\n# ---\n# Please enter\n".encode(),
    f"Fix\n\n{CLAUDE}\n# {'-' * 24} >8 {'-' * 24}\ndiff --git a/a b/a\n".encode() + b"+\n" * 2**20,
)


def test_an_odd_message_is_read_all_the_same(repo: Repo, say: Say) -> None:
    """Of nobody it says nothing, and it is for git to refuse it; an agent's is known by it."""
    stage(repo, SIX)
    for message in ODD:
        assert say(message) is None, message[:80]
    for message in ODD_OF_AGENTS:
        told = say(message)
        assert told is not None, message[:80]
        assert told.decision == "denied", message[:80]


def test_comments_count_as_git_counts_them(repo: Repo, say: Say) -> None:
    """With another mark for them, and none where no editor was used."""
    stage(repo, SIX)
    message = f"Fix\n\n{CLAUDE}\n; a\n; b\n; c\n; d\n"
    assert say(message) is None
    repo.config("core.commentChar", ";")
    assert say(message) is not None
    assert say(message, GIT_EDITOR=":") is None
    repo.config("commit.cleanup", "strip")
    assert say(message, GIT_EDITOR=":") is not None


def test_a_message_that_cannot_be_read_is_no_pass(repo: Repo) -> None:
    """It could say anything."""
    path = write(repo, b"x" * ((1 << 20) + 1))
    assert _error(repo) == ("message-too-large", 2)
    path.unlink()
    assert _error(repo) == ("message-missing", 2)
    path.mkdir()
    assert _error(repo) == ("message-unreadable", 2)
    path.rmdir()
    os.mkfifo(path)
    assert _error(repo) == ("message-unreadable", 2)


def _error(repo: Repo, name: str = "") -> tuple[str, int]:
    with pytest.raises(GuardError) as caught:
        judge_message(guard_of(repo), name)
    return caught.value.slug, caught.value.exit_code


def test_no_other_file_is_taken_for_the_message(repo: Repo, say: Say) -> None:
    """A hook's arguments come from the change itself, which could name a file without a trailer."""
    write(repo, SIGNED)
    for name in ("app.py", ".git/description", "../elsewhere", "/dev/null", ".git"):
        assert _error(repo, name) == ("message-elsewhere", 64)
    assert say("Fix\n") is None


def test_the_door_is_silent_or_says_why(
    repo: Repo, say: Say, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """0 with nothing new, 1 denied, 64 for a hook that takes no file."""
    monkeypatch.chdir(repo.path)
    for name in set(os.environ) - set(repo.environ):
        monkeypatch.delenv(name)
    stage(repo, SIX)
    assert say("Fix\n") is None
    assert main(["pre-commit", HOOK]) == 0
    assert capsys.readouterr() == ("", "")
    assert main(["pre-commit", HOOK, ".git/COMMIT_EDITMSG"]) == 0
    write(repo, SIGNED)
    assert main(["pre-commit", HOOK]) == 1
    assert "SMG102" in capsys.readouterr().out
    assert main(["pre-commit", "selfmod-guard", "app.py"]) == 64
    assert "only-for-the-message" in capsys.readouterr().err


GUARD = shlex.join((sys.executable, "-I", "-m", "pytest_selfmod_guard", "pre-commit", HOOK))


def test_a_real_commit_is_refused_by_its_message(repo: Repo) -> None:
    """As a hook of git's own, by way of an editor, and with no editor at all."""
    repo.write(".git/hooks/commit-msg", f'#!/bin/sh\nexec {GUARD} "$1"\n', 0o755)
    stage(repo, SIX)
    refused = repo.run("git", "commit", "--message", "Speed up", "--trailer", CLAUDE)
    assert refused.returncode == 1
    assert "SMG102" in refused.stdout + refused.stderr
    editor = repo.write("../editor", f'#!/bin/sh\nprintf "Fix\\n\\n{CLAUDE}\\n" > "$1"\n', 0o755)
    refused = repo.run("git", "commit", "--verbose", GIT_EDITOR=str(editor))
    assert refused.returncode == 1
    assert "agent Claude" in refused.stdout + refused.stderr
    passed = repo.run("git", "commit", "--message", "Speed up")
    assert passed.returncode == 0, passed.stderr
    refused = repo.run("git", "commit", "--amend", "--message", "Speed up", "--trailer", CLAUDE)
    assert refused.returncode == 1
    assert "agent Claude" in refused.stdout + refused.stderr
    words = {"GIT_SEQUENCE_EDITOR": "sed -i s/pick/reword/", "GIT_EDITOR": str(editor)}
    refused = repo.run("git", "rebase", "--interactive", "HEAD^", **words)
    assert "agent Claude" in refused.stdout + refused.stderr
    repo.run("git", "rebase", "--abort")
    time.sleep(1.1)  # git tells the time of an author in seconds
    passed = repo.run("git", "commit", "--allow-empty", "--message", SIGNED)
    assert passed.returncode == 0, passed.stderr


@pytest.mark.proof
def test_a_real_merge_is_refused_by_its_message(repo: Repo) -> None:
    """Its message lies in another file, which pre-commit does not name."""
    _with_pre_commit(repo)
    repo.git("switch", "--quiet", "--create", "other")
    stage(repo, SIX)
    repo.git("commit", "--quiet", "--no-verify", "--message", "Six")
    repo.git("switch", "--quiet", "main")
    merge = ("git", "merge", "--no-ff", "--message", SIGNED, "other")
    refused = repo.run(*merge)
    assert refused.returncode != 0
    assert "agent Claude" in refused.stdout + refused.stderr


@pytest.mark.proof
def test_pre_commit_runs_it_without_a_file_name(repo: Repo) -> None:
    """Refused as the agent's; and with the trailer that is asked for, let pass."""
    policy(repo, REQUIRE)
    _with_pre_commit(repo)
    repo.write("app.py", "def answer():\n    return 43\n")
    repo.add()
    commit = ("git", "commit", "--message", "Speed up")
    refused = repo.run(*commit, CLAUDECODE="1")
    assert refused.returncode == 1
    assert "Assisted-by: Claude Code" in refused.stdout + refused.stderr
    line = "Assisted-by: Claude Code"
    passed = repo.run(*commit, "--trailer", line, CLAUDECODE="1")
    assert passed.returncode == 0, passed.stderr
    assert line in repo.git("log", "-1", "--format=%(trailers)")
    stage(repo, SIX)
    refused = repo.run(*commit, "--trailer", CLAUDE)
    assert refused.returncode == 1
    assert "SMG102" in refused.stdout + refused.stderr
    passed = repo.run(*commit)
    assert passed.returncode == 0, passed.stderr
    refused = repo.run(*commit, "--amend", "--trailer", CLAUDE)
    assert refused.returncode == 1, "pre-commit hands on what git tells of the author"
    assert "SMG102" in refused.stdout + refused.stderr


def _with_pre_commit(repo: Repo) -> None:
    """Have pre-commit run the hook as the manifest has it, from the interpreter of these tests."""
    hooks = yaml.safe_load((Path(__file__).parents[2] / ".pre-commit-hooks.yaml").read_text())
    (hook,) = (one for one in hooks if one["id"] == HOOK)
    hook |= {"entry": GUARD, "language": "system"}
    repos = [{"repo": "local", "hooks": [hook]}]
    config = {"default_install_hook_types": ["commit-msg"], "repos": repos}
    repo.write(".pre-commit-config.yaml", yaml.safe_dump(config))
    repo.commit("Guard it")
    repo.environ["PRE_COMMIT_HOME"] = str(repo.path.parent / "pre-commit")
    done = repo.run(sys.executable, "-m", "pre_commit", "install")
    assert done.returncode == 0, done.stderr
