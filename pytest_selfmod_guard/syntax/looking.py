"""Looking into a value: its attributes, its items, its elements."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeGuard

import libcst as cst

from .dotted import BUILTINS_OF, UNKNOWN, canonical, join
from .meanings import ANYTHING, NOTHING, Method, Space, Value, Values
from .scopes import RESULT, Site
from .values import Unknown

if TYPE_CHECKING:
    from .resolving import Resolver

GETTERS = {"get", "pop", "setdefault", "__getitem__", "values", "items", "copy", "popitem"}
SPACES = (".__dict__", ".__globals__")
MAPPINGS = ("sys.modules", "builtins")
"""``__builtins__`` is the module in some files, its names in others."""
NESTED_CLASSES = 20
IMPORTERS = {"builtins.__import__", "importlib.import_module"}


def attribute(resolver: Resolver, value: Value, name: str) -> Values:
    """Give what ``value.name`` may be."""
    if isinstance(value, str):
        is_method = name in GETTERS and (value in MAPPINGS or value.endswith(SPACES))
        return frozenset({Method(value, name) if is_method else join(value, name)})
    if name in BUILTINS_OF:
        return frozenset({"builtins"})
    if name == "__call__":
        return frozenset({value})
    if isinstance(value, Site):
        return _of_site(resolver, value, name)
    if isinstance(value, Space) and name in GETTERS:
        return frozenset({Method(value, name)})
    return frozenset({f"{UNKNOWN}.{name}"})


def _of_site(resolver: Resolver, site: Site, name: str) -> Values:
    if isinstance(site.node, cst.ClassDef):
        return _of_class(resolver, site, name)
    if isinstance(site.node, cst.FunctionDef | cst.Lambda) and name == "__globals__":
        return frozenset({Space(resolver.walk.module)})
    if isinstance(site.node, cst.Call):
        return _of_made(resolver, site.node, name)
    if name in GETTERS:
        return frozenset({Method(site, name)})
    return frozenset({f"{UNKNOWN}.{name}"})


def _of_class(resolver: Resolver, site: Site, name: str) -> Values:
    """Look through a class and its bases; what is not found may still be set elsewhere."""
    found: list[Values] = []
    classes, seen = [site], {site.node}
    while classes and len(seen) < NESTED_CLASSES:
        node = classes.pop(0).node
        scope = resolver.walk.inner.get(id(node))
        if scope is None or not isinstance(node, cst.ClassDef):
            continue
        if name == "__dict__":
            return frozenset({Space(scope)})
        if name in scope.bindings:
            found.append(resolver.bound(scope, name))
            break
        for base in node.bases:
            for value in resolver.values(base.value):
                if isinstance(value, str) and value != "builtins.object":
                    found.append(frozenset({join(value, name)}))
                elif isinstance(value, Site) and value.node not in seen:
                    seen.add(value.node)
                    classes.append(value)
    return resolver.union(found) or _of_getter(resolver, seen, name)


def _of_getter(resolver: Resolver, classes: Iterable[cst.CSTNode], name: str) -> Values:
    """Give what a class's own ``__getattr__`` may give."""
    found: list[Values] = [frozenset({f"{UNKNOWN}.{name}"})]
    for node in classes:
        scope = resolver.walk.inner[id(node)]
        for binding in scope.bindings.get("__getattr__", ()):
            getter = binding.value.node if isinstance(binding.value, Site) else None
            inner = resolver.walk.inner.get(id(getter))
            found += [resolver.bound(inner, RESULT)] if inner else []
    return resolver.union(found)


def _of_made(resolver: Resolver, call: cst.Call, name: str) -> Values:
    """Look into what a known function made: a namespace, a partial object."""
    makers = resolver.values(call.func)
    arguments = resolver.arguments(call)
    if "types.SimpleNamespace" in makers and name in arguments.keywords:
        return resolver.values(arguments.keywords[name])
    if "functools.partial" in makers and name == "func" and arguments.positional:
        return resolver.values(arguments.positional[0])
    if "builtins.dict" in makers and name in GETTERS:
        return frozenset({Method(Site(call), name)})
    return frozenset({f"{UNKNOWN}.{name}"})


