"""What an expression may stand for."""

from __future__ import annotations

from typing import NamedTuple

from .dotted import UNKNOWN
from .scopes import Scope, Site


class Space(NamedTuple):
    """The names of a scope as a mapping: what ``globals()`` gives."""

    scope: Scope


class Method(NamedTuple):
    """A method of something known, such as the ``get`` of a literal dictionary."""

    owner: Value
    name: str


Value = str | Site | Space | Method
"""A string is a dotted name; ``*`` is anything, ``*.x`` the ``x`` of anything."""
Values = frozenset[Value]

ANYTHING: Values = frozenset({UNKNOWN})
NOTHING: Values = frozenset()
