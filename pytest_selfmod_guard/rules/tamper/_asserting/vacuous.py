"""Comparisons that hold whatever the code does."""

from __future__ import annotations

import ast

from pytest_selfmod_guard.rules.tamper._asserting import relations as kinds
from pytest_selfmod_guard.rules.tamper._asserting.inlining import names_unknown, text

_ANYTHING = frozenset(("ANY", "mock.ANY", "unittest.mock.ANY"))
_SAME = frozenset((kinds.EQUAL, kinds.IS, kinds.ALMOST, kinds.SAME_PARTS))


def tautology(
    kind: str, subject: ast.expr, expected: ast.expr | None, slack: tuple[str, ...]
) -> str:
    """Say why a relation cannot fail; empty if it can."""
    if expected is None:
        return ""
    given = text(expected)
    may_differ = names_unknown(given) or (kind == kinds.IS and "(" in given)
    if kind in _SAME and text(subject) == given and not may_differ:
        return "both sides are the same"
    if kinds.is_given(subject) and kinds.is_given(expected):
        return "both sides are written down, and nothing is run"
    if kind == kinds.EQUAL and given in _ANYTHING:
        return "it is equal to anything"
    is_size = kind == kinds.MORE and slack and given == "0" and text(subject).startswith("len(")
    return "it is never otherwise" if is_size or (kind == kinds.TYPE and given == "object") else ""
