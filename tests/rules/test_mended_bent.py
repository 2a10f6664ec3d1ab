"""Tests that leave, fixtures that bend, clocks and programs that say less, and what is honest."""

from __future__ import annotations

import pytest

from pytest_selfmod_guard.model import Finding, Risk
from tests.rules.conftest import Ask

PATH = "tests/test_cart.py"
PRODUCT = "shop/cart.py"


def _worst(found: list[Finding]) -> str:
    """Give the greatest risk, with a question mark where somebody else must settle it."""
    if not found:
        return "none"
    worst = max(found, key=lambda finding: (finding.risk, not finding.settled_by))
    return str(worst.risk) + ("?" if worst.settled_by and worst.risk >= Risk.HIGH else "")


SET_UP = (
    "import os\nimport shutil\nimport sys\nimport unittest\n\nfrom shop import Cart\n\n\n"
    "class CartTest(unittest.TestCase):\n    def setUp(self):\n        self.cart = Cart()\n\n"
    "    def test_total(self):\n        self.assertEqual(self.cart.total(), 0)\n"
)
MADE = "        self.cart = Cart()\n"


@pytest.mark.parametrize(
    ("asked", "risk"),
    [
        ("if len(self.cart) < 9:\n            self.skipTest('few')", "high?"),
        ("if not self.cart.ready:\n            raise unittest.SkipTest('x')", "high?"),
        ("if sys.platform == 'win32':\n            self.skipTest('paths')", "medium"),
        ("if not shutil.which('git'):\n            self.skipTest('git')", "medium"),
        ("self.cart.fill()", "none"),
    ],
)
def test_a_set_up_skips_only_by_where_it_runs(ask: Ask, asked: str, risk: str) -> None:
    """What a test sees of its subject is no reason not to look."""
    new = SET_UP.replace(MADE, f"{MADE}        {asked}\n")
    assert _worst(ask("SMG302", {PATH: SET_UP}, {PATH: new})) == risk


def test_a_helper_of_a_set_up_is_followed(ask: Ask) -> None:
    """A skip one call away skips as well."""
    new = SET_UP.replace(
        MADE,
        f"{MADE}        self._look()\n\n    def _look(self):\n        self.skipTest('later')\n",
    )
    assert _worst(ask("SMG302", {PATH: SET_UP}, {PATH: new})).startswith("high")


EARLY = "from shop import cart\n\n\ndef test_total():\n    assert cart.total([1]) == 1\n"
DEF = "def test_total():\n"


@pytest.mark.parametrize(
    ("left", "risk"),
    [
        ("if not hasattr(cart, 'rates'):\n        return", "high?"),
        ("if not getattr(cart, 'version', None):\n        return", "high"),
        ("try:\n        cart.rates()\n    except AttributeError:\n        return", "high?"),
        ("if not hasattr(os, 'fork'):\n        return", "medium"),
        ("if sys.platform == 'win32':\n        return", "medium"),
        ("try:\n        cart.rates()\n    except AttributeError:\n        raise", "none"),
    ],
)
def test_a_test_does_not_leave_early(ask: Ask, left: str, risk: str) -> None:
    """An object that lacks something is what a test should find."""
    new = EARLY.replace(DEF, f"{DEF}    {left}\n")
    assert _worst(ask("SMG308", {PATH: EARLY}, {PATH: new})) == risk


@pytest.mark.parametrize(
    ("body", "risk"),
    [
        ("self.assertIsNotNone(first)", "high"),
        ("super().assertEqual(first, first)", "high"),
        ("self.assertTrue(first or second)", "high"),
        ("self.assertTrue(first == second)", "none"),
        ("super().assertEqual(first, second)", "none"),
        ("if first != second:\n            self.fail('differs')", "none"),
    ],
)
def test_an_own_assertion_compares_both(ask: Ask, body: str, risk: str) -> None:
    """What is asked to compare two values looks at two."""
    method = f"    def assertEqual(self, first, second, msg=None):\n        {body}\n\n"
    new = SET_UP.replace("    def setUp", f"{method}    def setUp")
    assert _worst(ask("SMG333", {PATH: SET_UP}, {PATH: new})) == risk


GOLDEN = (
    "def test_report():\n    out = report()\n    golden = HERE / 'golden.txt'\n"
    "    assert out == golden.read_text()\n"
)


