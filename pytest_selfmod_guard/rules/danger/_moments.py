"""What of a file runs by itself: when it is imported, built or installed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from posixpath import basename
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import libcst as cst

    from pytest_selfmod_guard.syntax import Python

_BUILDS = frozenset(("setup.py", "hatch_build.py", "_build_backend.py", "build_backend.py"))
_COMMANDS = re.compile(
    r"(?:setuptools|distutils)\.(?:[\w.]+\.)?(?:Command|install\w*|develop|egg_info|build\w*|sdist"
    r"|bdist\w*|easy_install|test|upload)|wheel\.bdist_wheel\.bdist_wheel|\*?\.?\w*(?:bdist_wheel|build_ext)"
    r"|hatchling\.[\w.]*Interface|poetry\.[\w.]+|cmdclass"
)
_HOOKS = frozenset(
    ("build_wheel", "build_editable", "build_sdist", "prepare_metadata_for_build_wheel",
     "get_requires_for_build_wheel", "get_requires_for_build_sdist", "pdm_build_initialize",
     "pdm_build_update_files", "get_requires_for_build_editable")
)  # fmt: skip


class Unasked:
    """Knows the parts of one file that run without anybody calling them."""

    def __init__(self, python: Python) -> None:
        self._python = python
        name = basename(python.path)
        self.is_build = name in _BUILDS
        self.is_package = name == "__init__.py"
        self._commands = tuple(
            one.qualname
            for one in python.classes
            if any(_COMMANDS.fullmatch(base) for bases in one.bases for base in bases)
        )
        self._called = self._reached()

    def runs(self, scope: str, node: cst.CSTNode) -> bool:
        """Tell whether code of a scope runs at import, build or installation."""
        outermost = scope.partition(".")[0]
        if self.is_build or any(
            scope == one or scope.startswith(f"{one}.") for one in self._commands
        ):
            return True
        if outermost in _HOOKS:
            return True
        is_reached = not scope or scope in self._called or self._is_class_body(scope)
        return self.is_package and is_reached and not self._is_main(node)

    def _is_class_body(self, scope: str) -> bool:
        return any(one.qualname == scope for one in self._python.classes)

    def _is_main(self, node: cst.CSTNode) -> bool:
        guard = re.search(r"^if\s+__name__\s*==", self._python.text, re.MULTILINE)
        if guard is None:
            return False
        return self._python.line(node) > self._python.text.count("\n", 0, guard.start())

    def _reached(self) -> frozenset[str]:
        """Functions that are called, or handed on, by what runs at import."""
        if not self.is_package:
            return frozenset()
        named = {function.name: function.qualname for function in self._python.functions}
        used: dict[str, set[str]] = {}
        for call in self._python.calls:
            for word in self._words(call.node):
                if word in named:
                    used.setdefault(call.scope, set()).add(named[word])
        found: set[str] = set()
        waiting = [""]
        while waiting:
            new = used.get(waiting.pop(), set()) - found
            found |= new
            waiting += new
        return frozenset(found)

    @staticmethod
    def _words(call: cst.Call) -> Iterable[str]:
        nodes = [call.func, *(argument.value for argument in call.args)]
        for node in nodes:
            for part in (node, getattr(node, "attr", None)):
                value = getattr(part, "value", None)
                if isinstance(value, str):
                    yield value
