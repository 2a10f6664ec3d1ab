"""Calls with known results: of known functions, of methods, of small pure functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import libcst as cst

from .executing import Execution
from .functions import FUNCTIONS, elements
from .methods import call_method
from .scopes import Scope, Site
from .sizes import Plain, Unfoldable

if TYPE_CHECKING:
    from .folding import Folder

TYPES = {"builtins.str": str, "builtins.bytes": bytes, "builtins.int": int}


def call(folder: Folder, node: cst.Call) -> Plain:
    """Compute a call."""
    values = list(folder.resolver.values(node.func))
    known = [value for value in values if _is_known(value)]
    if len(values) == len(known) == 1 and known[0] in HIGHER and _is_higher(known[0], node):
        return HIGHER[known[0]](folder, node)
    args, named = _evaluated_arguments(folder, node)
    if len(values) == len(known) == 1:
        return apply(folder, known[0], args, named)
    if isinstance(node.func, cst.Attribute):
        owner = folder.evaluate(node.func.value)
        return call_method(owner, node.func.attr.value, args, named)
    raise Unfoldable


def _evaluated_arguments(folder: Folder, node: cst.Call) -> tuple[list[Plain], dict[str, Plain]]:
    args: list[Plain] = []
    named: dict[str, Plain] = {}
    for arg in node.args:
        value = folder.evaluate(arg.value)
        if arg.star == "**":
            named.update(value)
        elif arg.star:
            args.extend(elements(value))
        elif arg.keyword:
            named[arg.keyword.value] = value
        else:
            args.append(value)
    return args, named


def _is_known(value: object) -> bool:
    if isinstance(value, str):
        owner, _, _ = value.rpartition(".")
        return value in FUNCTIONS or owner in TYPES or value in HIGHER
    return isinstance(value, Site) and isinstance(value.node, cst.Lambda | cst.FunctionDef)


def apply(folder: Folder, value: object, args: list[Plain], named: dict[str, Plain]) -> Plain:
    """Apply a known function."""
    if isinstance(value, Site):
        return _apply_local(folder, value, args, named)
    return _apply_known(str(value), args, named)


def _apply_known(name: str, args: list[Plain], named: dict[str, Plain]) -> Plain:
    if name in FUNCTIONS:
        return FUNCTIONS[name](*args, **named)
    owner, _, method = name.rpartition(".")
    if not args or type(args[0]) is not TYPES[owner]:
        raise Unfoldable
    return call_method(args[0], method, args[1:], named)


def _is_higher(name: object, node: cst.Call) -> bool:
    """Tell whether a function is given, which cannot be computed itself."""
    return name != "builtins.sorted" or any(arg.keyword for arg in node.args)


def _mapped(folder: Folder, node: cst.Call) -> list[Plain]:
    function, *iterables = [arg.value for arg in node.args]
    rows = zip(*(elements(folder.evaluate(one)) for one in iterables), strict=False)
    return [_apply_to(folder, function, list(row)) for row in rows]


def _kept(folder: Folder, node: cst.Call) -> list[Plain]:
    function, values = [arg.value for arg in node.args]
    found = elements(folder.evaluate(values))
    if isinstance(function, cst.Name) and function.value == "None":
        return [one for one in found if one]
    return [one for one in found if _apply_to(folder, function, [one])]


def _reduced(folder: Folder, node: cst.Call) -> Plain:
    function, values, *start = [arg.value for arg in node.args]
    found = [*map(folder.evaluate, start), *elements(folder.evaluate(values))]
    made = found[0]
    for one in found[1:]:
        made = _apply_to(folder, function, [made, one])
    return made


def _ordered(folder: Folder, node: cst.Call) -> list[Plain]:
    named = {arg.keyword.value: arg.value for arg in node.args if arg.keyword}
    found = elements(folder.evaluate(node.args[0].value))
    backwards = bool("reverse" in named and folder.evaluate(named["reverse"]))
    if "key" in named:
        keys = [_apply_to(folder, named["key"], [one]) for one in found]
        order = sorted(range(len(found)), key=keys.__getitem__, reverse=backwards)
        return [found[at] for at in order]
    return sorted(found, reverse=backwards)


def _starred(folder: Folder, node: cst.Call) -> list[Plain]:
    function, rows = [arg.value for arg in node.args]
    found = elements(folder.evaluate(rows))
    return [_apply_to(folder, function, elements(row)) for row in found]


HIGHER: dict[object, Callable[[Folder, cst.Call], Plain]] = {
    "builtins.filter": _kept,
    "builtins.map": _mapped,
    "builtins.sorted": _ordered,
    "functools.reduce": _reduced,
    "itertools.starmap": _starred,
}
"""Functions that are given another one, by dotted name."""


def _apply_to(folder: Folder, function: cst.BaseExpression, args: list[Plain]) -> Plain:
    """Call what an expression stands for."""
    if not folder.budget.spend():
        raise Unfoldable
    values = list(folder.resolver.values(function))
    if isinstance(function, cst.Attribute) and not any(map(_is_known, values)):
        owner = folder.evaluate(function.value)
        return folder.check(call_method(owner, function.attr.value, args, {}))
    if len(values) != 1 or not _is_known(values[0]):
        raise Unfoldable
    if isinstance(values[0], Site):
        return _apply_local(folder, values[0], args, {})
    return folder.check(_apply_known(str(values[0]), args, {}))


def _apply_local(folder: Folder, site: Site, args: list[Plain], named: dict[str, Plain]) -> Plain:
    """Call a lambda or a function that only computes."""
    node = site.node
    if not isinstance(node, cst.Lambda | cst.FunctionDef):
        raise Unfoldable
    scope = folder.walk.inner[id(node)]
    params = [*node.params.posonly_params, *node.params.params, *node.params.kwonly_params]
    values = dict(zip([param.name.value for param in params], args, strict=False)) | named
    for param in params:
        if param.default and param.name.value not in values:
            values[param.name.value] = folder.evaluate(param.default)
    with folder.within(scope, scope.bindings):
        folder.environment.update({(id(scope), name): value for name, value in values.items()})
        if isinstance(node, cst.Lambda):
            return folder.evaluate(node.body)
        return _returned(folder, node, scope)


def _returned(folder: Folder, node: cst.FunctionDef, scope: Scope) -> Plain:
    if node.asynchronous or node.decorators:
        raise Unfoldable
    run = Execution(folder, scope)
    run.run(node.body.body)
    return run.returned
