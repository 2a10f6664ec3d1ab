"""``pytest --selfmod-guard``: real runs of pytest in real repositories."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from pytest_selfmod_guard.doors import pytest_plugin
from pytest_selfmod_guard.doors._launch import handover

if TYPE_CHECKING:
    from tests.conftest import NewRepo, Repo

pytestmark = pytest.mark.proof  # each is a test run of its own

BAD = 'def answer():\n    return getattr(__import__("builtins"), "ev" + "al")("42")\n'
TEST = "from app import answer\n\n\ndef test_answer():\n    assert answer() == 42\n"
NO_CACHE = ("-p", "no:cacheprovider")
NOT_NEEDED = ("-p", "no:hypothesispytest")  # it takes a third of a second to load

HAND = """
import json, os, sys
bond, packed, *words = sys.argv[1:]
sealed = json.dumps({"pid": os.getpid(), **json.loads(bond)}) + chr(10) + packed
environ = {**os.environ, "SELFMOD_GUARD_RECEIPT": sealed}
os.execve(sys.executable, [sys.executable, "-m", "pytest", *words], environ)
"""


class Suite:
    """A project with a suite, on a branch of its own, and a marker that its bad code removes."""

    def __init__(self, repo: Repo) -> None:
        self.repo = repo
        self.marker = repo.path.parent / "marker"
        repo.write("tests/test_app.py", TEST)
        repo.write(".gitignore", "__pycache__/\n")
        repo.commit("Test it")
        repo.git("switch", "--quiet", "--create", "work")
        repo.environ["COLUMNS"] = "200"

    def propose(self, **files: str) -> None:
        """Commit an innocent change, and files by their name without ``.py``."""
        self.repo.write("app.py", "def answer():\n    return 2 * 21\n")
        for name, content in files.items():
            self.repo.write(f"{name.replace('__', '/')}.py", content)
        self.repo.commit("Change the answer")

    def propose_bad(self) -> None:
        """Commit what is denied, with a conftest and a test that remove the marker at once."""
        self.marker.touch()
        self.repo.write("app.py", BAD)
        for path in ("conftest.py", "tests/conftest.py", "tests/test_evil.py"):
            self.repo.write(path, self.removal())
        self.repo.commit("Improve the answer")

    def removal(self) -> str:
        """Return a module that removes the marker."""
        return f"import os\n\nos.remove({str(self.marker)!r})\n"

    def run(
        self, *arguments: str, folder: str = "", **environ: str
    ) -> subprocess.CompletedProcess[str]:
        """Run pytest, with the project's top on its path as people do."""
        return subprocess.run(
            [sys.executable, "-m", "pytest", *NOT_NEEDED, *arguments],
            cwd=self.repo.path / folder,
            env={**self.repo.environ, **environ},
            capture_output=True,
            text=True,
            errors="surrogateescape",
            check=False,
            timeout=120,
        )

    def run_handed(
        self, packed: str, *arguments: str, **bond: object
    ) -> subprocess.CompletedProcess[str]:
        """Run pytest in a process that a verdict was handed to, with what of its bond is wrong."""
        head = self.repo.git("rev-parse", "HEAD")
        right = {"top": str(self.repo.path), "head": head, **bond}
        return subprocess.run(
            [sys.executable, "-c", HAND, json.dumps(right), packed, *NOT_NEEDED, *arguments],
            cwd=self.repo.path, env=self.repo.environ, capture_output=True, text=True,
            check=False, timeout=120,
        )  # fmt: skip


@pytest.fixture
def suite(repo: Repo) -> Suite:
    """Give a project with a suite that passes."""
    return Suite(repo)


@pytest.fixture
def counted(suite: Suite, tmp_path: Path) -> Callable[[], list[str]]:
    """Give a function that tells in which worker, or in none, each git process was started."""
    log, folder = tmp_path / "git.log", tmp_path / "bin"
    folder.mkdir()
    script = folder / "git"
    script.write_text(
        f'#!/bin/sh\necho "<$PYTEST_XDIST_WORKER>" >> {log}\nexec {shutil.which("git")} "$@"\n'
    )
    script.chmod(0o755)
    suite.repo.environ["PATH"] = f"{folder}{os.pathsep}{suite.repo.environ['PATH']}"

    def calls() -> list[str]:
        done = log.read_text().split() if log.exists() else []
        log.unlink(missing_ok=True)
        return done

    return calls


