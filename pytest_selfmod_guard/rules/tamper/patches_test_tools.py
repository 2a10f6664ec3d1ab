"""SMG327: the product changes what tests are judged by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules._reaching import REACHERS

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python

_TOOLS = (
    b"pytest", b"_pytest", b"unittest", b"doctest", b"builtins", b"operator", b"math", b"numpy",
    b"assertionerror", b"testcase", b"visit_assert", b"hypothesis", b"mock", b"decimal", b"curse",
    b"nose",
)  # fmt: skip


@python_rule(
    "SMG327",
    risk=Risk.HIGH,
    hint="leave pytest, unittest and Python's own functions as they are; where the product's "
    "result differs from what is expected, change the product",
    triggers=(*REACHERS, *_TOOLS),
)
def patches_test_tools(python: Python) -> Iterable[Sighting]:
    """
    The product replaces parts of pytest, of unittest or of Python itself.

    `assertEqual` that does nothing, `pytest.raises` that swallows everything,
    `isinstance`, `abs` or `AssertionError` of one's own make: tests then pass
    whatever they find. So does a transformer that drops `assert` statements,
    and a module of one's own under the name of pytest in `sys.modules`. Mocks
    in the product are in the same spirit; they are a warning, and only where
    the product returns one a trial has to tell.

    Flagged: an assertion that cannot fail
        === shop/cart.py
        + import unittest
        + unittest.TestCase.assertEqual = lambda *args: None

    Flagged: another isinstance
        === shop/cart.py
        + import builtins
        + setattr(builtins, "isinst" + "ance", lambda *args: True)

    Flagged: asserts are taken out of what is compiled
        === shop/cart.py
        + import ast
        + class Quiet(ast.NodeTransformer):
        +     def visit_Assert(self, node):
        +         return ast.Pass()

    Flagged: another pytest
        === shop/cart.py
        + import sys
        + sys.modules["pytest"] = sys.modules[__name__]

    Flagged: a mock as the answer
        === shop/cart.py
        + from unittest.mock import MagicMock
        + def total(items):
        +     return MagicMock()

    Allowed: a translation under its usual name
        === shop/i18n.py
        + import builtins, gettext
        + builtins._ = gettext.gettext

    Allowed: its own attributes
        === shop/cart.py
        + import shop.rates
        + shop.rates.isclose = True

    Allowed: a fixture of tests
        === tests/test_cart.py
        + from unittest.mock import MagicMock
        + def make():
        +     return MagicMock()
    """
    if paths.zone(python.path) != paths.PRODUCT:
        return
    from pytest_selfmod_guard.rules.tamper._cheating.patches import patches  # noqa: PLC0415 (libcst)

    for patch in patches(python):
        yield Sighting(
            python.line(patch.node),
            patch.message,
            python.code(patch.node),
            python.scope(patch.node),
            risk=patch.risk,
            settled_by="trial" if patch.is_doubtful else "",
            hint=_MOCK_HINT if patch.is_doubtful else "",
        )


_MOCK_HINT = "return a real result; let the tests make their mocks themselves"
