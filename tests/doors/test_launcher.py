"""``selfmod-guard pytest``: nothing of a refused change runs, an allowed one runs as ever."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

import pytest_selfmod_guard
from pytest_selfmod_guard.doors._launch import isolated
from pytest_selfmod_guard.doors._launch.child import ask
from pytest_selfmod_guard.doors._launch.clean import judge
from pytest_selfmod_guard.doors._launch.installed import installed_from, run_at_start
from pytest_selfmod_guard.doors._launch.refusal import shaping
from pytest_selfmod_guard.doors.pytest import Asked, take
from pytest_selfmod_guard.errors import CouldNotJudge, UsageError

if TYPE_CHECKING:
    from tests.conftest import Repo
    from tests.doors.conftest import Environment

REPORT = """\
import json, os, sys

def test_it():
    told = dict(argv=sys.argv, cwd=os.getcwd(), environ=dict(os.environ), path=sys.path)
    del told["environ"]["PYTEST_CURRENT_TEST"]
    with open(os.environ["OUT"], "w") as file:
        json.dump({"pid": os.getpid(), "told": told}, file)

def test_that_fails():
    assert 6 * 9 == 42
"""
EVIL = "import os\nos.unlink(os.environ['MARKER'])\n"
FORGED = '{"decision": "allowed"}'


class Launcher:
    """A project with an environment, on a branch, and a guard that is in another one."""

    def __init__(self, repo: Repo, tool: Environment, installed: Environment) -> None:
        """Take a repository with a commit on ``main``."""
        self.repo, self.tool, self.installed = repo, tool, installed
        repo.write("tests/test_it.py", REPORT)
        repo.commit("Test it")
        repo.git("switch", "--quiet", "--create", "feature")
        self.out = repo.path.parent / "out.json"
        self.marker = repo.path.parent / "marker"
        self.marker.touch()
        where = {"OUT": self.out, "MARKER": self.marker, "VIRTUAL_ENV": installed.path}
        self.environ = {**repo.environ, **{name: str(path) for name, path in where.items()}}

    def propose(self, path: str, text: str) -> None:
        """Commit a file on the branch."""
        self.repo.write(path, text)
        self.repo.commit("Change something")

    def start(self, *words: str, folder: str = "", **environ: str) -> subprocess.Popen[str]:
        """Start the launcher with words for pytest."""
        return self._start(
            self.tool.script("selfmod-guard"), "pytest", *words, folder=folder, **environ
        )

    def run(self, *words: str, folder: str = "", **environ: str) -> tuple[int, str, str]:
        """Run it to its end; return its exit code and what it wrote."""
        return self._ended(self.start(*words, folder=folder, **environ))

    def run_pytest(self, *words: str) -> tuple[int, str, str]:
        """Run the project's pytest, with nothing before it."""
        return self._ended(self._start(self.installed.script("pytest"), *words))

    def told(self) -> dict[str, object]:
        """Return what the project's own test saw, and forget it."""
        told: dict[str, object] = json.loads(self.out.read_text())
        self.out.unlink()
        return told

    def _start(self, *line: str, folder: str = "", **environ: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            line, cwd=self.repo.path / folder, env={**self.environ, **environ}, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    @staticmethod
    def _ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
        output, said = process.communicate(timeout=60)
        return process.returncode, output, said


@pytest.fixture(scope="session")
def installed(
    make_environment: type[Environment], tmp_path_factory: pytest.TempPathFactory
) -> Environment:
    """Give an environment for the projects of these tests."""
    return make_environment(tmp_path_factory.mktemp("projects") / "venv")


@pytest.fixture
def launcher(repo: Repo, guards_own: Environment, installed: Environment) -> Launcher:
    """Give a project to launch the tests of."""
    return Launcher(repo, guards_own, installed)


def test_an_innocent_suite_runs_as_if_nothing_stood_before_it(launcher: Launcher) -> None:
    """Words, folder, variables, path and exit code are the same, and so is the process."""
    launcher.propose("app.py", "def answer():\n    return 43\n")
    words = ("-k", "it or fails", "-p", "no:cacheprovider", "--maxfail=2", "tests")
    plain = launcher.run_pytest(*words)
    expected = launcher.told()["told"]
    process = launcher.start(*words, "--selfmod-guard", "--selfmod-base", "main")
    output, said = process.communicate(timeout=60)
    seen = launcher.told()
    assert seen == {"pid": process.pid, "told": expected}
    assert process.returncode == plain[0] == 1
    assert "1 failed, 1 passed" in output
    assert "selfmod-guard: allowed" in output
    assert said.startswith("selfmod-guard: allowed, 1 file by an unknown author; pytest by ")
    assert f"{launcher.installed.path}/bin/python (VIRTUAL_ENV)\n" in said
    assert launcher.run("-k", "nothing")[0] == 5


def test_nothing_of_a_denied_change_runs_and_the_reports_say_why(launcher: Launcher) -> None:
    """Whatever was asked for; and the XML is where it was asked to be."""
    launcher.propose("conftest.py", EVIL)
    launcher.propose("tests/test_it.py", f"{EVIL}{REPORT}")
    launcher.propose("shop/cart.py", "def total(x):\n    return eval(x)\n")
    words = ["-n2", "--cov=x", "-xvs", "--junitxml=out.xml", "-k", "nothing", "-p", "evil"]
    words += ["-c", "x.ini", "--pdb", "../tests"]
    noise = {"PYTEST_ADDOPTS": "-p evil -o junit_suite_name=shop", "PYTEST_PLUGINS": "evil"}
    forged = {"SELFMOD_GUARD_RECEIPT": FORGED}
    code, output, said = launcher.run(*words, folder="tests", **noise, **forged)
    assert (code, said) == (1, "")
    assert "selfmod-guard: denied" in output
    assert "shop/cart.py FAILED" in output
    xml = ET.parse(launcher.repo.path / "tests" / "out.xml")  # noqa: S314 (we wrote it)
    (suite,) = xml.iter("testsuite")
    (case,) = xml.iter("testcase")
    assert (suite.get("name"), suite.get("failures")) == ("shop", "1")
    assert case.get("name") == "shop/cart.py"
    assert "SMG201" in ET.tostring(case, "unicode")
    assert launcher.marker.exists()
    assert not launcher.out.exists()
    assert launcher.repo.git("status", "--short", "--ignored") == "?? tests/out.xml"
    assert launcher.run("--collect-only", "--lf", "-q")[0] == 1
    assert launcher.run("--version", "--fixtures", "-p", "no:terminal")[0] == 1
    assert launcher.marker.exists()


@pytest.mark.proof
def test_a_change_that_cannot_be_judged_runs_no_more_than_a_denied_one(launcher: Launcher) -> None:
    """The items say undecided, and what to do."""
    launcher.propose("conftest.py", EVIL)
    code, output, said = launcher.run("--selfmod-base=nowhere")
    assert (code, said) == (1, "")
    assert "selfmod-guard::undecided" in output
    assert "unknown-revision" in output
    code, output, _ = launcher.run(PATH="/nowhere")
    assert code == 1
    assert "git-missing" in output
    assert launcher.marker.exists()


@pytest.mark.proof
def test_a_policy_that_only_warns_lets_the_suite_run(launcher: Launcher) -> None:
    """And the denial is still told."""
    launcher.repo.git("switch", "--quiet", "main")
    launcher.propose("pyproject.toml", "[tool.selfmod-guard]\nmode = 'warn'\n")
    launcher.repo.git("switch", "--quiet", "feature")
    launcher.repo.git("merge", "--quiet", "main")
    launcher.propose("app.py", "def answer(x):\n    return eval(x)\n")
    code, output, said = launcher.run("--deselect", "tests/test_it.py::test_that_fails")
    assert code == 0
    assert "1 passed" in output
    assert "selfmod-guard: denied (not enforced), 1 file by an unknown author; pytest by" in said
    assert "SMG201" in said


@pytest.mark.proof
def test_code_of_the_change_that_ran_before_is_seen(
    launcher: Launcher, make_environment: type[Environment], tmp_path: Path
) -> None:
    """In the project's environment its site files come before everything, and may hide."""
    launcher.repo.git("switch", "--quiet", "main")
    off = "[tool.selfmod-guard.rules]\noff = ['SMG235', 'SMG319', 'SMG326']\n"
    launcher.propose("pyproject.toml", off)
    launcher.repo.git("switch", "--quiet", "feature")
    launcher.repo.git("merge", "--quiet", "main")
    launcher.propose("src/sitecustomize.py", "import sys\ndel sys.modules['sitecustomize']\n")
    shared = make_environment(tmp_path / "shared")
    shared.add(launcher.repo.path / "src")
    about = shared.site / "shop-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: shop\n")
    (about / "direct_url.json").write_text(json.dumps({"url": launcher.repo.path.as_uri()}))
    launcher.tool = shared
    code, output, _ = launcher.run()
    assert code == 1
    assert "code of the change ran before the verdict" in output
    assert '"src/sitecustomize.py"' in output
    assert "This environment has the project in it (shop)" in output
    assert not launcher.out.exists()


