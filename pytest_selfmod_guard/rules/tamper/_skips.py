"""Everything that keeps a test from speaking: marks, calls, fixtures, and the module around it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property

import libcst as cst

from pytest_selfmod_guard.rules.tamper._conditions import is_empty
from pytest_selfmod_guard.rules.tamper._marks import Marks, Reach, Skip
from pytest_selfmod_guard.rules.tamper._nodes import (
    assigned,
    inside,
    is_fixture,
    last_name,
    parameter_names,
)
from pytest_selfmod_guard.rules.tamper._spoken import Spoken
from pytest_selfmod_guard.rules.tamper._statements import statements
from pytest_selfmod_guard.rules.tamper._suite import Function, Suite
from pytest_selfmod_guard.rules.tamper._wrapped import wrapped

_FOR_ALL = frozenset(("setUpModule", "setup_module", "setup_function"))
_FOR_METHODS = frozenset(("setUp", "setUpClass", "asyncSetUp", "setup_method", "setup_class"))


class Skips:
    """Finds what skips each of a suite's tests."""

    def __init__(self, suite: Suite, elsewhere: Mapping[str, Reach]) -> None:
        """
        Look at a suite.

        :param elsewhere: names that other modules of the change give to skips
        """
        self._suite = suite
        self._marks = Marks(suite, elsewhere)
        self._spoken = Spoken(suite, self._marks)

    def of(self, test: Function) -> Skip | None:
        """Give the strongest skip that takes effect on a test; None if nothing does."""
        return _strongest(self._all(test))

    def cases(self, test: Function) -> Iterator[tuple[str, Skip]]:
        """Give the skips of single cases of a parametrized test, with the case's values."""
        for mark in test.node.decorators:
            for call in _calls(mark.decorator, "param"):
                skip = _strongest(self._case(call))
                if skip:
                    values = [self._suite.code(arg.value) for arg in call.args if not arg.keyword]
                    yield " , ".join(_flat(value) for value in values), skip

    def values(self, test: Function) -> str:
        """Give the text of a test's decorators, to look a case's values up in."""
        marks = (_flat(self._suite.code(mark.decorator)) for mark in test.node.decorators)
        return f" {' '.join(marks)} "

    @cached_property
    def _everywhere(self) -> Skip | None:
        body = self._suite.module.body
        return _strongest([*self._spoken.at_top(), *self._assigned(body)])

    @cached_property
    def _wrapped(self) -> dict[int, Skip]:
        return wrapped(self._suite)

    @cached_property
    def _automatic(self) -> dict[str, Skip]:
        """What skips in set-up methods and automatic fixtures, by the class they are in."""
        return dict(self._first(lambda helper: helper.scope, _runs_first))

    @cached_property
    def _asked_for(self) -> dict[str, Skip]:
        """What skips in fixtures that a test names, by that name."""
        return dict(self._first(lambda helper: helper.name, lambda one: is_fixture(one.node)))

    def _first(
        self, key: Callable[[Function], str], concerns: Callable[[Function], bool]
    ) -> Iterator[tuple[str, Skip]]:
        for helper in self._suite.helpers.values():
            skip = _strongest(self._in_set_up(helper)) if concerns(helper) else None
            if skip:
                yield key(helper), skip

    def _in_set_up(self, helper: Function) -> Iterator[Skip]:
        """Give what skips in a function that runs first, and in those that it calls by itself."""
        yield from self._spoken.in_function(helper.node)
        called = {last_name(call.func) for call in _calls_in(helper.node.body)}
        for other in self._suite.helpers.values():
            if other.name in called and other.node is not helper.node and not _runs_first(other):
                yield from self._spoken.in_function(other.node)

    def _all(self, test: Function) -> Iterator[Skip]:
        if self._everywhere:
            yield self._everywhere
        if id(test.node) in self._wrapped:
            yield self._wrapped[id(test.node)]
        for owner in test.owners:
            yield from self._decorators(owner)
            yield from self._assigned(inside(owner.body))
        yield from self._decorators(test.node)
        for scope in ("", test.scope):
            if scope in self._automatic:
                yield self._automatic[scope]
        for name in parameter_names(test.node):
            if name in self._asked_for:
                yield self._asked_for[name]
        yield from self._spoken.in_function(test.node)

    def _case(self, call: cst.Call) -> Iterator[Skip]:
        for arg in call.args:
            if arg.keyword is not None and arg.keyword.value == "marks":
                yield from self._listed(arg.value, call)

    def _decorators(self, node: cst.FunctionDef | cst.ClassDef) -> Iterator[Skip]:
        for mark in node.decorators:
            skip = self._marks.skip(mark.decorator, mark) or self._without_cases(mark)
            if skip:
                yield skip

    def _without_cases(self, mark: cst.Decorator) -> Skip | None:
        """Look at a parametrize with nothing in it, for which pytest skips the test."""
        call = mark.decorator
        if not isinstance(call, cst.Call) or last_name(call) != "parametrize":
            return None
        values = self._suite.parsed.argument(call, 1, "argvalues")
        if values is None or not is_empty(values, self._suite.parsed):
            return None
        return Skip(Reach.ALWAYS, mark, "parametrize without cases")

    def _assigned(self, body: Iterable[cst.CSTNode]) -> Iterator[Skip]:
        """Look at ``pytestmark``."""
        for statement in body:
            for name, value in assigned(statement):
                if name == "pytestmark":
                    yield from self._listed(value, statement)

    def _listed(self, value: cst.CSTNode, place: cst.CSTNode) -> Iterator[Skip]:
        """Look at a mark, or at each in a list of marks."""
        elements = value.elements if isinstance(value, cst.List | cst.Tuple | cst.Set) else None
        marks = [element.value for element in elements] if elements is not None else [value]
        for mark in marks:
            skip = self._marks.skip(mark, place)
            if skip:
                yield skip


def _strongest(skips: Iterable[Skip]) -> Skip | None:
    found = [skip for skip in skips if skip.reach]
    return max(found, key=lambda skip: skip.reach, default=None)


def _runs_first(helper: Function) -> bool:
    """Tell whether a function runs before tests that do not ask for it."""
    known = _FOR_METHODS if helper.scope else _FOR_ALL
    return helper.name in known or (is_fixture(helper.node) and is_automatic(helper.node))


def is_automatic(node: cst.FunctionDef) -> bool:
    """Tell whether a function is a fixture that every test beside it gets."""
    calls = (mark.decorator for mark in node.decorators if isinstance(mark.decorator, cst.Call))
    return any(
        arg.keyword is not None
        and arg.keyword.value == "autouse"
        and getattr(arg.value, "value", "") == "True"
        for call in calls
        for arg in call.args
    )


def _calls_in(node: cst.CSTNode) -> Iterator[cst.Call]:
    if isinstance(node, cst.Call):
        yield node
    for child in node.children:
        yield from _calls_in(child)


def _calls(node: cst.CSTNode, name: str) -> Iterator[cst.Call]:
    if isinstance(node, cst.Call) and last_name(node) == name:
        yield node
    for child in node.children:
        yield from _calls(child, name)


def _flat(code: str) -> str:
    return " ".join(piece for line in statements(code) for piece in line)
