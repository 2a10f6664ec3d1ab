"""
Wait: until the pre-flight lets something be modified.
"""

from __future__ import annotations

from collections.abc import Callable

from pytest_selfmod_guard.context import Context
from pytest_selfmod_guard.errors import NotNow
from pytest_selfmod_guard.model import PreflightResult
from pytest_selfmod_guard.stages.preflight import Flight

_PAUSE = 10.0  # seconds between two looks: somebody may have reset the breaker meanwhile


def wait(
    ask: Callable[[], Flight], context: Context, timeout: float | None
) -> tuple[PreflightResult, ...]:
    """
    Ask again and again, as late as it says and as early as that may have changed.

    :param timeout: seconds to wait at most; None for as long as it takes
    :returns: what was said at last
    :raises NotNow: it still lets nothing through
    """
    ends = None if timeout is None else context.clock() + timeout
    while True:
        flight = ask()
        refusal = flight.refusal
        if refusal is None:
            return flight.results
        left = _PAUSE if ends is None else ends - context.clock()
        if left <= 0:
            raise NotNow(
                refusal.slug, refusal.message, hint=refusal.hint, retry_after=refusal.retry_after
            )
        pause = _PAUSE if refusal.retry_after is None else refusal.retry_after
        context.sleep(min(pause, left, _PAUSE))
