"""Health: nothing is modified on a machine that is not well."""

from __future__ import annotations

from pytest_selfmod_guard.model import PreflightResult
from pytest_selfmod_guard.preflights import Situation
from pytest_selfmod_guard.status import Health

ORDER = 20
LAYER = "health monitoring"

_NAME = "health"
_NEXT_SAMPLE = 10.0


def ask(situation: Situation) -> PreflightResult:
    """Allow what is healthy, and with caution what is a little less than that."""
    health = situation.health
    if health.blocks:
        return PreflightResult(
            _NAME,
            allowed=False,
            message=f"{_told(health)}: {_trouble(health)}",
            retry_after=_NEXT_SAMPLE,
            slug="health-critical" if health.status == "critical" else "unhealthy",
            hint="see what else was measured: selfmod-guard health",
        )
    if health.status == "degraded":
        care = "with caution: rate and file limits are halved"
        message = f"{_told(health)}; {care}; {_trouble(health)}"
        return PreflightResult(_NAME, allowed=True, message=message, with_caution=True)
    return PreflightResult(_NAME, allowed=True, message=_told(health))


def _told(health: Health) -> str:
    if health.status == "unknown":
        return "nothing could be judged of the machine"
    if health.score is None:
        return "nothing was measured of late, and little was modified"
    return f"the system is {health.status}, score {health.score:.0f} of 100"


def _trouble(health: Health) -> str:
    """Say what does not pass; where nothing could be judged, why not."""
    worst = None if health.status == "unknown" else False
    details = (check.detail for check in health.checks.values() if check.healthy is worst)
    return "; ".join(dict.fromkeys(details))
