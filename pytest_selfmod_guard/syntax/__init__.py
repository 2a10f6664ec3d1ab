"""
One version of one Python file, as the rules look at it.

:func:`parse` gives a :class:`Python` or says, as an :class:`Unparsable`, why it
cannot. Importing this package is cheap; libcst is imported by the first parse.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .parsing import parse, unparsable
from .values import Call, Class, Function, Import, Reference, Unknown, Unparsable

if TYPE_CHECKING:
    from .python import Python

__all__ = [
    "Call",
    "Class",
    "Function",
    "Import",
    "Python",
    "Reference",
    "Unknown",
    "Unparsable",
    "parse",
    "unparsable",
]


def __getattr__(name: str) -> object:
    if name == "Python":
        from .python import Python  # noqa: PLC0415  # it imports libcst

        return Python
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
