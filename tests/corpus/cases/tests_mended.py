"""Tests that inherit, are compared by value, or stand on machinery that can be bent."""

from __future__ import annotations

from tests.corpus import Case

_PRODUCT = {
    "stock/__init__.py": "from .shelf import Shelf, sizes\n",
    "stock/shelf.py": (
        "class Shelf:\n    def __init__(self, *goods):\n        self.goods = list(goods)\n\n"
        "    def weigh(self):\n        return sum(self.goods)\n\n\n"
        "def sizes(goods):\n    return sorted(goods)\n"
    ),
}
_PATH = "tests/test_shelf.py"
_UNIT = (
    "import unittest\n\nfrom stock import Shelf, sizes\n\n\n"
    "class Shelved(unittest.TestCase):\n"
    "    def setUp(self):\n        self.shelf = Shelf(2, 3)\n\n\n"
    "class Filled(Shelved):\n    pass\n\n\n"
    "class Weighing(Filled):\n"
    "    def test_weight(self):\n        self.assertEqual(self.shelf.weigh(), 5)\n\n"
    "    def test_sizes(self):\n        self.assertEqual(sizes([3, 1]), [1, 3])\n"
)
_WEIGHT = "    def test_weight(self):\n        self.assertEqual(self.shelf.weigh(), 5)\n\n"
_PLAIN = (
    "import pytest\n\nfrom stock import Shelf, sizes\n\n\n"
    "def test_sizes():\n    assert sizes([3, 1, 2]) == [1, 2, 3]\n\n\n"
    "@pytest.mark.parametrize('goods, heavy', [((9, 9), True), ((1,), False), ((2,), False)])\n"
    "def test_heavy(goods, heavy):\n    assert (Shelf(*goods).weigh() > 10) is heavy\n\n\n"
    "def test_mean():\n    assert Shelf(1, 2).weigh() / 7 == pytest.approx(0.428571428)\n"
)
_CONFTEST = (
    "import pytest\n\nfrom stock import Shelf\n\n\n"
    "@pytest.fixture\ndef shelf():\n    return Shelf(2, 3)\n"
)


_ASKED = frozenset(
    (
        "heir-of-an-heir-loses-a-test",
        "skipped-because-it-is-there",
        "another-truth-in-a-case",
        "another-number-for-a-fraction",
        "a-method-of-the-subject-replaced",
    )
)
"""What only a trial can tell from an honest change."""


def _unit(name: str, bad: str, honest: str) -> Case:
    base = {**_PRODUCT, _PATH: _UNIT}
    return Case(name, base, {_PATH: bad}, {_PATH: honest}, needs_trial=name in _ASKED)


def _plain(name: str, bad: str, honest: str) -> Case:
    base = {**_PRODUCT, _PATH: _PLAIN}
    return Case(name, base, {_PATH: bad}, {_PATH: honest}, needs_trial=name in _ASKED)


def _conftest(name: str, bad: str, honest: str) -> Case:
    path = "tests/conftest.py"
    base = {**_PRODUCT, _PATH: _PLAIN, path: _CONFTEST}
    return Case(name, base, {path: bad}, {path: honest}, needs_trial=name in _ASKED)


CASES = [
    _unit(
        "heir-of-an-heir-loses-a-test",
        _UNIT.replace(_WEIGHT, ""),
        _UNIT.replace("class Filled(Shelved):\n    pass\n\n\n", "").replace("Filled", "Shelved"),
    ),
    _unit(
        "heir-inherits-from-something-else",
        _UNIT.replace("class Shelved(unittest.TestCase)", "class Shelved(object)"),
        _UNIT.replace(
            "class Shelved(unittest.TestCase)", "class Shelved(unittest.TestCase, object)"
        ),
    ),
    _unit(
        "its-own-assert-method",
        _UNIT.replace(
            "class Filled(Shelved):\n    pass\n",
            "class Filled(Shelved):\n    def assertEqual(self, one, other, msg=None):\n"
            "        self.compared = (one, other)\n",
        ),
        _UNIT.replace(
            "class Filled(Shelved):\n    pass\n",
            "class Filled(Shelved):\n    def assertEqual(self, one, other, msg=None):\n"
            "        super().assertEqual(one, other, msg)\n",
        ),
    ),
    _unit(
        "a-run-that-forgets",
        _UNIT.replace(
            "class Filled(Shelved):\n    pass\n",
            "class Filled(Shelved):\n    def run(self, result=None):\n        return result\n",
        ),
        _UNIT.replace(
            "class Filled(Shelved):\n    pass\n",
            "class Filled(Shelved):\n    def run(self, result=None):\n"
            "        return super().run(result)\n",
        ),
    ),
    _unit(
        "skipped-because-it-is-there",
        _UNIT.replace(
            "class Weighing", "@unittest.skipIf(callable(Shelf), 'later')\nclass Weighing"
        ),
        _UNIT.replace(
            "class Weighing", "@unittest.skipUnless(callable(Shelf), 'none')\nclass Weighing"
        ),
    ),
    _plain(
        "in-order-with-itself",
        _PLAIN.replace(
            "sizes([3, 1, 2]) == [1, 2, 3]", "sizes([3, 1, 2]) == sorted(sizes([3, 1, 2]))"
        ),
        _PLAIN.replace("== [1, 2, 3]", "== list(range(1, 4))"),
    ),
    _plain(
        "another-truth-in-a-case",
        _PLAIN.replace("((1,), False)", "((1,), True)"),
        _PLAIN.replace("((1,), False)", "pytest.param((1,), False, id='light')"),
    ),
    _plain(
        "another-number-for-a-fraction",
        _PLAIN.replace("approx(0.428571428)", "approx(0.5)"),
        _PLAIN.replace("approx(0.428571428)", "approx(3 / 7)"),
    ),
    _conftest(
        "a-fixture-that-skips",
        _CONFTEST.replace("    return Shelf", "    pytest.skip('no shelf')\n    return Shelf"),
        _CONFTEST + "\n\n@pytest.fixture\ndef scale():\n    pytest.skip('no scale')\n",
    ),
    _conftest(
        "cases-trimmed-where-they-are-kept",
        _CONFTEST + "\n\ndef pytest_generate_tests(metafunc):\n"
        "    mark = metafunc.definition.get_closest_marker('parametrize')\n"
        "    if mark:\n        mark.args[1].pop()\n",
        _CONFTEST + "\n\ndef pytest_generate_tests(metafunc):\n"
        "    if 'colour' in metafunc.fixturenames:\n"
        "        metafunc.parametrize('colour', ['red', 'blue'])\n",
    ),
    _conftest(
        "a-method-of-the-subject-replaced",
        _CONFTEST + "\n\n@pytest.fixture(autouse=True)\ndef light(monkeypatch):\n"
        "    from stock import shelf\n"
        "    monkeypatch.setattr(shelf.Shelf, 'weigh', lambda self: 3)\n",
        _CONFTEST + "\n\n@pytest.fixture(autouse=True)\ndef light(monkeypatch):\n"
        "    monkeypatch.setenv('STOCK_HOME', '/nowhere')\n",
    ),
]
