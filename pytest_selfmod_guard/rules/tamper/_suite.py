"""What pytest and unittest collect from one module."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import libcst as cst

from pytest_selfmod_guard.rules.tamper._inheriting import CASE_BASES, Finder, base_names, cases
from pytest_selfmod_guard.rules.tamper._nodes import (
    Line,
    assigned,
    dotted,
    inside,
    is_fixture,
    reached,
    truth,
)

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python

Key = tuple[str, str]
"""The class around a test, dotted and empty at the top, and its name."""

_CONSTRUCTORS = frozenset(("__init__", "__new__"))


class Function(NamedTuple):
    """A function of a module, with the classes around it."""

    node: cst.FunctionDef
    owners: tuple[cst.ClassDef, ...]

    @property
    def name(self) -> str:
        return self.node.name.value

    @property
    def scope(self) -> str:
        return _scope(self.owners)

    @property
    def key(self) -> Key:
        return self.scope, self.name


class Suite:
    """The tests of one module, and the other functions beside them."""

    def __init__(self, parsed: Python, find: Finder | None = None) -> None:
        """
        Collect from a parsed module, without running anything.

        :param find: gives the modules that test classes may be inherited from
        """
        self.parsed = parsed
        self._find = find
        self.module = parsed.module
        self.tests: dict[Key, Function] = {}
        self.helpers: dict[Key, Function] = {}
        self._classes: set[str] = set()
        if not _opts_out(self.module.body):
            self._collect(self.module.body, (), collected=True)

    def code(self, node: cst.CSTNode) -> str:
        """Give the source of a part of the module."""
        return self.module.code_for_node(node)

    def _collect(
        self, body: Sequence[cst.CSTNode], owners: tuple[cst.ClassDef, ...], *, collected: bool
    ) -> None:
        for statement in reached(body):
            if isinstance(statement, cst.FunctionDef):
                self._add(Function(statement, owners), collected=collected)
            elif isinstance(statement, cst.ClassDef):
                chain = (*owners, statement)
                self._classes.add(_scope(chain))
                is_in = collected and self._is_collected(statement)
                self._collect(inside(statement.body), chain, collected=is_in)
            else:
                for name in _unbound(statement):
                    self._forget(owners, name)

    def _add(self, function: Function, *, collected: bool) -> None:
        is_test = collected and function.name.startswith("test") and not is_fixture(function.node)
        (self.tests if is_test else self.helpers)[function.key] = function
        # The later of two of one name is the one that Python keeps.
        (self.helpers if is_test else self.tests).pop(function.key, None)

    def _forget(self, owners: tuple[cst.ClassDef, ...], name: str) -> None:
        scope = _scope(owners)
        self.tests.pop((scope, name), None)
        gone = f"{scope}.{name}" if scope else name
        if gone in self._classes:
            for key in [key for key in self.tests if f"{key[0]}.".startswith(f"{gone}.")]:
                del self.tests[key]

    def _is_collected(self, node: cst.ClassDef) -> bool:
        if _opts_out(inside(node.body)):
            return False
        name = node.name.value
        if _is_case(node) or name in self._bases or name in self._cases:
            return True
        return name.startswith("Test") and not _is_built(node)

    @cached_property
    def _cases(self) -> frozenset[str]:
        """The classes that reach a test case, in however many steps."""
        return cases(self.parsed, self._find)

    @cached_property
    def _bases(self) -> frozenset[str]:
        """The classes whose tests are collected through a class below them."""
        classes = [node for node in reached(self.module.body) if isinstance(node, cst.ClassDef)]
        parents = {node.name.value: base_names(node) for node in classes}
        waiting = [
            name
            for node in classes
            if _is_case(node)
            or node.name.value in self._cases
            or node.name.value.startswith("Test")
            for name in parents[node.name.value]
        ]
        found: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += parents.get(name, [])
        return frozenset(found & parents.keys())


def _scope(owners: tuple[cst.ClassDef, ...]) -> str:
    return ".".join(owner.name.value for owner in owners)


def _is_case(node: cst.ClassDef) -> bool:
    return any(name.endswith(CASE_BASES) for name in base_names(node))


def _is_built(node: cst.ClassDef) -> bool:
    """Tell whether a class has a constructor, which pytest refuses to collect."""
    return any(
        isinstance(part, cst.FunctionDef) and part.name.value in _CONSTRUCTORS
        for part in inside(node.body)
    )


def _opts_out(body: Sequence[cst.CSTNode]) -> bool:
    """Tell whether a module or class says ``__test__ = False``."""
    bound = (pair for statement in reached(body) for pair in assigned(statement))
    return any(name == "__test__" and truth(value) is False for name, value in bound)


def _unbound(statement: cst.CSTNode) -> Iterator[str]:
    """Give the names that a statement takes away from what was defined before."""
    for part in statement.body if isinstance(statement, Line) else ():
        if isinstance(part, cst.Del):
            target = part.target
            elements = target.elements if isinstance(target, cst.Tuple) else ()
            yield from (dotted(one) for one in [target, *(each.value for each in elements)])
    for name, value in assigned(statement):
        if name.endswith(".__test__") and truth(value) is False:
            yield name.removesuffix(".__test__")
        elif not _mentions(value, name):
            yield name


def _mentions(value: cst.CSTNode, name: str) -> bool:
    if isinstance(value, cst.Name):
        return value.value == name
    return any(_mentions(child, name) for child in value.children)
