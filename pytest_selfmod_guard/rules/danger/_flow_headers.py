"""What is sent in headers, and whether only to say who asks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import libcst as cst

from pytest_selfmod_guard.rules.danger._flow_back import behind
from pytest_selfmod_guard.rules.danger._flow_edges import called_name
from pytest_selfmod_guard.rules.danger._flow_marks import Mark
from pytest_selfmod_guard.syntax.nodes import children

if TYPE_CHECKING:
    from pytest_selfmod_guard.rules.danger._flow import Flow

_TELLING = re.compile(
    r"(?i)auth|token|key|secret|cookie|credential|pass|sign|jwt|session|bearer|csrf|user$|account"
)
"""Headers by which a caller says who he is."""
_NEVER = Mark.ENVIRONMENT | Mark.METADATA | Mark.VAULT
"""What says more than that in any header."""
_PRIVATE = _NEVER | Mark.KEYS | Mark.STORE | Mark.SECRET | Mark.POWER
_KNOWN = _PRIVATE | Mark.FILE | Mark.OUTPUT
_PAIRS = frozenset(("add_header", "putheader", "setdefault", "set", "add", "__setitem__"))
_FIELDS = frozenset(("headers", "cookies", "params", "addheaders"))
_CLIENT = re.compile(r"(?i)(?:^|_)(?:session|client|http|opener)$")


class Handed(NamedTuple):
    """Something that a client is told to send along with all it sends."""

    node: cst.CSTNode
    loud: Mark


def loud_headers(flow: Flow, node: cst.BaseExpression) -> Mark:
    """Give what is told by headers otherwise than to log in."""
    marks = flow.marks(node) & _NEVER
    for name, value in _entries(flow, node):
        marks |= _of_entry(flow, name, value)
    return marks


def handed_over(flow: Flow) -> Iterator[Handed]:
    """Give each place where a client's own headers, parameters or cookies are set."""
    todo: list[cst.CSTNode] = [flow.python.module]
    while todo:
        node = todo.pop()
        if isinstance(node, cst.Assign):
            for target in node.targets:
                yield from _assigned(flow, node, target.target)
        elif isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
            yield from _called(flow, node, node.func.value)
        todo += children(node)


def _assigned(flow: Flow, node: cst.Assign, target: cst.BaseExpression) -> Iterator[Handed]:
    if isinstance(target, cst.Subscript) and _is_field(flow, target.value):
        yield Handed(node, _of_entry(flow, _index(flow, target), node.value))
    elif _is_field(flow, target):
        yield Handed(node, loud_headers(flow, node.value))


def _called(flow: Flow, node: cst.Call, receiver: cst.BaseExpression) -> Iterator[Handed]:
    if called_name(node) == "update" and _is_field(flow, receiver):
        marks = Mark.NOTHING
        for arg in node.args:
            name = arg.keyword.value if arg.keyword is not None else ""
            marks |= _of_entry(flow, name, arg.value) if name else loud_headers(flow, arg.value)
        yield Handed(node, marks)
    elif called_name(node) in _PAIRS and _takes_pairs(flow, node, receiver):
        yield Handed(node, _of_entry(flow, _text(flow, node.args[0].value), node.args[1].value))


def _takes_pairs(flow: Flow, node: cst.Call, receiver: cst.BaseExpression) -> bool:
    own = called_name(node) in ("add_header", "putheader")
    return len(node.args) > 1 and (own or _is_field(flow, receiver))


def _is_field(flow: Flow, node: cst.BaseExpression) -> bool:
    """Tell whether an expression is what a client sends along."""
    if not isinstance(node, cst.Attribute) or node.attr.value not in _FIELDS:
        return False
    owner = node.value
    last = owner.attr if isinstance(owner, cst.Attribute) else owner
    named = isinstance(last, cst.Name) and _CLIENT.search(last.value)
    return bool(named or flow.marks(owner) & Mark.CLIENT)


def _entries(flow: Flow, node: cst.BaseExpression) -> Iterator[tuple[str, cst.BaseExpression]]:
    keys = set()
    for part in behind(flow, node):
        keys |= flow.edges.read(part)
        if isinstance(part, cst.DictElement):
            yield _text(flow, part.key), part.value
        elif isinstance(part, cst.Call) and called_name(part) == "dict":
            for arg in part.args:
                yield arg.keyword.value if arg.keyword else "", arg.value
    for index, value in flow.edges.set_by_index:
        if flow.edges.read(index.value) & keys:
            yield _index(flow, index), value


def _of_entry(flow: Flow, name: str, value: cst.BaseExpression) -> Mark:
    marks = flow.marks(value)
    is_quiet = not name or _TELLING.search(name)
    told = marks & (_NEVER if is_quiet else _KNOWN)
    return told if told & _PRIVATE else Mark.NOTHING


def _index(flow: Flow, node: cst.Subscript) -> str:
    inner = node.slice[0].slice
    return _text(flow, inner.value) if isinstance(inner, cst.Index) else ""


def _text(flow: Flow, node: cst.BaseExpression) -> str:
    value = flow.python.fold(node)
    return value if isinstance(value, str) else ""
