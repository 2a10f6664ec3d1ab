"""What of a module runs by itself: on import, in hooks and fixtures, and what these call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import libcst as cst

from pytest_selfmod_guard.rules.tamper._exits import LATER
from pytest_selfmod_guard.rules.tamper._nodes import last_name, truth
from pytest_selfmod_guard.syntax import Python

_PROGRAM = frozenset(("__name__ == '__main__'", "'__main__' == __name__"))
_ASKING = (
    cst.If,
    cst.IfExp,
    cst.BooleanOperation,
    cst.ExceptHandler,
    cst.ExceptStarHandler,
    cst.Match,
    cst.While,
    cst.For,
)


class Spot(NamedTuple):
    """A node that runs by itself."""

    node: cst.CSTNode
    scope: str
    is_certain: bool
    """False behind a condition, or in what handles an error."""


class Running:
    """Follows a module from what Python and pytest run of it."""

    def __init__(self, python: Python, starts: Sequence[str], *, hands_on: bool) -> None:
        """
        Look at a module.

        :param starts: how the names of functions begin that run by themselves
        :param hands_on: whether to follow what is passed to any call, and not only to those
            that are known to run it later
        """
        self._python = python
        self._hands_on = hands_on
        self._functions: dict[str, list[cst.FunctionDef]] = {}
        for function in python.functions:
            self._functions.setdefault(function.name, []).append(function.node)
        self._waiting: list[tuple[cst.CSTNode, bool]] = [(python.module, True)]
        for function in python.functions if starts else ():
            # A decorator may register it: as a fixture, a hook of another name, or with atexit.
            if function.name.startswith((*starts, "__")) or function.node.decorators:
                self._waiting.append((function.node.body, True))

    def spots(self) -> Iterator[Spot]:
        """Give every call, argument and raised error that runs, in no order."""
        known: set[int] = set()
        while self._waiting:
            node, certain = self._waiting.pop()
            if id(node) in known or self._is_for_programs(node):
                continue
            known.add(id(node))
            if isinstance(node, cst.FunctionDef):
                self._waiting += ((mark, certain) for mark in node.decorators)
                continue
            self._follow(node)
            if isinstance(node, cst.Call | cst.Raise | cst.Arg):
                yield Spot(node, self._python.scope(node), certain)
            certain = certain and not isinstance(node, _ASKING)
            self._waiting += ((child, certain) for child in node.children)

    def _follow(self, node: cst.CSTNode) -> None:
        """Go on with the functions of this module that a call names."""
        if not isinstance(node, cst.Call):
            return
        is_later = self._hands_on or last_name(node.func) in LATER
        handed = [arg.value for arg in node.args] if is_later else []
        for name in map(last_name, (node.func, *handed)):
            for function in self._functions.get(name, ()):
                self._waiting.append((function.body, False))

    def _is_for_programs(self, node: cst.CSTNode) -> bool:
        """Tell whether a block runs only where the module is a program, or never."""
        if not isinstance(node, cst.If) or node.orelse is not None:
            return False
        return truth(node.test) is False or self._python.code(node.test) in _PROGRAM
