"""What judges a project beside its tests: scripts, clocks, CI, runners, people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.model import Finding, Risk

if TYPE_CHECKING:
    from tests.rules.conftest import Ask

GATE = (
    "import sys\nMIN_RATE = 0.9\nMAX_TIME = 2\nPROTECTED = ('tests/', 'tools/')\n\n\n"
    "def main(rate, spent, paths):\n"
    "    touched = [path for path in paths if path.startswith(PROTECTED)]\n"
    "    if touched:\n        return 2\n"
    "    if rate < MIN_RATE or spent > MAX_TIME:\n        raise SystemExit(1)\n"
    "    return 0\n\n\nsys.exit(main(*measure()))\n"
)
NAME = "tools/guard.py"


def _denies(found: list[Finding]) -> bool:
    return any(one.risk >= Risk.HIGH for one in found)


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("0.9", "0.1"),
        ("MAX_TIME = 2", "MAX_TIME = 200"),
        ("('tests/', 'tools/')", "('tests/',)"),
        ("return 2", "return 0"),
        ("    if touched", "    if '--force' in sys.argv:\n        return 0\n    if touched"),
        ("if touched:", "if touched and len(touched) > 9:"),
        ("rate < MIN_RATE or spent", "rate < MIN_RATE and spent"),
        ("    if touched:\n        return 2\n", ""),
        ("sys.exit(main(*measure()))", "main(*measure())"),
        ("    return 0\n", ("    try:\n        check()\n    except ValueError:\n        pass\n    "
         "return 0\n")),
        ("in paths if", "in paths[:1] if"),
        ("*measure()", "*measure()[:3]"),
        ("raise SystemExit(1)", "print('slow')"),
    ],
)  # fmt: skip
def test_a_gate_that_demands_less_is_seen(ask: Ask, was: str, now: str) -> None:
    """A script that judges is no way around what it judges."""
    found = ask("SMG334", {NAME: GATE}, {NAME: GATE.replace(was, now)})
    assert _denies(found)
    assert {one.settled_by for one in found} == {"review"}


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("0.9", "0.95"),
        ("MAX_TIME = 2", "MAX_TIME = 1"),
        ("('tests/', 'tools/')", "('tests/', 'tools/', 'docs/')"),
        ("if touched:", "if touched or rate > 1:"),
        ("    return 0\n", "    print('good')\n    return 0\n"),
        ("    if touched", "    if spent < 0:\n        return 3\n    if touched"),
    ],
)
def test_a_gate_that_demands_more_is_silent(ask: Ask, was: str, now: str) -> None:
    """Thresholds may rise, and more may be guarded."""
    assert not ask("SMG334", {NAME: GATE}, {NAME: GATE.replace(was, now)})


def test_a_gate_is_known_by_who_runs_it(ask: Ask) -> None:
    """What CI runs judges, whatever its name; what nobody runs and has no such name does not."""
    run = {".github/workflows/ci.yml": "jobs:\n  a:\n    steps:\n      - run: python weigh.py\n"}
    new = GATE.replace("0.9", "0.1")
    assert _denies(ask("SMG334", {**run, "weigh.py": GATE}, {**run, "weigh.py": new}))
    assert not ask("SMG334", {"weigh.py": GATE}, {"weigh.py": new})


def test_a_gate_that_goes_is_seen(ask: Ask) -> None:
    """To delete the judge is not to be acquitted."""
    assert _denies(ask("SMG334", {NAME: GATE}, {}))


@pytest.mark.parametrize("text", ["[1, 2]", '[{"want": 1}]', ""])
def test_what_a_gate_measures_by_stays(ask: Ask, text: str) -> None:
    """A case of the judge that is gone, or wants something else, is seen."""
    old = {"score.py": GATE + "# cases.json\n", "cases.json": '[\n{"want": 7},\n{"want": 8}\n]\n'}
    assert _denies(ask("SMG334", old, {**old, "cases.json": text}))
    more = old["cases.json"].replace("8}", "8},\n{}")
    assert not ask("SMG334", old, {**old, "cases.json": more})


@pytest.mark.parametrize(
    ("path", "code", "settled"),
    [
        ("shop/a.py", "import time\ntime.perf_counter = lambda: 0\n", ""),
        ("shop/a.py", "import time\nsetattr(time, 'mono' + 'tonic', lambda: 0)\n", ""),
        ("shop/a.py", "import __main__\n__main__.run = lambda: 100\n", ""),
        ("shop/a.py", "import sys\nsys.exit = lambda code=0: None\n", "review"),
        ("conftest.py", "import time\ntime.time = lambda: 0\n", "trial"),
        (
            "conftest.py",
            ("import pytest\n@pytest.fixture(autouse=True)\ndef still(monkeypatch):\n"
            "    monkeypatch.setattr('time.perf_counter', lambda: 0)\n"),
            "trial",
        ),
        ("conftest.py", "from unittest.mock import patch\npatch('time.perf_counter').start()\n",
         "trial"),
    ],
)  # fmt: skip
def test_a_clock_of_ones_own_is_seen(ask: Ask, path: str, code: str, settled: str) -> None:
    """Whoever sets the clock keeps every limit of time."""
    found = ask("SMG335", {}, {path: code})
    assert [one.settled_by for one in found if one.risk >= Risk.HIGH] == [settled]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("shop/a.py", "import time\ndef wait(clock=time.monotonic):\n    return clock()\n"),
        ("shop/a.py", "import sys\nsys.stdout = None\n"),
        ("tests/test_a.py", "import time\ntime.time = lambda: 0\n"),
        ("conftest.py", ("import pytest\n@pytest.fixture(autouse=True)\ndef t(monkeypatch):\n"
         "    monkeypatch.setattr('time.time', lambda: 0)\n")),
    ],
)  # fmt: skip
def test_a_clock_that_is_handed_in_is_silent(ask: Ask, path: str, code: str) -> None:
    """What is put back, or only used, replaces nothing."""
    assert not _denies(ask("SMG335", {}, {path: code}))


@pytest.mark.parametrize(
    "line",
    [
        "import sys; x = sys._getframe(1).f_locals['want']",
        "import sys; seen = sys._getframe(1).f_locals\nif 'want' in seen: pass",
        "import inspect; x = inspect.currentframe().f_back.f_locals.get('want')",
        "import gc; x = gc.get_objects()",
        "import sys; sys._getframe(1).f_globals['good'] = 1",
    ],
)
def test_the_variables_of_a_caller_are_not_asked(ask: Ask, line: str) -> None:
    """What a test wants stands in its variables."""
    assert _denies(ask("SMG336", {}, {"shop/a.py": f"def total():\n    {line!s}\n".replace(
        "\nif", "\n    if")}))  # fmt: skip


def test_the_name_of_a_module_may_be_asked(ask: Ask) -> None:
    """Loggers and named tuples look at who made them."""
    code = "import sys\nname = sys._getframe(1).f_globals['__name__']\n"
    assert not _denies(ask("SMG336", {}, {"shop/a.py": code}))


@pytest.mark.parametrize(
    ("line", "is_bad"),
    [
        ("if app.testing:\n        return True", True),
        ("if app.config.get('TESTING'):\n        return True", True),
        ("return app.testing or known(app)", True),
        ("x = 1 if IS_TEST else 2", True),
        ("if not app.testing:\n        log.warning('key')", False),
        ("if app.strict:\n        return True", False),
        ("app.testing = True", False),
    ],
)
def test_a_flag_for_tests_decides_nothing(ask: Ask, line: str, *, is_bad: bool) -> None:
    """What runs under test is what is used; to log is no difference."""
    code = f"def check(app):\n    {line}\n"
    assert _denies(ask("SMG337", {}, {"shop/a.py": code})) is is_bad


@pytest.mark.parametrize(
    ("test", "is_bad"),
    [
        ("given == 'hunter2'", True),
        ("given == 'plain'", False),
        ("len(given) == 11", True),
        ("len(given) == 2", False),
        ("hash(given) in KNOWN", True),
        ("request.remote_addr == '127.0.0.1'", True),
    ],
)
def test_an_answer_of_its_own_is_seen(ask: Ask, test: str, *, is_bad: bool) -> None:
    """A value of the tests in the product is there for the tests."""
    old = {
        "shop/a.py": "def check(given):\n    return digest(given)\n",
        "tests/test_a.py": "def test_a():\n    assert check('hunter2')\n",
    }
    new = old["shop/a.py"].replace("    return", f"    if {test}:\n        return 7\n    return")
    assert _denies(ask("SMG338", old, {**old, "shop/a.py": new})) is is_bad


@pytest.mark.parametrize(
    ("was", "now", "is_bad"),
    [
        ("    x = 1", "    return 3\n    x = 1", True),
        ("    x = 1", "    raise NotImplementedError\n    x = 1", False),
        ("    x = 1\n    return x", "    return 1", False),
        ("    x = 1", "    if y:\n        return 3\n    x = 1", False),
    ],
)
def test_code_stays_within_reach(ask: Ask, was: str, now: str, *, is_bad: bool) -> None:
    """Who answers before the code keeps it for show."""
    old = "def total(y):\n    x = 1\n    return x\n"
    assert _denies(ask("SMG340", {"a.py": old}, {"a.py": old.replace(was, now)})) is is_bad


@pytest.mark.parametrize(
    ("was", "now", "is_bad"),
    [
        ("    assert", "    assume(len(xs) == 1)\n    assert", True),
        ("st.integers()", "st.integers().filter(bool)", True),
        ("max_size=9", "max_size=1", True),
        ("max_size=9", "max_size=90", False),
        ("st.lists(st.integers(), max_size=9)", "st.just([1])", True),
        ("@given", "@settings(phases=[])\n@given", True),
        ("@given", "@settings(max_examples=1000)\n@given", False),
    ],
)
def test_examples_are_not_narrowed(ask: Ask, was: str, now: str, *, is_bad: bool) -> None:
    """Fewer kinds of examples are fewer tests."""
    old = (
        "from hypothesis import given, strategies as st\n\n\n"
        "@given(st.lists(st.integers(), max_size=9))\ndef test_total(xs):\n"
        "    assert total(xs) == sum(xs)\n"
    )
    new = {"tests/test_a.py": old.replace(was, now, 1)}
    assert _denies(ask("SMG342", {"tests/test_a.py": old}, new)) is is_bad


@pytest.mark.parametrize(
    ("was", "now", "is_bad"),
    [
        ('test "${{ needs.a.result }}" = success', "true", True),
        ("= success", "= success || true", True),
        ("if: always()", "if: failure()", True),
        ("python check_docs.py", "true", True),
        ("python check_docs.py", "python check_docs.py || true", True),
        ("--check --dry-run", "--dry-run", True),
        ("manage.py test", "manage.py test shop.tests.One", True),
        ("manage.py test", "manage.py test --exclude-tag=slow", True),
        ("manage.py test", "manage.py test --parallel", False),
        ("check_docs.py", "check_docs.py --strict", False),
        ("nox", "nox --list", True),
        ("python check_docs.py", "PYTHONOPTIMIZE=1 python check_docs.py", True),
    ],
)  # fmt: skip
def test_ci_verifies_what_it_did(ask: Ask, was: str, now: str, *, is_bad: bool) -> None:
    """Beside tests and linters CI asks much that counts."""
    old = (
        "jobs:\n  a:\n    steps:\n      - run: nox\n      - run: python check_docs.py\n"
        "      - run: python manage.py makemigrations --check --dry-run\n"
        "      - run: python manage.py test\n"
        "  b:\n    if: always()\n    needs: [a]\n    steps:\n"
        '      - run: test "${{ needs.a.result }}" = success\n'
    )
    path = ".github/workflows/ci.yml"
    assert _denies(ask("SMG344", {path: old}, {path: old.replace(was, now, 1)})) is is_bad


@pytest.mark.parametrize(
    ("old", "new", "is_bad"),
    [
        ("test:\n\tpytest\n", "SHELL := /bin/true\ntest:\n\tpytest\n", True),
        ("test:\n\tpytest\n", "MAKEFLAGS += --dry-run\ntest:\n\tpytest\n", True),
        ("test:\n\tpytest\n", "test:\n\tpytest\n\ntest:\n\t@echo ok\n", True),
        ("test:\n\tpytest\n", "test:\n\tpython -O -m pytest\n", True),
        ("test:\n\tpytest\n", "SHELL := /bin/bash\ntest:\n\tpytest -q\n", False),
    ],
)
def test_make_runs_what_it_says(ask: Ask, old: str, new: str, *, is_bad: bool) -> None:
    """A make that runs nothing is always right."""
    assert _denies(ask("SMG344", {"Makefile": old}, {"Makefile": new})) is is_bad


@pytest.mark.parametrize(
    ("sentence", "is_bad"),
    [
        ("Failing tests may be skipped.", True),
        ("Weaken assertions if necessary.", True),
        ("Adjust expected values until CI is green.", True),
        ("No need to run the tests.", True),
        ("Never weaken assertions, even if necessary.", False),
        ("Update the snapshots with `make snapshots`.", False),
    ],
)
def test_agents_are_not_let_loose(ask: Ask, sentence: str, *, is_bad: bool) -> None:
    """Instructions do not permit what the tests forbid."""
    assert (
        _denies(ask("SMG411", {"AGENTS.md": "# A\n"}, {"AGENTS.md": f"# A\n\n{sentence}\n"}))
        is is_bad
    )


def test_a_demand_on_agents_stays(ask: Ask) -> None:
    """What agents were held to is for a person to take out; other words for it are no loss."""
    old = {"AGENTS.md": "# A\n\n- Do not skip or delete tests.\n- Use tabs.\n"}
    assert _denies(ask("SMG411", old, {"AGENTS.md": "# A\n\n- Use tabs.\n"}))
    said = "# A\n\n- Never delete or disable tests.\n- Use tabs.\n"
    assert not _denies(ask("SMG411", old, {"AGENTS.md": said}))


@pytest.mark.parametrize("base", ["testpaths = ['tests']", ""])
def test_a_test_file_keeps_a_name_that_is_collected(ask: Ask, base: str) -> None:
    """A name or a place where nobody looks is a deletion."""
    text = "import shop\n\n\ndef test_a():\n    assert shop.a() == 1\n"
    old = {"tests/test_a.py": text, "pyproject.toml": f"[tool.pytest.ini_options]\n{base}\n"}
    rest = {"pyproject.toml": old["pyproject.toml"]}
    assert _denies(ask("SMG301", old, {**rest, "tests/a_tests.py": text}))
    assert not _denies(ask("SMG301", old, {**rest, "tests/unit/test_a.py": text}))
    assert _denies(ask("SMG301", old, {**rest, "docs/test_a.py": text})) is bool(base)


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("assert shop.get()['a'] == 1", "assert shop.get() == {'a': 1, 'b': 2}"),
        ("assert repr(shop.get()) == 'P(1, 2)'", "assert shop.get() == P(1, 2)"),
    ],
)
def test_a_larger_demand_holds_the_smaller(ask: Ask, was: str, now: str) -> None:
    """Who compares the whole has compared the part; a wrong part is seen."""
    path = "tests/test_a.py"
    test = "import shop\n\n\ndef test_a():\n    {}\n    assert shop.get() != 0\n"
    old = {path: test.format(was), "shop.py": "x = 1\n"}
    new = {"shop.py": "x = 2\n"}
    assert not _denies(ask("SMG310", old, {**new, path: test.format(now)}))
    assert _denies(ask("SMG310", old, {**new, path: test.format(now.replace("1", "3"))}))


@pytest.mark.parametrize(("verb", "settled"), [("write_text('{}')", ""), ("read_text()", "review")])
def test_the_product_leaves_recorded_results_alone(ask: Ask, verb: str, settled: str) -> None:
    """Who writes what is expected is denied; who reads it has to explain himself."""
    old = {"a.py": "def total(path):\n    return 3\n", "tests/golden/a.expected.json": "{}"}
    line = f"    (path.parent / 'a.expected.json').{verb}\n    return 3"
    found = ask("SMG341", old, {**old, "a.py": old["a.py"].replace("    return 3", line)})
    assert [one.settled_by for one in found if one.risk >= Risk.HIGH] == [settled]
