"""Configuration, task files and CI that check less than they did."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import all_rules
from tests.corpus import SOMEBODY, judged

FILES = {
    "shop/__init__.py": "",
    "shop/cart.py": "def total(items):\n    return sum(items)\n",
    "shop/tax.py": "def tax(n):\n    return n\n",
    "tests/test_cart.py": "def test_total():\n    assert 1\n\n\nclass TestMore:\n"
    "    def test_more(self):\n        assert 1\n",
    "tests/api/test_api.py": "import pytest\n\n\n@pytest.mark.api\ndef test_api():\n    assert 1\n",
}
RULES = {rule.id: rule for rule in all_rules()}


def worst(rule: str, old: Mapping[str, str], new: Mapping[str, str | None]) -> tuple[Risk, str]:
    """Give the highest risk that a rule sees in an edit of the project, and what settles it."""
    found, _ = judged({**FILES, **old}, new, (RULES[rule],), SOMEBODY)
    return max(((one.risk, one.settled_by) for one in found), default=(Risk.NONE, ""))


@pytest.mark.parametrize(
    ("old", "new", "risk"),
    [
        ("", "testpaths = tests/api", Risk.HIGH),
        ("", "testpaths = tests", Risk.NONE),
        ("", "testpaths = nowhere", Risk.NONE),
        ("testpaths = tests/api", "", Risk.NONE),
        ("", "python_files = test_cart.py", Risk.HIGH),
        ("", "python_files = test_*.py check_*.py", Risk.NONE),
        ("", "python_classes = Check", Risk.HIGH),
        ("", "python_functions = test", Risk.NONE),
        ("", "python_functions = *_more", Risk.HIGH),
        ("", "norecursedirs = api", Risk.HIGH),
        ("", "norecursedirs = docs", Risk.NONE),
        ("", "addopts = --ignore tests/api", Risk.HIGH),
        ("", "addopts = --ignore=docs", Risk.NONE),
        ("", "addopts = -qk cart", Risk.HIGH),
        ("", "addopts = -m 'not api'", Risk.HIGH),
        ("", "addopts = -m 'not nightly'", Risk.LOW),
        ("", "addopts = -m api", Risk.HIGH),
        ("", "addopts = --deselect gone.py::test_x", Risk.NONE),
        ("", "addopts = -p no:cacheprovider", Risk.MEDIUM),
        ("", "addopts = -p no:assertion", Risk.HIGH),
        ("", "addopts = --assert=plain", Risk.HIGH),
        ("", "addopts = -ra -n 4 --cov --durations 5", Risk.NONE),
        ("addopts = --doctest-modules", "", Risk.HIGH),
        ("addopts = --strict-markers", "", Risk.HIGH),
        ("required_plugins = pytest-x>=2", "", Risk.MEDIUM),
        ("required_plugins = pytest-x>=2", "required_plugins = pytest-x>=3", Risk.NONE),
        ("filterwarnings =\n    error\n    ignore::X", "filterwarnings =\n    ignore", Risk.HIGH),
        ("filterwarnings = error", "filterwarnings =\n    error\n    ignore::X", Risk.NONE),
        ("xfail_strict = true", "xfail_strict = 0", Risk.HIGH),
        ("xfail_strict = false", "", Risk.NONE),
        ("xfail_strict = 1", "xfail_strict = 1\naddopts = -o xfail_strict=0", Risk.HIGH),
        ("asyncio_mode = auto", "asyncio_mode = strict", Risk.NONE),
    ],
)
def test_pytest_is_told_less(old: str, new: str, risk: Risk) -> None:
    """What is still collected is looked for among the files there are."""
    before, after = (f"[pytest]\n{lines}\n" for lines in (old, new))
    assert worst("SMG321", {"pytest.ini": before}, {"pytest.ini": after})[0] is risk


@pytest.mark.parametrize(
    ("old", "new", "risk"),
    [
        ({"tox.ini": "[pytest]\nxfail_strict = 1\n"}, {"pytest.ini": ""}, Risk.HIGH),
        ({"tox.ini": "[pytest]\nxfail_strict = 1\n"}, {"setup.cfg": "[tool:pytest]\n"}, Risk.NONE),
        ({"pytest.ini": "[pytest]\nxfail_strict = 1\n"}, {"pytest.ini": None}, Risk.HIGH),
        (
            {"pytest.ini": "[pytest]\nxfail_strict = 1\n"},
            {"pytest.ini": None, "pytest.toml": "[pytest]\nxfail_strict = true\n"},
            Risk.NONE,
        ),
        (
            {"a/setup.cfg": "[tool:pytest]\ntestpaths = tests\n", "a/tests/test_a.py": ""},
            {"a/setup.cfg": "[tool:pytest]\npython_files = none.py\n"},
            Risk.HIGH,
        ),
        (
            {"pyproject.toml": "[tool.pytest.ini_options]\nxfail_strict = true\n"},
            {"pyproject.toml": "[tool.pytest.ini_options\n"},
            Risk.HIGH,
        ),
    ],
)
def test_the_file_that_counts(
    old: Mapping[str, str], new: Mapping[str, str | None], risk: Risk
) -> None:
    """The first file of pytest's order is the only one."""
    assert worst("SMG321", old, new)[0] is risk


