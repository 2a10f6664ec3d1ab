"""How functions, lambdas and classes open scopes and bind names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from .binding import bind_name
from .scopes import RESULT, Binding, Scope, Site

if TYPE_CHECKING:
    from .walking import Step, Walk


def visit_function(walk: Walk, step: Step, node: cst.FunctionDef) -> None:
    """Decorators, defaults and annotations belong outside, the body inside."""
    walk.functions.append(node)
    scope = _open(walk, step, node, "function", node.name.value)
    _bind_parameters(walk, scope, node.params)
    if step.scope.kind == "class" and not _is_static(node):
        _bind_receiver(scope, step.scope, node.params)
    walk.visit(step, node.body, scope=scope)
    walk.then(step, lambda: bind_name(walk, step, node.name.value, Site(node)))
    walk.visit(step, *node.decorators, *_evaluated(node.params), node.returns)
    _note_decorators(walk, scope, node.decorators)


def visit_lambda(walk: Walk, step: Step, node: cst.Lambda) -> None:
    """A lambda's defaults belong outside, its body inside."""
    scope = _open(walk, step, node, "lambda", "")
    _bind_parameters(walk, scope, node.params)
    scope.bind(RESULT, Binding(node.body, walk.order))
    walk.visit(step, node.body, scope=scope)
    walk.visit(step, *_evaluated(node.params))


def visit_class(walk: Walk, step: Step, node: cst.ClassDef) -> None:
    """A class is bound after its body has run."""
    walk.classes.append(node)
    scope = _open(walk, step, node, "class", node.name.value)
    walk.then(step, lambda: bind_name(walk, step, node.name.value, Site(node)))
    walk.visit(step, node.body, scope=scope)
    walk.visit(step, *node.decorators, *node.bases, *node.keywords)
    _note_decorators(walk, step.scope, node.decorators)


def _open(walk: Walk, step: Step, node: cst.CSTNode, kind: str, name: str) -> Scope:
    scope = Scope(kind, name, step.scope)
    scope.node = node
    walk.inner[id(node)] = scope
    return scope


def parameters_of(params: cst.Parameters) -> list[cst.Param]:
    """Give all parameters, the stars' ones last."""
    stars = [p for p in (params.star_arg, params.star_kwarg) if isinstance(p, cst.Param)]
    return [*params.posonly_params, *params.params, *params.kwonly_params, *stars]


def _evaluated(params: cst.Parameters) -> list[cst.CSTNode]:
    parts = ((param.annotation, param.default) for param in parameters_of(params))
    return [part for pair in parts for part in pair if part]


def _bind_parameters(walk: Walk, scope: Scope, params: cst.Parameters) -> None:
    for param in parameters_of(params):
        walk.order += 1
        # A caller may pass anything; the default is what can be known.
        scope.bind(param.name.value, Binding(param.default, walk.order))
        scope.bind(param.name.value, Binding(None, walk.order))


def _bind_receiver(scope: Scope, owner: Scope, params: cst.Parameters) -> None:
    first = [*params.posonly_params, *params.params][:1]
    if first and owner.node and not first[0].default:
        scope.bindings[first[0].name.value] = [Binding(Site(owner.node, is_instance=True), 0)]


def _is_static(node: cst.FunctionDef) -> bool:
    found = (decorator.decorator for decorator in node.decorators)
    return any(isinstance(one, cst.Name) and one.value == "staticmethod" for one in found)


def _note_decorators(walk: Walk, scope: Scope, decorators: object) -> None:
    """A decorator is called where it stands."""
    if decorators and scope.module is walk.module:
        walk.moments.calls.append(walk.order)
