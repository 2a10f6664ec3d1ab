"""Tests that stop speaking, and marks that keep nobody quiet."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.model import Finding, Risk

if TYPE_CHECKING:
    from tests.rules.conftest import Ask

RULE = "SMG302"
PATH = "tests/test_cart.py"
HEAD = "import os\nimport sys\nimport unittest\nimport pytest\nimport cart\n\n"
BODY = "    assert cart.total([1, 2]) == 3\n"
TEST = f"def test_total():\n{BODY}"
METHOD = f"class TestCart:\n    def test_total(self):\n    {BODY}"
CASE = """\
class Carts(unittest.TestCase):
    def test_total(self):
        self.assertEqual(cart.total([1]), 1)
"""
COUNT = "def test_n(n):\n    assert cart.total([n])\n"
SKIP = "@pytest.mark.skip\n"
SETS_UP = CASE.replace(
    "    def test_total", "    def setUp(self):\n        pass\n\n    def test_total"
)


def worst(found: list[Finding]) -> Risk:
    """Give the highest risk of some findings."""
    return max((item.risk for item in found), default=Risk.NONE)


def first(statement: str) -> str:
    """Put a statement before the test's own."""
    return HEAD + TEST.replace(BODY, f"    {statement}\n{BODY}")


def marked(mark: str) -> str:
    """Put a decorator on the test."""
    return f"{HEAD}{mark}\n{TEST}"


def indented(code: str) -> str:
    """Move code to the right, for a block around it."""
    return code.replace("\n    ", "\n        ")


