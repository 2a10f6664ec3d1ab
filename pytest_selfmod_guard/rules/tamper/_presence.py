"""Conditions that only ask whether a name is there that the module itself brings in."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from pytest_selfmod_guard.rules.tamper._nodes import Line, dotted, last_name
from pytest_selfmod_guard.syntax import Python

_DEEPEST = 20


def is_there(node: cst.BaseExpression, python: Python, depth: int = 0) -> bool | None:
    """Answer ``X is not None``, ``callable(X)`` and the like; None for any other condition."""
    if depth > _DEEPEST:
        return None
    if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.Not):
        inner = is_there(node.expression, python, depth + 1)
        return None if inner is None else not inner
    if isinstance(node, cst.BooleanOperation):
        sides = {is_there(one, python, depth + 1) for one in (node.left, node.right)}
        decides = isinstance(node.operator, cst.Or)
        return decides if decides in sides else None if None in sides else not decides
    if isinstance(node, cst.Call):
        asks = last_name(node.func) in {"callable", "id"} and len(node.args) == 1
        return True if asks and _is_own(node.args[0].value, python) else None
    return _compared(node, python) if isinstance(node, cst.Comparison) else None


def _compared(node: cst.Comparison, python: Python) -> bool | None:
    target = node.comparisons[0]
    if len(node.comparisons) != 1 or dotted(target.comparator) != "None":
        return None
    if not _is_own(node.left, python):
        return None
    if isinstance(target.operator, cst.IsNot | cst.NotEqual):
        return True
    return False if isinstance(target.operator, cst.Is | cst.Equal) else None


def _is_own(node: cst.BaseExpression, python: Python) -> bool:
    """Tell whether a name is defined or imported at the top of a module, whatever happens."""
    first = dotted(node).partition(".")[0]
    return bool(first) and first in set(_brought_in(python.module))


def _brought_in(module: cst.Module) -> Iterator[str]:
    for statement in module.body:
        if isinstance(statement, cst.FunctionDef | cst.ClassDef):
            yield statement.name.value
        for part in statement.body if isinstance(statement, Line) else ():
            if isinstance(part, cst.Import | cst.ImportFrom) and not isinstance(
                part.names, cst.ImportStar
            ):
                for alias in part.names:
                    named = alias.asname.name if alias.asname is not None else alias.name
                    yield dotted(named).partition(".")[0]