@pytest.mark.parametrize(
    ("written", "risk"),
    [
        ("if golden.read_text() != out:\n        golden.write_text(out)", "high?"),
        ("if not golden.read_text() == out:\n        shutil.copy(OUT, golden)", "high?"),
        ("with golden.open('w') as file:\n        file.write(out)", "high"),
        ("with golden.open('r') as file:\n        file.read()", "none"),
        ("if UPDATE:\n        golden.write_text(out)", "none"),
        ("if not golden.exists():\n        golden.write_text(out)", "none"),
    ],
)
def test_a_golden_file_does_not_follow_the_result(ask: Ask, written: str, risk: str) -> None:
    """What is written where it differs never differs."""
    new = GOLDEN.replace("    assert", f"    {written}\n    assert")
    assert _worst(ask("SMG313", {PATH: GOLDEN}, {PATH: new})) == risk


FIXTURE = (
    "import pytest\nfrom shop import App\n\n\n@pytest.fixture\ndef app(monkeypatch):\n"
    "    app = App()\n    return app\n"
)


@pytest.mark.parametrize(
    ("bent", "risk"),
    [
        ("app.views['stop'] = lambda: 1", "high?"),
        ("setattr(app, 'stop', lambda: 1)", "high?"),
        ("monkeypatch.setattr(app, 'stop', lambda: 1)", "high?"),
        ("type(app).stop = lambda self: 1", "high?"),
        ("app.views.update(stop=lambda: 1)", "high?"),
        ("app.dependency_overrides[may_delete_permission] = lambda: True", "high?"),
        ("app.dependency_overrides[get_db] = lambda: 1", "none"),
        ("app.config['STOP'] = lambda: 1", "none"),
        ("app.name = 'shop'", "none"),
    ],
)
def test_a_fixture_hands_out_the_real_thing(ask: Ask, bent: str, risk: str) -> None:
    """A function of the fixture's own in the subject is not the subject."""
    path = "tests/conftest.py"
    new = FIXTURE.replace("    return app", f"    {bent}\n    return app")
    assert _worst(ask("SMG349", {path: FIXTURE}, {path: new})) == risk


@pytest.mark.parametrize(
    ("now", "risk"),
    [
        ("return {'a': total(1)}", "high?"),
        ("return {}", "high?"),
        ("return {'a': 1, 'b': 2}", "none"),
        ("return {'a': 9}", "high?"),
    ],
)
def test_what_is_expected_stays_written_out(ask: Ask, now: str, risk: str) -> None:
    """The product does not say what is expected of it."""
    old = "import pytest\n\n\n@pytest.fixture\ndef expected():\n    return {'a': 1}\n"
    new = old.replace("return {'a': 1}", now)
    assert _worst(ask("SMG350", {PATH: old}, {PATH: new})) == risk


BENCH = (
    "import time\n\n\ndef bench(call, turns):\n    worst = 0.0\n    for _ in range(turns):\n"
    "        start = time.perf_counter()\n        call()\n"
    "        worst = max(worst, time.perf_counter() - start)\n    return worst\n"
)


@pytest.mark.parametrize(
    ("old", "new", "risk"),
    [
        ("return worst", "return worst / 1000", "high?"),
        ("return worst", "return min(worst, 0.1)", "high?"),
        ("return worst", "return 0.001", "high?"),
        ("return worst", "return worst / turns", "none"),
        ("return worst", "return worst / 60", "none"),
        ("time.perf_counter()", "clock()", "none"),
        ("time.perf_counter()", "time.monotonic_ns()", "none"),
        ("        call()\n", "", "high?"),
        ("        call()\n", "        if not _:\n            call()\n", "high?"),
        ("    worst = 0.0\n", "    worst = 0.0\n    turns = 1\n", "high?"),
        ("    worst = 0.0\n", "    worst = 0.0\n    call()\n", "none"),
    ],
)
def test_a_clock_is_not_bent(ask: Ask, old: str, new: str, risk: str) -> None:
    """What is measured is what was asked for, and as long as it took."""
    assert _worst(ask("SMG348", {PRODUCT: BENCH}, {PRODUCT: BENCH.replace(old, new)})) == risk


@pytest.mark.parametrize(
    ("end", "path", "risk"),
    [
        ("raise SystemExit(0)", PRODUCT, "high?"),
        ("raise SystemExit", PRODUCT, "high?"),
        ("os._exit(0)", PRODUCT, "high?"),
        ("os.kill(os.getpid(), 15)", PRODUCT, "high?"),
        ("sys.exit(1)", PRODUCT, "none"),
        ("sys.exit(0)", "shop/cli.py", "none"),
        ("self.exit()", PRODUCT, "none"),
    ],
)
def test_a_function_answers_and_does_not_leave(ask: Ask, end: str, path: str, risk: str) -> None:
    """Only a program ends the process."""
    old = "def total(items):\n    return sum(items)\n"
    new = old.replace("    return", f"    if not items:\n        {end}\n    return")
    assert _worst(ask("SMG346", {path: old}, {path: new})) == risk


