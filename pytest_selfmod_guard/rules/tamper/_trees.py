"""The files of a change that are Python and parse."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pytest_selfmod_guard.syntax import Python, Unparsable
from pytest_selfmod_guard.view import Side, View


def parsed(side: Side | None) -> Python | None:
    """Give the tree of a side that is Python and parses."""
    if side is None or not side.is_python:
        return None
    tree = side.python
    return None if isinstance(tree, Unparsable) else tree


def trees(view: View, version: str) -> Iterator[tuple[Side, Python]]:
    """Give each ``old`` or ``new`` side with its tree."""
    for file in view.files:
        side = file.old if version == "old" else file.new
        tree = parsed(side)
        if side is not None and tree is not None:
            yield side, tree


def finder(view: View, version: str) -> Callable[[str], Python | None]:
    """Give what finds the ``old`` or ``new`` tree of any file of the project."""
    look = view.before if version == "old" else view.after
    return lambda path: parsed(look(path))
