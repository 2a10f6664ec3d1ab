"""Tests that vanish, and tests that only seem to."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.model import SYMLINK, Blob, Finding, Risk

if TYPE_CHECKING:
    from tests.rules.conftest import Ask

RULE = "SMG301"
PATH = "tests/test_cart.py"
HEAD = "import pytest\nimport unittest\nimport cart\n\n"
TOTAL = "def test_total():\n    assert cart.total([1, 2]) == 3\n    assert cart.total([5]) == 5\n\n"
EMPTY = "def test_empty():\n    assert cart.total([]) == 0\n\n"
IN_CLASS = "class TestCart:\n    def test_total(self):\n        assert cart.total([1, 2]) == 3\n"
IN_CASE = """\
class Carts(unittest.TestCase):
    def test_total(self):
        self.assertEqual(cart.total([1]), 1)
"""
PRODUCT = "def total(items):\n    return sum(items)\n"
LEGACY = "def discount(price, rate=1):\n    return price * rate\n"

ATTACKS = {
    "deleted from its file": (HEAD + TOTAL + EMPTY, HEAD + EMPTY),
    "commented out": (
        HEAD + TOTAL + EMPTY,
        HEAD + "# " + TOTAL.replace("\n", "\n# ") + "\n" + EMPTY,
    ),
    "turned into a string": (HEAD + TOTAL, HEAD + f"'''\n{TOTAL}'''\n"),
    "renamed with an underscore": (HEAD + TOTAL, HEAD + TOTAL.replace("test_total", "_test_total")),
    "renamed to the other end": (HEAD + TOTAL, HEAD + TOTAL.replace("test_total", "total_test")),
    "renamed in another case": (HEAD + TOTAL, HEAD + TOTAL.replace("test_total", "Test_total")),
    "its class renamed": (HEAD + IN_CLASS, HEAD + IN_CLASS.replace("TestCart", "XTestCart")),
    "its class built by hand": (
        HEAD + IN_CLASS,
        HEAD + IN_CLASS + "    def __init__(self):\n        pass\n",
    ),
    "its class opted out": (HEAD + IN_CLASS, HEAD + IN_CLASS + "    __test__ = False\n"),
    "its module opted out": (HEAD + TOTAL, HEAD + "__test__ = False\n" + TOTAL),
    "opted out from outside": (HEAD + TOTAL, HEAD + TOTAL + "test_total.__test__ = False\n"),
    "no test case any more": (
        HEAD + IN_CASE,
        HEAD + IN_CASE.replace("unittest.TestCase", "object"),
    ),
    "its class deleted": (
        HEAD + IN_CLASS + TOTAL,
        HEAD + TOTAL.replace("[1, 2]) == 3", "[9]) == 9"),
    ),
    "taken away afterwards": (HEAD + TOTAL, HEAD + TOTAL + "del test_total\n"),
    "taken away among others": (
        HEAD + TOTAL + EMPTY,
        HEAD + TOTAL + EMPTY + "del cart, test_total\n",
    ),
    "its class taken away": (HEAD + IN_CLASS, HEAD + IN_CLASS + "del TestCart\n"),
    "rebound to nothing": (HEAD + TOTAL, HEAD + TOTAL + "test_total = None\n"),
    "behind what is never true": (
        HEAD + TOTAL,
        HEAD + "if False:\n    " + TOTAL.replace("\n", "\n    "),
    ),
    "behind a check for types": (
        HEAD + TOTAL,
        HEAD
        + "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    "
        + TOTAL.replace("\n", "\n    "),
    ),
    "in the other branch of what is true": (
        HEAD + TOTAL,
        HEAD + "if 1:\n    pass\nelse:\n    " + TOTAL.replace("\n", "\n    "),
    ),
    "inside another function": (
        HEAD + TOTAL,
        HEAD + "def all():\n    " + TOTAL.replace("\n", "\n    "),
    ),
    "made a fixture": (HEAD + TOTAL, HEAD + "@pytest.fixture\n" + TOTAL),
    "shadowed by a fixture of its name": (
        HEAD + TOTAL,
        HEAD + TOTAL + "@pytest.fixture\ndef test_total():\n    return 1\n",
    ),
    "replaced by one about nothing": (
        HEAD + TOTAL,
        HEAD + "def test_nothing():\n    assert True\n",
    ),
    "replaced by one that asserts nothing": (
        HEAD + TOTAL,
        HEAD + "def test_total_runs():\n    cart.total([1, 2])\n    assert True\n    assert 1\n",
    ),
    "replaced by fewer assertions": (
        HEAD + TOTAL + EMPTY,
        HEAD + "def test_sanity():\n    assert cart.total([]) is not None\n",
    ),
    "merged into a skipped test": (
        HEAD + TOTAL,
        HEAD + "@pytest.mark.skip\n" + TOTAL.replace("test_total", "test_sum").replace("5", "6"),
    ),
    "the file emptied": (HEAD + TOTAL, ""),
    "the file broken": (HEAD + TOTAL, HEAD + TOTAL + "def (:\n"),
    "of the same body as another class's": (
        HEAD + IN_CLASS + IN_CLASS.replace("TestCart", "TestOther"),
        HEAD + IN_CLASS,
    ),
    "of the same body with other parameters": (
        HEAD
        + "@pytest.mark.parametrize('n', [1])\ndef test_a(n):\n    assert cart.total([n]) == n\n"
        "@pytest.mark.parametrize('n', [-7])\ndef test_b(n):\n    assert cart.total([n]) == n\n",
        HEAD
        + "@pytest.mark.parametrize('n', [1])\ndef test_a(n):\n    assert cart.total([n]) == n\n",
    ),
    "an async test": ("async def test_a():\n    assert await x() == 1\n", "x = 1\n"),
    "a test with parameters": (
        HEAD + "@pytest.mark.parametrize('n', [1, 2])\ndef test_n(n):\n    assert cart.f(n) == n\n",
        HEAD,
    ),
}

SHELLS = {
    "emptied": "def test_total(): pass\n",
    "shadowed by an empty one": TOTAL + "def test_total():\n    pass\n",
    "nothing but the truth": "def test_total():\n    assert True\n",
    "never true": TOTAL.replace("    assert", "    if False:\n        assert", 1).replace(
        "\n    assert", "\n    if len('a') == 2:\n        assert"
    ),
    "only without assertions": TOTAL.replace("    assert", "    if not __debug__: assert"),
    "left early": TOTAL.replace(":\n", ":\n    return\n", 1),
    "left early for sure": TOTAL.replace(":\n", ":\n    if True:\n        return\n", 1),
    "in no turn of a loop": TOTAL.replace("    assert", "    for _ in []: assert"),
    "in no turn of a while": TOTAL.replace("    assert", "    while False: assert"),
    "suppressed": TOTAL.replace("    assert", "    with suppress(Exception): assert"),
    "swallowed": "def test_total():\n    try:\n        assert cart.total([1, 2]) == 3\n"
    "    except AssertionError:\n        pass\n",
    "only printed": "def test_total():\n    print('fine')\n",
    "in a function that nobody calls": "def test_total():\n    def inner():\n"
    "        assert cart.total([1, 2]) == 3\n",
    "renamed and left early": TOTAL.replace("total():\n", "sums():\n    return\n"),
}


@pytest.mark.parametrize("new", SHELLS.values(), ids=SHELLS)
def test_a_test_stays_as_a_shell(ask: Ask, new: str) -> None:
    """A test that keeps its name but cannot fail any more is as good as deleted."""
    assert worst(ask(RULE, {PATH: HEAD + TOTAL}, {PATH: HEAD + new})) == Risk.HIGH


def test_a_shell_is_reported_where_it_is(ask: Ask) -> None:
    """The finding says that the test is there, and on which line."""
    (found,) = ask(RULE, {PATH: HEAD + EMPTY + TOTAL}, {PATH: HEAD + EMPTY + SHELLS["emptied"]})
    assert found.message == "the test 'test_total' checks nothing any more"
    assert found.line == 8


@pytest.mark.parametrize(
    "new",
    [
        "def test_total():\n    cart.total([1, 2])\n",
        "def test_total():\n    assert (cart.total([1, 2]) == 3, 'a pair is always true')\n",
    ],
    ids=["only called", "always true"],
)
def test_a_test_only_runs_now(ask: Ask, new: str) -> None:
    """What is called may still fail, so a person should look."""
    assert worst(ask(RULE, {PATH: HEAD + TOTAL}, {PATH: HEAD + new})) == Risk.MEDIUM


SPEAKING = {
    "it never asserted": ("def test_a():\n    cart.open()\n", "def test_a():\n    cart.start()\n"),
    "it never did anything": ("def test_a():\n    pass\n", "def test_a():\n    ...\n"),
    "through a helper": (
        "def test_a():\n    assert cart.total([1])\n",
        "def same(items):\n    assert cart.total(items)\n\ndef test_a():\n    same([1])\n",
    ),
    "through an imported helper": (
        "def test_a():\n    assert cart.total([1])\n",
        "from helpers import check_total\n\ndef test_a():\n    check_total([1])\n",
    ),
    "an error is expected": (
        "def test_a():\n    assert cart.total([1])\n",
        "def test_a():\n    with pytest.raises(ValueError):\n        cart.total([1])\n",
    ),
    "a mock is asked": (
        "def test_a():\n    assert cart.total([1])\n",
        "def test_a(mock):\n    cart.total(mock)\n    mock.assert_called_once()\n",
    ),
    "an error is caught and told": (
        "def test_a():\n    assert cart.total([1])\n",
        "def test_a():\n    try:\n        cart.total([1])\n    except Exception: pytest.fail()\n",
    ),
    "in a function that is handed on": (
        "def test_a():\n    assert cart.total([1])\n",
        "def test_a():\n    def inner(total):\n        assert total\n    cart.visit(inner)\n",
    ),
    "in a decorated function": (
        "def test_a(app):\n    assert cart.total([1])\n",
        "def test_a(app):\n    @app.route\n    def index():\n        assert cart.total([1])\n",
    ),
    "in a class that is made for it": (
        "def test_a():\n    assert cart.total([1])\n",
        "def test_a():\n    class Shop(B):\n        def end(self): assert self.n\n    Shop()\n",
    ),
    "left early on some platforms": (
        "def test_a():\n    assert cart.total([1])\n",
        "def test_a():\n    if cart.OLD:\n        return\n    assert cart.total([1])\n",
    ),
    "only one error is suppressed": (
        "def test_a():\n    assert cart.total([1])\n",
        "def test_a():\n    with suppress(OSError):\n        assert cart.total([1])\n",
    ),
    "what it asserted moves to another": (
        "def test_a():\n    assert cart.total([1])\n\ndef test_b():\n    assert cart.x()\n",
        "def test_a(): pass\ndef test_b():\n    assert cart.x()\n    assert cart.total([1])\n",
    ),
}


@pytest.mark.parametrize(("old", "new"), SPEAKING.values(), ids=SPEAKING)
def test_a_test_can_still_fail(ask: Ask, old: str, new: str) -> None:
    """A test that asserts in another way, or never did, is no shell."""
    assert worst(ask(RULE, {PATH: HEAD + old}, {PATH: HEAD + new})) < Risk.MEDIUM


def worst(found: list[Finding]) -> Risk:
    """Give the highest risk of some findings."""
    return max((item.risk for item in found), default=Risk.NONE)


@pytest.mark.parametrize(("old", "new"), ATTACKS.values(), ids=ATTACKS)
def test_a_test_is_lost(ask: Ask, old: str, new: str) -> None:
    """Whatever the way, a test that nobody collects any more is found."""
    assert worst(ask(RULE, {PATH: old}, {PATH: new})) >= Risk.HIGH


@pytest.mark.parametrize(
    ("new", "moved"),
    [
        ({}, {}),
        ({"tests/cart.py": HEAD + TOTAL}, {"tests/cart.py": PATH}),
        ({"tests/test_cart.py.bak": HEAD + TOTAL}, {"tests/test_cart.py.bak": PATH}),
        ({"tests/test_cart.txt": HEAD + TOTAL}, {}),
        ({".attic/test_cart.py": HEAD + TOTAL}, {".attic/test_cart.py": PATH}),
        ({"build/test_cart.py": HEAD + TOTAL}, {"build/test_cart.py": PATH}),
        ({"shop/cart_checks.py": HEAD + TOTAL}, {}),
    ],
    ids=["deleted", "renamed", "backed up", "as text", "hidden", "built", "in the product"],
)
def test_a_test_file_is_lost(ask: Ask, new: dict[str, str], moved: Mapping[str, str]) -> None:
    """A file that is not collected any more takes its tests with it."""
    assert worst(ask(RULE, {PATH: HEAD + TOTAL}, new, moved)) >= Risk.HIGH


def test_a_link_in_the_place_of_a_test_file(ask: Ask, blob: Callable[..., Blob]) -> None:
    """A symbolic link is no test module, wherever it points."""
    found = ask(RULE, {PATH: HEAD + TOTAL}, {PATH: blob("/dev/null", SYMLINK)})
    assert worst(found) >= Risk.HIGH


def test_a_test_file_too_large_to_read(ask: Ask, blob: Callable[..., Blob]) -> None:
    """What cannot be read is not known to hold the tests any more."""
    found = ask(RULE, {PATH: HEAD + TOTAL}, {PATH: blob(None, size=1 << 30)})
    assert worst(found) >= Risk.HIGH


def test_a_deleted_test_file_that_never_parsed(ask: Ask) -> None:
    """Nobody can say what it tested, so it does not go silently."""
    assert worst(ask(RULE, {PATH: "def test_x(:\n"}, {})) >= Risk.HIGH


def test_a_test_in_a_file_that_only_the_configuration_collects(ask: Ask) -> None:
    """The base's `python_files` says what else is a test module."""
    toml = '[tool.pytest.ini_options]\npython_files = ["check_*.py"]\n'
    old = {"pyproject.toml": toml, "checks/check_cart.py": HEAD + TOTAL}
    assert worst(ask(RULE, old, {"pyproject.toml": toml})) >= Risk.HIGH


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("tests/check_cart.py", TOTAL),
        ("sub/tests/check_cart.py", TOTAL.replace("test_", "check_")),
        (PATH, TOTAL.replace("test_", "check_")),
        ("tests/check_cart.py", IN_CLASS.replace("Test", "Check").replace("test_", "check_")),
    ],
    ids=["by its file", "by both", "by its function", "by its class"],
)
def test_a_deleted_file_that_something_unread_collects(ask: Ask, path: str, content: str) -> None:
    """Who asserts among the tests, and is called by nobody, was collected by configuration."""
    assert worst(ask(RULE, {path: HEAD + content}, {})) == Risk.HIGH
    assert worst(ask(RULE, {path: HEAD + content}, {path + ".txt": ""}, {path + ".txt": path})) == (
        Risk.HIGH
    )


