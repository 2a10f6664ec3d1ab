"""
What an expression may stand for: dotted names, or things defined in the file.

A name with several bindings may be any of them; branches are all taken; code
is never run. Where in doubt the answer is the larger set.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import libcst as cst

from .arguments import Arguments, Reader
from .budget import Budget
from .calling import called, result
from .dotted import BUILTINS, UNKNOWN, canonical
from .looking import attribute, element, item
from .meanings import ANYTHING, NOTHING, Value, Values, summed_up
from .nodes import spine
from .scopes import Binding, Key, Part, Place, Scope, Site, Way
from .solving import Solver
from .values import Unknown

if TYPE_CHECKING:
    from .folding import Folder
    from .walking import Walk


CONSTANTS = ("True", "False", "None")
MEANINGS = 100
"""Different values of one name; more are reported, not silently dropped."""
DEPTH = 100
"""Expressions that lead to one another."""
STEPS = 1_000_000


class Resolver:
    """Resolves the expressions of one file."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.budget = Budget(STEPS, "finding out what names stand for")
        self.folder: Folder
        self._known: dict[int, Values] = {}
        self._solver = Solver(self._compute, NOTHING, self.budget)
        self._active: set[tuple[str, int]] = set()
        self._callees: dict[int, Values] = {}
        self._reader = Reader(self.values, self._constant, self.entries)

    def values(self, node: cst.BaseExpression) -> Values:
        """Give all that an expression may stand for; ``*`` among it for the unknown."""
        if id(node) in self._known:
            return self._known[id(node)]
        with self.entering("values", node) as entered:
            return self._values(node) if entered else NOTHING

    def _values(self, node: cst.BaseExpression) -> Values:
        before, self._solver.is_unsettled = self._solver.is_unsettled, False
        values, rest = self._start(spine(node))
        for part in rest:
            values = self._step(values, part)
            # Inside of something else, or among unsettled names, it may be half the truth.
            if len(self._active) == 1 and not self._solver.is_unsettled:
                self._known[id(part)] = values
        self._solver.is_unsettled |= before
        return values

    def _start(self, parts: list[cst.BaseExpression]) -> tuple[Values, list[cst.BaseExpression]]:
        """Begin a chain at the last part whose values are known, or at its first."""
        for at in range(len(parts) - 1, -1, -1):
            if id(parts[at]) in self._known:
                return self._known[id(parts[at])], parts[at + 1 :]
        return self._base(parts[0]), parts[1:]

    def callees(self, call: cst.Call) -> frozenset[str]:
        """Give the dotted names that a call may call."""
        found: set[str] = set()
        for value in self.values(call.func):
            found |= called(self, value, call)
        return frozenset(found - {UNKNOWN})

    def arguments(self, call: cst.Call) -> Arguments:
        """Read what a call passes, with what a partial object already holds."""
        own = self._reader.read(call)
        for value in self._callees.get(id(call)) or self.values(call.func):
            maker = value.node if isinstance(value, Site) else None
            if isinstance(maker, cst.Call):
                makers = self.values(maker.func)
                with self.entering("arguments", maker) as entered:
                    if entered and "functools.partial" in makers:
                        own = own.after(self.arguments(maker), 1)
                    elif entered and "operator.methodcaller" in makers:
                        own = self.arguments(maker).without_first()
        return own

    def _constant(self, node: cst.BaseExpression) -> object:
        return self.folder.fold(node)

    def entries(
        self, node: cst.BaseExpression
    ) -> list[tuple[cst.BaseExpression, cst.BaseExpression]]:
        """Give the keys and values that are put into what a name stands for."""
        if not isinstance(node, cst.Name):
            return []
        home = self.place(node).scope.home(node.value)
        named = self.walk.entries.get(node.value, ())
        return [(k, v) for owner, k, v in named if self.place(owner).scope.home(node.value) is home]

    def keys(self, node: cst.BaseExpression) -> tuple[object, ...]:
        """Give the constants that an expression may be; Unknown where it may be others."""
        return self.folder.alternatives(node)

    def place(self, node: cst.CSTNode) -> Place:
        """Give the place of a node of this file."""
        return self.walk.places.get(id(node)) or Place(self.walk.module, 0)

    def union(self, values: Iterable[Values]) -> Values:
        """Put together what several possibilities give."""
        found: set[Value] = set()
        for some in values:
            found |= some
        return frozenset(found) if len(found) <= MEANINGS else self._fewer(found)

    def _fewer(self, found: set[Value]) -> Values:
        fewer = summed_up(found)
        if len(fewer) <= MEANINGS:
            return fewer
        self.budget.give_up(f"a name has more than {MEANINGS} meanings")
        return frozenset(sorted(value for value in fewer if isinstance(value, str))[:MEANINGS])

    def _base(self, node: cst.BaseExpression) -> Values:
        if isinstance(node, cst.Name) and node.value not in CONSTANTS:
            scope, order = self.place(node)
            return self.lookup(node.value, scope, order)
        if isinstance(node, _LITERALS):
            return frozenset({Site(node)})
        if isinstance(node, _CHOICES):
            return self.union([self.values(choice) for choice in _choices(node)])
        return ANYTHING

    def _step(self, values: Values, part: cst.BaseExpression) -> Values:
        if isinstance(part, cst.Attribute):
            given = [attribute(self, value, part.attr.value) for value in values]
        elif isinstance(part, cst.Call):
            # Known at this moment; to work it out anew for each step doubles the cost of each.
            before, self._callees[id(part)] = self._callees.get(id(part), NOTHING), values
            given = [result(self, value, part) for value in values]
            self._callees[id(part)] = before
        elif values == ANYTHING:
            given = [ANYTHING]
        else:
            keys = self.keys_of(part)
            given = [item(self, value, key) for value in values for key in keys]
        return self.union(given)

    @property
    def is_settled(self) -> bool:
        """Whether what it says now will not change any more."""
        return not self._solver.is_busy

    def keys_of(self, node: cst.BaseExpression) -> tuple[object, ...]:
        """Give the possible keys of a subscript."""
        if isinstance(node, cst.Subscript) and len(node.slice) == 1:
            index = node.slice[0].slice
            if isinstance(index, cst.Index):
                return self.keys(index.value)
        return (Unknown.UNKNOWN,)

    def lookup(self, name: str, scope: Scope, order: int) -> Values:
        """
        Give what a name may stand for, as Python would look it up.

        :param order: where it is read, in the order of the source
        """
        found: list[Values] = []
        here: Scope | None = scope.elsewhere.get(name) or scope
        deferred = here is not scope
        while here is not None:
            if name in here.bindings and (here is scope or here.kind != "class"):
                found.append(self.bound(here, name))
                if here.kind not in ("module", "class"):
                    return self.union(found)
                if self.walk.moments.is_shadowed(here, name, order, deferred=deferred):
                    return self.union(found)
            deferred = deferred or here.is_deferred
            here = here.parent
        found.append(self._unbound(name, scope) or (NOTHING if found else ANYTHING))
        return self.union(found)

    def _unbound(self, name: str, scope: Scope) -> Values:
        stars = {canonical(joint + name) for joint in scope.module.stars}
        if name in BUILTINS:
            return frozenset({*stars, canonical(f"builtins.{name}")})
        if name == "__builtins__":
            return frozenset({"builtins"})
        return frozenset(stars)

    def bound(self, scope: Scope, name: str) -> Values:
        """Give what a name is bound to in one scope; nothing if it is not."""
        return self._solver.read(scope, name) if name in scope.bindings else NOTHING

    def _compute(self, scope: Scope, name: str) -> Values:
        # What a name means does not depend on who happened to ask first.
        asked, self._active = self._active, set()
        try:
            with self.folder.apart():
                return self.union([self._bound_to(one) for one in scope.bindings[name]])
        finally:
            self._active = asked

    def _bound_to(self, binding: Binding) -> Values:
        value = binding.value
        if value is None:
            return ANYTHING
        if isinstance(value, str):
            return frozenset({canonical(value)})
        values = frozenset({value}) if isinstance(value, Site) else self.values(value)
        for part in binding.path:
            values = self._part(values, part)
        return values

    def _part(self, values: Values, part: Part) -> Values:
        if isinstance(part, Way):
            return self.union([values, ANYTHING]) if part is Way.ENTERED else values
        if isinstance(part, str):
            return self.union([attribute(self, value, part) for value in values])
        if isinstance(part, Key):
            keys = self.keys(part.node)
            return self.union([item(self, value, key) for value in values for key in keys])
        return self.union([element(self, value, part) for value in values])

    @contextmanager
    def entering(self, what: str, node: cst.CSTNode) -> Iterator[bool]:
        """
        Go one level deeper; False where that would lead in a circle, or too deep.

        What is found in a circle is found without going round: nothing is lost.
        """
        key = (what, id(node))
        if key in self._active or not self.budget.spend():
            yield False
            return
        if len(self._active) >= DEPTH:
            self.budget.give_up(f"expressions lead to one another more than {DEPTH} times")
            yield False
            return
        self._active.add(key)
        try:
            yield True
        finally:
            self._active.discard(key)


_CHOICES = (cst.IfExp, cst.BooleanOperation, cst.NamedExpr)
_LITERALS = (
    *(cst.Dict, cst.List, cst.Tuple, cst.Set, cst.Lambda),
    *(cst.ListComp, cst.SetComp, cst.GeneratorExp, cst.DictComp),
)


def _choices(node: cst.BaseExpression) -> list[cst.BaseExpression]:
    """Give the branches of a choice; they may nest deep, hence a loop."""
    found, waiting = [], [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, cst.BooleanOperation):
            waiting += [one.left, one.right]
        elif isinstance(one, cst.IfExp):
            waiting += [one.body, one.orelse]
        elif isinstance(one, cst.NamedExpr):
            waiting.append(one.value)
        else:
            found.append(one)
    return found
