"""One mark or call that skips a test or expects it to fail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import IntEnum
from typing import NamedTuple

import libcst as cst

from pytest_selfmod_guard.rules.tamper._conditions import (
    asks_for_ci,
    holds,
    holds_by_default,
)
from pytest_selfmod_guard.rules.tamper._nodes import Line, assigned, dotted, last_name, reached
from pytest_selfmod_guard.rules.tamper._presence import is_there
from pytest_selfmod_guard.rules.tamper._suite import Suite

_HOPS = 5  # from alias to alias


class Reach(IntEnum):
    """How often a skip takes effect."""

    NEVER = 0
    SOMETIMES = 1
    ALWAYS = 2


class Skip(NamedTuple):
    """A skip that stands in the source."""

    reach: Reach
    node: cst.CSTNode
    """Where a reader should look."""
    how: str
    """As a person would name it: ``pytest.mark.skip``."""


_CONDITIONAL = frozenset(("skip", "skipif", "skipIf", "skipUnless", "xfail"))
_FLAT = frozenset(("expectedFailure", "skipTest", "SkipTest", "Skipped"))
_FAMILIES = ("pytest.", "unittest.", "_pytest.", "nose.", "twisted.", "django.", "self.", "cls.")


class Marks:
    """Knows a module's names for marks."""

    def __init__(self, suite: Suite, elsewhere: Mapping[str, Reach]) -> None:
        """
        Read the imports and the assignments at the top of a module.

        :param elsewhere: names that other modules of the change give to skips
        """
        self.suite = suite
        self._elsewhere = elsewhere
        self._imported: dict[str, str] = {}
        self._assigned: dict[str, cst.BaseExpression] = {}
        for statement in reached(suite.module.body):
            self._imported.update(_imports(statement))
            self._assigned.update(assigned(statement))

    def given(self) -> dict[str, Reach]:
        """Give the names at the top of the module that stand for skips."""
        found = ((name, self.skip(value, value)) for name, value in self._assigned.items())
        return {name: skip.reach for name, skip in found if skip is not None}

    def skip(self, node: cst.CSTNode, place: cst.CSTNode) -> Skip | None:
        """
        Say how a decorator, a mark or a call skips.

        :param place: where a reader should look
        :returns: None for what has nothing to do with skipping
        """
        node = self._target(node)
        name = self.name(node).removesuffix(".Exception")
        last = name.rpartition(".")[2]
        if is_known(name) and last in _CONDITIONAL:
            return Skip(self._reach(name, node), place, name)
        if (is_known(name) and last in _FLAT) or name == "SkipTest":
            return Skip(Reach.ALWAYS, place, name)
        if last in self._elsewhere and name in self._imported.values():
            return Skip(self._elsewhere[last], place, name)
        if last == "importorskip" or _sounds_like_skipping(last):
            return Skip(Reach.SOMETIMES, place, name)
        return None

    def name(self, node: cst.CSTNode, hops: int = _HOPS) -> str:
        """Give the full name of what is called or referred to, aliases and imports resolved."""
        while isinstance(node, cst.Call):
            if last_name(node.func) == "getattr" and node.args[1:]:
                attribute = self.suite.parsed.fold(node.args[1].value)
                return f"{self.name(node.args[0].value)}.{attribute}"
            node = node.func
        if isinstance(node, cst.Attribute):
            return f"{self.name(node.value, hops)}.{node.attr.value}"
        first = dotted(node)
        alias = self._assigned.get(first)
        if hops and isinstance(alias, cst.Name | cst.Attribute):
            return self.name(alias, hops - 1)
        return self._imported.get(first, first)

    def _target(self, node: cst.CSTNode) -> cst.CSTNode:
        for _ in range(_HOPS):
            value = self._assigned.get(node.value) if isinstance(node, cst.Name) else None
            if value is None:
                break
            node = value
        return node

    def _reach(self, name: str, node: cst.CSTNode) -> Reach:
        condition = _condition(name, node)
        unless = name.endswith("skipUnless")
        if condition is None:
            return Reach.ALWAYS
        held = holds(condition, self.suite.parsed)
        if held is None:
            held = is_there(condition, self.suite.parsed)
        if unless and held is not None:
            held = not held
        if held is None:
            in_ci = asks_for_ci(self.suite.code(condition)) and not unless
            usually = holds_by_default(condition, self.suite.parsed) is (not unless)
            return Reach.ALWAYS if in_ci or usually else Reach.SOMETIMES
        return Reach.ALWAYS if held else Reach.NEVER


def is_known(name: str) -> bool:
    """Tell whether a name is one of a test framework's own."""
    return name.startswith(_FAMILIES) or ".mark." in f".{name}"


def _condition(name: str, node: cst.CSTNode) -> cst.BaseExpression | None:
    if name.endswith(("skip", "pytest.xfail")) or not isinstance(node, cst.Call):
        return None
    for index, arg in enumerate(node.args):
        if (index == 0 and arg.keyword is None) or (
            arg.keyword is not None and arg.keyword.value == "condition"
        ):
            return arg.value
    return None


def _sounds_like_skipping(last: str) -> bool:
    lowered = last.lower()
    return "skip" in lowered or "xfail" in lowered


def _imports(statement: cst.CSTNode) -> Iterator[tuple[str, str]]:
    for part in statement.body if isinstance(statement, Line) else ():
        if isinstance(part, cst.Import | cst.ImportFrom) and not isinstance(
            part.names, cst.ImportStar
        ):
            module = part.module if isinstance(part, cst.ImportFrom) else None
            prefix = f"{dotted(module)}." if module is not None else ""
            for alias in part.names:
                yield _bound_by(alias, prefix)


def _bound_by(alias: cst.ImportAlias, prefix: str) -> tuple[str, str]:
    name = dotted(alias.name)
    if alias.asname is not None:
        return dotted(alias.asname.name), prefix + name
    return (name, prefix + name) if prefix else (name.partition(".")[0],) * 2
