"""The cases that parametrize and loops hand to assertions."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from pytest_selfmod_guard.rules.tamper._asserting.checks import literals
from pytest_selfmod_guard.rules.tamper._asserting.inlining import text
from pytest_selfmod_guard.rules.tamper._asserting.spelled import last
from pytest_selfmod_guard.rules.tamper._asserting.units import Module, Unit

_MARKS = frozenset(("parametrize", "example", "expand", "data", "cases"))
_ALL = frozenset(("enumerate", "list", "tuple", "iter", "sorted", "reversed", "set", "chain"))
_MOST = 5000  # cases of one function


class Table(NamedTuple):
    """The cases of one function."""

    cases: Counter[str]
    """Each as it is written."""
    cuts: frozenset[tuple[str, str]]
    """The tables of which only some is taken, each with the expression that does it."""
    sources: frozenset[str]
    """Names of tables that are defined elsewhere."""


def table(unit: Unit, module: Module) -> Table:
    """Give the cases of a function."""
    cases: Counter[str] = Counter()
    cuts: set[tuple[str, str]] = set()
    sources: set[str] = set()
    for source in _sources(unit):
        node = _resolved(source, unit, module)
        found = list(_cases(node))
        cases.update(found[:_MOST])
        if isinstance(node, ast.Name | ast.Attribute):
            sources.add(text(node))
        elif not found and (cut := _cut(node)):
            cuts.add((cut, text(node)))
    return Table(cases, frozenset(cuts), frozenset(sources))


def literals_of(unit: Unit, module: Module) -> frozenset[str]:
    """Give every literal that a function's assertions may be made with; none if it has no table."""
    sources = list(_sources(unit))
    if not sources:
        return frozenset()
    found = set(literals(text(unit.node)))
    for source in sources:
        found |= literals(text(_resolved(source, unit, module)))
    return frozenset(found)


def _cut(node: ast.expr) -> str:
    """Give the table of which an expression takes only some; empty if it does not."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
        return _table_name(node.value)
    if isinstance(node, ast.ListComp | ast.GeneratorExp) and node.generators[0].ifs:
        return _table_name(node.generators[0].iter)
    takes_some = isinstance(node, ast.Call) and last(node.func) in {"islice", "sample", "filter"}
    inner = [one for one in node.args if _table_name(one)] if takes_some else []  # type: ignore[attr-defined]  # a call
    return _table_name(inner[0]) if inner else ""


def _table_name(node: ast.expr) -> str:
    if isinstance(node, ast.Call) and last(node.func) in _ALL and node.args:
        node = node.args[0]
    return text(node) if isinstance(node, ast.Name | ast.Attribute) else ""


def _sources(unit: Unit) -> Iterator[ast.expr]:
    for owner in (unit.node, *unit.owners):
        for mark in owner.decorator_list:
            name = last(mark.func) if isinstance(mark, ast.Call) else ""
            if name == "parametrize" and isinstance(mark, ast.Call):
                named = (one.value for one in mark.keywords if one.arg == "argvalues")
                yield from (*mark.args[1:2], *named)
            elif name in _MARKS and isinstance(mark, ast.Call):
                yield ast.List(list(mark.args), ast.Load())
            elif name == "fixture" and isinstance(mark, ast.Call):
                yield from (one.value for one in mark.keywords if one.arg == "params")
    for inner in ast.walk(unit.node):
        if isinstance(inner, ast.For | ast.AsyncFor) and _only_repeats(inner):
            continue
        if isinstance(inner, ast.For | ast.AsyncFor | ast.comprehension):
            yield inner.iter


def _only_repeats(loop: ast.For | ast.AsyncFor) -> bool:
    """Tell whether a loop counts its turns and asserts nothing, as one that waits does."""
    is_counter = isinstance(loop.iter, ast.Call) and last(loop.iter.func) == "range"
    return is_counter and not any(isinstance(one, ast.Assert) for one in ast.walk(loop))


def _resolved(node: ast.expr, unit: Unit, module: Module) -> ast.expr:
    """Follow a name to the list that it stands for, and look through ``enumerate`` and its kin."""
    for _ in range(5):
        if isinstance(node, ast.Call) and last(node.func) in _ALL:
            if not node.args:
                return node
            node = node.args[0]
        elif isinstance(node, ast.Call) and last(node.func) == "items":
            node = node.func.value if isinstance(node.func, ast.Attribute) else node
        elif isinstance(node, ast.Name | ast.Attribute):
            found = _bound(last(node), unit, module)
            if found is None:
                return node
            node = found
        else:
            return node
    return node


def _bound(name: str, unit: Unit, module: Module) -> ast.expr | None:
    scopes: list[list[ast.stmt]] = [unit.node.body, *(one.body for one in unit.owners)]
    for body in (*scopes, module.tree.body):
        for statement in reversed(body):
            if isinstance(statement, ast.Assign) and any(
                last(t) == name for t in statement.targets
            ):
                return statement.value
            if isinstance(statement, ast.AnnAssign) and last(statement.target) == name:
                return statement.value
    return None


def _cases(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        for one in node.elts:
            yield _case(one)
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            yield f"({text(key) if key else '**'}, {text(value)})"
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        yield from (*_cases(node.left), *_cases(node.right))
    elif isinstance(node, ast.Call) and last(node.func) == "range":
        numbers = [one.value for one in node.args if isinstance(one, ast.Constant)]
        if len(numbers) == 1 == len(node.args) and isinstance(numbers[0], int):
            yield from map(str, range(min(numbers[0], 200)))


def _case(node: ast.expr) -> str:
    """Write one case, without its marks and its name."""
    if isinstance(node, ast.Call) and last(node.func) == "param":
        node = node.args[0] if len(node.args) == 1 else ast.Tuple(list(node.args), ast.Load())
    if isinstance(node, ast.List):
        node = ast.Tuple(node.elts, ast.Load())
    return text(node)
