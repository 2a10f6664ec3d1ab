"""Modules that pytest or Python loads by itself, and the way through what runs of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from posixpath import basename
from typing import NamedTuple

import libcst as cst

from pytest_selfmod_guard.rules.tamper._conditions import holds
from pytest_selfmod_guard.rules.tamper._nodes import (
    Line,
    inside,
    is_fixture,
    last_name,
    parameter_names,
)
from pytest_selfmod_guard.syntax import Python

RUNNERS = frozenset(("conftest.py", "sitecustomize.py", "usercustomize.py"))
_MOST = 3000  # steps that are followed in one module
_PROGRAM = ("__name__ == '__main__'", "'__main__' == __name__")


class Step(NamedTuple):
    """A small statement that runs by itself, and what was asked on the way to it."""

    node: cst.CSTNode
    hook: str
    """The hook or fixture it belongs to; empty at the top of the module."""
    asked: tuple[Asked, ...]
    same: frozenset[str]
    """Names that stand here for the list of the tests."""
    function: cst.FunctionDef | None


class Asked(NamedTuple):
    """A condition on the way, and whether it has to hold."""

    test: cst.BaseExpression
    held: bool


def is_plugin(python: Python) -> bool:
    """Tell whether Python or pytest loads a module by itself, as far as it shows."""
    return basename(python.path) in RUNNERS or any(True for _ in hooks(python))


def hooks(python: Python) -> Iterator[tuple[str, cst.FunctionDef]]:
    """Give the hooks of pytest that a module implements, by the names pytest has for them."""
    for function in python.functions:
        name = _specified(function.node, python) or function.name
        if name.startswith("pytest_") and not is_fixture(function.node):
            yield name, function.node


def is_automatic(node: cst.FunctionDef, python: Python) -> bool:
    """Tell whether a function is a fixture that tests get without asking for it."""
    for mark in node.decorators:
        call = mark.decorator
        if isinstance(call, cst.Call) and last_name(call).endswith("fixture"):
            value = python.argument(call, None, "autouse")
            if value is not None and holds(value, python) is not False:
                return True
    return False


def steps(python: Python, *, at_top: bool = True) -> Iterator[Step]:
    """Give what runs on import, in hooks and in automatic fixtures, with what these call."""
    for count, step in enumerate(_Way(python).steps(at_top=at_top)):
        if count > _MOST:
            return
        yield step


class _Way:
    def __init__(self, python: Python) -> None:
        self._python = python
        self._functions: dict[str, cst.FunctionDef] = {
            function.name: function.node for function in python.functions
        }
        self._known: set[tuple[int, str]] = set()
        self._waiting: list[tuple[cst.FunctionDef, Step]] = []

    def steps(self, *, at_top: bool) -> Iterator[Step]:
        named = set()
        for name, node in hooks(self._python):
            named.add(id(node))
            same = frozenset({"items", "session.items"} & {*parameter_names(node), "session.items"})
            self._start(node, Step(node, name, (), same, node))
        for function in self._python.functions:
            if id(function.node) not in named and is_automatic(function.node, self._python):
                start = Step(function.node, function.name, (), frozenset(), function.node)
                self._start(function.node, start)
        if at_top:
            top = Step(self._python.module, "", (), frozenset(), None)
            yield from self._along(self._python.module.body, top)
        while self._waiting:
            node, start = self._waiting.pop()
            yield from self._along(inside(node.body), start)

    def _start(self, node: cst.FunctionDef, start: Step) -> None:
        key = (id(node), start.hook)
        if key not in self._known:
            self._known.add(key)
            self._waiting.append((node, start._replace(function=node)))

    def _along(self, body: Sequence[cst.CSTNode], at: Step) -> Iterator[Step]:
        for statement in body:
            if isinstance(statement, Line):
                for part in statement.body:
                    yield at._replace(node=part)
                    self._call(part, at)
            elif isinstance(statement, cst.If):
                yield from self._if(statement, at)
                at = _after(statement, at)
            elif isinstance(statement, cst.ClassDef):
                yield from self._along(inside(statement.body), at)
            elif not isinstance(statement, cst.FunctionDef):
                yield from self._block(statement, at)

    def _block(self, statement: cst.CSTNode, at: Step) -> Iterator[Step]:
        for head in _heads(statement):
            yield at._replace(node=head)
            self._call(head, at)
        for block in _blocks(statement):
            yield from self._along(inside(block), at)
        for handler in getattr(statement, "handlers", ()):
            rest = _asking(at, handler.type, held=True) if handler.type is not None else at
            yield from self._along(inside(handler.body), rest)

    def _if(self, node: cst.If, at: Step) -> Iterator[Step]:
        """Follow a condition and those after it; a loop, because there may be thousands."""
        while self._python.code(node.test) not in _PROGRAM:
            held = holds(node.test, self._python)
            self._call(node.test, at)
            if held is not False:
                yield from self._along(inside(node.body), _asking(at, node.test, held=True))
            at = _asking(at, node.test, held=False)
            if held is True or node.orelse is None:
                return
            if isinstance(node.orelse, cst.Else):
                yield from self._along(inside(node.orelse.body), at)
                return
            node = node.orelse

    def _call(self, part: cst.CSTNode, at: Step) -> None:
        """Go on later into the functions of this module that a statement calls, or hands on."""
        for call in calls_in(part):
            node = self._functions.get(last_name(call.func))
            if node is not None:
                self._start(node, at._replace(same=_handed(call, node, at.same)))
            for arg in call.args:
                node = self._functions.get(last_name(arg.value))
                if node is not None:
                    self._start(node, at)


def calls_in(node: cst.CSTNode) -> Iterator[cst.Call]:
    """Give every call within a node, functions defined in it left out."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, cst.FunctionDef | cst.ClassDef):
            continue
        if isinstance(one, cst.Call):
            yield one
        waiting += one.children


