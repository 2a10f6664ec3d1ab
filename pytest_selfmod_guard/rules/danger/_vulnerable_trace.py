"""
From a sink back to where its value comes from, through what really carries it.

A call carries its arguments on only where it is known to, so that what is
looked up with a foreign key does not count as foreign. What was tested, or
cleaned, before it is used ends the way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import libcst as cst

from pytest_selfmod_guard.rules.danger._vulnerable_carriers import (
    CLEANERS,
    carried,
)
from pytest_selfmod_guard.rules.danger._vulnerable_facts import Facts, facts
from pytest_selfmod_guard.rules.danger._vulnerable_guards import is_guarded
from pytest_selfmod_guard.rules.danger._vulnerable_sources import (
    PARAMETER,
    Source,
    of_expression,
    of_parameter,
    parameter,
)

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Function, Python
    from pytest_selfmod_guard.syntax.scopes import Scope

STEPS = 400
"""Expressions looked at for one value; further ones are not followed."""
Node = Any  # which one, the key of the table below says
Parts = Iterator[cst.BaseExpression]


def sources(
    python: Python, node: cst.BaseExpression | None, cleaners: frozenset[str] = frozenset()
) -> frozenset[Source]:
    """
    Give the foreign data that may be part of a value, uncleaned and untested.

    :param cleaners: dotted names of calls that make it harmless for this sink
    """
    if node is None:
        return frozenset()
    return frozenset(_Trace(python, cleaners).run(node))


class _Trace:
    def __init__(self, python: Python, cleaners: frozenset[str]) -> None:
        self._python = python
        self._facts: Facts = facts(python)
        self._cleaners = CLEANERS | cleaners
        self._waiting: list[cst.BaseExpression] = []
        self._seen: set[int] = set()

    def run(self, node: cst.BaseExpression) -> Iterator[Source]:
        self._waiting = [node]
        while self._waiting and len(self._seen) < STEPS:
            here = self._waiting.pop()
            if id(here) in self._seen:
                continue
            self._seen.add(id(here))
            if self._is_cleaned(here):
                continue
            found = of_expression(self._python, here)
            if found:
                yield found
            elif isinstance(here, cst.Name):
                yield from self._name(here)
            else:
                self._waiting.extend(self._inside(here))

    def _is_cleaned(self, node: cst.BaseExpression) -> bool:
        if isinstance(node, cst.Attribute):
            return f".{node.attr.value}" in self._cleaners and self._is_made(node.value)
        if not isinstance(node, cst.Call):
            return is_guarded(self._facts, node)
        return not self._cleaners.isdisjoint(_callees(self._python, node))

    def _is_made(self, node: cst.BaseExpression) -> bool:
        """Tell whether an object was made here: a path has a safe name, a form need not."""
        if not isinstance(node, cst.Name):
            return True
        values = [one.value for one in self._facts.reaching(node)[0]]
        return any(isinstance(value, cst.Call | cst.Subscript) for value in values)

    def _name(self, name: cst.Name) -> Iterator[Source]:
        bound, scope = self._facts.reaching(name)
        self._waiting.extend(one.value for one in bound)
        if scope is not None and isinstance(scope.node, cst.FunctionDef):
            yield from self._parameter(scope, name.value)

    def _parameter(self, scope: Scope, name: str) -> Iterator[Source]:
        function = functions(self._python).get(id(scope.node))
        param = parameter(function.node, name) if function else None
        if function is None or param is None:
            return
        found = self._foreign(scope, function, name)
        if found and found.kind == PARAMETER:
            passed = list(_passed(self._facts, function, param))
            self._waiting.extend(passed)
            if passed and function.name.startswith("_"):
                return
        if found:
            yield found

    def _foreign(self, scope: Scope, function: Function, name: str) -> Source | None:
        key = (id(scope), name)
        known = self._facts.parameters
        if key not in known:
            known[key] = of_parameter(self._python, function, name)
        found = known[key]
        return found if isinstance(found, Source) else None

    def _inside(self, node: cst.BaseExpression) -> Parts:
        if isinstance(node, cst.Call):
            yield from self._called(node)
        elif isinstance(node, cst.Attribute):
            fields = self._facts.fields(node)
            yield from (field.value for field in fields) if fields else (node.value,)
        else:
            yield from _parts(node)

    def _called(self, node: cst.Call) -> Parts:
        local = _local(self._python, node)
        if local is not None:
            yield from self._facts.returns.get(id(local), ())
            return
        yield from carried(self._python, node)


def _callees(python: Python, node: cst.Call) -> frozenset[str]:
    names = python.names(node.func)
    if isinstance(node.func, cst.Attribute):
        return names | {f"*.{node.func.attr.value}"}
    return names


@lru_cache(maxsize=4)
def functions(python: Python) -> dict[int, Function]:
    """Give a file's functions by the id of their node."""
    return {id(function.node): function for function in python.functions}


@lru_cache(maxsize=4)
def _by_name(python: Python) -> dict[str, cst.FunctionDef]:
    return {function.name: function.node for function in python.functions}


def _local(python: Python, node: cst.Call) -> cst.FunctionDef | None:
    """Give the function of the file that a call calls, as far as its name tells."""
    func = node.func
    if isinstance(func, cst.Name) and not python.names(func):
        return _by_name(python).get(func.value)
    on = func.value if isinstance(func, cst.Attribute) else None
    if isinstance(func, cst.Attribute) and isinstance(on, cst.Name) and on.value in ("self", "cls"):
        return _by_name(python).get(func.attr.value)
    return None


def _passed(known: Facts, function: Function, param: cst.Param) -> Parts:
    """Give what the calls of a function in its file pass for a parameter."""
    given = function.node.params
    names = [one.name.value for one in (*given.posonly_params, *given.params)]
    names = names[1:] if names[:1] in (["self"], ["cls"]) else names
    position = names.index(param.name.value) if param.name.value in names else None
    for call in known.callers.get(function.name, ()):
        value = known.python.argument(call, position, param.name.value)
        if value is not None:
            yield value


def _parts(node: Node) -> Parts:
    handler = _PARTS.get(type(node))
    return handler(node) if handler else iter(())


def _formatted(node: cst.FormattedString) -> Parts:
    for part in node.parts:
        if isinstance(part, cst.FormattedStringExpression):
            yield part.expression


def _sides(node: Node) -> Parts:
    return iter((node.left, node.right))


def _elements(node: Node) -> Parts:
    return (element.value for element in node.elements)


def _value(node: Node) -> Parts:
    return iter((node.value,))


_PARTS: dict[type[cst.CSTNode], Callable[[Node], Parts]] = {
    cst.Await: lambda node: iter((node.expression,)),
    cst.BinaryOperation: _sides,
    cst.BooleanOperation: _sides,
    cst.ConcatenatedString: _sides,
    cst.Dict: _elements,
    cst.DictComp: _value,
    cst.FormattedString: _formatted,
    cst.GeneratorExp: lambda node: iter((node.elt,)),
    cst.IfExp: lambda node: iter((node.body, node.orelse)),
    cst.List: _elements,
    cst.ListComp: lambda node: iter((node.elt,)),
    cst.NamedExpr: _value,
    cst.Set: _elements,
    cst.SetComp: lambda node: iter((node.elt,)),
    cst.Subscript: _value,
    cst.Tuple: _elements,
}
"""What of an expression its value is made from; of what is not here, nothing."""
