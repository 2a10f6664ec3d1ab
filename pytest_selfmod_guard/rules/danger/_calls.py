"""Where a file uses one of some functions, called or handed on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import libcst

    from pytest_selfmod_guard.syntax import Python

REACHERS = (
    b"__builtins__", b"__dict__", b"__getattribute__", b"__globals__", b"__import__",
    b"attrgetter", b"builtins", b"getattr", b"getattr_static", b"globals", b"import_module",
    b"locals", b"methodcaller", b"modules", b"resolve_name", b"vars",
)  # fmt: skip
"""Words, one of which stands in any code that reaches a function without writing its name."""


def uses(python: Python, wanted: frozenset[str]) -> Iterator[tuple[libcst.CSTNode, str, str]]:
    """Give the node, the dotted name and the scope of every use of these functions."""
    for call in python.calls:
        if hit := call.names & wanted:
            yield call.node, min(hit), call.scope
    for reference in python.references:
        if hit := reference.names & wanted:
            yield reference.node, min(hit), reference.scope
