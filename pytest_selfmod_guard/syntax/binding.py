"""How the targets of assignments, loops and the like bind names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from .scopes import Binding, Path, Place, Scope, Site

if TYPE_CHECKING:
    from .walking import Step, Walk


def bind_name(
    walk: Walk,
    step: Step,
    name: str,
    value: cst.BaseExpression | Site | str | None,
    path: Path = (),
) -> None:
    """Bind one name, from now on in the order of the source."""
    walk.order += 1
    step.scope.bind(name, Binding(value, walk.order, step.binds_certainly, path))


def bind_target(
    walk: Walk,
    step: Step,
    target: cst.BaseExpression,
    value: cst.BaseExpression | None,
    path: Path = (),
) -> None:
    """
    Bind what stands on the left to (a part of) what stands on the right.

    Parts of the target that are themselves evaluated are put on the walk.
    """
    if isinstance(target, cst.Name):
        bind_name(walk, step, target.value, value, path)
        walk.places[id(target)] = Place(step.scope, walk.order)
    elif isinstance(target, cst.Tuple | cst.List):
        _bind_sequence(walk, step, target, value, path)
    elif isinstance(target, cst.Attribute):
        _bind_attribute(walk, step, target, value, path)
        walk.visit_inside(step, target.value)
    elif isinstance(target, cst.Subscript):
        walk.visit(step, target.value, *target.slice)
    else:
        walk.visit(step, target)


def _bind_sequence(
    walk: Walk,
    step: Step,
    target: cst.Tuple | cst.List,
    value: cst.BaseExpression | None,
    path: Path,
) -> None:
    starred = False
    for index, element in enumerate(target.elements):
        if isinstance(element, cst.StarredElement):
            starred = True
            bind_target(walk, step, element.value, None)
        else:
            part = (*path, None if starred else index)
            bind_target(walk, step, element.value, value, part)


def _bind_attribute(
    walk: Walk,
    step: Step,
    target: cst.Attribute,
    value: cst.BaseExpression | None,
    path: Path,
) -> None:
    """``self.x = value`` binds an attribute of the class, as far as we can tell."""
    owner = _class_of(walk, step.scope, target.value)
    if owner is None:
        walk.assigned.add(target.attr.value)
    else:
        walk.order += 1
        owner.bind(target.attr.value, Binding(value, walk.order, is_certain=False, path=path))


def _class_of(walk: Walk, scope: Scope, node: cst.BaseExpression) -> Scope | None:
    if not isinstance(node, cst.Name):
        return None
    for binding in scope.bindings.get(node.value, ()):
        if isinstance(binding.value, Site):
            return walk.inner.get(id(binding.value.node))
    return None
