"""What all views of the system share: times, and lines that fit."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from os import get_terminal_size
from time import localtime, strftime
from unicodedata import east_asian_width

from pytest_selfmod_guard.doors._terminal import say
from pytest_selfmod_guard.model import as_json

_NARROWEST = 20
_LEAST = 30  # columns beside a hanging indent, or else it hangs less
_DIGITS = 5
_UNITS = ((86400, "d"), (3600, "h"), (60, "min"))


def add_format(parser: argparse.ArgumentParser) -> None:
    """Let a verb be asked for JSON."""
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to show it")


def say_json(value: object) -> None:
    """Print a value as one JSON object; its keys and their order are a promise."""
    say(json.dumps(as_json(value), indent=2))


def ago(now: float, then: float) -> str:
    """Say how long something is past, in its largest unit: ``3 min``."""
    seconds = max(0.0, now - then)
    for unit, name in _UNITS:
        if seconds >= unit:
            return f"{seconds // unit:.0f} {name}"
    return f"{seconds:.0f} s"


def when(then: float) -> str:
    """Say a time as the clock on the wall has it."""
    return strftime("%Y-%m-%d %H:%M:%S", localtime(then))


def width(environ: Mapping[str, str]) -> int | None:
    """Give how many columns a line may take; None where there is no end, as of a pipe."""
    told = environ.get("COLUMNS", "")
    columns = int(told) if told.isascii() and told.isdigit() and len(told) <= _DIGITS else 0
    if not columns and sys.stdout.isatty():
        columns = get_terminal_size(sys.stdout.fileno()).columns
    return max(columns, _NARROWEST) if columns else None


def wrap(text: str, columns: int | None, hang: int) -> list[str]:
    """
    Break a line into lines that fit, between words where that goes.

    :param hang: columns by which all but the first are indented, less where there is no room
    """
    rows = []
    hang = hang if columns is None or columns - hang >= _LEAST else min(hang, _NARROWEST // 2)
    while columns is not None and (end := _fitting(text, columns)) < len(text):
        cut = text.rfind(" ", hang + 1, end + 1)
        rows.append(text[: cut if cut > 0 else end].rstrip())
        text = " " * hang + text[cut if cut > 0 else end :].lstrip(" ")
    return [*rows, text]


def clip(text: str, columns: int) -> str:
    """Cut a line to what fits; wide letters take two columns."""
    if _fitting(text, columns) == len(text):
        return text
    return f"{text[: _fitting(text, columns - 3)]}..."


def _fitting(text: str, columns: int) -> int:
    """Tell how many letters fit."""
    taken = 0
    for at, char in enumerate(text):
        taken += 2 if east_asian_width(char) in "WF" else 1
        if taken > columns:
            return at
    return len(text)
