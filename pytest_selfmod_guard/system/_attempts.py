"""The last attempts, a line each, from what the journal has of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from pytest_selfmod_guard.journals import Entry
from pytest_selfmod_guard.status import Past

SHOWN = 5


def last_attempts(closed: Iterable[Entry], opened: Iterable[Entry]) -> tuple[Past, ...]:
    """
    Tell how attempts ended.

    :param closed: the events that ended them, the newest first
    :param opened: events that began some, among which are most of theirs
    """
    begun = {entry.attempt: _body(entry) for entry in opened}
    return tuple(_past(entry, begun.get(entry.attempt, {})) for entry in closed)


def _past(entry: Entry, begun: Mapping[str, Any]) -> Past:
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
    )


def _body(entry: Entry) -> Mapping[str, Any]:
    """Read a body; one that was damaged must not hide all the others."""
    try:
        body = json.loads(entry.body)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}
