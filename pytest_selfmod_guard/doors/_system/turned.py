"""What was turned by hand, for who has done it."""

from __future__ import annotations

import argparse

from pytest_selfmod_guard.doors._system.words import say_json
from pytest_selfmod_guard.doors._terminal import say
from pytest_selfmod_guard.errors import EXIT_ALLOWED
from pytest_selfmod_guard.model import inert
from pytest_selfmod_guard.status import Turned


def add_reason(parser: argparse.ArgumentParser) -> None:
    """Let a verb be told why."""
    parser.add_argument(
        "--reason", default="", metavar="TEXT", help="why, for the journal and for others"
    )


def show(turned: Turned, shape: str) -> int:
    """Say what has changed, and give the exit code."""
    if shape == "json":
        say_json(turned)
        return EXIT_ALLOWED
    say(f"selfmod-guard: {inert(turned.message)}")
    for note in turned.notes:
        say(f"note: {inert(note)}")
    return EXIT_ALLOWED
