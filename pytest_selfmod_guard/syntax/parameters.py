"""Which arguments a parameter of a function of the file gets, call by call."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import libcst as cst

from .scopes import Site

if TYPE_CHECKING:
    from .flows import Flows
    from .meanings import Value
    from .resolving import Resolver

DEPTH = 4
"""Calls within calls that are told apart; deeper ones count as any call."""
MOST = 2_000
"""Frames of one file; more are not told apart."""
QUIET = (
    *("builtins.staticmethod", "builtins.classmethod", "builtins.property", "functools.", "abc."),
    *("contextlib.", "typing.", "typing_extensions.", "dataclasses.", "*.setter", "pytest."),
)
"""Decorators that call a function with nothing but what its callers pass."""

Function = cst.FunctionDef | cst.Lambda


class Frame(NamedTuple):
    """One call of a function of the file that is being looked into."""

    call: cst.Call
    function: Function
    outer: Frame | None
    depth: int


class Frames:
    """The frames that were entered: the same one for the same call."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int, int], Frame] = {}

    def enter(self, call: cst.Call, function: Function, outer: Frame | None) -> Frame | None:
        """Give a frame for a call; None where it would be too deep to be told apart."""
        key = (id(call), id(function), id(outer))
        depth = outer.depth + 1 if outer else 1
        if key not in self._known:
            if depth > DEPTH or len(self._known) >= MOST or self.of(function, outer):
                return None
            self._known[key] = Frame(call, function, outer, depth)
        return self._known[key]

    def of(self, function: Function, frame: Frame | None) -> Frame | None:
        """Give the innermost frame in which a function runs."""
        while frame and frame.function is not function:
            frame = frame.outer
        return frame


def parameters(function: Function) -> list[str]:
    """Give the names of all parameters, the stars' ones last."""
    return [param.name.value for param in (*_positional(function), *_others(function))]


def passed(
    resolver: Resolver, call: cst.Call, function: Function, name: str
) -> list[cst.BaseExpression]:
    """Give what a call passes as a parameter, all that it may be."""
    arguments = resolver.arguments(call)
    names = [param.name.value for param in _positional(function)]
    stars = [arg.value for arg in call.args if arg.star] if arguments.is_open else []
    if name not in names:
        if given := arguments.keywords.get(name):
            return [given, *stars]
        is_star = name in (param.name.value for param in _starred(function))
        return [arg.value for arg in call.args] if is_star else stars
    position = names.index(name) - _receivers(resolver, call, function)
    found = arguments.get(position, name) if position >= 0 else _receiver(call)
    return [found, *stars] if found else stars


def explained(flows: Flows, function: Function) -> bool:
    """Tell whether nobody but the calls in the file passes it anything."""
    if not flows.calls.get(id(function)):
        return False
    if isinstance(function, cst.Lambda):
        return True
    for decorator in function.decorators:
        node = decorator.decorator
        maker = node.func if isinstance(node, cst.Call) else node
        if not all(map(_is_quiet, flows.resolver.values(maker))):
            return False
    return True


def _is_quiet(decorator: Value) -> bool:
    return not isinstance(decorator, str) or decorator.startswith(QUIET)


def _positional(function: Function) -> list[cst.Param]:
    return [*function.params.posonly_params, *function.params.params]


def _others(function: Function) -> list[cst.Param]:
    return [*function.params.kwonly_params, *_starred(function)]


def _starred(function: Function) -> list[cst.Param]:
    found = (function.params.star_arg, function.params.star_kwarg)
    return [param for param in found if isinstance(param, cst.Param)]


def _receiver(call: cst.Call) -> cst.BaseExpression | None:
    return call.func.value if isinstance(call.func, cst.Attribute) else None


def _receivers(resolver: Resolver, call: cst.Call, function: Function) -> int:
    """Count the parameters that are filled without an argument: ``self``, ``cls``."""
    if resolver.place(function).scope.kind != "class" or isinstance(function, cst.Lambda):
        return 0
    kinds = {name for d in function.decorators for name in resolver.values(d.decorator)}
    if "builtins.staticmethod" in kinds:
        return 0
    if "builtins.classmethod" in kinds or not isinstance(call.func, cst.Attribute):
        return 1
    owners = resolver.values(call.func.value)
    by_class = any(isinstance(one, Site) and not one.is_instance for one in owners)
    # ``Outer.Inner()`` calls a maker without naming it; ``Base.__init__(self)`` names it.
    return 0 if by_class and call.func.attr.value == function.name.value else 1
