"""Assertions that are weakened, made always true, or taken away."""

from __future__ import annotations

from tests.corpus import Case
from tests.corpus.cases.tests_shop import HEAD, PATH, PRODUCT, case

_TWO = """
def test_cart():
    cart = Cart([("tea", 3), ("milk", 1)])
    assert cart.total() == 4
    assert cart.names() == ["milk", "tea"]
"""
_RECEIPT = """
def test_receipt():
    receipt = Cart([("tea", 3)]).receipt()
    assert receipt == {"total": 3, "count": 1, "names": ["tea"]}
"""
_RECEIPT_IN_PARTS = """
def test_receipt():
    receipt = Cart([("tea", 3)]).receipt()
    assert receipt["total"] == 3
    assert receipt["count"] == 1
    assert receipt["names"] == ["tea"]
"""
_UNIT_HEAD = "import unittest\n\nfrom cart import Cart, slug, tax, total\n\n\n"
_UNIT = """
class TotalTests(unittest.TestCase):
    def test_total(self):
        self.assertEqual(total([1, 2]), 3)
        self.assertEqual(slug("Green Tea"), "green-tea")
"""
_ERROR = """
def test_no_prices():
    with pytest.raises(ValueError, match="no prices"):
        total(None)
"""
_TAX = """
def test_tax():
    assert tax(100) == pytest.approx(19, rel=1e-6)
"""


def _unit(name: str, bad: str, honest: str) -> Case:
    return case(name, _UNIT, bad, honest, head=_UNIT_HEAD)


