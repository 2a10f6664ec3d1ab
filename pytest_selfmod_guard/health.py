"""
What a look at the machine and the last modifications mean for the next one.

Pure. An item that cannot be judged says why, and counts neither way.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from operator import ge, gt, le, lt, mul

from pytest_selfmod_guard.machine import Measured, Reading
from pytest_selfmod_guard.policy import Health as Limits
from pytest_selfmod_guard.policy import seconds
from pytest_selfmod_guard.state import State
from pytest_selfmod_guard.status import Check, Health

FRESH = 60.0
"""Seconds for which a sample says how the machine is."""
LEAST_MEMORY, MOST_DISK, MOST_CPU = 5, 98, 98
"""Percent beyond which it is critical, whatever the policy says."""

_SPIKE = 3  # samples: a processor is busy for a moment all the time
_WINDOW, _LEAST_TREND, _NOTABLE = 12, 3, 5.0
_NOT_SAMPLED = "not sampled within the last minute: selfmod-guard health"
_PROBING = "does not bind the probes of a half-open breaker"


def assess(
    state: State, policy: Limits, *, reading: Reading | None = None, where: str = ""
) -> Health:
    """
    Tell how the system is.

    ``unknown`` is a machine that was measured and of which nothing could be
    read, with nothing else to go by. Where nobody measured and little was
    modified there is nothing against a modification: ``healthy`` without a score.

    :param state: as of now, of :meth:`State.at_time`
    :param reading: a look at the machine just taken and not yet among the
        state's samples; without it the last sample counts while it is fresh
    :param where: which machine is asked about; the samples of others say nothing of it
    """
    state = state._replace(samples=tuple(one for one in state.samples if one.where == where))
    measured = reading or _last(state)
    checks = _machine(measured, policy) | _evidence(state, policy)
    critical = _critical(state, measured, is_new=reading is not None)
    for name, why in critical.items():
        detail = f"{checks[name].detail}; critical: {why}"
        checks[name] = checks[name]._replace(healthy=False, detail=detail)
    score = _score(checks)
    if score is None:
        status = "unknown" if measured else "healthy"
    else:
        status = "critical" if critical else _status(score, policy)
    return Health(status, score, _trend(state, score if reading else None), checks)


def sample(reading: Reading, told: Health, where: str) -> dict[str, object]:
    """Give the body of the event that keeps a reading of a machine and what it meant."""
    return {
        "score": None if told.score is None else round(told.score, 2),
        "status": told.status,
        **{name: measured.value for name, measured in reading._asdict().items()},
        "where": where,
    }


def _last(state: State) -> Reading | None:
    """Give the last sample as a reading, while it is fresh."""
    last = state.samples[-1] if state.samples else None
    if last is None or state.at - last.at >= FRESH:
        return None
    when = f"{state.at - last.at:.0f} s ago"
    return Reading(*(Measured(value, when) for value in (last.cpu, last.memory, last.disk)))


def _machine(measured: Reading | None, policy: Limits) -> dict[str, Check]:
    cpu, memory, disk = measured or (None, None, None)
    least = policy.min_memory_available_percent
    return {
        "cpu": _percent("CPU", "in use, less than", lt, policy.max_cpu_percent, cpu),
        "memory": _percent("memory", "available, more than", gt, least, memory),
        "disk": _percent("disk", "in use, less than", lt, policy.max_disk_percent, disk),
    }


def _percent(
    what: str, wanted: str, fits: Callable[[float, float], bool], limit: int, told: Measured | None
) -> Check:
    if told is None:
        return Check(None, limit, None, _NOT_SAMPLED)
    value, detail = told
    if value is None:
        return Check(None, limit, None, f"{what} could not be read ({detail})")
    sentence = f"{what} {value:.1f} % {wanted} {limit} % wanted ({detail})"
    return Check(value, limit, fits(value, limit), sentence)


def _evidence(state: State, policy: Limits) -> dict[str, Check]:
    """Judge by how the modifications of the last quarter of an hour went."""
    count, wanted = len(state.outcomes), policy.min_evidence
    slowest = seconds(policy.max_response_time)
    limits = (slowest, policy.max_error_rate, policy.min_success_rate)
    if count < wanted:
        why = f"{count} modifications in 15 minutes are too few to judge by, {wanted} are wanted"
        checks = [Check(None, limit, None, why) for limit in limits]
    elif state.breaker.phase == "half_open":
        rates = (Check(None, limit, None, _PROBING) for limit in limits[1:])
        checks = [_response_time(state, slowest), *rates]
    else:
        failed = _rate(state, "failure", "failed, at most", le, policy.max_error_rate)
        passed = _rate(state, "success", "succeeded, at least", ge, policy.min_success_rate)
        checks = [_response_time(state, slowest), failed, passed]
    return dict(zip(("response_time", "error_rate", "success_rate"), checks, strict=True))


def _response_time(state: State, limit: float) -> Check:
    took = sorted(outcome.seconds for outcome in state.outcomes)
    value = took[math.ceil(len(took) * 95 / 100) - 1]
    detail = f"19 of 20 modifications took {value:.1f} s or less, at most {limit:g} s wanted"
    return Check(value, limit, value <= limit, detail)


def _rate(
    state: State, result: str, wanted: str, fits: Callable[[float, float], bool], limit: float
) -> Check:
    part, count = sum(one.result == result for one in state.outcomes), len(state.outcomes)
    value = part / count
    share = f"{part} of {count} modifications in 15 minutes ({100 * value:.1f} %)"
    detail = f"{share} {wanted} {100 * limit:g} % wanted"
    return Check(value, limit, fits(value, limit), detail)


def _critical(state: State, measured: Reading | None, *, is_new: bool) -> Mapping[str, str]:
    """Say for each item why it is critical."""
    if measured is None:
        return {}
    found = {}
    cpu, memory, disk = measured
    busy = [one.cpu for one in state.samples] + ([cpu.value] if is_new else [])
    if len(busy) >= _SPIKE and all(one is not None and one > MOST_CPU for one in busy[-_SPIKE:]):
        found["cpu"] = f"more than {MOST_CPU} % in {_SPIKE} samples"
    if memory.value is not None and memory.value < LEAST_MEMORY:
        found["memory"] = f"less than {LEAST_MEMORY} %"
    if disk.value is not None and disk.value > MOST_DISK:
        found["disk"] = f"more than {MOST_DISK} %"
    return found


def _score(checks: Mapping[str, Check]) -> float | None:
    judged = [check.healthy for check in checks.values() if check.healthy is not None]
    return 100 * sum(judged) / len(judged) if judged else None


def _status(score: float, policy: Limits) -> str:
    if score == 100:  # noqa: PLR2004 (all of them pass)
        return "healthy"
    return "degraded" if score >= policy.min_score else "unhealthy"


def _trend(state: State, newest: float | None) -> str:
    """
    Tell where the score goes: the straight line that fits the last samples best.

    Without sampling at fixed times, what counts is their order.
    """
    scores = [one.score for one in state.samples] + [newest]
    known = [score for score in scores if score is not None][-_WINDOW:]
    count = len(known)
    if count < _LEAST_TREND:
        return "stable"
    offsets = range(1 - count, count, 2)
    slope = 2 * sum(map(mul, offsets, known)) / sum(map(mul, offsets, offsets))
    # Rounded, because a third of a hundred is no binary number.
    change = round(slope * (count - 1), 6)
    if abs(change) <= _NOTABLE:
        return "stable"
    return "improving" if change > 0 else "degrading"
