"""Statements that skip when they are reached: calls and errors, and the conditions around them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from pytest_selfmod_guard.rules.tamper._conditions import asks_for_ci, holds, holds_by_default
from pytest_selfmod_guard.rules.tamper._marks import Marks, Reach, Skip, is_known
from pytest_selfmod_guard.rules.tamper._nodes import Line, inside, last_name
from pytest_selfmod_guard.rules.tamper._presence import is_there
from pytest_selfmod_guard.rules.tamper._shape import is_check
from pytest_selfmod_guard.rules.tamper._statements import statements
from pytest_selfmod_guard.rules.tamper._suite import Suite

_CALLS = frozenset(("skip", "xfail", "skipTest", "importorskip", "exit"))

_EXITS = frozenset(
    ("pytest.exit", "pytest.exit.Exception", "SystemExit", "sys.exit", "os._exit", "exit", "quit",
     "KeyboardInterrupt")
)  # fmt: skip


class Spoken:
    """Finds the skips on the way through a body."""

    def __init__(self, suite: Suite, marks: Marks) -> None:
        """Look at the bodies of a suite."""
        self._suite = suite
        self._marks = marks

    def at_top(self) -> Iterator[Skip]:
        """Give what skips the whole module."""
        return self._along(self._suite.module.body, Reach.ALWAYS, at_top=True)

    def in_function(self, node: cst.FunctionDef) -> Iterator[Skip]:
        """Give what skips a test, or the tests that a fixture serves."""
        return self._along(inside(node.body), Reach.ALWAYS, at_top=False)

    def _along(self, body: Sequence[cst.CSTNode], reach: Reach, *, at_top: bool) -> Iterator[Skip]:
        """Follow a body; a skip after the first assertion skips only the rest."""
        for statement in body:
            if isinstance(statement, Line):
                yield from self._line(statement, reach)
                if at_top and self._ends_the_run(statement):
                    yield Skip(reach, statement, "an exit at the top of the module")
                if not at_top and self._checks(statement):
                    reach = min(reach, Reach.SOMETIMES)
            elif isinstance(statement, cst.If):
                yield from self._if(statement, reach, at_top=at_top)
            elif isinstance(statement, cst.With | cst.Try):
                yield from self._along(inside(statement.body), reach, at_top=at_top)
                rest = min(reach, Reach.SOMETIMES)
                for handler in getattr(statement, "handlers", ()):
                    yield from self._along(inside(handler.body), rest, at_top=at_top)

    def _if(self, node: cst.If, reach: Reach, *, at_top: bool) -> Iterator[Skip]:
        held, rarely = holds(node.test, self._suite.parsed), min(reach, Reach.SOMETIMES)
        if held is None:
            held = is_there(node.test, self._suite.parsed)
        usual = holds_by_default(node.test, self._suite.parsed) if held is None else held
        certain = usual is True or (held is None and asks_for_ci(self._suite.code(node.test)))
        if held is not False:
            then = reach if certain else rarely
            yield from self._along(inside(node.body), then, at_top=at_top)
        if node.orelse is not None and held is not True:
            other = node.orelse
            body = [other] if isinstance(other, cst.If) else inside(other.body)
            yield from self._along(body, reach if held is False else rarely, at_top=at_top)

    def _line(self, statement: Line, reach: Reach) -> Iterator[Skip]:
        for part in statement.body:
            value = _said(part)
            skip = self._marks.skip(value, statement) if value is not None else None
            if skip is not None and (not isinstance(part, cst.Expr) or _takes_effect(skip)):
                yield skip._replace(reach=min(reach, skip.reach))

    def _ends_the_run(self, statement: Line) -> bool:
        said = [_said(part) for part in statement.body]
        return any(self._marks.name(value) in _EXITS for value in said if value is not None)

    def _checks(self, statement: cst.CSTNode) -> bool:
        return any(is_check(line) for line in statements(self._suite.code(statement)))


def _said(part: cst.CSTNode) -> cst.CSTNode | None:
    """Give what a statement calls or raises."""
    if isinstance(part, cst.Expr) and isinstance(part.value, cst.Call):
        return part.value
    if isinstance(part, cst.Assign) and last_name(part.value) == "importorskip":
        return part.value
    return part.exc if isinstance(part, cst.Raise) else None


def _takes_effect(skip: Skip) -> bool:
    """Tell whether a bare call skips: a mark does not, nor does ``queue.skip_one()``."""
    if ".mark." in f".{skip.how}":
        return False
    return "." not in skip.how or (skip.how.rpartition(".")[2] in _CALLS and is_known(skip.how))
