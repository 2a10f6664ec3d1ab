"""What a conftest leaves out of collection by ``collect_ignore`` and ``collect_ignore_glob``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import libcst as cst

from pytest_selfmod_guard.rules.tamper._conditions import holds
from pytest_selfmod_guard.rules.tamper._nodes import Line, assigned, inside, last_name
from pytest_selfmod_guard.rules.tamper._suite import Suite
from pytest_selfmod_guard.syntax import Python

_NAMES = "collect_ignore"


class LeftOut(NamedTuple):
    """A path or pattern that is not collected."""

    path: str
    line: int
    certain: bool
    """False where it depends on something."""


def left_out(suite: Suite) -> Iterator[LeftOut]:
    """Give everything that a conftest names."""
    for statement, certain in _statements(suite.module.body, suite.parsed, certain=True):
        for value in _values(statement):
            for path in _strings(value):
                yield LeftOut(path, suite.parsed.line(statement), certain)


def _statements(
    body: Sequence[cst.CSTNode], python: Python, *, certain: bool
) -> Iterator[tuple[cst.CSTNode, bool]]:
    """Give each statement, and whether it always runs."""
    for statement in body:
        if isinstance(statement, cst.If):
            held = holds(statement.test, python)
            then = certain and held is True
            yield from _statements(inside(statement.body), python, certain=then)
            other = statement.orelse
            if other is not None:
                rest = [other] if isinstance(other, cst.If) else inside(other.body)
                yield from _statements(rest, python, certain=certain and held is False)
        elif isinstance(statement, cst.Try | cst.With):
            yield from _statements(inside(statement.body), python, certain=certain)
            for handler in getattr(statement, "handlers", ()):
                yield from _statements(inside(handler.body), python, certain=False)
        else:
            yield statement, certain


def _values(statement: cst.CSTNode) -> Iterator[cst.CSTNode]:
    for name, value in assigned(statement):
        if name.startswith(_NAMES):
            yield value
    for part in statement.body if isinstance(statement, Line) else ():
        called = part.value if isinstance(part, cst.Expr) else None
        function = called.func if isinstance(called, cst.Call) else None
        if (
            called is not None
            and isinstance(function, cst.Attribute)
            and last_name(function.value).startswith(_NAMES)
        ):
            yield called


def _strings(node: cst.CSTNode) -> Iterator[str]:
    value = node.evaluated_value if isinstance(node, cst.SimpleString) else None
    if isinstance(value, str):
        yield value
    for child in node.children:
        yield from _strings(child)