RC = "[run]\nsource = shop\n[report]\nfail_under = 80\nexclude_lines =\n    no cover\n"


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("= 80", "= 79.9", (Risk.HIGH, "")),
        ("= 80", "= 80.0", (Risk.NONE, "")),
        ("fail_under = 80\n", "", (Risk.HIGH, "")),
        ("fail_under = 80\n", "# fail_under = 80\n", (Risk.HIGH, "")),
        ("source = shop", "source = shop/cart.py", (Risk.HIGH, "")),
        ("source = shop", "source = shop\nomit = */tax.py", (Risk.HIGH, "trial")),
        ("source = shop", "source = shop\nomit = shop/*", (Risk.HIGH, "")),
        ("source = shop", "source = shop\nomit = tests/*", (Risk.NONE, "")),
        ("source = shop", "source = ./shop/\n", (Risk.NONE, "")),
        ("no cover\n", "no cover\n    .*\n", (Risk.HIGH, "")),
        ("no cover\n", "no cover\n    (a+)+b\n", (Risk.HIGH, "")),
        ("no cover\n", "no cover\n    def __repr__\n    [\n", (Risk.NONE, "")),
    ],
)
def test_coverage_asks_for_less(old: str, new: str, found: tuple[Risk, str]) -> None:
    """Numbers are compared, and patterns tried."""
    assert worst("SMG322", {".coveragerc": RC}, {".coveragerc": RC.replace(old, new)}) == found


def test_a_threshold_that_stands_elsewhere() -> None:
    """A number that goes is no loss where another file says the same."""
    old = {"Makefile": "test:\n\tpytest --cov-fail-under=80\n", ".coveragerc": RC}
    assert worst("SMG322", old, {"Makefile": "test:\n\tpytest\n"}) == (Risk.NONE, "")
    del old[".coveragerc"]
    assert worst("SMG322", old, {"Makefile": "test:\n\tpytest\n"}) == (Risk.HIGH, "")


def of_workflow(old: str, new: str, rest: Mapping[str, str] | None = None) -> tuple[Risk, str]:
    """Ask about two versions of one workflow."""
    path = ".github/workflows/ci.yml"
    return worst("SMG324", {path: old, **(rest or {})}, {path: new})


def job(run: str, more: str = "", on: str = "push") -> str:
    """Write a workflow with one step."""
    lines = "\n".join(f"          {line}" for line in run.splitlines())
    return f"on: {on}\njobs:\n  t:\n    steps:\n      - run: |\n{lines}\n{more}"


@pytest.mark.parametrize(
    ("run", "found"),
    [
        ("pytest || true", (Risk.HIGH, "")),
        ("pytest || exit 1", (Risk.NONE, "")),
        ("python -m pytest -q || true", (Risk.HIGH, "")),
        ("pytest &", (Risk.HIGH, "")),
        ("pytest 2>&1 && ls", (Risk.NONE, "")),
        ("pytest || pytest --lf", (Risk.NONE, "")),
        ("pytest ||\n  true", (Risk.HIGH, "")),
        ("! pytest", (Risk.HIGH, "")),
        ("bash -c 'pytest || true'", (Risk.HIGH, "")),
        ("if pytest; then echo; else exit 1; fi", (Risk.NONE, "")),
        ("if pytest; then echo; fi", (Risk.HIGH, "")),
        ("set +e\npytest\nls", (Risk.HIGH, "")),
        ("set +e\npytest", (Risk.NONE, "")),
        ("set +e\npytest\nexit $?", (Risk.NONE, "")),
        ("exit 0\npytest", (Risk.HIGH, "")),
        ("pytest | cat", (Risk.HIGH, "trial")),
        ("set -o pipefail\npytest | cat", (Risk.NONE, "")),
        ("pytest # || true", (Risk.NONE, "")),
        ("echo 'pytest'", (Risk.HIGH, "")),
        ("pip install pytest", (Risk.HIGH, "")),
        ("pytest --co", (Risk.HIGH, "")),
        ("pytest tests/api", (Risk.HIGH, "")),
        ("pytest tests", (Risk.NONE, "")),
        ("pytest -k 'a || b'", (Risk.HIGH, "")),
        ("pytest -m api\npytest -m 'not api'", (Risk.NONE, "")),
        ("FOO=1 uv run --with x python -m pytest -ra", (Risk.NONE, "")),
        ("./run.sh", (Risk.MEDIUM, "")),
        ("tox -e py311", (Risk.NONE, "")),
        ("uv run --locked tox run", (Risk.NONE, "")),
        ("tox -e docs", (Risk.MEDIUM, "")),
        ("PYTEST_ADDOPTS='-k x' pytest", (Risk.HIGH, "")),
    ],
)
def test_a_step_of_ci(run: str, found: tuple[Risk, str]) -> None:
    """What a line runs, and whether its failure counts, is read as a shell would."""
    assert of_workflow(job("pytest"), job(run)) == found


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ("        continue-on-error: true\n", (Risk.HIGH, "")),
        ("        continue-on-error: ${{ matrix.next }}\n", (Risk.NONE, "")),
        ("        if: ${{ false }}\n", (Risk.HIGH, "")),
        ("        if: false && github.ref\n", (Risk.HIGH, "")),
        ("        if: github.ref == 'x'\n", (Risk.HIGH, "trial")),
        ("        if: matrix.os == 'x'\n", (Risk.NONE, "")),
        ("        shell: bash {0}\n", (Risk.NONE, "")),
        ("  t2:\n    continue-on-error: true\n    steps: [{run: pytest}]\n", (Risk.NONE, "")),
        ("    if: 1 == 2\n", (Risk.HIGH, "")),
        ("    if: [\n", (Risk.HIGH, "")),
    ],
)
def test_around_a_step_of_ci(more: str, found: tuple[Risk, str]) -> None:
    """What stands around a command decides whether it counts."""
    assert of_workflow(job("pytest"), job("pytest", more)) == found


