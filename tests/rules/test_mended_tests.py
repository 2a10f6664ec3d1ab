"""Tests that inherit, expectations compared by value, and machinery of unittest that is bent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.model import Finding, Risk

if TYPE_CHECKING:
    from tests.rules.conftest import Ask

PATH = "tests/test_cart.py"
HEAD = "import unittest\nimport pytest\nfrom cart import Cart, total\n\n\n"
HEIRS = (
    "class Middle(Base):\n    pass\n\n\nclass Checks(Middle):\n"
    "    def test_total(self):\n        self.assertEqual(total([1]), 1)\n\n"
    "    def test_none(self):\n        self.assertEqual(total([]), 0)\n"
)
BASE = "class Base(unittest.TestCase):\n    pass\n\n\n"
NONE = "\n    def test_none(self):\n        self.assertEqual(total([]), 0)\n"


def _denies(found: list[Finding]) -> bool:
    return any(one.risk >= Risk.HIGH for one in found)


@pytest.mark.parametrize(
    ("base", "elsewhere"),
    [
        (BASE, ""),
        (
            "from base import Base\n\n\n",
            "import unittest\nclass Base(unittest.TestCase):\n    pass\n",
        ),
        (
            "from .base import Base\n\n\n",
            "from unittest import TestCase as T\nclass Base(T):\n    x = 1\n",
        ),
        ("from outside import Base\n\n\n", ""),
    ],
    ids=["of the module", "of another file", "of a file beside it", "of another project"],
)
def test_a_test_of_an_heir_is_missed(ask: Ask, base: str, elsewhere: str) -> None:
    """A test counts however many classes are between its class and the test case."""
    old = {PATH: HEAD + base + HEIRS, "tests/base.py": elsewhere}
    if "outside" in base:
        old[PATH] = old[PATH].replace("Checks(Middle)", "Checks(Base)")
    assert _denies(ask("SMG301", old, {**old, PATH: old[PATH].replace(NONE, "")}))


@pytest.mark.parametrize("base", ["class Base(object)", "class Base(list)", "class Base"])
def test_an_heir_of_nothing_is_collected_no_more(ask: Ask, base: str) -> None:
    """A base that is no test case any more takes the tests of all below it away."""
    old = {PATH: HEAD + BASE + HEIRS}
    new = {PATH: old[PATH].replace("class Base(unittest.TestCase)", base)}
    assert _denies(ask("SMG301", old, new))


def test_a_base_in_the_project_that_is_no_case_does_not_collect(ask: Ask) -> None:
    """A base is looked up in the project, so that a plain class there helps nobody."""
    old = {PATH: HEAD + BASE + HEIRS, "tests/base.py": "class Base:\n    pass\n"}
    new = {**old, PATH: HEAD + "from base import Base\n\n\n" + HEIRS}
    assert _denies(ask("SMG301", old, new))


def test_a_base_that_moves_out_is_silent(ask: Ask) -> None:
    """To put a shared base into a file of its own, or into the middle, takes no test away."""
    old = {PATH: HEAD + BASE + HEIRS}
    new = {
        PATH: HEAD + "from .base import Base\n\n\n" + HEIRS,
        "tests/base.py": "import unittest\n\n\n" + BASE,
    }
    assert not ask("SMG301", old, new)


def test_bases_in_a_circle_end(ask: Ask) -> None:
    """Modules that import their bases from one another are looked into once."""
    one = "from test_b import B\nclass A(B):\n    def test_x(self):\n        assert f() == 1\n"
    other = "from test_a import A\nclass B(A):\n    def test_y(self):\n        assert f() == 2\n"
    assert not ask(
        "SMG301",
        {"test_a.py": one, "test_b.py": other},
        {"test_a.py": one + "\n", "test_b.py": other},
    )


@pytest.mark.parametrize(
    ("old", "new", "rules"),
    [
        ("assert total(x) == [1, 2]", "assert total(x) == sorted(total(x))", ("SMG305", "SMG306")),
        (
            "assert total(x) == [1, 2]",
            "y = total(x)\n    assert y == sorted(y)",
            ("SMG305", "SMG306"),
        ),
        (
            "assert total(x) == pytest.approx(1.5)",
            "assert total(x) == pytest.approx(1.6)",
            ("SMG310",),
        ),
        ("assert total(x) == {1, 2}", "assert total(x) == set(range(1, 4))", ("SMG310",)),
    ],
)
def test_another_expectation_is_seen(ask: Ask, old: str, new: str, rules: tuple[str, ...]) -> None:
    """What another value is, or only an order, is not the same expectation."""
    before, after = (f"{HEAD}def test_total(x):\n    {line}\n" for line in (old, new))
    assert any(_denies(ask(rule, {PATH: before}, {PATH: after})) for rule in rules)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("total(x) == {1, 2, 3}", "total(x) == set(range(1, 4))"),
        ("total(x) == [1, 2]", "total(x) == sorted([2, 1])"),
        ("total(x) == 86400", "total(x) == 24 * 60 * 60"),
        ("total(x) == pytest.approx(0.333333333)", "total(x) == pytest.approx(1 / 3)"),
        ("total(x) == total(1)", "total(x) == [('name', 'a')]"),
    ],
)
def test_the_same_value_in_other_words_is_silent(ask: Ask, old: str, new: str) -> None:
    """An expectation that is computed from nothing but literals is its value."""
    before, after = (f"{HEAD}def test_total(x):\n    assert {line}\n" for line in (old, new))
    for rule in ("SMG304", "SMG305", "SMG306", "SMG309", "SMG310"):
        assert not ask(rule, {PATH: before}, {PATH: after}), rule


def test_a_computed_expectation_is_not_replaced_along_with_the_product(ask: Ask) -> None:
    """What is written down instead may be what a changed product now says."""
    before = f"{HEAD}def test_total(x):\n    assert total(x) == total(1)\n"
    old = {PATH: before, "cart.py": "def total(x):\n    return x\n"}
    new = {PATH: before.replace("== total(1)", "== 7"), "cart.py": "def total(x):\n    return 7\n"}
    assert _denies(ask("SMG310", old, new))


@pytest.mark.parametrize(
    "power", ["9 ** 9 ** 9", "2 ** 10000000", "'a' * 10 ** 9", "range(10 ** 12)", "1 / 0"]
)
def test_values_that_are_too_large_are_left_alone(ask: Ask, power: str) -> None:
    """An expression is not computed where that might take all time there is."""
    before = f"{HEAD}def test_total(x):\n    assert total(x) == {power}\n"
    assert not ask("SMG310", {PATH: before}, {PATH: before + "\n\nX = 1\n"})
    assert _denies(ask("SMG310", {PATH: before}, {PATH: before.replace(power, "3")})) is False


@pytest.mark.parametrize(("was", "now"), [("False", "True"), ("None", "0"), ("True", "None")])
def test_truths_are_part_of_a_case(ask: Ask, was: str, now: str) -> None:
    """A case whose only difference is a truth expects something else."""
    table = (
        f"{HEAD}@pytest.mark.parametrize('given, ok', [(200, True), (301, {was})])\n"
        "def test_ok(given, ok):\n    assert total(given) is ok\n"
    )
    assert _denies(
        ask("SMG312", {PATH: table}, {PATH: table.replace(f"301, {was}", f"301, {now}")})
    )


CASE = (
    "class Checks(unittest.TestCase):\n{}\n"
    "    def test_x(self):\n        self.assertEqual(f(), 1)\n"
)
BENT = {
    "nothing": "    def assertEqual(self, a, b, msg=None):\n        print(a, b)\n",
    "swallows": "    def assertTrue(self, a):\n        try:\n            super().assertTrue(a)\n"
    "        except AssertionError:\n            pass\n",
    "after a return": "    def fail(self, msg=None):\n        return\n        raise ValueError\n",
    "a lambda": "    assertIn = lambda *given: None\n",
    "another function": "    assertEqual = print\n",
    "some tests only": "    def run(self, result=None):\n"
    "        if self._testMethodName != 'test_x':\n            super().run(result)\n",
    "a kind of skip": "    failureException = unittest.SkipTest\n",
    "by attribute": "    def __getattribute__(self, name):\n"
    "        if name.startswith('assert'):\n            return lambda *a: None\n"
    "        return super().__getattribute__(name)\n",
    "a sub test that swallows": "    @contextmanager\n    def subTest(self, **given):\n"
    "        try:\n            yield\n        except Exception:\n            pass\n",
    "on the object": "    def setUp(self):\n        self.assertEqual = lambda *a: True\n",
    "calls none": "    def _callTestMethod(self, method):\n        self.called = True\n",
}
KEPT = {
    "more": "    def assertEqual(self, a, b, msg=None):\n        super().assertEqual(a, b, msg)\n",
    "raises": "    def fail(self, msg=None):\n        raise AssertionError(msg)\n",
    "an alias": "    assertItemsEqual = unittest.TestCase.assertCountEqual\n",
    "runs": "    def run(self, result=None):\n        with patched():\n"
    "            return super().run(result)\n",
    "calls it": "    def _callTestMethod(self, method):\n        loop.run(method())\n",
    "its own name": "    def assertCartEqual(self, a, b):\n        return a == b\n",
    "an error of its own": "    failureException = AssertionError\n",
}


@pytest.mark.parametrize("body", BENT.values(), ids=BENT)
def test_bent_machinery_denies(ask: Ask, body: str) -> None:
    """What unittest fails and runs with must still fail and run."""
    assert _denies(ask("SMG333", {PATH: CASE.format("")}, {PATH: CASE.format(body)}))


@pytest.mark.parametrize("body", KEPT.values(), ids=KEPT)
def test_machinery_that_still_fails_is_silent(ask: Ask, body: str) -> None:
    """An override that hands on, or fails by itself, is nobody's business."""
    assert not ask("SMG333", {PATH: CASE.format("")}, {PATH: CASE.format(body)})


