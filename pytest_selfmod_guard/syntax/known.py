"""Functions of Python itself that lead from names to what they stand for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .arguments import Arguments
from .dotted import UNKNOWN, canonical
from .looking import attribute, element, item
from .meanings import ANYTHING, NOTHING, Value, Values

if TYPE_CHECKING:
    import libcst as cst

    from .resolving import Resolver

Known = Callable[["Resolver", Arguments], Values]


def attributes_of(
    resolver: Resolver, subject: cst.BaseExpression, name: cst.BaseExpression
) -> Values:
    """Give the attributes that an expression names, of all that another may be."""
    keys = resolver.keys(name)
    owners = resolver.values(subject)
    return resolver.union([named(resolver, owner, key) for owner in owners for key in keys])


def named(resolver: Resolver, owner: Value, name: object) -> Values:
    """Give an attribute by its name, dots and all; ``os.*`` where it is computed."""
    if not isinstance(name, str):
        known = isinstance(owner, str) and owner != UNKNOWN
        return attribute(resolver, owner, UNKNOWN) if known else ANYTHING
    values: Values = frozenset({owner})
    for part in name.split("."):
        values = resolver.union([attribute(resolver, value, part) for value in values])
    return values


def items_of(resolver: Resolver, subject: cst.BaseExpression, key: cst.BaseExpression) -> Values:
    """Give the items under a key, of all that an expression may be."""
    keys = resolver.keys(key)
    owners = resolver.values(subject)
    return resolver.union([item(resolver, owner, one) for owner in owners for one in keys])


def _getattr(resolver: Resolver, arguments: Arguments) -> Values:
    subject, name, default = (arguments.get(at) for at in range(3))
    if not subject or not name:
        return ANYTHING
    found = attributes_of(resolver, subject, name)
    return resolver.union([found, resolver.values(default)]) if default else found


def _getitem(resolver: Resolver, arguments: Arguments) -> Values:
    subject, key = arguments.get(0), arguments.get(1)
    return items_of(resolver, subject, key) if subject and key else ANYTHING


def _import(resolver: Resolver, arguments: Arguments) -> Values:
    """``__import__("a.b")`` gives ``a``, and ``a.b`` if it is given a from-list."""
    name, wanted = arguments.get(0, "name"), arguments.get(3, "fromlist")
    found = _modules(resolver, name)
    if wanted:
        return found
    return frozenset(module.partition(".")[0] or UNKNOWN for module in found)


def import_module(resolver: Resolver, arguments: Arguments) -> Values:
    """Give the module that ``import_module("a.b")`` gives, or ``".b"`` of a package."""
    package = arguments.get(1, "package")
    found = _modules(resolver, arguments.get(0, "name"))
    if not package:
        return found
    parents = [p for p in resolver.keys(package) if isinstance(p, str)]
    relative = {canonical(p + m) for p in parents for m in found if m.startswith(".")}
    return found | relative


def _modules(resolver: Resolver, name: cst.BaseExpression | None) -> frozenset[str]:
    keys = resolver.keys(name) if name else ()
    return frozenset(canonical(k) if isinstance(k, str) and k else UNKNOWN for k in keys)


def _resolve_name(resolver: Resolver, arguments: Arguments) -> Values:
    """``pkgutil.resolve_name("os:system")``."""
    names = _modules(resolver, arguments.get(0, "name"))
    return frozenset(canonical(name.replace(":", ".").strip(".")) for name in names)


def _vars(resolver: Resolver, arguments: Arguments) -> Values:
    subject = arguments.get(0)
    owners = resolver.values(subject) if subject else NOTHING
    return resolver.union([attribute(resolver, owner, "__dict__") for owner in owners])


def _next(resolver: Resolver, arguments: Arguments) -> Values:
    subject = arguments.get(0)
    values = resolver.values(subject) if subject else NOTHING
    found = resolver.union([element(resolver, value, None) for value in values])
    return found or ANYTHING


SPACES = {"builtins.globals", "builtins.locals", "builtins.vars"}
"""Without arguments they give the names around them."""

MAKERS = {
    *("functools.partial", "operator.methodcaller", "operator.attrgetter"),
    *("operator.itemgetter", "types.SimpleNamespace", "builtins.dict", "builtins.map"),
}
"""What they make is looked into where it is used."""

SAME_AS_ARGUMENT = {
    **dict.fromkeys(("builtins.list", "builtins.tuple", "builtins.set", "builtins.iter"), 0),
    **dict.fromkeys(("builtins.reversed", "builtins.sorted", "builtins.frozenset"), 0),
    **dict.fromkeys(("builtins.staticmethod", "builtins.classmethod"), 0),
    **dict.fromkeys(("copy.copy", "copy.deepcopy", "importlib.reload", "functools.cache"), 0),
    **dict.fromkeys(("functools.lru_cache", "contextlib.nullcontext", "weakref.proxy"), 0),
    "importlib.util.module_from_spec": 0,
    "typing.cast": 1,
}
"""Functions that give back one of their arguments, as far as names matter."""

KNOWN: dict[str, Known] = {
    "builtins.__import__": _import,
    "builtins.getattr": _getattr,
    "builtins.next": _next,
    "builtins.object.__getattribute__": _getattr,
    "builtins.type.__getattribute__": _getattr,
    "builtins.vars": _vars,
    "importlib.import_module": import_module,
    "importlib.util.find_spec": import_module,
    "importlib.util.spec_from_file_location": import_module,
    "inspect.getattr_static": _getattr,
    "operator.getitem": _getitem,
    "pkgutil.resolve_name": _resolve_name,
}
