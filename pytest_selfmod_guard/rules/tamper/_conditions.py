"""Whether a condition always holds, never holds, or depends on something real."""

from __future__ import annotations

import re

import libcst as cst

from pytest_selfmod_guard.rules.tamper._nodes import dotted, truth

_OLDEST = (3, 9)
"""No supported Python is older, so to ask for a newer one than something below is no question."""
_DEPTH = 50
_IN_CI = re.compile(
    r"""["'](CI|CONTINUOUS_INTEGRATION|GITHUB_ACTIONS|GITLAB_CI|PYTEST_CURRENT_TEST|TF_BUILD"""
    r"""|CIRCLECI|JENKINS_URL|BUILDKITE)["']"""
)


def holds(node: cst.BaseExpression, depth: int = 0) -> bool | None:
    """Say whether a condition is true, false, or, with None, a real question."""
    if depth > _DEPTH:
        return None
    if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.Not):
        inner = holds(node.expression, depth + 1)
        return None if inner is None else not inner
    if isinstance(node, cst.BooleanOperation):
        return _either(node, depth)
    if isinstance(node, cst.Comparison):
        return _compared(node)
    if isinstance(node, cst.SimpleString):
        return _written(node, depth)
    return truth(node)


def asks_for_ci(code: str) -> bool:
    """Tell whether a condition asks if it runs in continuous integration."""
    return _IN_CI.search(code) is not None


def _either(node: cst.BooleanOperation, depth: int) -> bool | None:
    sides = {holds(node.left, depth + 1), holds(node.right, depth + 1)}
    decides = isinstance(node.operator, cst.Or)
    if decides in sides:
        return decides
    return None if None in sides else not decides


def _compared(node: cst.Comparison) -> bool | None:
    if len(node.comparisons) != 1:
        return None
    operator, right = node.comparisons[0].operator, node.comparisons[0].comparator
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


def _written(node: cst.SimpleString, depth: int) -> bool | None:
    """Judge a condition that is given as a string, which pytest evaluates."""
    value = node.evaluated_value
    try:
        return holds(cst.parse_expression(value), depth + 1) if isinstance(value, str) else None
    except cst.ParserSyntaxError:
        return None
