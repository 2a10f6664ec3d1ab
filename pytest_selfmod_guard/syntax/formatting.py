"""Text made from a template: ``%``, ``.format`` and f-strings, within bounds."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from string import Formatter

from .sizes import Plain, Unfoldable, at_most, weigh

NESTED = 2
"""Levels of fields in fields; Python allows as many."""
NUMBER = re.compile(r"\d+")
PERCENT = re.compile(r"%(?:\([^)]*\))?[-#0 +]*(\d*)(?:\.(\d*))?")
"""The width and the precision of a conversion."""
DIGITS = 5
"""Of a width; with more it is beyond any bound."""
_CONVERSIONS: dict[str, Callable[[object], str]] = {"r": repr, "s": str, "a": ascii}


def percent(template: Plain, values: Plain) -> Plain:
    """Do what ``%`` does for text and bytes."""
    signs = b"%" if isinstance(template, bytes) else "%"
    shown = template.decode("latin-1") if isinstance(template, bytes) else template
    _check_widths([number for pair in PERCENT.findall(shown) for number in pair])
    if "*" in shown:
        raise Unfoldable
    at_most(len(template) + template.count(signs) * _width(values))
    return template % values


def format_value(value: object, conversion: str, spec: str) -> str:
    """Do what a replacement field does."""
    _check_widths(NUMBER.findall(spec))
    if conversion:
        value = _CONVERSIONS[conversion](value)
    text = format(value, spec)
    at_most(len(text))
    return text


def format_template(template: str, values: Sequence[object], named: Mapping[str, object]) -> str:
    """Do what ``template.format(*values, **named)`` does, without looking up attributes."""
    return "".join(_fields(template, values, named, 0, [0]))


def _fields(
    template: str,
    values: Sequence[object],
    named: Mapping[str, object],
    depth: int,
    automatic: list[int],
) -> list[str]:
    made, length = [], 0
    for literal, field, spec, conversion in Formatter().parse(template):
        made.append(literal)
        if field is not None and depth < NESTED:
            value = _look_up(field, values, named, automatic)
            inner = "".join(_fields(spec or "", values, named, depth + 1, automatic))
            made.append(format_value(value, conversion or "", inner))
        length += sum(map(len, made[-2:]))
        at_most(length)
    return made


def _look_up(
    field: str, values: Sequence[object], named: Mapping[str, object], automatic: list[int]
) -> Plain:
    first, _, rest = field.partition("[")
    if "." in field:
        raise Unfoldable
    if not first:
        first = str(automatic[0])
        automatic[0] += 1
    value: Plain = values[int(first)] if first.isdecimal() else named[first]
    for index in rest.rstrip("]").split("][") if rest else ():
        value = value[int(index) if index.isdecimal() else index]
    return value


def _check_widths(numbers: list[str]) -> None:
    """Refuse what would be padded to more than the longest value in all."""
    at_most(max(map(len, numbers), default=0), DIGITS)
    at_most(sum(map(int, filter(None, numbers))))


def _width(value: object) -> int:
    """Say how long a value can become as text, at most."""
    if isinstance(value, tuple | list):
        return max(map(_width, value), default=0) if isinstance(value, tuple) else 80 * weigh(value)
    if isinstance(value, dict):
        return max(map(_width, value.values()), default=0)
    # Escaped by repr, one character may become ten; a float has some 310 digits.
    return 10 * len(value) if isinstance(value, str | bytes) else 400
