"""What a rule gets to hold: calls, functions, classes, imports, references."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import libcst as cst

    from .python import Python


class Unparsable(NamedTuple):
    """Why a file cannot be looked at."""

    reason: str
    """One sentence."""
    line: int
    """1-based where that is known, else 0."""
    kind: str
    """``syntax``: neither this Python nor libcst can parse it; ``unsupported``:
    Python can, libcst cannot; ``too-deep``, ``too-large``, ``encoding``,
    ``null-bytes``: it was not tried. Only ``syntax`` is known not to run."""


class Unknown(Enum):
    """The answer where a value cannot be computed; test with ``isinstance``."""

    UNKNOWN = "unknown"


class Call(NamedTuple):
    """One call, and what it may be calling."""

    node: cst.Call
    names: frozenset[str]
    """Every dotted name the callee may be: ``builtins.eval``, ``os.system``;
    ``os.*`` for a computed attribute of a known module, ``*.execute`` for an
    attribute of something unknown. Empty for what is defined in the file."""
    scope: str

    def arg(
        self, python: Python, position: int | None, keyword: str = ""
    ) -> cst.BaseExpression | None:
        """
        Give the expression passed at a position or by a keyword.

        Looks into ``*(...)`` and ``**{...}`` where they are literal, and into
        what a ``functools.partial`` already holds. None where there is none,
        and where it cannot be told: see :meth:`is_open`.
        """
        return python.argument(self.node, position, keyword)

    def is_open(self, python: Python) -> bool:
        """Tell whether more arguments may come from a ``*`` or ``**`` that cannot be read."""
        return python.has_hidden_arguments(self.node)


class Reference(NamedTuple):
    """An expression that stands for a dotted name without being just called."""

    node: cst.BaseExpression
    names: frozenset[str]
    scope: str


class Import(NamedTuple):
    """One imported name."""

    name: str
    """Dotted and whole: ``os.path.join`` for ``from os.path import join``,
    ``os.*`` for a star, with leading dots where it is relative."""
    module: str
    """The module that is loaded for it: ``os.path``."""
    alias: str
    """The name it is bound to in this file; empty for a star."""
    node: cst.CSTNode
    scope: str


class Function(NamedTuple):
    """One ``def`` or ``async def``."""

    node: cst.FunctionDef
    name: str
    qualname: str
    scope: str
    """The qualified name of what it is defined in."""
    decorators: tuple[frozenset[str], ...]
    """For each decorator, the dotted names it (or what it calls) may be."""


class Class(NamedTuple):
    """One class statement."""

    node: cst.ClassDef
    name: str
    qualname: str
    scope: str
    bases: tuple[frozenset[str], ...]
    decorators: tuple[frozenset[str], ...]
