"""What an expression may stand for."""

from __future__ import annotations

import sys
from collections.abc import Iterable
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

TOLD_APART = sys.stdlib_module_names | {UNKNOWN, "commands", "posix", "nt", "cPickle"}
TOLD_APART |= {"cloudpickle", "dill", "joblib", "jsonpickle", "numpy", "pandas", "torch", "yaml"}
"""Modules of which each function may matter; ``*.x`` may be one of these."""


def summed_up(values: Iterable[Value]) -> Values:
    """Put the functions of each module that no rule can know together: ``handlers.*``."""
    return frozenset(map(_summed_up, values))


def _summed_up(value: Value) -> Value:
    if not isinstance(value, str) or value.partition(".")[0] in TOLD_APART:
        return value
    owner, dot, _ = value.rpartition(".")
    return f"{owner}.{UNKNOWN}" if owner and dot else value
