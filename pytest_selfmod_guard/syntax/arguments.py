"""What a call passes, as far as it can be read."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import libcst as cst

from .scopes import Site

MOST = 1_000
"""Arguments looked at; no function that a rule knows takes more."""


class Arguments(NamedTuple):
    """Positional and keyword arguments of one call."""

    positional: tuple[cst.BaseExpression, ...]
    keywords: dict[str, cst.BaseExpression]
    is_open: bool
    """Whether there may be more that cannot be read."""

    def get(self, position: int | None, keyword: str = "") -> cst.BaseExpression | None:
        """Give one argument, by its keyword or else its position."""
        if keyword in self.keywords:
            return self.keywords[keyword]
        if position is None or position >= len(self.positional):
            return None
        return self.positional[position]

    def after(self, first: Arguments, skipped: int) -> Arguments:
        """Put another call's arguments in front, less the first few of them."""
        return Arguments(
            first.positional[skipped:] + self.positional,
            {**first.keywords, **self.keywords},
            first.is_open or self.is_open,
        )


Look = Callable[[cst.BaseExpression], frozenset[object]]
Constant = Callable[[cst.BaseExpression], object]


def read_arguments(call: cst.Call, look: Look, constant: Constant) -> Arguments:
    """
    Read the arguments of a call.

    :param look: gives the values that an expression may have
    :param constant: folds an expression
    """
    positional: list[cst.BaseExpression] = []
    keywords: dict[str, cst.BaseExpression] = {}
    is_open = len(call.args) > MOST
    for arg in call.args[:MOST]:
        if arg.star == "*":
            found = _sequence(arg.value, look)
            # Behind an unreadable star no position is certain.
            is_open = is_open or found is None
            positional.extend(found or ())
        elif arg.star == "**":
            pairs, is_whole = _mapping(arg.value, look, constant)
            is_open = is_open or not is_whole
            keywords.update(pairs)
        elif arg.keyword:
            keywords[arg.keyword.value] = arg.value
        else:
            positional.append(arg.value)
    return Arguments(tuple(positional), keywords, is_open)


def _sequence(node: cst.BaseExpression, look: Look) -> list[cst.BaseExpression] | None:
    literal = _only(look(node))
    if not isinstance(literal, cst.Tuple | cst.List):
        return None
    if any(isinstance(element, cst.StarredElement) for element in literal.elements):
        return None
    return [element.value for element in literal.elements[:MOST]]


def _mapping(
    node: cst.BaseExpression, look: Look, constant: Constant
) -> tuple[dict[str, cst.BaseExpression], bool]:
    """Give the readable pairs of a mapping, and whether these are all."""
    found: dict[str, cst.BaseExpression] = {}
    literal = _only(look(node))
    if isinstance(literal, cst.Call) and look(literal.func) == {"builtins.dict"}:
        return _named(literal)
    if not isinstance(literal, cst.Dict):
        return found, False
    for element in literal.elements[:MOST]:
        key = constant(element.key) if isinstance(element, cst.DictElement) else None
        if isinstance(key, str):
            found[key] = element.value
    return found, len(found) == len(literal.elements)


def _named(call: cst.Call) -> tuple[dict[str, cst.BaseExpression], bool]:
    """Read ``dict(a=1)``; what it is given otherwise may be more."""
    found = {arg.keyword.value: arg.value for arg in call.args[:MOST] if arg.keyword}
    return found, len(found) == len(call.args)


def _only(values: frozenset[object]) -> cst.CSTNode | None:
    if len(values) != 1:
        return None
    (value,) = values
    return value.node if isinstance(value, Site) else None
