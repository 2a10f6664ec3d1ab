"""Everything but hooks and CI: what is in order, and each way in which it is not."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_selfmod_guard import checkups
from pytest_selfmod_guard.checkups._facts import Named
from pytest_selfmod_guard.errors import CouldNotJudge, JournalError, PolicyError
from pytest_selfmod_guard.policy import Approvals, Policy, Rules
from pytest_selfmod_guard.status import Switch
from tests.checkups.facts import Stub, ask, only

SIGNED = Policy(approvals=Approvals("keys/signers"))
ONE = Named("a" * 40, "Speed up", "Ada <ada@example.org>")
TWO = Named("b" * 40, "Slow down", "Bob <bob@example.org>")


def test_what_is_in_order_needs_no_mending() -> None:
    """In a repository where all is well every answer is fine but those of CI, which has no job."""
    for line in checkups.examine(Stub()):
        assert (line.state, line.mend) == ("ok", "") or line.name == "CI", line


def test_every_line_that_is_not_in_order_says_what_to_do() -> None:
    """And comes in the order of the page."""
    facts = Stub(namespaces=None, policy=None, record=Stub().record._replace(has_begun=False))
    lines = list(checkups.examine(facts))
    assert all(line.mend for line in lines if line.state != "ok")
    names = list(dict.fromkeys(line.name for line in lines))
    assert names[:3] == ["hooks", "hook config", "skipped"]
    assert names[-1] == "sandbox"


def test_a_question_that_cannot_be_asked_is_a_line_and_stops_no_other() -> None:
    """It is never taken for an answer."""

    class Failing(Stub):
        @property
        def hook_folder(self) -> Any:
            raise CouldNotJudge("git-failed", "git failed", context="x", hint="git status")

    first, *others = checkups.examine(Failing())
    assert first == ("hooks", "unasked", "git failed: x (git-failed)", "git status")
    assert "sandbox" in {line.name for line in others}


def test_a_hook_that_never_ran_is_told() -> None:
    """Nothing was judged at all; or the guard was here, and no commit was made yet."""
    record = Stub().record
    line = only(ask("ran", record=record._replace(has_begun=False, last=None)))
    assert (line.state, line.mend) == ("warning", "selfmod-guard check --staged")
    (line,) = ask("ran", record=record._replace(last=None))
    assert line.message.startswith("what is here is known")


def test_commits_without_a_verdict_are_told_unless_they_are_accused() -> None:
    """The accused have a line each of their own."""
    record = Stub().record._replace(unjudged=(TWO, ONE))
    line = only(ask("ran", record=record))
    assert line.message.startswith("2 commits of this branch have no verdict yet, the newest")
    assert 'bbbbbbbbbb "Slow down"' in line.message
    line = only(ask("ran", record=record._replace(ungated=(TWO,))))
    assert line.message == '1 commit of this branch has no verdict yet: aaaaaaaaaa "Speed up"'
    (line,) = ask("ran", record=record._replace(ungated=(TWO, ONE)))
    assert line.state == "ok"
    assert line.message == "what was to be committed was last judged 1 min 0 s ago"


def test_each_accused_commit_is_named_with_the_command_that_takes_it_back() -> None:
    """The newest first, because that is the order in which reverts apply."""
    first, second = ask("ungated", record=Stub().record._replace(ungated=(TWO, ONE)))
    assert first.state == "broken"
    assert first.mend == "git revert --no-edit bbbbbbbbbb && selfmod-guard check --staged"
    assert '"Speed up" by Ada <ada@example.org>' in second.message


def test_very_many_accused_commits_do_not_fill_the_screen() -> None:
    """The rest are a number."""
    lines = ask("ungated", record=Stub().record._replace(ungated=(ONE,) * 25))
    assert len(lines) == 21
    assert lines[-1].message.startswith("5 older commits")


@pytest.mark.parametrize(
    ("policy", "told", "mend"),
    [
        (None, "HEAD has none", "selfmod-guard init"),
        (Policy(mode="warn"), 'mode is "warn"', 'set mode = "enforce"'),
        (Policy(rules=Rules(off=("SMG201",))), "SMG201 is off", "take them out of rules.off"),
        (Policy(rules=Rules(off=("A", "B"))), "A and B are off", "take them out of rules.off"),
    ],
)
def test_a_policy_weaker_than_the_defaults_is_told(
    policy: Policy | None, told: str, mend: str
) -> None:
    """It may be meant so: a warning."""
    line = only(ask("policy", policy=policy))
    assert line.state == "warning"
    assert told in line.message
    assert line.mend.startswith(mend)


def test_a_guard_that_is_turned_off_names_who_when_and_why() -> None:
    """Beside what the policy says."""
    fine, off = ask("policy", switch=Switch(0.0, "Ada", "a fire"))
    assert fine.state == "ok"
    assert off.state == "warning"
    assert "by Ada (a fire)" in off.message
    assert "since 19" in off.message
    assert off.mend == "selfmod-guard enable"


def test_a_policy_that_cannot_be_read_is_broken() -> None:
    """Under it nothing passes, so it is no question that could not be asked."""

    class Failing(Stub):
        @property
        def policy(self) -> Any:
            raise PolicyError("policy-not-toml", "it is not TOML", context="pyproject.toml")

    lines = [line for line in checkups.examine(Failing()) if line.name in ("policy", "approvals")]
    assert [(line.name, line.state) for line in lines] == [("policy", "broken")]
    assert "SKIP=selfmod-guard git commit" in lines[0].mend


def test_signers_that_are_there_are_in_order() -> None:
    """And nobody being named is, too."""
    assert [line.state for line in ask("approvals", policy=SIGNED, files=("keys/signers",))] == [
        "ok"
    ]
    assert [line.state for line in ask("approvals", policy=None)] == ["ok"]


def test_signers_that_head_does_not_hold_are_broken() -> None:
    """A file that is only on disk approves nothing."""
    line = only(ask("approvals", policy=SIGNED, unadded=("keys/signers",)))
    assert line.state == "broken"
    assert line.mend == "git add :/keys/signers && SKIP=selfmod-guard git commit"
    line = only(ask("approvals", policy=SIGNED))
    assert (line.state, line.mend) == ("broken", "selfmod-guard init --approver KEY")


def test_a_list_of_revoked_keys_that_head_does_not_hold_is_broken() -> None:
    """Nobody can tell then whose key still counts."""
    policy = Policy(approvals=Approvals("signers", "gone"))
    line = only(ask("approvals", policy=policy, files=("signers",)))
    assert "approvals.revoked-keys names 'gone'" in line.message
    assert line.mend == "touch gone at the top, and commit it"


def test_a_keygen_that_knows_no_signatures_is_broken() -> None:
    """Only where the policy needs it."""
    error = CouldNotJudge("keygen-too-old", "it is too old", hint="install OpenSSH")
    line = only(ask("approvals", policy=SIGNED, files=("keys/signers",), keygen=error))
    assert line == ("approvals", "broken", "it is too old (keygen-too-old)", "install OpenSSH")
    assert [line.state for line in ask("approvals", keygen=error)] == ["ok"]


@pytest.mark.parametrize(
    ("changes", "state", "told", "mend"),
    [
        ({"wrong": "event 3, x"}, "broken", "event 3, x", "selfmod-guard audit verify"),
        ({"is_lost": True}, "broken", "and is gone", "selfmod-guard audit verify"),
        ({"was_lost": 5.0}, "warning", "the one before it", "selfmod-guard audit verify"),
        ({"mode": 0o755}, "broken", "its mode is 0755", "chmod 700 /s"),
        ({"mode": 0o701}, "broken", "its mode is 0701", "chmod 700 /s"),
        ({"network": "nfs4"}, "warning", "is on nfs4", "clone onto a local disk"),
        ({"other": "The policy x. A person can move it: rm y"}, "warning", "the policy x", "rm y"),
    ],
)
def test_a_journal_that_cannot_be_trusted_is_told(
    changes: dict[str, Any], state: str, told: str, mend: str
) -> None:
    """Each reason is a line with its own command."""
    line = only(ask("journal", kept=Stub().kept._replace(**changes)))
    assert line.state == state
    assert told in line.message
    assert line.mend.startswith(mend)


def test_a_journal_in_order_says_how_much_was_looked_at() -> None:
    """And one that is not there yet says where it will be."""
    (line,) = ask("journal", kept=Stub().kept._replace(events=1234, looked_at=200))
    assert line.message == "1,234 events in /s/journal, the last 200 as written down"
    (line,) = ask("journal", kept=Stub().kept._replace(events=0, mode=None))
    assert line == ("journal", "ok", "nothing is written down yet; it will be in /s/journal", "")


def test_a_journal_that_cannot_be_opened_is_broken() -> None:
    """Its own error says what to do."""

    class Failing(Stub):
        @property
        def kept(self) -> Any:
            raise JournalError("journal-damaged", "it is damaged", hint="mv it aside")

    (line,) = [line for line in checkups.examine(Failing()) if line.name == "journal"]
    assert line == ("journal", "broken", "it is damaged (journal-damaged)", "mv it aside")


@pytest.mark.parametrize(
    ("changes", "state", "told"),
    [
        ({"is_editable": True}, "warning", "editable"),
        ({"is_recorded": False}, "broken", "not what was installed"),
        ({"modified": ("gate.py",)}, "broken", "gate.py is modified"),
        ({"missing": ("a.py", "b.py")}, "broken", "a.py and b.py are missing"),
        ({"extra": tuple("abcdefg")}, "broken", "a, b, c, d, e and 2 more were added"),
    ],
)
def test_a_guard_that_is_not_as_installed_is_told(
    changes: dict[str, Any], state: str, told: str
) -> None:
    """With the command that installs it again."""
    line = only(ask("installed", installed=Stub().installed._replace(**changes)))
    assert line.state == state
    assert told in line.message
    assert line.mend.endswith("py -I -m pip install --force-reinstall --no-deps p==1.2")


def test_a_file_that_was_added_to_the_guard_is_removed_first() -> None:
    """Pip leaves what it has not written."""
    line = only(ask("installed", installed=Stub().installed._replace(extra=("a b.py",))))
    assert line.mend.startswith("rm '/lib/p/a b.py' && py -I -m pip")


@pytest.mark.parametrize(
    ("namespaces", "state", "told"),
    [
        (True, "ok", "no escape was tried"),
        (False, "unknown", "cannot make a namespace"),
        (None, "unknown", "not in PATH"),
    ],
)
def test_of_the_sandbox_only_what_was_tried_is_told(
    namespaces: object, state: str, told: str
) -> None:
    """No tier is promised."""
    (line,) = ask("sandbox", namespaces=namespaces)
    assert line.state == state
    assert told in line.message
