"""Takes the place of the suite of a refused change, and answers for the exit status."""

from __future__ import annotations

import argparse
import copy
from collections.abc import Generator

import pytest

from pytest_selfmod_guard.doors._plugin.items import items
from pytest_selfmod_guard.model import Receipt

_SETTLED = {
    "noconftest": True,
    "usepdb": False,
    # An item that is only set up does not fail.
    "setuponly": False,
    # A worker of pytest-xdist loads conftest files before it hears of a verdict.
    "dist": "no",
    "tx": [],
}
_CACHES = ("lfplugin", "nfplugin", "stepwiseplugin")


class Refusal:
    """Lets guard items be all that pytest finds."""

    def __init__(self, told: Receipt, top: str, words: tuple[str, ...]) -> None:
        self._told = told
        self._top = top
        # A word with @ is a file of words: one more that the change may have written.
        self._words = [word for word in words if not word.startswith("@")]

    @pytest.hookimpl(tryfirst=True)
    def pytest_load_initial_conftests(
        self, early_config: pytest.Config, parser: pytest.Parser, args: list[str]
    ) -> None:
        """Put what was asked for in the place of all arguments: unknown ones end a run early."""
        option = early_config.option
        chosen = parser.parse_known_args(self._words, copy.copy(option))
        _settle(chosen)
        chosen.file_or_dir = []
        vars(early_config.known_args_namespace).update(vars(chosen))
        del chosen.file_or_dir  # argparse warns of one that it did not make
        vars(option).update(vars(chosen))
        args.clear()
        _be_outermost(early_config.pluginmanager)

    @pytest.hookimpl(tryfirst=True)
    def pytest_cmdline_main(self, config: pytest.Config) -> object:
        """Run a session whatever was asked for: showing fixtures, too, imports the tests."""
        _settle(config.option)
        main = config.pluginmanager.get_plugin("main")
        return main.pytest_cmdline_main(config)  # type: ignore[union-attr]

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Keep what the caches remember of the suite, which does not run."""
        for name in _CACHES:
            if session.config.pluginmanager.has_plugin(name):
                session.config.pluginmanager.unregister(name=name)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> bool:
        """Collect nothing: no path, no option and no plugin selects among guard items."""
        session.items = items(session, self._told, self._top)
        session.testscollected = len(session.items)
        found = pytest.CollectReport("", "passed", None, [*session.items])
        session.config.hook.pytest_collectreport(report=found)
        session.config.hook.pytest_collection_finish(session=session)
        return True


class Exit:
    """Sees to it that a refused run fails, around whatever else sets the status."""

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_cmdline_main(self) -> Generator[None, object, int]:
        try:
            return _failed((yield))
        except SystemExit as left:
            return _failed(left.code)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, object, object]:
        session.exitstatus = _failed(session.exitstatus)
        try:
            return (yield)
        finally:
            session.exitstatus = _failed(session.exitstatus)


def _failed(status: object) -> int:
    """Keep what says "interrupted" or "crashed"; the system sees only the lowest byte."""
    if isinstance(status, int) and status % 256 not in (0, pytest.ExitCode.NO_TESTS_COLLECTED):
        return status
    return pytest.ExitCode.TESTS_FAILED


def _settle(option: argparse.Namespace) -> None:
    vars(option).update({name: _SETTLED[name] for name in vars(option) if name in _SETTLED})


def _be_outermost(manager: pytest.PytestPluginManager) -> None:
    """Come after all plugins that were loaded at the start: the last one's hook is called first."""
    for plugin in [one for one in manager.get_plugins() if isinstance(one, Refusal | Exit)]:
        manager.unregister(plugin)
        manager.register(plugin)