def test_a_run_of_a_class_that_is_no_case_is_silent(ask: Ask) -> None:
    """A helper that runs something is not what runs the tests."""
    helper = "class Shell:\n    def run(self, words):\n        return words\n"
    assert not ask("SMG333", {}, {"tests/helpers.py": helper})


@pytest.mark.parametrize(
    ("body", "is_bent"),
    [
        ("return unittest.TestSuite()", True),
        ("return unittest.TestSuite(t for t in tests if t.id() != 'x')", True),
        ("tests.addTest(doc())\n    return tests", False),
        ("return loader.discover('.')", False),
    ],
)
def test_a_load_tests_that_loads_none_denies(ask: Ask, body: str, *, is_bent: bool) -> None:
    """A load_tests has to look at what it is given, and to take all of it."""
    text = f"import unittest\ndef load_tests(loader, tests, pattern):\n    {body}\n"
    assert _denies(ask("SMG333", {}, {PATH: text})) is is_bent


FIXTURE = "import pytest\n\n\n@pytest.fixture\ndef sample(tmp_path):\n{}    return 1\n"


@pytest.mark.parametrize(
    ("body", "risk"),
    [
        ("    pytest.skip('x')\n", Risk.HIGH),
        ("    if not (tmp_path / 'x').exists():\n        pytest.skip('x')\n", Risk.HIGH),
        ("    if not shutil.which('git'):\n        pytest.skip('x')\n", Risk.MEDIUM),
    ],
)
def test_a_fixture_that_tests_ask_for_may_not_skip(ask: Ask, body: str, risk: Risk) -> None:
    """Tests that name a fixture of the base do not run where it newly skips."""
    path = "tests/conftest.py"
    found = ask("SMG302", {path: FIXTURE.format("")}, {path: FIXTURE.format(body)})
    assert max(one.risk for one in found) == risk


