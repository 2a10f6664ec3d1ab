"""
Constants, computed as Python would, without running anything of the file.

A small evaluator of pure expressions: what it does not know it does not do.
Every value is weighed, every step counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import libcst as cst

from . import evaluating
from .budget import Budget
from .building import Suite, build
from .class_attributes import class_with
from .functions import elements, known_text
from .scopes import Binding, Scope, Way
from .sizes import Plain, Unfoldable, weigh
from .values import Unknown

if TYPE_CHECKING:
    from .resolving import Resolver
    from .walking import Walk

STEPS = 200_000
SMALL = 100_000
"""Steps for loops and functions that are carried out."""
DEPTH = 100
CHOICES = 8
"""How many alternatives of an expression are looked at."""

# What Python's own operations raise when operands do not fit.
EXPECTED = (
    *(Unfoldable, ArithmeticError, LookupError, TypeError, ValueError, SyntaxError),
    *(AttributeError, EOFError, OSError, AssertionError),
)

Environment = dict[tuple[int, str], object]


class Constant(NamedTuple):
    """A value that is computed already."""

    value: object


class Folder:
    """Folds the expressions of one file."""

    def __init__(self, walk: Walk, resolver: Resolver) -> None:
        self.walk = walk
        self.resolver = resolver
        self.budget = Budget(STEPS, "computing constants")
        self.small = Budget(SMALL, "carrying out loops")
        self.environment: Environment = {}
        self._world: int | None = None
        self._widest = 1
        self._depth = 0
        self._active: set[tuple[int, str]] = set()
        self._known: dict[tuple[int, str, bool], object] = {}
        self._suites: dict[int, Suite] = {}
        self._made: dict[tuple[int, str], Constant | None] = {}

    def fold(self, node: cst.BaseExpression) -> object:
        """Give the one value of an expression, or Unknown."""
        return self._in_world(lambda: self.evaluate(node), None)[0]

    def alternatives(self, node: cst.BaseExpression) -> tuple[object, ...]:
        """Give the values an expression may have; Unknown stands for all others."""
        value, worlds = self._in_world(lambda: self.evaluate(node), 0)
        found = [value]
        for world in range(1, min(worlds, CHOICES)):
            value, more = self._in_world(lambda: self.evaluate(node), world)
            worlds = max(worlds, more)
            found.append(value)
        if worlds > len(found):
            found.append(Unknown.UNKNOWN)
        return _distinct(found)

    def _in_world(self, compute: Callable[[], Plain], world: int | None) -> tuple[object, int]:
        """
        Compute an expression, taking the same turn at every fork.

        :return: the value, and how many turns the widest fork has
        """
        saved = (self.environment, self._world, self._widest)
        self.environment, self._world, self._widest = {}, world, 1
        try:
            return self._try(compute), self._widest
        finally:
            self.environment, self._world, self._widest = saved

    def _try(self, compute: Callable[[], Plain]) -> object:
        try:
            return compute()
        except (RecursionError, MemoryError):
            self.budget.give_up("a constant is too deep to be computed")
        except EXPECTED:
            pass
        except Exception as problem:
            # The decompressors' own errors have no common base.
            if type(problem).__module__ not in ("zlib", "_lzma", "lzma"):
                raise
        return Unknown.UNKNOWN

    @contextmanager
    def within(self, scope: Scope, names: Iterable[str]) -> Iterator[None]:
        """
        Carry out code of a scope that gives these names their values as it goes.

        On a budget of its own: what takes longer is not said to be too involved.
        """
        saved = (self.budget, self._active, dict(self.environment))
        self._active = self._active | {(id(scope), name) for name in names}
        self.budget = self.small
        try:
            yield
        finally:
            self.budget, self._active, before = saved
            self.environment.clear()
            self.environment.update(before)

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Answer another question in the middle of one."""
        active, self._active = self._active, set()
        try:
            yield
        finally:
            self._active = active

    def evaluate(self, node: cst.CSTNode) -> Plain:
        """
        Compute an expression.

        :return: a plain value, of any kind
        :raises Unfoldable: and what operations raise whose operands do not fit
        """
        evaluator = evaluating.EVALUATORS.get(type(node))
        if evaluator is None:
            raise Unfoldable
        if self._depth >= DEPTH:
            self.budget.give_up(f"a constant nests more than {DEPTH} levels deep")
            raise Unfoldable
        self._depth += 1
        try:
            return self.check(evaluator(self, node))
        finally:
            self._depth -= 1

    def check(self, value: Plain) -> Plain:
        """Weigh a value, pay for it and give it back."""
        if isinstance(value, bytearray | memoryview):
            value = bytes(value)
        if not self.budget.spend(weigh(value)):
            raise Unfoldable
        return value

    def choose(self, options: Sequence[cst.BaseExpression | Binding | Constant]) -> Plain:
        """Take one of several possibilities, another one in every world."""
        if not options or (len(options) > 1 and self._world is None):
            raise Unfoldable
        self._widest = max(self._widest, len(options))
        option = options[min(self._world or 0, len(options) - 1)]
        if isinstance(option, Constant):
            return option.value
        return self._binding(option) if isinstance(option, Binding) else self.evaluate(option)

    def name(self, node: cst.Name) -> Plain:
        """Compute what a name is bound to."""
        home = self._home(node)
        scope, order = self.resolver.place(node)
        last = home.bindings[node.value][-1].order
        is_last = scope is home and order > last
        return self._named(home, node.value, is_last=is_last)

    def attribute(self, node: cst.Attribute) -> Plain:
        """Compute what an attribute of a class of this file is bound to."""
        name = node.attr.value
        known = self._known_attribute(node)
        if known is not None:
            return known
        value = self._named(class_with(self.resolver, node.value, name), name)
        # Who else holds the object, and changes it, cannot be told.
        if _can_change(value):
            raise Unfoldable
        return value

    def _known_attribute(self, node: cst.Attribute) -> str | None:
        """Give ``string.digits``, ``eval.__name__`` and the like."""
        values = self.resolver.values(node)
        (value,) = values if len(values) == 1 else ("",)
        return known_text(value) if isinstance(value, str) else None

    def _named(self, home: Scope, name: str, *, is_last: bool = False) -> Plain:
        """
        Compute a name.

        :param is_last: whether it is read where it has been bound for the last time
        """
        key = (id(home), name)
        if key in self.environment:
            return self.environment[key]
        if (*key, is_last) in self._known:
            return self._known[*key, is_last]
        if key in self._active:
            raise Unfoldable
        self._active.add(key)
        try:
            value = self._bound(home, name, is_last=is_last)
        finally:
            self._active.discard(key)
        if self._world is None and not self.environment and self.resolver.is_settled:
            self._known[*key, is_last] = value
        return value

    def _bound(self, home: Scope, name: str, *, is_last: bool) -> Plain:
        bindings = home.bindings[name]
        suite = self._suite(home)
        if name in suite.built or (is_last and len(bindings) > 1):
            built = self._built(home, name)
            if built and self._world is None:
                return built.value
            if built:
                return self.choose([*bindings, built])
        value = self.choose(bindings)
        if _can_change(value) and self.walk.loads.get(name, 0) > 0:
            raise Unfoldable
        return value

    def _suite(self, home: Scope) -> Suite:
        if id(home) not in self._suites:
            self._suites[id(home)] = Suite(self, home)
        return self._suites[id(home)]

    def _built(self, home: Scope, name: str) -> Constant | None:
        """Give what statements make of a name, where they can be carried out."""
        key = (id(home), name)
        if key not in self._made:
            self._made[key] = None
            value, _ = self._in_world(lambda: build(self, self._suite(home), name), None)
            if not isinstance(value, Unknown):
                self._made[key] = Constant(value)
        return self._made[key]

    def _home(self, node: cst.Name) -> Scope:
        home = self.resolver.place(node).scope.home(node.value)
        if home is None:
            raise Unfoldable
        return home

    def _binding(self, binding: Binding) -> Plain:
        if not isinstance(binding.value, cst.BaseExpression):
            raise Unfoldable
        value = self.evaluate(binding.value)
        for index in binding.path:
            if index is Way.PASSED:
                continue
            if not isinstance(index, int | None):
                raise Unfoldable
            parts = elements(value)
            value = self.choose(list(map(Constant, parts))) if index is None else parts[index]
        return value


def _distinct(values: list[object]) -> tuple[object, ...]:
    """Drop repetitions; by type too, for True is not 1 here."""
    found: list[object] = []
    for value in values:
        if not any(type(value) is type(one) and value == one for one in found):
            found.append(value)
    return tuple(found)


def _can_change(value: object) -> bool:
    if isinstance(value, tuple):
        return any(map(_can_change, value))
    return isinstance(value, list | dict)
