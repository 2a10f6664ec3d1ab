"""``selfmod-guard disable``: let the guard judge and enforce nothing, which is for people to do."""

from __future__ import annotations

import argparse

from pytest_selfmod_guard.context import Context
from pytest_selfmod_guard.doors._system.turned import add_reason, show
from pytest_selfmod_guard.doors._system.who import who
from pytest_selfmod_guard.doors._system.words import add_format
from pytest_selfmod_guard.guard import Guard
from pytest_selfmod_guard.system import System


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what ``disable`` understands."""
    add_reason(parser)
    add_format(parser)


def main(args: argparse.Namespace, context: Context) -> int:
    """Turn the guard off."""
    return show(System(Guard(context)).disable(who(context), args.reason), args.format)