def test_a_file_that_something_unread_collects_moves(ask: Ask) -> None:
    """What a function asserts is known again in another file of the tests."""
    old, new = "tests/check_cart.py", "tests/unit/check_cart.py"
    assert ask(RULE, {old: HEAD + TOTAL}, {new: HEAD + TOTAL}) == []


def test_a_deleted_helper_was_no_test(ask: Ask) -> None:
    """Who is called by tests asserts for them."""
    used = "from helpers import same\n\ndef test_a():\n    same(cart.total([]), 0)\n"
    old = {"tests/helpers.py": "def same(a, b):\n    assert a == b\n", PATH: used}
    assert ask(RULE, old, {PATH: "def test_a():\n    assert cart.total([]) == 0\n"}) == []


SHUFFLED = {
    "by an import": ("from shop._impl import summed as total\n", "shop/_impl.py"),
    "by a star": ("from shop._impl import *\n", "shop/_impl.py"),
    "by a call": ("globals()['to' + 'tal'] = len\n", "shop/other.py"),
    "by an attribute's hook": ("def __getattr__(name):\n    return sum\n", "shop/other.py"),
    "by an assignment": ("total = sum\n", "shop/other.py"),
    "under another name": (PRODUCT.replace("total", "summed"), "shop/other.py"),
}