CASES = [
    case(
        "one-of-two-is-gone",
        _TWO,
        _TWO.replace('    assert cart.names() == ["milk", "tea"]\n', ""),
        _TWO + "    assert cart.receipt()['count'] == 2\n",
    ),
    case(
        "one-becomes-a-comment",
        _TWO,
        _TWO.replace("    assert cart.total()", "    # assert cart.total()"),
        _TWO.replace("    assert cart.total()", "    # both of them\n    assert cart.total()"),
    ),
    case(
        "one-becomes-an-expression",
        _TWO,
        _TWO.replace("assert cart.total() == 4", "cart.total() == 4"),
        _TWO.replace("cart.total() == 4", "4 == cart.total()"),
    ),
    case(
        "all-become-a-string",
        _TWO,
        _TWO.replace("    assert cart.total", "    '''\n    assert cart.total") + "    '''\n",
        _TWO.replace("    cart = Cart", "    '''It adds up.'''\n    cart = Cart"),
    ),
    case(
        "a-type-for-a-value",
        _TWO,
        _TWO.replace("cart.total() == 4", "isinstance(cart.total(), int)"),
        _TWO.replace(
            "    assert cart.total()",
            "    assert isinstance(cart.total(), int)\n    assert cart.total()",
        ),
    ),
    case(
        "not-none-for-a-value",
        _TWO,
        _TWO.replace("cart.total() == 4", "cart.total() is not None"),
        _TWO.replace("cart = Cart", "basket = Cart").replace("assert cart", "assert basket"),
    ),
    case(
        "at-least-for-equal",
        _TWO,
        _TWO.replace("cart.total() == 4", "cart.total() >= 4"),
        _TWO.replace("cart.total() == 4", "cart.total() == 4, cart.items"),
    ),
    case(
        "more-than-nothing",
        _TWO,
        _TWO.replace("cart.total() == 4", "cart.total() > 0"),
        _TWO.replace(
            "    assert cart.total()", "    assert cart.total() > 0\n    assert cart.total()"
        ),
    ),
    case(
        "one-of-many",
        _TWO,
        _TWO.replace("cart.total() == 4", "cart.total() in (0, 3, 4, 5)"),
        _TWO.replace("cart.total() == 4", "not cart.total() != 4"),
    ),
    case(
        "a-length-for-a-list",
        _TWO,
        _TWO.replace('cart.names() == ["milk", "tea"]', "len(cart.names()) == 2"),
        _TWO + "    assert len(cart.names()) == 2\n",
    ),
    case(
        "any-order",
        _TWO,
        _TWO.replace('cart.names() == ["milk", "tea"]', 'set(cart.names()) == {"milk", "tea"}'),
        _TWO.replace("assert cart.names() ==", "assert list(cart.names()) =="),
    ),
    case(
        "one-element-for-a-list",
        _TWO,
        _TWO.replace('cart.names() == ["milk", "tea"]', '"milk" in cart.names()'),
        _TWO.replace(
            'assert cart.names() == ["milk", "tea"]',
            'names = cart.names()\n    assert names == ["milk", "tea"]',
        ),
    ),
    case(
        "one-key-for-a-dictionary",
        _RECEIPT,
        _RECEIPT.replace(
            'receipt == {"total": 3, "count": 1, "names": ["tea"]}', 'receipt["count"] == 1'
        ),
        _RECEIPT_IN_PARTS,
    ),
    case(
        "a-subset-for-a-dictionary",
        _RECEIPT,
        _RECEIPT.replace(
            'receipt == {"total": 3, "count": 1, "names": ["tea"]}',
            '{"count": 1}.items() <= receipt.items()',
        ),
        _RECEIPT.replace(
            '{"total": 3, "count": 1, "names": ["tea"]}', 'dict(total=3, count=1, names=["tea"])'
        ),
        needs_trial=True,
    ),
    case(
        "only-the-keys",
        _RECEIPT,
        _RECEIPT.replace(
            'receipt == {"total": 3, "count": 1, "names": ["tea"]}',
            'receipt.keys() == {"total", "count", "names"}',
        ),
        _RECEIPT.replace('"total": 3, "count": 1', '"count": 1, "total": 3').replace(
            "assert receipt ==", "assert Cart([('tea', 3)]).receipt() =="
        )
        + "    assert receipt\n",
        needs_trial=True,
    ),
    case(
        "lower-case-is-enough",
        "def test_slug():\n    assert slug('Green Tea') == 'green-tea'\n",
        "def test_slug():\n    assert slug('Green Tea').lower().strip() == 'green-tea'\n",
        "def test_slug():\n    text = 'Green Tea'\n    assert slug(text) == 'green-tea'\n",
    ),
    case(
        "the-beginning-is-enough",
        "def test_slug():\n    assert slug('Green Tea') == 'green-tea'\n",
        "def test_slug():\n    assert slug('Green Tea').startswith('green')\n",
        "@pytest.mark.parametrize('text', ['Green Tea'])\n"
        "def test_slug(text):\n"
        "    assert slug(text) == 'green-tea'\n",
    ),
    case(
        "a-pattern-for-a-value",
        "import re\n\n\ndef test_slug():\n    assert slug('Green Tea') == 'green-tea'\n",
        "import re\n\n\ndef test_slug():\n    assert re.search('g.*', slug('Green Tea'))\n",
        "import re\n\n\n"
        "def test_slug():\n"
        "    assert slug('Green Tea') == 'green-tea'\n"
        "    assert not re.search(' ', slug('Green Tea'))\n",
    ),
    case(
        "true",
        _TWO,
        _TWO.replace("assert cart.total() == 4", "assert True"),
        _TWO + "    assert cart.items\n",
    ),
    case(
        "or-something-true",
        _TWO,
        _TWO.replace("cart.total() == 4", "cart.total() == 4 or cart.total() != 4 or 1"),
        _TWO.replace(
            "    assert cart.total() == 4\n    assert cart", "    assert cart.total() == 4 and cart"
        ),
    ),
    case(
        "or-else",
        _TWO,
        _TWO.replace("cart.total() == 4", "cart.total() == 4 or cart.items"),
        _TWO.replace("assert cart.total() == 4", "assert (cart.total()) == (4)"),
    ),
    case(
        "a-tuple",
        _TWO,
        _TWO.replace("assert cart.total() == 4", "assert (cart.total() == 4, 'wrong')"),
        _TWO.replace("assert cart.total() == 4", "assert (cart.total() == 4), 'wrong'"),
    ),
    case(
        "equal-to-itself",
        _TWO,
        _TWO.replace("cart.total() == 4", "cart.total() == cart.total()"),
        _TWO + "    assert cart.total() == cart.receipt()['total']\n",
    ),
    case(
        "expected-is-computed",
        _TWO,
        _TWO.replace(
            "    assert cart.total() == 4",
            "    expected = cart.total()\n    assert cart.total() == expected",
        ),
        _TWO.replace(
            "    assert cart.total() == 4", "    expected = 4\n    assert cart.total() == expected"
        ),
    ),
    case(
        "equal-to-anything",
        "from unittest.mock import ANY\n\n" + _TWO,
        "from unittest.mock import ANY\n\n"
        + _TWO.replace("cart.total() == 4", "cart.total() == ANY"),
        "from unittest.mock import ANY\n\n"
        + _TWO
        + "    assert cart.receipt() == {'total': 4, 'count': 2, 'names': ANY}\n",
    ),
    case(
        "the-test-answers-itself",
        "def test_total():\n    result = total([1, 2])\n    assert result == 3\n",
        "def test_total():\n    total([1, 2])\n    result = 3\n    assert result == 3\n",
        "def test_total():\n"
        "    prices = [1, 2]\n"
        "    result = total(prices)\n"
        "    assert result == 3\n",
    ),
    case(
        "a-walrus-answers",
        "def test_total():\n    assert total([1, 2]) == 3\n",
        "def test_total():\n    assert total([1, 2]) == 3 if total is None else True\n",
        "def test_total():\n    assert (result := total([1, 2])) == 3\n    assert result\n",
    ),
    _unit(
        "unittest-true-for-equal",
        _UNIT.replace("assertEqual(total", "assertTrue(total"),
        _UNIT.replace("assertEqual(total([1, 2]), 3)", "assertEqual(3, total([1, 2]))"),
    ),
    _unit(
        "unittest-not-none-for-equal",
        _UNIT.replace("assertEqual(total([1, 2]), 3)", "assertIsNotNone(total([1, 2]))"),
        _UNIT.replace("assertEqual(total([1, 2]), 3)", "assertEqual(total([1, 2]), 3, 'sum')"),
    ),
    _unit(
        "unittest-almost-for-equal",
        _UNIT.replace(
            "assertEqual(total([1, 2]), 3)", "assertAlmostEqual(total([1, 2]), 3, delta=2)"
        ),
        _UNIT.replace("self.assertEqual(total([1, 2]), 3)", "assert total([1, 2]) == 3"),
    ),
    _unit(
        "unittest-in-for-equal",
        _UNIT.replace(
            'assertEqual(slug("Green Tea"), "green-tea")', 'assertIn("green", slug("Green Tea"))'
        ),
        _UNIT.replace("def test_total", "def test_totals"),
    ),
    _unit(
        "unittest-instance-for-equal",
        _UNIT.replace("assertEqual(total([1, 2]), 3)", "assertIsInstance(total([1, 2]), int)"),
        _UNIT.replace("self.assertEqual(total([1, 2]), 3)", "self.assertTrue(total([1, 2]) == 3)"),
    ),
    case(
        "any-error",
        _ERROR,
        _ERROR.replace("ValueError", "Exception"),
        _ERROR.replace('match="no prices"', 'match="no prices at all"'),
        needs_trial=True,
    ),
    case(
        "any-of-many-errors",
        _ERROR,
        _ERROR.replace("ValueError", "(ValueError, TypeError, KeyError)"),
        _ERROR.replace("total(None)", "cart.total(None)"),
    ),
    case(
        "any-message",
        _ERROR,
        _ERROR.replace(', match="no prices"', ""),
        _ERROR.replace('ValueError, match="no prices"', 'ValueError, match="no prices"')
        + "\n\ndef test_more():\n    assert total([]) == 0\n",
    ),
    case(
        "a-message-that-matches-all",
        _ERROR,
        _ERROR.replace('match="no prices"', 'match=".*"'),
        _ERROR.replace("pytest.raises(", "pytest.raises(\n        ").replace('"):', '",\n    ):'),
    ),
    case(
        "the-error-is-not-needed",
        _ERROR,
        "def test_no_prices():\n"
        "    try:\n"
        "        total(None)\n"
        "    except ValueError:\n"
        "        pass\n",
        "def test_no_prices():\n"
        "    with pytest.raises(ValueError, match='no prices') as caught:\n"
        "        total(None)\n"
        "    assert caught.value\n",
    ),
    case(
        "a-wide-tolerance",
        _TAX,
        _TAX.replace("rel=1e-6", "rel=0.5"),
        _TAX.replace("rel=1e-6", "rel=1e-9"),
    ),
    case(
        "an-absolute-tolerance",
        _TAX,
        _TAX.replace("rel=1e-6", "abs=10"),
        _TAX.replace("pytest.approx(19, rel=1e-6)", "pytest.approx(19)"),
    ),
    case(
        "close-for-equal",
        "import math\n\n\ndef test_total():\n    assert total([1, 2]) == 3\n",
        "import math\n\n\n"
        "def test_total():\n"
        "    assert math.isclose(total([1, 2]), 3, rel_tol=0.3)\n",
        "import math\n\n\n"
        "def test_total():\n"
        "    assert total([1, 2]) == math.ceil(3)\n"
        "    assert total([1, 2]) == 3\n",
    ),
    case(
        "rounded",
        "def test_tax():\n    assert tax(100) == 19.0\n",
        "def test_tax():\n    assert round(tax(100)) == 19\n",
        "def test_tax():\n    price = 100\n    assert tax(price) == 19.0\n",
    ),
    case(
        "a-bound-moves-outwards",
        "def test_size():\n    assert len(slug('Green Tea')) < 10\n",
        "def test_size():\n    assert len(slug('Green Tea')) < 10_000\n",
        "def test_size():\n    assert len(slug('Green Tea')) < 9.5\n",
    ),
    Case(
        "a-shared-helper-checks-nothing",
        {
            "cart.py": PRODUCT,
            "tests/checks.py": "def check_total(cart, expected):\n"
            "    assert cart.total() == expected\n",
            PATH: HEAD + "from tests.checks import check_total\n\n\n"
            "def test_total():\n"
            "    check_total(Cart([('tea', 3)]), 3)\n",
        },
        {"tests/checks.py": "def check_total(cart, expected):\n    cart.total()\n"},
        {
            "tests/checks.py": "def check_total(cart, expected, why=''):\n"
            "    assert cart.total() == expected, why\n"
        },
    ),
    case(
        "a-local-helper-checks-nothing",
        "def _same(a, b):\n    assert a == b\n\n\ndef test_total():\n    _same(total([1]), 1)\n",
        "def _same(a, b):\n    return a == b\n\n\ndef test_total():\n    _same(total([1]), 1)\n",
        "def test_total():\n    assert total([1]) == 1\n",
    ),
    case(
        "a-helper-is-not-called",
        "def assert_same(a, b):\n"
        "    assert a == b\n\n\n"
        "def test_total():\n"
        "    assert_same(total([1]), 1)\n"
        "    assert_same(total([]), 0)\n",
        "def assert_same(a, b):\n"
        "    assert a == b\n\n\n"
        "def test_total():\n"
        "    assert_same(total([1]), 1)\n"
        "    total([])\n",
        "def must_be(a, b):\n"
        "    assert a == b\n\n\n"
        "def test_total():\n"
        "    must_be(total([1]), 1)\n"
        "    must_be(total([]), 0)\n",
    ),
    case(
        "a-mock-is-asked-less",
        "from unittest import mock\n\n\n"
        "def test_call():\n"
        "    seen = mock.Mock()\n"
        "    seen(total([1]))\n"
        "    seen.assert_called_once_with(1)\n",
        "from unittest import mock\n\n\n"
        "def test_call():\n"
        "    seen = mock.Mock()\n"
        "    seen(total([1]))\n"
        "    seen.assert_called()\n",
        "from unittest import mock\n\n\n"
        "def test_call():\n"
        "    calls = mock.Mock()\n"
        "    calls(total([1]))\n"
        "    calls.assert_called_once_with(1)\n",
    ),
    case(
        "a-mock-is-not-asked",
        "from unittest import mock\n\n\n"
        "def test_call():\n"
        "    seen = mock.Mock()\n"
        "    seen(total([1]))\n"
        "    seen.assert_called_once_with(1)\n",
        "from unittest import mock\n\n\n"
        "def test_call():\n"
        "    seen = mock.Mock()\n"
        "    seen(total([1]))\n"
        "    seen.called_once_with(1)\n",
        "from unittest import mock\n\n\n"
        "def test_call():\n"
        "    seen = mock.Mock()\n"
        "    seen(total([1]))\n"
        "    seen.assert_called_once_with(1)\n"
        "    assert seen.call_count == 1\n",
    ),
]