def test_an_allowed_change_runs_its_suite_unchanged(suite: Suite) -> None:
    """One line at the start, nothing at the end, and a path after the flag is a path."""
    suite.propose()
    done = suite.run("--selfmod-guard", "tests/", *NO_CACHE)
    assert done.returncode == 0, done.stdout
    assert "selfmod-guard: allowed, 1 file by an unknown author. Judged against main" in done.stdout
    assert "1 passed" in done.stdout
    assert done.stdout.count("selfmod-guard:") == 1
    assert "=== selfmod-guard ===" not in done.stdout
    suite.repo.write("tests/test_red.py", "def test_red():\n    assert not 1\n")
    done = suite.run("--selfmod-guard", "--selfmod-base=main", "-q", *NO_CACHE)
    assert (done.returncode, "1 failed, 1 passed" in done.stdout) == (1, True)
    assert suite.run("--selfmod-guard", "tests/none", *NO_CACHE).returncode == 4


def test_workers_do_not_judge_again(suite: Suite, counted: Callable[[], list[str]]) -> None:
    """They run the suite by the verdict that was handed to them."""
    suite.propose()
    counted()
    done = suite.run("--selfmod-guard", "-n2", *NO_CACHE)
    assert (done.returncode, "1 passed" in done.stdout) == (0, True), done.stdout
    assert "2 workers" in done.stdout
    assert set(counted()) == {"<>"}


@pytest.mark.proof
@pytest.mark.parametrize("how", [(), ("-n2", "-v"), ("--dist=each", "--tx=2*popen", "-vv", "-rA")])
def test_nothing_of_a_denied_change_runs(suite: Suite, tmp_path: Path, how: tuple[str]) -> None:
    """No conftest, no test; and the JUnit file names what is wrong, file by file."""
    suite.repo.write("odd\x1bc]]>\n\ufffe.py", BAD)
    suite.repo.write(os.fsdecode(b"b\xff::().py"), BAD)
    suite.propose_bad()
    report = tmp_path / "junit.xml"
    # It says that it is a worker, as every pytest does that a worker's test has started.
    done = suite.run(
        "--selfmod-guard", f"--junitxml={report}", *how, *NO_CACHE, PYTEST_XDIST_WORKER="gw0"
    )
    assert done.returncode == 1, done.stdout
    assert suite.marker.exists()
    assert "selfmod-guard: denied, 6 files by an unknown author. Judged" in done.stdout
    for part in (
        "app.py:2: SMG201",
        "do instead: for data use",
        "=== selfmod-guard ===",
        "FAILED ",
    ):
        assert part in done.stdout
    assert "3 failed" in done.stdout
    if "-vv" not in how:  # with which pytest itself says all of it again
        assert done.stdout.count("do instead: ") >= 3
    assert "\x1b" not in done.stdout
    assert "\ufffe" not in done.stdout
    cases = {case.get("name"): case for case in ET.parse(report).iter("testcase")}  # noqa: S314
    assert set(cases) == {"app.py", "odd\\x1bc]]>\\n\\ufffe.py", "b\\xff:().py"}
    (failure,) = cases["app.py"]
    message = str(failure.get("message"))
    assert failure.tag == "failure"
    for part in ("app.py:2: SMG201 runs-text-as-code, high risk", "do instead: for data use"):
        assert part in message


@pytest.mark.parametrize(
    "how",
    [
        ("--collect-only", "-q", "-k", "nothing", "-m", "nothing", "tests/none.py::test_none"),
        ("-x", "--sw", "--lf", "--maxfail=1", "--deselect", "selfmod-guard", "--setup-only"),
        ("--fixtures", "--pdb", "--strict-config", "-W", "error", "@words"),
        ("--markers", "-f", "--made-up", "value", "--ignore-glob=*", "-p", "no:terminal"),
    ],
)
def test_no_argument_hides_a_denial(suite: Suite, how: tuple[str, ...]) -> None:
    """Not one that selects, none that ends pytest early, and none that nobody knows."""
    suite.repo.write("words", "--help\n--junitxml=overwritten\n")
    suite.propose_bad()
    remembered = suite.repo.write(".pytest_cache/v/cache/lastfailed", '{\n  "kept": true\n}')
    done = suite.run("--selfmod-guard", *how)
    assert done.returncode == 1, done.stdout + done.stderr
    assert suite.marker.exists()
    assert "SMG201 runs-text-as-code" in (done.stderr if "no:terminal" in how else done.stdout)
    assert done.stderr.count("\n") == ("no:terminal" in how)
    assert not (suite.repo.path / "overwritten").exists()
    assert remembered.read_text() == '{\n  "kept": true\n}'
    if "--setup-only" in how:
        assert "1 failed" in done.stdout
    if "--collect-only" in how:
        assert "selfmod-guard::app.py\n" in done.stdout
        assert "1 test collected" in done.stdout


