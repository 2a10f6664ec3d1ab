"""Knows a repository's own code, and refuses to import it."""

from __future__ import annotations

import os
import site
import sys
import sysconfig
from importlib.machinery import ModuleSpec
from types import ModuleType

import pytest

from pytest_selfmod_guard.doors._launch.isolated import is_within

OURS = "pytest_selfmod_guard"
"""Our own package, which may be what is judged, and must go on working."""


class Project:
    """A repository's own code, which is not what is installed beside it or in it."""

    def __init__(self, top: str) -> None:
        self._top = top
        paths = sysconfig.get_paths()
        installed = [paths[name] for name in ("purelib", "platlib", "stdlib", "platstdlib")]
        # Where pytest runs from, pytest must be able to import.
        installed += [site.getusersitepackages(), os.path.dirname(os.path.dirname(pytest.__file__))]
        self._installed = [os.path.realpath(folder) for folder in installed]

    def holds(self, path: str) -> bool:
        real = os.path.realpath(path)
        inside = is_within(real, self._top)
        return inside and not any(is_within(real, folder) for folder in self._installed)

    def has(self, spec: ModuleSpec | None) -> bool:
        if spec is None:
            return False
        places = [*(spec.submodule_search_locations or ())]
        if spec.has_location and spec.origin:
            places.append(spec.origin)
        return any(map(self.holds, places))

    def has_made(self, plugin: object) -> bool:
        module = (
            plugin if isinstance(plugin, ModuleType) else sys.modules.get(type(plugin).__module__)
        )
        file = getattr(module, "__file__", None)
        ours = getattr(module, "__name__", "").partition(".")[0] == OURS
        return isinstance(file, str) and not ours and self.holds(file)

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        """Be a finder: refuse what any other finder would find in the project."""
        if name.partition(".")[0] == OURS:
            return
        for finder in sys.meta_path:
            look = getattr(finder, "find_spec", None)
            if finder is self or look is None:
                continue
            if spec := look(name, path, target):
                if self.has(spec):
                    raise ModuleNotFoundError(
                        f"{name!r} is code of a change that is refused", name=name
                    )
                return
