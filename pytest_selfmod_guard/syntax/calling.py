"""Calls whose result, or whose callee, can be told without running them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from .dotted import UNKNOWN
from .known import KNOWN, MAKERS, SAME_AS_ARGUMENT, SPACES, attributes_of, items_of
from .looking import item
from .meanings import ANYTHING, NOTHING, Method, Space, Value, Values
from .reaching import reached
from .scopes import RESULT, Scope, Site
from .values import Unknown

if TYPE_CHECKING:
    from .resolving import Resolver


def called(resolver: Resolver, value: Value, call: cst.Call) -> frozenset[str]:
    """Give the dotted names that are called when a value is called."""
    if isinstance(value, str):
        return frozenset({value})
    if isinstance(value, Site) and isinstance(value.node, cst.Call):
        with resolver.entering("called", value.node) as entered:
            if entered:
                return _called_through(resolver, value.node, call) | _by_attribute(call)
    return _by_attribute(call)


def _called_through(resolver: Resolver, maker: cst.Call, call: cst.Call) -> frozenset[str]:
    """Look through what ``partial(f)`` and ``methodcaller("f")`` made."""
    makers = resolver.values(maker.func)
    made_from = resolver.arguments(maker).positional
    found: set[str] = set()
    if "functools.partial" in makers and made_from:
        for value in resolver.values(made_from[0]):
            found |= called(resolver, value, call)
    if "operator.methodcaller" in makers and made_from and call.args:
        for value in attributes_of(resolver, call.args[0].value, made_from[0]):
            found |= {value} if isinstance(value, str) else set()
    return frozenset(found)


def _by_attribute(call: cst.Call) -> frozenset[str]:
    if isinstance(call.func, cst.Attribute):
        return frozenset({f"{UNKNOWN}.{call.func.attr.value}"})
    return frozenset()


def result(resolver: Resolver, value: Value, call: cst.Call) -> Values:
    """Give what calling a value gives."""
    if isinstance(value, str):
        return _of_dotted(resolver, value, call)
    if isinstance(value, Method):
        return _of_method(resolver, value, call)
    if isinstance(value, Site):
        return _of_site(resolver, value, call)
    return ANYTHING


def _of_dotted(resolver: Resolver, name: str, call: cst.Call) -> Values:
    if name in MAKERS:
        return frozenset({Site(call)})
    if name in SPACES and not call.args:
        scope = resolver.place(call).scope
        return frozenset({Space(scope.module if name == "builtins.globals" else scope)})
    if name in SAME_AS_ARGUMENT:
        position = SAME_AS_ARGUMENT[name]
        given = resolver.arguments(call).get(position)
        return resolver.values(given) if given else ANYTHING
    if name == "builtins.super":
        return _above(resolver, resolver.place(call).scope)
    known = KNOWN.get(name)
    if known:
        return known(resolver, resolver.arguments(call))
    return reached(resolver, name, resolver.arguments(call))


def _above(resolver: Resolver, scope: Scope | None) -> Values:
    """Give what stands above the class around a scope."""
    while scope and scope.kind != "class":
        scope = scope.parent
    node = scope.node if scope else None
    found: list[Values] = [ANYTHING]
    for base in node.bases if isinstance(node, cst.ClassDef) else ():
        sites = resolver.values(base.value)
        found.append(
            frozenset(v._replace(is_instance=True) if isinstance(v, Site) else v for v in sites)
        )
    return resolver.union(found)


def _of_method(resolver: Resolver, method: Method, call: cst.Call) -> Values:
    if method.name in ("values", "items"):
        return frozenset({method})
    if method.name == "copy":
        return frozenset({method.owner})
    if method.name == "popitem" or not call.args:
        return ANYTHING
    arguments = resolver.arguments(call)
    key, default = arguments.get(0), arguments.get(1, "default")
    keys = resolver.keys(key) if key else (Unknown.UNKNOWN,)
    found = [item(resolver, method.owner, one) for one in keys]
    return resolver.union([*found, resolver.values(default)] if default else found)


def _of_site(resolver: Resolver, site: Site, call: cst.Call) -> Values:
    node = site.node
    if isinstance(node, cst.ClassDef):
        return frozenset({Site(node, is_instance=True)})
    if isinstance(node, cst.Lambda | cst.FunctionDef):
        scope = resolver.walk.inner[id(node)]
        return resolver.bound(scope, RESULT) if RESULT in scope.bindings else ANYTHING
    if isinstance(node, cst.Call):
        with resolver.entering("made", node) as entered:
            return _of_made(resolver, node, call) if entered else NOTHING
    return ANYTHING


def _of_made(resolver: Resolver, maker: cst.Call, call: cst.Call) -> Values:
    """Call what ``attrgetter``, ``itemgetter``, ``partial`` or a decorator made."""
    makers = resolver.values(maker.func)
    made_from = resolver.arguments(maker).positional
    subject = resolver.arguments(call).get(0)
    if made_from and "functools.partial" in makers:
        return resolver.union(
            [result(resolver, value, call) for value in resolver.values(made_from[0])]
        )
    if made_from and subject and "operator.attrgetter" in makers:
        return attributes_of(resolver, subject, made_from[0])
    if made_from and subject and "operator.itemgetter" in makers:
        return items_of(resolver, subject, made_from[0])
    return ANYTHING
