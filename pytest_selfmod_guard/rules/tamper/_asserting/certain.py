"""Whether a condition in a test holds on every machine where nobody asks for anything."""

from __future__ import annotations

import ast

import libcst as cst

from pytest_selfmod_guard.rules.tamper._asserting.inlining import names_unknown, text
from pytest_selfmod_guard.rules.tamper._asserting.relations import is_given
from pytest_selfmod_guard.rules.tamper._conditions import holds_by_default
from pytest_selfmod_guard.syntax import Python

_LONGEST = 500
_DEEPEST = 30
_TELLING = frozenset(
    ("os", "environ", "getenv", "sys", "version_info", "TYPE_CHECKING", "typing", "__debug__",
     "__name__", "bool", "int", "len", "str")
)  # fmt: skip


def certain(test: ast.expr, python: Python, depth: int = 0) -> bool | None:
    """Say whether a condition is true or false by default; None where it is a question."""
    if depth > _DEEPEST:
        return None
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = certain(test.operand, python, depth + 1)
        return None if inner is None else not inner
    if isinstance(test, ast.BoolOp):
        decides = isinstance(test.op, ast.Or)
        parts = {certain(one, python, depth + 1) for one in test.values}
        return decides if decides in parts else None if None in parts else not decides
    if isinstance(test, ast.IfExp):
        body = certain(test.body, python, depth + 1)
        return body if body == certain(test.orelse, python, depth + 1) else None
    return _known(test, python)


def _known(test: ast.expr, python: Python) -> bool | None:
    if is_given(test):
        return _truth(test)
    if any(isinstance(one, ast.Name) and one.id not in _TELLING for one in ast.walk(test)):
        return _same_twice(test)
    written = text(test)
    if len(written) > _LONGEST:
        return None
    try:
        return holds_by_default(cst.parse_expression(written), python)
    except cst.ParserSyntaxError:
        return None


def _same_twice(test: ast.expr) -> bool | None:
    """``x == x`` is no question, whatever x is."""
    if not isinstance(test, ast.Compare) or len(test.ops) != 1:
        return None
    if text(test.left) != text(test.comparators[0]) or names_unknown(text(test.left)):
        return None
    if isinstance(test.ops[0], ast.Eq | ast.Is | ast.LtE | ast.GtE):
        return True
    return False if isinstance(test.ops[0], ast.NotEq | ast.IsNot | ast.Lt | ast.Gt) else None


def _truth(test: ast.expr) -> bool | None:
    """Give the truth of what is written down."""
    try:
        return bool(ast.literal_eval(test))
    except (ValueError, TypeError, MemoryError, RecursionError):
        return None
