"""Statements that end a test, fail it, or run nothing."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from pytest_selfmod_guard.rules.tamper._asserting.inlining import text
from pytest_selfmod_guard.rules.tamper._asserting.spelled import last

_LEAVING = frozenset(("skip", "exit", "xfail", "skipTest", "_exit"))
SWALLOWED = frozenset(("AssertionError", "Exception", "BaseException"))
"""Errors that a failing assertion is one of."""


def leaves(statement: ast.stmt) -> bool:
    """Tell whether nothing after a statement is reached."""
    if isinstance(statement, ast.Return | ast.Raise | ast.Continue | ast.Break):
        return True
    call = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(call, ast.Call) and last(call.func) in _LEAVING


def fails(body: list[ast.stmt]) -> bool:
    """Tell whether a block turns the test red, or hands an error on."""
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Assert):
                return True
            if isinstance(node, ast.Raise):
                name = (
                    last(node.exc.func if isinstance(node.exc, ast.Call) else node.exc)
                    if node.exc
                    else ""
                )
                if "Skip" not in name:
                    return True
            if isinstance(node, ast.Call) and last(node.func).lower().startswith(
                ("fail", "assert")
            ):
                return True
    return False


def is_failure(statement: ast.stmt) -> bool:
    """Tell whether a statement does nothing but fail the test."""
    if isinstance(statement, ast.Raise):
        return fails([statement])
    call = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(call, ast.Call) and last(call.func) == "fail"


def is_empty(head: ast.expr) -> bool:
    if isinstance(head, ast.List | ast.Tuple | ast.Set):
        return not head.elts
    if isinstance(head, ast.Dict):
        return not head.keys
    if isinstance(head, ast.Subscript):
        return text(head.slice) in {":0", "0:0"}
    if isinstance(head, ast.Call):
        name = last(head.func)
        return (name == "range" and text(head) == "range(0)") or (
            name in {"list", "tuple", "iter", "enumerate", "sorted", "zip", "items"}
            and (is_empty(head.args[0]) if head.args else not isinstance(head.func, ast.Attribute))
        )
    return isinstance(head, ast.Constant) and not head.value


def caught(types: ast.expr | None) -> bool:
    """Tell whether what is caught includes the failure of an assertion."""
    return types is None or any(last(one) in SWALLOWED for one in _flat(types))


def _flat(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.Tuple):
        yield from node.elts
    else:
        yield node
