"""What hangs on the answer to a question."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

import libcst as cst

from pytest_selfmod_guard.rules.tamper._cheating.asking import nodes
from pytest_selfmod_guard.rules.tamper._nodes import dotted, inside, last_name

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python

_SAYS = frozenset(
    (
        "debug", "info", "warning", "warn", "error", "exception", "log", "print", "echo", "write",
        "basicConfig", "addHandler", "setLevel", "filterwarnings", "simplefilter", "getLogger",
        "StreamHandler", "NullHandler", "disable", "removeHandler", "secho",
    )
)  # fmt: skip


class Effect(Enum):
    """What a program does with an answer."""

    SAYS = "says"
    """It only logs, or warns."""
    ANSWERS = "answers"
    """It returns something fixed."""
    OTHER = "other"


class Effects:
    """The conditions of a file, and what they lead to."""

    def __init__(self, python: Python) -> None:
        """Find every condition of a file."""
        self._python = python
        self._asked: dict[int, cst.If | cst.IfExp] = {}
        for node in nodes(python.module):
            if isinstance(node, cst.If | cst.IfExp):
                self._asked.update((id(part), node) for part in nodes(node.test))

    def decides(self, question: cst.CSTNode) -> bool:
        """Tell whether an expression is, or is part of, a condition."""
        return id(question) in self._asked

    def of(self, question: cst.CSTNode) -> Effect:
        """Say what an expression decides."""
        condition = self._asked.get(id(question))
        if isinstance(condition, cst.IfExp):
            is_fixed = _is_fixed(condition.body) or _is_fixed(condition.orelse)
            return Effect.ANSWERS if is_fixed else Effect.OTHER
        if condition is None:
            return Effect.OTHER
        body = list(inside(condition.body))
        if condition.orelse is not None and isinstance(condition.orelse, cst.Else):
            body += inside(condition.orelse.body)
        if all(map(_says, body)):
            return Effect.SAYS
        return Effect.ANSWERS if any(map(_answers, body)) else Effect.OTHER


def _says(statement: cst.CSTNode) -> bool:
    if not isinstance(statement, cst.SimpleStatementLine | cst.SimpleStatementSuite):
        return False
    return all(
        isinstance(part, cst.Pass)
        or (isinstance(part, cst.Expr) and last_name(part.value) in _SAYS)
        for part in statement.body
    )


def _answers(statement: cst.CSTNode) -> bool:
    if not isinstance(statement, cst.SimpleStatementLine | cst.SimpleStatementSuite):
        return False
    returned = [part.value for part in statement.body if isinstance(part, cst.Return)]
    return any(value is not None and _is_fixed(value) for value in returned)


def _is_fixed(value: cst.BaseExpression) -> bool:
    """Tell literals, also in containers and calls, from what is computed."""
    if isinstance(value, cst.Name):
        return value.value in ("True", "False")
    if isinstance(value, cst.UnaryOperation):
        return _is_fixed(value.expression)
    if isinstance(value, cst.Tuple | cst.List | cst.Set):
        return all(_is_fixed(element.value) for element in value.elements)
    if isinstance(value, cst.Dict):
        return all(_is_fixed(element.value) for element in value.elements)
    if isinstance(value, cst.Call):
        return dotted(value.func) != "" and all(_is_fixed(part.value) for part in value.args)
    return isinstance(value, cst.BaseNumber | cst.SimpleString | cst.ConcatenatedString)
