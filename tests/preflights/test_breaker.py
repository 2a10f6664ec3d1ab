"""The question to the breaker: who is let through, who is not, and when to come back."""

from __future__ import annotations

import pytest

from pytest_selfmod_guard.model import PreflightResult
from pytest_selfmod_guard.policy import Breaker as Limits
from pytest_selfmod_guard.policy import Policy
from pytest_selfmod_guard.preflights import Situation
from pytest_selfmod_guard.preflights.breaker import ask
from pytest_selfmod_guard.state import Breaker, Lease, Outcome, State
from pytest_selfmod_guard.status import Health

NOW = 1_700_000_000.0
TURN = 7
DEFAULT = Limits()


def lease(*, turn: int = TURN, left: float = 600.0, is_bound: bool = True) -> Lease:
    """Make an attempt under way."""
    return Lease("a", NOW - 1, NOW + left, turn, is_bound, "x")


def closed(failures: int) -> Breaker:
    """Make a breaker that has seen failures."""
    return Breaker("closed", NOW - 60, TURN, failures)


def half_open(successes: int = 0) -> Breaker:
    """Make a breaker that has seen probes succeed."""
    return Breaker("half_open", NOW - 60, TURN, 0, successes, 300.0, NOW - 360)


def answer(
    breaker: Breaker, *leases: Lease, now: float = NOW, limits: Limits = DEFAULT
) -> PreflightResult:
    """Ask as somebody whom the limits bind."""
    state = State(at=now, breaker=breaker, leases=leases)
    policy = Policy(breaker=limits)
    return ask(Situation(state, policy, Health("healthy", None, "stable", {})))


@pytest.mark.parametrize(
    ("failures", "under_way", "is_allowed"),
    [
        *((0, 0, True), (0, 4, True), (0, 5, False), (0, 6, False)),
        *((3, 1, True), (3, 2, False), (4, 0, True), (4, 1, False)),
        *((5, 0, True), (9, 0, True), (9, 1, False)),
    ],
)
def test_what_is_under_way_counts_as_if_it_failed(
    failures: int, under_way: int, *, is_allowed: bool
) -> None:
    """No more than five can fail in a row; and one may always be tried, or nothing would change."""
    told = answer(closed(failures), *[lease()] * under_way)
    assert told.allowed is is_allowed
    assert told.slug == ("" if is_allowed else "busy")


def test_the_number_is_the_policys() -> None:
    """And may be one."""
    assert answer(closed(0), limits=Limits(failure_threshold=1)).allowed
    assert not answer(closed(0), lease(), limits=Limits(failure_threshold=1)).allowed
    assert answer(closed(0), *[lease()] * 5, limits=Limits(failure_threshold=6)).allowed


@pytest.mark.parametrize(
    ("done", "under_way", "is_allowed"),
    [
        *((0, 0, True), (0, 2, True), (0, 3, False)),
        *((1, 1, True), (1, 2, False), (2, 0, True), (2, 1, False)),
    ],
)
def test_only_as_many_probes_as_are_needed(done: int, under_way: int, *, is_allowed: bool) -> None:
    """Three successes close it, so a fourth attempt would be no probe."""
    told = answer(half_open(done), *[lease()] * under_way)
    assert told.allowed is is_allowed
    assert told.slug == ("" if is_allowed else "busy")


@pytest.mark.parametrize(("under_way", "is_allowed"), [(1, True), (2, False), (3, False)])
def test_only_so_many_probes_at_once(under_way: int, *, is_allowed: bool) -> None:
    """However many it takes."""
    limits = Limits(half_open_probes=2, success_threshold=9)
    assert answer(half_open(), *[lease()] * under_way, limits=limits).allowed is is_allowed


def test_a_branch_that_asks_for_fewer_successes_is_not_locked_out() -> None:
    """With as many already seen as it asks for, only one more can close the breaker."""
    for threshold in (1, 2):
        limits = Limits(success_threshold=threshold)
        assert answer(half_open(2), limits=limits).allowed
        assert not answer(half_open(2), lease(), limits=limits).allowed


@pytest.mark.parametrize("breaker", [closed(0), half_open()])
def test_only_those_count_who_began_in_this_phase(breaker: Breaker) -> None:
    """Not those before it turned, not those who are overdue, and not those whom nothing binds."""
    others = [lease(turn=TURN - 1), lease(left=0), lease(left=-1), lease(is_bound=False)]
    assert answer(breaker, *others * 9).allowed
    assert not answer(breaker, *[lease(left=0.001)] * 9).allowed


@pytest.mark.parametrize("gone", [0.0, 1.0, 299.999])
def test_while_it_is_open_nobody_is_let_through(gone: float) -> None:
    """And it is said when to come back, to the second at which it will be half-open."""
    breaker = Breaker("open", NOW, TURN, 5, 0, 300.0, NOW)
    told = answer(breaker, now=NOW + gone)
    assert (told.allowed, told.slug) == (False, "breaker-open")
    assert told.retry_after is not None
    then = NOW + gone + told.retry_after
    assert State(breaker=breaker).at_time(then).breaker.phase == "half_open"
    assert State(breaker=breaker).at_time(then - 0.001).breaker.phase == "open"


def test_what_is_said() -> None:
    """What happened, what to do, and the numbers behind it."""
    opened = answer(Breaker("open", NOW, TURN, 5, 0, 300.0, NOW))
    assert opened.message == (
        "the circuit breaker is open after 5 failures in a row; it lets probes through in 5 min 0 s"
    )
    assert opened.hint.endswith("selfmod-guard breaker reset")
    again = answer(Breaker("open", NOW, TURN, 1, 0, 59.5, NOW))
    assert again.message == (
        "the circuit breaker is open after 1 failure in a row; it lets probes through in 1 min 0 s"
    )
    assert answer(closed(4)).message == "closed, 4 of 5 failures"
    assert answer(half_open(2)).message == "half-open, 2 of 3 probes succeeded"
    assert answer(closed(4), lease()).message == (
        "under way: 1 modification, and 4 failed before; come back in 1 s"
    )
    busy = answer(half_open(1), lease(), lease())
    assert busy.message == (
        "the circuit breaker is half-open, with 2 probes under way; come back in 1 s"
    )
    assert busy.hint.endswith("selfmod-guard status --watch")


def test_how_long_what_is_under_way_will_take_is_guessed() -> None:
    """As long as others took, but not longer than its lease, and never at once."""
    took = tuple(Outcome(NOW, "success", seconds) for seconds in (90.0, 8.0, 2.0))

    def wait(*leases: Lease, outcomes: tuple[Outcome, ...] = took) -> float | None:
        state = State(at=NOW, breaker=closed(4), leases=leases, outcomes=outcomes)
        health = Health("healthy", None, "stable", {})
        return ask(Situation(state, Policy(), health)).retry_after

    assert wait(lease()) == 8.0
    assert wait(lease(), lease(left=5)) == 5.0
    assert wait(lease(left=0.25)) == 1.0
    assert wait(lease(), outcomes=()) == 1.0
