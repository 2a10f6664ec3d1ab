"""SMG308: an assertion is not reached, or only under a condition."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules.tamper._asserting.telling import (
    followed,
    is_about_the_platform,
    lost_by,
    shown,
    sighting,
)
from pytest_selfmod_guard.view import View


@change_rule(
    "SMG308",
    risk=Risk.HIGH,
    hint="let the assertion run in every run of the test: take it out of the condition, and away "
    "from behind the 'return'",
)
def assertion_not_reached(view: View) -> Iterable[Sighting]:
    """
    An assertion of the base is not reached any more, or only sometimes.

    It stands after a `return` or a skip, under a condition that never holds
    (`if False`, `TYPE_CHECKING`, a variable nobody sets), in a loop without a
    turn, in a function that nobody calls, or in a test that became a generator
    or a coroutine that awaits nothing. Under a condition that may hold or not,
    a wrong result can be what makes it not hold.

    A condition on the platform or on a version is a warning.

    Flagged: after a return
        === tests/test_cart.py
          import cart

          def test_total():
              assert cart.total([]) == 0
        +     return
              assert cart.total([1, 2]) == 3

    Flagged: only if it is right
        === tests/test_cart.py
          import cart

          def test_total():
              total = cart.total([1, 2])
        -     assert total == 3
        +     if total:
        +         assert total == 3

    Flagged: only where a variable is set
        === tests/test_cart.py
        + import os
          import cart

          def test_total():
              assert cart.total([]) == 0
        -     assert cart.total([1, 2]) == 3
        +     if os.environ.get("STRICT"):
        +         assert cart.total([1, 2]) == 3

    Flagged: only if the object has something
        === tests/test_cart.py
          import cart

          def test_total():
        +     if not hasattr(cart, "rates"):
        +         return
              assert cart.total([1, 2]) == 3

    Flagged: nobody calls it
        === tests/test_cart.py
          import cart

          def test_total():
              assert cart.total([]) == 0
        -     assert cart.total([1, 2]) == 3
        +     def later():
        +         assert cart.total([1, 2]) == 3

    Flagged: only on one platform [medium]
        === tests/test_cart.py
        + import sys
          import cart

          def test_total():
              assert cart.total([]) == 0
        -     assert cart.total([1, 2]) == 3
        +     if sys.platform != "win32":
        +         assert cart.total([1, 2]) == 3

    Allowed: in a loop over the cases
        === tests/test_cart.py
          import cart

          def test_total():
        -     assert cart.total([1, 2]) == 3
        -     assert cart.total([]) == 0
        +     for items, expected in [([1, 2], 3), ([], 0)]:
        +         assert cart.total(items) == expected
    """
    for lost in lost_by(view, "dead", "conditional"):
        how = lost.fate.guard.how if lost.fate.guard else ""
        if lost.fate.how.value == "dead":
            yield sighting(lost, f"{shown(lost.old)} is not reached any more: {how}")
        else:
            risk = Risk.MEDIUM if is_about_the_platform(lost, how, followed(view)) else Risk.HIGH
            told = f"{shown(lost.old)} is only reached if {how[:80]!r}"
            yield sighting(lost, told, risk, _settled_by(how))


def _settled_by(how: str) -> str:
    """Leave to the trial what may be about another version of what is tested."""
    return "trial" if "hasattr(" in how or how.endswith(" comes") else ""
