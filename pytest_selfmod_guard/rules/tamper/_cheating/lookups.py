"""What a function looks up in tables that are written out."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pytest_selfmod_guard.rules.tamper._cheating.constants import NOTHING
from pytest_selfmod_guard.rules.tamper._cheating.naming import Naming, last
from pytest_selfmod_guard.rules.tamper._cheating.plain import own

_GETTERS = frozenset(("get", "pop", "setdefault", "__getitem__"))
_WRAPPERS = frozenset(("dict", "OrderedDict", "MappingProxyType", "defaultdict", "items", "copy"))
_LISTERS = frozenset(("iter", "cycle", "deque", "list", "reversed"))
_DEPTH = 6
_MOST = 2_000


class Row(NamedTuple):
    """One entry: what it is found by, and what is found."""

    inputs: tuple[object, ...]
    value: ast.expr


class Lookup(NamedTuple):
    """All that one look-up may find."""

    node: ast.expr
    rows: tuple[Row, ...]
    name: str
    """Of the table; empty where it has none."""


def lookups(naming: Naming) -> Iterator[Lookup]:
    """Give every look-up of the input in a table that is written out."""
    for node in own(naming.function.node.body):
        table = _table(node, naming)
        if table is not None:
            rows = tuple(_rows(table, naming))[:_MOST]
            if rows:
                yield Lookup(node if isinstance(node, ast.expr) else table, rows, last(table))


def replays(naming: Naming) -> Iterator[tuple[ast.expr, int]]:
    """Give what a function takes from a list that is written out, whatever it is asked."""
    for node in own(naming.function.node.body):
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Call):
            call = node.value
            if last(call.func) == "next" and call.args:
                taken = call.args[0]
            elif last(call.func) in ("pop", "popleft") and isinstance(call.func, ast.Attribute):
                taken = call.func.value
            else:
                continue
            yield from ((part, node.lineno) for part in _listed_by(taken, naming))


def _listed_by(taken: ast.expr, naming: Naming) -> list[ast.expr]:
    """``iter([6, 7])``, ``cycle((6, 7))``, ``deque([6, 7])``, and names for them."""
    for _ in range(_DEPTH):
        if isinstance(taken, ast.Name | ast.Attribute):
            taken = naming.scope.get(last(taken), taken)
        elif isinstance(taken, ast.Call) and last(taken.func) in _LISTERS and taken.args:
            taken = taken.args[0]
    return taken.elts if isinstance(taken, ast.List | ast.Tuple) else []


def _table(node: ast.AST, naming: Naming) -> ast.expr | None:
    """Give the table that a node looks the input up in."""
    if isinstance(node, ast.Subscript) and _is_index(node.slice, naming):
        columns = [node.slice.func.value, node.value]  # type: ignore[attr-defined]  # a method
        return ast.Call(ast.Name("zip", ast.Load()), columns, [])
    if isinstance(node, ast.Subscript) and naming.is_input(node.slice):
        return node.value if isinstance(node.ctx, ast.Load) else None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
        is_getter = node.func.attr in _GETTERS and naming.is_input(node.args[0])
        return node.func.value if is_getter else None
    if isinstance(node, ast.For):
        return node.iter if _compares(node.body, node.target, naming) else None
    if isinstance(node, ast.GeneratorExp | ast.ListComp):
        (loop, *_) = node.generators
        return loop.iter if _compares(loop.ifs, loop.target, naming) else None
    return None


def _is_index(node: ast.expr, naming: Naming) -> bool:
    """``OUTPUTS[INPUTS.index(given)]``."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    return node.func.attr == "index" and any(map(naming.is_input, node.args))


def _compares(body: Iterable[ast.AST], target: ast.expr, naming: Naming) -> bool:
    """Tell whether something of a row is compared with the input."""
    names = _names(target)
    for node in own(list(body)):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq | ast.In | ast.Is):
            sides = (node.left, node.comparators[0])
            if any(map(naming.is_input, sides)) and any(_names(side) & names for side in sides):
                return True
    return False


def _names(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def _rows(table: ast.expr, naming: Naming, depth: int = 0) -> Iterator[Row]:
    if depth > _DEPTH:
        return
    if isinstance(table, ast.Name | ast.Attribute):
        yield from _named(table, naming, depth)
    elif isinstance(table, ast.Dict):
        yield from _mapped(table, naming, depth)
    elif isinstance(table, ast.List | ast.Tuple):
        yield from _listed(table, naming)
    elif isinstance(table, ast.BinOp) and isinstance(table.op, ast.BitOr | ast.Add):
        yield from _rows(table.left, naming, depth + 1)
        yield from _rows(table.right, naming, depth + 1)
    elif isinstance(table, ast.Subscript) and naming.is_input(table.slice):
        yield from _nested(table, naming, depth)
    elif isinstance(table, ast.Call):
        yield from _wrapped(table, naming, depth)


def _mapped(table: ast.Dict, naming: Naming, depth: int) -> Iterator[Row]:
    for name, value in zip(table.keys, table.values, strict=True):
        if name is None:
            yield from _rows(value, naming, depth + 1)
        else:
            yield from _row((naming.value(name),), value)


def _nested(table: ast.Subscript, naming: Naming, depth: int) -> Iterator[Row]:
    """``known[a][b]``: what is found by the first holds what is found by the second."""
    for row in _rows(table.value, naming, depth + 1):
        for inner in _rows(row.value, naming, depth + 1):
            yield Row((*row.inputs, *inner.inputs), inner.value)


def _named(table: ast.Name | ast.Attribute, naming: Naming, depth: int) -> Iterator[Row]:
    name = last(table)
    if name in naming.scope:
        yield from _rows(naming.scope[name], naming, depth + 1)
    for stored, value in naming.stored.get(name, ()):
        yield from _row((naming.value(stored),), value)


def _listed(table: ast.List | ast.Tuple, naming: Naming) -> Iterator[Row]:
    """Rows of pairs; where they are no pairs, values by their index."""
    for at, part in enumerate(table.elts):
        if isinstance(part, ast.Tuple | ast.List) and len(part.elts) > 1:
            *inputs, value = part.elts
            yield from _row(tuple(naming.value(one) for one in inputs), value)
        elif isinstance(part, ast.Dict) and len(part.values) > 1:
            yield from _row(tuple(naming.value(v) for v in part.values[:-1]), part.values[-1])
        else:
            yield Row((at,), part)


def _wrapped(table: ast.Call, naming: Naming, depth: int) -> Iterator[Row]:
    name = last(table.func)
    if name == "zip" and len(table.args) > 1:
        yield from _zipped(table, naming)
    elif name in _WRAPPERS:
        if isinstance(table.func, ast.Attribute):
            yield from _rows(table.func.value, naming, depth + 1)
        for part in table.args:
            yield from _rows(part, naming, depth + 1)
        for keyword in table.keywords:
            if keyword.arg:
                yield Row((keyword.arg,), keyword.value)


def _zipped(table: ast.Call, naming: Naming) -> Iterator[Row]:
    columns = [naming.value(part) for part in table.args[:-1]]
    outputs = table.args[-1]
    if isinstance(outputs, ast.Name):
        outputs = naming.scope.get(outputs.id, outputs)
    if isinstance(outputs, ast.List | ast.Tuple):
        lists = [column for column in columns if isinstance(column, list | tuple)]
        for *inputs, value in zip(*lists, outputs.elts, strict=False):
            yield Row(tuple(inputs), value)


def _row(inputs: tuple[object, ...], value: ast.expr) -> Iterator[Row]:
    known = tuple(one for one in inputs if one is not NOTHING)
    if known:
        yield Row(known, value)
