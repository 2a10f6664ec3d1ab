"""Whether a function is the same in two versions of a file."""

from __future__ import annotations

import ast


def dumped(node: ast.AST) -> str:
    """Give a function's code without layout and comments."""
    return ast.dump(node)


def words(node: ast.AST) -> frozenset[str]:
    """Give every name in a function, its parameters included."""
    found = set()
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name):
            found.add(inner.id)
        elif isinstance(inner, ast.arg):
            found.add(inner.arg)
        elif isinstance(inner, ast.Attribute):
            found.add(inner.attr)
    return frozenset(found)