@pytest.mark.parametrize(
    ("code", "risk"),
    [
        ("for one in Path('tests').glob('test_*.py'):\n    one.unlink()", "high?"),
        ("shutil.move('tests', '/tmp/old')", "high?"),
        ("open('tests/test_cart.py', 'w').close()", "high?"),
        ("subprocess.run(['rm', '-rf', 'tests/slow'])", "high?"),
        (
            "T = Path('tests')\ndef tidy():\n    for one in T.glob('*'):\n        one.unlink()",
            "high?",
        ),
        ("shutil.rmtree('tests/__pycache__')", "none"),
        ("shutil.rmtree('build')", "none"),
        ("print(open('tests/test_cart.py', 'r').read())", "none"),
    ],
)
def test_a_build_leaves_tests_where_they_are(ask: Ask, code: str, risk: str) -> None:
    """To install a project is no reason to take its tests away."""
    assert _worst(ask("SMG347", {}, {"setup.py": f"{code}\n"})) == risk


@pytest.mark.parametrize(
    ("code", "risk"),
    [
        ("def setUpModule():\n    raise SystemExit(0)\n", "high?"),
        ("def setup_module():\n    sys.exit()\n", "high?"),
        ("def _go():\n    sys.exit(0)\n\n\ndef setUpModule():\n    _go()\n", "high?"),
        ("@pytest.fixture\ndef ready():\n    sys.exit(0)\n", "high?"),
        ("def test_exit():\n    with pytest.raises(SystemExit):\n        sys.exit(0)\n", "none"),
    ],
)
def test_what_comes_before_tests_does_not_leave(ask: Ask, code: str, risk: str) -> None:
    """Unittest ends, with success, where a set-up leaves politely."""
    assert _worst(ask("SMG303", {}, {PATH: f"import sys\nimport pytest\n{code}"})) == risk


@pytest.mark.parametrize(
    ("paths", "files", "is_less"),
    [
        ("tests/unit", {"tests/unit/test_new.py": "def test_new(): assert f()"}, True),
        ("nowhere", {}, False),
        ("tests docs", {}, False),
    ],
)
def test_a_new_folder_does_not_hide_the_others(
    ask: Ask, paths: str, files: dict[str, str], *, is_less: bool
) -> None:
    """A test path that only now exists leaves out what lies elsewhere."""
    old = {"pytest.ini": "[pytest]\ntestpaths = tests\n", PATH: "def test_a(): assert f()\n"}
    new = {**old, "pytest.ini": f"[pytest]\ntestpaths = {paths}\n", **files}
    assert bool(ask("SMG321", old, new)) is is_less


MATRIX = (
    "on: [push]\njobs:\n  test:\n    strategy:\n      matrix:\n        python: ['3.11', '3.12']\n"
)
RUN = "    steps:\n      - run: pytest\n"


@pytest.mark.parametrize(
    ("more", "is_lost"),
    [
        ("        exclude: [{python: '3.11'}, {python: '3.12'}]\n", True),
        ("        exclude: [{python: '3.11'}]\n", False),
        (
            (
                "        exclude: [{python: '3.11'}, {python: '3.12'}]\n"
                "        include: [{python: '3.13'}]\n"
            ),
            False,
        ),
        ("        os: ${{ fromJSON('[]') }}\n", True),
        ("        os: [a, b]\n        exclude: [{python: '3.11', os: a}]\n", False),
    ],
)
def test_a_matrix_leaves_something_to_run(ask: Ask, more: str, *, is_lost: bool) -> None:
    """A job of which every combination is left out never runs."""
    path = ".github/workflows/ci.yml"
    assert bool(ask("SMG324", {path: MATRIX + RUN}, {path: MATRIX + more + RUN})) is is_lost


MOVED = {"tests/golden/a.txt": "1\n", "tests/golden/b.txt": "2\n"}
GATE = (
    "import sys\nPROTECTED = ('tests/golden/',)\n\n\ndef main():\n"
    "    return touched(PROTECTED)\n\n\nsys.exit(main())\n"
)


