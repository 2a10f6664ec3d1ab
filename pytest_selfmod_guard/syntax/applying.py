"""Calls with known results: of known functions, of methods, of small pure functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from .functions import FUNCTIONS, elements
from .methods import call_method
from .scopes import Site
from .sizes import Plain, Unfoldable

if TYPE_CHECKING:
    from .folding import Folder

TYPES = {"builtins.str": str, "builtins.bytes": bytes, "builtins.int": int}


def call(folder: Folder, node: cst.Call) -> Plain:
    """Compute a call."""
    args, named = _evaluated_arguments(folder, node) if not _takes_function(node) else ([], {})
    values = list(folder.resolver.values(node.func))
    known = [value for value in values if _is_known(value)]
    if len(values) == len(known) == 1:
        return apply(folder, known[0], node, args, named)
    if isinstance(node.func, cst.Attribute):
        owner = folder.evaluate(node.func.value)
        return call_method(owner, node.func.attr.value, args, named)
    raise Unfoldable


def _takes_function(node: cst.Call) -> bool:
    """Whether its first argument may be something that only can be called."""
    return isinstance(node.func, cst.Name) and node.func.value in ("map", "filter")


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
        return value in FUNCTIONS or owner in TYPES or value in ("builtins.map", "builtins.filter")
    return isinstance(value, Site) and isinstance(value.node, cst.Lambda | cst.FunctionDef)


def apply(
    folder: Folder, value: object, node: cst.Call, args: list[Plain], named: dict[str, Plain]
) -> Plain:
    """Apply a known function."""
    if value in ("builtins.map", "builtins.filter"):
        return _mapped(folder, node, keep=value == "builtins.filter")
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


def _mapped(folder: Folder, node: cst.Call, *, keep: bool) -> list[Plain]:
    function, *iterables = [arg.value for arg in node.args]
    columns = [elements(folder.evaluate(one)) for one in iterables]
    rows = list(zip(*columns, strict=False))
    made = [_apply_to(folder, function, list(row)) for row in rows]
    return [row[0] for row, wanted in zip(rows, made, strict=True) if wanted] if keep else made


def _apply_to(folder: Folder, function: cst.BaseExpression, args: list[Plain]) -> Plain:
    """Call what an expression stands for."""
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
    """Call a lambda, or a function that does nothing but return."""
    scope = folder.walk.inner[id(site.node)]
    params, body = _parts(site.node)
    values = dict(zip(params, args, strict=False)) | named
    saved = dict(folder.environment)
    folder.environment.update({(id(scope), name): value for name, value in values.items()})
    try:
        return folder.evaluate(body)
    finally:
        folder.environment.clear()
        folder.environment.update(saved)


def _parts(node: cst.CSTNode) -> tuple[list[str], cst.BaseExpression]:
    if isinstance(node, cst.Lambda):
        return [param.name.value for param in node.params.params], node.body
    if not isinstance(node, cst.FunctionDef) or node.asynchronous or node.decorators:
        raise Unfoldable
    lines = [line for line in node.body.body if not _is_docstring(line)]
    line = (
        lines[0].body
        if len(lines) == 1 and isinstance(lines[0], cst.SimpleStatementLine)
        else lines
    )
    if len(line) != 1 or not isinstance(line[0], cst.Return) or not line[0].value:
        raise Unfoldable
    return [param.name.value for param in node.params.params], line[0].value


def _is_docstring(line: cst.CSTNode) -> bool:
    if not isinstance(line, cst.SimpleStatementLine) or len(line.body) != 1:
        return False
    part = line.body[0]
    return isinstance(part, cst.Expr) and isinstance(part.value, cst.SimpleString)
