"""The rate limit: how many are let through, and when there is room again."""

from __future__ import annotations

import pytest

from pytest_selfmod_guard.model import PreflightResult
from pytest_selfmod_guard.policy import Policy, Rate
from pytest_selfmod_guard.preflights import Situation
from pytest_selfmod_guard.preflights.rate import ask, halved
from pytest_selfmod_guard.spoken import span
from pytest_selfmod_guard.state import Landed, Lease, State
from pytest_selfmod_guard.status import Health

NOW = 1_700_000_000.0
ROOM = 9


def landed(
    *ago: float, base: str = "x", is_bound: bool = True, is_settled: bool = False
) -> tuple[Landed, ...]:
    """Make modifications, each so many seconds ago."""
    return tuple(Landed(NOW - one, base, is_bound, is_settled) for one in ago)


def leases(count: int, *, left: float = 600.0, is_bound: bool = True) -> tuple[Lease, ...]:
    """Make attempts under way."""
    return (Lease("a", NOW - 1, NOW + left, 0, is_bound, "x"),) * count


def situation(
    modified: tuple[Landed, ...], under_way: tuple[Lease, ...] = (), limit: Rate | None = None
) -> Situation:
    """Make the situation of somebody whom the limits bind."""
    state = State(at=NOW, horizon=3600.0, landed=modified, leases=under_way)
    policy = Policy(rate=limit or Rate())
    return Situation(state, policy, Health("healthy", None, "stable", {}), "y")


def later(told: Situation, seconds: float) -> PreflightResult:
    """Ask again after a while in which nothing happened."""
    return ask(told._replace(state=told.state.at_time(NOW + seconds)))


@pytest.mark.parametrize(
    ("done", "under_way", "is_allowed"),
    [
        *((0, 0, True), (9, 0, True), (10, 0, False), (11, 0, False)),
        *((0, 9, True), (0, 10, False), (6, 3, True), (6, 4, False)),
    ],
)
def test_what_landed_and_what_is_under_way_share_the_places(
    done: int, under_way: int, *, is_allowed: bool
) -> None:
    """Ten of both, and the eleventh is refused."""
    told = ask(situation(landed(*[5.0] * done), leases(under_way)))
    assert (told.allowed, told.slug) == (is_allowed, "" if is_allowed else "rate-limited")
    assert told.message.startswith(f"{done + under_way} of 10 modifications in 1m")


def test_a_place_is_free_again_to_the_second() -> None:
    """Just before the oldest leaves the window it is refused; then there is one place."""
    told = situation(landed(*range(59, 49, -1)))
    assert ask(told).retry_after == 1.0
    assert not later(told, 0.999).allowed
    assert later(told, 1.0).allowed
    assert later(told, 1.0).message == "9 of 10 modifications in 1m"
    assert ask(situation(landed(60.0, *[5.0] * ROOM))).allowed
    assert not ask(situation(landed(59.999, *[5.0] * ROOM))).allowed


@pytest.mark.parametrize("window", ["7ms", "1s", "90s", "1h", "3d"])
def test_whoever_comes_back_when_told_is_let_through(window: str) -> None:
    """Also where there are too many for other reasons, and the second is no whole one."""
    told = situation(landed(0.0043217, 0.0021, 0.0), limit=Rate(2, window))
    told = told._replace(state=told.state._replace(horizon=1e6))
    wait = ask(told).retry_after
    assert wait is not None
    assert later(told, wait).allowed
    assert not later(told, wait - 0.0005).allowed


def test_of_many_that_have_to_leave_the_last_is_waited_for() -> None:
    """Where the limit is lower in this branch than it was in another."""
    told = situation(landed(50, 40, 30, 20, 10), limit=Rate(2, "1m"))
    assert ask(told).retry_after == 60 - 20
    assert ask(situation(landed(50, 40, 30), leases(1), Rate(2, "1m"))).retry_after == 60 - 30
    assert ask(situation(landed(50, 40, 30), leases(1), Rate(1, "1m"))).retry_after == 1.0


def test_where_only_what_is_under_way_takes_the_places_its_end_is_guessed() -> None:
    """No window says when that is."""
    told = ask(situation(landed(50), leases(10)))
    assert (told.slug, told.retry_after) == ("rate-limited", 1.0)


def test_who_is_overdue_takes_no_place() -> None:
    """To the second."""
    assert ask(situation(landed(*[5.0] * ROOM), leases(3, left=0))).allowed
    assert not ask(situation(landed(*[5.0] * ROOM), leases(1, left=0.001))).allowed


def test_a_refused_commit_that_is_tried_again_takes_no_second_place() -> None:
    """Where it is the same base, and nobody has seen it land."""
    full = landed(*[5.0] * ROOM)
    again = situation((*full, *landed(3.0, base="y")))
    assert ask(again).allowed
    assert ask(again).message == "9 of 10 modifications in 1m"
    assert not ask(again._replace(base="z")).allowed
    assert not ask(situation((*full, *landed(3.0, base="y", is_settled=True)))).allowed
    assert not ask(situation((*full, *landed(3.0, base="")))._replace(base="")).allowed


def test_whom_no_limit_binds_is_counted_apart() -> None:
    """A person who works fast does not slow an agent down, nor the other way round."""
    persons = situation(landed(*[5.0] * 10, is_bound=False), leases(10, is_bound=False))
    assert ask(persons).allowed
    assert ask(persons).message == "0 of 10 modifications in 1m"
    assert not ask(persons._replace(is_bound=False)).allowed
    agents = situation(landed(*[5.0] * 10), leases(10))
    assert ask(agents._replace(is_bound=False)).allowed


@pytest.mark.parametrize(
    ("limit", "done", "is_allowed"),
    [(10, 4, True), (10, 5, False), (3, 0, True), (3, 1, False), (1, 0, True), (1, 1, False)],
)
def test_with_caution_the_limit_is_halved(limit: int, done: int, *, is_allowed: bool) -> None:
    """And never to nothing."""
    told = situation(landed(*[5.0] * done), limit=Rate(limit, "1m"))._replace(with_caution=True)
    assert ask(told).allowed is is_allowed


def test_half_of_a_limit_is_at_least_one() -> None:
    """Half of an odd one is the smaller half."""
    assert [halved(limit) for limit in (1, 2, 3, 4, 5, 10)] == [1, 1, 1, 2, 2, 5]


def test_what_is_said() -> None:
    """How many there were, when to come back, and which number of the policy it is."""
    told = ask(situation(landed(*[5.0] * 10)))
    assert told.message == "10 of 10 modifications in 1m; come back in 55 s"
    assert told.hint == "slow down; the policy's limit is rate.max-per-window"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        *((0, "0 s"), (-3, "0 s"), (0.001, "1 s"), (59, "59 s"), (59.1, "1 min 0 s")),
        *((60, "1 min 0 s"), (250, "4 min 10 s"), (3599, "59 min 59 s"), (3599.5, "1 h 0 min")),
        *((3600, "1 h 0 min"), (3601, "1 h 1 min"), (7199, "2 h 0 min"), (90_000, "25 h 0 min")),
    ],
)
def test_whoever_waits_as_long_as_was_said_does_not_come_too_early(
    seconds: float, said: str
) -> None:
    """It is rounded up, in seconds and in minutes."""
    assert span(seconds) == said
