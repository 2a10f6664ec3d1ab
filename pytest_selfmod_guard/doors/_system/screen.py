"""Everything about the system on one screen: 24 lines of 100 columns at most."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pytest_selfmod_guard.doors._system.checks import cell
from pytest_selfmod_guard.doors._system.words import ago, clip
from pytest_selfmod_guard.doors._terminal import Pen
from pytest_selfmod_guard.model import State, inert
from pytest_selfmod_guard.status import Past, Status

MARKS: Mapping[State, tuple[str, str]] = {
    State.PASSED: ("ok", "green"),
    State.WARNED: ("care", "yellow"),
    State.FAILED: ("stop", "red"),
    State.NOT_APPLICABLE: ("-", "dim"),
    State.NOT_RUN: ("-", "dim"),
}
_LABEL, _CELL = 10, 44


class _Line(NamedTuple):
    """A line, and which part of it has a colour."""

    text: str
    color: str = ""
    start: int = 0
    end: int = 0


def screen(status: Status, now: float, columns: int, pen: Pen) -> list[str]:
    """Show a status as lines; whatever others wrote into it comes out inert."""
    lines = [
        *_switch(status, now),
        *_layers(status),
        _Line(""),
        *_health(status),
        *_attempts(status, now),
        _Line(_labelled("backups", f"{status.backups.get('count', 0)}")),
        _Line(_labelled("journal", _journal(status))),
    ]
    return [_painted(line._replace(text=clip(line.text, columns)), pen) for line in lines]


def _painted(line: _Line, pen: Pen) -> str:
    text, color, start, end = line
    if not color:
        return text
    return f"{text[:start]}{pen(color, text[start:end])}{text[end:]}"


def _switch(status: Status, now: float) -> Iterator[_Line]:
    """Say whether anything is enforced; and if not, why, as that is what people look for."""
    start = "selfmod-guard: "
    word, color, more = "on", "green", ""
    if not status.enabled:
        word, color, more = "OFF", "red", ", nothing is enforced: selfmod-guard enable"
    elif status.mode == "warn":
        word, color, more = "on", "yellow", ', and only warns: the policy says mode = "warn"'
    yield _Line(f"{start}{word}{more}", color, len(start), len(start) + len(word))
    if off := status.disabled:
        ignored = ", which CI ignores" if status.enabled else ""
        reason = f": {inert(off.reason)}" if off.reason else ""
        yield _Line(f"  turned off {ago(now, off.at)} ago by {inert(off.by)}{ignored}{reason}")
    else:
        yield _Line("")


def _layers(status: Status) -> Iterator[_Line]:
    for layer in status.layers:
        mark, color = MARKS[layer.state]
        text = f"  {mark:5} {layer.name:26} {inert(layer.detail)}".rstrip()
        yield _Line(text, color, 2, 2 + len(mark))


def _health(status: Status) -> Iterator[_Line]:
    cells = [cell(name, check) for name, check in status.health.checks.items()]
    for at in range(0, len(cells), 2):
        text = "".join(f"{one:{_CELL}}" for one in cells[at : at + 2]).rstrip()
        yield _Line(_labelled("" if at else "health", text))


def _attempts(status: Status, now: float) -> Iterator[_Line]:
    for at, one in enumerate(status.attempts):
        yield _Line(_labelled("" if at else "attempts", _attempt(one, now)))
    if not status.attempts:
        yield _Line(_labelled("attempts", "none yet"))


def _attempt(one: Past, now: float) -> str:
    files = f"{one.files} {'file' if one.files == 1 else 'files'}"
    actor = clip(inert(one.actor), 23)
    when = f"{ago(now, one.at)} ago"
    return f"{when:>11}  {inert(one.outcome):12} {actor:24} {files:9} {inert(one.source)}".rstrip()


def _journal(status: Status) -> str:
    place, events, head = status.journal
    if not events:
        return f"nothing is written yet, in {inert(place)}"
    many = f"{events:,} {'event' if events == 1 else 'events'}"
    return f"{many}, the last is {inert(head)[:12]}, in {inert(place)}"


def _labelled(label: str, text: str) -> str:
    return f"  {label:{_LABEL}}{text}".rstrip()