@pytest.mark.parametrize(("kept", "other"), SHUFFLED.values(), ids=SHUFFLED)
def test_what_is_still_bound_excuses_nothing(ask: Ask, kept: str, other: str) -> None:
    """A function that goes by another way, or by another name, is still to be tested."""
    impl = PRODUCT.replace("total", "summed") if "_impl" in other else "x = 1\n"
    new = {"shop/cart.py": kept, other: impl, PATH: HEAD}
    assert worst(ask(RULE, {"shop/cart.py": PRODUCT, PATH: HEAD + TOTAL}, new)) == Risk.HIGH


def test_a_module_that_could_bind_anything_all_along(ask: Ask) -> None:
    """An old hook for deprecated names does not keep a removed function alive."""
    hook = "def __getattr__(name):\n    raise AttributeError(name)\n\n"
    old = {"cart.py": hook + PRODUCT, PATH: HEAD + TOTAL}
    assert worst(ask(RULE, old, {"cart.py": hook, PATH: HEAD})) == Risk.LOW


def test_a_removed_function_of_another_name_excuses_nothing(ask: Ask) -> None:
    """Only what a test refers to can take it along."""
    old = {"cart.py": PRODUCT + LEGACY, PATH: HEAD + TOTAL + EMPTY}
    new = {"cart.py": PRODUCT, PATH: HEAD + EMPTY}
    assert worst(ask(RULE, old, new)) >= Risk.HIGH


