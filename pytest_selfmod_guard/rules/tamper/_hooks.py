"""What a conftest does to tests that are in other files: hooks and automatic fixtures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import libcst as cst

from pytest_selfmod_guard.rules.tamper._answers import runs_it
from pytest_selfmod_guard.rules.tamper._conditions import holds, holds_by_default
from pytest_selfmod_guard.rules.tamper._excuses import is_question
from pytest_selfmod_guard.rules.tamper._marks import Marks, Reach, Skip
from pytest_selfmod_guard.rules.tamper._nodes import (
    Line,
    dotted,
    inside,
    is_fixture,
    last_name,
    parameter_names,
)
from pytest_selfmod_guard.rules.tamper._skips import is_automatic
from pytest_selfmod_guard.rules.tamper._spoken import Spoken
from pytest_selfmod_guard.rules.tamper._suite import Function, Suite

_SPEAKING = frozenset(("pytest_runtest_setup", "pytest_runtest_call", "pytest_runtest_protocol"))
_LISTING = "pytest_collection_modifyitems"
_ANSWERING = frozenset(("pytest_ignore_collect", "pytest_runtest_protocol", "pytest_pyfunc_call"))
_TAKING_AWAY = frozenset(("clear", "pop", "remove"))
_PLAIN_ORDER = frozenset(("sorted", "reversed", "list"))


class Silence(NamedTuple):
    """One place in a conftest that keeps tests from running."""

    where: str
    """The hook or fixture."""
    line: int
    certain: bool
    """False where it depends on something."""
    is_asked_for: bool = False
    """True for a fixture that a test has to name."""
    is_open: bool = False
    """True where it depends on what is no platform, option, or thing to be installed."""


def silences(suite: Suite) -> Iterator[Silence]:
    """Give everything in a conftest that skips, or takes away, tests beside it."""
    marks = Marks(suite, {})
    spoken = Spoken(suite, marks)
    for helper in suite.helpers.values():
        if helper.name in _SPEAKING or is_fixture(helper.node):
            for skip in spoken.in_function(helper.node):
                if skip.reach:
                    yield _spoken_by(helper, skip, suite)
        if helper.name == _LISTING or helper.name in _ANSWERING:
            yield from _Hook(suite, marks, helper.node).silences()


def _spoken_by(helper: Function, skip: Skip, suite: Suite) -> Silence:
    is_asked_for = is_fixture(helper.node) and not is_automatic(helper.node)
    line, certain = suite.parsed.line(skip.node), skip.reach is Reach.ALWAYS
    is_open = is_asked_for and not certain and not is_question(suite.code(helper.node.body))
    return Silence(helper.name, line, certain, is_asked_for, is_open)


class _Hook:
    def __init__(self, suite: Suite, marks: Marks, node: cst.FunctionDef) -> None:
        self._suite = suite
        self._marks = marks
        self._node = node
        self._name = node.name.value
        self._items = "items" if "items" in parameter_names(node) else ""
        self._local: dict[str, cst.BaseExpression] = {}

    def silences(self) -> Iterator[Silence]:
        for statement, certain in self._along(inside(self._node.body), certain=True):
            found = self._silence(statement)
            if found is not None:
                line = self._suite.parsed.line(statement)
                yield Silence(self._name, line, certain and found)

    def _along(
        self, body: Sequence[cst.CSTNode], *, certain: bool
    ) -> Iterator[tuple[cst.CSTNode, bool]]:
        """Give each small statement, and whether it always runs."""
        for statement in body:
            if isinstance(statement, Line):
                yield from ((part, certain) for part in statement.body)
            elif isinstance(statement, cst.If):
                yield from self._branches(statement, certain=certain)
                certain = certain and not _leaves(statement)
            elif isinstance(statement, cst.For | cst.While | cst.With | cst.Try):
                yield from self._along(inside(statement.body), certain=certain)

    def _branches(self, node: cst.If, *, certain: bool) -> Iterator[tuple[cst.CSTNode, bool]]:
        held = holds(node.test, self._suite.parsed)
        usual = holds_by_default(node.test, self._suite.parsed)
        if held is not False:
            yield from self._along(inside(node.body), certain=certain and usual is True)
        if held is not True and node.orelse is not None:
            other = [node.orelse] if isinstance(node.orelse, cst.If) else inside(node.orelse.body)
            yield from self._along(other, certain=certain and usual is False)

    def _silence(self, part: cst.CSTNode) -> bool | None:
        """Say whether a statement silences for sure; None when it does not at all."""
        if isinstance(part, cst.Return) and self._name in _ANSWERING:
            return self._answers(part.value)
        if self._name != _LISTING:
            return None
        if isinstance(part, cst.Assign):
            return self._assigns(part)
        if isinstance(part, cst.Del):
            return True if self._is_of_items(part.target) else None
        call = part.value if isinstance(part, cst.Expr) else None
        return self._calls(call) if isinstance(call, cst.Call) else None

    def _answers(self, value: cst.BaseExpression | None) -> bool | None:
        if value is None or dotted(value) in {"None", "False"} or runs_it(self._name, self._node):
            return None
        return holds(value, self._suite.parsed) is True

    def _assigns(self, part: cst.Assign) -> bool | None:
        target = part.targets[0].target
        self._local[dotted(target)] = part.value
        if not isinstance(target, cst.Subscript) or not self._is_of_items(target):
            return None
        if isinstance(part.value, cst.Call) and last_name(part.value) in _PLAIN_ORDER:
            return None
        return isinstance(part.value, cst.List | cst.Tuple) and not part.value.elements

    def _calls(self, call: cst.Call) -> bool | None:
        name = last_name(call.func)
        if isinstance(call.func, cst.Attribute) and name in _TAKING_AWAY:
            return name == "clear" if self._is_of_items(call.func.value) else None
        if name != "add_marker" or not call.args:
            return None
        mark = self._local.get(dotted(call.args[0].value), call.args[0].value)
        skip = self._marks.skip(mark, mark)
        if skip is None and self._suite.parsed.fold(mark) in ("skip", "xfail"):
            return True
        return None if skip is None or not skip.reach else skip.reach is Reach.ALWAYS

    def _is_of_items(self, node: cst.CSTNode) -> bool:
        while isinstance(node, cst.Subscript):
            node = node.value
        return bool(self._items) and dotted(node) == self._items


def _leaves(node: cst.If) -> bool:
    """Tell whether a condition may end the function."""
    last = inside(node.body)[-1]
    parts = last.body if isinstance(last, Line) else ()
    return any(isinstance(part, cst.Return | cst.Raise | cst.Continue) for part in parts)