@pytest.mark.proof
def test_an_environment_in_the_project_is_not_code_of_the_change(
    launcher: Launcher, make_environment: type[Environment]
) -> None:
    """Many have the guard in the project's ``.venv``: what judges lies in the repository then."""
    launcher.propose("app.py", "def answer():\n    return 43\n")
    launcher.propose(".gitignore", ".venv\n")
    launcher.tool = make_environment(launcher.repo.path / ".venv")
    for name in ("msgspec", "pytest_selfmod_guard"):
        link = launcher.tool.site / name
        real = link.resolve()
        link.unlink()
        shutil.copytree(real, link)
    del launcher.environ["VIRTUAL_ENV"]
    launcher.propose("pyproject.toml", "[tool.selfmod-guard]\nmode = 'enforce'\n")
    code, _, said = launcher.run("-k", "test_that_fails", "-p", "no:cacheprovider")
    assert code == 1
    assert said.startswith("selfmod-guard: allowed, 3 files by an unknown author; pytest by")
    assert f"{launcher.repo.path}/.venv/bin/python (.venv)" in said
    assert "ran before" not in said


@pytest.mark.proof
def test_a_guard_that_the_change_is_about_is_not_believed(
    launcher: Launcher, make_environment: type[Environment], tmp_path: Path
) -> None:
    """Its own repository, with an editable install: the change would be its own judge."""
    package = Path(pytest_selfmod_guard.__file__).parent
    copy = launcher.repo.path / package.name
    launcher.repo.git("switch", "--quiet", "main")
    shutil.copytree(package, copy, ignore=shutil.ignore_patterns("__pycache__"))
    launcher.repo.commit("Be a guard")
    launcher.repo.git("switch", "--quiet", "feature")
    launcher.repo.git("merge", "--quiet", "main")
    launcher.propose(f"{package.name}/gate.py", (copy / "gate.py").read_text() + "# More.\n")
    launcher.tool = make_environment(tmp_path / "editable")
    (launcher.tool.site / package.name).unlink()
    launcher.tool.add(launcher.repo.path)
    code, output, _ = launcher.run()
    assert code == 1
    assert 'code of the change ran before the verdict: "pytest_selfmod_guard/gate.py"' in output


