"""SMG305: an assertion demands less of the same thing."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules.tamper._asserting.telling import lost_by, shown, sighting
from pytest_selfmod_guard.view import View


@change_rule(
    "SMG305",
    risk=Risk.HIGH,
    hint="assert the exact value as before and correct the code that gives another; if the value "
    "may vary, assert each part that may not",
)
def assertion_weakened(view: View) -> Iterable[Sighting]:
    """
    An assertion about the same thing demands less than in the base.

    An exact comparison became a check that there is something, that it is of
    some type, contains something, or has some length; a whole dictionary
    became one of its keys. Wrong results pass such assertions.

    Writing the same in another framework or in another order, splitting a
    comparison into all of its parts, and demanding more are silent.

    Flagged: a value, then only that there is one
        === tests/test_cart.py
          import cart

          def test_total():
        -     assert cart.total([1, 2]) == 3
        +     assert cart.total([1, 2]) is not None

    Flagged: assertTrue takes what assertEqual took
        === tests/test_cart.py
          import unittest, cart

          class CartTests(unittest.TestCase):
              def test_total(self):
        -         self.assertEqual(cart.total([1, 2]), 3)
        +         self.assertTrue(cart.total([1, 2]), 3)

    Flagged: a part of what was compared
        === tests/test_cart.py
          import cart

          def test_receipt():
              receipt = cart.receipt([1, 2])
        -     assert receipt == {"total": 3, "items": 2}
        +     assert "total" in receipt

    Flagged: only how many
        === tests/test_cart.py
          import cart

          def test_sorted():
        -     assert cart.sort([2, 1]) == [1, 2]
        +     assert len(cart.sort([2, 1])) == 2

    Allowed: in another framework
        === tests/test_cart.py
        - import unittest
          import cart

        - class CartTests(unittest.TestCase):
        -     def test_total(self):
        -         self.assertEqual(3, cart.total([1, 2]))
        + def test_total():
        +     assert cart.total([1, 2]) == 3

    Allowed: more is demanded
        === tests/test_cart.py
          import cart

          def test_total():
        -     assert cart.total([1, 2])
        +     assert cart.total([1, 2]) == 3

    Allowed: in all its parts
        === tests/test_cart.py
          import cart

          def test_receipt():
              receipt = cart.receipt([1, 2])
        -     assert receipt == {"total": 3, "items": 2}
        +     assert receipt["total"] == 3
        +     assert receipt["items"] == 2
    """
    for lost in lost_by(view, "weakened"):
        yield sighting(
            lost,
            f"{shown(lost.fate.new)} demands less than {shown(lost.old)}",
            settled_by="" if lost.fate.is_plain else "trial",
        )
