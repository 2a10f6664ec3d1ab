"""The last attempts, a line each, from what the journal has of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pytest_selfmod_guard.journals import Entry, Journal
from pytest_selfmod_guard.policy import Policy
from pytest_selfmod_guard.state import State
from pytest_selfmod_guard.status import Past

SHOWN = 5
_AMONG = 4 * SHOWN

_DIED = "its process died, or nobody heard of it for too long"
_BROKE = "the guard itself was ended, or failed"


def unwritten(state: State, buried: State, policy: Policy) -> tuple[Entry, ...]:
    """
    Give the ends of the dead that nobody has written down yet.

    :param buried: the state as if somebody had
    """
    left = {lease.attempt for lease in buried.leases}
    dead = [lease.attempt for lease in state.leases if lease.attempt not in left]
    result = "failure" if "crashed" in policy.breaker.failures else "other"
    body = json.dumps({"outcome": "crashed", "result": result})
    return tuple(Entry(state.at, "closed", attempt, body) for attempt in dead)


def last_attempts(journal: Journal, dead: tuple[Entry, ...] = ()) -> tuple[Past, ...]:
    """Tell how the last attempts ended, the newest first."""
    begun = _begun(journal)
    closed = (*dead, *journal.last("closed", SHOWN))[:SHOWN]
    return tuple(_past(journal, entry, begun.get(entry.attempt, {})) for entry in closed)


def last_failures(journal: Journal, count: int, dead: tuple[Entry, ...] = ()) -> tuple[Past, ...]:
    """
    Tell of the last failures in a row, the newest first.

    :param count: how many there are
    """
    if not count:
        return ()
    begun = _begun(journal)
    closed = (*dead, *journal.last("closed", _AMONG))
    # What people did whom nothing binds does not count.
    counted = [entry for entry in closed if begun.get(entry.attempt, {}).get("bound") is not False]
    failed = [entry for entry in counted if _body(entry).get("result") == "failure"]
    shown = failed[: min(count, SHOWN)]
    return tuple(_past(journal, entry, begun.get(entry.attempt, {})) for entry in shown)


def _begun(journal: Journal) -> dict[str, Mapping[str, Any]]:
    """Give what was said when attempts began, by their names."""
    return {entry.attempt: _body(entry) for entry in journal.last("opened", _AMONG)}


def _past(journal: Journal, entry: Entry, begun: Mapping[str, Any]) -> Past:
    body = _body(entry)
    change = body.get("change")
    files = change.get("files") if isinstance(change, dict) else None
    return Past(
        attempt=entry.attempt,
        at=entry.at,
        outcome=str(body.get("outcome", "")),
        # Whoever closes the attempt of the dead does not know whose it was.
        actor=str(body.get("actor") or begun.get("actor", "")),
        source=str(begun.get("source", "")),
        files=files if isinstance(files, int) else 0,
        why="" if body.get("result") == "success" else _why(journal, entry, body),
    )


def _why(journal: Journal, entry: Entry, body: Mapping[str, Any]) -> str:
    """Say what failed, from the judgement of the same attempt."""
    told = _judged(journal, entry)
    named = told.get("slug") or _first(told.get("because")) or _first(told.get("findings"))
    if why := named or told.get("reason"):
        return str(why)
    if body.get("outcome") != "crashed":
        return ""
    # Who closes the attempt of the dead does not know what it was about.
    return _BROKE if entry.subject else _DIED


def _first(findings: object) -> str:
    first = findings[0] if isinstance(findings, list) and findings else None
    if not isinstance(first, dict):
        return ""
    return f"{first.get('rule', '')} {first.get('path', '')}".strip()


def _judged(journal: Journal, entry: Entry) -> Mapping[str, Any]:
    known = _about(journal, entry.subject) if entry.subject else ()
    wanted = ("judged", entry.attempt)
    return next((_body(one) for one in known if (one.kind, one.attempt) == wanted), {})


def _about(journal: Journal, subject: str) -> Iterator[Entry]:
    yield from journal.about(subject)
    # After commits that went round the guard the judgement is about them, too.
    yield from journal.last("judged", _AMONG)


def _body(entry: Entry) -> Mapping[str, Any]:
    """Read a body; one that was damaged must not hide all the others."""
    try:
        body = json.loads(entry.body)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}