def test_a_function_that_only_moved_excuses_nothing(ask: Ask) -> None:
    """What the product still defines elsewhere is still to be tested."""
    old = {"cart.py": PRODUCT, PATH: HEAD + TOTAL}
    assert worst(ask(RULE, old, {"sums.py": PRODUCT})) >= Risk.HIGH


def test_a_removed_test_helper_excuses_nothing(ask: Ask) -> None:
    """Only the product is tested; its tests' own helpers are no reason to drop a test."""
    used = HEAD + "from helpers import make\n\ndef test_a():\n    assert cart.total(make()) == 3\n"
    old = {"tests/helpers.py": "def make():\n    return [1, 2]\n", PATH: used}
    assert worst(ask(RULE, old, {"tests/helpers.py": "x = 1\n", PATH: HEAD})) >= Risk.HIGH


def test_a_name_in_a_docstring_excuses_nothing(ask: Ask) -> None:
    """Only a definition that goes is a reason, and not a text that looks like one."""
    old = {"shop.py": f'"""\n{PRODUCT}"""\n', PATH: HEAD + TOTAL}
    assert worst(ask(RULE, old, {"shop.py": '"""Nothing."""\n'})) >= Risk.HIGH


def test_all_lost_tests_of_a_file_are_one_finding(ask: Ask) -> None:
    """Forty tests in one deleted file are reported once, with their number."""
    tests = "".join(f"def test_{n}():\n    assert cart.total([{n}]) == {n}\n\n" for n in range(40))
    (found,) = ask(RULE, {PATH: HEAD + tests}, {})
    assert "40 tests" in found.message
    assert "36 more" in found.message
    assert found.path == PATH
    assert found.line == 5


