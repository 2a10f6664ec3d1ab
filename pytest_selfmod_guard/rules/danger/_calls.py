"""Where a file uses one of some functions, called or handed on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import libcst

    from pytest_selfmod_guard.syntax import Call, Python, Reference

KINDS = ("l", "le", "lp", "lpe", "v", "ve", "vp", "vpe")
"""The ends of ``os.execl``, ``os.spawnl`` and their kin."""


def uses(python: Python, wanted: frozenset[str]) -> Iterator[tuple[libcst.CSTNode, str, str]]:
    """
    Give the node, the dotted name and the scope of every use of these functions.

    An import counts where nothing else in the file uses what it names: then it
    is there for other files.
    """
    used = set()
    everything: tuple[Call | Reference, ...] = (*python.calls, *python.references)
    for found in everything:
        if hit := found.names & wanted:
            used.add(min(hit))
            yield found.node, min(hit), found.scope
    for imported in python.imports:
        if imported.name in wanted - used:
            yield imported.node, imported.name, imported.scope
