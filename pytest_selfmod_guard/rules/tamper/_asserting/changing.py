"""Names in a function that do not stand for what they were first made of."""

from __future__ import annotations

import ast
from collections.abc import Iterator

_DISPLAYS = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)


def is_mutable(node: ast.expr) -> bool:
    """Tell whether a value is a list, a dictionary or a set that was just made."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id in {"list", "dict", "set", "defaultdict", "Counter", "deque"}
    return isinstance(node, _DISPLAYS)


def changed_names(function: ast.AST) -> frozenset[str]:
    """Give the names whose value something in a function may change."""
    return frozenset(_changed(function))


def _changed(function: ast.AST) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield from _name(node.func.value)
        elif isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
            yield from _name(node.value)
        elif isinstance(node, ast.AugAssign):
            yield from _name(node.target)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            for arg in node.value.args:
                yield from _name(arg)
        elif node is not function and isinstance(node, _INNER):
            yield from (one.id for one in ast.walk(node) if isinstance(one, ast.Name))


_INNER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def _name(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Name):
        yield node.id
