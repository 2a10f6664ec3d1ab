"""The rate limit: so many modifications in a rolling window, and no more."""

from __future__ import annotations

from pytest_selfmod_guard.model import PreflightResult
from pytest_selfmod_guard.policy import seconds
from pytest_selfmod_guard.preflights import Situation
from pytest_selfmod_guard.preflights._waiting import until_room
from pytest_selfmod_guard.spoken import span

ORDER = 30
LAYER = "rate limiting"


def ask(situation: Situation) -> PreflightResult:
    """
    Allow while the window has room; what is under way counts as landed.

    So the limit is exact: whatever lands in a window was counted when the last
    of it was let through.
    """
    state, limit = situation.state, situation.policy.rate
    window = seconds(limit.window)
    most = halved(limit.max_per_window) if situation.with_caution else limit.max_per_window
    landed = state.recent(window, is_bound=situation.is_bound, but_on=situation.base)
    busy = state.under_way(is_bound=situation.is_bound)
    count = len(landed) + len(busy)
    told = f"{count} of {most} modifications in {limit.window}"
    if count < most:
        return PreflightResult("rate", allowed=True, message=told)
    last = count - most  # of those that have to leave the window
    wait = landed[last].at + window - state.at if last < len(landed) else until_room(situation)
    return PreflightResult(
        "rate",
        allowed=False,
        message=f"{told}; come back in {span(wait)}",
        retry_after=wait,
        slug="rate-limited",
        hint="slow down; the policy's limit is rate.max-per-window",
    )


def halved(limit: int) -> int:
    """Give what is left of a limit where care is asked for: half of it, and at least one."""
    return max(1, limit // 2)
