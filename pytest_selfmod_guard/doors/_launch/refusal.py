"""
Shows a verdict that stops a change by pytest, and by nothing of the project.

This runs in an interpreter of its own: our pytest, with the guard's plugin and
no other, in an empty folder. Of the user's words only those count that shape a
report, so that what they own reads it as ever.
"""

from __future__ import annotations

import os
import shlex
import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import suppress
from tempfile import TemporaryDirectory
from typing import NoReturn

import pytest

from pytest_selfmod_guard.doors import pytest_plugin

_VALUES = {
    "verbose": "--verbosity",
    "reportchars": "-r",
    "tbstyle": "--tb",
    "color": "--color",
    "code_highlight": "--code-highlight",
    "xmlpath": "--junit-xml",
    "junitprefix": "--junit-prefix",
    "durations": "--durations",
    "durations_min": "--durations-min",
    "showcapture": "--show-capture",
}
"""pytest's names for options that shape a report, and the options."""
_FLAGS = {
    "collectonly": "--collect-only",
    "no_header": "--no-header",
    "no_summary": "--no-summary",
    "force_short_summary": "--force-short-summary",
    "disable_warnings": "--disable-warnings",
}
_SETTINGS = ("junit_", "verbosity_", "console_output_style=")
"""How settings start that shape a report."""


def inside(top: str) -> int:
    """
    Show the verdict that was handed over; never 0.

    :param top: the project's folder, from which paths are shown
    """
    words = shaping([*_by_environment(), *sys.argv[1:]])
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ.pop("PYTEST_PLUGINS", None)
    with TemporaryDirectory(prefix="selfmod-guard-") as empty:
        code = int(pytest.main([*words, *_fixed(top, empty)], plugins=[pytest_plugin]))
    # No tests at all is what a verdict that nobody showed would look like.
    return 1 if code in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED) else code


def shaping(words: Sequence[str]) -> list[str]:
    """Return those of the words that shape a report, as pytest itself understands them."""
    # A word with @ is a file of words, and of the project.
    look = _Look([word for word in words if not word.startswith("@")])
    with suppress(_Seen):
        pytest.main([], plugins=[look])
    return look.found


def _by_environment() -> list[str]:
    try:
        return shlex.split(os.environ.pop("PYTEST_ADDOPTS", ""))
    except ValueError:
        return []


def _fixed(top: str, empty: str) -> list[str]:
    settings = os.path.join(empty, "pytest.ini")
    with open(settings, "x", encoding="ascii"):
        pass
    where = ("-c", settings, "--rootdir", top, empty)
    return [*where, "--noconftest", "-p", "no:cacheprovider"]


class _Seen(Exception):
    """Enough was seen of a pytest that is not to run."""


class _Look:
    """Asks the parser of a pytest that has just begun, and lets it go no further."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words
        self.found: list[str] = []

    def pytest_addoption(self, parser: pytest.Parser) -> None:
        self._parser = parser

    @pytest.hookimpl(tryfirst=True)
    def pytest_cmdline_parse(self) -> NoReturn:
        plain = self._parser.parse_known_args([])
        with suppress(pytest.UsageError):  # of words that nobody understands, none shapes anything
            self.found = list(_shaping(self._parser.parse_known_args(self._words), plain))
        raise _Seen


def _shaping(told: Namespace, plain: Namespace) -> Iterator[str]:
    for name, option in _VALUES.items():
        value = getattr(told, name, None)
        if value is not None and value != getattr(plain, name, None):
            yield f"{option}{value}" if option == "-r" else f"{option}={value}"
    yield from (option for name, option in _FLAGS.items() if getattr(told, name, False))
    for setting in getattr(told, "override_ini", None) or ():
        if setting.startswith(_SETTINGS):
            yield f"--override-ini={setting}"
    if "no:terminal" in (getattr(told, "plugins", None) or ()):
        yield from ("-p", "no:terminal")
