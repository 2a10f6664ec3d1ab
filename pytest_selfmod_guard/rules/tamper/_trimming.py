"""What a hook takes out of the cases that a test is marked with."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from pytest_selfmod_guard.rules.tamper._nodes import last_name
from pytest_selfmod_guard.rules.tamper._plugins import Step, calls_in
from pytest_selfmod_guard.syntax import Python

_CASES = re.compile(r"\b(own_markers|iter_markers|get_closest_marker|pytestmark|_calls|callspec)\b")
_TAKING_AWAY = frozenset(("clear", "pop", "remove", "__delitem__", "__setitem__"))


def trims(node: cst.CSTNode, step: Step, python: Python) -> bool:
    """Tell whether a statement changes the marks or the cases of a test in place."""
    if isinstance(node, cst.Del):
        return _is_of_cases(node.target, step, python)
    if isinstance(node, cst.Assign):
        targets = [each.target for each in node.targets]
        inner = (one for one in targets if isinstance(one, cst.Subscript | cst.Attribute))
        return any(_is_of_cases(one, step, python) for one in inner)
    return any(
        isinstance(call.func, cst.Attribute)
        and last_name(call.func) in _TAKING_AWAY
        and _is_of_cases(call.func.value, step, python)
        for call in calls_in(node)
    )


def _is_of_cases(target: cst.BaseExpression | cst.CSTNode, step: Step, python: Python) -> bool:
    if not isinstance(target, cst.BaseExpression):
        return False
    if _CASES.search(python.code(target)):
        return True
    return _root(target) in _named(step, python)


def _root(node: cst.CSTNode) -> str:
    while isinstance(node, cst.Attribute | cst.Subscript | cst.Call):
        node = node.func if isinstance(node, cst.Call) else node.value
    return node.value if isinstance(node, cst.Name) else ""


def _named(step: Step, python: Python) -> set[str]:
    """Give the names in a function that stand for marks or what is in them."""
    if step.function is None:
        return set()
    pairs = [
        (target.value, source)
        for target, source in _bound(step.function.body)
        if isinstance(target, cst.Name)
    ]
    found: set[str] = set()
    for _ in range(3):  # from name to name
        found |= {
            name
            for name, source in pairs
            if _CASES.search(python.code(source)) or _root(source) in found
        }
    return found


def _bound(node: cst.CSTNode) -> Iterator[tuple[cst.CSTNode, cst.BaseExpression]]:
    if isinstance(node, cst.For):
        yield node.target, node.iter
    if isinstance(node, cst.Assign):
        yield from ((each.target, node.value) for each in node.targets)
    if isinstance(node, cst.NamedExpr):
        yield node.target, node.value
    for child in node.children:
        yield from _bound(child)
