"""
What the calls of a file pass to its functions: further bindings of their parameters.

Only calls by the function's own name, in plain sight, as ``load("os")``, and
only where it may lead to a name: modules, and parameters that are called,
looked up with, or handed on whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from .defining import parameters_of
from .scopes import Binding, Scope, Site, Way

if TYPE_CHECKING:
    from .walking import Walk

Function = cst.FunctionDef | cst.Lambda
MOST = 50
"""Calls of one function that are told apart."""
DATA = (cst.Integer, cst.Float, cst.List, cst.Tuple, cst.Set, cst.Comparison, cst.FormattedString)
"""What nobody can call, import or look up by."""


def bind_what_is_passed(walk: Walk) -> None:
    """Bind the parameters of the file's functions to the arguments they are given."""
    seen: dict[int, int] = {}
    for call in walk.calls:
        for function, is_method in _functions(walk, call):
            seen[id(function)] = seen.get(id(function), 0) + 1
            if seen[id(function)] <= MOST and function is not walk.places[id(call)].scope.node:
                _bind(walk, function, call, skip=int(is_method))


def _functions(walk: Walk, call: cst.Call) -> Iterator[tuple[Function, bool]]:
    func = call.func
    scope = walk.places[id(call)].scope
    if isinstance(func, cst.Lambda):
        yield func, False
    elif isinstance(func, cst.Name) and (home := scope.home(func.value)):
        for value in _bound(home, func.value):
            if isinstance(value, cst.ClassDef):
                yield from ((f, True) for f in _methods(walk, value, "__init__"))
            elif isinstance(value, Function):
                yield value, False
    elif isinstance(func, cst.Attribute) and isinstance(func.value, cst.Name):
        owner = scope.home(func.value.value)
        for value in _bound(owner, func.value.value) if owner else ():
            if isinstance(value, cst.ClassDef):
                yield from ((f, _has_receiver(f)) for f in _methods(walk, value, func.attr.value))


def _bound(home: Scope, name: str) -> Iterator[cst.CSTNode]:
    for binding in home.bindings[name]:
        if isinstance(binding.value, Site):
            yield binding.value.node
        elif isinstance(binding.value, cst.Lambda):
            yield binding.value


def _methods(walk: Walk, node: cst.ClassDef, name: str) -> Iterator[cst.FunctionDef]:
    scope = walk.inner[id(node)]
    for value in _bound(scope, name) if name in scope.bindings else ():
        if isinstance(value, cst.FunctionDef):
            yield value


def _has_receiver(function: cst.FunctionDef) -> bool:
    names = [getattr(one.decorator, "value", "") for one in function.decorators]
    return "staticmethod" not in names


def _bind(walk: Walk, function: Function, call: cst.Call, skip: int) -> None:
    scope = walk.inner[id(function)]
    positional = [arg for arg in call.args if not arg.keyword and not arg.star]
    named = {arg.keyword.value: arg.value for arg in call.args if arg.keyword}
    if len(positional) + len(named) < len(call.args):
        return  # behind a star no position is certain
    params = function.params
    places = [*params.posonly_params, *params.params][skip:]
    for param, arg in zip(places, positional, strict=False):
        _give(walk, scope, param, arg.value)
    for param in parameters_of(params):
        if param.name.value in named:
            _give(walk, scope, param, named.pop(param.name.value))
    if named and params.star_kwarg:
        _give(walk, scope, params.star_kwarg, _mapping(named))


def _give(walk: Walk, scope: Scope, param: cst.Param, value: cst.BaseExpression) -> None:
    name = param.name.value
    order = scope.bindings[name][0].order
    leads = name in walk.leading or id(scope) in walk.lookers or _is_module(walk, value)
    if leads and not isinstance(value, DATA):
        binding = Binding(value, order, is_certain=False, path=(Way.PASSED,))
        scope.bindings[name].append(binding)


def _is_module(walk: Walk, value: cst.BaseExpression) -> bool:
    if not isinstance(value, cst.Name) or id(value) not in walk.places:
        return False
    home = walk.places[id(value)].scope.home(value.value)
    bindings = home.bindings[value.value] if home else []
    return any(isinstance(binding.value, str) for binding in bindings)


def _mapping(named: dict[str, cst.BaseExpression]) -> cst.Dict:
    pairs = [cst.DictElement(cst.SimpleString(repr(key)), value) for key, value in named.items()]
    return cst.Dict(pairs)