def _specified(node: cst.FunctionDef, python: Python) -> str:
    """Give the hook that a decorator names for a function of another name."""
    for mark in node.decorators:
        if isinstance(mark.decorator, cst.Call):
            name = python.argument(mark.decorator, None, "specname")
            value = python.fold(name) if name is not None else None
            if isinstance(value, str):
                return value
    return ""


def _handed(call: cst.Call, node: cst.FunctionDef, same: frozenset[str]) -> frozenset[str]:
    """Give the parameters of a function that get the list of the tests."""
    names = parameter_names(node)
    found = set()
    for place, arg in enumerate(call.args):
        if code_of(arg.value) in same and (arg.keyword or place < len(names)):
            found.add(arg.keyword.value if arg.keyword else names[place])
    return frozenset(found)


def code_of(node: cst.CSTNode) -> str:
    """Give ``a.b`` for such an expression, through subscripts; empty for any other."""
    while isinstance(node, cst.Subscript):
        node = node.value
    if isinstance(node, cst.Attribute):
        before = code_of(node.value)
        return f"{before}.{node.attr.value}" if before else ""
    return node.value if isinstance(node, cst.Name) else ""


def _asking(at: Step, test: cst.BaseExpression, *, held: bool) -> Step:
    return at._replace(asked=(*at.asked, Asked(test, held)))


def _after(node: cst.If, at: Step) -> Step:
    """Remember what a condition that may leave the function says about the rest of it."""
    last = inside(node.body)[-1]
    parts = last.body if isinstance(last, Line) else ()
    if any(isinstance(part, cst.Return | cst.Raise | cst.Continue) for part in parts):
        return _asking(at, node.test, held=False)
    return at


def _heads(statement: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Give the expressions that a block starts with."""
    for name in ("iter", "test", "subject"):
        head = getattr(statement, name, None)
        if isinstance(head, cst.CSTNode):
            yield head
    if isinstance(statement, cst.With):
        yield from (item.item for item in statement.items)


def _blocks(statement: cst.CSTNode) -> Iterator[cst.BaseSuite]:
    body = getattr(statement, "body", None)
    if isinstance(body, cst.BaseSuite):
        yield body
    for part in getattr(statement, "cases", ()):
        yield part.body
    for name in ("orelse", "finalbody"):
        part = getattr(statement, name, None)
        if part is not None:
            yield part.body
