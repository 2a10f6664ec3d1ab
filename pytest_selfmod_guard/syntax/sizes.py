"""How large a computed constant may be, and what it costs."""

from __future__ import annotations

from typing import Any

Plain = Any
"""A value of any plain kind: no type can say that, and where kinds do not fit
Python raises TypeError, which the folder expects."""

LONGEST = 64 * 1024
"""Characters, bytes or elements of one value."""
REPEATS = 10_000
"""The largest count, width or exponent that is carried out."""
BITS = 64 * 1024
"""Of an integer."""


class Unfoldable(Exception):
    """A value cannot be computed, or not within bounds."""


def weigh(value: object) -> int:
    """
    Say what a value costs, in steps.

    :raises Unfoldable: for what is too large, and for what is no plain value
    """
    total, waiting = 0, [value]
    while waiting:
        one = waiting.pop()
        total += 1 + _size(one) // 64
        if isinstance(one, dict):
            waiting.extend(one)
            waiting.extend(one.values())
        elif isinstance(one, tuple | list | frozenset):
            waiting.extend(one)
        if total > LONGEST:
            raise Unfoldable
    return total


def _size(value: object) -> int:
    kind = type(value)
    if kind in (str, bytes, tuple, list, frozenset, dict):
        size = len(value)  # type: ignore[arg-type]  # all of these have a length
        return size if size <= LONGEST else _too_large()
    if kind is int:
        bits = value.bit_length()  # type: ignore[attr-defined]  # kind is int
        return bits if bits <= BITS else _too_large()
    if value is None or value is Ellipsis or kind in (bool, float, complex):
        return 0
    return _too_large()


def _too_large() -> int:
    raise Unfoldable


def at_most(size: float, limit: int = LONGEST) -> None:
    """Refuse what is going to be larger than a limit, before it is made."""
    if size > limit:
        raise Unfoldable
