"""What a call passes, as far as it can be read."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import libcst as cst

from .scopes import Site

MOST = 1_000
"""Arguments looked at; no function that a rule knows takes more."""
DEPTH = 5
"""Mappings within mappings."""


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

    def without_first(self) -> Arguments:
        """Leave out the first."""
        return self._replace(positional=self.positional[1:])

    def after(self, first: Arguments, skipped: int) -> Arguments:
        """Put another call's arguments in front, less the first few of them."""
        return Arguments(
            first.positional[skipped:] + self.positional,
            {**first.keywords, **self.keywords},
            first.is_open or self.is_open,
        )


Look = Callable[[cst.BaseExpression], frozenset[object]]
Constant = Callable[[cst.BaseExpression], object]
Pairs = dict[str, cst.BaseExpression]
Entries = Callable[[cst.BaseExpression], list[tuple[cst.BaseExpression, cst.BaseExpression]]]


class Reader:
    """Reads the arguments of the calls of one file."""

    def __init__(self, look: Look, constant: Constant, entries: Entries) -> None:
        """
        Read with the help of others.

        :param look: gives the values that an expression may have
        :param constant: folds an expression
        :param entries: gives what is put into a mapping later, key and value
        """
        self._look = look
        self._constant = constant
        self._entries = entries
        self._written: dict[str, cst.BaseExpression] = {}

    def read(self, call: cst.Call) -> Arguments:
        """Read the arguments of a call."""
        positional: list[cst.BaseExpression] = []
        keywords: Pairs = {}
        is_open = len(call.args) > MOST
        for arg in call.args[:MOST]:
            if arg.star == "*":
                found = self._sequence(arg.value)
                # Behind an unreadable star no position is certain.
                is_open = is_open or found is None
                positional.extend(found or ())
            elif arg.star == "**":
                pairs, is_whole = self._mapping(arg.value)
                is_open = is_open or not is_whole
                keywords.update(pairs)
            elif arg.keyword:
                keywords[arg.keyword.value] = arg.value
            else:
                positional.append(arg.value)
        return Arguments(tuple(positional), keywords, is_open)

    def _sequence(self, node: cst.BaseExpression) -> list[cst.BaseExpression] | None:
        values = self._look(node)
        literal = next(iter(values)) if len(values) == 1 else None
        sequence = literal.node if isinstance(literal, Site) else None
        if not isinstance(sequence, cst.Tuple | cst.List):
            return None
        if any(isinstance(element, cst.StarredElement) for element in sequence.elements):
            return None
        return [element.value for element in sequence.elements[:MOST]]

    def _mapping(self, node: cst.BaseExpression, depth: int = 0) -> tuple[Pairs, bool]:
        """Give the readable pairs of a mapping, and whether these are all."""
        whole = self._constant(node)
        if isinstance(whole, dict):
            return {str(key): self._write(value) for key, value in whole.items()}, True
        found: Pairs = {}
        values = self._look(node)
        is_whole = len(values) == 1
        for value in values:
            pairs, is_all = self._pairs(value, depth)
            self._add(found, pairs)
            is_whole = is_whole and is_all
        for key, given in self._entries(node):
            name = self._constant(key)
            self._add(found, {name: given} if isinstance(name, str) else {})
            is_whole = is_whole and isinstance(name, str)
        return found, is_whole

    def _add(self, found: Pairs, pairs: Pairs) -> None:
        """Add pairs; of several for one key the first that is not false: it may happen."""
        for key, value in pairs.items():
            if key not in found or not self._constant(found[key]):
                found[key] = value

    def _pairs(self, value: object, depth: int) -> tuple[Pairs, bool]:
        literal = value.node if isinstance(value, Site) else None
        if isinstance(literal, cst.Call) and self._look(literal.func) == {"builtins.dict"}:
            return _named(literal)
        if not isinstance(literal, cst.Dict) or depth > DEPTH:
            return {}, False
        found: Pairs = {}
        is_whole = len(literal.elements) <= MOST
        for element in literal.elements[:MOST]:
            if isinstance(element, cst.DictElement):
                key = self._constant(element.key)
                pairs = {key: element.value} if isinstance(key, str) else {}
                is_all = isinstance(key, str)
            else:
                pairs, is_all = self._mapping(element.value, depth + 1)
            found |= pairs
            is_whole = is_whole and is_all
        return found, is_whole

    def _write(self, value: object) -> cst.BaseExpression:
        """Write a computed value as code; what no code can give stays an ellipsis."""
        text = repr(value)
        if text not in self._written:
            try:
                self._written[text] = cst.parse_expression(text)
            except cst.ParserSyntaxError:
                self._written[text] = cst.Ellipsis()
        return self._written[text]


def _named(call: cst.Call) -> tuple[Pairs, bool]:
    """Read ``dict(a=1)``; what it is given otherwise may be more."""
    found = {arg.keyword.value: arg.value for arg in call.args[:MOST] if arg.keyword}
    return found, len(found) == len(call.args)
