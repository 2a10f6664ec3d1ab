"""``selfmod-guard status``: how everything stands, on one screen."""

from __future__ import annotations

import argparse
import re

from pytest_selfmod_guard.context import Context
from pytest_selfmod_guard.doors._system.screen import screen
from pytest_selfmod_guard.doors._system.watch import watch
from pytest_selfmod_guard.doors._system.words import add_format, say_json, width
from pytest_selfmod_guard.doors._terminal import Pen, say
from pytest_selfmod_guard.errors import EXIT_ALLOWED
from pytest_selfmod_guard.guard import Guard
from pytest_selfmod_guard.policy import seconds
from pytest_selfmod_guard.system import System

_SHORTEST, _LONGEST = 1.0, 86_400.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what ``status`` understands."""
    parser.add_argument(
        "--watch", action="store_true", help="measure the machine and show it again and again"
    )
    parser.add_argument(
        "--interval",
        type=_interval,
        default="10s",
        metavar="TIME",
        help="how often --watch does; 10s without",
    )
    add_format(parser)


def main(args: argparse.Namespace, context: Context) -> int:
    """Show how everything stands, once or until somebody ends it."""
    system = System(Guard(context))
    if args.watch:
        watch(system, context, args.interval, as_json=args.format == "json")
    status = system.status()
    if args.format == "json":
        say_json(status)
        return EXIT_ALLOWED
    columns = width(context.environ)
    say("\n".join(screen(status, context.clock(), columns, Pen(context.environ))))
    return EXIT_ALLOWED


def _interval(text: str) -> float:
    if not re.fullmatch("[0-9]{1,9}(ms|s|m|h)", text, re.ASCII):
        raise argparse.ArgumentTypeError(f"not a time such as 10s or 1m: {text!r}")
    if not _SHORTEST <= seconds(text) <= _LONGEST:
        raise argparse.ArgumentTypeError(f"not between 1s and 24h: {text!r}")
    return seconds(text)
