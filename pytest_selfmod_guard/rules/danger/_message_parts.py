"""What a text that is put together shows as it is."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

_SHOWN = frozenset(
    ("str", "repr", "format", "join", "encode", "dumps", "b64encode", "decode", "hex", "hexlify")
)
_MOST = 200


def parts(value: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """Give the names, attributes and look-ups whose values a reader of a text sees."""
    waiting, seen = [value], 0
    while waiting and (seen := seen + 1) < _MOST:
        node = waiting.pop()
        if isinstance(node, cst.Name | cst.Attribute | cst.Subscript):
            yield node
        elif isinstance(node, cst.FormattedString | cst.ConcatenatedString):
            waiting += _formatted(node)
        elif isinstance(node, cst.BinaryOperation):
            waiting += [node.left, node.right]
        elif isinstance(node, cst.Tuple | cst.List | cst.Dict):
            waiting += [one.value for one in node.elements]
        elif isinstance(node, cst.Call):
            yield node
            waiting += _of_call(node)


def _formatted(
    node: cst.FormattedString | cst.ConcatenatedString,
) -> Iterator[cst.BaseExpression]:
    if isinstance(node, cst.ConcatenatedString):
        yield from (node.left, node.right)
        return
    for part in node.parts:
        if isinstance(part, cst.FormattedStringExpression):
            yield part.expression


def _of_call(node: cst.Call) -> list[cst.BaseExpression]:
    """Look through what only writes a value another way."""
    func = node.func
    name = func.attr.value if isinstance(func, cst.Attribute) else ""
    name = func.value if isinstance(func, cst.Name) else name
    if name not in _SHOWN:
        return []
    owner = [func.value] if isinstance(func, cst.Attribute) else []
    return [*owner, *(arg.value for arg in node.args)]
