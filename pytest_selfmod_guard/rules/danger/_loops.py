"""Loops that have no way out, and what is called in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from pytest_selfmod_guard.syntax.nodes import children

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python

_LEAVING = (cst.Return, cst.Raise, cst.Yield, cst.Await, cst.Assert)
_NESTED = (cst.FunctionDef, cst.ClassDef, cst.Lambda)
_COUNTING = frozenset(("itertools.count", "itertools.cycle", "itertools.repeat"))


def endless(python: Python) -> Iterator[tuple[cst.CSTNode, list[str]]]:
    """Give every loop that nothing in it can end, with the names of what it calls."""
    waiting: list[cst.CSTNode] = [python.module]
    while waiting:
        node = waiting.pop()
        if isinstance(node, cst.While | cst.For) and _has_no_end(python, node):
            calls: list[str] = []
            if not _leaves(python, node.body, calls):
                yield node, calls
        waiting.extend(children(node))


def _has_no_end(python: Python, node: cst.While | cst.For) -> bool:
    if isinstance(node, cst.While):
        value = python.fold(node.test)
        return isinstance(value, bool | int | str | list | tuple) and bool(value)
    made = node.iter
    if not isinstance(made, cst.Call):
        return False
    names = python.names(made.func)
    if "itertools.repeat" in names and len(made.args) > 1:
        return False
    return bool(names & _COUNTING) or _is_of_zeros(python, made)


def _is_of_zeros(python: Python, made: cst.Call) -> bool:
    """Tell ``iter(int, 1)``, which gives zeros for ever."""
    return (
        "builtins.iter" in python.names(made.func)
        and len(made.args) == 2  # noqa: PLR2004 (a function, and what it never gives)
        and bool(python.names(made.args[0].value) & {"builtins.int", "builtins.list"})
    )


def _leaves(python: Python, body: cst.CSTNode, calls: list[str]) -> bool:
    """Tell whether something in a loop's body can end it; note what it calls."""
    waiting: list[tuple[cst.CSTNode, bool]] = [(body, False)]
    while waiting:
        node, inner = waiting.pop()
        if isinstance(node, _NESTED):
            continue
        if isinstance(node, _LEAVING) or (isinstance(node, cst.Break) and not inner):
            return True
        if isinstance(node, cst.Call):
            calls.append(python.code(node.func))
        deeper = inner or isinstance(node, cst.While | cst.For)
        waiting.extend((one, deeper) for one in children(node))
    return False
