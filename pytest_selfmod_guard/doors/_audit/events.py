"""
An event as a line of JSON with the attributes of CloudEvents 1.0, and back.

Everything that the hash covers can be got back from a line exactly, so that a
copy can be checked like the journal itself.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any

from pytest_selfmod_guard.errors import JournalError
from pytest_selfmod_guard.journals import Event

_KIND = "dev.selfmod-guard."
_JSON, _TEXT = "application/json", "text/plain"
_LONGEST = 16 << 20  # bytes of a line


def source_of(first: Event | None) -> str:
    """Name a journal by its first event, and not by a place that is nobody's business."""
    return f"urn:selfmod-guard:{first.follows if first else 'empty'}"


def as_line(event: Event, source: str) -> str:
    """Write an event as a line, in ASCII."""
    return json.dumps(_told(event, source), separators=(",", ":"), default=str) + "\n"


def events_in(path: str) -> Iterator[Event]:
    """
    Read what was exported, a line at a time.

    A line that says more or less than its event does comes out as an event
    without a hash, which nothing can follow.

    :raises JournalError: the file, or a line of it, cannot be read
    """
    source = ""
    for number, line in _lines(path):
        try:
            told = json.loads(line.decode(), object_pairs_hook=_once)
            event = _event(told)
            source = source or (source_of(event) if event.seq == 1 else str(told["source"]))
            is_whole = _told(event, source) == told
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise _unreadable(path, f"line {number} is no event ({error!r:.80})") from None
        yield event if is_whole else event._replace(hash="")


def when(at: float) -> datetime | None:
    """Give a time in UTC; None for one that no calendar has."""
    try:
        return datetime.fromtimestamp(at, UTC)
    except (ValueError, OverflowError, OSError, TypeError):
        return None


def _told(event: Event, source: str) -> dict[str, Any]:
    kind, data = _data(event.body)
    told = {"specversion": "1.0", "id": event.hash, "source": source, "type": _KIND + event.kind}
    if event.subject:
        told["subject"] = event.subject
    if time := when(event.at):
        told["time"] = time.isoformat(timespec="microseconds").replace("+00:00", "Z")
    told |= {
        "datacontenttype": kind,
        "data": data,
        "sequence": f"{event.seq:020}",
        "attempt": event.attempt,
        "prevhash": event.prev,
        "hash": event.hash,
        "epoch": repr(event.at),
    }
    return told | ({"fold": event.fold} if event.fold else {})


def _data(body: str) -> tuple[str, Any]:
    """Give a body as JSON where that gives the same text again; otherwise as text."""
    try:
        data = json.loads(body)
        if _written(data) == body:
            return _JSON, data
    except (ValueError, RecursionError):
        pass
    return _TEXT, body


def _written(data: object) -> str:
    return json.dumps(data, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _event(told: dict[str, Any]) -> Event:
    data = told["data"]
    parts = (
        told["type"].removeprefix(_KIND),
        told["attempt"],
        told.get("subject", ""),
        data if told["datacontenttype"] == _TEXT else _written(data),
        told.get("fold", ""),
        told["prevhash"],
        told["hash"],
    )
    if not all(isinstance(part, str) for part in parts):
        raise ValueError("an attribute is no text")
    return Event(int(told["sequence"]), float(told["epoch"]), *parts)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse an attribute that stands there twice: readers differ on which of them counts."""
    told = dict(pairs)
    if len(told) < len(pairs):
        raise ValueError("a name stands there twice")
    return told


def _lines(path: str) -> Iterator[tuple[int, bytes]]:
    number = 0
    try:
        with open(path, "rb") as file:
            for number in count(1):
                line = file.readline(_LONGEST + 1)
                if not line:
                    break
                if len(line) > _LONGEST:
                    raise _unreadable(path, f"line {number} is longer than {_LONGEST} bytes")
                if not line.endswith(b"\n"):
                    raise _unreadable(path, f"line {number} is cut off")
                yield number, line
    except OSError as error:
        raise _unreadable(path, error.strerror or os.strerror(error.errno or 0)) from None
    if number <= 1:
        raise _unreadable(path, "it is empty")


def _unreadable(path: str, why: str) -> JournalError:
    return JournalError(
        "export-unreadable",
        f"this is no export that can be checked: {why}",
        context=path,
        hint="export again, and compare: selfmod-guard audit export --output FILE",
    )
