"""What a class or a module of tests puts in the place of unittest's own machinery."""

from __future__ import annotations

import unittest
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import libcst as cst

from pytest_selfmod_guard.rules.tamper._inheriting import cases
from pytest_selfmod_guard.rules.tamper._nodes import (
    Line,
    assigned,
    inside,
    last_name,
    parameter_names,
    reached,
)
from pytest_selfmod_guard.syntax import Python

ASSERTS = frozenset(name for name in dir(unittest.TestCase) if name.startswith("assert"))
RUNNING = frozenset(
    ("run", "__call__", "debug", "_callTestMethod", "skipTest", "subTest", "__getattribute__",
     "countTestCases", "fail", "failureException")
)  # fmt: skip
_COMPARING = frozenset(name for name in ASSERTS if name.endswith(("Equal", "assertIs", "Equals")))
_VAGUE = frozenset(("assertIsNotNone", "assertIsInstance", "assertTrue", "assertNotEqual"))
_PAIR = 2
_OBJECTS = frozenset(("self", "cls"))
_CATCHING = frozenset(("", "AssertionError", "Exception", "BaseException", "failureException"))
_WHICH = ("_testMethodName", "self.id()", "__class__.__name__")


class Override(NamedTuple):
    """One part of unittest that is not what it was."""

    name: str
    node: cst.CSTNode


def overrides(python: Python) -> Iterator[Override]:
    """Give what is overridden without handing on to what was there, and without failing."""
    known = cases(python, None, guess=False)
    for one in python.classes:
        yield from _in_class(one.node, python, is_case=one.node.name.value in known)
    for function in python.functions:
        yield from _on_objects(function.node, python)
        if (
            function.name == "load_tests"
            and not python.scope(function.node)
            and _leaves_out(function.node)
        ):
            yield Override("load_tests", function.node)


def _in_class(node: cst.ClassDef, python: Python, *, is_case: bool) -> Iterator[Override]:
    names = ASSERTS | RUNNING if is_case else ASSERTS | {"failureException", "_callTestMethod"}
    for part in reached(inside(node.body)):
        if isinstance(part, cst.FunctionDef) and part.name.value in names:
            if not _hands_on(part, python):
                yield Override(part.name.value, part)
        else:
            for name, value in assigned(part):
                if name in names and not _is_kin(name, value, python):
                    yield Override(name, part)


def _on_objects(node: cst.FunctionDef, python: Python) -> Iterator[Override]:
    """Give what a method puts in the place of a method of its own object."""
    for line in _lines(inside(node.body)):
        for dotted_name, value in assigned(line):
            owner, _, name = dotted_name.rpartition(".")
            is_ours = owner in _OBJECTS and name in ASSERTS | {"failureException", "fail"}
            if is_ours and not _is_kin(name, value, python):
                yield Override(name, line)


def _lines(body: Sequence[cst.CSTNode]) -> Iterator[cst.CSTNode]:
    yield from (part for part in reached(body) if isinstance(part, Line))


def _hands_on(node: cst.FunctionDef, python: Python) -> bool:
    """Tell whether a method can still fail, or lets the one that it overrides do its work."""
    name, own = node.name.value, set(parameter_names(node)) - _OBJECTS
    if name == "__getattribute__" and "assert" in python.code(node.body):
        return False
    parts = list(_running(inside(node.body), python))
    if not any(_speaks(part, name, own, is_context=name == "subTest") for part in parts):
        return False
    return name not in _COMPARING or _compares(node, parts)


def _compares(node: cst.FunctionDef, parts: list[cst.CSTNode]) -> bool:
    """Tell whether what is to compare two values still looks at both, and at what they are."""
    first_two = [name for name in parameter_names(node) if name not in _OBJECTS][:2]
    said = [part for part in parts if not _is_vague(part)]
    used = {one for part in said for one in _names(part)}
    return len(first_two) < _PAIR or used.issuperset(first_two)


