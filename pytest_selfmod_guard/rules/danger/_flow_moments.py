"""What of a file runs while it is imported, or while its project is installed."""

from __future__ import annotations

from posixpath import basename
from typing import TYPE_CHECKING

import libcst as cst

from pytest_selfmod_guard.syntax.nodes import children

if TYPE_CHECKING:
    from pytest_selfmod_guard.rules.danger._flow import Flow
    from pytest_selfmod_guard.syntax import Call

_INSTALLERS = frozenset(
    ("setup.py", "hatch_build.py", "build.py", "_custom_build.py", "build_backend.py")
)
_COMMANDS = ("setuptools.", "distutils.", "hatchling.", "wheel.", "*.command.")


class Moments:
    """The calls of a file by when they run."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._is_installer = basename(flow.python.path) in _INSTALLERS
        self._inside: dict[int, list[cst.Call]] = {}
        """The calls of each function, by the id of its node; 0 for the module."""
        self._walk()
        installing = self._of_commands()
        self._early = self._reached([*self._inside.get(0, ()), *installing])
        self._installed = self._reached(installing)

    def is_early(self, call: Call) -> bool:
        """Tell whether a call runs as soon as the file is imported or installed."""
        return id(call.node) in self._early

    def is_installing(self, call: Call) -> bool:
        """Tell whether a call runs while the project is built or installed."""
        return id(call.node) in self._installed or (self._is_installer and self.is_early(call))

    def _walk(self) -> None:
        todo: list[tuple[cst.CSTNode, int]] = [(self._flow.python.module, 0)]
        while todo:
            node, owner = todo.pop()
            if isinstance(node, cst.If) and not self._is_installer and _is_main(node):
                continue
            if isinstance(node, cst.Call):
                self._inside.setdefault(owner, []).append(node)
            if isinstance(node, cst.FunctionDef):
                todo += [(part, owner) for part in (*node.decorators, node.params)]
                todo.append((node.body, id(node)))
            else:
                todo += [(child, owner) for child in children(node)]

    def _of_commands(self) -> list[cst.Call]:
        """Give the calls in methods of the commands that build and install."""
        scopes = {
            known.qualname
            for known in self._flow.python.classes
            if any(name.startswith(_COMMANDS) for base in known.bases for name in base)
        }
        functions = [f.node for f in self._flow.python.functions if f.scope in scopes]
        return [call for node in functions for call in self._inside.get(id(node), ())]

    def _reached(self, start: list[cst.Call]) -> frozenset[int]:
        seen: set[int] = set()
        todo = list(start)
        while todo:
            call = todo.pop()
            if id(call) in seen:
                continue
            seen.add(id(call))
            for function in self._flow.edges.runs(call):
                if id(function) not in seen:
                    seen.add(id(function))
                    todo += self._inside.get(id(function), ())
        return frozenset(seen)


def _is_main(node: cst.If) -> bool:
    test = node.test
    if not isinstance(test, cst.Comparison):
        return False
    sides = (test.left, *(target.comparator for target in test.comparisons))
    return any(isinstance(side, cst.Name) and side.value == "__name__" for side in sides)