@pytest.mark.proof
def test_a_python_without_pytest_is_no_way_out(launcher: Launcher) -> None:
    """What was asked for is never replaced by another."""
    launcher.propose("README.md", "A smaller project.\n")
    code, _, said = launcher.run("--python", "/bin/false")
    assert code == 64
    assert "interpreter-unusable" in said
    assert not launcher.out.exists()


@pytest.mark.proof
def test_an_interrupt_ends_everything(launcher: Launcher, tmp_path: Path) -> None:
    """The judge and its git, too; and it is told from a verdict."""
    real = subprocess.check_output(["which", "git"], text=True).strip()
    slow = tmp_path / "slow" / "git"
    slow.parent.mkdir()
    waits = f'case "$*" in *cat-file*) echo $$ > {slow}.pid; exec sleep 60;; esac'
    slow.write_text(f'#!/bin/sh\n{waits}\nexec {real} "$@"\n')
    slow.chmod(0o755)
    process = launcher.start(PATH=str(slow.parent))
    noted = Path(f"{slow}.pid")
    deadline = time.monotonic() + 30
    while not (noted.exists() and noted.read_text().strip()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=30)[1] == "selfmod-guard: interrupted\n"
    assert process.returncode == 130
    assert not is_running(int(noted.read_text()))


def is_running(pid: int) -> bool:
    """Tell whether a process goes on; a moment may pass until it has heard that it is killed."""
    for _ in range(100):
        try:
            os.kill(pid, 0)
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (ProcessLookupError, FileNotFoundError):
            return False
        if state == "Z":  # dead, and waiting for somebody to ask how it ended
            return False
        time.sleep(0.02)
    return True


