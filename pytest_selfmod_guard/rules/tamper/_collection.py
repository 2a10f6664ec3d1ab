"""Which files pytest takes for test modules, by its defaults and by the base's configuration."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from posixpath import basename

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Base

_NOT_ENTERED = frozenset(
    ("node_modules", "venv", "build", "dist", "CVS", "_darcs", "{arch}", "__pycache__")
)


class Collection:
    """Knows test modules by their paths."""

    def __init__(self, base: Base) -> None:
        """Take what the base says; what it says in other files than TOML is not read."""
        self._patterns = _python_files(base.documents.get("pyproject.toml", b""))

    def has(self, path: str) -> bool:
        """Tell whether a file's tests would be collected, were its folder entered."""
        return paths.is_test_module(path) or (
            path.endswith(".py") and any(_matches(path, pattern) for pattern in self._patterns)
        )

    def names(self, path: str, others: Iterable[str]) -> bool:
        """
        Tell whether a file at a new place is still called as tests are.

        :param others: the files of the base, which may have a form of their own
        """
        name = basename(path)
        if name.startswith("test") or name.endswith("_test.py"):
            return True
        if any(_matches(path, pattern) for pattern in self._patterns):
            return True
        return sum(1 for one in others if one.endswith("_tests.py")) > 0

    def enters(self, path: str) -> bool:
        """Tell whether pytest looks into the folders on the way to a file."""
        folders = path.split("/")[:-1]
        return not any(folder in _NOT_ENTERED or folder.startswith(".") for folder in folders)


def _matches(path: str, pattern: str) -> bool:
    return fnmatchcase(path if "/" in pattern else basename(path), pattern)


def _python_files(pyproject: bytes) -> list[str]:
    try:
        table: object = tomllib.loads(pyproject.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
        return []
    for key in ("tool", "pytest", "ini_options", "python_files"):
        table = table.get(key, {}) if isinstance(table, Mapping) else {}
    if isinstance(table, str):
        return table.split()
    return [str(pattern) for pattern in table] if isinstance(table, list) else []
