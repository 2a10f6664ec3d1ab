"""Where a file uses one of some functions, called or handed on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import libcst

    from pytest_selfmod_guard.syntax import Call, Python, Reference

REACHERS = (
    b"__builtins__", b"__dict__", b"__getattribute__", b"__globals__", b"__import__",
    b"attrgetter", b"builtins", b"f_builtins", b"f_globals", b"getattr", b"getattr_static",
    b"globals", b"import_module", b"load_module", b"locals", b"methodcaller", b"modules",
    b"reduce", b"resolve_name", b"vars",
)  # fmt: skip
"""Words, one of which stands in any code that reaches a function without writing its name."""

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