ALWAYS = {
    "skip": marked("@pytest.mark.skip"),
    "skip with a reason": marked("@pytest.mark.skip(reason='flaky')"),
    "skipif True": marked("@pytest.mark.skipif(True, reason='x')"),
    "skipif by keyword": marked("@pytest.mark.skipif(condition=1, reason='x')"),
    "skipif a text that is true": marked("@pytest.mark.skipif('True')"),
    "skipif not False": marked("@pytest.mark.skipif(not False, reason='x')"),
    "skipif true or a question": marked(
        "@pytest.mark.skipif(True or sys.platform == 'x', reason='x')"
    ),
    "skipif one is one": marked("@pytest.mark.skipif(1 == 1, reason='x')"),
    "skipif any Python": marked("@pytest.mark.skipif(sys.version_info >= (3, 0), reason='x')"),
    "skipif before Python 4": marked("@pytest.mark.skipif(sys.version_info < (4,), reason='x')"),
    "skipif in CI": marked("@pytest.mark.skipif('CI' in os.environ, reason='x')"),
    "skipif in GitHub's CI": marked("@pytest.mark.skipif(os.getenv('GITHUB_ACTIONS'), reason='x')"),
    "xfail": marked("@pytest.mark.xfail"),
    "xfail with a reason": marked("@pytest.mark.xfail(reason='issue 7')"),
    "xfail that is not run": marked("@pytest.mark.xfail(run=False)"),
    "xfail True": marked("@pytest.mark.xfail(True, reason='x')"),
    "from pytest import mark": HEAD + f"from pytest import mark\n@mark.skip\n{TEST}",
    "import pytest as": HEAD + f"import pytest as pt\n@pt.mark.skip\n{TEST}",
    "by another name": HEAD + f"off = pytest.mark.skip(reason='x')\n@off\n{TEST}",
    "by another name of the mark": HEAD + f"off = pytest.mark.skip\n@off(reason='x')\n{TEST}",
    "by getattr": marked("@getattr(pytest.mark, 'skip')"),
    "by getattr in pieces": marked("@getattr(pytest.mark, 'sk' + 'ip')"),
    "skipif what folds": marked("@pytest.mark.skipif(len('a') == 1, reason='x')"),
    "skipif a call that folds": marked("@pytest.mark.skipif(bool(1), reason='x')"),
    "skipif there is a home": marked("@pytest.mark.skipif(os.getenv('HOME'), reason='x')"),
    "skipif there is a path": marked("@pytest.mark.skipif('PATH' in os.environ, reason='x')"),
    "skipif nobody asks": marked("@pytest.mark.skipif(not os.getenv('FULL'), reason='x')"),
    "no cases": marked("@pytest.mark.parametrize('n', [])"),
    "no cases that fold": marked("@pytest.mark.parametrize('n', list(), ids=[])"),
    "pytest.exit": HEAD + "pytest.exit('x', returncode=0)\n" + TEST,
    "SystemExit": HEAD + "raise SystemExit\n" + TEST,
    "sys.exit": HEAD + "sys.exit(0)\n" + TEST,
    "defined if somebody asks": HEAD + "if os.environ.get('FULL'):\n    " + indented(TEST),
    "defined unless there is a path": HEAD + "if 'PATH' not in os.environ:\n    " + indented(TEST),
    "defined in no turn": HEAD + "for _ in list():\n    " + indented(TEST),
    "defined otherwise": HEAD + "if bool(1):\n    pass\nelse:\n    " + indented(TEST),
    "unittest.skip": HEAD + CASE.replace("    def", "    @unittest.skip('x')\n    def"),
    "unittest.skipIf": HEAD + CASE.replace("    def", "    @unittest.skipIf(True, 'x')\n    def"),
    "unittest.skipUnless": HEAD
    + CASE.replace("    def", "    @unittest.skipUnless(0, 'x')\n    def"),
    "expectedFailure": HEAD
    + "from unittest import expectedFailure\n"
    + CASE.replace("    def", "    @expectedFailure\n    def"),
    "skipTest": HEAD + CASE.replace("        self.", "        self.skipTest('x')\n        self."),
    "skipped class": HEAD + "@pytest.mark.skip\n" + METHOD,
    "pytestmark of a class": HEAD
    + METHOD.replace(":\n    def", ":\n    pytestmark = pytest.mark.skip\n\n    def"),
    "pytestmark": HEAD + "pytestmark = pytest.mark.skip\n" + TEST,
    "pytestmark in a list": HEAD + "pytestmark = [pytest.mark.slow, pytest.mark.xfail]\n" + TEST,
    "the whole module": HEAD + "pytest.skip('x', allow_module_level=True)\n" + TEST,
    "the whole module by an error": HEAD + "raise unittest.SkipTest('x')\n" + TEST,
    "first statement": first("pytest.skip('x')"),
    "first statement xfail": first("pytest.xfail('x')"),
    "first statement raise": first("raise unittest.SkipTest('x')"),
    "first statement raise pytest's": first("raise pytest.skip.Exception('x')"),
    "behind what always holds": first("if True:\n        pytest.skip('x')"),
    "within with": first("with open('x'):\n        pytest.skip('x')"),
    "an automatic fixture": HEAD
    + "@pytest.fixture(autouse=True)\ndef off():\n    pytest.skip('x')\n\n"
    + TEST,
    "a fixture asked for": HEAD
    + "@pytest.fixture\ndef off():\n    pytest.skip('x')\n\n"
    + TEST.replace("total()", "total(off)"),
    "setup_function": HEAD + "def setup_function():\n    pytest.skip('x')\n\n" + TEST,
    "on one line": HEAD + "def test_total(): pytest.skip('x')\n",
    "behind a colon": first("if 1: pytest.skip('x')"),
    "renamed and skipped": HEAD + "@pytest.mark.skip\n" + TEST.replace("test_total", "test_sum"),
}


@pytest.mark.parametrize("new", ALWAYS.values(), ids=ALWAYS)
def test_a_test_stops_running(ask: Ask, new: str) -> None:
    """However it is written, a skip that always takes effect denies."""
    old = {True: CASE, False: METHOD if "TestCart" in new else TEST}["Carts" in new]
    assert worst(ask(RULE, {PATH: HEAD + old}, {PATH: new})) == Risk.HIGH


def test_a_set_up_method_that_skips(ask: Ask) -> None:
    """What skips in `setUp` skips every test of its class."""
    new = SETS_UP.replace("        pass\n", "        self.skipTest('x')\n")
    assert worst(ask(RULE, {PATH: HEAD + SETS_UP}, {PATH: HEAD + new})) == Risk.HIGH


def test_a_skip_of_every_test_is_one_finding(ask: Ask) -> None:
    """One mark for a whole module is reported once, at its line."""
    tests = "".join(TEST.replace("total()", f"total_{n}()") for n in range(9))
    (found,) = ask(
        RULE, {PATH: HEAD + tests}, {PATH: HEAD + "pytestmark = pytest.mark.skip\n" + tests}
    )
    assert found.line == 7
    assert "5 more" in found.message


