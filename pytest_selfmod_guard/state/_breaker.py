"""How the circuit breaker turns."""

from __future__ import annotations

from pytest_selfmod_guard.state._values import Breaker, Terms


def after(breaker: Breaker, now: float, terms: Terms, *, is_success: bool) -> Breaker:
    """Tell what an attempt that began in this phase and has ended now makes of it."""
    if breaker.phase == "open":
        return breaker  # nothing may begin while it is open, so whatever did proves nothing
    if not is_success:
        return _failed(breaker._replace(failures=breaker.failures + 1), now, terms)
    if breaker.phase == "closed":
        return breaker._replace(failures=0)
    if breaker.successes + 1 < terms.successes:
        return breaker._replace(failures=0, successes=breaker.successes + 1)
    return closed(breaker, now)


def closed(breaker: Breaker, now: float) -> Breaker:
    """Close it, whatever it was."""
    took = breaker.time_to_recovery if breaker.phase == "closed" else now - breaker.down_since
    return Breaker("closed", now, breaker.turn + 1, time_to_recovery=took)


def _failed(breaker: Breaker, now: float, terms: Terms) -> Breaker:
    is_closed = breaker.phase == "closed"
    if is_closed and breaker.failures < terms.failures:
        return breaker
    return breaker._replace(
        phase="open",
        since=now,
        turn=breaker.turn + 1,
        successes=0,
        recovery=terms.recovery,
        down_since=now if is_closed else breaker.down_since,
    )
