"""Both sides of a change at once: what an assertion asks, and what the product changes."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from pytest_selfmod_guard.paths import PRODUCT
from pytest_selfmod_guard.rules.tamper._nodes import inside, reached
from pytest_selfmod_guard.rules.tamper._subjects import Removed, removed
from pytest_selfmod_guard.rules.tamper._trees import trees
from pytest_selfmod_guard.view import View

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import libcst as cst

    from pytest_selfmod_guard.rules.tamper._asserting.checks import Check
    from pytest_selfmod_guard.rules.tamper._asserting.follow import Following, Lost
    from pytest_selfmod_guard.syntax import Python

_WORD = re.compile(r"[^\W\d]\w{2,}")


class Sides:
    """Knows the symbols of the product that a change edits or takes away."""

    def __init__(self, view: View) -> None:
        """Look at a change."""
        self._view = view

    def edited(self, check: Check) -> frozenset[str]:
        """Give the functions and classes that an assertion names and the change edits."""
        return check.words & self.symbols

    def gone(self, check: Check) -> frozenset[str]:
        """Give what an assertion names and the change takes away from the product."""
        taken = self._removed
        return check.words & (taken.names | taken.details)

    def explains(self, case: str) -> bool:
        """Tell whether the change takes away from the product what a case names."""
        taken = self._removed
        return not frozenset(_WORD.findall(case)).isdisjoint(taken.names | taken.details)

    def only_takes_away(self, lost: Lost, following: Following) -> bool:
        """
        Tell whether a function of the tests only loses something, and nothing explains why.

        What is rewritten a reviewer would have to ask about; what is only
        taken out of a test, in a change that leaves the product alone or edits
        just what was asserted, is not to be waved through.
        """
        if lost.unit.place != lost.heir.place or following.gained(lost.heir):
            return False
        return not self.touches_product or bool(self.edited(lost.old))

    @cached_property
    def touches_product(self) -> bool:
        """True when the change edits Python outside of the tests."""
        sides = [side for file in self._view.files for side in (file.old, file.new) if side]
        return any(side.zone == PRODUCT and side.is_python for side in sides)

    @cached_property
    def symbols(self) -> frozenset[str]:
        """The names of the functions, methods and classes that the change edits or adds."""
        old, new = self._definitions("old"), self._definitions("new")
        names = {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
        return frozenset(part for _, name in names for part in name.split("."))

    @cached_property
    def edited_functions(self) -> frozenset[str]:
        """The names of the functions and methods that are there on both sides, and differ."""
        old, new = self._definitions("old"), self._definitions("new")
        names = {
            name for key in old.keys() & new.keys() if old[key] != new[key] for name in key[1:]
        }
        lasts = (name.rpartition(".")[2] for name in names)
        return frozenset(name for name in lasts if not name.startswith("__"))

    @cached_property
    def _removed(self) -> Removed:
        return removed(self._view)

    def _definitions(self, version: str) -> dict[tuple[str, str], str]:
        return {
            (side.path, name): code
            for side, tree in trees(self._view, version)
            if side.zone == PRODUCT
            for name, code in _defined(tree, tree.module.body, "")
        }


def _defined(tree: Python, body: Sequence[cst.CSTNode], scope: str) -> Iterator[tuple[str, str]]:
    import libcst as cst  # noqa: PLC0415 (slow)

    for statement in reached(body):
        if isinstance(statement, cst.FunctionDef):
            yield f"{scope}{statement.name.value}", tree.module.code_for_node(statement)
        elif isinstance(statement, cst.ClassDef):
            yield from _defined(tree, inside(statement.body), f"{scope}{statement.name.value}.")
