"""What tests and documentation say a function gives for which input."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sized
from typing import NamedTuple

from pytest_selfmod_guard.rules.tamper._cheating.constants import (
    NOTHING,
    Length,
    constant,
    elements,
    key,
    read,
)
from pytest_selfmod_guard.rules.tamper._cheating.naming import last
from pytest_selfmod_guard.rules.tamper._cheating.plain import own

_MOST = 2_000
_SPREAD = 60
_HOPS = 4
_SPLIT = re.compile(r"[\s,;:|_/-]+")

Names = Mapping[str, list[ast.expr]]
Wanted = tuple[tuple[tuple[str, ...], ...], ...]
"""For each value the ways in which it may be written: whole, or in pieces."""


class Record(NamedTuple):
    """The literals that stand together in one assertion, or in one row of a table."""

    values: Counter[str]
    """Spelled as by :func:`~.constants.key`."""

    def has(self, wanted: Wanted) -> bool:
        """Tell whether it holds an input together with its answer, each for itself."""
        if not any(way[0] in self.values for way in wanted[0] if way):
            return False
        left = Counter(self.values)
        return all(any(_take(left, way) for way in ways) for ways in wanted)


def wanted(inputs: Iterable[object], output: object) -> Wanted:
    """Spell an input and its answer: ``(2, 3)`` may stand in a test as ``f(2, 3)``."""
    return tuple(tuple(_ways(value)) for value in (*inputs, output))


def of_code(body: list[ast.AST], names: Names) -> Iterator[Record]:
    """Give the records of some statements: those of a test, or of a module."""
    for row in _rows(body):
        yield record(row, names)
    for part in own(body):
        if isinstance(part, ast.Assert):
            yield record([part.test], names, *_truth(part.test))
        elif isinstance(part, ast.Call) and last(part.func).lower().startswith("assert"):
            yield record(part.args, names, *_said(last(part.func).lower()))


def bindings(body: list[ast.AST]) -> dict[str, list[ast.expr]]:
    """Give what the names of a body are bound to, in order."""
    found: dict[str, list[ast.expr]] = {}
    for node in own(body):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    found.setdefault(target.id, []).append(node.value)
    return found


def record(nodes: Iterable[ast.expr], names: Names, *more: object) -> Record:
    """Make a record of all literals in some expressions, and of the names in them."""
    values = [value for node in nodes for value in _literals(node, names)]
    values += more
    spread = [part for value in values for part in elements(value)][:_SPREAD]
    spread += [Length(len(value)) for value in values if isinstance(value, Sized)]
    return Record(Counter(map(key, (*values, *spread))))


def _ways(value: object) -> Iterator[tuple[str, ...]]:
    yield (key(value),)
    pieces = _pieces(value)
    while pieces:
        yield tuple(map(key, pieces))
        pieces = _pieces(pieces[0]) if len(pieces) == 1 else []


def _take(left: Counter[str], way: tuple[str, ...]) -> bool:
    if any(left[spelled] < count for spelled, count in Counter(way).items()):
        return False
    left.subtract(way)
    return True


def _pieces(value: object) -> list[object]:
    if isinstance(value, list | tuple) and not isinstance(value, Length):
        return list(value)
    if not isinstance(value, str):
        return []
    known = read(value) if value[:1] in "([{'\"" else NOTHING
    if known is not NOTHING and not isinstance(known, str):
        return [known]
    parts = [part for part in _SPLIT.split(value) if part]
    return [_number(part) for part in parts] if len(parts) > 1 else []


def _number(text: str) -> object:
    return int(text) if text.isdecimal() and text.isascii() and len(text) < _SPREAD else text


def _truth(test: ast.expr) -> list[object]:
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return [False]
    return [] if isinstance(test, ast.Compare) else [True]


def _said(method: str) -> list[object]:
    known = {"asserttrue": True, "assertfalse": False, "assertisnone": None}
    return [known[method]] if method in known else []


def _rows(body: list[ast.AST]) -> Iterator[list[ast.expr]]:
    """Give the rows of tables: what is listed and has several parts."""
    count = 0
    for node in own(body):
        for row in _listed(node):
            if len(row) > 1 and count < _MOST:
                count += 1
                yield row


def _listed(node: ast.AST) -> list[list[ast.expr]]:
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return [_parts(part) for part in node.elts]
    if isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        return [[name, value] for name, value in pairs if name is not None]
    return []


def _parts(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.Tuple | ast.List):
        return node.elts
    if isinstance(node, ast.Dict):
        return node.values
    return [*node.args, *(k.value for k in node.keywords)] if isinstance(node, ast.Call) else []


def _literals(node: ast.expr, names: Names, hops: int = 0) -> list[object]:
    """Give the largest literals of an expression, and those that its names are bound to."""
    found: list[object] = []
    todo: list[ast.AST] = [node]
    while todo and len(found) < _SPREAD:
        here = todo.pop()
        if isinstance(here, ast.Name):
            # The binding that holds here is the last one before it.
            bound = [v for v in names.get(here.id, ()) if v.lineno <= here.lineno][-1:]
            for inner in bound if hops < _HOPS else ():
                found += _literals(inner, names, hops + 1)
            continue
        value = constant(here, {}) if isinstance(here, ast.expr) else NOTHING
        if value is NOTHING:
            todo += ast.iter_child_nodes(here)
        else:
            found.append(value)
    return found
