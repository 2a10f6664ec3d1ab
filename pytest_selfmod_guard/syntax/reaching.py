"""Functions that lead to others in steps, or whatever they are called on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import libcst as cst

from .known import attributes_of, import_module, named
from .meanings import ANYTHING, Values
from .scopes import Site
from .values import Unknown

if TYPE_CHECKING:
    from .arguments import Arguments
    from .resolving import Resolver


def reached(resolver: Resolver, name: str, arguments: Arguments) -> Values:
    """Give what a call gives, if the name of the function, or the end of it, tells."""
    owner, _, method = name.rpartition(".")
    if name == "functools.reduce":
        return _reduced(resolver, arguments) or ANYTHING
    if method == "load_module":
        return import_module(resolver, arguments) or ANYTHING
    if method == "__getattribute__":
        return _getattribute(resolver, owner, arguments) or ANYTHING
    return ANYTHING


def _getattribute(resolver: Resolver, owner: str, arguments: Arguments) -> Values:
    """``os.__getattribute__("system")``, ``type(os).__getattribute__(os, "system")``."""
    first, second = arguments.get(0), arguments.get(1)
    if first and second:
        return attributes_of(resolver, first, second)
    keys = resolver.keys(first) if first else ()
    return resolver.union([named(resolver, owner, key) for key in keys])


def _reduced(resolver: Resolver, arguments: Arguments) -> Values:
    """``reduce(getattr, ["path", "join"], os)``; the owner may head the list instead."""
    function, names, start = (arguments.get(at) for at in range(3))
    if not function or not names or "builtins.getattr" not in resolver.values(function):
        return ANYTHING
    if start:
        owners = resolver.values(start)
        return resolver.union([_along(resolver, owners, _steps(k)) for k in resolver.keys(names)])
    found = []
    for value in resolver.values(names):
        node = value.node if isinstance(value, Site) else None
        if isinstance(node, cst.List | cst.Tuple) and node.elements:
            first, *rest = (part.value for part in node.elements)
            found.append(_along(resolver, resolver.values(first), map(resolver.keys, rest)))
    return resolver.union(found)


def _steps(names: object) -> list[tuple[object, ...]]:
    if isinstance(names, list | tuple | str):
        return [(name,) for name in names]
    return [(Unknown.UNKNOWN,)]


def _along(resolver: Resolver, owners: Values, steps: Iterable[tuple[object, ...]]) -> Values:
    """Go from attribute to attribute; each step has one name or several to choose from."""
    for names in steps:
        owners = resolver.union([named(resolver, one, name) for one in owners for name in names])
    return owners
