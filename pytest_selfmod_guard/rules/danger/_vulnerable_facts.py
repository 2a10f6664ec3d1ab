"""Where the names of a file get their values, what is tested first, and who calls whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import libcst as cst

from pytest_selfmod_guard.syntax.nodes import children

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python
    from pytest_selfmod_guard.syntax.scopes import Scope

FILLERS = frozenset(("append", "extend", "add", "insert", "appendleft", "update", "write"))
"""Methods that put their arguments into what they are called on."""
_BRANCHES = (cst.If, cst.Else, cst.For, cst.While, cst.ExceptHandler, cst.MatchCase)
_TESTED = (cst.If, cst.While, cst.Assert, cst.IfExp, cst.CompIf)
_MATCHED = (cst.Match,)

Blocks = tuple[int, ...]


class Bound(NamedTuple):
    """One value that a name gets."""

    value: cst.BaseExpression
    order: int
    blocks: Blocks
    keeps: bool
    """Whether what the name held before stays part of it."""


class Facts:
    """One file, indexed in one pass."""

    def __init__(self, python: Python) -> None:
        self.python = python
        self.bound: dict[tuple[int, str], list[Bound]] = defaultdict(list)
        """By the id of a scope and a name in it; a class's fields live in its scope."""
        self.tests: dict[int, list[cst.BaseExpression]] = defaultdict(list)
        """What each function tests, by the id of its scope, in the order of the source."""
        self.returns: dict[int, list[cst.BaseExpression]] = defaultdict(list)
        """By the id of the function's node."""
        self.callers: dict[str, list[cst.Call]] = defaultdict(list)
        """By the last part of the name of what is called."""
        self.assignments: list[tuple[cst.BaseExpression, cst.BaseExpression]] = []
        """Every target that is not part of another, with its value."""
        self.comparisons: list[cst.Comparison] = []
        self.asserts: list[cst.Assert] = []
        self._tried: dict[int, tuple[int, int]] = {}
        """Where what a handler handles begins and ends, by the id of the handler's body."""
        self._conditions: dict[int, cst.BaseExpression] = {}
        """The test of each branch, by the id of its body."""
        self.checks: dict[int, list[tuple[int, cst.BaseExpression, frozenset[str]]]] = {}
        """Kept by the guards, by the id of a scope: where a test ends, it, the names in it."""
        self.related: dict[int, frozenset[str]] = {}
        """Kept by the guards: the names an expression is about, by its id."""
        self.settled: dict[tuple[int, str], bool] = {}
        """Kept by the guards: whether a test settles what a name may be."""
        self.parameters: dict[tuple[int, str], object] = {}
        """Kept by the trace: what a function's callers may pass, by the id of its scope."""
        self._blocks: dict[int, Blocks] = {}
        self._walk()
        for values in self.bound.values():
            values.sort(key=lambda bound: bound.order)

    def reaching(self, name: cst.Name) -> tuple[list[Bound], Scope | None]:
        """
        Give the values that a name may have where it is read.

        :return: with the scope of the function whose parameter it may be
        """
        scope, order = self.python.place(name)
        where = self._scope_of(name.value, scope)
        if where is None:
            return [], None
        found = self.bound.get((id(where), name.value), [])
        if home(where) is home(scope):
            found = [bound for bound in found if bound.order < order] or found
        blocks = self._blocks.get(id(name), ())
        for at in range(len(found) - 1, -1, -1):
            one = found[at]
            if one.order < order and self._is_certain(one, blocks):
                return found[at:], None
        return found, where if where.kind == "function" else None

    def _is_certain(self, one: Bound, blocks: Blocks) -> bool:
        """Tell whether a value was certainly given before what stands in some branches."""
        if one.keeps or blocks[: len(one.blocks)] != one.blocks:
            return False
        spans = [self._tried[block] for block in blocks if block in self._tried]
        return not any(start < one.order < end for start, end in spans)

    def conditions(self, node: cst.CSTNode) -> list[cst.BaseExpression]:
        """Give the tests of the branches in which something stands."""
        waiting = [node]
        while waiting:
            here = waiting.pop(0)
            if id(here) in self._blocks:
                blocks = self._blocks[id(here)]
                return [self._conditions[one] for one in blocks if one in self._conditions]
            waiting.extend(children(here))
        return []

    def is_free(self, name: cst.Name) -> bool:
        """Tell whether nothing in the file says what a name is."""
        return self._scope_of(name.value, self.python.place(name).scope) is None

    def fields(self, attribute: cst.Attribute) -> list[Bound]:
        """Give what the methods of a class put into ``self.x``."""
        owner = self._owner(attribute)
        return self.bound.get((id(owner), attribute.attr.value), []) if owner else []

    def _scope_of(self, name: str, scope: Scope) -> Scope | None:
        here: Scope | None = scope.elsewhere.get(name) or scope
        while here is not None:
            known = (id(here), name) in self.bound or name in here.bindings
            if known and (here is scope or here.kind != "class"):
                return here
            here = here.parent
        return None

    def _walk(self) -> None:
        waiting: list[tuple[cst.CSTNode, Blocks]] = [(self.python.module, ())]
        while waiting:
            node, blocks = waiting.pop()
            if isinstance(node, cst.Name):
                self._blocks[id(node)] = blocks
            self._note(node, blocks)
            waiting.extend(reversed(list(_parts(node, blocks))))

    def _note(self, node: cst.CSTNode, blocks: Blocks) -> None:
        for target, value, keeps in _bindings(node):
            self.assignments.append((target, value))
            self._bind(target, Bound(value, 0, blocks, keeps))
        if isinstance(node, cst.Try | cst.TryStar):
            ends = [self.python.place(handler).order for handler in node.handlers]
            span = (self.python.place(node.body).order, min(ends, default=0))
            self._tried |= {id(handler.body): span for handler in node.handlers}
        if isinstance(node, cst.If):
            self._conditions[id(node.body)] = node.test
            if isinstance(node.orelse, cst.Else):
                self._conditions[id(node.orelse.body)] = node.test
        if isinstance(node, _TESTED):
            self._test(node.test)
        elif isinstance(node, _MATCHED):
            self._test(node.subject)
        elif isinstance(node, cst.Expr) and isinstance(node.value, cst.Call):
            self._test(node.value)
        self._collect(node)

    def _collect(self, node: cst.CSTNode) -> None:
        if isinstance(node, cst.Return) and node.value:
            self.returns[id(home(self.python.place(node.value).scope).node)].append(node.value)
        elif isinstance(node, cst.Call):
            called = node.func.attr if isinstance(node.func, cst.Attribute) else node.func
            if isinstance(called, cst.Name):
                self.callers[called.value].append(node)
        elif isinstance(node, cst.Comparison):
            self.comparisons.append(node)
        elif isinstance(node, cst.Assert):
            self.asserts.append(node)

    def _test(self, test: cst.BaseExpression) -> None:
        self.tests[id(home(self.python.place(test).scope))].append(test)

    def _bind(self, target: cst.BaseExpression, bound: Bound) -> None:
        if isinstance(target, cst.Name):
            scope, order = self.python.place(target)
            where = scope.elsewhere.get(target.value) or scope
            self.bound[id(where), target.value].append(bound._replace(order=order))
        elif isinstance(target, cst.Tuple | cst.List):
            for element in target.elements:
                self._bind(element.value, bound)
        elif isinstance(target, cst.Subscript):
            self._bind(target.value, bound._replace(keeps=True))
        elif isinstance(target, cst.Attribute) and (owner := self._owner(target)):
            self.bound[id(owner), target.attr.value].append(bound._replace(keeps=True))

    def _owner(self, attribute: cst.Attribute) -> Scope | None:
        receiver = attribute.value
        if not isinstance(receiver, cst.Name) or receiver.value not in ("self", "cls"):
            return None
        scope = self.python.place(receiver).scope
        while scope.parent and scope.kind != "class":
            scope = scope.parent
        return scope if scope.kind == "class" else None


