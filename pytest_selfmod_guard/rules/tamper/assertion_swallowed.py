"""SMG307: the failure of an assertion is swallowed."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules.tamper._asserting.telling import lost_by, shown, sighting
from pytest_selfmod_guard.view import View


@change_rule(
    "SMG307",
    risk=Risk.HIGH,
    hint="let the assertion fail the test: take away the 'except', 'suppress' or 'raises' around "
    "it, or catch the one error that is meant around the one call that raises it",
)
def assertion_swallowed(view: View) -> Iterable[Sighting]:
    """
    An assertion of the base stands where its failure is caught.

    A failing assertion raises `AssertionError`. Caught by `except`, by
    `contextlib.suppress`, by `pytest.raises(AssertionError)`, by a decorator
    or a context manager of the test's own, or lost in a `finally` that
    returns, it fails nothing. A handler that fails the test itself is none.

    Flagged: it is caught
        === tests/test_cart.py
          import cart

          def test_total():
        -     assert cart.total([1, 2]) == 3
        +     try:
        +         assert cart.total([1, 2]) == 3
        +     except AssertionError:
        +         pass

    Flagged: it is suppressed
        === tests/test_cart.py
        + import contextlib
          import cart

          def test_total():
        -     assert cart.total([1, 2]) == 3
        +     with contextlib.suppress(Exception):
        +         assert cart.total([1, 2]) == 3

    Flagged: it must fail
        === tests/test_cart.py
          import pytest, cart

          def test_total():
        -     assert cart.total([1, 2]) == 3
        +     with pytest.raises(AssertionError):
        +         assert cart.total([1, 2]) == 3

    Flagged: it turns into a skip
        === tests/test_cart.py
          import pytest, cart

          def test_total():
        -     assert cart.total([1, 2]) == 3
        +     try:
        +         assert cart.total([1, 2]) == 3
        +     except Exception:
        +         pytest.skip("flaky")

    Allowed: the error is reported and handed on
        === tests/test_cart.py
          import cart

          def test_total():
        -     assert cart.total([1, 2]) == 3
        +     try:
        +         assert cart.total([1, 2]) == 3
        +     except AssertionError:
        +         print(cart.NAME)
        +         raise
    """
    for lost in lost_by(view, "swallowed"):
        how = lost.fate.guard.how if lost.fate.guard else ""
        yield sighting(lost, f"the failure of {shown(lost.old)} is swallowed {how}")
