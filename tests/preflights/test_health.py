"""What health means for something that is about to be modified."""

from __future__ import annotations

import pytest

from pytest_selfmod_guard.health import assess
from pytest_selfmod_guard.machine import Measured, Reading
from pytest_selfmod_guard.model import LAYERS, PreflightResult
from pytest_selfmod_guard.policy import Policy
from pytest_selfmod_guard.preflights import Situation, ask, preflights
from pytest_selfmod_guard.preflights import health as entry
from pytest_selfmod_guard.state import START, Outcome, Sample, State

NOW = 1_000_000.0
QUIET = State(NOW)
BUSY = State(NOW, outcomes=tuple(Outcome(NOW, "success", 1.0) for _ in range(20)))


def situation(state: State, *values: float | None) -> Situation:
    """Give a situation on a machine that was just measured; without values, it was not."""
    reading = Reading(*(Measured(value, "here") for value in values)) if values else None
    policy = Policy()
    return Situation(state, policy, assess(state, policy.health, reading=reading))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ((10.0, 60.0, 30.0), "the system is healthy, score 100 of 100"),
        ((10.0, None, None), "the system is healthy, score 100 of 100"),
        ((), "nothing was measured of late, and little was modified"),
    ],
)
def test_what_is_well_is_let_through(values: tuple[float | None, ...], message: str) -> None:
    """And what nobody measured, where nothing speaks against it."""
    expected = PreflightResult("health", allowed=True, message=message)
    assert entry.ask(situation(QUIET, *values)) == expected


def test_what_is_nearly_well_is_let_through_with_caution() -> None:
    """It says what that means, and which item it is about."""
    result = entry.ask(situation(BUSY, 10.0, 12.0, 30.0))
    assert (result.allowed, result.with_caution) == (True, True)
    assert result.message == (
        "the system is degraded, score 83 of 100; "
        "with caution: rate and file limits are halved; "
        "memory 12.0 % available, more than 20 % wanted (here)"
    )
    assert (result.retry_after, result.slug, result.hint) == (None, "", "")


@pytest.mark.parametrize(
    ("values", "slug", "message"),
    [
        (
            (95.0, 60.0, 91.0),
            "unhealthy",
            (
                "the system is unhealthy, score 33 of 100: "
                "CPU 95.0 % in use, less than 90 % wanted (here); "
                "disk 91.0 % in use, less than 90 % wanted (here)"
            ),
        ),
        (
            (10.0, 3.0, 30.0),
            "health-critical",
            (
                "the system is critical, score 67 of 100: "
                "memory 3.0 % available, more than 20 % wanted (here); critical: less than 5 %"
            ),
        ),
        (
            (None, None, None),
            "unhealthy",
            (
                "nothing could be judged of the machine: CPU could not be read (here); "
                "memory could not be read (here); disk could not be read (here); "
                "0 modifications in 15 minutes are too few to judge by, 20 are wanted"
            ),
        ),
    ],
)
def test_what_is_not_well_is_stopped(
    values: tuple[float | None, ...], slug: str, message: str
) -> None:
    """It names each item that fails, or why nothing can be told, and when to come back."""
    result = entry.ask(situation(QUIET, *values))
    assert (result.allowed, result.with_caution) == (False, False)
    assert (result.slug, result.message) == (slug, f"{message}; come back in 10 s")
    assert result.retry_after == 10.0
    assert result.hint.endswith(": selfmod-guard health")


def test_it_says_when_a_look_is_too_old_or_a_failure_is() -> None:
    """And not a moment before either can be."""
    starved = Sample(NOW - 20.0, 33.0, 95.0, 60.0, 95.0, "")
    told = entry.ask(situation(QUIET._replace(samples=(starved,))))
    assert (told.slug, told.retry_after) == ("unhealthy", 40.0)
    assert entry.ask(situation(QUIET._replace(at=NOW + 40.0, samples=(starved,)))).allowed
    failed = tuple(Outcome(NOW - 300.0 + n, "failure", 1.0) for n in range(20))
    told = entry.ask(situation(QUIET._replace(outcomes=failed)))
    assert (told.slug, told.retry_after) == ("unhealthy", 600.0)
    assert told.message.endswith("come back in 10 min 0 s")


def test_it_is_asked_after_the_breaker_and_before_the_rate() -> None:
    """Caution must be known before the rate is asked, which is halved by it."""
    assert entry in preflights()
    assert entry.LAYER in LAYERS
    layers = [layer for layer, _ in ask(situation(START, 10.0, 60.0, 30.0))]
    assert layers == ["circuit breaker", "health monitoring", "rate limiting"]
    layers = [layer for layer, _ in ask(situation(START, 95.0, 60.0, 30.0))]
    assert layers == ["circuit breaker", "health monitoring"]
    rate = list(ask(situation(BUSY, 10.0, 12.0, 30.0)))[2][1]
    assert "of 5 modifications" in rate.message
