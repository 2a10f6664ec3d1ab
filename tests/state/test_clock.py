"""A clock that is set: nothing is blocked for longer than from now on, or forgotten early."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.state import Happening, as_text, fold

if TYPE_CHECKING:
    from tests.state.conftest import System

DAY = 86400.0


def test_an_open_breaker_waits_no_longer_than_from_now_on(system: System) -> None:
    """However far the clock was set back."""
    system.run(*["failure"] * 5)
    system.at -= DAY
    back = system.at
    system.happen("clock-set-back", seconds=DAY)
    assert (system.state.breaker.phase, system.state.breaker.since) == ("open", back)
    system.at = back + 299
    assert system.state.breaker.phase == "open"
    system.at = back + 300
    assert system.state.breaker.phase == "half_open"


def test_a_breaker_that_opened_before_now_is_left_alone(system: System) -> None:
    """Set back by less than it has been open for."""
    system.run(*["failure"] * 5)
    opened = system.at
    system.at += 200
    system.happen("sampled", score=1, cpu=1, memory=1, disk=1)
    system.at -= 150
    assert system.state.breaker.since == opened
    system.at = opened + 300
    assert system.state.breaker.phase == "half_open"


def test_without_anybody_writing_it_down_the_wait_begins_anew_each_time(system: System) -> None:
    """This is why it has to be written down: a refusal changes nothing."""
    system.run(*["failure"] * 5)
    system.at -= DAY
    assert system.state.breaker.phase == "open"
    system.at += 300
    assert (system.state.breaker.phase, system.state.breaker.since) == ("open", system.at)


def test_a_modification_counts_for_one_more_window_and_no_longer(system: System) -> None:
    """Not until the clock is where it was."""
    system.run("success", base="x")
    system.at -= DAY
    system.happen("clock-set-back", seconds=DAY)
    back = system.at
    system.at = back + 59
    assert len(system.state.recent(60)) == 1
    system.at = back + 60
    assert len(system.state.recent(60)) == 0
    system.at = back + 299
    assert len(system.state.landed) == 1
    system.at = back + 300
    assert len(system.state.landed) == 0


def test_a_lease_lasts_for_its_own_length_and_no_longer(system: System) -> None:
    """A part of it may have passed."""
    system.open("dead", lease=600)
    system.at += 100
    system.open("younger", lease=30)
    system.at -= DAY
    system.happen("clock-set-back", seconds=DAY)
    back = system.at
    system.at = back + 29
    assert len(system.state.under_way()) == 2
    system.at = back + 30
    assert [one.attempt for one in system.state.under_way()] == ["dead"]
    system.at = back + 599
    assert len(system.state.under_way()) == 1
    system.at = back + 600
    assert len(system.state.expired()) == 2


def test_a_lease_of_before_now_is_left_alone(system: System) -> None:
    """Set back by less than it has lasted."""
    system.open("a", lease=600)
    opened = system.at
    system.at += 100
    system.open("b")
    system.at = opened + 50
    assert system.state.leases[0].expires == opened + 600


def test_outcomes_and_samples_count_for_a_quarter_of_an_hour_from_now_on(system: System) -> None:
    """And are not forgotten early either."""
    system.run("failure")
    system.happen("sampled", score=50, cpu=99, memory=1, disk=1)
    system.at -= DAY
    system.happen("clock-set-back", seconds=DAY)
    back = system.at
    system.at = back + 899
    assert (len(system.state.outcomes), len(system.state.samples)) == (1, 1)
    system.at = back + 900
    assert (len(system.state.outcomes), len(system.state.samples)) == (0, 0)


def test_the_time_to_recovery_is_never_less_than_nothing(system: System) -> None:
    """Also where the clock was set back during the outage."""
    system.run(*["failure"] * 5)
    system.at -= DAY
    system.happen("reset", by="ada")
    assert system.state.breaker.time_to_recovery == 0
    system.run(*["failure"] * 5)
    system.at -= DAY
    system.happen("clock-set-back", seconds=DAY)
    system.at += 300
    assert system.run(*["success"] * 3).breaker.time_to_recovery == 300


def test_a_clock_set_forward_lets_leases_expire_and_the_breaker_recover(system: System) -> None:
    """It cannot be told from time."""
    system.run("success", base="x")
    system.open("a")
    system.run(*["failure"] * 5)
    system.at += DAY
    state = system.state
    assert (state.breaker.phase, len(state.expired())) == ("half_open", 1)
    assert (state.landed, state.outcomes) == ((), ())


def test_looking_twice_at_one_moment_is_looking_once(system: System) -> None:
    """One who writes has looked before; one who tells it again has not."""
    system.run("success", base="x")
    system.open("a", lease=10)
    system.run(*["failure"] * 5)
    for at in (system.at, system.at - 50, system.at + 300, system.at + 901):
        once = system.folded.at_time(at)
        assert once.at_time(at) == once
        happening = Happening(at, "enabled", "", {"by": "ada"})
        assert fold(once, happening) == fold(system.folded, happening)


def test_a_clock_of_whole_seconds_tells_the_same(system: System) -> None:
    """To the letter, or what is told again would look forged."""
    system.run("success", base="x")
    for at in (1_600_000_000, 1_800_000_000):
        assert as_text(system.folded.at_time(at)) == as_text(system.folded.at_time(float(at)))


@pytest.mark.parametrize("back", [0.25, 299.0, DAY])
def test_the_order_of_what_landed_stays(system: System, back: float) -> None:
    """The oldest is first, or the wrong one would be waited for."""
    system.run("success", base="x")
    system.at += 100
    system.run("success", base="y")
    system.at -= back
    system.run("success", base="z")
    times = [one.at for one in system.state.landed]
    assert times == sorted(times)
    assert [one.base for one in system.state.landed] == ["x", "y", "z"]
