"""Conditions around the definition of a test, which decide whether there is one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from pytest_selfmod_guard.rules.tamper._conditions import (
    asks_for_ci,
    holds,
    holds_by_default,
    is_empty,
)
from pytest_selfmod_guard.rules.tamper._marks import Reach, Skip
from pytest_selfmod_guard.rules.tamper._nodes import inside
from pytest_selfmod_guard.rules.tamper._suite import Suite


def wrapped(suite: Suite) -> dict[int, Skip]:
    """Give what keeps functions and classes from being defined, by the identity of the node."""
    return {id(node): skip for node, skip in _along(suite, suite.module.body, None) if skip}


def _along(
    suite: Suite, body: Sequence[cst.CSTNode], around: Skip | None
) -> Iterator[tuple[cst.CSTNode, Skip | None]]:
    for statement in body:
        if isinstance(statement, cst.FunctionDef):
            yield statement, around
        elif isinstance(statement, cst.ClassDef):
            yield from _along(suite, inside(statement.body), around)
        elif isinstance(statement, cst.If):
            yield from _branches(suite, statement, around)
        elif isinstance(statement, cst.For | cst.While):
            never = _has_no_turn(statement, suite)
            inner = Skip(Reach.ALWAYS, statement, "a loop without a turn") if never else around
            yield from _along(suite, inside(statement.body), inner)
        elif isinstance(statement, cst.Try | cst.TryStar | cst.With):
            yield from _along(suite, inside(statement.body), around)


def _branches(
    suite: Suite, node: cst.If, around: Skip | None
) -> Iterator[tuple[cst.CSTNode, Skip | None]]:
    yield from _along(
        suite, inside(node.body), _stronger(around, _condition(suite, node, runs_if=True))
    )
    if node.orelse is not None:
        other = [node.orelse] if isinstance(node.orelse, cst.If) else inside(node.orelse.body)
        yield from _along(suite, other, _stronger(around, _condition(suite, node, runs_if=False)))


def _condition(suite: Suite, node: cst.If, *, runs_if: bool) -> Skip | None:
    held = holds(node.test, suite.parsed)
    if held is runs_if:
        return None
    by_default = holds_by_default(node.test, suite.parsed)
    in_ci = held is None and not runs_if and asks_for_ci(suite.code(node.test))
    is_never = by_default is (not runs_if) or in_ci
    how = f"if {suite.code(node.test)}"
    return Skip(Reach.ALWAYS if is_never else Reach.SOMETIMES, node, how)


def _has_no_turn(node: cst.For | cst.While, suite: Suite) -> bool:
    if isinstance(node, cst.For):
        return is_empty(node.iter, suite.parsed)
    return holds(node.test, suite.parsed) is False


def _stronger(one: Skip | None, other: Skip | None) -> Skip | None:
    found = [skip for skip in (one, other) if skip is not None]
    return max(found, key=lambda skip: skip.reach, default=None)