@pytest.mark.proof
def test_the_ini_file_of_a_denied_change_counts_for_nothing(suite: Suite) -> None:
    """It could ask for the help page, for plugins that are not there, or for other errors."""
    suite.repo.write(
        "pytest.ini",
        "[pytest]\nrequired_plugins = nowhere-to-be-found\nmade_up = 1\nstrict = true\n"
        "filterwarnings = error\ncache_dir = ../elsewhere\ntestpaths = none\n"
        "addopts = --help --strict-config --junitxml=../overwritten -n3 -q -q --no-summary\n",
    )
    suite.propose_bad()
    done = suite.run("--selfmod-guard", "-o", "junit_family=xunit1", "--junitxml=wanted.xml")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "FAILED selfmod-guard::app.py" in done.stdout
    assert done.stderr == ""
    assert suite.marker.exists()
    beside = {path.name for path in suite.repo.path.parent.iterdir()}
    assert not {"overwritten", "elsewhere"} & beside
    assert 'file="app.py" line="1"' in (suite.repo.path / "wanted.xml").read_text()


@pytest.mark.proof
def test_no_other_plugin_sets_the_status_back(suite: Suite, tmp_path: Path) -> None:
    """Wherever in the order it tries; and what it may see are ordinary reports."""
    (tmp_path / "lenient.py").write_text(
        """
import pytest

class Late:
    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session):
        yield
        session.exitstatus = 0

@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session):
    session.exitstatus = 0

@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config):
    config.session.exitstatus = 256

@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config):
    return 0

def pytest_runtest_logreport(report):
    if report.failed:
        path, line, _ = report.location
        print(f"::error file={path},line={line + 1}::{report.longrepr.reprcrash.message}")

def pytest_sessionstart(session):
    session.config.session = session
    session.config.pluginmanager.register(Late())
"""
    )
    suite.propose_bad()
    words = ("--selfmod-guard", "-s", "--rootdir=../..", *NO_CACHE)
    # Those of this variable are loaded last.
    environ = {"PYTEST_PLUGINS": "lenient", "PYTHONPATH": str(tmp_path)}
    done = suite.run(*words, folder="tests", **environ)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "::error file=project/app.py,line=2::app.py:2: SMG201" in done.stdout
    assert suite.marker.exists()


@pytest.mark.proof
@pytest.mark.parametrize("settings", ["selfmod_guard = true", "addopts = --selfmod-guard -n1"])
def test_the_ini_file_alone_does_not_switch_it_on(
    suite: Suite, counted: Callable[[], list[str]], settings: str
) -> None:
    """Who can edit it could switch it off; so it says loudly that nothing was judged."""
    suite.propose()
    suite.repo.write("pytest.ini", f"[pytest]\nfilterwarnings = error\n{settings}\n")
    counted()
    done = suite.run("-q", *NO_CACHE)
    assert done.returncode == 0, done.stdout
    assert "selfmod-guard: OFF, nothing was judged" in done.stdout
    assert counted() == []


@pytest.mark.proof
def test_the_base_may_stand_in_the_ini_file(suite: Suite) -> None:
    """As an option of its own or among the others; the reader tells whether it may be one."""
    suite.propose()
    for settings in ("selfmod_base = nowhere", "addopts = --selfmod-base=nowhere"):
        suite.repo.write("pytest.ini", f"[pytest]\n{settings}\n")
        done = suite.run(PYTEST_ADDOPTS="--selfmod-guard -p no:cacheprovider -p no:terminal")
        assert done.returncode == 1
        assert "nowhere" in done.stderr
    done = suite.run("--selfmod-guard", "--selfmod-base", "main", *NO_CACHE)
    assert done.returncode == 0, done.stdout


