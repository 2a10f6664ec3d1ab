"""
What flows into a name or a field otherwise than by being bound to it.

``x += v``, ``x.append(v)``, ``x[k] = v``, ``x.a = v``; and which calls of the
file call which of its functions. One pass over a file, made when first asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

import libcst as cst

from .nodes import children, spine
from .scopes import Scope, Site

if TYPE_CHECKING:
    from .meanings import Value
    from .python import Python
    from .resolving import Resolver

FILLERS = {"append", "appendleft", "extend", "insert", "add", "update", "setdefault", "push"}
FILLERS |= {"put", "put_nowait", "write", "writelines", "send", "feed", "union", "__setitem__"}
"""Methods that put their arguments into what they are called on."""

Node = Any  # which one, the key of the table below says; libcst has no common base for some
Key = tuple[int, str]
"""The id of a scope, and a name in it; a class's fields live in its scope."""


class Flow(NamedTuple):
    """One value that becomes part of another."""

    value: cst.BaseExpression
    order: int
    attribute: str = ""
    """Of which field alone it becomes part."""


class Flows:
    """What flows where in one file."""

    def __init__(self, python: Python, resolver: Resolver) -> None:
        self.python = python
        self.resolver = resolver
        self.into: dict[Key, list[Flow]] = defaultdict(list)
        self.yields: dict[int, list[cst.BaseExpression]] = defaultdict(list)
        """By the id of the function's scope."""
        self.calls: dict[int, list[cst.Call]] = defaultdict(list)
        """Which calls call a function of this file, by the id of its node."""
        self.handed: dict[int, list[cst.Call]] = defaultdict(list)
        """Which calls are given the function itself, to be called later."""
        waiting: list[cst.CSTNode] = [python.module]
        while waiting:
            node = waiting.pop()
            handler = _HANDLERS.get(type(node))
            if handler:
                handler(self, node)
            waiting.extend(children(node))

    def put(self, target: cst.BaseExpression, *values: cst.BaseExpression | None) -> None:
        """Note that values become part of what a target names."""
        order = self.python.place(spine(target)[0]).order
        for home, name, attribute in self.names_of(target):
            self.into[id(home), name] += [Flow(v, order, attribute) for v in values if v]

    def names_of(self, target: cst.BaseExpression) -> Iterator[tuple[Scope, str, str]]:
        """Give the scopes, names and fields that a target may stand for."""
        attribute = ""
        while True:
            if isinstance(target, cst.Attribute):
                attribute = target.attr.value
                fields = list(self.classes(target.value))
                if fields:
                    yield from ((scope, attribute, "") for scope in fields)
                    return
                target = target.value
            elif isinstance(target, cst.Subscript | cst.StarredElement):
                target = target.value
            elif isinstance(target, cst.Call):
                target = target.func
            else:
                break
        if isinstance(target, cst.Name) and (home := self.home(target)):
            yield home, target.value, attribute

    def classes(self, node: cst.BaseExpression) -> Iterator[Scope]:
        """Give the scopes of the file's classes whose object an expression may be."""
        yield from self._with_bases(self.resolver.values(node))

    def _with_bases(self, values: Iterable[Value]) -> Iterator[Scope]:
        waiting = list(values)
        seen: set[int] = set()
        while waiting:
            value = waiting.pop()
            if not isinstance(value, Site) or not isinstance(value.node, cst.ClassDef):
                continue
            if id(value.node) in seen:
                continue
            seen.add(id(value.node))
            yield self.resolver.walk.inner[id(value.node)]
            for base in value.node.bases:
                waiting.extend(self.resolver.values(base.value))

    def home(self, name: cst.Name) -> Scope | None:
        """Give the scope where a name lives."""
        return self.python.place(name).scope.home(name.value)

    def functions(self, node: cst.BaseExpression) -> Iterator[cst.FunctionDef | cst.Lambda]:
        """Give the functions of the file that an expression may stand for."""
        for value in self.resolver.values(node):
            if not isinstance(value, Site):
                continue
            if isinstance(value.node, cst.FunctionDef | cst.Lambda):
                yield value.node
            elif isinstance(value.node, cst.ClassDef):
                yield from self._makers(value)

    def _makers(self, value: Site) -> Iterator[cst.FunctionDef]:
        names = ("__call__",) if value.is_instance else ("__init__", "__new__")
        for scope, name in product(self._with_bases([value]), names):
            for binding in scope.bindings.get(name, ()):
                found = binding.value.node if isinstance(binding.value, Site) else None
                if isinstance(found, cst.FunctionDef):
                    yield found


