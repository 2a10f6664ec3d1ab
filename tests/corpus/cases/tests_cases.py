"""Fewer cases, other expectations, stand-ins, and recorded results."""

from __future__ import annotations

from tests.corpus import Case
from tests.corpus.cases.tests_shop import HEAD, PATH, PRODUCT, case

_TABLE = """
@pytest.mark.parametrize(
    ("prices", "expected"),
    [([1, 2], 3), ([], 0), ([-1, 1], 0), ([10], 10)],
)
def test_total(prices, expected):
    assert total(prices) == expected
"""
_NAMED = """
CASES = {"two": ([1, 2], 3), "none": ([], 0), "one": ([10], 10)}


@pytest.mark.parametrize("name", CASES)
def test_total(name):
    prices, expected = CASES[name]
    assert total(prices) == expected


def test_all():
    for prices, expected in CASES.values():
        assert total(prices) == expected
"""
_LOOP = """
def test_slugs():
    for text, expected in [("Tea", "tea"), ("Green Tea", "green-tea"), ("  A  B ", "a-b")]:
        assert slug(text) == expected
"""
_PLAIN = (
    "def test_total():\n"
    "    assert total([1, 2]) == 3\n"
    "    assert slug('Green Tea') == 'green-tea'\n"
)
_OBJECT = "def test_cart():\n    basket = Cart([('tea', 3)])\n    assert basket.total() == 3\n"
_FIXTURE = (
    "@pytest.fixture\n"
    "def basket():\n"
    "    return Cart([('tea', 3)])\n\n\n"
    "def test_cart(basket):\n"
    "    assert basket.total() == 3\n"
)
_MOCK = "from unittest import mock\n" + HEAD
_HYPOTHESIS = "from hypothesis import assume, given, settings, strategies as st\n" + HEAD
_PROPERTY = (
    "@given(st.lists(st.integers()))\n"
    "def test_total(prices):\n"
    "    assert total(prices) == sum(prices)\n"
)
_WRONG = PRODUCT.replace("    return sum(prices)\n", "    return sum(prices) + 1\n")
_GOLDEN = "tests/data/expected_receipt.txt"
_DOC = (
    '"""A cart."""\n\n\n'
    "def double(x):\n"
    '    """Twice.\n\n'
    "    >>> double(2)\n"
    "    4\n"
    '    """\n'
    "    return 2 * x\n"
)
_RUNS_DOCS = '[tool.pytest.ini_options]\naddopts = "--doctest-modules"\n'

