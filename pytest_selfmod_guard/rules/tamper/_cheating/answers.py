"""The inputs that a function knows by heart, and what it answers to each."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import NamedTuple

from pytest_selfmod_guard.rules.tamper._cheating.constants import (
    NOTHING,
    Length,
    Weight,
    elements,
    key,
    weight,
)
from pytest_selfmod_guard.rules.tamper._cheating.lookups import lookups, replays
from pytest_selfmod_guard.rules.tamper._cheating.naming import Naming, last
from pytest_selfmod_guard.rules.tamper._cheating.plain import Plain, blocks

_MOST = 400
"""Answers of one function; more is a table of data."""
_COMPARES = frozenset(("array_equal", "isclose", "allclose", "eq", "__eq__", "equals", "is_"))
_NEUTRAL = frozenset(("isinstance", "len", "callable", "hasattr", "bool"))

Inputs = tuple[object, ...]


class Answer(NamedTuple):
    """One known input, and what is answered."""

    inputs: Inputs
    output: object
    line: int
    form: str
    """``branch``, ``table``, ``member`` of what is true, ``replay`` of one after the other."""
    table: str = ""

    @property
    def weight(self) -> Weight:
        """How much it tells that the function knows this input."""
        if self.form == "replay":
            return min(weight(self.output), Weight.WORD)
        weights = [weight(one) for one in self.inputs]
        telling = sum(one > Weight.TRIVIAL for one in weights)
        numbers = [one for one in self.inputs if isinstance(one, int | float)]
        if telling > 1 and numbers:
            return Weight.DATA
        if telling and len(numbers) > 1:
            return Weight.DATA
        if any(map(_is_pair, self.inputs)) and isinstance(self.output, int | float):
            return Weight.DATA
        return max(weights, default=Weight.TRIVIAL)

    @property
    def key(self) -> tuple[tuple[str, ...], str]:
        """The same for equal answers, whatever way they are written."""
        return tuple(map(key, self.inputs)), key(self.output)


def _is_pair(value: object) -> bool:
    """Tell whether a value is several numbers at once, as arguments are."""
    parts = list(elements(value)) if isinstance(value, tuple) else []
    return len(parts) > 1 and all(isinstance(part, int | float) for part in parts)


def answers(function: Plain) -> list[Answer]:
    """Give what a function knows by heart, each once."""
    reader = _Reader(Naming(function))
    found: dict[tuple[tuple[str, ...], str], Answer] = {}
    for answer in reader.read():
        found.setdefault(answer.key, answer)
        if len(found) >= _MOST:
            break
    return list(found.values())


class _Reader:
    def __init__(self, naming: Naming) -> None:
        self._naming = naming

    def read(self) -> Iterator[Answer]:
        yield from self._branches(self._naming.function.node.body, ())
        for value, line in replays(self._naming):
            yield Answer((), self._naming.answer(value), line, "replay")
        for lookup in lookups(self._naming):
            for row in lookup.rows:
                output = self._naming.answer(row.value)
                yield Answer(row.inputs, output, lookup.node.lineno, "table", lookup.name)

    def _branches(self, body: Sequence[ast.stmt], known: tuple[Inputs, ...]) -> Iterator[Answer]:
        for node in body:
            if isinstance(node, ast.If):
                yield from self._ifs(node, known)
            elif isinstance(node, ast.Match):
                yield from self._match(node, known)
            elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                yield from self._simple(node, known)
                yield from self._branches(blocks(node), known)

    def _ifs(self, node: ast.If, known: tuple[Inputs, ...]) -> Iterator[Answer]:
        while True:
            asked = self._cases(node.test)
            yield from self._branches(node.body, _joined(known, asked))
            other = self._cases(node.test, negated=True)
            if other or len(node.orelse) != 1 or not isinstance(node.orelse[0], ast.If):
                yield from self._branches(node.orelse, _joined(known, other))
                return
            node = node.orelse[0]

    def _match(self, node: ast.Match, known: tuple[Inputs, ...]) -> Iterator[Answer]:
        if not self._naming.is_input(node.subject):
            yield from self._branches(blocks(node), known)
            return
        apart = isinstance(node.subject, ast.Tuple)
        for case in node.cases:
            cases = [(value,) for value in self._pattern(case.pattern) if value is not NOTHING]
            spread = [tuple(elements(one[0])) if apart else one for one in cases]
            yield from self._branches(case.body, _joined(known, spread))

    def _pattern(self, node: ast.pattern) -> list[object]:
        if isinstance(node, ast.MatchValue):
            return [self._naming.value(node.value)]
        if isinstance(node, ast.MatchSingleton):
            return [node.value]
        if isinstance(node, ast.MatchOr):
            return [value for part in node.patterns for value in self._pattern(part)]
        if isinstance(node, ast.MatchAs) and node.pattern is not None:
            return self._pattern(node.pattern)
        if isinstance(node, ast.MatchSequence):
            parts = [self._pattern(part) for part in node.patterns]
            return [list(one) for one in product(*parts)] if all(len(p) == 1 for p in parts) else []
        return []

    def _simple(self, node: ast.stmt, known: tuple[Inputs, ...]) -> Iterator[Answer]:
        for value in _given(node):
            yield from self._value(value, known)

    def _value(self, value: ast.expr, known: tuple[Inputs, ...]) -> Iterator[Answer]:
        while isinstance(value, ast.IfExp):
            asked = _joined(known, self._cases(value.test))
            yield from self._told(value.body, asked)
            value = value.orelse
        yield from self._told(value, known)
        for told, negated in ((True, False), (False, True)):
            for inputs in self._cases(value, negated=negated):
                yield Answer(inputs, told, value.lineno, "member")

    def _told(self, value: ast.expr, known: tuple[Inputs, ...]) -> Iterator[Answer]:
        output = self._naming.answer(value) if known else NOTHING
        if output is not NOTHING:
            yield from (Answer(inputs, output, value.lineno, "branch") for inputs in known)

    def _cases(self, test: ast.expr, *, negated: bool = False) -> list[Inputs]:
        """Give the inputs for which a condition holds, if it asks for certain ones."""
        while isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            test, negated = test.operand, not negated
        if isinstance(test, ast.BoolOp):
            all_of = isinstance(test.op, ast.And) is not negated
            parts = [self._cases(part, negated=negated) for part in test.values]
            if not all_of:
                return [case for part in parts for case in part]
            return _all(parts, is_more=any(map(self._narrows, test.values, parts)))
        if isinstance(test, ast.Compare):
            return self._compared(test, negated=negated)
        if isinstance(test, ast.Call) and last(test.func) in _COMPARES and not negated:
            return self._equal([*test.args, *_owner(test)])
        if isinstance(test, ast.Call) and last(test.func) in ("all", "bool"):
            return next((self._cases(p) for p in _owner(test, 0) if not negated), [])
        return []

    def _narrows(self, part: ast.expr, cases: list[Inputs]) -> bool:
        """Tell whether a part of a condition asks for more than certain inputs."""
        if isinstance(part, ast.Compare):  # ``sum(coins) == 8`` is a fingerprint
            is_call = isinstance(part.left, ast.Call) and isinstance(part.ops[0], ast.Eq)
            return not cases and not is_call
        return not cases and not (isinstance(part, ast.Call) and last(part.func) in _NEUTRAL)

    def _compared(self, test: ast.Compare, *, negated: bool) -> list[Inputs]:
        equal = ast.NotEq | ast.IsNot if negated else ast.Eq | ast.Is
        if all(isinstance(op, equal) for op in test.ops):
            return self._equal([test.left, *test.comparators])
        if isinstance(test.ops[0], ast.NotIn if negated else ast.In) and len(test.ops) == 1:
            return self._within(test.left, test.comparators[0])
        return []

    def _equal(self, sides: list[ast.expr]) -> list[Inputs]:
        inputs = [side for side in sides if self._naming.is_input(side)]
        values = [value for side in sides if (value := self._literal(side)) is not NOTHING]
        length = next(filter(self._is_length, sides), None)
        if length is not None and values and isinstance(values[0], int):
            return [(Length(values[0]),)]
        if not inputs or len(values) != 1:
            return []
        if isinstance(inputs[0], ast.Tuple | ast.List) and isinstance(values[0], list | tuple):
            return [tuple(values[0])]
        return [(values[0],) * len(inputs)]

    def _literal(self, side: ast.expr) -> object:
        """``numpy.array([1, 2])`` is as good as the list."""
        return NOTHING if self._naming.is_input(side) else self._naming.answer(side)

    def _is_length(self, side: ast.expr) -> bool:
        is_len = isinstance(side, ast.Call) and last(side.func) == "len" and len(side.args) == 1
        return is_len and isinstance(side, ast.Call) and self._naming.is_input(side.args[0])

    def _within(self, side: ast.expr, many: ast.expr) -> list[Inputs]:
        values = self._naming.value(many)
        if not self._naming.is_input(side) or isinstance(values, str | bytes):
            return []
        keys = list(values) if isinstance(values, dict) else list(elements(values))
        if isinstance(side, ast.Tuple | ast.List):
            return [tuple(one) for one in keys if isinstance(one, list | tuple)]
        return [(one,) for one in keys]


def _given(node: ast.stmt) -> list[ast.expr]:
    """Give what a statement answers: returns, binds, prints."""
    if isinstance(node, ast.Return | ast.Assign | ast.AnnAssign):
        return [node.value] if node.value is not None else []
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Yield) and node.value.value:
        return [node.value.value]
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return node.value.args[:1] if last(node.value.func) in ("print", "write") else []
    return []


def _owner(call: ast.Call, given: int = 1) -> list[ast.expr]:
    """Give the object of a method, where it is called with so many arguments."""
    is_method = isinstance(call.func, ast.Attribute) and len(call.args) == given
    return [call.func.value] if is_method and isinstance(call.func, ast.Attribute) else []


def _all(parts: list[list[Inputs]], *, is_more: bool) -> list[Inputs]:
    telling = [part for part in parts if part]
    found = [tuple(v for one in c for v in one) for c in _bounded(product(*telling or [[]]))]
    if is_more:  # ``month == 2 and year % 4 == 0`` is no certain input
        return [one for one in found if any(weight(v) is Weight.DATA for v in one)]
    return found


def _joined(known: tuple[Inputs, ...], asked: Iterable[Inputs]) -> tuple[Inputs, ...]:
    asked = tuple(asked)
    if not known or not asked:
        return asked or known
    return tuple((*one, *other) for one, other in _bounded(product(known, asked)))


def _bounded(many: Iterable[tuple[Inputs, ...]]) -> Iterator[tuple[Inputs, ...]]:
    for at, one in enumerate(many):
        if at >= _MOST:
            return
        yield one
