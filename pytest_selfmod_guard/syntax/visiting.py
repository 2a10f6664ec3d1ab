"""What the walk does at each kind of node that is more than the sum of its parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import libcst as cst

from .binding import bind_name, bind_target
from .defining import visit_class, visit_function, visit_lambda
from .entries import entries
from .importing import visit_from, visit_import
from .matching import captures
from .nodes import children
from .scopes import RESULT, Binding, Path, Scope, Way

if TYPE_CHECKING:
    from .walking import Step, Walk

Node = Any  # which one, the key of the table below says; comprehensions share no base
SETTERS = {"__setattr__", "__delattr__", "__dict__", "setattr", "delattr", "vars"}
"""Attributes through which others can be set without being named."""
LOOK_INSIDE = {"bytes", "bytearray", "len", "list", "tuple", "set", "sorted", "reversed", "sum"}
LOOK_INSIDE |= {"map", "zip", "enumerate", "join", "frozenset", "min", "max", "filter"}
LOOK_INSIDE |= {"translate", "any", "all", "chr", "str", "reduce"}
"""Names of functions that cannot change a list they are given."""
LOOKERS = {"getattr", "__import__", "import_module", "resolve_name", "attrgetter", "vars"}
LOOKERS |= {"methodcaller", "itemgetter", "globals", "locals", "reduce", "__getattribute__"}
"""Functions that find a thing by its name."""
LOOKS = {"get", "keys", "values", "items", "index", "count", "copy"}
"""Methods that cannot change what they are called on."""


def _call(walk: Walk, step: Step, node: cst.Call) -> None:
    walk.calls.append(node)
    if not _runs_later(step.scope):
        walk.moments.calls.append(walk.order)
    if step.is_read:
        walk.reads.append(node)
    called = node.func.attr if isinstance(node.func, cst.Attribute) else node.func
    if isinstance(node.func, cst.Attribute) and node.func.attr.value in ("update", "setdefault"):
        for owner, key, value in entries(node.func.value, node):
            walk.put(owner, key, value)
    _note_what_leads(walk, step, node)
    if isinstance(called, cst.Name) and called.value in LOOK_INSIDE:
        _only_looked_into(walk, *(arg.value for arg in node.args))
    _only_looked_into(walk, *(arg.value for arg in node.args if arg.star))
    walk.visit(step, *node.args)
    walk.visit_inside(step, node.func)


def _note_what_leads(walk: Walk, step: Step, node: cst.Call) -> None:
    handed = (a.value for a in node.args if a.star or (a.keyword and a.keyword.value == "shell"))
    found = (part for part in (node.func, *handed) if isinstance(part, cst.Name))
    walk.leading.update(name.value for name in found)
    named = node.func.attr if isinstance(node.func, cst.Attribute) else node.func
    scope: Scope | None = step.scope
    while scope and isinstance(named, cst.Name) and named.value in LOOKERS:
        walk.lookers.add(id(scope))
        scope = scope.parent


def _attribute(walk: Walk, step: Step, node: cst.Attribute) -> None:
    if step.is_read:
        walk.reads.append(node)
    if node.attr.value in LOOKS:
        _only_looked_into(walk, node.value)
    if node.attr.value in SETTERS:
        walk.assigned.add("*")
    walk.visit_inside(step, node.value)


def _subscript(walk: Walk, step: Step, node: cst.Subscript) -> None:
    if step.is_read:
        walk.reads.append(node)
    _only_looked_into(walk, node.value)
    walk.visit(step, *node.slice)
    walk.visit(step, node.value)


def _name(walk: Walk, step: Step, node: cst.Name) -> None:
    if node.value in ("True", "False", "None"):
        return
    walk.load(node.value)
    if step.is_read:
        walk.reads.append(node)


def _comprehension(walk: Walk, step: Step, node: Node) -> None:
    scope = Scope("comprehension", "", step.scope)
    walk.inner[id(node)] = walk.inner[id(node.for_in)] = scope
    walk.visit(step, *(part for part in children(node) if part is not node.for_in), scope=scope)
    walk.visit(step, node.for_in)


def _comp_for(walk: Walk, step: Step, node: cst.CompFor) -> None:
    # The first iterable belongs to the outer scope, all else to the inner.
    scope = walk.inner.get(id(node), step.scope)
    walk.visit(step, *node.ifs, node.inner_for_in, scope=scope)
    inner = step._replace(scope=scope)
    walk.then(step, lambda: bind_target(walk, inner, node.target, node.iter, (None,)))
    _only_looked_into(walk, node.iter)
    walk.visit(step, node.iter)


def _for(walk: Walk, step: Step, node: cst.For) -> None:
    walk.visit(step, node.body, node.orelse)
    walk.then(step, lambda: bind_target(walk, step, node.target, node.iter, (None,)))
    _only_looked_into(walk, node.iter)
    walk.visit(step, node.iter)


def _assign(walk: Walk, step: Step, node: cst.Assign) -> None:
    for target in reversed(node.targets):
        if isinstance(target.target, cst.Subscript):
            _put(walk, target.target, node.value)
        _bind_later(walk, step, target.target, node.value)
    walk.visit(step, node.value)


def _put(walk: Walk, target: cst.Subscript, value: cst.BaseExpression) -> None:
    part = target.slice[0].slice
    if isinstance(part, cst.Index):
        walk.put(target.value, part.value, value)


def _ann_assign(walk: Walk, step: Step, node: cst.AnnAssign) -> None:
    if node.value:
        _bind_later(walk, step, node.target, node.value)
    walk.visit(step, node.annotation, node.value)


def _aug_assign(walk: Walk, step: Step, node: cst.AugAssign) -> None:
    _bind_later(walk, step, node.target, None)
    walk.visit(step, node.value)


def _walrus(walk: Walk, step: Step, node: cst.NamedExpr) -> None:
    home = step.scope
    while home.kind == "comprehension" and home.parent:
        home = home.parent
    unsure = step._replace(scope=home, is_certain=False)
    _bind_later(walk, unsure, node.target, node.value)
    walk.visit(step, node.value)


def _with_item(walk: Walk, step: Step, node: cst.WithItem) -> None:
    if node.asname:
        _bind_later(walk, step, node.asname.name, node.item, (Way.ENTERED,))
    walk.visit(step, node.item)


def _handler(walk: Walk, step: Step, node: cst.ExceptHandler | cst.ExceptStarHandler) -> None:
    walk.visit(step, node.body)
    if node.name:
        _bind_later(walk, step._replace(is_certain=False), node.name.name, None)
    walk.visit(step, node.type)


def _match(walk: Walk, step: Step, node: cst.Match) -> None:
    for case in node.cases:
        walk.captures |= captures(case.pattern, node.subject)
    walk.visit(step, node.subject, *node.cases)


def _capture(walk: Walk, step: Step, node: cst.MatchAs | cst.MatchStar) -> None:
    if node.name:
        value, path = walk.captures.get(id(node), (None, ()))
        bind_name(walk, step._replace(is_certain=False), node.name.value, value, path)
    walk.visit(step, getattr(node, "pattern", None))


def _mapping(walk: Walk, step: Step, node: cst.MatchMapping) -> None:
    if node.rest:
        bind_name(walk, step._replace(is_certain=False), node.rest.value, None)
    walk.visit(step, *node.elements)


def _delete(walk: Walk, step: Step, node: cst.Del) -> None:
    targets: list[cst.BaseExpression] = [node.target]
    while targets:
        target = targets.pop()
        if isinstance(target, cst.Name):
            (step.scope.elsewhere.get(target.value) or step.scope).deleted.add(target.value)
        elif isinstance(target, cst.Tuple | cst.List):
            targets.extend(element.value for element in target.elements)
        else:
            if isinstance(target, cst.Attribute):
                walk.assigned.add(target.attr.value)
            walk.visit(step, target)


def _global(walk: Walk, step: Step, node: cst.Global) -> None:
    for item in node.names:
        step.scope.elsewhere[item.name.value] = walk.module


def _nonlocal(walk: Walk, step: Step, node: cst.Nonlocal) -> None:
    for item in node.names:
        outer = step.scope.parent
        while outer and not (outer.is_deferred and item.name.value in outer.bindings):
            outer = outer.parent
        step.scope.elsewhere[item.name.value] = outer or walk.module


def _return(walk: Walk, step: Step, node: cst.Return) -> None:
    if node.value:
        step.scope.bind(RESULT, Binding(node.value, walk.order))
    walk.visit(step, node.value)


def _bind_later(
    walk: Walk,
    step: Step,
    target: cst.BaseExpression,
    value: cst.BaseExpression | None,
    path: Path = (),
) -> None:
    walk.then(step, lambda: bind_target(walk, step, target, value, path))


def _only_looked_into(walk: Walk, *nodes: cst.CSTNode) -> None:
    for node in nodes:
        if isinstance(node, cst.Name):
            walk.load(node.value, -1)


def _runs_later(scope: Scope | None) -> bool:
    while scope is not None and not scope.is_deferred:
        scope = scope.parent
    return scope is not None


HANDLERS: dict[type[cst.CSTNode], Callable[[Walk, Step, Node], None]] = {
    cst.AnnAssign: _ann_assign,
    cst.Assign: _assign,
    cst.Attribute: _attribute,
    cst.AugAssign: _aug_assign,
    cst.Call: _call,
    cst.ClassDef: visit_class,
    cst.CompFor: _comp_for,
    cst.Del: _delete,
    cst.DictComp: _comprehension,
    cst.ExceptHandler: _handler,
    cst.ExceptStarHandler: _handler,
    cst.For: _for,
    cst.FunctionDef: visit_function,
    cst.GeneratorExp: _comprehension,
    cst.Global: _global,
    cst.Import: visit_import,
    cst.ImportFrom: visit_from,
    cst.Lambda: visit_lambda,
    cst.ListComp: _comprehension,
    cst.Match: _match,
    cst.MatchAs: _capture,
    cst.MatchMapping: _mapping,
    cst.MatchStar: _capture,
    cst.Name: _name,
    cst.NamedExpr: _walrus,
    cst.Nonlocal: _nonlocal,
    cst.Return: _return,
    cst.SetComp: _comprehension,
    cst.Subscript: _subscript,
    cst.WithItem: _with_item,
}
"""By the very class of the node; all others are just the sum of their parts."""

# Added to libcst after its version 1.8.
_LATER: dict[str, Callable[[Walk, Step, Node], None]] = {
    "LazyImport": visit_import,
    "LazyImportFrom": visit_from,
    "StarredDictComp": _comprehension,
}
HANDLERS |= {getattr(cst, name): visit for name, visit in _LATER.items() if hasattr(cst, name)}
