"""An event as one line for a person."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pytest_selfmod_guard.doors._audit.events import when
from pytest_selfmod_guard.journals import Event
from pytest_selfmod_guard.model import inert

_WIDEST = 40  # characters of one thing that is said
_SHORT = 10  # of a digest or a commit
_BECAME = ("outcome", "decision", "how", "status", "reason", "anchored", "source")
"""Names in a body that tell what became of something, the most telling first."""


def for_people(event: Event) -> str:
    """Say when what happened, by whom, and what became of it; whatever the event holds."""
    told = _told(event.body)
    parts = (
        f"{event.seq:>6}",
        _time(event.at),
        f"{_cut(event.kind):<12}",
        f"{_cut(event.attempt):<12}",
        f"{_cut(_actor(told)):<18}",
        f"{_became(told):<10}",
        _cut(event.subject, _SHORT),
    )
    return "  ".join(parts).rstrip()


def _time(at: float) -> str:
    then = when(at)
    try:
        return then.astimezone().strftime("%Y-%m-%d %H:%M:%S") if then else f"{_cut(str(at)):<19}"
    except OverflowError:  # the last day of the calendar, further east
        return f"{at:<19}"


def _told(body: str) -> Mapping[str, Any]:
    try:
        told = json.loads(body)
    except (ValueError, TypeError, RecursionError):
        return {"outcome": "unreadable"}
    return told if isinstance(told, dict) else {"outcome": "unreadable"}


def _actor(told: Mapping[str, Any]) -> str:
    actor = told.get("actor", told.get("by", ""))
    if isinstance(actor, dict):
        return f"{actor.get('kind', '')} {actor.get('name', '')}".strip()
    return str(actor)


def _became(told: Mapping[str, Any]) -> str:
    if "marker" in told:  # somebody wanted what is not for an agent to do
        return f"{_cut(told.get('what', ''))} ({_cut(told['marker'])})"
    return _cut(next((told[name] for name in _BECAME if told.get(name)), ""))


def _cut(text: object, most: int = _WIDEST) -> str:
    """Make somebody else's words safe to show, and short."""
    safe = inert(str(text)[:most])
    return safe if len(safe) <= most else f"{safe[: most - 1]}…"
