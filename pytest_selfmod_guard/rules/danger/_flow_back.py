"""What a value is put together from, followed back from where it is used."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import libcst as cst

from pytest_selfmod_guard.rules.danger._flow_edges import Key, called_name
from pytest_selfmod_guard.rules.danger._flow_texts import sketch
from pytest_selfmod_guard.syntax.nodes import children

if TYPE_CHECKING:
    from pytest_selfmod_guard.rules.danger._flow import Flow

_TEXTUAL = (
    cst.SimpleString,
    cst.ConcatenatedString,
    cst.FormattedString,
    cst.BinaryOperation,
)
_CARRIERS = frozenset(
    (
        "str", "bytes", "bytearray", "repr", "hex", "encode", "decode", "format", "join", "strip",
        "b64encode", "b32encode", "b16encode", "b85encode", "urlsafe_b64encode", "hexlify",
        "dumps", "urlencode", "quote", "quote_plus", "replace", "split", "lower", "upper", "dict",
        "list", "tuple", "compress", "reversed", "rstrip", "lstrip", "splitlines", "get", "copy",
        "asdict", "vars", "sorted", "set", "map", "filter", "text", "write",
    )
)  # fmt: skip
"""Calls whose result still tells what they were given."""
_MANY = 400
_ways: WeakKeyDictionary[Flow, dict[Key, list[cst.CSTNode]]] = WeakKeyDictionary()


def behind(flow: Flow, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Give an expression, and all that its value is told by, as far as the file shows it."""
    ways = _of(flow)
    todo, seen = [node], set[int]()
    while todo and len(seen) < _MANY:
        here = todo.pop()
        if id(here) in seen:
            continue
        seen.add(id(here))
        yield here
        todo += _parts(here)
        for key in _keys(flow, here):
            todo += ways.get(key, ())


def texts_behind(flow: Flow, node: cst.CSTNode) -> list[tuple[cst.CSTNode, str]]:
    """Give the texts that a value is put together from, with what is not known as ``*``."""
    found = [part for part in behind(flow, node) if isinstance(part, _TEXTUAL)]
    return [(part, sketch(flow.python, part)) for part in found]


def _of(flow: Flow) -> dict[Key, list[cst.CSTNode]]:
    if flow not in _ways:
        ways: dict[Key, list[cst.CSTNode]] = defaultdict(list)
        for edge in flow.edges.all:
            ways[edge.key].append(edge.value)
        _ways[flow] = ways
    return _ways[flow]


def _keys(flow: Flow, node: cst.CSTNode) -> set[Key]:
    return flow.edges.returned(node) if isinstance(node, cst.Call) else flow.edges.read(node)


def _parts(node: cst.CSTNode) -> list[cst.CSTNode]:
    if isinstance(node, cst.Call):
        if called_name(node) not in _CARRIERS:
            return []
        receiver = [node.func.value] if isinstance(node.func, cst.Attribute) else []
        return [*receiver, *(arg.value for arg in node.args)]
    if isinstance(node, cst.Attribute | cst.Comparison | cst.Lambda):
        return []
    if isinstance(node, cst.IfExp):
        return [node.body, node.orelse]
    if isinstance(node, cst.DictElement):
        return [node.value]
    return [node.value] if isinstance(node, cst.Subscript) else list(children(node))
