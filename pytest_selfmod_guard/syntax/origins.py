"""What the value of an expression is made from, as far as one file tells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from .nodes import children

if TYPE_CHECKING:
    from .python import Python
    from .scopes import Binding, Scope

DEPTH = 40
"""Assignments that lead to one another."""


def origins(python: Python, node: cst.BaseExpression, stop: frozenset[str]) -> frozenset[str]:
    """Give the dotted names of all that a value may come from."""
    found: set[str] = set()
    seen: set[int] = set()
    todo: list[tuple[cst.CSTNode, int]] = [(node, 0)]
    while todo:
        here, depth = todo.pop()
        if id(here) in seen or depth > DEPTH:
            continue
        seen.add(id(here))
        if isinstance(here, cst.Call) and python.names(here.func) & stop:
            continue
        if isinstance(here, cst.BaseExpression):
            found |= python.names(here.func if isinstance(here, cst.Call) else here)
        if isinstance(here, cst.Name):
            todo += [(value, depth + 1) for value in _bound(python, here)]
        todo += [(child, depth) for child in children(here)]
    return frozenset(found)


def _bound(python: Python, name: cst.Name) -> Iterator[cst.BaseExpression]:
    scope: Scope | None = python.place(name).scope
    while scope is not None:
        bindings: list[Binding] = scope.bindings.get(name.value, [])
        if bindings:
            yield from (b.value for b in bindings if isinstance(b.value, cst.BaseExpression))
            return
        scope = scope.parent
