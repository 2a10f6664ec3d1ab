"""What a name was given, wherever in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from pytest_selfmod_guard.syntax import Python

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax.scopes import Scope

_MOST = 50  # names that lead to one another


def bound(node: cst.CSTNode, python: Python) -> list[cst.BaseExpression]:
    """Give the expressions that a name is assigned in the nearest scope that has it."""
    if isinstance(node, cst.IfExp):
        return [node.body, node.orelse]
    if not isinstance(node, cst.Name):
        return []
    scope: Scope | None = python.place(node).scope
    while scope is not None:
        bindings = scope.bindings.get(node.value, [])
        if bindings:
            return [b.value for b in bindings if isinstance(b.value, cst.BaseExpression)]
        scope = scope.parent
    return []


def values(node: cst.BaseExpression, python: Python) -> list[cst.BaseExpression]:
    """Give what a name stands for in the end; the expression itself where it is none."""
    found: list[cst.BaseExpression] = []
    waiting, known = [node], set[int]()
    while waiting and len(known) < _MOST:
        one = waiting.pop()
        if id(one) in known:
            continue
        known.add(id(one))
        further = bound(one, python)
        waiting += further
        if not further:
            found.append(one)
    return found
