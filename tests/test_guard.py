"""The guard as a library: order, records, and what happens when a question cannot be asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard import Guard
from pytest_selfmod_guard.context import Context
from pytest_selfmod_guard.errors import JournalError, UsageError
from pytest_selfmod_guard.guard import Asked
from pytest_selfmod_guard.journals import Entry, Event
from pytest_selfmod_guard.journals.sqlite import SqliteJournal
from pytest_selfmod_guard.model import LAYERS, Allowed, Denied, Risk, State, Undecided
from pytest_selfmod_guard.policy import Tightening
from pytest_selfmod_guard.stages import read

if TYPE_CHECKING:
    from tests.conftest import Repo

EVAL = "def answer():\n    return eval('4' + input())\n"


def guard_of(repo: Repo, **environ: str) -> Guard:
    """Make a guard that sees only the repository's own environment."""
    return Guard(Context(str(repo.path), {**repo.environ, **environ}, lambda: 1000.0, lambda: "a1"))


def events(repo: Repo) -> list[Event]:
    """Read which judgements were written down."""
    journal = SqliteJournal(str(repo.path / ".git" / "selfmod-guard"))
    return [event for event in journal.events() if event.kind == "judged"]


def test_a_good_change_is_allowed_and_recorded(repo: Repo) -> None:
    """The record has the digest, the author and the ten layers."""
    repo.write("app.py", "def answer():\n    return 43\n")
    repo.add()
    guard = guard_of(repo, AI_AGENT="robot")
    verdict = guard.check(guard.staged())
    assert isinstance(verdict, Allowed)
    (event,) = events(repo)
    body = json.loads(event.body)
    assert (event.kind, event.attempt, event.at) == ("judged", "a1", 1000.0)
    assert (body["decision"], body["files"]) == ("allowed", ["app.py"])
    assert body["actor"]["name"] == "robot"
    assert len(body["digest"]) == 64
    assert [layer["name"] for layer in body["layers"]] == list(LAYERS)


def test_rules_that_do_not_exist_pass_nothing(repo: Repo) -> None:
    """To ask a misspelt rule, or none, must not look like an answer."""
    repo.write("app.py", EVAL)
    repo.add()
    guard = guard_of(repo)
    for only in ({"SMG999"}, {"SMG101", "SMG999"}):
        with pytest.raises(UsageError) as caught:
            guard.check(guard.staged(), Asked(only=frozenset(only)))
        assert caught.value.slug == "no-such-rule"
    assert events(repo) == []


def test_a_door_can_take_a_pass_back_and_cannot_give_one(repo: Repo) -> None:
    """What it made of a judgement is written down behind it."""
    repo.write("app.py", "def answer():\n    return 43\n")
    repo.add()
    guard = guard_of(repo)
    told = guard.judge(read.staged, "--staged")
    guard.note(told._replace(decision="undecided", slug="code-ran-before"))
    decisions = [json.loads(event.body)["decision"] for event in events(repo)]
    assert decisions == ["allowed", "undecided"]
    with pytest.raises(ValueError, match="only the guard itself"):
        guard.note(told)


def test_a_bad_change_is_denied_and_recorded_without_its_code(repo: Repo) -> None:
    """The journal must not become a place where secrets of a change live on."""
    repo.write("app.py", EVAL)
    repo.add()
    guard = guard_of(repo)
    verdict = guard.check(guard.staged())
    assert isinstance(verdict, Denied)
    assert verdict.because[0].rule == "SMG201"
    (event,) = events(repo)
    assert json.loads(event.body)["decision"] == "denied"
    assert "input()" not in event.body


def test_each_layer_says_what_became_of_it(repo: Repo) -> None:
    """Failed, passed, and not run are three things."""
    repo.write("app.py", EVAL)
    repo.add()
    guard = guard_of(repo)
    layers = {item.name: item.state for item in guard.check(guard.staged()).evidence.layers}
    assert layers["anomaly detection"] == State.FAILED
    assert layers["code validation"] == State.PASSED
    assert layers["rate limiting"] == State.PASSED
    assert layers["sandbox testing"] == State.NOT_RUN
    assert layers["automatic backup"] == State.NOT_APPLICABLE


def test_the_policy_of_the_base_judges_and_not_the_changes_own(repo: Repo) -> None:
    """A change cannot switch off the rule that finds it."""
    repo.write("pyproject.toml", "[tool.selfmod-guard.rules]\noff = ['SMG201']\n")
    repo.write("app.py", EVAL)
    repo.add()
    guard = guard_of(repo)
    verdict = guard.check(guard.staged())
    assert isinstance(verdict, Denied)
    assert "SMG201" in {finding.rule for finding in verdict.because}
    repo.git("reset", "--quiet", "app.py")
    repo.git("commit", "--quiet", "-m", "Policy first")
    repo.add()
    assert isinstance(guard.check(guard.staged()), Allowed)