@pytest.mark.parametrize(
    ("on", "found"),
    [
        ("workflow_dispatch", (Risk.HIGH, "")),
        ("push", (Risk.HIGH, "trial")),
        ("pull_request", (Risk.NONE, "")),
        ("[push, pull_request, release]", (Risk.NONE, "")),
        ("{push: '', pull_request: {paths: [docs/**]}}", (Risk.HIGH, "")),
        ("{push: '', pull_request: {paths: ['src/**']}}", (Risk.MEDIUM, "")),
        ("{push: '', pull_request: {paths-ignore: ['**']}}", (Risk.HIGH, "")),
        ("{push: '', pull_request: {paths-ignore: ['docs/**']}}", (Risk.NONE, "")),
        ("{push: '', pull_request: {branches: [main]}}", (Risk.MEDIUM, "")),
        ("{push: '', pull_request: {branches: [none]}}", (Risk.HIGH, "trial")),
    ],
)
def test_what_starts_ci(on: str, found: tuple[Risk, str]) -> None:
    """A workflow with checks goes on to run for what is proposed."""
    old = job("pytest", on="[push, pull_request]")
    assert of_workflow(old, job("pytest", on=on)) == found


def test_what_another_workflow_runs() -> None:
    """A step that goes is a warning where another definition runs the tests."""
    other = {".github/workflows/other.yml": job("tox")}
    assert of_workflow(job("pytest"), job("ls")) == (Risk.HIGH, "")
    assert of_workflow(job("pytest"), job("ls"), other) == (Risk.MEDIUM, "")


def test_what_ci_runs_in_the_place_of_a_task() -> None:
    """A task may leave to CI what the same change lets CI run."""
    old = {"tox.ini": "[testenv]\ncommands = pytest tests\n"}
    new = {"tox.ini": "[testenv]\ncommands = pytest tests --ignore=tests/api\n"}
    assert worst("SMG323", old, new) == (Risk.HIGH, "")
    ci = {".github/workflows/api.yml": job("pytest tests/api")}
    assert worst("SMG323", old, {**new, **ci}) == (Risk.NONE, "")


def test_a_tool_in_the_place_of_another() -> None:
    """A linter may be replaced; to drop one of several is for a person to judge."""
    old = job("pytest\nflake8\nblack --check .\nmypy .")
    assert of_workflow(old, job("pytest\nruff check\nmypy .")) == (Risk.NONE, "")
    assert of_workflow(old, job("pytest\nblack --check .\nmypy .")) == (Risk.HIGH, "trial")
    assert of_workflow(old, job("pytest\nflake8\nblack --check .")) == (Risk.HIGH, "trial")


MAKE = "all: lint test\n\ntest:\n\tpytest\n\nlint:\n\truff check .\n"
NOX = "import nox\nnox.options.sessions = ['t']\n@nox.session\ndef t(s):\n    s.run('pytest')\n"


