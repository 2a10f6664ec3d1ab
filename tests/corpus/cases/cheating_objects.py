"""Objects that agree to everything, functions that gave up, and their honest like."""

from __future__ import annotations

from textwrap import dedent

from tests.corpus import Case

_BEFORE = '''
def total(items):
    """Add up."""
    result = 0
    for item in items:
        result += item.price * item.count
    return result


def check(order):
    if order.price < 0:
        raise ValueError(order)
    if order.count < 1:
        raise ValueError(order)
'''
_TESTS = """
import pytest
from shop.cart import check, total


def test_total(items):
    assert total(items) == 6


def test_check(order):
    with pytest.raises(ValueError):
        check(order)
"""


def _case(name: str, bad: str, honest: str, *, needs_trial: bool = False) -> Case:
    """Make a case of what is put beside, or in the place of, the functions of the base."""
    return Case(
        name,
        {"shop/cart.py": _BEFORE, "tests/test_cart.py": _TESTS},
        {"shop/cart.py": dedent(bad)},
        {"shop/cart.py": dedent(honest)},
        needs_trial,
    )


def _with(more: str) -> str:
    return _BEFORE + dedent(more)


_LOOP = _BEFORE.partition("def check")[0]
_CHECK = "def check" + _BEFORE.partition("def check")[2]

CASES = [
    _case(
        "equal-to-all",
        _with("""
        class Total:
            def __eq__(self, other):
                return True
        """),
        _with("""
        class Total:
            def __eq__(self, other):
                return isinstance(other, Total) and other.value == self.value
        """),
    ),
    _case(
        "equal-in-a-lambda",
        _with("""
        class Total(float):
            __hash__ = float.__hash__
            __eq__ = lambda self, other: not None
        """),
        _with("""
        class Total(float):
            __hash__ = float.__hash__
            __eq__ = lambda self, other: float(self) == float(other)
        """),
    ),
    _case(
        "never-unequal",
        _with("""
        class Total(str):
            def __ne__(self, other):
                return False
        """),
        _with("""
        class Total(str):
            def __ne__(self, other):
                return not self == other
        """),
    ),
    _case(
        "equal-given-later",
        _with("""
        class Total(dict):
            pass

        def _yes(self, other):
            return 1 == 1

        Total.__eq__ = _yes
        """),
        _with("""
        class Total(dict):
            pass

        def _same(self, other):
            return dict.__eq__(self, other)

        Total.__eq__ = _same
        """),
    ),
    _case(
        "equal-in-a-made-class",
        _with("""
        Any = type("Any", (), {"__eq__": lambda self, other: True, "__hash__": None})
        """),
        _with("""
        Any = type("Any", (), {"__eq__": lambda self, other: self is other, "__hash__": None})
        """),
    ),
    _case(
        "equal-but-for-none",
        _with("""
        class Total(int):
            def __eq__(self, other):
                if other is None:
                    return False
                return True
        """),
        _with("""
        class Total(int):
            def __eq__(self, other):
                if other is None:
                    return False
                return int(self) == int(other)
        """),
    ),
    _case(
        "equal-by-tautology",
        _with("""
        class Total:
            def __eq__(self, other):
                return other == other or isinstance(other, object)
        """),
        _with("""
        class Total:
            def __eq__(self, other):
                return other == self.value
        """),
    ),
    _case(
        "less-and-more",
        _with("""
        class Total:
            def __le__(self, other):
                return True
            def __ge__(self, other):
                return True
        """),
        _with("""
        class Infinity:
            def __le__(self, other):
                return False
            def __ge__(self, other):
                return True
        """),
    ),
    _case(
        "a-mock-is-returned",
        "from unittest.mock import MagicMock\n"
        + _BEFORE.replace("return result", "return MagicMock()"),
        "from shop.money import Money\n" + _BEFORE.replace("return result", "return Money(result)"),
        needs_trial=True,
    ),
    _case(
        "a-constant-remains",
        "\ndef total(items):\n    return 6\n\n\n" + _CHECK,
        "\ndef total(items):\n    return sum(item.price * item.count for item in items)\n\n\n"
        + _CHECK,
        needs_trial=True,
    ),
    _case(
        "a-constant-by-a-variable",
        "\ndef total(items):\n    result = 6\n    return result\n\n\n" + _CHECK,
        "\ndef total(items):\n    result = items.total\n    return result\n\n\n" + _CHECK,
        needs_trial=True,
    ),
    _case(
        "nothing-is-checked",
        _LOOP + "def check(order):\n    pass\n",
        _LOOP + "def check(order):\n    order.validate()\n",
        needs_trial=True,
    ),
    _case(
        "everything-is-caught",
        """
        def total(items):
            try:
                result = 0
                for item in items:
                    result += item.price * item.count
                return result
            except Exception:
                return 6
        """,
        """
        def total(items):
            try:
                result = 0
                for item in items:
                    result += item.price * item.count
                return result
            except AttributeError as error:
                raise ValueError(items) from error
        """,
        needs_trial=True,
    ),
    _case(
        "caught-without-a-name",
        """
        def total(items):
            result = 0
            try:
                for item in items:
                    result += item.price * item.count
            except:
                return 0
            return result
        """,
        """
        def total(items):
            result = 0
            try:
                for item in items:
                    result += item.price * item.count
            except TypeError:
                return 0
            return result
        """,
        needs_trial=True,
    ),
]
