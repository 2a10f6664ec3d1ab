"""Functions of both versions of a file, by name, where only what they do is compared."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from pytest_selfmod_guard.view import File, Side

Function = ast.FunctionDef | ast.AsyncFunctionDef
_LARGEST = 400_000


def kept(file: File) -> list[tuple[str, Function, Function]]:
    """Give the functions and methods that are there before and after, when they differ."""
    old, new = named(file.old), named(file.new)
    return [
        (name, old[name], node)
        for name, node in new.items()
        if name in old and ast.dump(old[name]) != ast.dump(node)
    ]


def named(side: Side | None) -> Mapping[str, Function]:
    """Give the functions at the top of a file, and the methods of its classes."""
    found: dict[str, Function] = {}
    tree = parsed(side)
    for node in tree.body if tree else ():
        inner = node.body if isinstance(node, ast.ClassDef) else [node]
        prefix = f"{node.name}." if isinstance(node, ast.ClassDef) else ""
        found.update({f"{prefix}{one.name}": one for one in inner if isinstance(one, Function)})
    return found


def parsed(side: Side | None) -> ast.Module | None:
    """Parse one version of a file; None where it is too large, or no Python."""
    if side is None or not side.is_python or side.blob.size > _LARGEST:
        return None
    try:
        return ast.parse(side.text or "")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def last(node: ast.AST) -> str:
    """Give the last name of a dotted one."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def root(node: ast.AST) -> str:
    """Give the first name of a dotted, called or subscripted one."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        if isinstance(node, ast.Call) and last(node.func) == "type" and node.args:
            node = node.args[0]
        else:
            node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