@pytest.mark.parametrize(
    ("condition", "is_skipped"),
    [
        ("Cart is not None", True),
        ("callable(total)", True),
        ("not (Cart is None)", True),
        ("Cart is None", False),
        ("not callable(total)", False),
    ],
)
def test_to_be_there_is_no_reason_to_skip(ask: Ask, condition: str, *, is_skipped: bool) -> None:
    """A condition that the module's own imports answer is none."""
    test = "def test_total():\n    assert total([1]) == 1\n"
    marked = f"{HEAD}@pytest.mark.skipif({condition}, reason='x')\n{test}"
    assert _denies(ask("SMG302", {PATH: HEAD + test}, {PATH: marked})) is is_skipped


@pytest.mark.parametrize(
    ("line", "is_denied"),
    [
        ("pytest.importorskip('faster_cart')", True),
        ("np = pytest.importorskip('numpy')", False),
        ("pytest.importorskip('numpy')\nimport numpy", False),
        ("pytest.importorskip('known')", False),
    ],
)
def test_a_module_that_nobody_uses_is_not_waited_for(
    ask: Ask, line: str, *, is_denied: bool
) -> None:
    """To wait for a module of which nothing is said anywhere skips the tests for good."""
    test = "def test_total():\n    assert total([1]) == 1\n"
    old = {PATH: HEAD + test, "cart.py": "import known\n"}
    assert _denies(ask("SMG302", old, {**old, PATH: f"{HEAD}{line}\n\n{test}"})) is is_denied


