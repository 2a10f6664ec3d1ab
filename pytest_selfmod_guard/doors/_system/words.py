"""What all views of the system share: marks, times, and lines that fit."""

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

WIDEST, _NARROWEST = 100, 20
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


def width(environ: Mapping[str, str]) -> int:
    """Give how many columns a line may take: what the reader has, and never more than 100."""
    told = environ.get("COLUMNS", "")
    columns = int(told) if told.isascii() and told.isdigit() and len(told) <= _DIGITS else 0
    if not columns and sys.stdout.isatty():
        columns = get_terminal_size(sys.stdout.fileno()).columns
    return min(max(columns or WIDEST, _NARROWEST), WIDEST)


def clip(text: str, columns: int) -> str:
    """Cut a line to what fits; wide letters take two columns."""
    kept = 0
    for at, char in enumerate(text):
        kept += 2 if east_asian_width(char) in "WF" else 1
        if kept > columns:
            return _shorter(text[:at], columns)
    return text


def _shorter(text: str, columns: int) -> str:
    """Make room for the dots that say that something is left out."""
    while text and sum(2 if east_asian_width(char) in "WF" else 1 for char in text) > columns - 3:
        text = text[:-1]
    return f"{text}..."
