"""What a method is called on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from pytest_selfmod_guard.rules.danger._vulnerable_facts import facts

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python


def is_made_by(python: Python, node: cst.BaseExpression | None, makers: re.Pattern[str]) -> bool:
    """Tell whether an expression is what one of some calls gives."""
    waiting = [node]
    for _ in range(3):
        if any(isinstance(one, cst.Call) and _is_one(python, one, makers) for one in waiting):
            return True
        waiting = [value for one in waiting for value in _values(python, one)]
    return False


def _is_one(python: Python, call: cst.Call, makers: re.Pattern[str]) -> bool:
    return any(makers.search(name) for name in python.names(call.func))


def _values(python: Python, node: cst.BaseExpression | None) -> list[cst.BaseExpression]:
    if isinstance(node, cst.Name):
        return [one.value for one in facts(python).reaching(node)[0]]
    if isinstance(node, cst.Attribute):
        return [one.value for one in facts(python).fields(node)]
    return [node.expression] if isinstance(node, cst.Await) else []


def receiver(call: cst.Call) -> cst.BaseExpression | None:
    """Give what a method is called on."""
    return call.func.value if isinstance(call.func, cst.Attribute) else None
