"""
The pytest door: judges the change before any of its tests run.

This module is loaded by every pytest of an environment, so it imports only the
standard library and pytest, and while nobody asks for a verdict it does
nothing. What asks and what follows stands in ``_plugin``.
"""

from __future__ import annotations

import os
import shlex
from argparse import Namespace
from collections.abc import Sequence

import pytest

RECEIPT = "SELFMOD_GUARD_RECEIPT"
"""The variable of ``_handover``, by name: to import it would cost something."""

ON = pytest.StashKey[bool]()
"""Set in the configuration of a run that is judged."""

_OFF = (
    "selfmod-guard: OFF, nothing was judged: the ini file asks for it, but the ini file, which a"
    " change can edit, cannot switch it on; pass --selfmod-guard on the command line or in"
    " PYTEST_ADDOPTS"
)


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Declare the options and, if they are used, judge: no hook of ours is called earlier."""
    _declare(parser)
    config: pytest.Config = pluginmanager.get_plugin("pytestconfig")  # type: ignore[assignment]
    handed = _handed(config)
    words = _trusted(config)
    if handed is None and not any(word.startswith(("--selfmod-", "@")) for word in words):
        return
    asked = parser.parse_known_args(words)
    if not _is_asked(asked, handed):
        return
    config.stash[ON] = True
    from pytest_selfmod_guard.doors._plugin import run  # noqa: PLC0415 (off, it costs nothing)

    base = asked.selfmod_base or _base_of_ini(parser, config)
    run.begin(config, run.Asked(tuple(words), base, handed))


def pytest_configure(config: pytest.Config) -> None:
    """Say so where somebody believes that it is on, and it is not."""
    wanted = config.getoption("selfmod_guard") or config.getini("selfmod_guard")
    if wanted and ON not in config.stash:
        config.pluginmanager.register(_Off())


class _Off:
    """Says at both ends of a run that nothing was judged."""

    def pytest_report_header(self) -> str:
        return _OFF

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.section("selfmod-guard", yellow=True)
        terminalreporter.write_line(_OFF)


def _declare(parser: pytest.Parser) -> None:
    group = parser.getgroup("selfmod-guard", "judging the change before its tests run")
    group.addoption(
        "--selfmod-guard",
        action="store_true",
        help="judge HEAD against its base first; if it is denied, none of its code runs",
    )
    group.addoption(
        "--selfmod-base",
        metavar="REF",
        help="what to judge against; by default CI says, or the default branch",
    )
    parser.addini("selfmod_guard", "only a reminder: it cannot switch the guard on", type="bool")
    parser.addini("selfmod_base", "the default of --selfmod-base", default="")


def _trusted(config: pytest.Config) -> list[str]:
    """Give the words that whoever started pytest chose, which the ini file did not."""
    environ = shlex.split(os.environ.get("PYTEST_ADDOPTS", ""))
    return [*environ, *map(os.fspath, config.invocation_params.args)]


def _handed(config: pytest.Config) -> str | None:
    """Take the verdict out of its variable; None if it is not for us, here and now."""
    sealed = os.environ.pop(RECEIPT, None)
    if sealed is None:
        return None
    from pytest_selfmod_guard.doors._launch import bond  # noqa: PLC0415 (off, it costs nothing)

    return bond.opened(sealed, str(config.invocation_params.dir), os.environ)


def _is_asked(asked: Namespace, handed: str | None) -> bool:
    if asked.selfmod_base == "":
        raise pytest.UsageError("--selfmod-base names no revision: --selfmod-base=origin/main")
    if asked.selfmod_guard or handed is not None:
        return True
    if asked.selfmod_base is not None:
        raise pytest.UsageError("--selfmod-base alone judges nothing: add --selfmod-guard")
    return False


def _base_of_ini(parser: pytest.Parser, config: pytest.Config) -> str | None:
    """Give the ini file's base: whether it may be one is for the reader to find out."""
    if not hasattr(config, "known_args_namespace"):
        return None  # registered by hand, before there is an ini file
    words: Sequence[str] = config.getini("addopts")
    return parser.parse_known_args(words).selfmod_base or config.getini("selfmod_base") or None
