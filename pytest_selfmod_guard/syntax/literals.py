"""The value of a literal, as Python reads it."""

from __future__ import annotations

import ast
import warnings
from typing import TYPE_CHECKING

from .sizes import LONGEST, at_most

if TYPE_CHECKING:
    import libcst as cst


def literal(text: str) -> object:
    """
    Evaluate the text of one literal.

    :raises SyntaxError: ValueError: where Python refuses it
    """
    at_most(len(text), 4 * LONGEST)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # invalid escapes are not our business
        return ast.literal_eval(text)


def string(node: cst.SimpleString) -> object:
    """Evaluate a string or bytes literal; most have nothing to unescape."""
    value = node.value
    if value[0] in "'\"" and "\\" not in value and "\r" not in value:
        size = 3 if value[:3] in ('"""', "'''") else 1
        at_most(len(value))
        return value[size:-size]
    return literal(value)


def format_text(node: cst.FormattedString, part: cst.FormattedStringText) -> str:
    """Evaluate the plain text between the fields of an f-string."""
    prefix = "r" if "r" in node.prefix.lower() else ""
    quote = node.quote
    return str(literal(f"{prefix}{quote}{part.value}{quote}")).replace("{{", "{").replace("}}", "}")
