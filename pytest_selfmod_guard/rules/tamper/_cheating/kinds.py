"""Equality that is decided by what kind the other is, or that lets a difference pass."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from pytest_selfmod_guard.rules.tamper._cheating.asking import nodes
from pytest_selfmod_guard.rules.tamper._nodes import assigned, dotted, inside, last_name

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python

_VALUES = frozenset(
    (
        "str", "int", "float", "complex", "bytes", "bytearray", "list", "tuple", "dict", "set",
        "frozenset", "bool", "object", "Decimal", "Fraction", "Number", "Real", "Integral",
        "Sequence", "Mapping", "Iterable", "datetime", "date", "timedelta",
    )
)  # fmt: skip
"""What tests expect; an object of the project is none of it."""
_ASKS = frozenset(("isinstance", "issubclass"))
_EQUAL = cst.Equal | cst.Is
_UNEQUAL = cst.NotEqual | cst.IsNot
_LESS = cst.LessThan | cst.LessThanEqual
_MORE = cst.GreaterThan | cst.GreaterThanEqual
_SHORTENING = frozenset(
    ("replace", "startswith", "endswith", "len",
     "sub", "round", "split", "isdigit", "find", "count", "partition",
     "match", "search", "bool", "sum", "commonprefix", "ratio", "isclose", "any", "translate")
)  # fmt: skip
_DEPTH = 20
_SMALLEST = 1e-6
"""Differences below come from how numbers are stored."""


class Kinds:
    """What one ``__eq__`` asks of the other object."""

    def __init__(self, python: Python, node: cst.FunctionDef | cst.Lambda) -> None:
        """Read the names of a method, and what they are bound to."""
        self._python = python
        names = [one.name.value for one in (*node.params.posonly_params, *node.params.params)]
        self._other = names[1] if len(names) > 1 else ""
        self._body = node.body
        self._bound: dict[str, cst.BaseExpression] = {}
        for part in nodes(node.body) if isinstance(node, cst.FunctionDef) else ():
            self._bound.update(assigned(part))

    def is_equal_to_a_kind(self, *, negated: bool) -> bool:
        """
        Tell whether all values of some built-in kind get the same answer: equal.

        :param negated: for ``__ne__``, whose no says so
        """
        if not self._other:
            return False
        if isinstance(self._body, cst.BaseExpression):
            return self._is_loose(self._body, negated=negated)
        return any(self._is_loose(one, negated=negated) for one in self._answers(self._body))

    def lets_pass(self) -> bool:
        """Tell whether values that differ by so much are equal all the same."""
        return any(
            self._is_slack(node) for node in nodes(self._body) if isinstance(node, cst.Comparison)
        )

    def is_lax(self) -> bool:
        """Tell whether only a part of two values is compared, or one of several ways is enough."""
        body = self._body
        answers = [body] if isinstance(body, cst.BaseExpression) else list(self._answers(body))
        return any(map(_is_lax, answers))

    def _answers(self, body: cst.BaseSuite) -> Iterator[cst.BaseExpression]:
        """Give what is returned for any value of some kind, as far as conditions tell."""
        for statement in inside(body):
            if isinstance(statement, cst.If):
                if self._is_loose(statement.test):
                    yield from self._answers(statement.body)
                otherwise = self._is_loose(statement.test, negated=True)
                if isinstance(statement.orelse, cst.Else) and otherwise:
                    yield from self._answers(statement.orelse.body)
                if not otherwise:
                    return
                continue
            for part in getattr(statement, "body", ()) if _is_simple(statement) else ():
                if isinstance(part, cst.Return) and part.value is not None:
                    yield part.value
                if isinstance(part, cst.Return | cst.Raise):
                    return
            if not _is_simple(statement):
                return

    def _is_loose(self, node: cst.BaseExpression, *, negated: bool = False, depth: int = 0) -> bool:
        """Tell whether a condition holds for every value of some built-in kind."""
        from pytest_selfmod_guard.rules.tamper._cheating.truths import truth  # noqa: PLC0415 (cycle)

        while isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.Not):
            node, negated = node.expression, not negated
        known = truth(self._python, node)
        if known is not None or depth > _DEPTH:
            return known is not None and known is not negated
        depth += 1
        if isinstance(node, cst.Name) and node.value in self._bound:
            return self._is_loose(self._bound[node.value], negated=negated, depth=depth)
        if isinstance(node, cst.BooleanOperation):
            every = all if isinstance(node.operator, cst.And) is not negated else any
            return every(
                self._is_loose(one, negated=negated, depth=depth) for one in (node.left, node.right)
            )
        if isinstance(node, cst.IfExp):
            return any(
                self._is_loose(node.test, negated=other, depth=depth)
                and self._is_loose(answer, negated=negated, depth=depth)
                for answer, other in ((node.body, False), (node.orelse, True))
            )
        if isinstance(node, cst.Comparison) and len(node.comparisons) == 1:
            return self._is_loose_comparison(node, negated=negated)
        return self._asks(node, negated=negated) if isinstance(node, cst.Call) else False

    def _asks(self, node: cst.Call, *, negated: bool) -> bool:
        """``isinstance(other, str)``, ``callable(other)``."""
        values = [argument.value for argument in node.args]
        if last_name(node.func) not in _ASKS or len(values) != 2:  # noqa: PLR2004 (object and class)
            return False
        return self._is_other(values[0]) and (negated or _is_of_values(values[1]))

    def _is_loose_comparison(self, node: cst.Comparison, *, negated: bool) -> bool:
        """``type(other) is str``, ``other is not None``, ``hash(other) is not None``."""
        left, operator = node.left, node.comparisons[0].operator
        right = node.comparisons[0].comparator
        if isinstance(operator, _UNEQUAL | cst.NotIn):
            negated = not negated
        elif not isinstance(operator, _EQUAL | cst.In):
            return False
        if isinstance(left, cst.Name) and left.value == "None":
            left, right = right, left
        if isinstance(right, cst.Name) and right.value == "None":
            asked = left.args[0].value if isinstance(left, cst.Call) and left.args else left
            return negated and self._is_other(asked)
        if not self._is_kind(left):
            left, right = right, left
        known = self._python.fold(right)
        named = isinstance(known, str) and known.rpartition(".")[2] in _VALUES
        return self._is_kind(left) and (negated or named or _is_of_values(right))

    def _is_kind(self, node: cst.BaseExpression) -> bool:
        """``type(other)``, ``other.__class__``, ``type(other).__name__``."""
        if isinstance(node, cst.Name) and node.value in self._bound:
            node = self._bound[node.value]
        if isinstance(node, cst.Attribute) and node.attr.value in ("__name__", "__qualname__"):
            node = node.value
        if isinstance(node, cst.Attribute) and node.attr.value == "__class__":
            return self._is_other(node.value)
        if not isinstance(node, cst.Call) or last_name(node.func) != "type":
            return False
        return len(node.args) == 1 and self._is_other(node.args[0].value)

    def _is_other(self, node: cst.BaseExpression) -> bool:
        return isinstance(node, cst.Name) and node.value == self._other

    def _is_slack(self, node: cst.Comparison) -> bool:
        """``abs(self - other) < 1000``, ``math.fabs(gap) <= LIMIT``."""
        if len(node.comparisons) != 1:
            return False
        left, right = node.left, node.comparisons[0].comparator
        if isinstance(node.comparisons[0].operator, _MORE):
            left, right = right, left
        elif not isinstance(node.comparisons[0].operator, _LESS):
            return False
        slack = self._python.fold(_unwrapped(right))
        if isinstance(slack, str):
            slack = float(slack) if slack.replace(".", "").isdecimal() else 0
        return isinstance(slack, int | float) and slack > _SMALLEST and self._is_difference(left)

    def _is_difference(self, node: cst.BaseExpression) -> bool:
        parts = list(nodes(node))
        for part in tuple(parts):
            if isinstance(part, cst.Name) and part.value in self._bound:
                parts += nodes(self._bound[part.value])
        about = any(isinstance(part, cst.Name) and part.value == self._other for part in parts)
        taken = (part.operator for part in parts if isinstance(part, cst.BinaryOperation))
        return about and any(isinstance(one, cst.Subtract) for one in taken)


def is_of_values(owner: cst.ClassDef) -> bool:
    """Tell whether a class is a kind of text, number or collection."""
    bases = (base.value for base in owner.bases)
    return any(_is_of_values(base) and dotted(base) != "object" for base in bases)


def _is_of_values(node: cst.BaseExpression) -> bool:
    if isinstance(node, cst.Tuple | cst.List | cst.Set):
        return any(_is_of_values(element.value) for element in node.elements)
    if isinstance(node, cst.BinaryOperation):
        return _is_of_values(node.left) or _is_of_values(node.right)
    return dotted(node).rpartition(".")[2] in _VALUES


def _unwrapped(node: cst.BaseExpression) -> cst.BaseExpression:
    """``Decimal("0.5")`` is what stands in it."""
    return node.args[0].value if isinstance(node, cst.Call) and len(node.args) == 1 else node


def _is_simple(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.SimpleStatementLine | cst.SimpleStatementSuite)


def _is_lax(answer: cst.BaseExpression) -> bool:
    if isinstance(answer, cst.BooleanOperation) and isinstance(answer.operator, cst.And):
        return _is_lax(answer.left) and _is_lax(answer.right)
    return any(
        isinstance(part, cst.Or | cst.In | _LESS | _MORE)
        or (isinstance(part, cst.Call) and last_name(part.func) in _SHORTENING)
        for part in nodes(answer)
    )
