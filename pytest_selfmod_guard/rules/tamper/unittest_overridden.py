"""SMG333: unittest's own machinery is overridden so that a test cannot fail."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python


@python_rule(
    "SMG333",
    risk=Risk.HIGH,
    hint="leave assert methods, fail, run and their like to unittest; where a class must add to"
    " one, let it call super() with the same arguments, or raise self.failureException",
    triggers=(
        b"def", b"lambda", b"failureexception", b"assertequal", b"asserttrue", b"assertfalse",
        b"assertraises", b"assertin", b"fail", b"load_tests",
    ),
)  # fmt: skip
def unittest_overridden(python: Python) -> Iterable[Sighting]:
    """
    A test class overrides what unittest fails with, or runs its tests with.

    An `assertEqual` of one's own that does nothing keeps every test and every
    assertion as they were, and none of them can fail. The same goes for `run`,
    `fail`, `failureException` and the like, in a class, in what is mixed into
    it, or put on `self`, and for a `load_tests` that loads none.

    What calls `super()`, raises, or asserts by other means is silent, as are
    methods with names that unittest does not have.

    Flagged: an assert method that does nothing
        === tests/test_cart.py
          import unittest

          class CartTest(unittest.TestCase):
        +     def assertEqual(self, first, second, msg=None):
        +         return None
        +
              def test_total(self):
                  self.assertEqual(total([1]), 1)

    Flagged: a run that runs nothing
        === tests/base.py
          import unittest

          class Base(unittest.TestCase):
        +     def run(self, result=None):
        +         result.testsRun += 1
        +
              def helper(self):
                  return 1

    Flagged: on the object
        === tests/test_cart.py
          import unittest

          class CartTest(unittest.TestCase):
              def setUp(self):
        +         self.assertTrue = lambda *given: None
                  self.cart = 1

    Flagged: what failing is
        === tests/test_cart.py
          import unittest

          class CartTest(unittest.TestCase):
        +     failureException = unittest.SkipTest
        +
              def test_total(self):
                  self.assertEqual(total([1]), 1)

    Flagged: nothing is loaded
        === tests/test_cart.py
          import unittest

        + def load_tests(loader, tests, pattern):
        +     return unittest.TestSuite()

    Allowed: more than before
        === tests/base.py
          import unittest

        + class Base(unittest.TestCase):
        +     failureException = AssertionError
        +
        +     def assertEqual(self, first, second, msg=None):
        +         self.assertIs(type(first), type(second), msg)
        +         super().assertEqual(first, second, msg)
        +
        +     def run(self, result=None):
        +         with fresh_database():
        +             return super().run(result)

    Allowed: tests are added
        === tests/test_cart.py
          import doctest

        + def load_tests(loader, tests, pattern):
        +     tests.addTests(doctest.DocTestSuite("cart"))
        +     return tests
    """
    if paths.zone(python.path) != paths.TEST:
        return
    from pytest_selfmod_guard.rules.tamper._overridden import overrides  # noqa: PLC0415 (libcst)

    for one in overrides(python):
        yield Sighting(
            python.line(one.node),
            f"{one.name!r} is not unittest's any more, and lets every failure pass",
            python.code(one.node),
            python.scope(one.node),
        )
