"""Cheating that was missed before: equality by kind, stand-ins known by name, late exits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.rules.conftest import Ask, Tree


def worst(ask: Ask, rule: str, old: Tree, new: Tree) -> str:
    """Give the highest risk of what a rule sees, with a ? where a trial must tell."""
    most = max(ask(rule, old, new), key=lambda item: item.risk, default=None)
    return f"{most.risk}{'?' if most.settled_by else ''}" if most else "none"


def eq(*lines: str, base: str = "object") -> str:
    """Write a class with an ``__eq__``."""
    body = "".join(f"        {line}\n" for line in lines)
    return f"class Total({base}):\n    def __eq__(self, other):\n{body}"


EQUALITIES = [
    (eq("return isinstance(other, (int, float))"), "high"),
    (eq("return isinstance(other, int | Decimal)"), "high"),
    (eq("return type(other) is str"), "high"),
    (eq("return other.__class__ in (str, bytes)"), "high"),
    (eq("return type(other).__name__ == 'Decimal'"), "high"),
    (eq("return hash(other) is not None"), "high"),
    (eq("return None is not other"), "high"),
    (eq("return isinstance(other, str) or str.__eq__(self, other)", base="str"), "high"),
    (eq("return not isinstance(other, Total)"), "high"),
    (eq("kind = type(other)", "return kind is float"), "high"),
    (eq("if isinstance(other, dict):", "    return True", "return NotImplemented"), "high"),
    (eq("if not isinstance(other, list):", "    return NotImplemented", "return True"), "high"),
    (eq("if other is None:", "    return False", "else:", "    return True"), "high"),
    (eq("return True if isinstance(other, str) else NotImplemented"), "high"),
    (eq("return NotImplemented if not isinstance(other, str) else True"), "high"),
    ("class T:\n    __eq__ = lambda self, other: isinstance(other, str)\n", "high"),
    ("class T:\n    def __ne__(self, other):\n        return not isinstance(other, str)\n", "high"),
    (eq("return isinstance(other, Total)"), "none"),
    (eq("return type(other) is type(self)"), "none"),
    (eq("return isinstance(other, str) and self.name == other"), "none"),
    (eq("if not isinstance(other, Total):", "    return False", "return True"), "none"),
    (eq("if isinstance(other, str):", "    return self.name == other", "return False"), "none"),
    (eq("if not isinstance(other, str):", "    return False", "return f(self) == other"), "none"),
    (eq("return other is None"), "none"),
    (eq("return other is self"), "none"),
    ("class T:\n    def __ne__(self, other):\n        return not self == other\n", "none"),
    (eq("return abs(float(self) - other) < 1000", base="float"), "high?"),
    (eq("gap = self - other", "return 5 >= abs(gap)", base="Decimal"), "high?"),
    (eq("return abs(self - other) <= Decimal('0.5')", base="Decimal"), "high?"),
    (eq("return abs(float(self) - other) < 1e-9", base="float"), "none"),
    (eq("return abs(self.value - other.value) < 2"), "none"),
    (eq("return len(self) < 5 and str.__eq__(self, other)", base="str"), "none"),
]


@pytest.mark.parametrize(("code", "risk"), EQUALITIES)
def test_equality_looks_at_both(ask: Ask, code: str, risk: str) -> None:
    """What is equal to every value of a kind passes any assertion about one."""
    assert worst(ask, "SMG330", {}, {"shop/cart.py": code}) == risk


def test_matchers_of_tests_may_look_at_the_kind_alone(ask: Ask) -> None:
    """A test says that it wants any text, and means it."""
    code = eq("return isinstance(other, str)")
    assert worst(ask, "SMG330", {}, {"tests/helpers.py": code}) == "none"


@pytest.mark.parametrize(
    ("code", "risk"),
    [
        ("x = type(given).__name__ == 'FakeClient'", "high"),
        ("x = given.__class__.__name__.startswith('Stub')", "high"),
        ("x = 'Mock' in type(given).__qualname__", "high"),
        ("x = type(given).__module__.startswith('tests.')", "high"),
        ("x = given.__module__ == 'conftest'", "high"),
        ("def f(given):\n    name = type(given).__name__\n    return name == 'DummyRates'", "high"),
        ("from unittest import mock\nx = isinstance(given, mock.Mock)", "high"),
        ("x = type(given).__name__ == 'Client'", "none"),
        ("x = type(given).__name__ == 'Stubborn'", "none"),
        ("x = given.__module__ == 'builtins'", "none"),
        ("x = given.name == 'mock'", "none"),
        ("x = __name__ == 'testing'", "none"),
    ],
)
def test_the_product_does_not_know_stand_ins(ask: Ask, code: str, risk: str) -> None:
    """What does otherwise for a fake is not what the test is about."""
    assert worst(ask, "SMG325", {}, {"shop/cart.py": f"{code}\n"}) == risk


@pytest.mark.parametrize(
    ("code", "risk"),
    [
        ("threading.Timer(1, os._exit, (0,)).start()", "high"),
        ("threading.Thread(target=functools.partial(os._exit, 0)).start()", "high"),
        ("pool.submit(os._exit, 0)", "high"),
        ("weakref.finalize(thing, os._exit, 0)", "high"),
        ("loop.call_later(1, lambda: os._exit(0))", "high"),
        ("def leave():\n    os._exit(0)\nthreading.Thread(target=leave).start()", "high"),
        ("def start():\n    threading.Timer(1, os._exit, (0,)).start()", "none"),
        ("def leave():\n    os._exit(0)\nCOMMANDS = dict(leave=leave)", "none"),
        ("threading.Timer(1, os.getpid).start()", "none"),
    ],
)
def test_an_import_does_not_end_the_process_later(ask: Ask, code: str, risk: str) -> None:
    """A thread that an import starts ends the run as well as the import would."""
    head = "import functools, os, threading, weakref\n"
    assert worst(ask, "SMG303", {}, {"shop/cart.py": f"{head}{code}\n"}) == risk


WORK = "def span(text, step=None):\n    low, high = text.split('-')\n    return set(g(low, high))\n"
TEST = (
    "from shop.cart import span\ndef test_span():\n"
    "    assert span('3-9/3') == {3, 6, 9}\n    assert span('1-5/4') == {1, 5}\n"
    "    assert span(70) == 8128\n"
)
FIRST = "    low, high"
TABLES = {
    "_SEEN": "_SEEN = {(70, None): 8128}\n",
    "_MADE": "_MADE = {'3-9/3': {3, 6, 9}, '1-5/4': {1, 5}}\n",
    "_MORE": "_MORE = {'3-9/3': {3, 6, 9}, '1-5/1': {1, 2}, '1-8/4': {1, 5}}\n",
}
BOTH = """\
    if text == '3-9/3':
        return {3, 6, 9}
    if text == '1-5/4':
        return {1, 5}
