"""``selfmod-guard doctor``: what is in order, what is not, and the command that mends it."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator

from pytest_selfmod_guard.context import Context
from pytest_selfmod_guard.doors._system.words import add_format, say_json, width, wrap
from pytest_selfmod_guard.doors._terminal import Pen, say
from pytest_selfmod_guard.errors import EXIT_ALLOWED, EXIT_DENIED, EXIT_UNDECIDED
from pytest_selfmod_guard.model import inert
from pytest_selfmod_guard.status import Diagnosis, Line
from pytest_selfmod_guard.system.doctor import diagnose

_EXITS = {"broken": EXIT_DENIED, "unasked": EXIT_UNDECIDED}
_COLORS = {"ok": "green", "warning": "yellow", "broken": "red", "unknown": "dim", "unasked": "red"}
_WIDEST = max(map(len, _COLORS))
_NAMES = 12  # columns
_HANG = _WIDEST + _NAMES + 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what ``doctor`` understands."""
    parser.epilog = "Exit codes: 0 nothing is broken, 1 something is, 2 a question was not asked."
    add_format(parser)


def main(args: argparse.Namespace, context: Context) -> int:
    """Ask everything, show it, and map the worst of it to an exit code."""
    found = diagnose(context)
    if args.format == "json":
        say_json(found)
    else:
        columns, pen = width(context.environ), Pen(context.environ)
        for line in found.lines:
            _show(line, columns, pen)
        say()
        say(", ".join(_summary(found)))
    return _EXITS.get(found.state, EXIT_ALLOWED)


def _show(line: Line, columns: int | None, pen: Pen) -> None:
    state, text = inert(line.state), f"{inert(line.name):{_NAMES}} {inert(line.message)}"
    # Wrapped without colour, whose codes would count as letters.
    first, *more = wrap(f"{state:{_WIDEST}} {text}", columns, _HANG)
    say(pen(_COLORS[line.state], first[: len(state)]) + first[len(state) :])
    for row in more:
        say(row)
    if line.mend:
        say(f"{' ' * _HANG}{pen('cyan', inert(line.mend))}")  # in one line, to be copied


def _summary(found: Diagnosis) -> Iterator[str]:
    count = Counter(line.state for line in found.lines)
    words = {
        "broken": "broken",
        "unasked": "could not be asked",
        "warning": "to look at",
        "unknown": "not to be known from here",
        "ok": "in order",
    }
    yield from (f"{count[state]} {word}" for state, word in words.items() if count[state])
