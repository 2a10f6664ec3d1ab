"""Turns something by hand: as an event, and not for an agent where it loosens anything."""

from __future__ import annotations

from pytest_selfmod_guard.attribution import attribute
from pytest_selfmod_guard.ci import is_ci
from pytest_selfmod_guard.errors import EXIT_DENIED, GuardError, UsageError
from pytest_selfmod_guard.guard import Guard
from pytest_selfmod_guard.journals import Entry
from pytest_selfmod_guard.model import as_json
from pytest_selfmod_guard.stages._ledger import as_line
from pytest_selfmod_guard.state import State
from pytest_selfmod_guard.status import Turned
from pytest_selfmod_guard.system._approving import approver_of

MOST_REASON = 500
"""Characters of a reason; why the guard is off, the journal carries along in every event."""


def turn(guard: Guard, action: str, by: str, reason: str = "", approver: str = "") -> Turned:
    """
    Write it down, also where it is like that already, and tell what has changed.

    :param approver: who has approved that an agent does it
    """
    _refuse_long(reason)
    body = {"by": by} if action == "enabled" else {"by": by, "reason": reason}
    with guard.ledger.page() as page:
        changed, message = _TOLD[action](page.state)
        page.add(action, "", body | ({"approver": approver} if approver else {}))
    in_ci = action == "disabled" and is_ci(guard.context.environ)
    notes = [f"{approver} has approved that an agent does this."] if approver else []
    if in_ci:
        notes.append("This is a CI job, and CI ignores it: here all is enforced.")
    return Turned(action, changed, by, reason, message, tuple(notes))


def refuse_agents(
    guard: Guard, what: str, by: str, reason: str, *, can_be_approved: bool = True
) -> str:
    """
    Let nobody on who has an agent's marker, and write down that it was tried.

    :param what: the command that would loosen something
    :returns: who has approved that an agent does it; empty for who is none
    """
    _refuse_long(reason)
    marker = attribute(guard.context.environ)
    if marker.kind != "agent":
        return ""
    if can_be_approved and (approver := approver_of(guard, what)):
        return approver
    body = as_json({"what": what, "by": by, "reason": reason, "marker": marker.source})
    with guard.ledger.page() as page:
        page.note(Entry(page.state.at, "refused", "", as_line(body)))
    raise _Refusal(
        "loosening-refused",
        f"'{what}' loosens the guard, which is not for an agent to do",
        context=marker.source,
        hint=f"let a person run: selfmod-guard {what}",
    )


class _Refusal(GuardError):
    """What is asked for is not for this one to do."""

    exit_code = EXIT_DENIED


def _refuse_long(reason: str) -> None:
    if len(reason) > MOST_REASON:
        raise UsageError(
            "reason-too-long",
            f"the reason has {len(reason)} characters, and {MOST_REASON} is the most",
            hint="say the heart of it, and where the rest stands",
        )


def _reset(before: State) -> tuple[bool, str]:
    phase, failures = before.breaker.phase.replace("_", "-"), before.breaker.failures
    if phase != "closed":
        return True, f"the circuit breaker is closed; it was {phase}"
    if failures:
        return True, f"the circuit breaker counts from 0 again; it had counted {failures} in a row"
    if before.outcomes:
        return True, "the circuit breaker was closed already; the rates of success start anew"
    return False, "there was nothing to reset: the circuit breaker is closed, without a failure"


def _disabled(before: State) -> tuple[bool, str]:
    if before.disabled:
        return False, f"the guard was off already, turned off by {before.disabled.by}"
    return True, "the guard is off: it judges, and enforces nothing; on again: selfmod-guard enable"


def _enabled(before: State) -> tuple[bool, str]:
    if before.disabled:
        return True, f"the guard is on; it had been turned off by {before.disabled.by}"
    return False, "the guard was on already"


_TOLD = {"reset": _reset, "disabled": _disabled, "enabled": _enabled}
