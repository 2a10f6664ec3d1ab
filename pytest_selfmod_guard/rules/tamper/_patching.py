"""Statements that put something else in the place of what is a module's or a class's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import libcst as cst

from pytest_selfmod_guard.rules.tamper._nodes import last_name
from pytest_selfmod_guard.syntax import Python

_SETTERS = frozenset(
    ("setattr", "__setattr__", "setitem", "delattr", "patch", "object", "multiple")
)
_FILLERS = frozenset(("update", "setdefault", "__setitem__"))
_PATCHING = ("mock.patch", "patch", "mocker", "monkeypatch", "_mocker")


class Patch(NamedTuple):
    """One replacement."""

    names: frozenset[str]
    """What is replaced, dotted; ``*`` at the end where the attribute is computed."""
    value: cst.BaseExpression | None
    node: cst.CSTNode
    is_undone: bool
    """True for fixtures that put back what was there: ``monkeypatch``, ``mock.patch``."""


def patches_in(node: cst.CSTNode, python: Python) -> Iterator[Patch]:
    """Give the replacements that a small statement makes."""
    if isinstance(node, cst.Assign):
        for each in node.targets:
            yield from _target(each.target, node.value, node, python)
    elif isinstance(node, cst.AugAssign | cst.AnnAssign) and node.value is not None:
        yield from _target(node.target, node.value, node, python)
    waiting: list[cst.CSTNode] = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, cst.Call):
            yield from _called(one, node, python)
        waiting += one.children


def _target(
    target: cst.CSTNode, value: cst.BaseExpression, node: cst.CSTNode, python: Python
) -> Iterator[Patch]:
    if isinstance(target, cst.Attribute):
        owners = _owners(target.value, python)
        yield Patch(_joined(owners, target.attr.value), value, node, is_undone=False)
    elif isinstance(target, cst.Subscript):
        part = target.slice[0].slice
        key = python.fold(part.value) if isinstance(part, cst.Index) else None
        owners = _space(target.value, python)
        yield Patch(_joined(owners, key), value, node, is_undone=False)
    elif isinstance(target, cst.Tuple | cst.List):
        for element in target.elements:
            yield from _target(element.value, value, node, python)


def _space(owner: cst.BaseExpression, python: Python) -> frozenset[str]:
    """Give whose names ``x.__dict__``, ``vars(x)`` and ``sys.modules`` hold."""
    if isinstance(owner, cst.Attribute) and owner.attr.value == "__dict__":
        return _owners(owner.value, python)
    if isinstance(owner, cst.Call) and last_name(owner) == "vars" and owner.args:
        return _owners(owner.args[0].value, python)
    names = _owners(owner, python)
    return names | (frozenset({"builtins"}) if "builtins.__builtins__" in names else frozenset())


def _owners(node: cst.BaseExpression, python: Python) -> frozenset[str]:
    return python.names(node) or frozenset({f"?.{last_name(node)}"})


def _joined(owners: frozenset[str], key: object) -> frozenset[str]:
    name = key if isinstance(key, str) else "*"
    return frozenset(f"{owner}.{name}" for owner in owners)


def _called(call: cst.Call, node: cst.CSTNode, python: Python) -> Iterator[Patch]:
    name = last_name(call.func)
    if name in _FILLERS:
        yield from _filled(call, node, python)
    if name not in _SETTERS or not call.args:
        return
    code = python.code(call.func)
    is_undone = any(word in code for word in _PATCHING)
    given = [arg.value for arg in call.args if arg.keyword is None]
    first = python.fold(given[0]) if given else None
    if isinstance(first, str) and is_undone:
        value = given[1] if len(given) > 1 else _new(call)
        yield Patch(frozenset({first}), value, node, is_undone)
    elif len(given) > 1 or name == "multiple":
        is_item = name == "setitem"
        owners = _space(given[0], python) if is_item else _owners(given[0], python)
        key = python.fold(given[1]) if len(given) > 1 else None
        value = given[2] if len(given) > 2 else _new(call)  # noqa: PLR2004 (the new value)
        yield Patch(_joined(owners, key), value, node, is_undone)


def _filled(call: cst.Call, node: cst.CSTNode, python: Python) -> Iterator[Patch]:
    """Give the modules that ``sys.modules.update`` and its like put in the place of others."""
    if not isinstance(call.func, cst.Attribute) or not call.args:
        return
    if "sys.modules" not in python.names(call.func.value):
        return
    first = call.args[0].value
    pairs = [(first, call.args[-1].value)]
    if isinstance(first, cst.Dict):
        pairs = [(o.key, o.value) for o in first.elements if isinstance(o, cst.DictElement)]
    for key, value in pairs:
        yield Patch(
            _joined(frozenset({"sys.modules"}), python.fold(key)), value, node, is_undone=False
        )


def _new(call: cst.Call) -> cst.BaseExpression | None:
    for arg in call.args:
        if arg.keyword is not None and arg.keyword.value in {"new", "value"}:
            return arg.value
    return None
