"""Which bindings of a name may still hold where it is read."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

import libcst as cst

from .scopes import Binding, Place, Scope

if TYPE_CHECKING:
    from .python import Python


class Lasting:
    """The bindings of one name in one scope."""

    def __init__(self, python: Python, home: Scope, name: str) -> None:
        self.home = home
        found = sorted(home.bindings[name], key=lambda binding: binding.order)
        self._all = found
        self._whole = [b for b in found if b.is_certain and b.value is not None]
        """Those that end what was there before: not ``x += 1``, not parameters."""
        self._rest = [b for b in found if not (b.is_certain and b.value is not None)]
        self._anytime = [b for b in found if _is_bound_elsewhere(python, home, b)]
        self._whole_orders = [binding.order for binding in self._whole]
        self._rest_orders = [binding.order for binding in self._rest]

    def since(self, place: Place) -> int:
        """Give the order of the last binding that certainly happened before; -1 for none."""
        scope = place.scope
        while scope.kind == "comprehension" and scope is not self.home and scope.parent:
            scope = scope.parent
        if scope is not self.home:
            return -1
        at = bisect_left(self._whole_orders, place.order)
        return self._whole_orders[at - 1] if at else 0

    def bindings(self, since: int) -> list[Binding]:
        """Give what may hold since then."""
        if since < 0:
            return self._all
        start = bisect_left(self._whole_orders, since)
        whole = [b for b in self._whole[start:] if b.order == since]
        return whole + self._rest[bisect_left(self._rest_orders, since) :] + self._anytime


def _is_bound_elsewhere(python: Python, home: Scope, binding: Binding) -> bool:
    """Tell whether it is bound within a function, which may be called at any time."""
    value = binding.value
    if binding.is_certain or not isinstance(value, cst.BaseExpression):
        return False
    return python.place(value).scope is not home
