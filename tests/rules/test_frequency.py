"""Too many modifications: what is over the limit, for whom, and when there is room again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.history import NOTHING, History
from pytest_selfmod_guard.model import Actor, Change, Finding, Origin, Risk, Step, Touched
from pytest_selfmod_guard.policy import Limits, Policy
from pytest_selfmod_guard.rules import rules_called
from pytest_selfmod_guard.spoken import nth, span
from pytest_selfmod_guard.stages.decide import denies
from pytest_selfmod_guard.stages.detect import detect

if TYPE_CHECKING:
    from tests.rules.conftest import ChangeOf

RULE = rules_called(["SMG104"])


def judged(change: Change, history: History, policy: Policy | None = None) -> list[Finding]:
    """Ask the rule about a change that is about to be made."""
    ahead = change._replace(head="index") if change.head == "mapping" else change
    return list(detect(ahead, policy or Policy(), RULE, history=history).findings)


@pytest.fixture
def small(change_of: ChangeOf) -> Change:
    """Give a change that is in order but for when it comes."""
    return change_of({}, {"notes.txt": "one more\n"})


def test_the_fifth_is_in_order_and_the_sixth_is_not(small: Change) -> None:
    """More than five is what is too many, and the answer says when there is room."""
    assert judged(small, History(recent=4)) == []
    (finding,) = judged(small, History(recent=5, retry_after=200.0))
    assert (finding.rule, finding.name, finding.risk) == ("SMG104", "too-frequent", Risk.HIGH)
    assert finding.message == ("6th modification in 5m, the limit is 5; come back in 3 min 20 s")
    assert (finding.path, finding.line, finding.commit) == ("", 0, "")
    assert "wait" in finding.hint


def test_the_limit_is_the_policys(small: Change) -> None:
    """Its number and its window, not the default's."""
    strict = Policy(limits=Limits(max_modifications=1, modifications_window="1h"))
    (finding,) = judged(small, History(recent=1, retry_after=3599.5), strict)
    assert finding.message == "2nd modification in 1h, the limit is 1; come back in 1 h 0 min"
    assert judged(small, History(recent=5), Policy(limits=Limits(max_modifications=6))) == []


def test_an_empty_commit_counts_as_well(small: Change) -> None:
    """It is a modification, and the cheapest way to go in circles."""
    assert judged(small._replace(files=()), History(recent=5))


def test_where_nothing_is_known_nothing_is_said(small: Change) -> None:
    """As in CI, whose answer must not hang on what happened on its machine."""
    assert judged(small, NOTHING) == []
    assert list(detect(small, Policy(), RULE).findings) == []


def test_a_range_is_history_and_a_merge_is_not(small: Change) -> None:
    """What brings commits along is still one modification; commits themselves were made before."""
    steps = tuple(Step(Origin(one, "Change", "Ada"), (Touched("a", 1),)) for one in ("1", "2"))
    late = History(recent=5)
    assert judged(small._replace(head="2" * 40, steps=steps), late) == []
    assert judged(small._replace(head="2" * 40, steps=steps[:1]), late) == []
    resolution = Step(Origin("", "the resolution of the merge", ""), ())
    assert judged(small._replace(head="index", steps=(*steps, resolution)), late)


def test_every_kind_of_proposal_is_held_to_it(small: Change) -> None:
    """Staged, on disk, as a diff or as a mapping: each is about to be made."""
    for head in ("index", "worktree", "diff", "mapping"):
        assert detect(small._replace(head=head), Policy(), RULE, history=History(recent=5)).findings


def test_agents_are_denied_and_people_are_warned(small: Change) -> None:
    """A person in a hurry is no runaway."""
    (finding,) = judged(small, History(recent=5))
    assert denies(finding, Actor("agent"), Policy())
    assert not denies(finding, Actor("human"), Policy())
    assert not denies(finding, Actor("unknown"), Policy())


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (6, "6th"), (10, "10th"), (11, "11th"),
        (12, "12th"), (13, "13th"), (21, "21st"), (101, "101st"), (111, "111th"), (1001, "1001st"),
    ],
)  # fmt: skip
def test_places_are_said_as_people_say_them(number: int, said: str) -> None:
    """Also those of the second ten."""
    assert nth(number) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.001, "1 s"), (59.0, "59 s"), (59.1, "1 min 0 s"), (200.0, "3 min 20 s"),
        (3599.0, "59 min 59 s"), (3600.0, "1 h 0 min"), (3601.0, "1 h 1 min"),
        (7199.0, "2 h 0 min"), (7260.0, "2 h 1 min"),
    ],
)  # fmt: skip
def test_nobody_comes_back_too_early(seconds: float, said: str) -> None:
    """A time to wait is rounded up, in whatever unit it is said."""
    assert span(seconds) == said