PARAMETRIZED = (
    "@pytest.mark.parametrize(('items', 'expected'), [([1, 2], 3), ([5], 5), ([], 0)])\n"
    "def test_sums(items, expected):\n    assert cart.total(items) == expected\n"
)
LOOK_ALIKES = {
    "renamed": (HEAD + TOTAL, HEAD + TOTAL.replace("test_total", "test_sum_of_items")),
    "into a class": (
        HEAD + TOTAL,
        HEAD + "class TestAll:\n    def test_total(self):\n        assert cart.total([1, 2]) == 3\n"
        "        assert cart.total([5]) == 5\n",
    ),
    "its class renamed": (HEAD + IN_CLASS, HEAD + IN_CLASS.replace("TestCart", "TestBasket")),
    "from unittest to pytest": (
        HEAD + IN_CASE,
        HEAD + "def test_total_of_one():\n    assert cart.total([1]) == 1\n",
    ),
    "parametrized": (HEAD + TOTAL + EMPTY, HEAD + PARAMETRIZED),
    "split in two": (
        HEAD + TOTAL,
        HEAD + "def test_two():\n    assert cart.total([1, 2]) == 3\n\n"
        "def test_one():\n    assert cart.total([5]) == 5\n",
    ),
    "merged with another": (
        HEAD + TOTAL + EMPTY,
        HEAD + TOTAL + "    assert cart.total([]) == 0\n",
    ),
    "merged into a kept one": (
        HEAD + EMPTY + TOTAL,
        HEAD
        + EMPTY.rstrip()
        + "\n    assert cart.total([1, 2]) == 3\n    assert cart.total([5]) == 5\n",
    ),
    "renamed locals": (
        HEAD + "def test_a():\n    got = cart.total([1])\n    assert got == 1\n",
        HEAD + "def test_b():\n    result = cart.total([1])\n    assert result == 1\n",
    ),
    "reformatted and renamed": (
        HEAD + "def test_a():\n    assert cart.total([1, 2], 'x') == 3\n",
        HEAD
        + 'def test_b():\n    assert cart.total(\n        [1, 2],\n        "x",  # y\n    ) == 3\n',
    ),
    "through a helper": (
        HEAD + "def test_a():\n    assert cart.total([1, 2]) == 3\n",
        HEAD + "def check(items, expected):\n    assert cart.total(items) == expected\n\n"
        "def test_b():\n    check([1, 2], 3)\n    assert cart.total([1, 2]) == 3\n",
    ),
    "a helper deleted": (HEAD + "def helper():\n    assert 1\n\n" + TOTAL, HEAD + TOTAL),
    "a fixture deleted": (
        HEAD + "@pytest.fixture\ndef test_data():\n    return 1\n" + TOTAL,
        HEAD + TOTAL,
    ),
    "a mixin kept": (
        HEAD + "class Checks:\n    def test_a(self):\n        assert cart.total([])\n\n"
        "class TestA(Checks):\n    pass\n",
        HEAD + "class Checks:\n    def test_a(self):\n        assert cart.total([])\n\n"
        "class TestB(Checks):\n    pass\n",
    ),
    "behind a real condition": (
        HEAD + TOTAL,
        HEAD + "import sys\nif sys.platform != 'win32':\n    " + TOTAL.replace("\n", "\n    "),
    ),
    "a docstring added": (
        HEAD + TOTAL,
        HEAD + TOTAL.replace("def test_total():\n", 'def test_sum():\n    """Adds up."""\n'),
    ),
    "one that never ran": (HEAD + "@pytest.mark.skip\n" + TOTAL + EMPTY, HEAD + EMPTY),
    "the same twice, once taken away": (
        HEAD + TOTAL + TOTAL.replace("total():", "again():"),
        HEAD + TOTAL,
    ),
    "another of the same body kept": (HEAD + TOTAL.replace("total()", "a()") + TOTAL, HEAD + TOTAL),
    "nothing but order": (HEAD + TOTAL + EMPTY, HEAD + EMPTY + TOTAL),
    "a new test added": (HEAD + TOTAL, HEAD + TOTAL + EMPTY),
    "a constant condition that holds": (
        HEAD + TOTAL,
        HEAD + "if True:\n    " + TOTAL.replace("\n", "\n    "),
    ),
}


