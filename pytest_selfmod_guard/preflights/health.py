"""Health: nothing is modified on a machine that is not well."""

from __future__ import annotations

from pytest_selfmod_guard.health import FRESH
from pytest_selfmod_guard.model import PreflightResult
from pytest_selfmod_guard.preflights import Situation
from pytest_selfmod_guard.spoken import span
from pytest_selfmod_guard.state import EVIDENCE
from pytest_selfmod_guard.status import Health

ORDER = 20
LAYER = "health monitoring"

_NAME = "health"
_NEXT_SAMPLE = 10.0
_OF_ATTEMPTS = frozenset(("response_time", "error_rate", "success_rate"))


def ask(situation: Situation) -> PreflightResult:
    """Allow what is healthy, and with caution what is a little less than that."""
    health = situation.health
    if health.blocks:
        wait = _until(situation)
        return PreflightResult(
            _NAME,
            allowed=False,
            message=f"{_told(health)}: {_trouble(health)}; come back in {span(wait)}",
            retry_after=wait,
            slug="health-critical" if health.status == "critical" else "unhealthy",
            hint="see what else was measured: selfmod-guard health",
        )
    if health.status == "degraded":
        care = "with caution: rate and file limits are halved"
        message = f"{_told(health)}; {care}; {_trouble(health)}"
        return PreflightResult(_NAME, allowed=True, message=message, with_caution=True)
    return PreflightResult(_NAME, allowed=True, message=_told(health))


def _until(situation: Situation) -> float:
    """Tell when the answer can be another one: a look is too old then, or a failure is."""
    state, waits = situation.state, [_NEXT_SAMPLE]
    failing = {name for name, check in situation.health.checks.items() if check.healthy is False}
    if state.samples and not failing <= _OF_ATTEMPTS:
        waits.append(state.samples[-1].at + FRESH - state.at)
    if state.outcomes and failing & _OF_ATTEMPTS:
        waits.append(state.outcomes[0].at + EVIDENCE - state.at)
    return max(waits)


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
