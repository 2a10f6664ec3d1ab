"""What an expression says as text, as far as it can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_selfmod_guard.syntax import Unknown

if TYPE_CHECKING:
    import libcst as cst

    from pytest_selfmod_guard.syntax import Python
    from pytest_selfmod_guard.syntax.scopes import Scope

GAP = "{}"
"""Stands for what cannot be read."""
_DEPTH = 12
_LONGEST = 20_000


def said(python: Python, node: cst.BaseExpression, depth: int = 0) -> str:
    """
    Give the text that an expression makes, with a gap for each unknown part.

    The parts of a list are joined by blanks, as in a command line.
    """
    value = python.fold(node)
    if not isinstance(value, Unknown):
        return _plain(value)
    if depth > _DEPTH:
        return GAP
    return _put_together(python, node, depth + 1)[:_LONGEST]


def _plain(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")[:_LONGEST]
    if isinstance(value, list | tuple):
        return " ".join(_plain(part) for part in value)[:_LONGEST]
    return str(value)[:_LONGEST]


def _put_together(python: Python, node: cst.BaseExpression, depth: int) -> str:
    import libcst as cst  # noqa: PLC0415 (a rule that asks has it already; importing this has not)

    if isinstance(node, cst.FormattedString):
        return "".join(_part(python, part, depth) for part in node.parts)
    if isinstance(node, cst.ConcatenatedString | cst.BinaryOperation):
        return said(python, node.left, depth) + said(python, node.right, depth)
    if isinstance(node, cst.List | cst.Tuple):
        return " ".join(said(python, element.value, depth) for element in node.elements)
    if isinstance(node, cst.Call):
        return _called(python, node, depth)
    if isinstance(node, cst.Name) and (value := bound(python, node)) is not None:
        return said(python, value, depth)
    return GAP


def _part(python: Python, part: cst.BaseFormattedStringContent, depth: int) -> str:
    text = getattr(part, "value", None)
    if isinstance(text, str):
        return text
    expression: cst.BaseExpression = part.expression  # type: ignore[attr-defined]
    return said(python, expression, depth)


def _called(python: Python, call: cst.Call, depth: int) -> str:
    """``"...".format(x)``, ``" ".join([...])``, ``str(x)``: what is in it, in its order."""
    parts = [argument.value for argument in call.args[:8]]
    owner = getattr(call.func, "value", None)
    told = [said(python, part, depth) for part in parts]
    if owner is not None and not isinstance(owner, str):
        told.insert(0, said(python, owner, depth))
    return " ".join(told) or GAP


def bound(python: Python, name: cst.Name) -> cst.BaseExpression | None:
    """Give the one expression that a name is bound to; None where there are several, or none."""
    import libcst as cst  # noqa: PLC0415

    scope: Scope | None = python.place(name).scope
    while scope is not None:
        if found := scope.bindings.get(name.value):
            value = found[0].value
            whole = len(found) == 1 and not found[0].path
            return value if whole and isinstance(value, cst.BaseExpression) else None
        scope = scope.parent
    return None
