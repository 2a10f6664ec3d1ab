"""One question where a value comes from, on its way to an answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from .meanings import Method
from .nodes import children
from .parameters import Frame, Function, explained, parameters, passed
from .scopes import RESULT, Binding, Path, Scope, Site, Way

if TYPE_CHECKING:
    from .origins import Origins

Step = tuple[cst.CSTNode, Frame | None]


class Slice:
    """One question on its way to an answer."""

    def __init__(self, origins: Origins, stop: frozenset[str]) -> None:
        self.origins = origins
        self.flows = origins.flows
        self.stop = stop
        self.found: set[str] = set()
        self.seen: set[tuple[int | str, ...]] = set()
        self.todo: list[Step] = []

    def run(self, node: cst.BaseExpression) -> set[str]:
        self.todo.append((node, None))
        while self.todo:
            here, frame = self.todo.pop()
            if (id(here), id(frame)) in self.seen:
                continue
            self.seen.add((id(here), id(frame)))
            steps = list(self._from(here, frame))
            if not self.origins.budget.spend(1 + len(steps)):
                break
            self.todo += steps
        return self.found

    def _from(self, node: cst.CSTNode, frame: Frame | None) -> Iterator[Step]:
        """Name what a node is, and give what it is made from."""
        if isinstance(node, cst.Call):
            yield from self._call(node, frame)
            return
        if isinstance(node, cst.Name | cst.Attribute | cst.Subscript):
            self.found |= self.origins.names(node)
        if isinstance(node, cst.Name):
            yield from self._name(node, frame)
        elif isinstance(node, cst.Attribute):
            yield from self._attribute(node, frame)
        else:
            yield from ((part, frame) for part in _parts(node))

    def _call(self, node: cst.Call, frame: Frame | None) -> Iterator[Step]:
        names = self.origins.names(node.func)
        if names & self.stop:
            return
        self.found |= names | self.origins.names(node)
        functions = self.origins.callees(node)
        for function in functions:
            yield from self._returned(function, self.origins.frames.enter(node, function, frame))
        if functions and not names and not self.origins.makes_object(node):
            return
        args = [arg.value for arg in node.args]
        if isinstance(node.func, cst.Attribute):
            yield node.func.value, frame
            # Which entry of a table was asked for does not taint what stands in it.
            args = args[1:] if self._is_look_up(node.func) else args
        elif not isinstance(node.func, cst.Name):
            yield node.func, frame
        else:
            yield from self._name(node.func, frame)
        yield from ((arg, frame) for arg in args)

    def _is_look_up(self, method: cst.Attribute) -> bool:
        values = self.origins.resolver.values(method)
        return bool(values) and all(isinstance(value, Method) for value in values)

    def _returned(self, function: Function, frame: Frame | None) -> Iterator[Step]:
        scope = self.origins.resolver.walk.inner[id(function)]
        for binding in scope.bindings.get(RESULT, ()):
            if isinstance(binding.value, cst.BaseExpression):
                yield binding.value, frame
        yield from ((value, frame) for value in self.flows.yields.get(id(scope), ()))

    def _name(self, node: cst.Name, frame: Frame | None, attribute: str = "") -> Iterator[Step]:
        home = self.flows.home(node)
        if home is None:
            return
        within = frame if home.kind != "module" else None
        lasting = self.origins.lasting(home, node.value)
        since = lasting.since(self.origins.python.place(node))
        key = (id(home), node.value, since, attribute, id(within))
        if key in self.seen:
            return
        self.seen.add(key)
        for binding in lasting.bindings(since):
            if Way.PASSED in binding.path:
                continue  # of which call it is told apart here
            yield from self._bound(home, node.value, binding, within)
        for flow in self.flows.into.get((id(home), node.value), ()):
            if flow.order >= since and (not attribute or flow.attribute in ("", attribute)):
                yield flow.value, within

    def _bound(
        self, home: Scope, name: str, binding: Binding, frame: Frame | None
    ) -> Iterator[Step]:
        value = binding.value
        if isinstance(value, cst.BaseExpression):
            yield _part(value, binding.path), frame
        elif isinstance(value, Site) and isinstance(value.node, cst.FunctionDef):
            yield from self._returned(value.node, None)
        elif value is None and isinstance(home.node, cst.FunctionDef | cst.Lambda):
            yield from self._parameter(home, home.node, name, frame)

    def _parameter(
        self, home: Scope, function: Function, name: str, frame: Frame | None
    ) -> Iterator[Step]:
        inside = self.origins.frames.of(function, frame)
        if inside:
            given = passed(self.origins.resolver, inside.call, function, name)
            yield from ((value, inside.outer) for value in given or ())
            return
        if name not in parameters(function):
            return
        for call in self.flows.calls.get(id(function), ()):
            given = passed(self.origins.resolver, call, function, name)
            yield from ((value, None) for value in given or ())
        for call in self.flows.handed.get(id(function), ()):
            yield from ((arg.value, None) for arg in call.args)
        if not explained(self.flows, function):
            self.found.add("param:" + f"{home.qualname}.{name}".strip("."))

    def _attribute(self, node: cst.Attribute, frame: Frame | None) -> Iterator[Step]:
        is_known = False
        for scope in self.origins.classes(node.value):
            for flow in self.flows.into.get((id(scope), node.attr.value), ()):
                is_known = True
                yield flow.value, None
            for binding in scope.bindings.get(node.attr.value, ()):
                is_known = is_known or isinstance(binding.value, Site)
                yield from self._bound(scope, node.attr.value, binding, None)
        if not is_known:
            if isinstance(node.value, cst.Name):
                self.found |= self.origins.names(node.value)
                yield from self._name(node.value, frame, node.attr.value)
            else:
                yield node.value, frame


def _part(value: cst.BaseExpression, path: Path) -> cst.BaseExpression:
    """Give the part of a literal that a path leads to, as far as it does."""
    for index in path:
        if not isinstance(value, cst.Tuple | cst.List):
            break
        if not isinstance(index, int) or index >= len(value.elements):
            break
        if any(isinstance(part, cst.StarredElement) for part in value.elements):
            break
        value = value.elements[index].value
    return value


def _parts(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Give the parts whose values go into the value of the whole."""
    if isinstance(node, cst.IfExp):
        yield from (node.body, node.orelse)
    elif isinstance(node, cst.Subscript | cst.NamedExpr):
        yield node.value
    elif isinstance(node, cst.Lambda):
        yield node.body
    elif isinstance(node, cst.ListComp | cst.SetComp | cst.GeneratorExp):
        yield node.elt
    elif isinstance(node, cst.DictComp):
        yield from (node.key, node.value)
    elif not isinstance(node, cst.Comparison):
        yield from children(node)
