"""``selfmod-guard enable``: turn the guard on again, which everybody may."""

from __future__ import annotations

import argparse

from pytest_selfmod_guard.context import Context
from pytest_selfmod_guard.doors._system.turned import show
from pytest_selfmod_guard.doors._system.who import who
from pytest_selfmod_guard.doors._system.words import add_format
from pytest_selfmod_guard.guard import Guard
from pytest_selfmod_guard.system import System


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what ``enable`` understands."""
    add_format(parser)


def main(args: argparse.Namespace, context: Context) -> int:
    """Turn the guard on."""
    return show(System(Guard(context)).enable(who(context)), args.format)
