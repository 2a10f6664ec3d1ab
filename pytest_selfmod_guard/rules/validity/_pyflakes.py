"""pyflakes in process: the one file that knows its interface."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from pytest_selfmod_guard.view import Side


class Remark(NamedTuple):
    """One thing that pyflakes says."""

    kind: str
    """The class of its message: ``UndefinedName``."""
    name: str
    line: int
    is_annotation: bool
    """The name stands in an annotation, which perhaps nobody ever evaluates."""


def remarks(side: Side) -> tuple[Remark, ...]:
    """Ask pyflakes about a Python file; nothing where it cannot be walked."""
    return _remarks(side.path, side.blob.data or b"")


@lru_cache(maxsize=32)  # several rules ask about each side
def _remarks(path: str, data: bytes) -> tuple[Remark, ...]:
    from pyflakes.checker import Checker  # noqa: PLC0415 (20 ms)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(data)
            found = Checker(tree, filename=path).messages
            spans = list(_annotations(tree))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            # Syntax newer than this Python, or nested beyond what can be walked;
            # what is known not to be Python is said by SMG501.
            return ()
    return tuple(
        Remark(
            type(one).__name__,
            str(one.message_args[0]) if one.message_args else "",
            one.lineno,
            any(start <= (one.lineno, one.col) <= end for start, end in spans),
        )
        for one in found
    )


_Span = tuple[tuple[int, int], tuple[int, int]]


def _annotations(tree: ast.Module) -> Iterator[_Span]:
    for node in ast.walk(tree):
        for field in ("annotation", "returns"):
            part = getattr(node, field, None)
            if isinstance(part, ast.expr):
                start = (part.lineno, part.col_offset)
                yield start, (part.end_lineno or part.lineno, part.end_col_offset or 0)
