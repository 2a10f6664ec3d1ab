"""
Everything about the system on one screen: mostly 24 lines of 80 columns.

What is longer goes on below, because its end may be what somebody looks for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pytest_selfmod_guard.doors._system.checks import cell
from pytest_selfmod_guard.doors._system.words import ago, wrap
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
_LABEL, _CELL, _ACTOR = 10, 44, 24
_DETAIL, _INDENT, _ATTEMPT = 35, 12, 26  # columns under which a long line goes on


class _Line(NamedTuple):
    """A line, and which part of it has a colour."""

    text: str
    hang: int = _INDENT
    color: str = ""
    start: int = 0
    end: int = 0


def screen(status: Status, now: float, columns: int | None, pen: Pen) -> list[str]:
    """
    Show a status as lines; whatever others wrote into it comes out inert.

    :param columns: how many a line may take; None where there is no end
    """
    lines = [
        *_switch(status, now),
        *(_Line(f"note: {inert(note)}", len("note: ")) for note in status.notes),
        *_layers(status),
        _Line(""),
        *_health(status, columns),
        *_attempts(status, now),
        _Line(_labelled("backups", f"{status.backups.get('count', 0)}")),
        _Line(_labelled("journal", _journal(status))),
    ]
    return [row for line in lines for row in _rows(line, columns, pen)]


def _rows(line: _Line, columns: int | None, pen: Pen) -> Iterator[str]:
    text, hang, color, start, end = line
    first, *more = wrap(text, columns, hang)
    yield f"{first[:start]}{pen(color, first[start:end])}{first[end:]}" if color else first
    yield from more


def _switch(status: Status, now: float) -> Iterator[_Line]:
    """Say whether anything is enforced; and if not, why, as that is what people look for."""
    start = "selfmod-guard: "
    word, color, more = "on", "green", ""
    if not status.enabled:
        word, color, more = "OFF", "red", ", nothing is enforced: selfmod-guard enable"
    elif status.mode == "warn":
        word, color, more = "on", "yellow", ', and only warns: the policy says mode = "warn"'
    yield _Line(f"{start}{word}{more}", 2, color, len(start), len(start) + len(word))
    if off := status.disabled:
        ignored = ", which CI ignores" if status.enabled else ""
        reason = f": {inert(off.reason)}" if off.reason else ""
        yield _Line(f"  turned off {ago(now, off.at)} ago by {inert(off.by)}{ignored}{reason}", 4)


def _layers(status: Status) -> Iterator[_Line]:
    for layer in status.layers:
        mark, color = MARKS[layer.state]
        text = f"  {mark:5} {layer.name:26} {inert(layer.detail)}".rstrip()
        yield _Line(text, _DETAIL, color, 2, 2 + len(mark))


def _health(status: Status, columns: int | None) -> Iterator[_Line]:
    cells = [cell(name, check) for name, check in status.health.checks.items()]
    room = None if columns is None else max(1, columns - _INDENT)
    for at, text in enumerate(_packed(cells, room)):
        yield _Line(_labelled("" if at else "health", text))


def _packed(cells: list[str], room: int | None) -> Iterator[str]:
    """Put two items on a line, under each other where there is room, or else one."""
    for at in range(0, len(cells), 2):
        pair = cells[at : at + 2]
        narrow = "  ".join(" ".join(one.split()) for one in pair)
        for text in ("".join(f"{one:{_CELL}}" for one in pair), narrow):
            if room is None or len(text.rstrip()) <= room:
                yield text.rstrip()
                break
        else:
            yield from pair


def _attempts(status: Status, now: float) -> Iterator[_Line]:
    widest = max((len(inert(one.actor)) for one in status.attempts), default=0)
    for at, one in enumerate(status.attempts):
        text = _attempt(one, now, min(widest, _ACTOR))
        yield _Line(_labelled("" if at else "attempts", text), _ATTEMPT)
    if not status.attempts:
        yield _Line(_labelled("attempts", "none yet"))


def _attempt(one: Past, now: float, pad: int) -> str:
    files = f"{one.files} {'file' if one.files == 1 else 'files'}"
    when, outcome, actor = f"{ago(now, one.at)} ago", inert(one.outcome), inert(one.actor)
    return (
        f"{when:>10}  {outcome:12} {actor:{pad}} {files:8} {inert(one.why or one.source)}".rstrip()
    )


def _journal(status: Status) -> str:
    place, events, head = status.journal
    if not events:
        return f"nothing is written yet, in {inert(place)}"
    many = f"{events:,} {'event' if events == 1 else 'events'}"
    return f"{many}, the last is {inert(head)[:12]}, in {inert(place)}"


def _labelled(label: str, text: str) -> str:
    return f"  {label:{_LABEL}}{text}".rstrip()
