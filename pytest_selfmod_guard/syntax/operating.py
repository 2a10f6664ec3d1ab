"""Operators on plain values, refused before they could become large."""

from __future__ import annotations

import operator
from collections.abc import Callable

import libcst as cst

from .formatting import percent
from .sizes import BITS, REPEATS, Plain, Unfoldable, at_most

# Operands are plain values of any kind; a mismatch raises TypeError, which the folder expects.
Binary = Callable[[Plain, Plain], Plain]


def add(left: Plain, right: Plain) -> Plain:
    """Do ``left + right``."""
    if hasattr(left, "__len__") and hasattr(right, "__len__"):
        at_most(len(left) + len(right))
    return left + right


def _multiply(left: Plain, right: Plain) -> Plain:
    for one, other in ((left, right), (right, left)):
        if hasattr(one, "__len__"):
            at_most(len(one) * max(0, int(other)), REPEATS)
    if type(left) is type(right) is int:
        at_most(left.bit_length() + right.bit_length(), BITS)
    return left * right


def power(left: Plain, right: Plain) -> Plain:
    """Do ``left ** right``."""
    if isinstance(left, int) and isinstance(right, int):
        at_most(abs(right), REPEATS)
        at_most(left.bit_length() * abs(right), BITS)
    return left**right


def _shift_left(left: Plain, right: Plain) -> Plain:
    at_most(left.bit_length() + right, BITS)
    return left << right


def _modulo(left: Plain, right: Plain) -> Plain:
    return percent(left, right) if isinstance(left, str | bytes) else left % right


def _merge(left: Plain, right: Plain) -> Plain:
    if hasattr(left, "__len__"):
        at_most(len(left) + len(right))
    return left | right


BINARY: dict[type[cst.BaseBinaryOp], Binary] = {
    cst.Add: add,
    cst.BitAnd: operator.and_,
    cst.BitOr: _merge,
    cst.BitXor: operator.xor,
    cst.Divide: operator.truediv,
    cst.FloorDivide: operator.floordiv,
    cst.LeftShift: _shift_left,
    cst.Modulo: _modulo,
    cst.Multiply: _multiply,
    cst.Power: power,
    cst.RightShift: operator.rshift,
    cst.Subtract: operator.sub,
}

UNARY: dict[type[cst.BaseUnaryOp], Callable[[Plain], Plain]] = {
    cst.BitInvert: operator.invert,
    cst.Minus: operator.neg,
    cst.Not: operator.not_,
    cst.Plus: operator.pos,
}

COMPARISON: dict[type[cst.BaseCompOp], Binary] = {
    cst.Equal: operator.eq,
    cst.GreaterThan: operator.gt,
    cst.GreaterThanEqual: operator.ge,
    cst.In: lambda left, right: left in right,
    cst.LessThan: operator.lt,
    cst.LessThanEqual: operator.le,
    cst.NotEqual: operator.ne,
    cst.NotIn: lambda left, right: left not in right,
}
"""Without ``is``: it asks about objects, and these are not the file's."""


def compare(left: object, kind: type[cst.BaseCompOp], right: object) -> bool:
    """Compare two plain values."""
    if kind in (cst.Is, cst.IsNot) and right is None:
        return (left is None) == (kind is cst.Is)
    if kind not in COMPARISON:
        raise Unfoldable
    return bool(COMPARISON[kind](left, right))
