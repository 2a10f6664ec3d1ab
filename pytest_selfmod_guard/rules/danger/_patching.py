"""Attributes of imported modules and classes that are given something new to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import libcst as cst

from pytest_selfmod_guard.rules.danger._flow import flow
from pytest_selfmod_guard.rules.danger._flow_sends import sends
from pytest_selfmod_guard.rules.danger._flow_writes import writes
from pytest_selfmod_guard.rules.danger._vulnerable_facts import facts
from pytest_selfmod_guard.syntax.scopes import Scope

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Call, Python

_SETTERS = frozenset(
    ("builtins.setattr", "builtins.object.__setattr__", "builtins.type.__setattr__")
)
_MAKERS = frozenset(("functools.partial", "functools.partialmethod", "types.MethodType"))
_DEEPEST = 8


class Patch(NamedTuple):
    """One attribute of something imported, and what takes its place."""

    node: cst.CSTNode
    name: str
    """Dotted: ``getpass.getpass``."""
    makers: tuple[cst.CSTNode, ...]
    """The functions, classes and lambdas of the file that it may be."""


def patches(python: Python) -> Iterator[Patch]:
    """Give every attribute of an imported module that becomes a function of this file."""
    roots = {one.name.partition(".")[0] for one in python.imports if one.name[:1] != "."}
    own = set(python.path.removesuffix(".py").split("/"))
    for node, names, value in _set(python):
        foreign = [name for name in sorted(names) if name.partition(".")[0] in roots - own]
        makers = _makers(python, value)
        if foreign and makers:
            yield Patch(node, foreign[0], makers)


def does(python: Python, patch: Patch) -> str:
    """Say what harm the replacement can do by itself; nothing where it does none."""
    known = flow(python)
    if any(_is_inside(python, send.call, patch) for send in sends(known)):
        return "sends something out"
    if any(_is_inside(python, one.call, patch) for one in writes(known)):
        return "writes a file"
    return ""


def _set(python: Python) -> Iterator[tuple[cst.CSTNode, frozenset[str], cst.BaseExpression]]:
    for target, value in facts(python).assignments:
        if isinstance(target, cst.Attribute):
            yield target, python.names(target), value
    for call in python.calls:
        owner, given = call.arg(python, 0), call.arg(python, 2)
        if not call.names & _SETTERS or owner is None or given is None:
            continue
        key = call.arg(python, 1)
        word = python.fold(key) if key is not None else None
        last = word if isinstance(word, str) else "*"
        yield call.node, frozenset(f"{name}.{last}" for name in python.names(owner)), given


def _makers(python: Python, value: cst.BaseExpression, depth: int = 0) -> tuple[cst.CSTNode, ...]:
    """Give the functions and classes of the file that a value may be."""
    if isinstance(value, cst.Lambda):
        return (value,)
    if depth > _DEEPEST:
        return ()
    if isinstance(value, cst.Name):
        return _named(python, value, depth)
    if isinstance(value, cst.Call):
        inner = [value.func, *(arg.value for arg in value.args)]
        made = python.names(value.func) & _MAKERS or isinstance(value.func, cst.Name)
        return tuple(one for part in inner for one in _makers(python, part, depth + 1) if made)
    if isinstance(value, cst.Attribute):
        return _defined(python, value.attr.value)
    return ()


def _named(python: Python, name: cst.Name, depth: int) -> tuple[cst.CSTNode, ...]:
    if defined := _defined(python, name.value):
        return defined
    values, _ = facts(python).reaching(name)
    inner = [one.value for one in values if one.value is not name]
    return tuple(node for one in inner[:_DEEPEST] for node in _makers(python, one, depth + 3))


def _defined(python: Python, name: str) -> tuple[cst.CSTNode, ...]:
    functions = tuple(one.node for one in python.functions if one.name == name)
    return (*functions, *(one.node for one in python.classes if one.name == name))


def _is_inside(python: Python, call: Call, patch: Patch) -> bool:
    if patch.name in call.names:
        return False  # what it replaces, which it may well call
    scope: Scope | None = python.place(call.node).scope
    while scope is not None:
        if any(scope.node is maker for maker in patch.makers):
            return True
        scope = scope.parent
    return False