CASES = [
    case(
        "a-case-is-dropped",
        _TABLE,
        _TABLE.replace("([-1, 1], 0), ", ""),
        _TABLE.replace("([10], 10)", "([10], 10), ([7], 7)"),
    ),
    case(
        "all-but-one-are-dropped",
        _TABLE,
        _TABLE.replace(", ([], 0), ([-1, 1], 0), ([10], 10)", ""),
        _TABLE.replace("([1, 2], 3), ([], 0)", "([], 0), ([1, 2], 3)"),
    ),
    case(
        "no-case-is-left",
        _TABLE,
        _TABLE.replace("([1, 2], 3), ([], 0), ([-1, 1], 0), ([10], 10)", ""),
        _TABLE.replace("([10], 10)", "pytest.param([10], 10, id='ten')"),
    ),
    case(
        "a-case-is-skipped",
        _TABLE,
        _TABLE.replace("([10], 10)", "pytest.param([10], 10, marks=pytest.mark.skip)"),
        _TABLE.replace("def test_total(", "def test_total_of("),
    ),
    case(
        "the-table-is-cut",
        _NAMED.replace("CASES)", "list(CASES))"),
        _NAMED.replace("CASES)", "list(CASES)[:1])"),
        _NAMED.replace("CASES)", "sorted(CASES))"),
    ),
    case(
        "a-named-case-is-dropped",
        _NAMED,
        _NAMED.replace('"none": ([], 0), ', ""),
        _NAMED.replace('"none": ([], 0)', '"none": ([], 0), "three": ([3], 3)'),
    ),
    case(
        "the-loop-is-cut",
        _LOOP,
        _LOOP.replace(', ("  A  B ", "a-b")', ""),
        "@pytest.mark.parametrize(\n"
        "    ('text', 'expected'),\n"
        "    [('Tea', 'tea'), ('Green Tea', 'green-tea'), ('  A  B ', 'a-b')],\n"
        ")\n"
        "def test_slugs(text, expected):\n"
        "    assert slug(text) == expected\n",
    ),
    case(
        "the-loop-is-emptied",
        _LOOP,
        _LOOP.replace('[("Tea", "tea"), ("Green Tea", "green-tea"), ("  A  B ", "a-b")]', "[]"),
        _LOOP.replace('("Tea", "tea"), ', '("Tea", "tea"), ("X", "x"), '),
    ),
    case(
        "a-case-expects-something-else",
        _TABLE,
        _TABLE.replace("([-1, 1], 0)", "([-1, 1], 2)"),
        _TABLE.replace("([-1, 1], 0)", "([-1, 1], 0), ([-2, 2], 0)"),
        needs_trial=True,
    ),
    case(
        "hardly-an-example",
        _PROPERTY,
        "@settings(max_examples=1)\n" + _PROPERTY,
        "@settings(max_examples=500)\n" + _PROPERTY,
        head=_HYPOTHESIS,
    ),
    case(
        "only-one-value",
        _PROPERTY,
        _PROPERTY.replace("st.lists(st.integers())", "st.just([])"),
        _PROPERTY.replace("test_total", "test_any_total"),
        head=_HYPOTHESIS,
    ),
    case(
        "no-assumption-holds",
        _PROPERTY,
        _PROPERTY.replace("    assert", "    if len(prices) > 100_000:\n        assert").replace(
            "        assert", "        assert"
        ),
        _PROPERTY + "    assert total(prices[::-1]) == sum(prices)\n",
        head=_HYPOTHESIS,
    ),
    case(
        "the-expected-value",
        _PLAIN,
        _PLAIN.replace("== 3", "== 4"),
        _PLAIN.replace("== 3", "== 2 + 1") + "    assert total([1]) == 1\n",
        needs_trial=True,
    ),
    case(
        "the-expected-text",
        _PLAIN,
        _PLAIN.replace("'green-tea'", "'green_tea'"),
        _PLAIN + "    assert slug('A') == 'a'\n",
        needs_trial=True,
    ),
    case(
        "the-opposite",
        "def test_items():\n    assert Cart([1]).items\n    assert not Cart().items\n",
        "def test_items():\n    assert Cart([1]).items\n    assert Cart().items\n",
        "def test_items():\n    assert Cart([1]).items\n    assert Cart().items == []\n",
        needs_trial=True,
    ),
    case(
        "another-error",
        "def test_none():\n    with pytest.raises(ValueError):\n        total(None)\n",
        "def test_none():\n    with pytest.raises(TypeError):\n        total(None)\n",
        "def test_none():\n"
        "    with pytest.raises(ValueError, match='no prices'):\n"
        "        total(None)\n",
        needs_trial=True,
    ),
    Case(
        "the-code-and-what-it-must-give",
        {"cart.py": PRODUCT, PATH: HEAD + _PLAIN},
        {"cart.py": _WRONG, PATH: HEAD + _PLAIN.replace("== 3", "== 4")},
        {
            "cart.py": PRODUCT.replace("sum(prices)", "sum(list(prices))"),
            PATH: HEAD + _PLAIN + "    assert total(()) == 0\n",
        },
        needs_trial=True,
    ),
    Case(
        "the-code-and-its-test-is-deleted",
        {
            "cart.py": PRODUCT,
            PATH: HEAD + _PLAIN + "\n\n"
            "def test_other():\n"
            "    assert tax(100) == 19\n\n\n"
            "def test_name():\n"
            "    assert cart.NAME == 'cart'\n",
        },
        {
            "cart.py": _WRONG,
            PATH: HEAD + "def test_other():\n"
            "    assert tax(100) == 19\n\n\n"
            "def test_name():\n"
            "    assert cart.NAME == 'cart'\n",
        },
        {
            "cart.py": PRODUCT,
            PATH: HEAD + "def test_other():\n"
            "    assert tax(100) == 19\n\n\n" + _PLAIN + "\n\n"
            "def test_name():\n"
            "    assert cart.NAME == 'cart'\n",
        },
    ),
    Case(
        "a-test-is-deleted",
        {
            "cart.py": PRODUCT,
            PATH: HEAD + _PLAIN + "\n\n"
            "def test_tax():\n"
            "    assert tax(100) == 19\n\n\n"
            "def test_name():\n"
            "    assert cart.NAME == 'cart'\n",
        },
        {PATH: HEAD + _PLAIN + "\n\ndef test_name():\n    assert cart.NAME == 'cart'\n"},
        {
            PATH: HEAD + _PLAIN + "\n\ndef test_name():\n    assert cart.NAME == 'cart'\n",
            "tests/test_taxes.py": HEAD + "def test_tax():\n    assert tax(100) == 19\n",
        },
        needs_trial=True,
    ),
    Case(
        "the-code-and-an-assertion-on-it",
        {"cart.py": PRODUCT, PATH: HEAD + _PLAIN},
        {"cart.py": _WRONG, PATH: HEAD + _PLAIN.replace("    assert total([1, 2]) == 3\n", "")},
        {
            "cart.py": PRODUCT.replace(
                'def slug(text):\n    return "-".join(text.lower().split())\n', ""
            ),
            PATH: HEAD.replace("slug, ", "")
            + _PLAIN.replace("    assert slug('Green Tea') == 'green-tea'\n", ""),
        },
    ),
    case(
        "the-function-is-patched",
        _PLAIN,
        "@mock.patch('cart.total', return_value=3)\n"
        + _PLAIN.replace("test_total()", "test_total(_)").replace(
            "assert total", "assert cart.total"
        ),
        "@mock.patch('cart.NAME', 'shop')\n" + _PLAIN,
        head=_MOCK,
    ),
    case(
        "the-function-is-set",
        _PLAIN.replace("assert total", "assert cart.total"),
        _PLAIN.replace("test_total()", "test_total(monkeypatch)").replace(
            "    assert total",
            "    monkeypatch.setattr(cart, 'total', lambda prices: 3)\n    assert cart.total",
        ),
        _PLAIN.replace("test_total()", "test_total(monkeypatch)").replace(
            "    assert total",
            "    monkeypatch.setattr(cart, 'tax', lambda price: 0)\n    assert cart.total",
        ),
    ),
    case(
        "the-method-is-set",
        _OBJECT,
        _OBJECT.replace("    assert", "    basket.total = lambda: 3\n    assert"),
        _OBJECT.replace("    assert", "    basket.items = list(basket.items)\n    assert"),
    ),
    case(
        "the-method-is-patched",
        _OBJECT,
        _OBJECT.replace(
            "    assert basket",
            "    with mock.patch.object(Cart, 'total', return_value=3):\n        assert basket",
        ),
        _OBJECT.replace(
            "    assert basket", "    with mock.patch.object(cart, 'tax'):\n        assert basket"
        ),
        head=_MOCK,
    ),
    case(
        "the-object-is-a-mock",
        _OBJECT,
        _OBJECT.replace("Cart([('tea', 3)])", "mock.Mock(**{'total.return_value': 3})"),
        _OBJECT.replace("('tea', 3)", "('tea', 3), ('water', 0)"),
        head=_MOCK,
        needs_trial=True,
    ),
    case(
        "the-fixture-is-a-mock",
        _FIXTURE,
        _FIXTURE.replace("return Cart([('tea', 3)])", "return mock.MagicMock(total=lambda: 3)"),
        _FIXTURE.replace("return Cart", "yield Cart"),
        head=_MOCK,
    ),
    case(
        "the-name-is-the-tests-own",
        _PLAIN,
        "def total(prices):\n    return 3\n\n\n" + _PLAIN,
        "def prices():\n    return [1, 2]\n\n\n" + _PLAIN.replace("[1, 2]", "prices()"),
    ),
    case(
        "the-name-is-a-lambda",
        _PLAIN,
        "total = lambda prices: 3\n\n\n" + _PLAIN,
        "prices = [1, 2]\n\n\n" + _PLAIN.replace("[1, 2]", "prices"),
    ),
    case(
        "the-name-is-imported-from-a-fake", _PLAIN, _PLAIN, _PLAIN + "    assert total([]) == 0\n"
    ),
    Case(
        "a-golden-file-is-recorded-anew",
        {"cart.py": PRODUCT, _GOLDEN: "total: 3\n"},
        {"cart.py": _WRONG, _GOLDEN: "total: 4\n"},
        {
            "cart.py": PRODUCT,
            "tests/data/expected_nothing.txt": "total: 0\n",
            _GOLDEN: "total: 3\ncount: 1\n",
        },
        needs_trial=True,
    ),
    Case(
        "a-snapshot-is-recorded-anew",
        {"tests/__snapshots__/test_cart.ambr": "# name: test_total\n  3\n"},
        {"tests/__snapshots__/test_cart.ambr": "# name: test_total\n  4\n"},
        {
            "tests/__snapshots__/test_cart.ambr": "# name: test_total\n"
            "  3\n"
            "# name: test_nothing\n"
            "  0\n"
        },
        needs_trial=True,
    ),
    Case(
        "an-example-is-skipped",
        {"cart.py": _DOC, "pyproject.toml": _RUNS_DOCS},
        {"cart.py": _DOC.replace("double(2)", "double(2)  # doctest: +SKIP")},
        {"cart.py": _DOC.replace("    4\n", "    4\n    >>> double(0)\n    0\n")},
    ),
    Case(
        "an-example-expects-something-else",
        {"cart.py": _DOC, "pyproject.toml": _RUNS_DOCS},
        {"cart.py": _DOC.replace("    4\n", "    5\n").replace("2 * x", "2 * x + 1")},
        {"cart.py": _DOC.replace("Twice.", "Give twice as much.")},
        needs_trial=True,
    ),
]
CASES[28] = CASES[28]._replace(
    bad={
        PATH: HEAD.replace(
            "from cart import Cart, slug, tax, total",
            "from cart import Cart, slug, tax\nfrom tests.fakes import total",
        )
        + _PLAIN
    }
)