def item(resolver: Resolver, value: Value, key: object) -> Values:
    """Give what ``value[key]`` may be; an Unknown key may be any."""
    if isinstance(value, str):
        return frozenset({_of_dotted(value, key)})
    if isinstance(value, Space):
        if not isinstance(key, str):
            return ANYTHING
        # Whoever asks for it by a computed name may do so at any moment.
        return resolver.lookup(key, value.scope, resolver.walk.order + 1)
    if isinstance(value, Site) and _is_mapping(value.node, resolver):
        with resolver.entering("item", value.node) as entered:
            return _of_mapping(resolver, value.node, key) if entered else NOTHING
    return element(resolver, value, key if isinstance(key, int) else None)


def _of_dotted(value: str, key: object) -> str:
    known = key if isinstance(key, str) else UNKNOWN
    if value == "sys.modules":
        return canonical(known) if known != UNKNOWN else UNKNOWN
    for space in SPACES:
        if value.endswith(space):
            return join(value.removesuffix(space), known)
    return join(value, known) if value == "builtins" else UNKNOWN


def _is_mapping(node: cst.CSTNode, resolver: Resolver) -> TypeGuard[cst.Dict | cst.Call]:
    if isinstance(node, cst.Call):
        return "builtins.map" not in resolver.values(node.func)
    return isinstance(node, cst.Dict)


def _of_mapping(resolver: Resolver, node: cst.Dict | cst.Call, key: object) -> Values:
    if isinstance(node, cst.Call):
        pairs = resolver.arguments(node).keywords
        found = [pairs[key]] if isinstance(key, str) and key in pairs else list(pairs.values())
        return resolver.union([resolver.values(value) for value in found])
    found_here: list[Values] = []
    for part in node.elements:
        if isinstance(part, cst.DictElement):
            if _may_equal(resolver.keys(part.key), key):
                found_here.append(resolver.values(part.value))
        else:
            spread = resolver.values(part.value)
            found_here.extend(item(resolver, value, key) for value in spread)
    return resolver.union(found_here) or ANYTHING


def _may_equal(candidates: tuple[object, ...], key: object) -> bool:
    if isinstance(key, Unknown):
        return True
    return any(isinstance(one, Unknown) or one == key for one in candidates)


def element(resolver: Resolver, value: Value, index: int | None) -> Values:
    """Give what iterating over a value, or indexing it, may give."""
    if isinstance(value, Method) and value.name in ("values", "items", "pair"):
        return _of_pairs(resolver, value, index)
    node = value.node if isinstance(value, Site) else None
    if isinstance(node, cst.Tuple | cst.List | cst.Set):
        with resolver.entering("element", node) as entered:
            return _of_sequence(resolver, node, index) if entered else NOTHING
    if isinstance(node, cst.ListComp | cst.SetComp | cst.GeneratorExp):
        return resolver.values(node.elt)
    if isinstance(node, cst.DictComp):
        return resolver.values(node.value)
    if isinstance(node, cst.Call):
        with resolver.entering("mapped", node) as entered:
            return _of_map(resolver, node, index) if entered else NOTHING
    return ANYTHING


def _of_map(resolver: Resolver, call: cst.Call, index: int | None) -> Values:
    """``map(__import__, ["os", "sys"])`` gives modules."""
    function, names = (resolver.arguments(call).get(at) for at in range(2))
    if not function or not names or not resolver.values(function) & IMPORTERS:
        return ANYTHING
    found: set[Value] = {UNKNOWN}
    for key in resolver.keys(names):
        modules = list(key) if isinstance(key, list | tuple | frozenset) else []
        chosen = modules if index is None else modules[index : index + 1]
        found |= {canonical(module) for module in chosen if isinstance(module, str)}
    return frozenset(found)


def _of_sequence(
    resolver: Resolver, node: cst.Tuple | cst.List | cst.Set, index: int | None
) -> Values:
    plain = not any(isinstance(part, cst.StarredElement) for part in node.elements)
    if index is not None and plain and -len(node.elements) <= index < len(node.elements):
        return resolver.values(node.elements[index].value)
    found = [
        resolver.values(part.value)
        if not isinstance(part, cst.StarredElement)
        else resolver.union([element(resolver, v, None) for v in resolver.values(part.value)])
        for part in node.elements
    ]
    return resolver.union(found) or ANYTHING


def _of_pairs(resolver: Resolver, method: Method, index: int | None) -> Values:
    """``for key, value in d.items()``: first a pair, then one half of it."""
    if method.name == "items":
        return frozenset({Method(method.owner, "pair")})
    if method.name == "pair" and index == 0:
        return ANYTHING
    return item(resolver, method.owner, Unknown.UNKNOWN)
