"""Expressions with their local names replaced by what these were made from."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from copy import copy

LOCAL = "_"
_UNKNOWN = re.compile(r"(?<!\w)_(?!\w)")
_LARGEST = 80  # nodes of an expression that is put in place of its name
_DEEPEST = 60

Env = Mapping[str, ast.expr | None]
"""What local names stand for; None where that depends."""


def inlined(node: ast.expr, env: Env) -> ast.expr:
    """Give an expression without local names; those that depend are called alike."""
    return _Inliner(env).visit(node, 0)


def names_unknown(code: str) -> bool:
    """Tell whether something in code is only called alike, so that equal words say nothing."""
    return _UNKNOWN.search(code) is not None


def text(node: ast.AST) -> str:
    """Write code in the one way that formatting does not change."""
    try:
        return ast.unparse(node)
    except (ValueError, RecursionError):
        return ast.dump(node)[:2000]


def is_large(node: ast.expr) -> bool:
    """Tell whether an expression is too large to be put in place of a name."""
    return any(count > _LARGEST for count, _ in enumerate(ast.walk(node)))


class _Inliner:
    def __init__(self, env: Env) -> None:
        self._env = env

    def visit(self, node: ast.expr, depth: int) -> ast.expr:
        if depth > _DEEPEST:
            return node
        if isinstance(node, ast.Name):
            return self._name(node)
        fresh = copy(node)
        for field, value in ast.iter_fields(node):
            setattr(fresh, field, self._value(value, depth + 1))
        return fresh

    def _value(self, value: object, depth: int) -> object:
        if isinstance(value, ast.expr):
            return self.visit(value, depth)
        if isinstance(value, list):
            return [self._value(one, depth) for one in value]
        if isinstance(value, ast.keyword | ast.comprehension):
            fresh = copy(value)
            for field, inner in ast.iter_fields(value):
                setattr(fresh, field, self._value(inner, depth + 1))
            return fresh
        return value

    def _name(self, node: ast.Name) -> ast.expr:
        if node.id not in self._env:
            return node
        value = self._env[node.id]
        return ast.Name(LOCAL, ast.Load()) if value is None else value
