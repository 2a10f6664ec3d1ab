"""The texts of a setup script, as far as they are known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeGuard

import libcst as cst

from pytest_selfmod_guard.rules.danger._flow import flow
from pytest_selfmod_guard.rules.danger._flow_back import texts_behind
from pytest_selfmod_guard.rules.danger._flow_edges import called_name
from pytest_selfmod_guard.rules.danger._flow_texts import sketch
from pytest_selfmod_guard.syntax.nodes import children

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python

_TEXTUAL = (
    cst.SimpleString,
    cst.ConcatenatedString,
    cst.FormattedString,
    cst.BinaryOperation,
)


def setup_texts(python: Python, key: str) -> Iterator[tuple[cst.CSTNode, str, bool]]:
    """Give each whole text of a script, and whether it gets to what is given as `key`."""
    inside = {
        id(node) for value in _given(python, key) for node, _ in texts_behind(flow(python), value)
    }
    todo: list[cst.CSTNode] = [python.module]
    while todo:
        node = todo.pop()
        if isinstance(node, cst.Expr) and isinstance(node.value, cst.SimpleString):
            continue
        if _is_text(node):
            yield node, sketch(python, node), id(node) in inside
        if not isinstance(node, _TEXTUAL) or isinstance(node, cst.BinaryOperation):
            todo += children(node)


def _is_text(node: cst.CSTNode) -> TypeGuard[cst.BaseExpression]:
    formats = isinstance(node, cst.Call) and called_name(node) == "format"
    return formats or isinstance(node, _TEXTUAL)


def _given(python: Python, key: str) -> Iterator[cst.CSTNode]:
    todo: list[cst.CSTNode] = [python.module]
    while todo:
        node = todo.pop()
        if isinstance(node, cst.Arg | cst.DictElement | cst.Assign) and _is_at(python, node, key):
            yield node.value
        todo += children(node)


def _is_at(python: Python, node: cst.Arg | cst.DictElement | cst.Assign, key: str) -> bool:
    if isinstance(node, cst.Arg):
        return node.keyword is not None and node.keyword.value == key
    if isinstance(node, cst.DictElement):
        return python.fold(node.key) == key
    return any(_names(python, target.target, key) for target in node.targets)


def _names(python: Python, target: cst.BaseExpression, key: str) -> bool:
    if isinstance(target, cst.Subscript) and isinstance(target.slice[0].slice, cst.Index):
        return python.fold(target.slice[0].slice.value) == key
    return isinstance(target, cst.Name) and target.value == key
