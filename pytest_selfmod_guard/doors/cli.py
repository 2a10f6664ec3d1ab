"""
The command line: parses, calls the guard, renders, maps an exit code.
"""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

from pytest_selfmod_guard import __version__
from pytest_selfmod_guard.context import Context
from pytest_selfmod_guard.errors import (
    EXIT_ALLOWED,
    EXIT_INTERRUPTED,
    EXIT_UNDECIDED,
    EXIT_USAGE,
    GuardError,
)
from pytest_selfmod_guard.model import inert

_VERBS = {
    "init": ("init", "set the guard up in this repository; shows the changes first"),
    "check": ("check", "judge a change; changes nothing"),
    "pytest": ("pytest", "judge first, in a clean interpreter; then run the project's pytest"),
    "status": ("status", "how the guard and everything around it stands, on one screen"),
    "health": ("health", "measure the machine, and say whether it is well"),
    "breaker": ("breaker", "the circuit breaker: how it stands, and closing it by hand"),
    "approve": ("approve", "vouch for one change with a signature; for people only"),
    "disable": ("disable", "judge, but enforce nothing; for people only"),
    "enable": ("enable", "turn the guard on again"),
    "audit": ("audit", "what happened, in which order, and whether anybody edited the answer"),
    "doctor": ("doctor", "what is set up right here, what is not, and what mends it"),
    "rules": ("rules", "list the rules"),
    "explain": ("explain", "explain rules, with examples"),
    "test-rules": ("try_rules", "run the examples of a project's own rules"),
    "policy": ("policy", "show the policy that judges here"),
    "demo": ("demo", "watch an agent's commits be judged, in a scratch repository"),
    "pre-commit": ("pre_commit", "the hooks that pre-commit runs"),
}
"""The verb, the module of this package that does it, and what it does."""


def run() -> NoReturn:
    """Be the console script."""
    sys.exit(main(sys.argv[1:]))


def main(argv: Sequence[str]) -> int:
    """
    Run one command.

    :returns: the exit code: 0 allowed, 1 denied, 2 could not judge (also when
        we crash), 64 wrong usage, 130 interrupted
    """
    _open_what_is_closed()
    try:
        return _dispatch(argv)
    except GuardError as error:
        return _explained(error)
    except KeyboardInterrupt:
        _complain("interrupted")
        return EXIT_INTERRUPTED
    except Exception as error:  # noqa: BLE001 (our own crash must look neither denied nor passed)
        return _unwritten(error) if isinstance(error, OSError) else _crashed()


def _open_what_is_closed() -> None:
    """Give a process that was started without somewhere to write a place for it."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 (for life)


def _dispatch(argv: Sequence[str]) -> int:
    parser = _Parser(
        prog="selfmod-guard",
        description="Judge changes that code makes to code, before they land.",
        epilog="Exit codes: 0 allowed, 1 denied, 2 could not judge, 64 wrong usage.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    asked = next((word for word in argv if not word.startswith("-")), "")
    for verb, (module, what) in _VERBS.items():
        sub = verbs.add_parser(verb, help=what, description=f"{what[0].upper()}{what[1:]}.")
        if verb == asked:
            door = import_module(f"pytest_selfmod_guard.doors.{module}")
            door.add_arguments(sub)
    args = parser.parse_args(argv)
    door = import_module(f"pytest_selfmod_guard.doors.{_VERBS[args.verb][0]}")
    code: int = door.main(args, Context.here(os.getcwd()))
    sys.stdout.flush()
    return code


class _Parser(argparse.ArgumentParser):
    """Argparse exits with 2 on wrong usage, which is our "could not judge"."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(EXIT_USAGE, f"{self.prog}: {message}\nTo see more: {self.prog} --help\n")


def _explained(error: GuardError) -> int:
    _complain(inert(f"{error} ({error.slug})"))
    if error.hint:
        sys.stderr.write(f"  do next: {inert(error.hint)}\n")
    return error.exit_code


def _unwritten(error: OSError) -> int:
    """Say that the reader of the answer has gone, or has no room for it."""
    if error.filename is not None:
        return _crashed()
    # Without this Python complains once more when it flushes at its end.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if not isinstance(error, BrokenPipeError):
        _complain(f"the answer could not be written ({error.strerror}), which is not a pass")
    return EXIT_UNDECIDED


def _crashed() -> int:
    where = f"selfmod-guard {__version__}, Python {sys.version.split()[0]}, {sys.platform}"
    _complain("crashed, so the change was not judged, which is not a pass")
    sys.stderr.write(f"  please report this with the lines below: {where}\n")
    sys.stderr.write(traceback.format_exc())
    return EXIT_UNDECIDED


def _complain(message: str) -> None:
    sys.stderr.write(f"selfmod-guard: {message}\n")


__all__ = ["EXIT_ALLOWED", "main", "run"]
