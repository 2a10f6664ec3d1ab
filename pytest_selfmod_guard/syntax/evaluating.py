"""How each kind of expression is computed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import libcst as cst

from . import literals
from .applying import call
from .formatting import format_value
from .functions import elements
from .operating import BINARY, UNARY, compare
from .sizes import Plain, Unfoldable, at_most

if TYPE_CHECKING:
    from .folding import Folder

CONSTANTS = {"True": True, "False": False, "None": None}
Node = Any  # which one, the key of the table below says; comprehensions share no base
Evaluator = Callable[["Folder", Node], Plain]


def _name(folder: Folder, node: cst.Name) -> Plain:
    if node.value in CONSTANTS:
        return CONSTANTS[node.value]
    return folder.name(node)


def _concatenated(folder: Folder, node: cst.ConcatenatedString) -> Plain:
    rest: cst.BaseExpression = node
    parts = []
    while isinstance(rest, cst.ConcatenatedString):
        parts.append(folder.evaluate(rest.left))
        rest = rest.right
    parts.append(folder.evaluate(rest))
    at_most(sum(map(len, parts)))
    return type(parts[0])().join(parts)


def _formatted(folder: Folder, node: cst.FormattedString) -> str:
    made = ""
    for part in node.parts:
        if isinstance(part, cst.FormattedStringText):
            made += literals.format_text(node, part)
        elif isinstance(part, cst.FormattedStringExpression):
            made += _field(folder, node, part)
        at_most(len(made))
    return made


def _field(folder: Folder, whole: cst.FormattedString, field: cst.FormattedStringExpression) -> str:
    if field.equal:
        raise Unfoldable
    spec = ""
    for part in field.format_spec or ():
        if isinstance(part, cst.FormattedStringText):
            spec += literals.format_text(whole, part)
        elif isinstance(part, cst.FormattedStringExpression):
            spec += _field(folder, whole, part)
    return format_value(folder.evaluate(field.expression), field.conversion or "", spec)


def _binary(folder: Folder, node: cst.BinaryOperation) -> Plain:
    chain: list[cst.BinaryOperation] = []
    first: cst.BaseExpression = node
    while isinstance(first, cst.BinaryOperation):
        chain.append(first)
        first = first.left
    value = folder.evaluate(first)
    for operation in reversed(chain):
        right = folder.evaluate(operation.right)
        value = folder.check(BINARY[type(operation.operator)](value, right))
    return value


def _unary(folder: Folder, node: cst.UnaryOperation) -> Plain:
    return UNARY[type(node.operator)](folder.evaluate(node.expression))


def _comparison(folder: Folder, node: cst.Comparison) -> bool:
    left = folder.evaluate(node.left)
    for target in node.comparisons:
        right = folder.evaluate(target.comparator)
        if not compare(left, type(target.operator), right):
            return False
        left = right
    return True


def _conditional(folder: Folder, node: cst.IfExp) -> Plain:
    try:
        test = folder.evaluate(node.test)
    except Unfoldable:
        return folder.choose([node.body, node.orelse])
    return folder.evaluate(node.body if test else node.orelse)


def _boolean(folder: Folder, node: cst.BooleanOperation) -> Plain:
    try:
        left = folder.evaluate(node.left)
    except Unfoldable:
        return folder.choose([node.right, node.left])
    wants_right = bool(left) == isinstance(node.operator, cst.And)
    return folder.evaluate(node.right) if wants_right else left


def _sequence(folder: Folder, node: cst.List | cst.Tuple | cst.Set) -> Plain:
    values: list[Plain] = []
    for part in node.elements:
        value = folder.evaluate(part.value)
        values.extend(elements(value) if isinstance(part, cst.StarredElement) else [value])
        at_most(len(values))
    return {cst.List: list, cst.Tuple: tuple, cst.Set: frozenset}[type(node)](values)


def _mapping(folder: Folder, node: cst.Dict) -> dict[Plain, Plain]:
    made: dict[Plain, Plain] = {}
    for part in node.elements:
        if isinstance(part, cst.DictElement):
            made[folder.evaluate(part.key)] = folder.evaluate(part.value)
        else:
            made.update(folder.evaluate(part.value))
    return made


def _subscript(folder: Folder, node: cst.Subscript) -> Plain:
    (part,) = node.slice
    owner = folder.evaluate(node.value)
    if isinstance(part.slice, cst.Index):
        return owner[folder.evaluate(part.slice.value)]
    if not isinstance(part.slice, cst.Slice):
        raise Unfoldable
    bounds = (part.slice.lower, part.slice.upper, part.slice.step)
    return owner[slice(*(folder.evaluate(bound) if bound else None for bound in bounds))]


def _comprehension(folder: Folder, node: Node) -> Plain:
    made: list[Plain] = []
    _loop(folder, node.for_in, lambda: made.append(_element(folder, node)))
    if isinstance(node, cst.DictComp):
        return dict(made)
    return frozenset(made) if isinstance(node, cst.SetComp) else made


def _element(folder: Folder, node: Node) -> Plain:
    if isinstance(node, cst.DictComp):
        return folder.evaluate(node.key), folder.evaluate(node.value)
    return folder.evaluate(node.elt)


def _loop(folder: Folder, clause: cst.CompFor, body: Callable[[], None]) -> None:
    for value in elements(folder.evaluate(clause.iter)):
        if not folder.budget.spend():
            raise Unfoldable
        _set(folder, clause.target, value)
        if all(folder.evaluate(condition.test) for condition in clause.ifs):
            if clause.inner_for_in:
                _loop(folder, clause.inner_for_in, body)
            else:
                body()


def _set(folder: Folder, target: cst.BaseExpression, value: Plain) -> None:
    if isinstance(target, cst.Name):
        scope = folder.resolver.place(target).scope
        folder.environment[id(scope), target.value] = value
    elif isinstance(target, cst.Tuple | cst.List):
        for part, one in zip(target.elements, elements(value), strict=True):
            _set(folder, part.value, one)
    else:
        raise Unfoldable


EVALUATORS: dict[type[cst.CSTNode], Evaluator] = {
    cst.Attribute: lambda folder, node: folder.attribute(node),
    cst.BinaryOperation: _binary,
    cst.BooleanOperation: _boolean,
    cst.Call: call,
    cst.Comparison: _comparison,
    cst.ConcatenatedString: _concatenated,
    cst.Dict: _mapping,
    cst.DictComp: _comprehension,
    cst.Float: lambda _, node: literals.literal(node.value),
    cst.FormattedString: _formatted,
    cst.GeneratorExp: _comprehension,
    cst.IfExp: _conditional,
    cst.Imaginary: lambda _, node: literals.literal(node.value),
    cst.Integer: lambda _, node: literals.literal(node.value),
    cst.List: _sequence,
    cst.ListComp: _comprehension,
    cst.Name: _name,
    cst.NamedExpr: lambda folder, node: folder.evaluate(node.value),
    cst.Set: _sequence,
    cst.SetComp: _comprehension,
    cst.SimpleString: lambda _, node: literals.string(node),
    cst.Subscript: _subscript,
    cst.Tuple: _sequence,
    cst.UnaryOperation: _unary,
}
"""By the very class of the node; anything else is not computed."""