@pytest.mark.parametrize(
    ("path", "text", "old", "new", "risk"),
    [
        ("Makefile", MAKE, "\tpytest", "\t@-pytest", Risk.HIGH),
        ("Makefile", MAKE, "\tpytest", "\t@pytest", Risk.NONE),
        ("Makefile", MAKE, "all: lint test", "all: lint", Risk.HIGH),
        ("Makefile", MAKE, "\ntest:\n\tpytest\n", "", Risk.NONE),  # "all" fails loudly
        ("Makefile", MAKE, "\truff", "\t-ruff", Risk.HIGH),
        ("Makefile", MAKE, "lint:\n", "clean:\n\t-rm x\nlint:\n", Risk.NONE),
        ("Makefile", "test:\n\t./setup.sh\n\tpytest\n", "\tpytest\n", "", Risk.HIGH),
        ("Makefile", "test:\n\tpytest\n", "pytest", "./run.sh", Risk.MEDIUM),
        ("justfile", "t:\n  pytest\n", "pytest", "-pytest", Risk.HIGH),
        ("tox.ini", "[testenv]\ncommands = pytest\n", "= pytest", "= - pytest", Risk.HIGH),
        ("tox.ini", "[testenv]\ncommands = pytest\n", "pytest", "python -m pytest", Risk.NONE),
        ("tox.ini", "[tox]\nenvlist = py{311,312}, lint\n", "py{311,312}, ", "", Risk.HIGH),
        ("tox.ini", "[tox]\nenvlist = py{311,312}, lint\n", "311", "313", Risk.NONE),
        ("noxfile.py", NOX, "('pytest')", "('pytest', success_codes=[0, 5])", Risk.HIGH),
        ("noxfile.py", NOX, "('pytest')", "('pytest', success_codes=[0])", Risk.NONE),
        ("noxfile.py", NOX, "['t']", "['lint']", Risk.NONE),
        ("noxfile.py", NOX, "s.run('pytest')", "pass", Risk.HIGH),
        ("tasks.py", "def t(c):\n    c.run('tox')\n", "'tox'", "'tox', warn=True", Risk.HIGH),
        ("t.sh", "#!/bin/sh -e\npytest\nls\n", " -e", "", Risk.HIGH),
        ("t.sh", "set -e\npytest\nls\n", "ls", "ls -l", Risk.NONE),
        ("Dockerfile", "RUN pytest\n", "pytest", "pytest || true", Risk.HIGH),
        ("package.json", '{"scripts": {"test": "pytest"}}', "pytest", "pytest; true", Risk.HIGH),
        ("package.json", '{"scripts": {"test": "pytest"}}', "{", "[", Risk.MEDIUM),
        ("pyproject.toml", "[tool.poe.tasks]\na = 'pytest'\n", "pytest", "pytest -x", Risk.NONE),
        ("pyproject.toml", "[tool.poe.tasks]\na = 'pytest'\n", "pytest", "echo", Risk.HIGH),
        ("Jenkinsfile", "sh 'pytest'\n", "'pytest'", "script: 'pytest', returnStatus: true",
         Risk.HIGH),
    ],
)  # fmt: skip
def test_a_task_that_checks(path: str, text: str, old: str, new: str, risk: Risk) -> None:
    """Each kind of file is read by its own rules."""
    assert worst("SMG323", {path: text}, {path: text.replace(old, new)})[0] is risk


@pytest.mark.parametrize("rule", ["SMG321", "SMG322", "SMG323", "SMG324"])
@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("Makefile", "test:\n\tpytest " + "make " * 3000),
        ("Makefile", "test:\n\tpytest '" + "a || " * 4000),
        ("pyproject.toml", "[tool.pytest.ini_options]\naddopts = '" + "-k " * 5000 + "'\n"),
        ("pyproject.toml", "[tool." + ".".join("a" * 300) + ".scripts]\ntest = 'pytest'\n"),
        ("package.json", '{"scripts":' * 400 + '"pytest"' + "}" * 400),
        (".github/workflows/a.yml", "jobs: {t: {steps: [{run: '" + "${{ " * 4000 + "pytest'}]}}"),
        (".github/workflows/a.yml", "[" * 500),
        ("tox.ini", "[testenv]\ncommands = pytest\n" * 500),
        (".coveragerc", "[report]\nfail_under = 9\nexclude_lines =\n" + "    (x*)*y\n" * 200),
        ("noxfile.py", "import nox\nnox.options.sessions = [\n" + "  'test',\n" * 500),
        ("Jenkinsfile", "sh 'pytest " * 2000),
        ("pytest.ini", "\0\ud800[pytest\nfail_under".encode("utf-8", "replace").decode()),
    ],
)
def test_hostile_files_end(rule: str, path: str, text: str) -> None:
    """Whatever a file says, there is an answer."""
    assert isinstance(worst(rule, {path: "pytest fail_under"}, {path: text}), tuple)
    assert isinstance(worst(rule, {path: text}, {path: text + "\n#"}), tuple)
