"""SMG310: a test expects another value than in the base."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules.tamper._asserting.implying import implies
from pytest_selfmod_guard.rules.tamper._asserting.telling import lost_by, shown, sighting
from pytest_selfmod_guard.view import View

if TYPE_CHECKING:
    from pytest_selfmod_guard.rules.tamper._asserting.follow import Lost


@change_rule(
    "SMG310",
    risk=Risk.HIGH,
    hint="restore the expected value and correct the code; if the new behaviour is what was "
    "asked for, let a person approve the changed expectation",
)
def expectation_changed(view: View) -> Iterable[Sighting]:
    """
    A test expects something else of the same call than in the base.

    Most such changes follow an intended change of behaviour; some make a test
    agree with a mistake. Only the base's tests, run on the changed code, can
    tell which, and only a person whether it was meant. Worst is where the
    same change also edits the function that is asked.

    Flagged: together with the function that it asks
        === cart.py
          def total(items):
        -     return sum(items)
        +     return sum(items) + 1
        === tests/test_cart.py
          import cart

          def test_total():
        -     assert cart.total([1, 2]) == 3
        +     assert cart.total([1, 2]) == 4

    Flagged: alone
        === tests/test_cart.py
          import cart

          def test_total():
        -     assert cart.total([1, 2]) == 3
        +     assert cart.total([1, 2]) == 4

    Flagged: another kind of error
        === tests/test_cart.py
          import pytest, cart

          def test_no_items():
        -     with pytest.raises(ValueError):
        +     with pytest.raises(TypeError):
                  cart.total(None)

    Allowed: one more is expected
        === tests/test_cart.py
          import cart

          def test_total():
              assert cart.total([1, 2]) == 3
        +     assert cart.total([4]) == 4

    Allowed: the function has another name
        === tests/test_cart.py
          import cart

          def test_total():
        -     assert cart.total([1, 2]) == "3 euro"
        +     assert cart.grand_total([1, 2]) == "3 euro"
    """
    found = list(lost_by(view, "expected"))
    if not found:
        return
    from pytest_selfmod_guard.rules.tamper._asserting.sides import Sides  # noqa: PLC0415 (libcst)

    sides = Sides(view)
    for lost in found:
        if _is_spelled_out(lost) and not sides.touches_product:
            continue
        new = lost.fate.new
        if new is not None and (implies(new, lost.old) or _is_default(lost, view)):
            continue
        edited = sorted(sides.edited(lost.old))
        why = f"; the change also edits {', '.join(edited[:3])}" if edited else ""
        yield sighting(
            lost,
            f"{shown(lost.fate.new)} expects something else than {shown(lost.old)}{why}",
            settled_by="trial",
        )


def _is_default(lost: Lost, view: View) -> bool:
    """Tell whether a helper now expects by default what the assertion did."""
    new = lost.fate.new
    if new is None or not new.expected.isidentifier():
        return False
    side = view.after(lost.heir.path)
    text = (side.text if side else None) or ""
    asked = rf"def [^\n]*\b{new.expected}\b[^,=\n]*=\s*{re.escape(lost.old.expected)}\s*[,)]"
    return re.search(asked, text) is not None


def _is_spelled_out(lost: Lost) -> bool:
    """Tell whether what was computed is now written down, of the same thing."""
    from pytest_selfmod_guard.rules.tamper._asserting.values import is_written  # noqa: PLC0415 (libcst)

    old, new = lost.old, lost.fate.new
    if new is None or old.kind != new.kind or old.subject != new.subject:
        return False
    return not is_written(old.expected) and is_written(new.expected)