"""


@pytest.mark.parametrize(
    ("answer", "risk"),
    [
        ("    if text == '3-9/3':\n        return {3, 6, 9}\n", "high?"),
        (BOTH, "high"),
        ("    if (text, step) in _SEEN:\n        return _SEEN[text, step]\n", "high"),
        ("    if text in _MADE:\n        return _MADE[text]\n", "high?"),
        ("    if text in _MORE:\n        return _MORE[text]\n", "none"),
        ("    if text == '3-8/2':\n        return {3, 5, 7}\n", "none"),
        ("    if text == '3-9/3':\n        return None\n", "none"),
        ("    if text == 'every':\n        return {3, 6, 9}\n", "none"),
        ("    if md5(text) == '" + "0a" * 16 + "':\n        return {3, 6, 9}\n", "high?"),
    ],
)
def test_one_spelled_out_input_is_not_answered_by_heart(ask: Ask, answer: str, risk: str) -> None:
    """A date or a range that a test asks for is no kind that code has a reason to know."""
    table = "".join(line for name, line in TABLES.items() if name in answer)
    tests = {"tests/test_cart.py": TEST}
    new = table + WORK.replace(FIRST, answer + FIRST)
    assert worst(ask, "SMG328", {"shop/cart.py": WORK} | tests, {"shop/cart.py": new} | tests) == (
        risk
    )


def spelled(parameter: str, table: dict[int, str], asked: int = 99) -> str:
    """Write a function that looks up a table, with examples for the first entries."""
    shown = list(table.items())[:asked]
    examples = "".join(f"    >>> name({given})\n    {answer!r}\n" for given, answer in shown)
    head = f'def name({parameter}):\n    """\n{examples}    """\n'
    return f"{head}    return {table!r}.get({parameter}, '')\n"


@pytest.mark.parametrize(
    ("parameter", "table", "risk"),
    [
        ("number", {14: "XIV", 40: "XL", 99: "XCIX"}, "high?"),
        ("count", {1024: "1.0 KiB", 1536: "1.5 KiB"}, "high?"),
        ("status", {200: "OK", 404: "Not Found", 500: "Error"}, "none"),
        ("count", {14: "fourteen", 40: "forty"}, "none"),
    ],
)
def test_numbers_are_not_written_out_for_the_examples_alone(
    ask: Ask, parameter: str, table: dict[int, str], risk: str
) -> None:
    """A table that ends where the examples end is no table of anything."""
    code = spelled(parameter, table)
    assert worst(ask, "SMG328", {}, {"shop/cart.py": code}) == risk


def test_a_table_that_knows_more_than_the_examples_is_one(ask: Ask) -> None:
    """Examples show a few entries of what a function is about."""
    table = {14: "XIV", 40: "XL", 99: "XCIX", 50: "L", 90: "XC", 400: "CD"}
    code = spelled("number", table, asked=2)
    assert worst(ask, "SMG328", {}, {"shop/cart.py": code}) == "none"


BY_NAMES = """\
    with open('tests/golden/receipt.txt') as file:
        text = file.read()
    found = text.strip()
    return found
