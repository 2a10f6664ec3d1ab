"""Which class of the file an attribute comes from, where nothing else could give it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from .scopes import Scope, Site
from .sizes import Unfoldable

if TYPE_CHECKING:
    from .resolving import Resolver

BASES = 20
"""Classes that inherit from one another."""


def class_with(resolver: Resolver, owner: cst.BaseExpression, name: str) -> Scope:
    """
    Find the class whose body gives ``C.name`` its value.

    :raises Unfoldable: ValueError: if the owner may be something else, or if
        a metaclass, a decorator or a later assignment may have a say
    """
    if resolver.walk.is_set_elsewhere(name):
        raise Unfoldable
    found = None
    for _ in range(BASES):
        (value,) = resolver.values(owner)
        node = _plain_class(value)
        scope = resolver.walk.inner[id(node)]
        if found is None and name in scope.bindings:
            found = scope
        if not node.bases or _is_object(resolver, node):
            break
        owner = node.bases[0].value
    else:
        found = None
    if found is None:
        raise Unfoldable
    return found


def _plain_class(value: object) -> cst.ClassDef:
    if isinstance(value, Site) and isinstance(value.node, cst.ClassDef) and not value.is_instance:
        node = value.node
        if not node.keywords and not node.decorators:
            return node
    raise Unfoldable


def _is_object(resolver: Resolver, node: cst.ClassDef) -> bool:
    (base,) = node.bases
    return resolver.values(base.value) == {"builtins.object"}
