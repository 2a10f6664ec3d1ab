"""
After an outage it starts again by itself: the two that guard each other do not lock each other.

Failures spoil the rates, and bad rates block; if they blocked what could mend
them, nothing would ever be modified again, or not before they are forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

import pytest

from pytest_selfmod_guard.health import assess
from pytest_selfmod_guard.policy import Policy
from pytest_selfmod_guard.preflights import Situation, ask
from pytest_selfmod_guard.state import START, Happening, State, fold

DEFAULT = Policy()
POLICY = DEFAULT._replace(breaker=DEFAULT.breaker._replace(recovery_timeout="20s"))
TERMS = [5, 3, 20, 300]
PACE, OUTAGE, ENDS = 7, 70, 600
"""Seconds: an agent tries so often; from then on, and until then, everything fails."""
QUARTER_HOUR = 900


class Moment(NamedTuple):
    """What became of one try."""

    at: int
    slug: str
    """Why it was refused; empty where it was not."""
    phase: str
    """Of the breaker, when it was asked."""


class Life:
    """A project, an agent that never tires, and an outage."""

    def __init__(self, outage: int = OUTAGE, *, is_sampled: bool) -> None:
        """Begin with nothing."""
        self.state, self.outage, self.is_sampled = START, outage, is_sampled

    def live(self) -> Iterator[Moment]:
        """Go through an hour."""
        for at in range(0, 3600, PACE):
            if self.is_sampled:
                machine = {"score": 100, "cpu": 10, "memory": 70, "disk": 30}
                self.happen(at, "sampled", machine)
            state = self.state.at_time(at)
            results = [result for _, result in ask(self.situation(state, at))]
            slug = "".join(result.slug for result in results)
            assert slug or len(results) == 3
            if not slug:
                self.modify(at, "failure" if self.outage <= at < ENDS else "success")
            yield Moment(at, slug, state.breaker.phase)

    def situation(self, state: State, at: int) -> Situation:
        """Look at the machine and at what happened."""
        return Situation(state, POLICY, assess(state, POLICY.health), base=str(at))

    def modify(self, at: int, result: str) -> None:
        """Modify something, which takes no time."""
        opened = {"terms": TERMS, "lease": 60, "bound": True, "base": str(at)}
        self.happen(at, "opened", opened)
        closed = {"terms": TERMS, "result": result, "seconds": 0.1, "counts": result == "success"}
        self.happen(at, "closed", closed)

    def happen(self, at: int, kind: str, body: Mapping[str, object]) -> None:
        """Write something down."""
        self.state = fold(self.state, Happening(at, kind, str(at), body))


class WithBoundProbes(Life):
    """The same, but that the rates block probes too."""

    def situation(self, state: State, at: int) -> Situation:
        """Keep from the health that the breaker is half-open."""
        closed = state._replace(breaker=state.breaker._replace(phase="closed"))
        return super().situation(state, at)._replace(health=assess(closed, POLICY.health))


class WithOldRates(Life):
    """The same, but that the rates do not start anew."""

    def happen(self, at: int, kind: str, body: Mapping[str, object]) -> None:
        """Keep what would be forgotten."""
        before = self.state.outcomes
        super().happen(at, kind, body)
        if len(self.state.outcomes) < len(before) and self.state.breaker.since == at:
            self.state = self.state._replace(outcomes=before)


@pytest.mark.parametrize("is_sampled", [True, False])
def test_it_recovers_as_soon_as_the_outage_is_over(*, is_sampled: bool) -> None:
    """The breaker closes after its own time and three probes; nothing else is in the way."""
    moments = list(Life(is_sampled=is_sampled).live())
    failed = [one for one in moments if OUTAGE <= one.at < ENDS and not one.slug]
    assert len(failed) >= 25
    assert {one.slug for one in moments if one.slug} == {"breaker-open"}
    assert blocked_for(moments) <= 20 + PACE
    closed = next(one.at for one in moments if one.at > ENDS and one.phase == "closed")
    assert closed - ENDS <= 20 + PACE + 3 * PACE
    assert all((one.slug, one.phase) == ("", "closed") for one in moments if one.at > closed)


@pytest.mark.parametrize("is_sampled", [True, False])
@pytest.mark.parametrize("life", [WithBoundProbes, WithOldRates])
def test_without_either_precaution_it_would_not(life: type[Life], *, is_sampled: bool) -> None:
    """It was bad enough: only after most of a quarter of an hour would it be forgotten."""
    moments = list(life(is_sampled=is_sampled).live())
    assert "unhealthy" in {one.slug for one in moments}
    assert blocked_for(moments) > 300


@pytest.mark.parametrize("is_sampled", [True, False])
def test_rates_that_are_bad_before_it_opens_block_while_they_count(*, is_sampled: bool) -> None:
    """Then there are no probes that could mend them, but nothing makes them worse either."""
    moments = list(Life(outage=30 * PACE, is_sampled=is_sampled).live())
    failed = [one.at for one in moments if 30 * PACE <= one.at < ENDS and not one.slug]
    assert "unhealthy" in {one.slug for one in moments}
    assert {one.phase for one in moments} == {"closed"}
    assert {one.slug for one in moments if one.at >= failed[-1] + QUARTER_HOUR} == {""}


def blocked_for(moments: list[Moment]) -> int:
    """Give the longest time after the outage in which nothing could be modified."""
    passed = [ENDS, *(one.at for one in moments if one.at >= ENDS and not one.slug)]
    return max(after - before for before, after in pairwise(passed))
