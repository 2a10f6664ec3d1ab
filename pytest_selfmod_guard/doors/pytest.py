"""``selfmod-guard pytest``: judge first, in a clean interpreter; then run the project's pytest."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pytest_selfmod_guard import interpreter
from pytest_selfmod_guard.context import Context
from pytest_selfmod_guard.doors._launch import isolated
from pytest_selfmod_guard.doors._launch.bond import seal
from pytest_selfmod_guard.doors._launch.clean import judge, top_of
from pytest_selfmod_guard.doors._launch.handover import VARIABLE
from pytest_selfmod_guard.doors._launch.installed import notes as installed_notes
from pytest_selfmod_guard.doors._launch.replace import replace
from pytest_selfmod_guard.doors._show import exit_code, wants_color
from pytest_selfmod_guard.errors import EXIT_ALLOWED, EXIT_DENIED, GuardError, UsageError
from pytest_selfmod_guard.model import Receipt, inert
from pytest_selfmod_guard.reports import render

_BASE = "--selfmod-base"
_PYTHON = "--python"
_EPILOG = """\
Every word is handed to pytest, except:
  --selfmod-base REF   what HEAD is compared with; found by itself in CI. Anywhere before "--"
  --selfmod-guard      nothing: it is what this command does. Anywhere before "--"
  --python PATH        the interpreter, or environment, whose pytest is run. Before all other words
  -h, --help           this help, as the first word; "selfmod-guard pytest -- --help" is pytest's
Exit codes: pytest's own when the change is allowed; 1 denied or undecided; 64 wrong usage.
"""


class Asked(NamedTuple):
    """What the words after the verb mean."""

    words: tuple[str, ...]
    """For pytest."""
    base: str | None = None
    python: str | None = None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what ``pytest`` understands."""
    parser.usage = "selfmod-guard pytest [--python PATH] [--selfmod-base REF] [PYTEST'S ARGUMENTS]"
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    # To argparse no word here is an option: it would take `-k` and `--help` for its own.
    parser.prefix_chars = ""
    parser.add_argument("words", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    parser.set_defaults(help=parser.format_help)


def main(args: argparse.Namespace, context: Context) -> int:
    """Judge, and become the pytest that runs the suite, or one that only says why it does not."""
    if args.words[:1] in (["-h"], ["--help"]):
        print(args.help(), end="")
        return EXIT_ALLOWED
    asked = take(args.words)
    told = judge(context.directory, context.environ, asked.base)
    top = top_of(context.directory, context.environ)
    told = told._replace(notes=(*told.notes, *installed_notes(top)))
    environ = {**context.environ, VARIABLE: seal(told, context.directory, context.environ)}
    if exit_code(told) == EXIT_ALLOWED:
        return _run(told, asked, top, environ)
    return _refuse(told, asked, top, environ)


def take(words: Sequence[str]) -> Asked:
    """
    Take our own options out of the words after the verb.

    :raises UsageError: an option of ours has no value
    """
    left, base, python, kept = list(words), None, None, list[str]()
    while left:
        word = left.pop(0)
        if word == "--":
            kept += [word, *left]
            break
        name, equals, value = word.partition("=")
        if name == _BASE or (name == _PYTHON and not kept):
            value = _value(name, value if equals else left.pop(0) if left else "")
            base, python = (value, python) if name == _BASE else (base, value)
        elif word != "--selfmod-guard":
            kept.append(word)
    return Asked(tuple(kept), base, python)


def _value(name: str, value: str) -> str:
    if not value:
        raise UsageError(
            "option-without-value",
            "an option has no value",
            context=name,
            hint=f"give it one, or leave it out: selfmod-guard pytest {name}=...",
        )
    return value


def _run(told: Receipt, asked: Asked, top: str, environ: Mapping[str, str]) -> int:
    found = interpreter.find(environ, top, asked.python)
    headline, _, rest = render("text", told, color=wants_color(sys.stderr, environ)).partition("\n")
    where = f"pytest by {inert(found.python)} ({found.source})"
    _complain(f"{headline}; {where}\n{rest}")
    return replace([*found.pytest(), *asked.words], environ)


def _refuse(told: Receipt, asked: Asked, top: str, environ: Mapping[str, str]) -> int:
    headline = render("text", told).partition("\n")[0]
    door = "pytest_selfmod_guard.doors._launch.refusal"
    try:
        line = isolated.command(door, top, top, *asked.words, otherwise=headline)
        return replace(line, environ)
    except GuardError as error:
        _complain(f"{headline} ({error})\n")
        return EXIT_DENIED


def _complain(text: str) -> None:
    encoding = sys.stderr.encoding or "utf-8"
    sys.stderr.write(text.encode(encoding, "backslashreplace").decode(encoding))