def test_what_cannot_be_judged_is_no_pass(new_repo: NewRepo, tmp_path: Path) -> None:
    """Outside a repository, and in one without a commit."""
    empty = new_repo("empty")
    empty.write("test_app.py", "def test_nothing():\n    pass\n")
    folder = tmp_path / "plain"
    shutil.copytree(empty.path, folder, ignore=shutil.ignore_patterns(".git"))
    for place in (empty.path, folder):
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "--selfmod-guard", "-v", *NO_CACHE],
            cwd=place, env=empty.environ, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert done.returncode == 1
        assert "selfmod-guard::undecided FAILED" in done.stdout
        assert "selfmod-guard: undecided, the change could not be judged" in done.stdout
        assert "do next: " in done.stdout
        assert "test_nothing" not in done.stdout


@pytest.mark.proof
def test_a_policy_that_only_warns_lets_the_suite_run(suite: Suite) -> None:
    """And tells what it would have denied."""
    suite.repo.git("switch", "--quiet", "main")
    suite.repo.write("pyproject.toml", "[tool.selfmod-guard]\nmode = 'warn'\n")
    suite.repo.commit("Only warn")
    suite.repo.git("switch", "--quiet", "--create", "other")
    suite.repo.write("app.py", BAD)
    suite.repo.commit("Improve the answer")
    done = suite.run("--selfmod-guard", *NO_CACHE)
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout
    for part in ("denied (not enforced)", "=== selfmod-guard ===", "app.py:2  SMG201"):
        assert part in done.stdout


@pytest.mark.proof
def test_wrong_usage_is_neither_a_pass_nor_a_denial(suite: Suite) -> None:
    """A base alone would look like a judgement."""
    for words, said in (
        (("--selfmod-base=main",), "add --selfmod-guard"),
        (("--selfmod-guard", "--selfmod-base="), "names no revision"),
    ):
        done = suite.run(*words)
        assert done.returncode == 4
        assert said in done.stderr


@pytest.mark.proof
def test_the_help_page_is_made_of_a_judged_conftest_or_not_at_all(suite: Suite) -> None:
    """It runs the conftest files for the options that they declare."""
    option = "def pytest_addoption(parser):\n    parser.addoption('--shop', help='Sell.')\n"
    suite.propose(conftest=option)
    done = suite.run("--selfmod-guard", "--help")
    assert done.returncode == 0
    assert "--selfmod-base=REF" in done.stdout
    assert "--shop" in done.stdout
    suite.propose_bad()
    for words in (("--help",), ("--version", "--version")):
        done = suite.run("--selfmod-guard", *words)
        assert (done.returncode, "SMG201" in done.stdout) == (1, True), done.stdout
        assert suite.marker.exists()


@pytest.mark.proof
def test_a_verdict_that_was_handed_over_is_not_asked_for_again(
    suite: Suite, counted: Callable[[], list[str]]
) -> None:
    """Nor handed any further; and one that cannot be read is no pass."""
    handed = allowed_receipt(suite)
    suite.propose()
    seen = "import os\n\n\ndef test_it():\n    assert 'SELFMOD_GUARD_RECEIPT' not in os.environ\n"
    suite.repo.write("tests/test_seen.py", seen)
    counted()
    done = suite.run_handed(handed, "-n1", *NO_CACHE)
    assert (done.returncode, "2 passed" in done.stdout) == (0, True), done.stdout
    assert "selfmod-guard: allowed, 1 file" in done.stdout
    assert counted() == ["<>"] * 3  # where it is, at which commit, and before that the test
    done = suite.run_handed(handed.replace("allowed", "fine"), "--help", *NO_CACHE)
    assert done.returncode == 1
    assert "selfmod-guard::undecided" in done.stdout
    assert "handover-unusable" in done.stdout


