"""Whether a test can still fail, and by what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from enum import IntEnum

import libcst as cst

from pytest_selfmod_guard.rules.tamper._conditions import holds, is_empty, is_vacuous
from pytest_selfmod_guard.rules.tamper._nodes import Line, inside, last_name
from pytest_selfmod_guard.rules.tamper._shape import CHECKS
from pytest_selfmod_guard.rules.tamper._statements import statements
from pytest_selfmod_guard.rules.tamper._suite import Function, Suite

_SAYS_SO = ("assert", "check", "verify", "expect", "_assert", "_check", "_verify")
_HARMLESS = frozenset(
    ("print", "len", "repr", "str", "list", "dict", "set", "tuple", "type", "id", "isinstance",
     "range", "object", "suppress", "sleep", "skip", "xfail", "skipTest")
)  # fmt: skip
_SWALLOWING = frozenset(("AssertionError", "Exception", "BaseException", ""))
_HELPERS = 5  # that call one another


class Effect(IntEnum):
    """How a test can fail."""

    NOTHING = 0
    RUNS = 1
    """By an error in what it calls."""
    CHECKS = 2
    """By what it asserts."""


class Effects:
    """Looks at the bodies of one module's tests."""

    def __init__(self, suite: Suite) -> None:
        """Look at a suite, whose helpers may assert for its tests."""
        self._suite = suite
        self._helpers = {helper.name: helper for helper in suite.helpers.values()}
        self._depth = 0
        self._words: Counter[str] = Counter()

    def of(self, test: Function) -> Effect:
        """Say what is the strongest way in which a test can fail."""
        lines = statements(self._suite.code(test.node.body))
        self._words = Counter(piece for line in lines for piece in line)
        return self._along(inside(test.node.body))

    def _along(self, body: Iterable[cst.CSTNode]) -> Effect:
        """Follow a body as far as it runs, or as far as there is anything to learn."""
        found = Effect.NOTHING
        for statement in body:
            found = max(found, self._statement(statement))
            if found is Effect.CHECKS or self._leaves(statement):
                break
        return found

    def _statement(self, node: cst.CSTNode) -> Effect:
        if isinstance(node, Line):
            return self._along(node.body)
        if isinstance(node, cst.If):
            return self._if(node)
        if isinstance(node, cst.Try | cst.TryStar | cst.With):
            return self._guarded(node)
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            return self._nested(node)
        return self._loop(node) if isinstance(node, cst.For | cst.While) else self._plain(node)

    def _plain(self, node: cst.CSTNode) -> Effect:
        if isinstance(node, cst.Assert) and not is_vacuous(node.test, self._suite.parsed):
            return Effect.CHECKS
        if isinstance(node, cst.Raise):
            skips = node.exc is not None and "skip" in last_name(node.exc).lower()
            return Effect.NOTHING if skips else Effect.CHECKS
        return self._calls(node)

    def _leaves(self, node: cst.CSTNode) -> bool:
        """Tell whether nothing after a statement is reached."""
        if isinstance(node, Line):
            return any(self._leaves(part) for part in node.body)
        if isinstance(node, cst.If) and holds(node.test, self._suite.parsed) is True:
            return any(self._leaves(part) for part in inside(node.body))
        return isinstance(node, cst.Return | cst.Raise)

    def _if(self, node: cst.If) -> Effect:
        held = holds(node.test, self._suite.parsed)
        found = self._calls(node.test)
        if held is not False:
            found = max(found, self._along(inside(node.body)))
        if held is not True and node.orelse is not None:
            other = node.orelse
            found = max(found, self._if(other) if isinstance(other, cst.If) else self._block(other))
        return found

    def _loop(self, node: cst.For | cst.While) -> Effect:
        python = self._suite.parsed
        head = node.iter if isinstance(node, cst.For) else node.test
        never = (
            is_empty(head, python) if isinstance(node, cst.For) else holds(head, python) is False
        )
        body = Effect.NOTHING if never else self._along(inside(node.body))
        return max(self._calls(head), body, self._block(node.orelse))

    def _guarded(self, node: cst.Try | cst.TryStar | cst.With) -> Effect:
        """Look at a block whose errors may be swallowed."""
        body = self._along(inside(node.body))
        if isinstance(node, cst.With):
            around = max(self._calls(item) for item in node.items)
            return max(around, Effect.NOTHING if any(map(_suppresses, node.items)) else body)
        handlers = [self._along(inside(handler.body)) for handler in node.handlers]
        if any(_swallows(handler.type) for handler in node.handlers):
            body = Effect.NOTHING
        return max(body, *handlers, self._block(node.orelse), self._block(node.finalbody))

    def _block(self, node: cst.Else | cst.Finally | None) -> Effect:
        return self._along(inside(node.body)) if node is not None else Effect.NOTHING

    def _nested(self, node: cst.FunctionDef | cst.ClassDef) -> Effect:
        """Look at a definition in a test, which means nothing if the test never names it again."""
        if self._words[node.name.value] == 1 and not node.decorators:
            return Effect.NOTHING
        methods = inside(node.body) if isinstance(node, cst.ClassDef) else [node]
        bodies = [inside(one.body) for one in methods if isinstance(one, cst.FunctionDef)]
        return max((self._along(body) for body in bodies), default=Effect.NOTHING)

    def _calls(self, node: cst.CSTNode) -> Effect:
        return max((self._call(call) for call in _called(node)), default=Effect.NOTHING)

    def _call(self, call: cst.Call) -> Effect:
        name = last_name(call.func)
        if name in CHECKS or name.lower().startswith(_SAYS_SO):
            return Effect.CHECKS
        helper = self._helpers.get(name)
        if helper is not None and self._depth < _HELPERS:
            self._depth += 1
            found = self._along(inside(helper.node.body))
            self._depth -= 1
            return max(found, Effect.RUNS)
        return Effect.NOTHING if name in _HARMLESS else Effect.RUNS


def _called(node: cst.CSTNode) -> Iterator[cst.Call]:
    if isinstance(node, cst.Call):
        yield node
    for child in node.children:
        yield from _called(child)


def _suppresses(item: cst.WithItem) -> bool:
    call = item.item
    return (
        isinstance(call, cst.Call)
        and last_name(call) == "suppress"
        and any(last_name(arg.value) in _SWALLOWING for arg in call.args)
    )


def _swallows(caught: cst.BaseExpression | None) -> bool:
    """Tell whether a handler catches a failing assertion."""
    if isinstance(caught, cst.Tuple):
        return any(_swallows(element.value) for element in caught.elements)
    return caught is None or last_name(caught) in _SWALLOWING
