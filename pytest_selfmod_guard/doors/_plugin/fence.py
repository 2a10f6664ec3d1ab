"""Keeps the code of a refused change out of a pytest that is already running."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib.machinery import ModuleSpec
from importlib.metadata import entry_points
from importlib.util import find_spec
from typing import TYPE_CHECKING

from pytest_selfmod_guard.doors._plugin.project import OURS, Project

if TYPE_CHECKING:
    import pytest


def fence(config: pytest.Config, top: str, words: Sequence[str]) -> None:
    """
    Import nothing of the project from now on, until the run ends.

    :param top: the repository's top, without symbolic links
    :param words: the arguments that may name plugins
    """
    project = Project(top)
    manager = config.pluginmanager
    for name in _unwanted(project, words):
        if not manager.has_plugin(name):
            manager.register(_StandIn(), name)
    for plugin in manager.get_plugins():
        if project.has_made(plugin):
            manager.unregister(plugin)
    kept = _leave_path(config, project)
    _leave_ini(config)
    sys.meta_path.insert(0, project)
    config.add_cleanup(lambda: _restore(project, kept))


class _StandIn:
    """Has the name of a plugin that is of the project, and so keeps pytest from loading it."""


def _unwanted(project: Project, words: Sequence[str]) -> Iterator[str]:
    """Name the plugins that pytest may be about to load from the project."""
    for entry in entry_points(group="pytest11"):
        if entry.module.partition(".")[0] != OURS and project.has(_spec(entry.module)):
            yield entry.name
    for name in (*os.environ.get("PYTEST_PLUGINS", "").split(","), *_named(words)):
        if name and project.has(_spec(name)):
            yield name


def _named(words: Iterable[str]) -> Iterator[str]:
    """Give the plugins that ``-p NAME`` and ``-pNAME`` name."""
    before = ""
    for word in words:
        if before == "-p":
            yield word.strip()
        elif word.startswith("-p") and word != "-p":
            yield word[2:].strip()
        before = word


def _spec(name: str) -> ModuleSpec | None:
    """Find a module's outermost package: to find the module itself would import it."""
    try:
        return find_spec(name.partition(".")[0])
    except (ImportError, AttributeError, ValueError):
        return None


def _leave_path(config: pytest.Config, project: Project) -> list[str]:
    """Take the project's folders out of the path; return what was there before pytest began."""
    early = not hasattr(config, "known_args_namespace")  # as long as there is no ini file
    added = [] if early else [str(path) for path in config.getini("pythonpath")]
    kept = [folder for folder in sys.path if folder not in added]
    sys.path[:] = [folder for folder in kept if not project.holds(folder)]
    return kept


def _leave_ini(config: pytest.Config) -> None:
    """
    Forget the ini file, which is the change's: strictness, filters, required plugins.

    What it says about JUnit files only shapes the report, and stays.
    """
    # No public way leads there. Without these attributes pytest may end with
    # another error than the verdict, which `Report.close` then still tells.
    mine = vars(config)
    settings = mine.get("_inicfg", mine.get("inicfg", {}))
    for key in [key for key in settings if not key.startswith("junit_")]:
        del settings[key]
    mine.get("_inicache", {}).clear()


def _restore(project: Project, path: list[str]) -> None:
    """Leave the process as it was, for whoever runs pytest inside another program."""
    if project in sys.meta_path:
        sys.meta_path.remove(project)
    sys.path[:] = path
