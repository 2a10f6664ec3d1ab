"""Methods whose answer does not depend on what they are asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import libcst as cst

from pytest_selfmod_guard.rules.tamper._cheating.asking import nodes
from pytest_selfmod_guard.rules.tamper._cheating.kinds import Kinds, is_of_values
from pytest_selfmod_guard.rules.tamper._nodes import assigned, inside, last_name

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python

ASKED = frozenset(
    (
        "__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__contains__",
        "__instancecheck__", "__subclasscheck__",
    )
)  # fmt: skip
"""The methods that are asked when things are compared."""
_LOOKS = frozenset(("isinstance", "type", "__class__", "issubclass", "hasattr", "__mro__"))


class Fixed(NamedTuple):
    """One method of one class that always answers the same."""

    node: cst.CSTNode
    name: str
    """``__eq__``."""
    answer: bool
    owner: cst.ClassDef | None
    how: str = ""
    """``kind`` where only the other's kind counts, ``slack`` where a difference passes."""


def fixed(python: Python) -> Iterator[Fixed]:
    """Give the special methods of a file that answer True or False whatever they are asked."""
    for node in nodes(python.module):
        if isinstance(node, cst.ClassDef):
            yield from _of_class(python, node)
        elif isinstance(node, cst.Assign):
            yield from _of_assignment(python, node)
        elif isinstance(node, cst.Call):
            yield from _of_call(python, node)


def _of_class(python: Python, node: cst.ClassDef) -> Iterator[Fixed]:
    for statement in inside(node.body):
        if isinstance(statement, cst.FunctionDef) and statement.name.value in ASKED:
            answer = always(python, statement)
            if answer is not None:
                yield Fixed(statement, statement.name.value, answer, node)
            else:
                yield from _of_kind(python, statement.name.value, statement, node)
        for name, value in assigned(statement):
            answer = _of_value(python, value) if name in ASKED else None
            if answer is not None:
                yield Fixed(value, name, answer, node)
            elif isinstance(value, cst.Lambda):
                yield from _of_kind(python, name, value, node)


def _of_kind(
    python: Python, name: str, method: cst.FunctionDef | cst.Lambda, owner: cst.ClassDef
) -> Iterator[Fixed]:
    """Give a comparison for which little of the two counts."""
    if name not in ("__eq__", "__ne__"):
        return
    asked = Kinds(python, method)
    if asked.is_equal_to_a_kind(negated=name == "__ne__"):
        yield Fixed(method, name, name == "__eq__", owner, "kind")
    elif is_of_values(owner) and (asked.lets_pass() or (name == "__eq__" and asked.is_lax())):
        yield Fixed(method, name, name == "__eq__", owner, "slack")


def _of_assignment(python: Python, node: cst.Assign) -> Iterator[Fixed]:
    """``Total.__eq__ = lambda self, other: True``."""
    for target in node.targets:
        name = last_name(target.target)
        if isinstance(target.target, cst.Attribute) and name in ASKED:
            answer = _of_value(python, node.value)
            if answer is not None:
                yield Fixed(node, name, answer, None)


def _of_call(python: Python, node: cst.Call) -> Iterator[Fixed]:
    """``setattr(Total, "__eq__", ...)``, ``type("Any", (), {"__eq__": ...})``."""
    values = [argument.value for argument in node.args]
    names = python.names(node.func)
    if "builtins.setattr" in names and len(values) > 2:  # noqa: PLR2004 (object, name, value)
        yield from _named(python, node, values[1], values[2])
    if "builtins.type" in names or last_name(node.func) in ("new_class", "make_dataclass"):
        for value in values:
            for element in value.elements if isinstance(value, cst.Dict) else ():
                if isinstance(element, cst.DictElement):
                    yield from _named(python, node, element.key, element.value)


def _named(
    python: Python, node: cst.CSTNode, name: cst.BaseExpression, value: cst.BaseExpression
) -> Iterator[Fixed]:
    known = python.fold(name)
    answer = _of_value(python, value) if isinstance(known, str) and known in ASKED else None
    if isinstance(known, str) and answer is not None:
        yield Fixed(node, known, answer, None)
    elif known == "__eq__" and isinstance(value, cst.Lambda):
        asked = Kinds(python, value)
        if asked.lets_pass() or asked.is_lax():
            yield Fixed(node, known, answer=True, owner=None, how="slack")


def _of_value(python: Python, value: cst.BaseExpression) -> bool | None:
    if isinstance(value, cst.Lambda):
        return truth(python, value.body)
    if isinstance(value, cst.Name):
        for function in python.functions:
            if function.name == value.value:
                return always(python, function.node)
    return None


def always(python: Python, function: cst.FunctionDef) -> bool | None:
    """Give what a function answers whatever it is asked; None where it depends."""
    answers = set()
    for node in _own(function):
        if isinstance(node, cst.Return):
            answers.add(truth(python, node.value) if node.value is not None else None)
        elif isinstance(node, cst.Yield | cst.Raise) or _looks(node):
            return None
    if answers == {True, False}:
        return True  # a few apart, and whatever else is the same
    return answers.pop() if len(answers) == 1 else None


def _looks(node: cst.CSTNode) -> bool:
    """Tell whether a condition asks for a type, or for something of the object itself."""
    if not isinstance(node, cst.If | cst.IfExp | cst.Match | cst.While):
        return False
    asked = node.subject if isinstance(node, cst.Match) else node.test
    return any(
        (isinstance(part, cst.Name) and part.value in _LOOKS)
        or (isinstance(part, cst.Attribute) and last_name(part.value) == "self")
        for part in nodes(asked)
    )


def truth(python: Python, node: cst.BaseExpression) -> bool | None:
    """Give the truth of an expression that has only one, be it in disguise."""
    value = python.fold(node)
    if isinstance(value, bool | int):
        return bool(value)
    if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.Not):
        inner = truth(python, node.expression)
        return None if inner is None else not inner
    if isinstance(node, cst.BooleanOperation):
        return _of_pair(python, node)
    if isinstance(node, cst.Comparison) and len(node.comparisons) == 1:
        same = python.code(node.left) == python.code(node.comparisons[0].comparator)
        operator = node.comparisons[0].operator
        if same and isinstance(operator, cst.Equal | cst.Is):
            return True
        return False if same and isinstance(operator, cst.NotEqual | cst.IsNot) else None
    return _of_question(python, node) if isinstance(node, cst.Call) else None


def _of_pair(python: Python, node: cst.BooleanOperation) -> bool | None:
    left, right = truth(python, node.left), truth(python, node.right)
    if isinstance(node.operator, cst.Or):
        return True if True in (left, right) else left if left == right else None
    return False if False in (left, right) else left if left == right else None


def _of_question(python: Python, node: cst.Call) -> bool | None:
    """``bool(1)``, ``isinstance(other, object)``."""
    names = python.names(node.func)
    values = [argument.value for argument in node.args]
    if "builtins.bool" in names and len(values) == 1:
        return truth(python, values[0])
    if "builtins.isinstance" in names and len(values) == 2:  # noqa: PLR2004 (object and class)
        return True if "builtins.object" in python.names(values[1]) else None
    return None


def _own(function: cst.FunctionDef) -> Iterator[cst.CSTNode]:
    todo: list[cst.CSTNode] = list(inside(function.body))
    while todo:
        node = todo.pop()
        yield node
        if not isinstance(node, cst.FunctionDef | cst.ClassDef | cst.Lambda):
            todo += node.children
