"""Which parts of a libcst node a rule can care about, in the order of the source."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import libcst as cst

ORDER: dict[str, tuple[str, ...]] = {
    "Arg": ("value",),
    "Attribute": ("value",),
    "DictComp": ("for_in", "key", "value"),
    "GeneratorExp": ("for_in", "elt"),
    "IfExp": ("test", "body", "orelse"),
    "ListComp": ("for_in", "elt"),
    "MatchCase": ("pattern", "guard", "body"),
    "MatchKeywordElement": ("pattern",),
    "SetComp": ("for_in", "elt"),
    "StarredDictComp": ("for_in", "value"),
    "TypeVar": ("bound",),
}
"""Where the declared order is not the order of evaluation, or where a part is
a name that is neither read nor written."""

IGNORED = {"comma", "lpar", "rpar", "lbracket", "rbracket", "lbrace", "rbrace", "semicolon"}
IGNORED |= {"header", "footer", "leading_lines", "lines_after_decorators", "equal", "dot", "colon"}
IGNORED |= {"operator", "asynchronous", "first_colon", "second_colon", "trailing_comma", "newline"}

_fields: dict[type[cst.CSTNode], tuple[str, ...]] = {}


def children(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Give a node's parts without white space, punctuation and bare names."""
    for name in _fields.get(type(node)) or _fields_of(type(node)):
        value = getattr(node, name)
        if isinstance(value, cst.CSTNode):
            yield value
        elif isinstance(value, tuple | list):
            yield from value


def _fields_of(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    declared = (field.name for field in dataclasses.fields(kind))
    names = tuple(n for n in declared if n not in IGNORED and "whitespace" not in n)
    _fields[kind] = ORDER.get(kind.__name__, names)
    return _fields[kind]


def spine(node: cst.BaseExpression) -> list[cst.BaseExpression]:
    """
    Take ``a.b().c[0]`` apart: ``a``, ``a.b``, ``a.b()``, and so on up to the node.

    A loop, because such chains may be thousands long.
    """
    found = [node]
    while True:
        if isinstance(node, cst.Attribute | cst.Subscript):
            node = node.value
        elif isinstance(node, cst.Call):
            node = node.func
        else:
            return found[::-1]
        found.append(node)
