"""Where in the project an import leads."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from posixpath import dirname

from pytest_selfmod_guard.rules.validity._modules import Imported, Module, module_of
from pytest_selfmod_guard.view import View

_ROOTS = ("", "src", "lib", "python")
_FILES = (".py", ".pyi", ".pyx", ".so", ".pyd", ".c", ".cpp", ".rs", ".pxd", ".py.in", ".proto")
"""What is a module, becomes one, or may."""


class Tree:
    """The project after a change, or before it."""

    def __init__(self, view: View, *, is_after: bool) -> None:
        """Look at a change, and at what lies beside it."""
        self._view = view
        self._look = view.after if is_after else view.before
        self._is_after = is_after
        self._modules: dict[str, Module | None] = {}

    @cached_property
    def paths(self) -> frozenset[str]:
        """Every file."""
        paths = set(self._view.rest.paths())
        paths -= {file.change.before for file in self._view.files}
        sides = [file.new if self._is_after else file.old for file in self._view.files]
        return frozenset(paths | {side.path for side in sides if side})

    @cached_property
    def folders(self) -> frozenset[str]:
        """Every folder."""
        found: set[str] = set()
        for path in self.paths:
            while (path := dirname(path)) and path not in found:
                found.add(path)
        return frozenset(found)

    def module(self, path: str) -> Module | None:
        """Parse a file, once."""
        if path not in self._modules:
            self._modules[path] = module_of(self._look(path))
        return self._modules[path]

    def missing(self, imported: Imported, path: str) -> str:
        """
        Tell what an import of a file asks for in vain; empty if nothing, or if it is not ours.

        :param path: of the file in which the import stands
        """
        homes = list(self._roots(imported, path))
        if not imported.module.startswith("."):
            homes = [home for home in homes if self._is_there(home, self._first(imported))]
        if not homes:
            return ""
        problems = [self._missing_under(home, imported) for home in homes]
        return problems[0] if all(problems) else ""

    def _roots(self, imported: Imported, path: str) -> Iterator[str]:
        """Give the folders in which a module of that name could lie."""
        level = len(imported.module) - len(imported.module.lstrip("."))
        if level:
            here = dirname(path)
            for _ in range(level - 1):
                here = dirname(here)
            yield here
            return
        here = dirname(path)
        while here:
            yield here
            here = dirname(here)
        yield from _ROOTS

    def _first(self, imported: Imported) -> str:
        name = imported.module.lstrip(".") or imported.name
        return name.partition(".")[0]

    def _is_there(self, home: str, name: str) -> bool:
        """Tell whether a folder has a module or package of a name: then it is ours."""
        path = f"{home}/{name}" if home else name
        return f"{path}.py" in self.paths or f"{path}/__init__.py" in self.paths

    def _missing_under(self, home: str, imported: Imported) -> str:
        parts = [part for part in imported.module.lstrip(".").split(".") if part]
        path = home
        for at, part in enumerate(parts):
            path = f"{path}/{part}" if path else part
            if at == len(parts) - 1 and f"{path}.py" in self.paths:
                return self._missing_name(f"{path}.py", "", imported.name)
            if path not in self.folders:
                return "" if self._may_be(path) else f"module {path.replace('/', '.')!r}"
        inside = f"{path}/__init__.py" if path else "__init__.py"
        return self._missing_name(inside, path, imported.name)

    def _missing_name(self, path: str, package: str, name: str) -> str:
        if not name or name == "*":
            return ""
        below = f"{package}/{name}"
        if package and (below in self.folders or self._may_be(below)):
            return ""
        module = self.module(path)
        if module is None or module.is_open or name in module.names or name.startswith("__"):
            return ""
        return f"name {name!r} in {path!r}"

    def _may_be(self, path: str) -> bool:
        """Tell whether there is a module, or something that may become it."""
        if path.rpartition("/")[2].startswith(("_version", "version")) or path.endswith("_pb2"):
            return True
        return any(f"{path}{ending}" in self.paths for ending in _FILES)
