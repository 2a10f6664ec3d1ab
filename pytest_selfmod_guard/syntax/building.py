"""Which statements build the value of a name that is bound more than once, or changed in place."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

import libcst as cst

from .executing import CHANGES, Execution
from .nodes import children
from .sizes import Plain, Unfoldable

if TYPE_CHECKING:
    from .folding import Folder
    from .scopes import Scope

MOST = 200
"""Statements that build one value."""
CHANGING = {name for _, name in CHANGES}
INNER = (cst.FunctionDef, cst.ClassDef, cst.Lambda)


class Suite:
    """The statements of one scope, by the names they give values to."""

    def __init__(self, folder: Folder, scope: Scope) -> None:
        self.scope = scope
        self.statements = _statements(scope.node)
        self.orders = [folder.resolver.place(one).order for one in self.statements]
        self.builders: dict[str, set[int]] = defaultdict(set)
        """Indices of statements, by the name that each binds or changes."""
        self.bound: dict[int, set[str]] = defaultdict(set)
        self.built: set[str] = set()
        """Names whose value grows, statement by statement."""
        self.looks: dict[str, int] = defaultdict(int)
        """How often a name is read in what changes it."""
        for name, bindings in scope.bindings.items():
            for binding in bindings:
                self._note(name, bisect_right(self.orders, binding.order) - 1)
        for index, statement in enumerate(self.statements):
            self._find_changes(index, statement)

    def _note(self, name: str, index: int) -> None:
        if index >= 0:
            self.builders[name].add(index)
            self.bound[index].add(name)
            if isinstance(self.statements[index], cst.For | cst.While):
                self.built.add(name)

    def _find_changes(self, index: int, statement: cst.CSTNode) -> None:
        waiting = [statement]
        while waiting:
            one = waiting.pop()
            if isinstance(one, INNER):
                continue
            name = _changed(one)
            if name and name in self.scope.bindings:
                self._note(name, index)
                self.built.add(name)
                self.looks[name] += not isinstance(one, cst.AugAssign)
            waiting.extend(children(one))

    def building(self, name: str) -> tuple[list[cst.CSTNode], set[str]]:
        """Give the statements behind a name, and all the names that they bind."""
        names, indices, waiting = {name}, set(self.builders[name]), [name]
        while waiting:
            for index in self.builders[waiting.pop()]:
                indices.add(index)
                new = self.bound[index] - names
                names |= new
                waiting.extend(new)
            if len(indices) > MOST:
                raise Unfoldable
        return [self.statements[index] for index in sorted(indices)], names


def build(folder: Folder, suite: Suite, name: str) -> Plain:
    """
    Carry out what builds a name, and give what it is in the end.

    :raises Unfoldable: and what the folder raises, where that cannot be told
    """
    statements, names = suite.building(name)
    with folder.within(suite.scope, names):
        run = Execution(folder, suite.scope)
        if run.run(statements):
            raise Unfoldable
        value = folder.environment[id(suite.scope), name]
    is_shared = folder.walk.loads.get(name, 0) > suite.looks[name]
    if isinstance(value, list | dict | tuple) and is_shared:
        raise Unfoldable
    return value


def _statements(node: cst.CSTNode | None) -> Sequence[cst.CSTNode]:
    if isinstance(node, cst.Module):
        return node.body
    return node.body.body if isinstance(node, cst.FunctionDef) else ()


def _changed(node: cst.CSTNode) -> str:
    """Give the name whose value a node changes in place, or adds to."""
    target: cst.CSTNode | None = None
    if isinstance(node, cst.AugAssign):
        target = node.target
    elif isinstance(node, cst.AssignTarget) and isinstance(node.target, cst.Subscript):
        target = node.target.value
    elif isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
        target = node.func.value if node.func.attr.value in CHANGING else None
    return target.value if isinstance(target, cst.Name) else ""
