"""SMG311: a test asks a stand-in instead of the code it tests."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules.tamper._asserting.telling import followed, may_concern
from pytest_selfmod_guard.view import View


@change_rule(
    "SMG311",
    risk=Risk.HIGH,
    hint="call the real function in the test, and replace only what it depends on (network, "
    "clock, files); correct the real function until the assertion holds",
)
def subject_replaced(view: View) -> Iterable[Sighting]:
    """
    What a test of the base asserts about is replaced by a stand-in.

    A test that patches the very function it calls, that got a mock where it
    had the real object, or that defines or imports a function of the same name
    over the real one, tests its own stand-in. Patching what the tested code
    depends on is silent.

    Flagged: the function itself is patched
        === tests/test_cart.py
        + from unittest import mock
          import cart

        + @mock.patch("cart.total", return_value=3)
        - def test_total():
        + def test_total(_):
              assert cart.total([1, 2]) == 3

    Flagged: by monkeypatch
        === tests/test_cart.py
          import cart

        - def test_total():
        + def test_total(monkeypatch):
        +     monkeypatch.setattr(cart, "total", lambda items: 3)
              assert cart.total([1, 2]) == 3

    Flagged: an object of its own
        === tests/test_cart.py
          import cart
        + from unittest.mock import Mock

          def test_total():
        -     items = cart.Items([1, 2])
        +     items = Mock()
        +     items.total.return_value = 3
              assert items.total() == 3

    Flagged: a fixture gives a mock
        === tests/test_cart.py
          import pytest, cart
        + from unittest.mock import Mock

          @pytest.fixture
          def items():
        -     return cart.Items([1, 2])
        +     return Mock(total=lambda: 3)

          def test_total(items):
              assert items.total() == 3

    Flagged: a function of the same name
        === tests/test_cart.py
          from cart import total

        + def total(items):
        +     return 3
        +
          def test_total():
              assert total([1, 2]) == 3

    Allowed: what it depends on is patched
        === tests/test_cart.py
          import cart

        - def test_total():
        + def test_total(monkeypatch):
        +     monkeypatch.setattr(cart, "tax", lambda price: 0)
              assert cart.total([1, 2]) == 3

    Allowed: a new test of how it is called
        === tests/test_cart.py
          import cart

          def test_total():
              assert cart.total([1, 2]) == 3
        +
        + def test_show(mocker):
        +     total = mocker.patch("cart.total", return_value=3)
        +     cart.show([1, 2])
        +     total.assert_called_once_with([1, 2])
    """
    if may_concern(view):
        from pytest_selfmod_guard.rules.tamper._asserting.stand_ins import stand_ins  # noqa: PLC0415 (libcst)

        for path, line, message in stand_ins(followed(view)):
            yield Sighting(line, message, path=path)
