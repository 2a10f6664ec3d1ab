"""The product's functions that a change leaves in place, before and after."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.rules.tamper._cheating.plain import (
    Definition,
    Plain,
    functions,
    own,
    tree,
)
from pytest_selfmod_guard.view import File, Side, View

_LONGEST_STUB = 3
_WORK = (
    *(ast.For, ast.AsyncFor, ast.While, ast.BinOp, ast.AugAssign, ast.With, ast.Compare, ast.Await),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Call, ast.Subscript),
)
_ENOUGH = 2


class Pair(NamedTuple):
    """One function on both sides."""

    file: File
    old: Plain
    new: Plain


def pairs(view: View) -> Iterator[Pair]:
    """Give each function whose code differs."""
    for file in view.files:
        if file.old is None or file.new is None or not _is_product(file):
            continue
        before, after = tree(file.old), tree(file.new)
        if before is None or after is None:
            continue
        known = {function.qualname: function for function in functions(before)}
        for function in functions(after):
            old = known.get(function.qualname)
            if old is not None and _text(file.old, old) != _text(file.new, function):
                yield Pair(file, old, function)


def _text(side: Side, function: Plain) -> list[str]:
    return side.lines[function.node.lineno - 1 : function.node.end_lineno]


def _is_product(file: File) -> bool:
    return paths.zone(file.change.before) == paths.zone(file.path) == paths.PRODUCT


def computes(function: Plain) -> bool:
    """Tell whether a function does something with what it is given."""
    return sum(isinstance(node, _WORK) for node in own(function.node.body)) >= _ENOUGH


def stub(node: Definition) -> str | None:
    """Say what is left of a function that computes nothing: ``None``, ``42``; None if it does."""
    body = [part for part in node.body if not _is_idle(part)]
    if len(body) > _LONGEST_STUB or not all(isinstance(p, ast.Return | ast.Assign) for p in body):
        return None
    targets = [target for p in body if isinstance(p, ast.Assign) for target in p.targets]
    names = {target.id for target in targets if isinstance(target, ast.Name)}
    values = [p.value for p in body if isinstance(p, ast.Return | ast.Assign) and p.value]
    if not all(is_fixed(value, names) for value in values):
        return None
    return ast.unparse(values[-1]) if values else "None"


def is_fixed(node: ast.expr, names: set[str] | frozenset[str] = frozenset()) -> bool:
    """Tell literals, and names that are bound to some, from what depends on the input."""
    for part in ast.walk(node):
        if (
            isinstance(part, ast.Name)
            and part.id not in names
            and not isinstance(part.ctx, ast.Del)
        ):
            return False
        if isinstance(part, ast.Call | ast.Await | ast.Yield | ast.YieldFrom | ast.Lambda):
            return False
    return True


def _is_idle(node: ast.stmt) -> bool:
    if isinstance(node, ast.Pass):
        return True
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