def test_a_conditional_skip_made_unconditional(ask: Ask) -> None:
    """A test that still ran somewhere runs nowhere now."""
    old = marked("@pytest.mark.skipif(sys.platform == 'win32', reason='x')")
    assert worst(ask(RULE, {PATH: old}, {PATH: marked("@pytest.mark.skip")})) == Risk.HIGH


def test_a_skip_after_a_move_to_another_file(ask: Ask) -> None:
    """A test that moves is known again, and the mark it gets on the way is seen."""
    found = ask(RULE, {PATH: HEAD + TEST}, {"tests/test_shop.py": marked("@pytest.mark.skip")})
    assert worst(found) == Risk.HIGH


SOMETIMES = {
    "a platform": marked("@pytest.mark.skipif(sys.platform == 'win32', reason='x')"),
    "a version": marked("@pytest.mark.skipif(sys.version_info < (3, 12), reason='x')"),
    "a variable": marked("@pytest.mark.skipif(not cart.HAS_PRINTER, reason='x')"),
    "xfail on a platform": marked("@pytest.mark.xfail(sys.platform == 'win32', reason='x')"),
    "a text": marked("@pytest.mark.skipif('sys.platform == \"win32\"')"),
    "unless": HEAD + CASE.replace("    def", "    @unittest.skipUnless(cart.FAST, 'x')\n    def"),
    "unless in CI": HEAD
    + CASE.replace("    def", "    @unittest.skipUnless(os.getenv('CI'), 'x')\n    def"),
    "a statement": first("if sys.platform == 'win32':\n        pytest.skip('x')"),
    "a missing module": first(
        "try:\n        import zlib\n    except ImportError:\n        pytest.skip('x')"
    ),
    "importorskip": HEAD + "np = pytest.importorskip('numpy')\n" + TEST,
    "importorskip in a test": first("np = pytest.importorskip('numpy')"),
    "a decorator of the project's own": HEAD + "from helpers import skip_slow\n@skip_slow\n" + TEST,
    "defined on some platforms": HEAD + "if sys.platform != 'win32':\n    " + indented(TEST),
    "after the assertion": HEAD + TEST + "    pytest.skip('the rest needs a printer')\n",
}


@pytest.mark.parametrize("new", SOMETIMES.values(), ids=SOMETIMES)
def test_a_test_runs_in_fewer_places(ask: Ask, new: str) -> None:
    """A real condition is a warning."""
    old = HEAD + (CASE if "Carts" in new else TEST)
    assert worst(ask(RULE, {PATH: old}, {PATH: new})) == Risk.MEDIUM


