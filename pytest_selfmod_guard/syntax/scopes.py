"""Scopes and what their names are bound to."""

from __future__ import annotations

from bisect import bisect_right
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import libcst as cst


RESULT = "return"
"""What a function gives back is kept like a name; a keyword cannot be one."""


class Site(NamedTuple):
    """A value known by where it is written: a function, a class, a literal."""

    node: cst.CSTNode
    is_instance: bool = False
    """Whether an object of the class is meant, not the class."""


class Key(NamedTuple):
    """What a part of a mapping is found under."""

    node: cst.BaseExpression


class Way(Enum):
    """In which other way than being assigned a value comes to a name."""

    ENTERED = "entered"
    """As what a context manager gives: often itself."""
    PASSED = "passed"
    """As an argument of one of the file's calls."""


Part = int | str | Key | Way | None
Path = tuple[Part, ...]


class Binding(NamedTuple):
    """One way in which a name gets a value."""

    value: cst.BaseExpression | Site | str | None
    """An expression, something defined here, a dotted name that was imported,
    or None where nothing can be known."""
    order: int
    """When it happens, in the order of the source."""
    is_certain: bool = True
    """False inside a branch, a loop, a handler, and from another scope."""
    path: Path = ()
    """Which part of the value: indices, names of attributes, keys; None for any element."""


class Scope:
    """A module, class, function, lambda or comprehension."""

    def __init__(self, kind: str, name: str = "", parent: Scope | None = None) -> None:
        self.kind = kind
        self.parent = parent
        outer: str = parent.qualname if parent else ""
        self.qualname: str = ".".join(part for part in (outer, name) if part)
        self.node: cst.CSTNode | None = None
        self.bindings: dict[str, list[Binding]] = {}
        self.elsewhere: dict[str, Scope] = {}
        """Names declared global or nonlocal, and where they live."""
        self.deleted: set[str] = set()
        self.stars: list[str] = []
        """Modules imported with a star."""

    @property
    def is_deferred(self) -> bool:
        """Whether its body runs later than where it stands."""
        return self.kind in ("function", "lambda")

    def home(self, name: str) -> Scope | None:
        """Give the scope where a name lives that is read here."""
        here: Scope | None = self.elsewhere.get(name) or self
        while here is not None:
            if name in here.bindings and (here is self or here.kind != "class"):
                return here
            here = here.parent
        return None

    @property
    def module(self) -> Scope:
        scope = self
        while scope.parent:
            scope = scope.parent
        return scope

    def bind(self, name: str, binding: Binding) -> None:
        """Record a binding in the scope where the name really lives."""
        home = self.elsewhere.get(name)
        if home:
            binding = binding._replace(is_certain=False)
        (home or self).bindings.setdefault(name, []).append(binding)


class Place(NamedTuple):
    """Where an expression stands."""

    scope: Scope
    order: int


class Moments:
    """When code of the file runs while it is being imported."""

    def __init__(self) -> None:
        self.calls: list[int] = []
        """The orders of all calls outside functions, ascending."""
        self._first: dict[tuple[int, str], int | None] = {}

    def is_shadowed(self, scope: Scope, name: str, order: int, *, deferred: bool) -> bool:
        """
        Tell whether a module's or class's own binding certainly hides a builtin.

        A binding further down hides it from a function body only if nothing is
        called in between, for the function could be what is called.
        """
        if name in scope.deleted:
            return False
        first = self._first_of(scope, name)
        if first is None:
            return False
        if first < order:
            return True
        return deferred and not self._between(order, first)

    def _first_of(self, scope: Scope, name: str) -> int | None:
        key = (id(scope), name)
        if key not in self._first:
            certain = (b.order for b in scope.bindings[name] if b.is_certain)
            self._first[key] = min(certain, default=None)
        return self._first[key]

    def _between(self, start: int, end: int) -> bool:
        at = bisect_right(self.calls, start)
        return at < len(self.calls) and self.calls[at] < end
