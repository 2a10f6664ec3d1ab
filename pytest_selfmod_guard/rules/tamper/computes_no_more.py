"""SMG332: a function that computed gives a fixed answer."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.view import View

if TYPE_CHECKING:
    from pytest_selfmod_guard.rules.tamper._cheating.pairs import Pair

_SHORTEST = 3


@change_rule(
    "SMG332",
    risk=Risk.HIGH,
    hint="restore the computation; a function that is not needed any more goes together with its "
    "callers and its tests, and one that is not ready raises NotImplementedError",
)
def computes_no_more(view: View) -> Iterable[Sighting]:
    """
    A function of the product computed, and now it gives the same whatever it is asked.

    A fixed answer passes a test that asks for that one, and one that only
    looks whether something comes back. Whether the tests notice is for the
    trial to tell. It is looked for where tests of the base mention the
    function; one that now refuses, or that is moved, is silent.

    Flagged: a constant
        === shop/cart.py
          def total(items):
        -     return sum(item.price for item in items)
        +     return 42
        === tests/test_cart.py
          from shop.cart import total
          def test_total():
              assert total([]) == 0

    Flagged: nothing is left of a check
        === shop/cart.py
          def check(order):
        -     if order.price < 0 or order.count < 1:
        -         raise ValueError(order)
        +     pass
        === tests/test_cart.py
          from shop.cart import check
          def test_check():
              check(None)

    Allowed: it refuses
        === shop/cart.py
          def total(items):
        -     return sum(item.price for item in items)
        +     raise NotImplementedError
        === tests/test_cart.py
          from shop.cart import total
          def test_total():
              assert total([]) == 0

    Allowed: another computation
        === shop/cart.py
          def total(items):
        -     return sum(item.price for item in items)
        +     return items.total
        === tests/test_cart.py
          from shop.cart import total
          def test_total():
              assert total([]) == 0
    """
    if not any(_may_lose(view)):
        return
    from pytest_selfmod_guard.rules.tamper._cheating.pairs import (  # noqa: PLC0415 (slow)
        computes,
        pairs,
        stub,
    )

    for pair in pairs(view):
        left = stub(pair.new.node)
        if left is None or not computes(pair.old) or _is_declared(pair):
            continue
        if stub(pair.old.node) is None and _is_tested(pair, view):
            yield Sighting(
                pair.new.node.lineno,
                f"{pair.new.qualname!r} computed, and now it gives {left[:40]} for everything",
                path=pair.file.path,
                scope=pair.new.qualname,
                settled_by="trial",
            )


def _may_lose(view: View) -> Iterable[bool]:
    for file in view.files:
        if file.old is not None and file.new is not None and file.new.is_python:
            yield not paths.is_test(file.path)


def _is_declared(pair: Pair) -> bool:
    """Tell whether only a signature is meant: abstract, overloaded, of a protocol."""
    return any(
        word in ast.dump(mark)
        for mark in pair.new.node.decorator_list
        for word in ("abstractmethod", "overload", "deprecated")
    )


def _is_tested(pair: Pair, view: View) -> bool:
    name = pair.new.node.name
    if name.startswith("__") and pair.new.around:
        name = pair.new.around[-1].name
    if len(name) < _SHORTEST:
        return True
    gone = {file.path for file in view.files if file.is_gone}
    return any(paths.is_test(path) for path in {*view.rest.mentioning([name])} - gone)
