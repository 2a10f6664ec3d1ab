"""What conditions compare, and where the two sides come from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from pytest_selfmod_guard.syntax.nodes import children

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python

_ASKING = frozenset(("startswith", "endswith", "match", "search", "fullmatch", "__contains__"))
_DAYS = frozenset(("datetime.date", "datetime.datetime", "datetime.datetime.fromisoformat",
    "datetime.date.fromisoformat", "datetime.datetime.strptime"))  # fmt: skip
_YEARS = range(2020, 2101)
_EPOCH = range(1_600_000_000, 4_200_000_000)
_SHORTEST = 2


def conditions(python: Python) -> Iterator[tuple[cst.CSTNode, list[cst.BaseExpression]]]:
    """Give each comparison that decides what happens, with the things compared."""
    waiting: list[tuple[cst.CSTNode, bool]] = [(python.module, False)]
    while waiting:
        node, deciding = waiting.pop()
        if deciding and isinstance(node, cst.Comparison) and len(node.comparisons) == 1:
            yield node, [node.left, node.comparisons[0].comparator]
        elif deciding and isinstance(node, cst.Call) and _asks(node):
            func = cst.ensure_type(node.func, cst.Attribute)
            yield node, [func.value, node.args[0].value]
        if isinstance(node, cst.If | cst.While | cst.IfExp):
            waiting.append((node.test, True))
            waiting += [(one, False) for one in children(node) if one is not node.test]
        else:
            inner = deciding and isinstance(node, cst.BooleanOperation | cst.UnaryOperation)
            waiting += [(one, inner) for one in children(node)]


def _asks(node: cst.Call) -> bool:
    is_method = isinstance(node.func, cst.Attribute) and node.func.attr.value in _ASKING
    return is_method and bool(node.args)


def asked(python: Python, node: cst.BaseExpression) -> frozenset[str]:
    """Give the dotted names of what a value comes from."""
    return python.origins(node)


def is_text(python: Python, node: cst.BaseExpression) -> bool:
    """Tell whether a value is a text that stands in the file, or a list of such."""
    value = python.fold(node)
    values = value if isinstance(value, list | tuple | frozenset | set) else [value]
    return any(isinstance(one, str | int) and len(str(one)) > _SHORTEST for one in values)


def is_day(python: Python, node: cst.BaseExpression) -> bool:
    """Tell whether a value is a day that stands in the file."""
    value = python.fold(node)
    if isinstance(value, int | float):
        return int(value) in _EPOCH or int(value) in _YEARS
    if isinstance(value, tuple):
        return bool(value) and value[0] in _YEARS
    if not isinstance(node, cst.Call) or not python.names(node.func) & _DAYS:
        return False
    return all(isinstance(python.fold(arg.value), int | str) for arg in node.args[:3])


def comparisons(python: Python) -> Iterator[cst.Comparison]:
    """Give every comparison of a file."""
    waiting: list[cst.CSTNode] = [python.module]
    while waiting:
        node = waiting.pop()
        if isinstance(node, cst.Comparison):
            yield node
        waiting.extend(children(node))