@pytest.mark.proof
@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("-x -k not tests", Asked(("-x", "-k", "not", "tests"))),
        ("-x --selfmod-base main -v", Asked(("-x", "-v"), "main")),
        ("--selfmod-base=a --selfmod-guard --selfmod-base=b=c", Asked((), "b=c")),
        ("--python p --selfmod-base a --help", Asked(("--help",), "a", "p")),
        ("--selfmod-guard --python=p -x", Asked(("-x",), None, "p")),
        ("-x --python p", Asked(("-x", "--python", "p"))),
        ("-- --selfmod-base b", Asked(("--", "--selfmod-base", "b"))),
        ("a -- --selfmod-guard", Asked(("a", "--", "--selfmod-guard"))),
        ("--selfmod-bases=a --pythonic", Asked(("--selfmod-bases=a", "--pythonic"))),
        ("", Asked(())),
    ],
)  # fmt: skip
def test_our_own_words_are_taken_and_all_others_kept(words: str, asked: Asked) -> None:
    """In their order; what follows ``--`` is not ours."""
    assert take(words.split()) == asked


@pytest.mark.proof
@pytest.mark.parametrize(
    "words", [["--selfmod-base"], ["--selfmod-base="], ["--python"], ["--python", ""]]
)
def test_an_option_without_a_value_is_wrong_usage(words: list[str]) -> None:
    """An empty variable in a job must not mean "find out yourself"."""
    with pytest.raises(UsageError, match="no value"):
        take(words)


@pytest.mark.proof
def test_help_is_ours_only_as_the_first_word(repo: Repo) -> None:
    """It says what is ours, and judges nothing."""
    for word in ("-h", "--help"):
        done = repo.guard("pytest", word)
        assert done.returncode == 0
        assert b"--selfmod-base REF" in done.stdout
    assert repo.guard("pytest", "--selfmod-base").returncode == 64


