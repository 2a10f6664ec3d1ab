"""How breaker, rate and frequency stand, as numbers."""

from __future__ import annotations

from pytest_selfmod_guard.history import history
from pytest_selfmod_guard.policy import Policy, seconds
from pytest_selfmod_guard.preflights import Situation, rate
from pytest_selfmod_guard.state import State
from pytest_selfmod_guard.status import CircuitBreaker, Metrics, Past, RateLimit


def breaker_of(
    state: State, policy: Policy, failures: tuple[Past, ...], notes: tuple[str, ...] = ()
) -> CircuitBreaker:
    """Tell how the circuit breaker stands; the state is as of now."""
    breaker = state.breaker
    left = max(0.0, breaker.since + breaker.recovery - state.at)
    return CircuitBreaker(
        state=breaker.phase,
        since=breaker.since if breaker.turn else None,
        retry_after=left if breaker.phase == "open" else None,
        probes_left=_probes_left(state, policy) if breaker.phase == "half_open" else None,
        metrics=Metrics(
            total_attempts=state.attempts,
            total_successes=state.successes,
            success_rate=state.successes / state.attempts if state.attempts else None,
            consecutive_failures=breaker.failures,
            time_to_recovery=breaker.time_to_recovery,
        ),
        failures=failures,
        notes=notes,
    )


def rate_of(situation: Situation) -> RateLimit:
    """Tell how many modifications there were, with the limit that holds now."""
    state, limit, is_bound = situation.state, situation.policy.rate, situation.is_bound
    window = seconds(limit.window)
    landed = state.recent(window, is_bound=is_bound, but_on=situation.base)
    count = len(landed) + len(state.under_way(is_bound=is_bound))
    most = limit.max_per_window
    most = rate.halved(most) if situation.with_caution else most
    return RateLimit(most, window, count, rate.ask(situation).retry_after)


def frequency_of(situation: Situation) -> RateLimit:
    """Tell how near it is to so many modifications that they are unusual."""
    limits = situation.policy.limits
    told = history(
        situation.state,
        situation.policy,
        (),
        base=situation.base,
        is_bound=situation.is_bound,
        actor="",
    )
    window = seconds(limits.modifications_window)
    return RateLimit(limits.max_modifications, window, told.recent, told.retry_after or None)


def _probes_left(state: State, policy: Policy) -> int:
    breaker, most = state.breaker, policy.breaker
    busy = sum(lease.turn == breaker.turn for lease in state.under_way())
    wanted = most.success_threshold - breaker.successes
    return max(0, min(most.half_open_probes, wanted) - busy)
