"""What an assertion says: which relation it demands between what and what."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from pytest_selfmod_guard.rules.tamper._asserting.inlining import text
from pytest_selfmod_guard.rules.tamper._asserting.values import is_written

EQUAL, ALMOST, SAME_PARTS, CONTAINS, AFFIX, TYPE = "==", "~=", "same parts", "in", "affix", "is a"
ONE_OF, EITHER, TRUE, FALSE, DIFFERS, EXISTS = "one of", "either", "true", "false", "!=", "exists"
ABSENT, MATCHES, MORE, LESS, SAYS, CALLED = "not in", "matches", ">=", "<=", "says", "called"
RAISES, WARNS, FAILS, IS = "raises", "warns", "fails", "is"

RANKS = {
    EQUAL: 9, RAISES: 9, WARNS: 9, FAILS: 9, ALMOST: 8, SAME_PARTS: 8, SAYS: 8, CALLED: 8,
    MATCHES: 6, CONTAINS: 6, AFFIX: 6, ABSENT: 5, ONE_OF: 4, TRUE: 4, FALSE: 4, MORE: 4, LESS: 4,
    IS: 4, TYPE: 3, EITHER: 2, DIFFERS: 2, EXISTS: 1,
}  # fmt: skip
"""How much each relation demands, of the same subject."""


class Relation(NamedTuple):
    """One demand of an assertion."""

    kind: str
    subject: ast.expr
    expected: ast.expr | None = None
    slack: tuple[str, ...] = ()
    """What makes it less exact, as it is written: a tolerance, or the lack of a pattern."""


def relations(test: ast.expr, *, negated: bool = False, depth: int = 0) -> Iterator[Relation]:
    """Give what is demanded by ``assert test``."""
    if depth > 20:  # noqa: PLR2004 (nobody nests so deep)
        return
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        yield from relations(test.operand, negated=not negated, depth=depth + 1)
    elif isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or if negated else ast.And):
        for value in test.values:
            yield from relations(value, negated=negated, depth=depth + 1)
    elif isinstance(test, ast.BoolOp | ast.IfExp):
        yield Relation(EITHER, test)
    elif isinstance(test, ast.Compare):
        yield from _comparison(test, negated=negated, depth=depth)
    elif isinstance(test, ast.NamedExpr):
        yield from relations(test.value, negated=negated, depth=depth + 1)
    else:
        yield _stated(test, negated=negated)


def _comparison(test: ast.Compare, *, negated: bool, depth: int) -> Iterator[Relation]:
    left = test.left
    for operator, right in zip(test.ops, test.comparators, strict=True):
        yield from _compared(left, operator, right, negated=negated, depth=depth)
        left = right


_NEGATED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn,
    ast.NotIn: ast.In, ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt,
}  # fmt: skip


def _compared(
    left: ast.expr, operator: ast.cmpop, right: ast.expr, *, negated: bool, depth: int
) -> Iterator[Relation]:
    kind = _NEGATED[type(operator)] if negated else type(operator)
    if kind in {ast.In, ast.NotIn}:
        if is_given(right) and not is_given(left):
            yield Relation(ONE_OF if kind is ast.In else DIFFERS, left, right)
        else:
            yield Relation(CONTAINS if kind is ast.In else ABSENT, right, left)
        return
    swapped = is_given(left) and not is_given(right)
    subject, expected = (right, left) if swapped else (left, right)
    if kind is ast.Is and not isinstance(expected, ast.Constant):
        yield Relation(IS, subject, expected)
    elif kind in {ast.Eq, ast.Is}:
        yield from _equal(subject, expected, depth)
    elif kind in {ast.NotEq, ast.IsNot}:
        exists = isinstance(expected, ast.Constant) and expected.value is None
        yield Relation(EXISTS if exists else DIFFERS, subject, None if exists else expected)
    else:
        more = kind in {ast.Gt, ast.GtE}
        slack = () if kind in {ast.Gt, ast.Lt} else ("or equal",)
        yield Relation(MORE if more is not swapped else LESS, subject, expected, slack)


def _equal(subject: ast.expr, expected: ast.expr, depth: int) -> Iterator[Relation]:
    if isinstance(expected, ast.Constant) and isinstance(expected.value, bool):
        yield from relations(subject, negated=not expected.value, depth=depth + 1)
        return
    if isinstance(subject, ast.Call) and _last(subject.func) == "type" and len(subject.args) == 1:
        yield Relation(TYPE, subject.args[0], expected)
        return
    for side, other in ((expected, subject), (subject, expected)):
        if isinstance(side, ast.Call) and _last(side.func) == "approx" and side.args:
            yield Relation(ALMOST, other, side.args[0], tuple(map(text, side.keywords)))
            return
    yield _same_parts(subject, expected) or Relation(EQUAL, subject, expected)


def _same_parts(subject: ast.expr, expected: ast.expr) -> Relation | None:
    """Look at a comparison of what is in two things, whatever its order."""
    (how, wrapped), (other_how, other) = _unordered(subject), _unordered(expected)
    if how and how == other_how:
        return Relation(SAME_PARTS, wrapped, other)
    for outer, inner, beside in ((how, wrapped, expected), (other_how, other, subject)):
        if outer and _holds(beside, inner):
            # What is compared with itself in order is only asked whether it is in order.
            return Relation(TRUE, ast.Compare(subject, [ast.Eq()], [expected]))
        if outer:
            return Relation(SAME_PARTS, inner, beside)
    return None


def _unordered(node: ast.expr) -> tuple[str, ast.expr]:
    """Give ``sorted`` or one of its kin, and what is handed to it; empty if it is none."""
    name = _last(node.func) if isinstance(node, ast.Call) and node.args else ""
    is_asked = name in {"sorted", "set", "Counter"} and not is_written(text(node))
    if isinstance(node, ast.Call) and is_asked:
        return name, node.args[0]
    return "", node


def _holds(whole: ast.expr, part: ast.expr) -> bool:
    """Tell whether an expression has another one in it."""
    return ast.dump(part) in ast.dump(whole)


_PAIRED = {"isinstance": TYPE, "isclose": ALMOST, "allclose": ALMOST,
           "array_almost_equal": ALMOST, "array_equal": SAME_PARTS}  # fmt: skip
_ENDS = frozenset(("startswith", "endswith"))
_SAME = frozenset(("equals", "deep_equals", "issubset", "issuperset"))
_LOOK = frozenset(("match", "search", "fullmatch", "fnmatch", "fnmatchcase", "findall"))
_WEAK = frozenset(("len", "callable", "hasattr", "bool", "id", "repr", "str", "list", "iter"))


def _stated(test: ast.expr, *, negated: bool) -> Relation:
    """Look at a condition that is no comparison."""
    found = _called(test) if isinstance(test, ast.Call) and not negated else None
    return found or Relation(FALSE if negated else TRUE, test)


def _called(test: ast.Call) -> Relation | None:
    """Look at a condition that is a call of something well known."""
    name, args = _last(test.func), test.args
    if name in _WEAK and args:
        return Relation(EXISTS, args[0])
    if isinstance(test.func, ast.Attribute) and args[:1] and not args[1:]:
        of = test.func.value
        kind = SAME_PARTS if name in _SAME else AFFIX if name in _ENDS else ""
        return Relation(kind, of, args[0]) if kind else None
    if not args[1:]:
        return None
    slack = tuple(map(text, test.keywords))
    subject, expected = (args[1], args[0]) if name in _LOOK else (args[0], args[1])
    kind = _PAIRED.get(name, MATCHES if name in _LOOK else "")
    return Relation(kind, subject, expected, slack if kind == ALMOST else ()) if kind else None


def is_given(node: ast.expr) -> bool:
    """Tell whether a value is written down, rather than computed by the code under test."""
    if isinstance(node, ast.Constant):
        return True
    return isinstance(node, _WRITTEN) and all(
        is_given(one) for one in ast.iter_child_nodes(node) if isinstance(one, ast.expr)
    )


_WRITTEN = (ast.List, ast.Tuple, ast.Set, ast.Dict, ast.UnaryOp, ast.BinOp, ast.Starred)


def _last(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