@pytest.mark.parametrize("is_whole", [True, False])
def test_a_folder_that_moves_as_a_whole_loses_nothing(ask: Ask, *, is_whole: bool) -> None:
    """Its records, what holds it back, and what guards it go with it."""
    old = {
        **MOVED,
        "tools/guard.py": GATE,
        ".claude/settings.json": '{"permissions": {"deny": ["Edit(tests/golden/**)"]}}',
    }
    new = {path: text.replace("tests/golden", "test/golden") for path, text in old.items()}
    new = {path.replace("tests/golden", "test/golden"): text for path, text in new.items()}
    if not is_whole:
        new["test/golden/b.txt"] = "3\n"
    for rule in ("SMG313", "SMG334", "SMG412"):
        assert bool(ask(rule, old, new)) is not is_whole, rule


CLOCK = (
    "import sys\nimport time\n\n\ndef main():\n    start = time.perf_counter()\n    work()\n"
    "    spent = time.perf_counter() - start\n    return 1 if spent > 3 else 0\n\n\n"
    "sys.exit(main())\n"
)
FIRST, LAST = "start = time.perf_counter()", "spent = time.perf_counter() - start"


@pytest.mark.parametrize(
    ("first", "last", "is_looser"),
    [
        ("start = time.perf_counter_ns()", "spent = (time.perf_counter_ns() - start) / 1e9", False),
        ("start = time.monotonic()", "spent = time.monotonic() - start", False),
        ("start = time.time()", "spent = time.monotonic() - start", True),
        ("start = time.perf_counter_ns()", "spent = time.perf_counter() - start", True),
        (FIRST, "spent = (time.perf_counter() - start) / 1e9", True),
    ],
)
def test_a_gate_may_read_a_finer_clock(ask: Ask, first: str, last: str, *, is_looser: bool) -> None:
    """The same time by another clock is the same, if all of it is read there."""
    new = CLOCK.replace(FIRST, first).replace(LAST, last)
    assert bool(ask("SMG334", {"score.py": CLOCK}, {"score.py": new})) is is_looser


@pytest.mark.parametrize(
    ("now", "is_wider"),
    [
        ("assert_allclose(total(), 3.5, rtol=0, atol=1e-7)", False),
        ("assert_allclose(total(), 3.5, rtol=0, atol=1e-3)", True),
        ("assert_allclose(total(), 3.5, rtol=1e-2)", True),
        ("self.assertAlmostEqual(total(), 3.5, delta=4e-7)", False),
    ],
)
def test_one_tolerance_is_as_narrow_as_another(ask: Ask, now: str, *, is_wider: bool) -> None:
    """What counts is how far off a value may be, in whatever words."""
    old = SET_UP.replace(
        "self.assertEqual(self.cart.total(), 0)", "self.assertAlmostEqual(total(), 3.5, places=6)"
    )
    new = old.replace("self.assertAlmostEqual(total(), 3.5, places=6)", now)
    assert bool(ask("SMG309", {PATH: old}, {PATH: new})) is is_wider


@pytest.mark.parametrize(
    ("line", "is_asked"),
    [
        ("/Makefile @crew/quality", False),
        ("/shop/ @somebody", True),
        ("/tests/ @crew/backend", True),
    ],
)
def test_owners_that_others_trust_may_get_more(ask: Ask, line: str, *, is_asked: bool) -> None:
    """A file that nobody in particular owned may get an owner whom the project knows."""
    old = "* @crew/backend\n/tests/ @crew/quality\n"
    found = ask("SMG413", {"CODEOWNERS": old}, {"CODEOWNERS": f"{old}{line}\n"})
    assert bool(found) is is_asked


@pytest.mark.parametrize(
    ("case", "risk"),
    [
        ("case [3, 4]:\n            return 7", "high?"),
        ("case {'a': 4}:\n            return Decimal('9.00')", "high?"),
        ("case [3, *rest]:\n            return 7", "none"),
        ("case []:\n            return 7", "none"),
        ("case 404:\n            return 'not found'", "none"),
        ("case [3, 4]:\n            return items", "none"),
    ],
)
def test_a_function_knows_no_input_by_heart(ask: Ask, case: str, risk: str) -> None:
    """A pattern with nothing open in it is one input of the tests."""
    old = "def total(items):\n    return sum(items)\n"
    new = old.replace("    return", f"    match items:\n        {case}\n    return")
    assert _worst(ask("SMG351", {PRODUCT: old}, {PRODUCT: new})) == risk