def test_a_policy_of_the_base_that_is_broken_is_no_pass(repo: Repo) -> None:
    """It is undecided, with the reason, and recorded as such."""
    repo.write("pyproject.toml", "[tool.selfmod-guard]\nblok-at = 'high'\n")
    repo.commit()
    repo.write("app.py", "x = 1\n")
    repo.add()
    guard = guard_of(repo)
    verdict = guard.check(guard.staged())
    assert isinstance(verdict, Undecided)
    assert (verdict.slug, verdict.hint) == ("policy-unknown-key", "did you mean 'block-at'?")
    assert json.loads(events(repo)[-1].body)["decision"] == "undecided"


def test_what_cannot_be_read_is_no_pass_and_is_recorded(repo: Repo) -> None:
    """The receipt says why."""
    told = guard_of(repo).judge(lambda git: read.since(git, "nowhere"), "--base nowhere")
    assert (told.decision, told.slug) == ("undecided", "unknown-revision")
    assert json.loads(events(repo)[-1].body)["source"] == "--base nowhere"


def test_what_cannot_be_recorded_is_no_pass(repo: Repo) -> None:
    """An attempt without a record must not count as one that passed."""

    class Full(SqliteJournal):
        def append(self, *_: Entry) -> None:
            raise JournalError("journal-unusable", "the disk is full")

        def about(self, _: str) -> list[Entry]:
            return [Entry(0.0, "landed", "", "{}")]

    full = Full(str(repo.path / ".git" / "selfmod-guard"))
    guard = Guard(Context(str(repo.path), repo.environ), journal=full)
    verdict = guard.check(guard.staged())
    assert isinstance(verdict, Undecided)
    assert verdict.slug == "journal-unusable"


def test_outside_a_repository_nothing_is_judged(tmp_path: Path, environ: dict[str, str]) -> None:
    """There is no base to judge by, and no place for a record."""
    told = Guard(Context(str(tmp_path), environ)).judge(read.staged, "--staged")
    assert (told.decision, told.slug) == ("undecided", "not-a-repository")


def test_two_worktrees_share_one_journal(repo: Repo, tmp_path: Path) -> None:
    """The state belongs to the repository, not to a checkout of it."""
    repo.git("worktree", "add", "--quiet", str(tmp_path / "other"))
    guard_of(repo).judge(read.staged, "--staged")
    Guard(Context(str(tmp_path / "other"), repo.environ)).judge(read.staged, "--staged")
    assert len(events(repo)) == 2


def test_a_proposal_that_is_no_commit_can_be_judged(repo: Repo) -> None:
    """As text, without writing a file."""
    guard = guard_of(repo)
    assert isinstance(guard.check(guard.proposal({"app.py": EVAL})), Denied)
    assert isinstance(guard.check(guard.proposal({"app.py": "x = 1\n"})), Allowed)
    assert (repo.path / "app.py").read_text() == "def answer():\n    return 42\n"


@pytest.mark.parametrize(("agent", "decision"), [({"AI_AGENT": "x"}, "denied"), ({}, "allowed")])
def test_size_limits_bind_agents_and_warn_others(
    repo: Repo, agent: dict[str, str], decision: str
) -> None:
    """The finding is there in both cases."""
    repo.write("story.txt", "x" * 10_001)
    repo.add()
    told = guard_of(repo, **agent).judge(read.staged, "--staged")
    assert told.decision == decision
    assert [(item.rule, item.risk) for item in told.findings] == [("SMG101", Risk.HIGH)]


def test_a_tighter_limit_binds_everybody(repo: Repo) -> None:
    """And a looser one has no effect."""
    repo.write("story.txt", "x" * 200)
    repo.add()
    tight, loose = Asked(Tightening(100)), Asked(Tightening(10**9))
    assert guard_of(repo).judge(read.staged, "--staged", tight).decision == "denied"
    assert guard_of(repo).judge(read.staged, "--staged", loose).decision == "allowed"
    repo.write("story.txt", "x" * 10_001)
    repo.add()
    strict = guard_of(repo, AI_AGENT="x")
    assert strict.judge(read.staged, "--staged", loose).decision == "denied"


def test_a_lax_policy_of_a_folder_judges_only_that_folder(repo: Repo) -> None:
    """Standing in a folder with its own policy gives nothing away outside of it."""
    repo.write("sub/selfmod-guard.toml", "mode = 'warn'\n")
    repo.write("sub/app.py", "x = 1\n")
    repo.commit()
    guard = Guard(Context(str(repo.path / "sub"), repo.environ))
    repo.write("sub/app.py", EVAL)
    repo.add()
    assert not guard.judge(read.staged, "--staged").enforced
    repo.write("app.py", EVAL)
    repo.add()
    assert guard.judge(read.staged, "--staged").enforced