@lru_cache(maxsize=4)
def facts(python: Python) -> Facts:
    """Index a file once for all rules that ask."""
    return Facts(python)


def home(scope: Scope) -> Scope:
    """Give the function, class or module around a comprehension."""
    while scope.kind == "comprehension" and scope.parent:
        scope = scope.parent
    return scope


def _parts(node: cst.CSTNode, blocks: Blocks) -> Iterator[tuple[cst.CSTNode, Blocks]]:
    for child in children(node):
        if not isinstance(child, cst.BaseSuite):
            yield child, blocks
        elif isinstance(node, cst.FunctionDef):
            yield child, ()
        else:
            yield child, (*blocks, id(child)) if isinstance(node, _BRANCHES) else blocks


def _bindings(
    node: cst.CSTNode,
) -> Iterator[tuple[cst.BaseExpression, cst.BaseExpression, bool]]:
    """Give target, value, and whether the old value stays, of all that a node binds."""
    if isinstance(node, cst.Assign):
        for one in node.targets:
            yield one.target, node.value, False
    elif isinstance(node, cst.AnnAssign | cst.NamedExpr) and node.value:
        yield node.target, node.value, False
    elif isinstance(node, cst.AugAssign):
        yield node.target, node.value, True
    elif isinstance(node, cst.For | cst.CompFor):
        yield node.target, node.iter, False
    elif isinstance(node, cst.WithItem) and node.asname:
        yield node.asname.name, node.item, False
    elif isinstance(node, cst.Call):
        yield from _filled(node)


def _filled(node: cst.Call) -> Iterator[tuple[cst.BaseExpression, cst.BaseExpression, bool]]:
    if isinstance(node.func, cst.Attribute) and node.func.attr.value in FILLERS:
        for arg in node.args:
            yield node.func.value, arg.value, True