SILENT = {
    "nothing but a new test": (TEST, TEST + SKIP + "def test_new():\n    assert cart.x\n"),
    "a skip taken away": ("@pytest.mark.skip\n" + TEST, TEST),
    "a reason reworded": (SKIP + TEST, "@pytest.mark.skip(reason='b')\n" + TEST),
    "a skip that becomes xfail": ("@pytest.mark.skip\n" + TEST, "@pytest.mark.xfail\n" + TEST),
    "from the test to the module": (
        "@pytest.mark.skip\n" + TEST, "pytestmark = pytest.mark.skip\n" + TEST,
    ),
    "another mark": (TEST, "@pytest.mark.slow\n" + TEST),
    "never true": (TEST, "@pytest.mark.skipif(False, reason='x')\n" + TEST),
    "a condition that never holds": (
        TEST, "@pytest.mark.skipif(sys.version_info < (3, 6), reason='x')\n" + TEST,
    ),
    "a mark that nobody uses": (TEST, "off = pytest.mark.skip(reason='x')\n" + TEST),
    "a product that skips": (
        TEST, TEST.replace(BODY, f"    queue.skip()\n    cart.skip_one()\n{BODY}"),
    ),
    "a text that speaks of it": (TEST, TEST.replace(BODY, f"    'pytest.skip'\n{BODY}")),
    "in a test's own source": (TEST, TEST + f"SOURCE = '''\n{SKIP}def test_total(): pass\n'''\n"),
    "a fixture of somebody else": (
        TEST, "@pytest.fixture\ndef off():\n    pytest.skip('x')\n\n" + TEST,
    ),
    "a set-up of another class": (
        TEST, "class TestB:\n    def setup_method(self):\n        pytest.skip('x')\n\n" + TEST,
    ),
    "a new case that is skipped": (
        f"@pytest.mark.parametrize('n', [1])\n{COUNT}",
        f"@pytest.mark.parametrize('n', [1, pytest.param(2, marks=pytest.mark.skip)])\n{COUNT}",
    ),
    "run as a program": (TEST, TEST + "if __name__ == '__main__':\n    sys.exit(pytest.main())\n"),
    "cases that are computed": (TEST, "@pytest.mark.parametrize('n', cart.all())\n" + TEST),
    "defined anyway": (TEST, "if len('a') == 1:\n    " + indented(TEST)),
    "moved with its skip": ("@pytest.mark.skip\n" + TEST, "x = 1\n\n\n@pytest.mark.skip\n" + TEST),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new"), SILENT.values(), ids=SILENT)
def test_nobody_is_silenced(ask: Ask, old: str, new: str) -> None:
    """What keeps no test of the base from running is at most a note."""
    assert worst(ask(RULE, {PATH: HEAD + old}, {PATH: HEAD + new})) < Risk.MEDIUM


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", "collect_ignore = ['test_cart.py']\n"),
        ("collect_ignore = ['a.py']\n", "collect_ignore = ['a.py', 'test_cart.py']\n"),
        ("", "collect_ignore_glob = ['test_*.py']\n"),
        ("collect_ignore = []\n", "collect_ignore = []\ncollect_ignore.append('test_cart.py')\n"),
        ("collect_ignore = []\n", "collect_ignore = []\ncollect_ignore += ['test_cart.py']\n"),
        ("", "if True:\n    collect_ignore = ['test_cart.py']\n"),
    ],
)
def test_a_conftest_leaves_a_file_out(ask: Ask, old: str, new: str) -> None:
    """A file that a conftest newly leaves out of collection is lost as a whole."""
    path = "tests/conftest.py"
    assert worst(ask(RULE, {path: old}, {path: new})) == Risk.HIGH


@pytest.mark.parametrize(
    ("old", "new", "risk"),
    [
        (
            "",
            "import sys\nif sys.platform == 'win32':\n    collect_ignore = ['a.py']\n",
            Risk.MEDIUM,
        ),
        ("collect_ignore = ['a.py']\n", "collect_ignore = ['a.py'] + []\n", Risk.NONE),
        ("collect_ignore = ['a.py']\n", "", Risk.NONE),
        ("", "ignored = ['a.py']\n", Risk.NONE),
    ],
)
def test_a_conftest_leaves_little_out(ask: Ask, old: str, new: str, risk: Risk) -> None:
    """A condition is a warning; what was left out before, or is not, is silent."""
    path = "tests/conftest.py"
    assert worst(ask(RULE, {path: old}, {path: new})) == risk


def test_a_conftest_leaves_out_what_comes_with_it(ask: Ask) -> None:
    """A new file that is not to be collected takes nothing away."""
    new = {"tests/conftest.py": "collect_ignore = ['demo.py']\n", "tests/demo.py": "x = 1\n"}
    assert worst(ask(RULE, {"tests/conftest.py": ""}, new)) == Risk.LOW


