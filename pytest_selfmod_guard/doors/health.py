"""``selfmod-guard health``: measures the machine, and says whether it is well."""

from __future__ import annotations

import argparse

from pytest_selfmod_guard.context import Context
from pytest_selfmod_guard.doors._system.checks import mark, title
from pytest_selfmod_guard.doors._system.words import add_format, say_json
from pytest_selfmod_guard.doors._terminal import Pen, say
from pytest_selfmod_guard.errors import EXIT_ALLOWED, EXIT_DENIED, EXIT_UNDECIDED
from pytest_selfmod_guard.guard import Guard
from pytest_selfmod_guard.model import inert
from pytest_selfmod_guard.status import Health
from pytest_selfmod_guard.system import System

_COLORS = {"healthy": "green", "degraded": "yellow", "unknown": "yellow"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what ``health`` understands."""
    add_format(parser)


def main(args: argparse.Namespace, context: Context) -> int:
    """Measure, keep the sample, show it, and map how it is to an exit code."""
    health = System(Guard(context)).health()
    if args.format == "json":
        say_json(health)
    else:
        _show(health, Pen(context.environ))
    if health.status == "unknown":
        return EXIT_UNDECIDED
    return EXIT_DENIED if health.blocks else EXIT_ALLOWED


def _show(health: Health, pen: Pen) -> None:
    score = "no score" if health.score is None else f"score {health.score:.0f} of 100"
    status = pen(_COLORS.get(health.status, "red"), health.status)
    blocks = "; nothing is modified now" if health.blocks else ""
    say(f"health: {status}, {score}, {health.trend}{blocks}")
    for name, check in health.checks.items():
        word, color = mark(check)
        say(f"  {pen(color, word)}{' ' * (5 - len(word))} {title(name):14} {inert(check.detail)}")
    for note in health.notes:
        say(f"note: {inert(note)}")
