"""SMG306: an assertion cannot fail any more."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules.tamper._asserting.telling import lost_by, shown, sighting
from pytest_selfmod_guard.view import View


@change_rule(
    "SMG306",
    risk=Risk.HIGH,
    hint="compare what the code gives with a value that is written down in the test, as before",
)
def assertion_always_true(view: View) -> Iterable[Sighting]:
    """
    An assertion of the base became one that holds whatever the code does.

    `assert True`, a tuple of a condition and a message, `x == 3 or True`, a
    value compared with itself or with one made by the same call, two values
    that are both written down, and `mock.ANY` in place of a value: all of them
    stay green for ever.

    Flagged: it is true
        === tests/test_cart.py
          import cart

          def test_total():
              total = cart.total([1, 2])
        -     assert total == 3
        +     assert True

    Flagged: compared with what the same call gives
        === tests/test_cart.py
          import cart

          def test_total():
        -     assert cart.total([1, 2]) == 3
        +     expected = cart.total([1, 2])
        +     assert cart.total([1, 2]) == expected

    Flagged: a tuple
        === tests/test_cart.py
          import cart

          def test_total():
        -     assert cart.total([1, 2]) == 3, "wrong total"
        +     assert (cart.total([1, 2]) == 3, "wrong total")

    Flagged: nothing is run
        === tests/test_cart.py
          import cart

          def test_total():
        -     total = cart.total([1, 2])
        +     total = 3
              assert total == 3

    Allowed: a message is added
        === tests/test_cart.py
          import cart

          def test_total():
        -     assert cart.total([1, 2]) == 3
        +     assert cart.total([1, 2]) == 3, "wrong total"
    """
    for lost in lost_by(view, "vacuous"):
        why = lost.fate.new.vacuous if lost.fate.new else ""
        yield sighting(
            lost, f"{shown(lost.fate.new)} cannot fail ({why}); it was {shown(lost.old)}"
        )
