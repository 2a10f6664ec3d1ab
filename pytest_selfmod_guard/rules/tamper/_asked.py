"""The conditions around a place in a module, and what the names in them were made from."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from pytest_selfmod_guard.syntax import Python

_WORD = re.compile(r"[A-Za-z_]\w*")


def conditions(place: cst.CSTNode, python: Python) -> list[str]:
    """Give the code of each condition and handler that a place stands in; outermost first."""
    found = [python.code(one) for one in _around(place, python.module)]
    words = {word for code in found for word in _WORD.findall(code)}
    # A flag of the module stands for what it was made from: a version, a missing library.
    return found + [line for line in _bindings(python) if not words.isdisjoint(_named(line))]


def _around(place: cst.CSTNode, module: cst.Module) -> list[cst.CSTNode]:
    waiting: list[tuple[cst.CSTNode, tuple[cst.CSTNode, ...]]] = [(module, ())]
    while waiting:
        node, asked = waiting.pop()
        if node is place:
            return list(asked)
        inner = _asked(node)
        waiting += [(child, (*asked, *inner)) for child in node.children]
    return []


def _asked(node: cst.CSTNode) -> tuple[cst.CSTNode, ...]:
    if isinstance(node, cst.If | cst.While):
        return (node.test,)
    if isinstance(node, cst.ExceptHandler) and node.type is not None:
        return (node.type,)
    return ()


def _bindings(python: Python) -> Iterator[str]:
    """Give the statements at the top that bind a name, those in a ``try`` with its handlers."""
    for statement in python.module.body:
        if isinstance(statement, cst.SimpleStatementLine | cst.Try | cst.If):
            yield python.code(statement)


def _named(code: str) -> set[str]:
    return set(re.findall(r"^\s*(\w+)(?:\s*:[^=\n]+)?\s*=", code, re.MULTILINE)) | set(
        re.findall(r"\bimport\s+(?:\w+\s+as\s+)?(\w+)", code) if "except" in code else ()
    )
