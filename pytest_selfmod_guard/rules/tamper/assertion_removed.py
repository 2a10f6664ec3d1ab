"""SMG304: an assertion of a test is gone."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules.tamper._asserting.telling import followed, lost_by, shown, sighting
from pytest_selfmod_guard.view import View


@change_rule(
    "SMG304",
    risk=Risk.HIGH,
    hint="put the assertion back and make the code satisfy it; if the behaviour is meant to go, "
    "assert what holds instead, or let a person take the assertion out in a commit of their own",
)
def assertion_removed(view: View) -> Iterable[Sighting]:
    """
    A test that is still there asserts less than in the base.

    One assertion of several is easily missed: the test keeps its name and
    stays green. The same holds for a helper that asserts for many tests.

    Assertions are known again by what they demand, in whatever function or
    file of the change they stand, however the values get there: directly, by
    a local name, a helper, a loop or parameters. Where the change takes away
    what an assertion is about, it may go too. Another assertion about the same
    things in its place is a warning.

    Flagged: one of two assertions
        === tests/test_cart.py
          import cart

          def test_total():
              items = cart.total([1, 2])
              assert items == 3
        -     assert cart.count([1, 2]) == 2

    Flagged: a helper asserts nothing any more
        === tests/helpers.py
          def check_total(cart, expected):
        -     assert cart.total() == expected
        +     cart.total()

    Flagged: something else is asserted instead [medium]
        === tests/test_cart.py
          import cart

          def test_total():
              items = cart.Items([1, 2])
        -     assert items.total(tax=0) == 3
        +     assert items.count(tax=0) == 2

    Allowed: it moves to a helper
        === tests/test_cart.py
          import cart

        + def check(items, expected):
        +     assert cart.total(items) == expected
        +
          def test_total():
        -     assert cart.total([1, 2]) == 3
        -     assert cart.total([]) == 0
        +     check([1, 2], 3)
        +     check([], 0)

    Allowed: what it is about goes
        === cart.py
        - def discount(price):
        -     return price * 0.9
        -
          def total(items):
              return sum(items)
        === tests/test_cart.py
          import cart

          def test_prices():
              assert cart.total([1, 2]) == 3
        -     assert cart.discount(10) == 9
    """
    found = list(lost_by(view, "removed", "replaced"))
    if not found:
        return
    from pytest_selfmod_guard.rules.tamper._asserting.sides import Sides  # noqa: PLC0415 (libcst)

    sides = Sides(view)
    for lost in found:
        if lost.fate.new is not None:
            yield sighting(
                lost,
                f"{lost.heir.name!r} asserts {shown(lost.fate.new)} instead of {shown(lost.old)}",
                Risk.MEDIUM,
            )
        elif gone := sides.gone(lost.old):
            why = f"the change removes {', '.join(sorted(gone)[:3])}"
            yield sighting(lost, f"{lost.heir.name!r} loses {shown(lost.old)}; {why}", Risk.LOW)
        else:
            settled = "" if sides.only_takes_away(lost, followed(view)) else "trial"
            yield sighting(
                lost, f"{lost.heir.name!r} asserts {shown(lost.old)} no more", settled_by=settled
            )