def _is_vague(node: cst.CSTNode) -> bool:
    """Tell whether a line only asserts what hardly any value lacks."""
    if isinstance(node, cst.Comparison):
        return False
    if isinstance(node, cst.Call) and last_name(node.func) in _VAGUE:
        return not any(isinstance(arg.value, cst.Comparison) for arg in node.args)
    return any(_is_vague(child) for child in node.children)


def _running(body: Sequence[cst.CSTNode], python: Python) -> Iterator[cst.CSTNode]:
    """Give what runs of a body, without what is swallowed and what runs for some tests only."""
    for part in body:
        if isinstance(part, cst.Try) and any(_catches(one) for one in part.handlers):
            continue
        if isinstance(part, cst.If):
            if not any(word in python.code(part.test) for word in _WHICH):
                yield part.test
                yield from _running(inside(part.body), python)
                if part.orelse is not None:
                    other = part.orelse
                    after = [other] if isinstance(other, cst.If) else inside(other.body)
                    yield from _running(after, python)
        elif isinstance(part, cst.Try | cst.With | cst.For | cst.While):
            yield from (item.item for item in getattr(part, "items", ()))
            yield from _running(inside(part.body), python)
            if isinstance(part, cst.Try) and part.finalbody is not None:
                yield from _running(inside(part.finalbody.body), python)
        elif isinstance(part, Line):
            yield part
            if any(isinstance(one, cst.Return) for one in part.body):
                return


def _catches(handler: cst.ExceptHandler) -> bool:
    kinds = handler.type
    parts = [one.value for one in kinds.elements] if isinstance(kinds, cst.Tuple) else [kinds]
    is_wide = any((last_name(one) if one is not None else "") in _CATCHING for one in parts)
    return is_wide and not any(
        isinstance(one, cst.Raise)
        for line in _lines(inside(handler.body))
        if isinstance(line, Line)
        for one in line.body
    )


def _speaks(node: cst.CSTNode, name: str, own: set[str], *, is_context: bool) -> bool:
    if isinstance(node, cst.Raise | cst.Assert) or (is_context and isinstance(node, cst.Yield)):
        return True
    if isinstance(node, cst.Call):
        called = last_name(node.func)
        if called.startswith("assert") or called in {name, "super", "fail", "_testMethodName"}:
            return True
        if called in own or called == "getattr":
            return True
    return any(_speaks(child, name, own, is_context=is_context) for child in node.children)


def _is_kin(name: str, value: cst.BaseExpression, python: Python) -> bool:
    """Tell whether a value does what stood there before."""
    if name == "failureException":
        return _is_failure(value, python)
    if isinstance(value, cst.Lambda):
        own = {one.name.value for one in value.params.params} - _OBJECTS
        return _speaks(value.body, name, own, is_context=False)
    last = last_name(value)
    functions = {one.name: one.node for one in python.functions}
    if last in functions and not isinstance(value, cst.Call):
        return _hands_on(functions[last], python)
    return last.lower().startswith(("assert", "fail")) or last == name


def _is_failure(value: cst.BaseExpression, python: Python) -> bool:
    last = last_name(value)
    bases = [base for one in python.classes for base in one.node.bases if one.name == last]
    known = [last, *(last_name(base.value) for base in bases)]
    return any(name.endswith(("AssertionError", "failureException")) for name in known)


def _leaves_out(node: cst.FunctionDef) -> bool:
    """Tell whether what is to load a module's tests does not look at the tests it is given."""
    named = parameter_names(node)
    used = {one for part in inside(node.body) for one in _names(part)}
    return used.isdisjoint(named[:2]) or _chooses(node.body, set(named[1:2]))


def _chooses(node: cst.CSTNode, tests: set[str]) -> bool:
    """Tell whether some of the tests are picked."""
    if isinstance(node, cst.CompFor) and node.ifs and not tests.isdisjoint(_names(node.iter)):
        return True
    return any(_chooses(child, tests) for child in node.children)


def _names(node: cst.CSTNode) -> Iterator[str]:
    if isinstance(node, cst.Name):
        yield node.value
    if not isinstance(node, cst.Del):
        for child in node.children:
            yield from _names(child)