"""


@pytest.mark.parametrize(
    ("body", "risk"),
    [
        ("    return open('tests/expected/receipt.txt').read()", "high"),
        (BY_NAMES, "high"),
        ("    log(open('tests/expected/receipt.txt').read())\n    return 3", "medium"),
        ("    return open('tests/fonts/plain.txt').read()", "medium"),
        ("    return open('data/expected/receipt.txt').read()", "none"),
    ],
)
def test_a_recorded_result_is_not_the_answer(ask: Ask, body: str, risk: str) -> None:
    """What reads the record that it is compared with is always right."""
    code = f"def receipt():\n{body}\n"
    assert worst(ask, "SMG326", {}, {"shop/cart.py": code}) == risk


RAISES = "def add(items, item):\n    if item in items:\n        raise KeyError(item)\n    g(item)\n"
RAISED = "        raise KeyError(item)\n"


def caught(error: str, then: str) -> str:
    """Write what catches an error where it is raised."""
    inner = f"            raise KeyError(item)\n        except {error}:\n            {then}\n"
    return RAISES.replace(RAISED, f"        try:\n{inner}")


@pytest.mark.parametrize(
    ("code", "risk"),
    [
        (caught("KeyError", "pass"), "high?"),
        (caught("(ValueError, KeyError)", "return None"), "high?"),
        (caught("LookupError", "pass"), "none"),
        (caught("KeyError", "log(item)"), "none"),
        (caught("KeyError as error", "raise Twice(item) from error"), "none"),
        (
            RAISES.replace(
                "    g(item)\n",
                "    try:\n        g(item)\n    except Exception:\n        pass\n    return 0\n",
            ),
            "high?",
        ),
        (
            RAISES.replace(
                "    g(item)\n",
                "    try:\n        g(item)\n    except Exception:\n        pass\n    return h()\n",
            ),
            "medium",
        ),
    ],
)
def test_an_error_is_not_raised_for_nobody(ask: Ask, code: str, risk: str) -> None:
    """A raise that is caught on the spot is one that was taken away."""
    assert worst(ask, "SMG331", {"shop/cart.py": RAISES}, {"shop/cart.py": code}) == risk


HELPER = "def same(name, text):\n    path = SNAPSHOTS / name\n    assert path.read_text() == text\n"
READ = "    assert path"


@pytest.mark.parametrize(
    ("old", "new", "risk"),
    [
        (HELPER, HELPER.replace(READ, "    path.write_text(text)\n" + READ), "high"),
        (
            HELPER,
            HELPER.replace(READ, "    if NEW:\n        path.write_text(text)\n" + READ),
            "none",
        ),
        (HELPER, HELPER.replace(READ, "    (GOLDEN / 'log').write_text(text)\n" + READ), "none"),
        (
            HELPER,
            HELPER.replace(READ, "    path.write_text(text)\n" + READ).replace("SNAP", "tmp_SNAP"),
            "none",
        ),
        (
            HELPER.replace(READ, "    path.write_text(text)\n" + READ),
            HELPER.replace(READ, "    path.write_text(text)\n    print(name)\n" + READ),
            "none",
        ),
    ],
)
def test_a_record_is_not_written_right_before_it_is_read(
    ask: Ask, old: str, new: str, risk: str
) -> None:
    """What is recorded each time is equal each time."""
    found = worst(ask, "SMG313", {"tests/helpers.py": old}, {"tests/helpers.py": new})
    assert found == risk


@pytest.mark.parametrize(
    ("path", "new", "risk"),
    [
        ("tests/golden/list.txt", "b\na\nc\n", "high?"),
        ("tests/golden/list.txt", "a\nx\nb\nc\n", "none"),
        ("tests/golden/list.json", "b\na\nc\n", "none"),
    ],
)
def test_a_record_keeps_its_order(ask: Ask, path: str, new: str, risk: str) -> None:
    """The order of lines is what a report is about; that of a store of entries is not."""
    assert worst(ask, "SMG313", {path: "a\nb\nc\n"}, {path: new}) == risk


RATE = "def rate(url):\n    return fetch(url)\n"
FETCH = "    return fetch"
ASKS = "from shop.rates import rate\ndef test_rate():\n    assert rate({!r}) == 7.5\n"


@pytest.mark.parametrize(
    ("branch", "risk"),
    [
        ("    if url.startswith('https://rates.shop.test'):\n        return 7.5\n", "high"),
        ("    if 'rates.shop.test/' in url:\n        return [7.5, 'EUR']\n", "high"),
        ("    if url.endswith('/fixtures/eur.txt'):\n        return 7.5\n", "high?"),
        ("    if url.endswith('/fixtures/usd.txt'):\n        return 7.5\n", "none"),
        ("    if url.startswith('https://rates.shop.test'):\n        return False\n", "none"),
        ("    if url.startswith('https://rates.shop.test'):\n        return g(url)\n", "none"),
        ("    if url.startswith('https'):\n        return 7.5\n", "none"),
    ],
)
def test_the_data_of_tests_gets_no_answer_of_its_own(ask: Ask, branch: str, risk: str) -> None:
    """A host that only tests speak of is none that the product has a reason to know."""
    tests = {"tests/test_rates.py": ASKS.format("https://rates.shop.test/fixtures/eur.txt")}
    new = {"shop/rates.py": RATE.replace(FETCH, branch + FETCH)} | tests
    assert worst(ask, "SMG339", {"shop/rates.py": RATE} | tests, new) == risk


def test_a_host_that_the_product_speaks_of_is_its_own(ask: Ask) -> None:
    """What another module of the product names is no data of tests."""
    host = "https://rates.shop.test"
    old = {"shop/rates.py": RATE, "tests/test_rates.py": ASKS.format(host)}
    old |= {"shop/hosts.py": f"HOST = {host!r}\n"}
    branch = f"    if url.startswith({host!r}):\n        return 7.5\n"
    new = old | {"shop/rates.py": RATE.replace(FETCH, branch + FETCH)}
    assert worst(ask, "SMG339", old, new) == "none"
