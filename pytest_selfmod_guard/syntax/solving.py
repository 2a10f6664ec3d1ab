"""
The meanings of names that depend on one another, in circles even.

Each name starts with no meaning. Whenever one gains some, those that were
computed from it are computed again, until nothing changes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from .budget import Budget
from .scopes import Scope

ROUNDS = 100
"""How often one name is computed again; honest ones settle in two or three."""

Meaning = TypeVar("Meaning")
Key = tuple[int, str]


class Solver(Generic[Meaning]):
    """Computes what names mean, on demand, and remembers it."""

    def __init__(
        self, compute: Callable[[Scope, str], Meaning], nothing: Meaning, budget: Budget
    ) -> None:
        self.is_unsettled = False
        """Set whenever a meaning is given that may still change."""
        self._compute = compute
        self._nothing = nothing
        self._budget = budget
        self._settled: dict[Key, Meaning] = {}
        self._open: dict[Key, Meaning] = {}
        self._homes: dict[Key, Scope] = {}
        self._readers: dict[Key, set[Key]] = {}
        self._waiting: dict[Key, None] = {}
        """The last one is next; none waits twice."""
        self._current: Key | None = None

    @property
    def is_busy(self) -> bool:
        """Whether it is in the middle of computing something."""
        return self._current is not None

    def read(self, scope: Scope, name: str) -> Meaning:
        """Give what a name that is bound in a scope means."""
        key = (id(scope), name)
        if key in self._settled:
            return self._settled[key]
        if key not in self._open:
            self._open[key] = self._nothing
            self._homes[key] = scope
            self._waiting[key] = None
        if self._current is None:
            self._settle()
            self.is_unsettled = False
            return self._settled[key]
        self._readers.setdefault(key, set()).add(self._current)
        self.is_unsettled = True
        return self._open[key]

    def _settle(self) -> None:
        rounds: dict[Key, int] = {}
        while self._waiting:
            key, _ = self._waiting.popitem()
            rounds[key] = rounds.get(key, 0) + 1
            if rounds[key] > ROUNDS:
                self._budget.give_up("names depend on one another in too many ways")
            elif self._budget.spend(1 + len(self._homes[key].bindings[key[1]])):
                self._update(key)
        self._settled |= self._open
        self._open, self._readers = {}, {}

    def _update(self, key: Key) -> None:
        self._current = key
        meaning = self._compute(self._homes[key], key[1])
        self._current = None
        if meaning != self._open[key]:
            self._open[key] = meaning
            for reader in self._readers.get(key, ()):
                self._waiting.setdefault(reader)
