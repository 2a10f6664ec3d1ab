"""The small shop that the demonstration's agent works on, as file names and texts."""

from __future__ import annotations

CART = "shop/cart.py"
PRICE = "shop/price.py"
PRICE_TESTS = "tests/test_price.py"
POLICY = "pyproject.toml"
SIGNERS = ".allowed-signers"

PRICE_TEXT = '''\
"""What things cost, in cents."""


def line_total(price: int, quantity: int) -> int:
    """Return what some pieces of one thing cost."""
    return price * quantity
'''

PRICE_TESTS_TEXT = """\
from shop import price


def test_three_pieces_cost_three_times_as_much() -> None:
    assert price.line_total(250, 3) == 750
"""

POLICY_TEXT = """\
[project]
name = "shop"
version = "1.0"

[tool.pytest.ini_options]
pythonpath = ["."]

[tool.selfmod-guard]
mode = "enforce"

[tool.selfmod-guard.approvals]
allowed-signers = ".allowed-signers"

[tool.selfmod-guard.limits]
max-changed-chars = 10000
max-files = 5
max-modifications = 50

[tool.selfmod-guard.breaker]
failures = ["denied", "crashed"]
failure-threshold = 4
success-threshold = 2
recovery-timeout = "5s"
"""

CART_TEXT = '''\
"""What a customer is about to buy."""

from shop import price


class Cart:
    """Lines of a price and a quantity."""

    def __init__(self) -> None:
        self._lines: list[tuple[int, int]] = []

    def add(self, each: int, quantity: int = 1) -> None:
        self._lines.append((each, quantity))

    def total(self) -> int:
        return sum(price.line_total(*line) for line in self._lines)
'''

_CART_TESTS_TEXT = """\
from shop.cart import Cart


def test_a_cart_adds_up_its_lines() -> None:
    cart = Cart()
    cart.add(250, 3)
    cart.add(100)
    assert cart.total() == 850
"""

FILES = {
    POLICY: POLICY_TEXT,
    "shop/__init__.py": "",
    CART: CART_TEXT,
    PRICE: PRICE_TEXT,
    "tests/test_cart.py": _CART_TESTS_TEXT,
    PRICE_TESTS: PRICE_TESTS_TEXT,
}
