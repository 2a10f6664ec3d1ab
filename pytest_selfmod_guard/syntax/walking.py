"""
One pass over a file: its scopes, bindings, calls and other uses of names.

By hand and with a stack of its own: libcst's visitors and metadata cost ten to
forty times as much, and recurse.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import libcst as cst

from .matching import Captures
from .nodes import children
from .passing import bind_what_is_passed
from .scopes import Moments, Place, Scope
from .visiting import HANDLERS

CONDITIONAL = (
    *(cst.If, cst.Else, cst.IfExp, cst.For, cst.While, cst.Try, cst.TryStar, cst.Match),
    *(cst.BooleanOperation, cst.Comparison, cst.CompFor),
)
SETTERS = {"setattr", "delattr", "vars"}
Entry = tuple[cst.Name, cst.BaseExpression, cst.BaseExpression]


class Step(NamedTuple):
    """Something still to be visited, or to be done once what is above it is over."""

    node: cst.CSTNode | None
    scope: Scope
    is_certain: bool
    """Whether it happens whenever its scope's code runs."""
    is_read: bool = True
    """Whether its value is used otherwise than by calling it or looking inside."""
    action: Callable[[], None] | None = None

    @property
    def binds_certainly(self) -> bool:
        return self.is_certain and not isinstance(self.node, CONDITIONAL)


class Walk:
    """What one pass over a module found; all lists in the order of the source."""

    def __init__(self, module: cst.Module) -> None:
        self.module = Scope("module")
        self.module.node = module
        self.moments = Moments()
        self.places: dict[int, Place] = {}
        """Where each node stands, by its id."""
        self.inner: dict[int, Scope] = {}
        """The scope that a definition opens, by the id of its node."""
        self.calls: list[cst.Call] = []
        self.functions: list[cst.FunctionDef] = []
        self.classes: list[cst.ClassDef] = []
        self.imports: list[tuple[cst.CSTNode, str, str, str]] = []
        """Node, whole name, module, alias."""
        self.reads: list[cst.BaseExpression] = []
        self.assigned: set[str] = set()
        """Attributes that are set on or deleted from what has no name; ``*`` for any."""
        self.captures: Captures = {}
        """Of which part of what a pattern captures, by the id of its node."""
        self.loads: dict[str, int] = {}
        """How often each name is read, less how often only to look inside."""
        self.leading: set[str] = set()
        """Names that are called, or handed on whole: what they are leads to other names."""
        self.lookers: set[int] = set()
        """Ids of scopes in which something is looked up by a computed name."""
        self.entries: dict[str, list[Entry]] = {}
        """What is put into mappings, by the name of the mapping."""
        self.order = 0
        self._steps = [Step(module, self.module, is_certain=True)]
        self._run()
        bind_what_is_passed(self)

    def _run(self) -> None:
        while self._steps:
            step = self._steps.pop()
            if step.node is None:
                if step.action:
                    step.action()
                continue
            self.order += 1
            self.places[id(step.node)] = Place(step.scope, self.order)
            handler = HANDLERS.get(type(step.node))
            if handler:
                handler(self, step, step.node)
            else:
                self.visit(step, *children(step.node))

    def is_set_elsewhere(self, attribute: str) -> bool:
        """Tell whether something may give an attribute to an object nobody can name."""
        return bool(self.assigned & {attribute, "*"}) or not self.loads.keys().isdisjoint(SETTERS)

    def visit(self, step: Step, *nodes: cst.CSTNode | None, scope: Scope | None = None) -> None:
        """Visit nodes next, in order, before all that was put off earlier."""
        home = scope or step.scope
        certain = step.binds_certainly or home is not step.scope
        self._steps.extend(Step(node, home, certain) for node in reversed(nodes) if node)

    def visit_inside(self, step: Step, node: cst.CSTNode) -> None:
        """Visit a node whose value is only called or looked into."""
        self._steps.append(Step(node, step.scope, step.binds_certainly, is_read=False))

    def then(self, step: Step, action: Callable[[], None]) -> None:
        """Put something off until all that is visited after this call is over."""
        self._steps.append(Step(None, step.scope, step.is_certain, action=action))

    def put(
        self, owner: cst.BaseExpression, key: cst.BaseExpression, value: cst.BaseExpression
    ) -> None:
        """Note what is put into a mapping that has a name."""
        if isinstance(owner, cst.Name):
            self.entries.setdefault(owner.value, []).append((owner, key, value))

    def load(self, name: str, weight: int = 1) -> None:
        """Count a reading of a name; a weight of -1 takes a harmless one back."""
        self.loads[name] = self.loads.get(name, 0) + weight
