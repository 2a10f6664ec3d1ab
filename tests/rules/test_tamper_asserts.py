"""Assertions that vanish, weaken or fall silent, and those that only move."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.model import Finding, Risk

if TYPE_CHECKING:
    from tests.rules.conftest import Ask

PATH = "tests/test_cart.py"
RULES = tuple(f"SMG{number}" for number in range(304, 315))
HEAD = "import pytest\nimport cart\n\n\n"
TOTAL = "def test_total():\n    assert cart.total([1, 2]) == 3\n    assert cart.total([]) == 0\n"
TABLE = (
    "@pytest.mark.parametrize('items, expected', [([1, 2], 3), ([5], 5)])\n"
    "def test_total(items, expected):\n    assert cart.total(items) == expected\n"
)
PRODUCT = "def total(items):\n    return sum(items)\n\n\ndef tax(price):\n    return price\n"

FOUND = {
    "SMG304 removed": (TOTAL, TOTAL.replace("    assert cart.total([]) == 0\n", "")),
    "SMG304 not an assertion any more": (
        TOTAL,
        TOTAL.replace("assert cart.total([])", "cart.total([])"),
    ),
    "SMG304 moved to where it says less often": (
        TOTAL + "\n\n"
        "def test_twice():\n"
        "    assert cart.total([]) == 0\n"
        "    assert cart.NAME == 'x'\n",
        TOTAL + "\n\ndef test_twice():\n    assert cart.NAME == 'x'\n",
    ),
    "SMG304 said twice before, and once now": (
        TOTAL + "\n\ndef test_b():\n    assert cart.total([]) == 0\n    assert cart.b == 1\n",
        TOTAL.replace("== 3", "== 3, 'sum'") + "\n\ndef test_b():\n    assert cart.b == 1\n",
    ),
    "SMG305 an order": (TOTAL, TOTAL.replace("[1, 2]) == 3", "[1, 2]) <= 3")),
    "SMG305 a part by a method": (TOTAL, TOTAL.replace("[1, 2]) == 3", "[1, 2]).real == 4")),
    "SMG306 a message in the condition": (TOTAL, TOTAL.replace("== 0", "== 0 or 'no items'")),
    "SMG306 a name for the same": (
        TOTAL,
        TOTAL.replace(
            "    assert cart.total([]) == 0", "    a = b = cart.total([])\n    assert a == b"
        ),
    ),
    "SMG306 unittest compares it with itself": (
        TOTAL.replace("assert cart.total([]) == 0", "case.assertEqual(cart.total([]), 0)"),
        TOTAL.replace(
            "assert cart.total([]) == 0", "case.assertEqual(cart.total([]), cart.total([]))"
        ),
    ),
    "SMG307 by a context of the test's own": (
        TOTAL,
        (
            "@contextmanager\n"
            "def step():\n"
            "    try:\n"
            "        yield\n"
            "    except Exception:\n"
            "        pass\n"
            "\n\n"
        )
        + TOTAL.replace(
            "    assert cart.total([]) == 0", "    with step():\n        assert cart.total([]) == 0"
        ),
    ),
    "SMG307 by a handler of several": (
        TOTAL,
        TOTAL.replace(
            "    assert cart.total([]) == 0",
            "    try:\n"
            "        assert cart.total([]) == 0\n"
            "    except (KeyError, AssertionError):\n"
            "        pass",
        ),
    ),
    "SMG307 by a bare handler that only says so": (
        TOTAL,
        TOTAL.replace(
            "    assert cart.total([]) == 0",
            "    try:\n        assert cart.total([]) == 0\n    except:\n        print('oh')",
        ),
    ),
    "SMG308 after an exit": (
        TOTAL,
        TOTAL.replace(
            "    assert cart.total([])", "    pytest.skip('x')\n    assert cart.total([])"
        ),
    ),
    "SMG308 in the branch that is not taken": (
        TOTAL,
        TOTAL.replace(
            "    assert cart.total([]) == 0",
            "    if 1:\n        pass\n    else:\n        assert cart.total([]) == 0",
        ),
    ),
    "SMG308 in a generator": (
        TOTAL.replace("    assert cart.total([1, 2]) == 3\n", ""),
        TOTAL.replace("    assert cart.total([1, 2]) == 3\n", "") + "    yield 1\n",
    ),
    "SMG308 in a handler": (
        TOTAL,
        TOTAL.replace(
            "    assert cart.total([]) == 0",
            "    try:\n"
            "        cart.total([])\n"
            "    except ValueError:\n"
            "        assert cart.total([]) == 0",
        ),
    ),
    "SMG309 an exact value becomes a rough one": (
        TOTAL,
        TOTAL.replace("== 3", "== pytest.approx(3, abs=2)"),
    ),
    "SMG309 or equal": (TOTAL.replace("== 3", "> 3"), TOTAL.replace("== 3", ">= 3")),
    "SMG310 another value": (TOTAL, TOTAL.replace("== 3", "== 33")),
    "SMG310 the contrary": (
        TOTAL.replace("== 3", ""),
        TOTAL.replace("assert cart.total([1, 2]) == 3", "assert not cart.total([1, 2])"),
    ),
    "SMG310 another input": (TOTAL, TOTAL.replace("[1, 2]) == 3", "[1, 3]) == 4")),
    "SMG311 a patch by a string": (
        TOTAL,
        TOTAL.replace(
            "test_total():",
            "test_total(mocker):\n    mocker.patch('cart.total', side_effect=[3, 0])",
        ),
    ),
    "SMG311 an attribute is set": (
        TOTAL,
        TOTAL.replace("test_total():", "test_total():\n    cart.total = lambda items: sum(items)"),
    ),
    "SMG312 a case": (TABLE, TABLE.replace(", ([5], 5)", "")),
    "SMG312 the whole table": (TABLE, TABLE.replace("[([1, 2], 3), ([5], 5)]", "[]")),
}

SILENT = {
    "moved within the file": (
        TOTAL + "\n\ndef test_b():\n    assert cart.b() == 2\n",
        "def test_b():\n    assert cart.b() == 2\n\n\n" + TOTAL,
    ),
    "into a class": (
        TOTAL,
        (
            "class TestTotal:\n"
            "    def test_total(self):\n"
            "        assert cart.total([1, 2]) == 3\n"
            "        assert cart.total([]) == 0\n"
        ),
    ),
    "parametrized": (
        TOTAL,
        (
            "@pytest.mark.parametrize('items, expected', [([1, 2], 3), ([], 0)])\n"
            "def test_total(items, expected):\n    assert cart.total(items) == expected\n"
        ),
    ),
    "split in two": (
        TOTAL,
        (
            "def test_total():\n"
            "    assert cart.total([1, 2]) == 3\n\n\n"
            "def test_nothing():\n"
            "    assert 0 == cart.total([])\n"
        ),
    ),
    "by a helper": (
        TOTAL,
        (
            "def same(items, expected):\n"
            "    actual = cart.total(items)\n"
            "    assert actual == expected\n\n\n"
            "def test_total():\n    same([1, 2], 3)\n    same([], expected=0)\n"
        ),
    ),
    "in a loop": (
        TOTAL,
        (
            "def test_total():\n"
            "    for items, expected in (([1, 2], 3), ([], 0)):\n"
            "        assert cart.total(items) == expected\n"
        ),
    ),
    "in a block that swallows nothing": (
        TOTAL,
        TOTAL.replace(
            "    assert cart.total([]) == 0",
            "    with cart.open() as c:\n        assert cart.total([]) == 0\n        assert c",
        ),
    ),
    "with a failure in words": (
        TOTAL,
        TOTAL.replace(
            "    assert cart.total([]) == 0",
            "    if cart.total([]) != 0:\n        pytest.fail('no')",
        ),
    ),
    "in unittest's words": (
        TOTAL,
        TOTAL.replace(
            "assert cart.total([]) == 0", "unittest.TestCase().assertEqual(cart.total([]), 0)"
        ),
    ),
    "with more in it": (TABLE, TABLE.replace("([5], 5)", "([5], 5), ([6], 6)")),
    "with its cases in a constant": (
        TABLE,
        "CASES = [([1, 2], 3), ([5], 5)]\n\n\n" + TABLE.replace("[([1, 2], 3), ([5], 5)]", "CASES"),
    ),
    "with its cases spread over two tests": (
        TABLE.replace("([5], 5)", "([5], 5), ([7], 7), ([8], 8)"),
        TABLE.replace("([5], 5)", "([7], 7)")
        + "\n\n"
        + TABLE.replace("[([1, 2], 3), ([5], 5)]", "[([5], 5), ([8], 8)]").replace(
            "test_", "test_more_"
        ),
    ),
}


@pytest.mark.parametrize("name", FOUND)
def test_what_asserts_less_is_denied(name: str, ask: Ask) -> None:
    """By the rule whose subject it is."""
    old, new = FOUND[name]
    found = ask(name.split(maxsplit=1)[0], {PATH: HEAD + old}, {PATH: HEAD + new})
    assert [one.risk for one in found] == [Risk.HIGH]


@pytest.mark.parametrize("name", SILENT)
def test_what_asserts_as_much_is_silent(name: str, ask: Ask) -> None:
    """No rule of the family warns of a refactoring."""
    old, new = SILENT[name]
    assert _found(ask, {PATH: HEAD + old}, {PATH: HEAD + new}) == []


def test_an_assertion_may_follow_its_test_to_another_file(ask: Ask) -> None:
    """Moving a test and adding to it is no loss."""
    old = {PATH: HEAD + TOTAL}
    new = {"tests/unit/test_totals.py": HEAD + TOTAL + "    assert cart.total([1]) == 1\n"}
    assert _found(ask, old, new) == []


def test_a_renamed_test_that_loses_an_assertion_is_seen(ask: Ask) -> None:
    """A new name hides nothing."""
    new = TOTAL.replace("test_total", "test_sum").replace("    assert cart.total([]) == 0\n", "")
    found = ask("SMG304", {PATH: HEAD + TOTAL}, {PATH: HEAD + new})
    assert "'test_sum' asserts 'assert cart.total([]) == 0' no more" in found[0].message


def test_an_expectation_names_the_function_that_changes_with_it(ask: Ask) -> None:
    """Both sides of a change that agrees with itself are told."""
    old = {"cart.py": PRODUCT, PATH: HEAD + TOTAL}
    new = {
        "cart.py": PRODUCT.replace("sum(items)", "33"),
        PATH: HEAD + TOTAL.replace("== 3", "== 33"),
    }
    found = ask("SMG310", old, new)
    assert [(one.settled_by, "also edits total" in one.message) for one in found] == [
        ("trial", True)
    ]


@pytest.mark.parametrize(
    ("product", "more", "settled"),
    [
        pytest.param(PRODUCT, "", "", id="only taken away"),
        pytest.param(PRODUCT.replace("sum(items)", "33"), "", "", id="with the function it asks"),
        pytest.param(PRODUCT.replace("price\n", "2 * price\n"), "", "trial", id="with another"),
        pytest.param(PRODUCT, "    assert cart.NAME == 'cart'\n", "trial", id="rewritten"),
    ],
)
def test_who_settles_a_removed_assertion(product: str, more: str, settled: str, ask: Ask) -> None:
    """Nobody waves through what is only taken out; what is rewritten the trial settles."""
    old = {"cart.py": PRODUCT, PATH: HEAD + TOTAL}
    new = {"cart.py": product, PATH: HEAD + TOTAL.replace("    assert cart.total([]) == 0\n", more)}
    found = [one for one in ask("SMG304", old, new) if one.risk is Risk.HIGH]
    assert [one.settled_by for one in found] == [settled]


def test_a_deleted_test_is_settled_by_the_trial(ask: Ask) -> None:
    """Unless it is most of its file, or its function is changed by the same hand."""
    others = (
        "\n\n"
        "def test_tax():\n"
        "    assert cart.tax(1) == 1\n\n\n"
        "def test_c():\n"
        "    assert cart.NAME\n"
    )
    old = {"cart.py": PRODUCT, PATH: HEAD + TOTAL + others}
    alone = ask("SMG301", old, {"cart.py": PRODUCT, PATH: HEAD + others})
    changed = PRODUCT.replace("sum(items)", "33")
    both = ask("SMG301", old, {"cart.py": changed, PATH: HEAD + others})
    most = ask(
        "SMG301", old, {"cart.py": PRODUCT, PATH: HEAD + others[others.index("\n\n\ndef test_c") :]}
    )
    assert [alone[0].settled_by, both[0].settled_by, most[0].settled_by] == ["trial", "", ""]


def test_a_test_that_only_hides_is_denied_to_everybody(ask: Ask) -> None:
    """It is still written down, and nobody collects it."""
    others = "\n\ndef test_b():\n    assert cart.b == 2\n"
    for hidden in (TOTAL + "\n\ndel test_total\n", TOTAL.replace("test_total", "_test_total")):
        found = ask("SMG301", {PATH: HEAD + TOTAL + others}, {PATH: HEAD + hidden + others})
        assert [one.settled_by for one in found] == [""]


def test_a_platform_is_a_warning_and_a_result_is_not(ask: Ask) -> None:
    """What a condition asks for decides."""
    for condition, risk in (
        ("sys.platform == 'linux'", Risk.MEDIUM),
        ("cart.total([])", Risk.HIGH),
    ):
        new = TOTAL.replace(
            "    assert cart.total([])", f"    if {condition}:\n        assert cart.total([])"
        )
        found = ask("SMG308", {PATH: HEAD + TOTAL}, {PATH: HEAD + new})
        assert [one.risk for one in found] == [risk]


def test_each_lost_assertion_is_told_on_its_own_line(ask: Ask) -> None:
    """A reader is led to what stands there now."""
    new = TOTAL.replace("== 3", "is not None").replace("[]) == 0", "[]) is not None")
    found = ask("SMG305", {PATH: HEAD + TOTAL}, {PATH: HEAD + new})
    assert [one.line for one in found] == [6, 7]


def test_what_was_silent_before_may_go(ask: Ask) -> None:
    """An assertion that nothing reached is no loss."""
    old = TOTAL + "    return\n    assert cart.total([9]) == 9\n"
    assert _found(ask, {PATH: HEAD + old}, {PATH: HEAD + TOTAL}) == []


GROWN = """\
def test_total():
    seen = []
    cart.total([1], seen.append)
    assert seen == [1]
    before = cart.count()
    cart.total([2])
    assert cart.count() == before
