"""What the product still has after a change, although nothing defines it by its name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import libcst as cst

from pytest_selfmod_guard.rules.tamper._contents import without_docstring
from pytest_selfmod_guard.rules.tamper._nodes import Line, dotted, inside, reached
from pytest_selfmod_guard.rules.tamper._statements import Statement, statements
from pytest_selfmod_guard.rules.tamper._suite import Suite

_ANY_NAME = ("globals", "vars", "setattr", "__getattr__", "__dict__", "modules")
Body = tuple[Statement, ...]


class Bound:
    """The names that files of one version bind in other ways, and the bodies of definitions."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.imported: set[str] = set()
        self.defined: dict[str, set[str]] = {}
        self.open: set[str] = set()
        """Files that may bind any name."""
        self.bodies: dict[str, list[Body]] = {}

    def add(self, path: str, suite: Suite, defined: set[str]) -> None:
        """Look at a file of the product."""
        self.defined[path] = defined
        for statement in reached(suite.module.body):
            self.imported |= set(_imported(statement))
            if _binds_anything(statement, suite):
                self.open.add(path)
        for node in _definitions(suite.module.body):
            body = statements(suite.code(without_docstring(node.body)))
            self.bodies.setdefault(node.name.value, []).append(tuple(body))


def survivors(old: Bound, new: Bound) -> set[str]:
    """Give the names of the old version that are bound still, or whose definitions live on."""
    kept = {name for path in new.open - old.open for name in old.defined.get(path, ())}
    before = Counter(body for bodies in old.bodies.values() for body in bodies)
    after = Counter(body for bodies in new.bodies.values() for body in bodies)
    for name, bodies in old.bodies.items():
        # A body that others had before is theirs; one that is gained is this one's.
        others = Counter(bodies)
        if any(body and after[body] > before[body] - others[body] for body in bodies):
            kept.add(name)
    return kept | (new.imported - old.imported)


def renames(old: Bound, new: Bound) -> dict[str, str]:
    """Give the definitions that have another name now: the same body, under one new name."""
    fresh: dict[Body, set[str]] = {}
    for name in new.bodies.keys() - old.bodies.keys():
        for body in filter(None, new.bodies[name]):
            fresh.setdefault(body, set()).add(name)
    found = {}
    for name in old.bodies.keys() - new.bodies.keys():
        others = set().union(*(fresh.get(body, set()) for body in old.bodies[name]))
        if len(others) == 1:
            found[name] = others.pop()
    return found


def _imported(statement: cst.CSTNode) -> Iterator[str]:
    for part in statement.body if isinstance(statement, Line) else ():
        if isinstance(part, cst.Import | cst.ImportFrom) and not isinstance(
            part.names, cst.ImportStar
        ):
            for alias in part.names:
                yield dotted(alias.asname.name if alias.asname else alias.name)


def _binds_anything(statement: cst.CSTNode, suite: Suite) -> bool:
    """Tell whether a statement may bind names that it does not say."""
    if isinstance(statement, cst.FunctionDef):
        return statement.name.value == "__getattr__"
    for part in statement.body if isinstance(statement, Line) else ():
        if isinstance(part, cst.ImportFrom) and isinstance(part.names, cst.ImportStar):
            return True
        if isinstance(part, cst.Assign | cst.Expr):
            pieces = {piece for line in statements(suite.code(part)) for piece in line}
            if not pieces.isdisjoint(_ANY_NAME):
                return True
    return False


def _definitions(body: Sequence[cst.CSTNode]) -> Iterator[cst.FunctionDef | cst.ClassDef]:
    for statement in reached(body):
        if isinstance(statement, cst.FunctionDef | cst.ClassDef):
            yield statement
            if isinstance(statement, cst.ClassDef):
                yield from _definitions(inside(statement.body))
