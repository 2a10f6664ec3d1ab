"""
What the value of an expression is made from, as far as one file tells.

A backward slice: from a value to what it was computed from, through names,
fields, containers and functions of the file, never through conditions. Where
in doubt the answer is the larger set.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from .budget import Budget
from .flows import Flows
from .lasting import Lasting
from .parameters import Frames, Function
from .scopes import Scope, Site
from .slicing import Slice

if TYPE_CHECKING:
    from .python import Python
    from .resolving import Resolver

STEPS = 500_000
"""Of all questions about one file."""


class Origins:
    """Answers where values of one file come from, and remembers the answers."""

    def __init__(self, python: Python, resolver: Resolver) -> None:
        self.python = python
        self.resolver = resolver
        self.flows = Flows(python, resolver)
        self.budget = Budget(STEPS, "finding out where values come from")
        self.frames = Frames()
        self._known: dict[tuple[int, frozenset[str]], frozenset[str]] = {}
        self._lasting: dict[tuple[int, str], Lasting] = {}
        self._names: dict[int, frozenset[str]] = {}
        self._callees: dict[int, tuple[Function, ...]] = {}
        self._makers: dict[int, bool] = {}
        self._classes: dict[int, tuple[Scope, ...]] = {}

    def of(self, node: cst.BaseExpression, stop: frozenset[str]) -> frozenset[str]:
        """Give the dotted names of all that a value may come from."""
        key = (id(node), stop)
        if key not in self._known:
            self._known[key] = frozenset(Slice(self, stop).run(node))
        return self._known[key]

    def names(self, node: cst.BaseExpression) -> frozenset[str]:
        """Give the dotted names that an expression stands for."""
        if id(node) not in self._names:
            self._names[id(node)] = self.python.names(node)
        return self._names[id(node)]

    def callees(self, call: cst.Call) -> tuple[Function, ...]:
        """Give the functions of the file that a call may call."""
        if id(call) not in self._callees:
            self._callees[id(call)] = tuple(self.flows.functions(call.func))
        return self._callees[id(call)]

    def makes_object(self, call: cst.Call) -> bool:
        """Tell whether a call may make an object of a class of the file."""
        if id(call) not in self._makers:
            values = self.resolver.values(call.func)
            sites = (value.node for value in values if isinstance(value, Site))
            self._makers[id(call)] = any(isinstance(site, cst.ClassDef) for site in sites)
        return self._makers[id(call)]

    def classes(self, node: cst.BaseExpression) -> tuple[Scope, ...]:
        """Give the classes of the file whose object an expression may be."""
        if id(node) not in self._classes:
            self._classes[id(node)] = tuple(self.flows.classes(node))
        return self._classes[id(node)]

    def lasting(self, home: Scope, name: str) -> Lasting:
        """Give the bindings of a name."""
        key = (id(home), name)
        if key not in self._lasting:
            self._lasting[key] = Lasting(self.python, home, name)
        return self._lasting[key]
