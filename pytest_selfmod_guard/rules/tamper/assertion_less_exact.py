"""SMG309: an assertion lets more pass: a tolerance, a kind of error, a bound."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules.tamper._asserting.telling import lost_by, shown, sighting
from pytest_selfmod_guard.view import View


@change_rule(
    "SMG309",
    risk=Risk.HIGH,
    hint="keep the tolerance, the kind of error and its message as they were, and correct the "
    "code; if the code cannot be that exact, let a person say so",
)
def assertion_less_exact(view: View) -> Iterable[Sighting]:
    """
    An assertion of the same kind lets more pass than in the base.

    A tolerance grew, an exact value became an approximate one, a bound moved
    outwards, `ValueError` became `Exception`, or the message that an error must
    have is not looked at any more.

    Flagged: a larger tolerance
        === tests/test_cart.py
          import pytest, cart

          def test_tax():
        -     assert cart.tax(10) == pytest.approx(1.9)
        +     assert cart.tax(10) == pytest.approx(1.9, rel=0.5)

    Flagged: any error
        === tests/test_cart.py
          import pytest, cart

          def test_no_items():
        -     with pytest.raises(ValueError, match="empty"):
        +     with pytest.raises(Exception):
                  cart.total(None)

    Flagged: the message may be any
        === tests/test_cart.py
          import pytest, cart

          def test_no_items():
        -     with pytest.raises(ValueError, match="empty"):
        +     with pytest.raises(ValueError):
                  cart.total(None)

    Flagged: a bound moves outwards
        === tests/test_cart.py
          import cart

          def test_speed():
        -     assert cart.seconds() < 1
        +     assert cart.seconds() < 60

    Allowed: a smaller tolerance
        === tests/test_cart.py
          import pytest, cart

          def test_tax():
        -     assert cart.tax(10) == pytest.approx(1.9, rel=0.5)
        +     assert cart.tax(10) == pytest.approx(1.9)

    Allowed: a narrower error
        === tests/test_cart.py
          import pytest, cart

          def test_no_items():
        -     with pytest.raises(Exception):
        +     with pytest.raises(ValueError, match="empty"):
                  cart.total(None)
    """
    for lost in lost_by(view, "wider"):
        yield sighting(lost, f"{shown(lost.fate.new)} lets more pass than {shown(lost.old)}")