OFF = "@pytest.fixture(autouse=True)\ndef off():\n    pytest.skip('x')\n"
LISTING = "def pytest_collection_modifyitems(config, items):\n"
RUN_SLOW = """\
    if config.getoption("--runslow"):
        return
    slow = pytest.mark.skip(reason="need --runslow option to run")
    for item in items:
        if "slow" in item.keywords:
            item.add_marker(slow)
"""
HOOKS = {
    "an automatic fixture": (OFF, Risk.HIGH),
    "set-up": ("def pytest_runtest_setup(item):\n    pytest.skip('x')\n", Risk.HIGH),
    "clear": (LISTING + "    items.clear()\n", Risk.HIGH),
    "emptied": (LISTING + "    items[:] = []\n", Risk.HIGH),
    "deleted": (LISTING + "    del items[:]\n", Risk.HIGH),
    "all marked": (
        LISTING + "    for item in items:\n        item.add_marker(pytest.mark.skip)\n", Risk.HIGH,
    ),
    "all marked by name": (
        LISTING + "    for item in items:\n        item.add_marker('skip')\n", Risk.HIGH,
    ),
    "nothing collected": ("def pytest_ignore_collect():\n    return True\n", Risk.HIGH),
    "nothing called": ("def pytest_pyfunc_call(pyfuncitem):\n    return True\n", Risk.HIGH),
    "filtered": (LISTING + "    items[:] = [i for i in items if 'a' in i.name]\n", Risk.MEDIUM),
    "the slow ones": (LISTING + RUN_SLOW, Risk.MEDIUM),
    "on a platform": (OFF.replace("    py", "    if sys.maxsize < 9:\n        py"), Risk.MEDIUM),
    "some ignored": ("def pytest_ignore_collect(path):\n    return path.bad\n", Risk.MEDIUM),
    "sorted": (LISTING + "    items.sort()\n    items[:] = sorted(items)\n", Risk.NONE),
    "another mark": (
        LISTING + "    for item in items:\n        item.add_marker(pytest.mark.slow)\n", Risk.NONE,
    ),
    "not automatic": (OFF.replace("(autouse=True)", ""), Risk.NONE),
    "none ignored": ("def pytest_ignore_collect(path):\n    return None\n", Risk.NONE),
}  # fmt: skip


@pytest.mark.parametrize(("conftest", "risk"), HOOKS.values(), ids=HOOKS)
def test_a_conftest_silences_tests(ask: Ask, conftest: str, risk: Risk) -> None:
    """A hook or fixture that skips or drops every test denies; some of them is a warning."""
    path = "tests/conftest.py"
    assert worst(ask(RULE, {}, {path: HEAD + conftest})) == risk
    assert ask(RULE, {path: HEAD + conftest}, {path: HEAD + "x = 1\n" + conftest}) == []


def test_one_case_is_skipped(ask: Ask) -> None:
    """A single case of the base that gets a mark is a test that is lost."""
    old = HEAD + "@pytest.mark.parametrize('n', [1, 12])\n" + COUNT
    new = "@pytest.mark.parametrize('n', [1, pytest.param(12, marks=[pytest.mark.xfail])])\n"
    (found,) = ask(RULE, {PATH: old}, {PATH: HEAD + new + COUNT})
    assert found.risk == Risk.HIGH
    assert "test_n[12]" in found.message


def test_a_skip_imported_from_a_new_helper(ask: Ask) -> None:
    """A mark that another file of the change gives a name is known by it."""
    helper = "import pytest\nslow = pytest.mark.skip(reason='slow')\n"
    new = {"tests/marks.py": helper, PATH: HEAD + f"from marks import slow\n@slow\n{TEST}"}
    assert worst(ask(RULE, {PATH: HEAD + TEST}, new)) == Risk.HIGH


def test_a_huge_test_file_is_judged_in_bounded_time(ask: Ask) -> None:
    """Hundreds of tests, fixtures and marks take seconds, not hours."""
    tests = "".join(f"def test_{n}(f_{n}):\n    assert cart.f({n}) == {n}\n" for n in range(800))
    fixtures = "".join(f"@pytest.fixture\ndef f_{n}():\n    pytest.skip('x')\n" for n in range(800))
    started = time.monotonic()
    assert worst(ask(RULE, {PATH: HEAD + tests}, {PATH: HEAD + fixtures + tests})) == Risk.HIGH
    assert time.monotonic() - started < 30


@pytest.mark.parametrize(
    ("mark", "settled_by"),
    [
        ("@pytest.mark.skip", ""),
        ("@pytest.mark.skip()", ""),
        ('@pytest.mark.skip(reason="flaky, see issue 12")', "trial"),
        ('@pytest.mark.xfail(reason="the server is slow")', "trial"),
    ],
)
def test_a_skip_that_says_why_is_left_to_the_trial(ask: Ask, mark: str, settled_by: str) -> None:
    """Agents are held for it all the same."""
    old = "import pytest\nimport cart\n\ndef test_total():\n    assert cart.total([1]) == 1\n"
    new = old.replace("def test", f"{mark}\ndef test")
    (found,) = ask("SMG302", {"tests/test_a.py": old}, {"tests/test_a.py": new})
    assert (found.risk, found.settled_by) == (Risk.HIGH, settled_by)