def _augmented(flows: Flows, node: cst.AugAssign) -> None:
    flows.put(node.target, node.value)


def _assigned(flows: Flows, node: cst.Assign) -> None:
    for target in node.targets:
        _unpacked(flows, target.target, node.value)


def _bound(flows: Flows, node: cst.AnnAssign | cst.NamedExpr) -> None:
    if node.value:
        _unpacked(flows, node.target, node.value)


def _looped(flows: Flows, node: cst.For | cst.CompFor) -> None:
    _unpacked(flows, node.target, node.iter)


def _entered(flows: Flows, node: cst.WithItem) -> None:
    if node.asname:
        _unpacked(flows, node.asname.name, node.item)


def _caught(flows: Flows, node: cst.ExceptHandler | cst.ExceptStarHandler) -> None:
    if node.name and isinstance(node.name.name, cst.Name):
        flows.put(node.name.name, node.type)


def _unpacked(flows: Flows, target: cst.BaseExpression, value: cst.BaseExpression) -> None:
    """Note what bindings do not tell: parts of objects, and starred names."""
    waiting = [target]
    while waiting:
        one = waiting.pop()
        if isinstance(one, cst.Tuple | cst.List):
            waiting += [
                part if isinstance(part, cst.StarredElement) else part.value
                for part in one.elements
            ]
        elif not isinstance(one, cst.Name):
            flows.put(one, value)


def _matched(flows: Flows, node: cst.Match) -> None:
    waiting: list[cst.CSTNode] = [case.pattern for case in node.cases]
    while waiting:
        one = waiting.pop()
        rest = one.rest if isinstance(one, cst.MatchMapping) else None
        name = one.name if isinstance(one, cst.MatchStar) else rest
        if name:
            # Patterns are no expressions, so the name itself has no place.
            scope = flows.python.place(one).scope
            home = scope.elsewhere.get(name.value) or scope
            order = flows.python.place(one).order
            flows.into[id(home), name.value].append(Flow(node.subject, order))
        waiting.extend(children(one))


def _yielded(flows: Flows, node: cst.Yield) -> None:
    scope = flows.python.place(node).scope
    if isinstance(node.value, cst.From):
        flows.yields[id(scope)].append(node.value.item)
    elif node.value:
        flows.yields[id(scope)].append(node.value)


def _called(flows: Flows, node: cst.Call) -> None:
    for function in flows.functions(node.func):
        flows.calls[id(function)].append(node)
    for arg in node.args:
        if isinstance(arg.value, cst.Name | cst.Attribute | cst.Lambda):
            for function in flows.functions(arg.value):
                flows.handed[id(function)].append(node)
    if isinstance(node.func, cst.Attribute) and node.func.attr.value in FILLERS:
        flows.put(node.func.value, *(arg.value for arg in node.args))
    elif isinstance(node.func, cst.Name) and node.func.value == "setattr" and node.args:
        flows.put(node.args[0].value, *(arg.value for arg in node.args[1:]))


_HANDLERS: dict[type[cst.CSTNode], Callable[[Flows, Node], None]] = {
    cst.AnnAssign: _bound,
    cst.Assign: _assigned,
    cst.AugAssign: _augmented,
    cst.Call: _called,
    cst.CompFor: _looped,
    cst.ExceptHandler: _caught,
    cst.ExceptStarHandler: _caught,
    cst.For: _looped,
    cst.Match: _matched,
    cst.NamedExpr: _bound,
    cst.WithItem: _entered,
    cst.Yield: _yielded,
}
"""By the very class of the node."""