@pytest.mark.parametrize(("old", "new"), LOOK_ALIKES.values(), ids=LOOK_ALIKES)
def test_no_test_is_lost(ask: Ask, old: str, new: str) -> None:
    """What a test asserts is found again, whatever it is called and wherever it stands."""
    assert worst(ask(RULE, {PATH: old}, {PATH: new})) < Risk.MEDIUM


MOVES: dict[str, tuple[dict[str, str], dict[str, str], dict[str, str]]] = {
    "the file moved": (
        {PATH: HEAD + TOTAL},
        {"tests/unit/test_cart.py": HEAD + TOTAL},
        {"tests/unit/test_cart.py": PATH},
    ),
    "the file renamed": ({PATH: HEAD + TOTAL}, {"tests/test_shop.py": HEAD + TOTAL}, {}),
    "the file split": (
        {PATH: HEAD + TOTAL + EMPTY},
        {"tests/test_a.py": HEAD + TOTAL, "tests/test_b.py": HEAD + EMPTY},
        {},
    ),
    "two files joined": (
        {"tests/test_a.py": HEAD + TOTAL, "tests/test_b.py": HEAD + EMPTY},
        {PATH: HEAD + TOTAL + EMPTY},
        {},
    ),
    "with the function it tests": (
        {"cart.py": PRODUCT + LEGACY, PATH: HEAD + "def test_d():\n    assert cart.discount(9)\n"},
        {"cart.py": PRODUCT, PATH: HEAD},
        {},
    ),
    "with the module it tests": (
        {"shop/cart.py": PRODUCT, PATH: "from shop import cart\n" + TOTAL}, {}, {},
    ),
    "with what its helper tests": (
        {
            "shop/log.py": "def get_logger():\n    return 1\n",
            PATH: "from shop.log import get_logger\ndef level():\n    return get_logger()\n\n"
            "def test_level():\n    assert level() == 1\n",
        },
        {"shop/log.py": "x = 1\n", PATH: "import shop\n"},
        {},
    ),
    "test data deleted": ({"tests/data/test_one.json": "{}"}, {}, {}),
    "a helper module deleted": ({"tests/helpers.py": "def test_like():\n    assert 1\n"}, {}, {}),
    "a product function called like a test": (
        {"shop/api.py": "def test_connection():\n    return 1\n"}, {"shop/api.py": "x = 1\n"}, {},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "moved"), MOVES.values(), ids=MOVES)
