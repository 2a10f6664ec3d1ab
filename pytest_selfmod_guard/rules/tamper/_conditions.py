"""Whether a condition always holds, never holds, or depends on something real."""

from __future__ import annotations

import re

import libcst as cst

from pytest_selfmod_guard.rules.tamper._environment import is_set, is_variable
from pytest_selfmod_guard.rules.tamper._nodes import dotted, truth
from pytest_selfmod_guard.syntax import Python, Unknown

_OLDEST = (3, 9)
"""No supported Python is older, so to ask for a newer one than something below is no question."""
_DEPTH = 50
_IN_CI = re.compile(
    r"""["'](CI|CONTINUOUS_INTEGRATION|GITHUB_ACTIONS|GITLAB_CI|PYTEST_CURRENT_TEST|TF_BUILD"""
    r"""|CIRCLECI|JENKINS_URL|BUILDKITE)["']"""
)


def holds(
    node: cst.BaseExpression, python: Python, *, unset: bool = False, depth: int = 0
) -> bool | None:
    """
    Say whether a condition is true, false, or, with None, a real question.

    :param unset: what to think of a variable that only some set: that it is not
    """
    if depth > _DEPTH:
        return None
    if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.Not):
        inner = holds(node.expression, python, unset=unset, depth=depth + 1)
        return None if inner is None else not inner
    if isinstance(node, cst.BooleanOperation):
        return _either(node, python, unset=unset, depth=depth)
    if isinstance(node, cst.SimpleString):
        return _written(node, python, unset=unset, depth=depth)
    known = _compared(node) if isinstance(node, cst.Comparison) else truth(node)
    if known is None:
        known = is_set(node, python, unset=unset)
    return _folded(node, python) if known is None else known


def holds_by_default(node: cst.BaseExpression, python: Python) -> bool | None:
    """Say whether a condition holds where nobody sets a variable for it."""
    held = holds(node, python)
    return holds(node, python, unset=True) if held is None else held


def is_vacuous(node: cst.BaseExpression, python: Python) -> bool:
    """Tell whether an assertion of a condition cannot fail."""
    if isinstance(node, cst.Tuple):
        return bool(node.elements)
    if isinstance(node, cst.SimpleString | cst.ConcatenatedString):
        return True
    return holds(node, python) is True


def is_empty(node: cst.BaseExpression, python: Python) -> bool:
    """Tell whether a loop or a list of cases has nothing to go through."""
    value = python.fold(node)
    return isinstance(value, list | tuple | dict | str | bytes | frozenset) and not value


def asks_for_ci(code: str) -> bool:
    """Tell whether a condition asks if it runs in continuous integration."""
    return _IN_CI.search(code) is not None


def _folded(node: cst.BaseExpression, python: Python) -> bool | None:
    if is_variable(node):
        return None
    value = python.fold(node)
    return None if isinstance(value, Unknown) else bool(value)


def _either(node: cst.BooleanOperation, python: Python, *, unset: bool, depth: int) -> bool | None:
    sides = {holds(side, python, unset=unset, depth=depth + 1) for side in (node.left, node.right)}
    decides = isinstance(node.operator, cst.Or)
    if decides in sides:
        return decides
    return None if None in sides else not decides


def _compared(node: cst.Comparison) -> bool | None:
    if len(node.comparisons) != 1:
        return None
    operator, right = node.comparisons[0].operator, node.comparisons[0].comparator
    if _is_main(node.left, right):
        return isinstance(operator, cst.NotEqual)
    if dotted(node.left) in {"sys.version_info", "version_info"}:
        return _version(operator, right)
    if isinstance(operator, cst.Equal | cst.NotEqual | cst.Is) and (
        _is_constant(node.left) and _is_constant(right)
    ):
        return node.left.deep_equals(right) != isinstance(operator, cst.NotEqual)
    return None


def _version(operator: cst.BaseCompOp, right: cst.BaseExpression) -> bool | None:
    parts = right.elements if isinstance(right, cst.Tuple) else ()
    numbers = tuple(int(n.value.value) for n in parts if isinstance(n.value, cst.Integer))
    if not numbers or len(numbers) != len(parts):
        return None
    if numbers <= _OLDEST:
        old = isinstance(operator, cst.GreaterThan | cst.GreaterThanEqual | cst.NotEqual)
        return True if old else False if isinstance(operator, cst.LessThan) else None
    if numbers >= (4,):
        return isinstance(operator, cst.LessThan | cst.LessThanEqual | cst.NotEqual)
    return None


def _is_constant(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.Integer | cst.SimpleString) or (
        isinstance(node, cst.Name) and node.value in {"True", "False", "None"}
    )


def _is_main(left: cst.BaseExpression, right: cst.BaseExpression) -> bool:
    """Tell whether a comparison asks if the module is run as a program, which a test is not."""
    return dotted(left) == "__name__" and getattr(right, "evaluated_value", "") == "__main__"


def _written(node: cst.SimpleString, python: Python, *, unset: bool, depth: int) -> bool | None:
    """Judge a condition that is given as a string, which pytest evaluates."""
    value = node.evaluated_value
    try:
        condition = cst.parse_expression(value) if isinstance(value, str) else None
    except cst.ParserSyntaxError:
        return None
    if condition is None:
        return None
    return holds(condition, python, unset=unset, depth=depth + 1)