"""


def test_what_changes_between_two_looks_is_no_tautology(ask: Ask) -> None:
    """A list that grows, and a value that is asked twice, can be wrong; both may not go."""
    for line in ("    assert seen == [1]\n", "    assert cart.count() == before\n"):
        lost = {PATH: HEAD + GROWN.replace(line, "")}
        assert len(ask("SMG304", {PATH: HEAD + GROWN}, lost)) == 1
        assert _found(ask, lost, {PATH: HEAD + GROWN}) == []


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_ends_of_lines_hide_nothing(end: str, ask: Ask) -> None:
    """Whatever ends a line, a function is found where it is."""
    old = (HEAD + "# here\n" * 20 + TOTAL + "# there\n" * 20).replace("\n", end)
    assert len(ask("SMG310", {PATH: old}, {PATH: old.replace("== 3", "== 4")})) == 1
    assert _found(ask, {PATH: old}, {PATH: old.replace(end, "\n")}) == []


def test_a_loop_that_only_waits_has_no_cases(ask: Ask) -> None:
    """How often a test looks again is none of what it demands."""
    waits = (
        "def test_total():\n    for _ in range(40):\n        cart.wait()\n    assert cart.done\n"
    )
    less = waits.replace("range(40)", "range(3)")
    assert ask("SMG312", {PATH: HEAD + waits}, {PATH: HEAD + less}) == []
    asks = waits.replace("cart.wait()", "assert cart.wait()")
    found = ask("SMG312", {PATH: HEAD + asks}, {PATH: HEAD + asks.replace("range(40)", "range(3)")})
    assert "without 37 cases" in found[0].message


def test_a_recorded_result_may_only_grow(ask: Ask) -> None:
    """Lines of it that go were expected by somebody."""
    path = "tests/golden/receipt.txt"
    assert ask("SMG313", {path: "a\nb\n"}, {path: "a\nc\nb\n"}) == []
    assert [one.settled_by for one in ask("SMG313", {path: "a\nb\n"}, {path: "b\na\n"})] == [
        "trial"
    ]
    assert [one.settled_by for one in ask("SMG313", {path: "a\nb\n"}, {path: "a\nc\n"})] == [
        "trial"
    ]
    assert [one.risk for one in ask("SMG313", {path: b"\0a"}, {path: b"\0b"})] == [Risk.HIGH]


def test_examples_that_nobody_runs_are_documentation(ask: Ask) -> None:
    """Only where the configuration runs them is a changed one of interest."""
    old = 'def one():\n    """Give one.\n\n    >>> one()\n    1\n    """\n    return 1\n'
    runs = {"pytest.ini": "[pytest]\naddopts = --doctest-modules\n"}
    new = old.replace("    1\n", "    2\n")
    assert ask("SMG314", {"cart.py": old}, {"cart.py": new}) == []
    assert len(ask("SMG314", {"cart.py": old, **runs}, {"cart.py": new, **runs})) == 1
    gone = old.replace("    >>> one()\n    1\n", "")
    assert len(ask("SMG314", {"cart.py": old, **runs}, {"cart.py": gone, **runs})) == 1
    assert ask("SMG314", {"cart.py": old, **runs}, {"cart.py": "NAME = 1\n", **runs}) == []


@pytest.mark.parametrize(
    "source",
    [
        "def test_total(:\n    assert",
        "\0" * 50,
        "def test_total():\n    assert " + "(" * 90 + "1" + ")" * 90 + "\n",
        "def test_total():\n    assert " + " or ".join(["x"] * 400) + "\n",
        "def test_total():\n"
        "    a = 1\n"
        + "".join(f"    a = a + a + {n}\n" for n in range(60))
        + "    assert a == 1\n",
        "def test_total():\n"
        + "".join("    " * n + "if x:\n" for n in range(1, 60))
        + "    " * 60
        + "assert x\n",
        (
            "def f():\n"
            "    g()\n"
            "    assert 1\n\n\n"
            "def g():\n"
            "    f()\n"
            "    assert x\n\n\n"
            "def test_total():\n"
            "    f()\n"
        ),
        "class A(A):\n    def test_total(self):\n        self.test_total()\n        assert A(\n",
    ],
)
def test_hostile_sources_are_read_without_a_crash(source: str, ask: Ask) -> None:
    """Whatever stands on either side."""
    _found(ask, {PATH: HEAD + TOTAL}, {PATH: source})
    _found(ask, {PATH: source}, {PATH: HEAD + TOTAL})


def test_the_time_grows_with_the_file_and_not_faster(ask: Ask) -> None:
    """Four times as many edited assertions take no more than ten times as long."""

    def seconds(many: int) -> float:
        old = HEAD + "".join(TOTAL.replace("test_total", f"test_{n}") for n in range(many))
        began = time.process_time()
        ask("SMG310", {PATH: old}, {PATH: old.replace("== 3", "== 4")})
        return time.process_time() - began

    seconds(5)
    few = seconds(20)
    assert seconds(80) < 10 * few + 0.2


def _found(ask: Ask, old: dict[str, str], new: dict[str, str]) -> list[Finding]:
    found = [one for rule in RULES for one in ask(rule, old, new)]
    return [one for one in found if one.risk >= Risk.MEDIUM]