def test_no_test_is_lost_between_files(
    ask: Ask, old: dict[str, str], new: dict[str, str], moved: dict[str, str]
) -> None:
    """Moving tests, or removing them with what they test, is at most a note."""
    assert worst(ask(RULE, old, new, moved)) < Risk.MEDIUM


MENTIONS = """\
def test_receipt(printer, shop):
    shop.open()
    assert cart.total([cart.discount(1)]) == 1
    assert printer.receipt(cart.order).lines == []
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            {PATH: HEAD + TOTAL},
            {
                PATH: HEAD
                + "def test_sums():\n    assert cart.total([7]) == 7\n    assert cart.total([8])\n"
            },
        ),
        (
            {PATH: HEAD + TOTAL.replace("test_total", "test_cart_total")},
            {PATH: HEAD + "def test_cart_total_of_many():\n    assert cart.total(range(4)) == 6\n"},
        ),
        (
            {"cart.py": PRODUCT + LEGACY, PATH: HEAD + MENTIONS},
            {"cart.py": PRODUCT, PATH: HEAD},
        ),
        (
            {
                "cart.py": LEGACY,
                PATH: HEAD + "def test_r():\n    assert cart.price(1, rate=2) == 2\n",
            },
            {"cart.py": "def discount(price):\n    return price\n", PATH: HEAD},
        ),
        (
            {
                "cart.py": PRODUCT.replace(
                    "    return", "    if not items:\n        raise Empty\n    return"
                ),
                PATH: HEAD
                + "def test_e():\n    with pytest.raises(Empty):\n        cart.total([])\n",
            },
            {"cart.py": PRODUCT, PATH: HEAD},
        ),
    ],
    ids=[
        "outweighed by new tests",
        "rewritten under a similar name",
        "with something it mentions",
        "with a parameter it uses",
        "with the statements it is for, as in a revert",
    ],
)
def test_a_person_should_look(ask: Ask, old: dict[str, str], new: dict[str, str]) -> None:
    """Where the assertions are others but not fewer, it is a warning."""
    assert worst(ask(RULE, old, new)) == Risk.MEDIUM


def test_statements_that_are_exchanged_excuse_nothing(ask: Ask) -> None:
    """Only a change that adds nothing to the product takes something back."""
    raises = PRODUCT.replace("    return", "    if not items:\n        raise Empty\n    return")
    test = HEAD + "def test_e():\n    with pytest.raises(Empty):\n        cart.total([])\n"
    new = {"cart.py": PRODUCT + "    # as before\n" + "SIZE = 1\n", PATH: HEAD}
    assert worst(ask(RULE, {"cart.py": raises, PATH: test}, new)) == Risk.HIGH


def test_hundreds_of_lost_tests_are_judged_in_bounded_time(ask: Ask) -> None:
    """Every lost test is looked for among hundreds of new ones in seconds, not hours."""
    old = "".join(f"def test_a{n}():\n    assert cart.f({n}) == {n}\n" for n in range(800))
    new = "".join(f"def test_b{n}():\n    assert cart.g({n}) == {n}\n" for n in range(800))
    started = time.monotonic()
    assert worst(ask(RULE, {PATH: HEAD + old}, {PATH: HEAD + new})) >= Risk.MEDIUM
    assert time.monotonic() - started < 30
