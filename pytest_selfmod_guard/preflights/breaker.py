"""The circuit breaker: after failures in a row nothing is modified for a while."""

from __future__ import annotations

from pytest_selfmod_guard.model import PreflightResult
from pytest_selfmod_guard.preflights import Situation
from pytest_selfmod_guard.preflights._waiting import until_room
from pytest_selfmod_guard.spoken import span

ORDER = 10
LAYER = "circuit breaker"

_NAME = "breaker"
_HINT = "see why: selfmod-guard breaker status; a person can close it: selfmod-guard breaker reset"


def ask(situation: Situation) -> PreflightResult:
    """
    Allow while it is closed, and a few probes while it is half-open.

    What is under way counts as if it failed: with four failures of five only
    one more may be tried at a time. And one always may, whatever the policy's
    numbers were before, or nothing would ever change them again.
    """
    phase = situation.state.breaker.phase
    if phase == "open":
        return _is_open(situation)
    return _probe(situation) if phase == "half_open" else _closed(situation)


def _is_open(situation: Situation) -> PreflightResult:
    breaker = situation.state.breaker
    left = breaker.since + breaker.recovery - situation.state.at
    return PreflightResult(
        _NAME,
        allowed=False,
        message=f"the circuit breaker is open after {_many(breaker.failures, 'failure')} in a row;"
        f" it lets probes through in {span(left)}",
        retry_after=left,
        slug="breaker-open",
        hint=_HINT,
    )


def _closed(situation: Situation) -> PreflightResult:
    failures, busy = situation.state.breaker.failures, _under_way(situation)
    most = situation.policy.breaker.failure_threshold
    if busy and failures + busy >= most:
        return _busy(
            situation, f"under way: {_many(busy, 'modification')}, and {failures} failed before"
        )
    return PreflightResult(_NAME, allowed=True, message=f"closed, {failures} of {most} failures")


def _probe(situation: Situation) -> PreflightResult:
    busy, done = _under_way(situation), situation.state.breaker.successes
    most = situation.policy.breaker
    if busy and (busy >= most.half_open_probes or busy + done >= most.success_threshold):
        return _busy(
            situation, f"the circuit breaker is half-open, with {_many(busy, 'probe')} under way"
        )
    message = f"half-open, {done} of {most.success_threshold} probes succeeded"
    return PreflightResult(_NAME, allowed=True, message=message)


def _busy(situation: Situation, message: str) -> PreflightResult:
    wait = until_room(situation)
    return PreflightResult(
        _NAME,
        allowed=False,
        message=f"{message}; come back in {span(wait)}",
        retry_after=wait,
        slug="busy",
        hint="wait until they are done: selfmod-guard status --watch",
    )


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _under_way(situation: Situation) -> int:
    turn = situation.state.breaker.turn
    return sum(lease.turn == turn for lease in situation.state.under_way())