@pytest.mark.proof
@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("-n 2 --cov=x -k a -m b tests/a.py::b --lf -s -x --pdb -p evil", []),
        ("-c x.ini --rootdir=/ --confcutdir=/ --basetemp=x --log-file=y --import-mode=append", []),
        ("--collect-in-virtualenv --pastebin=all --debug --cache-clear", []),
        ("--override-ini=addopts=-v -o pythonpath=.", []),
        ("-xvvs --tb=short -rA", ["--verbosity=2", "-rA", "--tb=short"]),
        ("-q -q", ["--verbosity=-2"]),
        ("--junitxml=a.xml --junit-prefix p", ["--junit-xml=a.xml", "--junit-prefix=p"]),
        ("--junit-xml a.xml", ["--junit-xml=a.xml"]),
        ("-o junit_family=xunit1", ["--override-ini=junit_family=xunit1"]),
        ("--color no --durations=3 --no-header", ["--color=no", "--durations=3", "--no-header"]),
        ("--co -p no:terminal -p no:junitxml", ["--collect-only", "-p", "no:terminal"]),
        ("-v @words.txt", ["--verbosity=1"]),
        ("-v --tb=nonsense", []), ("-v -- -q --co", ["--verbosity=1"]), ("--version --help", []),
    ],
)  # fmt: skip
def test_only_words_that_shape_a_report_are_kept(
    words: str, kept: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    """Of what decides what runs, or where, nothing is left, and nothing is said of it."""
    assert shaping(words.split()) == kept
    assert capfd.readouterr() == ("", "")


@pytest.mark.proof
def test_a_verdict_that_nobody_shows_is_no_pass(repo: Repo) -> None:
    """As when the variable is lost on the way."""
    line = isolated.command(
        "pytest_selfmod_guard.doors._launch.refusal", str(repo.path), str(repo.path)
    )
    done = subprocess.run(line, cwd=repo.path, env=repo.environ, capture_output=True, check=False)
    assert done.returncode == 1
    assert b"no tests ran" in done.stdout
    assert repo.git("status", "--short", "--ignored") == ""


@pytest.mark.proof
def test_a_verdict_that_pytest_cannot_show_is_said_in_one_line(
    launcher: Launcher, make_environment: type[Environment], tmp_path: Path
) -> None:
    """An installation that is broken in its pytest can still judge."""
    launcher.propose("app.py", "def answer(x):\n    return eval(x)\n")
    launcher.tool = make_environment(tmp_path / "broken")
    (launcher.tool.site / "iniconfig").unlink()
    code, output, said = launcher.run()
    assert (code, output) == (1, "")
    assert said.startswith(
        "selfmod-guard: denied, 1 file by an unknown author (not shown by pytest"
    )
    assert "No module named 'iniconfig'" in said
    assert said.count("\n") == 1
    assert not launcher.out.exists()


@pytest.mark.proof
def test_what_our_dependencies_need_may_be_elsewhere(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder counts that holds nothing but what something needs that we need."""
    real = sysconfig.get_path("purelib")
    split = [str(repo.path.parent / name) for name in ("one", "two", "three")]
    for folder, name, needs in zip(
        split, ("iniconfig", "deep", "other"), ("deep", "x", "x"), strict=True
    ):
        repo.write(
            f"{folder}/{name}-99.dist-info/METADATA",
            f"Metadata-Version: 2.1\nName: {name}\nRequires-Dist: {needs} >= 1\n",
        )
    monkeypatch.setattr(sys, "path", [*split, real])
    monkeypatch.setattr(sysconfig, "get_path", lambda _: f"{repo.path}/.venv")
    found = isolated.folders(str(repo.path))
    assert set(found) == {f"{repo.path}/.venv", real, *split[:2]}


@pytest.mark.proof
def test_nothing_of_the_project_reaches_the_judge(
    repo: Repo,
    make_environment: type[Environment],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Neither by the current folder, nor by variables, nor by a path file or a start-up module."""
    marker = repo.path.parent / "marker"
    evil = f"open({str(marker)!r}, 'w').close()\n"
    names = (
        "sitecustomize",
        "usercustomize",
        "msgspec",
        "yaml",
        "bandit",
        "json",
        "pytest_selfmod_guard",
    )
    for name in names:
        repo.write(f"{name}.py", evil)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    repo.write(f".local/lib/{version}/site-packages/evil.pth", f"import os; {evil}")
    repo.commit("Shadow")
    repo.git("switch", "--quiet", "--create", "feature")
    repo.write("app.py", "def answer(x):\n    return eval(x)\n")
    repo.commit("Speed up")
    home = {
        "HOME": str(repo.path),
        "PYTHONPATH": str(repo.path),
        "PYTHONUSERBASE": f"{repo.path}/.local",
    }
    startup = {"PYTHONSTARTUP": f"{repo.path}/evil.py", "PYTHONHOME": str(repo.path)}
    shared = make_environment(tmp_path / "shared")
    (shared.site / "evil.pth").write_text(f"import os; {evil}")
    (shared.site / "sitecustomize.py").write_text(evil)
    monkeypatch.setattr(sys, "executable", shared.script("python"))
    told = judge(str(repo.path), {**repo.environ, **home, **startup}, None)
    assert (told.decision, [finding.rule for finding in told.because]) == ("denied", ["SMG201"])
    assert not marker.exists()


@pytest.mark.proof
def test_no_folder_of_the_project_is_on_the_judges_path(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But an environment in it is, and what holds our dependencies elsewhere."""
    top = str(repo.path)
    real = sysconfig.get_path("purelib")
    own = f"{top}/.venv/site-packages"
    for folder in (top, f"{top}/src", f"{top}/../elsewhere"):
        repo.write(f"{folder}/yaml/__init__.py", "")
    monkeypatch.chdir(f"{top}/../elsewhere")
    monkeypatch.setenv("PYTHONPATH", f"{top}/../elsewhere")
    monkeypatch.setattr(sysconfig, "get_path", lambda _: own)
    path = ["", top, f"{top}/src", f"{top}/../elsewhere", os.path.dirname(os.__file__), real]
    monkeypatch.setattr(sys, "path", path)
    assert isolated.folders(top) == [own, real]


@pytest.mark.proof
@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import os; os.kill(os.getpid(), 9)", "was killed by signal 9, and said last: nothing"),
        ("raise OSError('no\\x1b[2J')", "ended with 1, and said last: OSError: no\\x1b[2J"),
        ("print('{}'); raise SystemExit(3)", "ended with 3, and said last: nothing"),
        ("import sys; sys.exit('x' * 9999)", f"ended with 1, and said last: {'x' * 500}"),
    ],
)  # fmt: skip
def test_a_judge_that_dies_has_not_judged(code: str, said: str, tmp_path: Path) -> None:
    """What it said last is told."""
    with pytest.raises(CouldNotJudge) as caught:
        ask([sys.executable, "-I", "-c", code], str(tmp_path), os.environ)
    assert caught.value.slug == "judge-died"
    assert caught.value.context == f"it {said}"


@pytest.mark.proof
def test_a_judge_that_hangs_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    """After a time, which is half an hour for a real one."""
    line = ["/bin/sh", "-c", "sleep 60 & echo $! > pid; wait"]
    with pytest.raises(CouldNotJudge) as caught:
        ask(line, str(tmp_path), os.environ, patience=0.3)
    assert caught.value.slug == "judge-hung"
    assert not is_running(int((tmp_path / "pid").read_text()))


@pytest.mark.proof
def test_a_judge_that_cannot_be_started_has_not_judged(tmp_path: Path) -> None:
    """No such program, no such folder, or no such name."""
    for line, folder in (
        (["/nowhere"], tmp_path),
        (["/bin/true"], tmp_path / "x"),
        (["\0"], tmp_path),
    ):
        with pytest.raises(CouldNotJudge) as caught:
            ask(line, str(folder), os.environ)
        assert caught.value.slug == "judge-died"


@pytest.mark.proof
@pytest.mark.parametrize("talk", ["", "rubbish", "{}", '{"decision": "allowed"}'])
def test_a_judge_that_talks_rubbish_has_not_judged(
    repo: Repo, talk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It becomes a receipt like any other, so that every reporter shows it."""
    line = [sys.executable, "-I", "-c", f"print({talk!r})"]
    monkeypatch.setattr(isolated, "command", lambda *_: line)
    told = judge(str(repo.path), repo.environ, "main")
    assert (told.decision, told.slug) == ("undecided", "handover-unusable")
    assert (told.enforced, told.source) == (True, "--selfmod-base main")


@pytest.mark.proof
def test_what_was_installed_from_the_project_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By what installers write, in whatever state it is."""
    top = tmp_path / "a b"
    written = {
        "here": json.dumps({"url": top.as_uri(), "dir_info": {"editable": True}}),
        "within": json.dumps({"url": (top / "sub").as_uri()}),
        "beside": json.dumps({"url": f"{top.as_uri()}2"}),
        "index": "", "odd": "[]", "broken": "{", "git": json.dumps({"url": f"git+{top.as_uri()}"}),
        "number": json.dumps({"url": 7}),
    }  # fmt: skip
    for name, text in written.items():
        about = tmp_path / f"{name}-1.0.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\n")
        (about / "direct_url.json").write_text(text)
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    assert installed_from(str(top)) == ["here", "within"]


@pytest.mark.proof
def test_what_python_runs_at_its_start_is_looked_for_in_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But not where the script is, which comes later."""
    for folder in ("top", "top/src", "top/script", "elsewhere"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "sitecustomize.py").touch()
    (tmp_path / "top/src/usercustomize.py").touch()
    folders = ("top/script", "top/src", "elsewhere", "top/none")
    monkeypatch.setattr(sys, "path", [str(tmp_path / folder) for folder in folders])
    found = run_at_start(str(tmp_path / "top"))
    src = str(tmp_path / "top/src")
    assert sorted(found) == [f"{src}/sitecustomize.py", f"{src}/usercustomize.py"]