@pytest.mark.parametrize(
    ("body", "is_taking"),
    [
        ("for mark in metafunc.definition.iter_markers('x'):\n        del mark.args[1][1:]", True),
        ("m = metafunc.definition.get_closest_marker('x')\n    a = m.args\n    a[1].clear()", True),
        ("metafunc.definition.own_markers[:] = []", True),
        ("metafunc._calls = metafunc._calls[:1]", True),
        ("m = metafunc.definition.get_closest_marker('x')\n    k = m.args[0] if m else 1", False),
        ("metafunc.parametrize('k', [1, 2])", False),
    ],
)
def test_cases_are_not_trimmed_by_a_hook(ask: Ask, body: str, *, is_taking: bool) -> None:
    """A hook that makes tests may not take cases out of their marks."""
    text = f"def pytest_generate_tests(metafunc):\n    {body}\n"
    assert _denies(ask("SMG317", {}, {"conftest.py": text})) is is_taking


@pytest.mark.parametrize(
    ("module", "patched", "is_tested"),
    [("shop", "Cart.total", True), ("shop", "Cart._send", False), ("shop", "Other.total", False)],
)
def test_a_subject_is_known_by_its_class_and_package(
    ask: Ask, module: str, patched: str, *, is_tested: bool
) -> None:
    """A test that imports a class from the package is about the methods of that class."""
    owner, _, method = patched.partition(".")
    old = {
        "shop/__init__.py": "from .cart import Cart\n",
        "shop/cart.py": "class Cart:\n    def total(self):\n        return 1\n",
        PATH: f"from {module} import Cart\n\n\ndef test_x():\n    assert bool(Cart()) is True\n",
    }
    conftest = (
        "import pytest\n\n\n@pytest.fixture(autouse=True)\ndef fixed(monkeypatch):\n"
        "    from shop import cart\n"
        f"    monkeypatch.setattr(cart.{owner}, {method!r}, lambda s: 2)\n"
    )
    found = ask("SMG320", old, {**old, "tests/conftest.py": conftest})
    assert _denies(found) is is_tested


def test_to_be_in_order_is_an_assertion(ask: Ask) -> None:
    """That something equals itself in order can fail, and is missed when it goes."""
    kept = f"{HEAD}def test_total(x):\n    assert total(x)[0] == 1\n"
    old = {PATH: kept + "    assert total(x) == sorted(total(x))\n"}
    assert _denies(ask("SMG304", old, {PATH: kept}))
