"""The files of a change that are Python and parse."""

from __future__ import annotations

from collections.abc import Iterator

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