@pytest.mark.proof
@pytest.mark.parametrize("bond", [{"pid": 1}, {"top": "/"}, {"head": "0" * 40}])
def test_a_verdict_for_somebody_else_counts_for_nothing(
    suite: Suite, bond: dict[str, object]
) -> None:
    """A pass is no pass here; without the flag a denial is none either."""
    handed = allowed_receipt(suite)
    done = suite.run_handed(handed.replace('"allowed"', '"fine"'), *NO_CACHE, **bond)
    assert (done.returncode, "1 passed" in done.stdout) == (0, True), done.stdout
    assert "selfmod-guard:" not in done.stdout
    suite.propose_bad()
    done = suite.run_handed(handed, "--selfmod-guard", *NO_CACHE, **bond)
    assert (done.returncode, "SMG201" in done.stdout) == (1, True), done.stdout
    assert suite.marker.exists()


@pytest.mark.proof
def test_a_verdict_that_says_nothing_of_whom_it_is_for_is_no_pass(suite: Suite) -> None:
    """Were it passed over, a launcher of another version would look as if it had not judged."""
    done = suite.run(SELFMOD_GUARD_RECEIPT=allowed_receipt(suite))
    assert (done.returncode, "handover-unusable" in done.stdout) == (1, True), done.stdout


def allowed_receipt(suite: Suite) -> str:
    """Give a real receipt, packed, of a change that is taken back again."""
    from pytest_selfmod_guard.doors._launch.clean import judge  # noqa: PLC0415 (nobody else needs it)

    suite.propose()
    told = judge(str(suite.repo.path), suite.repo.environ, None)
    assert told.decision == "allowed", told
    suite.repo.git("reset", "--quiet", "--hard", "main")
    return handover.pack(told)


@pytest.mark.proof
def test_a_second_run_in_the_same_process_starts_from_nothing(suite: Suite) -> None:
    """A denial leaves no finder, no path and no verdict behind."""
    suite.propose_bad()
    script = """
import sys
import pytest
before = [*sys.path], [*sys.meta_path]
codes = [pytest.main(["--selfmod-guard", "-q"])]
assert [*sys.path] == before[0], sys.path
assert not [one for one in sys.meta_path if one not in before[1] and "selfmod" in repr(one)]
codes.append(pytest.main(["--noconftest", "-q", "tests/test_app.py"]))
codes.append(pytest.main(["--selfmod-guard", "-q", "--collect-only"]))
print([int(code) for code in codes])
"""
    suite.repo.write("pytest.ini", "[pytest]\npythonpath = tests\n")
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=suite.repo.path, env=suite.repo.environ, capture_output=True, text=True,
        check=False, timeout=60,
    )  # fmt: skip
    assert done.stdout.endswith("[1, 0, 1]\n"), done.stdout + done.stderr
    assert suite.marker.exists()


def test_off_it_costs_nothing(suite: Suite, counted: Callable[[], list[str]]) -> None:
    """No module but its own, no git, no output and no hook besides its two."""
    script = """
import sys
import pytest
class Look:
    def pytest_unconfigure(self, config):
        plugin = config.pluginmanager.get_plugin("selfmod_guard")
        hooks = plugin and [one.name for one in config.pluginmanager.get_hookcallers(plugin)]
        print("HOOKS", sorted(hooks or ()))
pytest.main(["-p", "no:cacheprovider", "-q", "--no-header", *sys.argv[1:]], plugins=[Look()])
print("MODULES", *sorted(sys.modules))
"""
    outputs = [
        subprocess.run(
            [sys.executable, "-c", script, *words],
            cwd=suite.repo.path, env=suite.repo.environ, capture_output=True, text=True,
            check=True, timeout=60,
        ).stdout.split("\n")
        for words in ((), ("-p", "no:selfmod_guard"))
    ]  # fmt: skip
    on, off = ({line.partition(" ")[0]: line.split() for line in text} for text in outputs)
    package = "pytest_selfmod_guard"
    ours = {package, f"{package}.doors", f"{package}.doors.pytest_plugin"}
    more = set(on["MODULES"]) - set(off["MODULES"]) - set(sys.stdlib_module_names)
    assert more == ours
    assert on["HOOKS"] == ["HOOKS", "['pytest_addoption',", "'pytest_configure']"]
    assert [line for line in outputs[0] if "guard" in line and "MODULES" not in line] == []
    assert counted() == []


@pytest.mark.proof
def test_the_variable_has_one_name() -> None:
    """The plugin names it without importing who sets it."""
    assert pytest_plugin.RECEIPT == handover.VARIABLE
