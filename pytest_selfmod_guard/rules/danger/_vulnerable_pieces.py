"""Text that is put together, taken apart into what is constant and what is not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from pytest_selfmod_guard.rules.danger._vulnerable_facts import facts
from pytest_selfmod_guard.syntax.nodes import children

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python

STEPS = 300
_DIGITS = tuple("0123456789")
Piece = str | cst.BaseExpression
_PERCENT = re.compile(r"%(?:\((\w+)\))?[#0\- +]*\d*(?:\.\d+)?[sdrifxXeEgGca]")
_BRACES = re.compile(r"\{(\w*)[^{}]*\}")
_WRAPPERS = frozenset(("builtins.str", "textwrap.dedent", "sqlalchemy.text", "sqlalchemy.sql.text",
                       "sqlalchemy.sql.expression.text",
                       "django.db.models.expressions.RawSQL"))  # fmt: skip
_TRIMMERS = frozenset(
    ("strip", "lstrip", "rstrip", "lower", "upper", "encode", "decode", "expandtabs")
)
_TEXTUAL = (
    cst.SimpleString,
    cst.FormattedString,
    cst.ConcatenatedString,
    cst.BinaryOperation,
    cst.Call,
)


def pieces(python: Python, node: cst.BaseExpression) -> list[Piece]:
    """Give the constant texts and the other expressions that a text is made from, in order."""
    found: list[Piece] = []
    waiting: list[Piece] = [node]
    steps = 0
    seen: set[int] = set()
    while waiting and steps < STEPS:
        steps += 1
        here = waiting.pop()
        inner = None if isinstance(here, str) or id(here) in seen else _inside(python, here)
        if inner is None:
            found.append(here)
        else:
            seen.add(id(here))
            waiting.extend(reversed(inner))
    return found


def _inside(python: Python, node: cst.BaseExpression) -> list[Piece] | None:
    if isinstance(node, cst.SimpleString | cst.ConcatenatedString | cst.Name):
        constant = python.fold(node)
        if isinstance(constant, str):
            return [constant]
    if isinstance(node, cst.ConcatenatedString):
        return [node.left, node.right]
    if isinstance(node, cst.FormattedString):
        return list(_formatted(node))
    if isinstance(node, cst.BinaryOperation):
        return _operated(python, node)
    if isinstance(node, cst.Call):
        return _called(python, node)
    return _named(python, node) if isinstance(node, cst.Name) else None


def _formatted(node: cst.FormattedString) -> Iterator[Piece]:
    for part in node.parts:
        if isinstance(part, cst.FormattedStringText):
            yield part.value
        elif isinstance(part, cst.FormattedStringExpression):
            yield part.expression


def _operated(python: Python, node: cst.BinaryOperation) -> list[Piece] | None:
    if isinstance(node.operator, cst.Add):
        return [node.left, node.right]
    if not isinstance(node.operator, cst.Modulo):
        return None
    template = _template(python, node.left)
    if template is None:
        return [node.left, node.right]
    given, named = _given(node.right)
    return list(_filled(_PERCENT, template, given, named))


def _template(python: Python, node: cst.BaseExpression) -> str | None:
    """Give a template's text; where it is not constant, with what is not left out."""
    if not isinstance(node, (*_TEXTUAL, cst.Name)):
        return None
    value = python.fold(node)
    if isinstance(value, str):
        return value
    if isinstance(node, cst.Name):
        values = [one.value for one in facts(python).reaching(node)[0]]
        texts = [python.fold(value) for value in values]
        return " ".join(text for text in texts if isinstance(text, str)) or None
    if isinstance(node, cst.Call):
        return None
    return "".join(_constants(node)) or None


def _constants(node: cst.BaseExpression) -> Iterator[str]:
    """Give the constant texts in an expression, in order, without looking up names."""
    waiting: list[cst.CSTNode] = [node]
    while waiting:
        here = waiting.pop()
        if isinstance(here, cst.FormattedStringText):
            yield here.value
        elif isinstance(here, cst.SimpleString) and isinstance(here.evaluated_value, str):
            yield here.evaluated_value
        waiting.extend(reversed(list(children(here))))


def _given(
    node: cst.BaseExpression,
) -> tuple[list[cst.BaseExpression], dict[str, cst.BaseExpression]]:
    """Give what stands right of ``%``: in order, or by name."""
    if isinstance(node, cst.Tuple):
        return [element.value for element in node.elements], {}
    if isinstance(node, cst.Dict):
        pairs = [element for element in node.elements if isinstance(element, cst.DictElement)]
        return [], {_key(pair.key): pair.value for pair in pairs}
    return [node], {}


def _key(node: cst.BaseExpression) -> str:
    value = node.evaluated_value if isinstance(node, cst.SimpleString) else ""
    return value if isinstance(value, str) else ""


def _filled(
    pattern: re.Pattern[str],
    template: str,
    given: list[cst.BaseExpression],
    named: dict[str, cst.BaseExpression],
) -> Iterator[Piece]:
    at = 0
    for number, match in enumerate(pattern.finditer(template)):
        yield template[at : match.start()]
        at = match.end()
        name = match[1] or ""
        index = int(name) if name in _DIGITS else number
        value = named.get(name) or (given[index] if index < len(given) else None)
        if value is None and given:
            value = given[-1]
        yield value if value is not None else " "
    yield template[at:]


def _called(python: Python, node: cst.Call) -> list[Piece] | None:
    if python.names(node.func) & _WRAPPERS and node.args:
        return [node.args[0].value]
    if not isinstance(node.func, cst.Attribute):
        return None
    method, receiver = node.func.attr.value, node.func.value
    if method in _TRIMMERS and isinstance(receiver, (*_TEXTUAL, cst.Name)):
        return [receiver]
    if method == "format":
        template = _template(python, receiver)
        if template is None:
            return None
        given = [arg.value for arg in node.args if arg.keyword is None and not arg.star]
        named = {arg.keyword.value: arg.value for arg in node.args if arg.keyword}
        return list(_filled(_BRACES, template, given, named))
    return _joined(python, node, receiver) if method == "join" else None


def _joined(python: Python, node: cst.Call, receiver: cst.BaseExpression) -> list[Piece] | None:
    between = python.fold(receiver)
    listed = node.args[0].value if node.args else None
    if isinstance(listed, cst.Name):
        values = [one.value for one in facts(python).reaching(listed)[0]]
    else:
        values = [listed] if listed is not None else []
    found: list[Piece] = []
    for value in values:
        parts = (
            [part.value for part in value.elements]
            if isinstance(value, cst.List | cst.Tuple)
            else [value]
        )
        for part in parts:
            found += [part, between if isinstance(between, str) else " "]
    is_text = any(isinstance(part, _TEXTUAL) and not isinstance(part, cst.Call) for part in found)
    return found if is_text else None


def _named(python: Python, node: cst.Name) -> list[Piece] | None:
    bound, parameter = facts(python).reaching(node)
    if parameter is not None or not any(isinstance(one.value, _TEXTUAL) for one in bound):
        return None
    if not any(_is_text(one.value) for one in bound):
        return None
    found: list[Piece] = []
    for one in bound:
        found += ["" if one.keeps else " ", one.value]
    return found


def _is_text(node: cst.BaseExpression) -> bool:
    """Tell whether an expression makes a text with something constant in it."""
    if isinstance(node, cst.Call):
        return isinstance(node.func, cst.Attribute) and node.func.attr.value in (
            "format",
            "join",
            *_TRIMMERS,
        )
    return isinstance(node, _TEXTUAL)
