"""``selfmod-guard doctor`` as a tired person meets it: what it says, and that its commands work."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import time
from base64 import urlsafe_b64encode
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import pytest

import pytest_selfmod_guard
from pytest_selfmod_guard.context import Context
from pytest_selfmod_guard.doors import cli
from pytest_selfmod_guard.guard import Guard
from pytest_selfmod_guard.stages import read
from pytest_selfmod_guard.status import Diagnosis, Line
from pytest_selfmod_guard.system import System
from pytest_selfmod_guard.system.doctor import diagnose

if TYPE_CHECKING:
    from tests.conftest import NewRepo, Repo

CONFIG = """\
default_install_hook_types: [pre-commit, pre-merge-commit, pre-push, post-commit]
repos:
  - repo: local
    hooks:
      - id: selfmod-guard
        name: selfmod-guard
        entry: selfmod-guard pre-commit selfmod-guard
        language: system
        always_run: true
        stages: [pre-commit, pre-merge-commit, pre-push, manual]
      - id: selfmod-post-commit
        name: selfmod-post-commit
        entry: selfmod-guard pre-commit selfmod-post-commit
        language: system
        always_run: true
        stages: [post-commit]
"""
SKIPPED = "selfmod-guard,selfmod-post-commit"
TYPES = ("pre-commit", "pre-merge-commit", "post-commit", "pre-push")
PRE_COMMIT = (sys.executable, "-m", "pre_commit")
HOSTILE = "/\x1b[2J\x9b\u202e evil"


def told(repo: Repo, folder: str = "", **environ: str) -> Diagnosis:
    """Ask in this process, from a folder of a repository."""
    place = str(repo.path / folder) if folder else str(repo.path)
    return diagnose(Context(place, {**repo.environ, **environ}, time.time))


def about(found: Diagnosis, name: str) -> list[Line]:
    """Give the lines about something that are not in order."""
    return [line for line in found.lines if line.name == name and line.state != "ok"]


def shown(
    repo: Repo, monkeypatch: pytest.MonkeyPatch, *arguments: str, folder: str = "", **environ: str
) -> int:
    """Type it in a folder, and give its exit code."""
    monkeypatch.chdir(repo.path / folder)
    for name in list(os.environ):
        monkeypatch.delenv(name)
    for name, value in {**repo.environ, **environ}.items():
        monkeypatch.setenv(name, value)
    return cli.main(["doctor", *arguments])


@pytest.fixture(scope="session")
def kept_guarded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder in which the guarded repository is kept, made only once."""
    return tmp_path_factory.mktemp("guarded") / "project"


@pytest.fixture
def guarded(new_repo: NewRepo, kept_guarded: Path) -> Repo:
    """Give a repository with policy, configuration and all hooks of pre-commit, as installed."""
    repo = new_repo("project")
    if not kept_guarded.exists():
        repo.write("selfmod-guard.toml", 'mode = "enforce"\n')
        repo.write(".pre-commit-config.yaml", CONFIG)
        repo.commit("Guard it")
        done = repo.run(*PRE_COMMIT, "install")
        assert done.returncode == 0, done.stderr
        shutil.copytree(repo.path, kept_guarded, symlinks=True)
    shutil.rmtree(repo.path)
    shutil.copytree(kept_guarded, repo.path, symlinks=True)
    return repo


def judge(repo: Repo) -> None:
    """Ask about what is staged, as `selfmod-guard check --staged` does."""
    Guard(Context(str(repo.path), repo.environ)).judge(read.staged, "--staged")


def mended(repo: Repo, line: Line) -> None:
    """Type what a line ends with, into a shell."""
    done = repo.run("/bin/sh", "-ec", line.mend)
    assert done.returncode == 0, (line.mend, done.stdout, done.stderr)


def test_what_pre_commit_installs_is_in_order(guarded: Repo) -> None:
    """No alarm where nothing is wrong, whatever release of pre-commit is here."""
    found = told(guarded)
    assert about(found, "hooks") == []
    assert about(found, "hook config") == []
    assert found.state == "warning"


HARMS = {
    "deleted": lambda path: path.unlink(),
    "mode": lambda path: path.chmod(0o644),
    "exit 0": lambda path: path.write_text("#!/bin/sh\nexit 0\n"),
}
MORE_HARMS = {
    "emptied": lambda path: path.write_text(""),
    "ended": lambda path: path.write_text(path.read_text().replace("HERE=", "exit 0\nHERE=")),
    "other program": lambda path: path.write_text(f"#!/bin/true\n{path.read_text()}"),
    "put aside": lambda path: path.rename(f"{path}.legacy") and path.write_text("#!/bin/sh\n:\n"),
}


@pytest.mark.parametrize(
    "harm",
    [
        *HARMS.values(),
        *(pytest.param(harm, marks=pytest.mark.proof) for harm in MORE_HARMS.values()),
    ],
    ids=[*HARMS, *MORE_HARMS],
)
def test_the_command_of_a_line_mends_a_harmed_hook(guarded: Repo, harm: Any) -> None:
    """One line is broken, its command is typed as it stands, and nothing is broken then."""
    harm(guarded.path / ".git/hooks/pre-push")
    found = told(guarded)
    (line,) = about(found, "hooks")
    assert (found.state, line.state) == ("broken", "broken")
    mended(guarded, line)
    assert about(told(guarded), "hooks") == []


def test_the_command_mends_a_hooks_path_and_missing_hooks_at_once(guarded: Repo) -> None:
    """Before pre-commit agrees to install, the setting has to go."""
    for name in TYPES:
        (guarded.path / ".git/hooks" / name).unlink()
    guarded.config("core.hooksPath", "/dev/null")
    (line,) = about(told(guarded), "hooks")
    mended(guarded, line)
    assert about(told(guarded), "hooks") == []


def test_the_command_mends_hooks_in_a_linked_worktree(guarded: Repo) -> None:
    """They are those of all worktrees."""
    guarded.git("worktree", "add", "-q", "../linked")
    (guarded.path / ".git/hooks/pre-commit").unlink()
    found = told(guarded, "../linked")
    (line,) = about(found, "hooks")
    done = guarded.run("/bin/sh", "-ec", f"cd ../linked && {line.mend}")
    assert done.returncode == 0, done.stderr
    assert about(told(guarded, "../linked"), "hooks") == []


def test_the_command_mends_an_emptied_configuration(guarded: Repo) -> None:
    """It was one of the ways round."""
    guarded.write(".pre-commit-config.yaml", "repos: []\n")
    (line,) = about(told(guarded), "hook config")
    guarded.write("deep/x", "")
    done = guarded.run("/bin/sh", "-ec", f"cd deep && {line.mend}")
    assert done.returncode == 0, done.stderr
    assert about(told(guarded), "hook config") == []


@pytest.mark.parametrize("bit", ["--skip-worktree", "--assume-unchanged"])
def test_the_command_mends_a_configuration_that_git_is_told_to_overlook(
    guarded: Repo, bit: str
) -> None:
    """`git status` shows nothing of it, and pre-commit reads it."""
    guarded.git("update-index", bit, ".pre-commit-config.yaml")
    path = guarded.path / ".pre-commit-config.yaml"
    path.write_text(CONFIG.replace("entry: selfmod-guard", "entry: echo selfmod-guard"))
    assert guarded.git("status", "--porcelain") == ""
    (line,) = about(told(guarded), "hook config")
    assert line.state == "broken"
    mended(guarded, line)
    assert about(told(guarded), "hook config") == []
    assert path.read_text() == CONFIG


def test_the_command_mends_what_nobody_has_judged_yet(guarded: Repo) -> None:
    """After it the commits are known, and the state of the guard is there."""
    (line,) = about(told(guarded), "last run")
    assert line.mend == "selfmod-guard check --staged"
    judge(guarded)
    assert about(told(guarded), "last run") == []


def test_the_command_mends_the_mode_of_the_state(guarded: Repo) -> None:
    """Others must not read who was denied, and why."""
    judge(guarded)
    folder = guarded.path / ".git/selfmod-guard"
    assert about(told(guarded), "journal") == []
    folder.chmod(0o755)
    (line,) = about(told(guarded), "journal")
    mended(guarded, line)
    assert about(told(guarded), "journal") == []
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_guard_that_was_turned_off_can_be_turned_on_by_its_command(guarded: Repo) -> None:
    """The line says who did it, and why."""
    system = System(Guard(Context(str(guarded.path), guarded.environ)))
    system.disable("Ada", "a fire")
    (line,) = about(told(guarded), "policy")
    assert "a fire" in line.message
    assert line.mend == "selfmod-guard enable"
    system.enable("Ada")
    assert about(told(guarded), "policy") == []


@pytest.mark.parametrize("damage", [b"", b"no database", None])
def test_a_corrupt_journal_is_broken_and_hides_nothing_else(
    guarded: Repo, damage: bytes | None
) -> None:
    """Emptied, overwritten, or with one event changed; the other lines are still there."""
    judge(guarded)
    path = guarded.path / ".git/selfmod-guard/journal.sqlite3"
    data = path.read_bytes()
    changed = data.replace(b'"decision":"allowed"', b'"decision":"Allowed"')
    assert changed != data
    path.write_bytes(changed if damage is None else damage)
    found = told(guarded)
    states = {line.name: line.state for line in found.lines}
    if damage != b"":  # an empty file is a journal of nothing to SQLite
        assert states["journal"] == "broken"
        assert found.state == "broken"
    assert states["hooks"] == "ok"
    assert "sandbox" in states


def test_a_file_in_the_place_of_the_state_is_told_in_words(guarded: Repo) -> None:
    """A number of the system says nothing to a tired person."""
    guarded.write(".git/selfmod-guard", "")
    (line,) = about(told(guarded), "journal")
    assert "uses (Not a directory)" in line.message


def test_a_configuration_left_out_of_a_sparse_checkout_is_brought_back(guarded: Repo) -> None:
    """Then pre-commit has none to read, and `git status` shows nothing."""
    guarded.write("deep/x.txt", "x\n")
    guarded.git("add", "deep")
    guarded.git("commit", "-qm", "Go deep", "--no-verify", SKIP=SKIPPED)
    guarded.git("sparse-checkout", "set", "--no-cone", "deep")
    (line,) = about(told(guarded), "hook config")
    assert (line.state, "sparse checkout" in line.message) == ("broken", True)
    mended(guarded, line)
    assert about(told(guarded), "hook config") == []


def test_doctor_changes_nothing(guarded: Repo) -> None:
    """Not a byte below the top, the state folder included."""
    judge(guarded)
    before = _snapshot(guarded.path)
    (guarded.path / ".git/selfmod-guard").chmod(0o700)
    told(guarded)
    assert _snapshot(guarded.path) == before


def _snapshot(top: Path) -> dict[str, object]:
    return {
        str(path): path.read_bytes() if path.is_file() else path.stat().st_mode
        for path in sorted(top.rglob("*"))
    }


def test_outside_of_git_it_is_one_clear_error(
    tmp_path: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    """And no pass."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    monkeypatch.setenv("HOME", environ["HOME"])
    assert cli.main(["doctor"]) == 2
    assert "there is no git repository here" in capfd.readouterr().err


def test_in_a_bare_repository_it_is_one_clear_error(
    new_repo: NewRepo, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    """There is nowhere that a hook of ours could run."""
    repo = new_repo("bare.git", "--bare")
    assert shown(repo, monkeypatch) == 2
    out, err = capfd.readouterr()
    assert (out, "(bare-repository)" in err) == ("", True)
    assert "do next: ask in a clone of it" in err


def test_in_an_empty_repository_it_says_how_to_begin(new_repo: NewRepo) -> None:
    """No commit, no policy, no hook: nothing crashes."""
    found = told(new_repo("empty"))
    assert [line.mend for line in about(found, "hooks")] == ["selfmod-guard init"]
    assert "unasked" not in {line.state for line in found.lines}


def test_in_a_folder_of_the_project_it_says_the_same(guarded: Repo) -> None:
    """Paths count from the top."""
    guarded.write("deep/x.txt", "")
    assert told(guarded, "deep").lines == told(guarded).lines


def test_control_characters_of_a_setting_are_inert(
    guarded: Repo, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    """A path could clear the screen, or write a line that says all is well."""
    guarded.config("core.hooksPath", HOSTILE + "\nok hooks all is well")
    assert shown(guarded, monkeypatch) == 1
    out = capfd.readouterr().out
    assert all(char.isprintable() or char == "\n" for char in out)
    assert r"\x1b[2J" in out
    assert not any(line.startswith("ok hooks") for line in out.splitlines())
    assert shown(guarded, monkeypatch, "--format", "json") == 1
    assert json.loads(capfd.readouterr().out)["state"] == "broken"


def test_what_a_command_takes_from_the_repository_is_inert_and_quoted(
    guarded: Repo, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    """Whoever copies the line must run that command and no other."""
    address = r'"x\e[2J; touch owned"'
    hook = f"  - repo: {address}\n    rev: main\n    hooks:\n      - id: selfmod-size\n"
    guarded.write(".pre-commit-config.yaml", CONFIG + hook)
    guarded.git("add", ".pre-commit-config.yaml")
    guarded.git("commit", "-qm", "Add a hook", "--no-verify", SKIP=SKIPPED)
    shown(guarded, monkeypatch)
    out = capfd.readouterr().out
    assert "\x1b" not in out
    assert r"pre-commit autoupdate --freeze --repo 'x\x1b[2J; touch owned'" in out


def test_a_question_that_cannot_be_asked_is_exit_code_2(
    guarded: Repo, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    """Unless something is broken for certain, which counts for more."""
    judge(guarded)
    guarded.link("pyproject.toml", "selfmod-guard.toml")
    guarded.git("add", "pyproject.toml")
    guarded.git("commit", "-qm", "Link it", "--no-verify", SKIP=SKIPPED)
    assert shown(guarded, monkeypatch) == 2
    out = capfd.readouterr().out
    assert out.count("unasked") == 1, "the same reason is said once"
    assert "for this nobody knows either: hook config" in out
    assert "policy" in out
    (guarded.path / ".git/selfmod-guard/journal.sqlite3").write_bytes(b"no database")
    guarded.git("reset", "-q", "--hard", "HEAD^")
    assert shown(guarded, monkeypatch) == 1
    out = capfd.readouterr().out
    assert "unasked last run" in out
    assert "broken  journal" in out


def test_warnings_and_what_nobody_can_know_are_no_failure(
    guarded: Repo, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    """Exit 0, with a last line that counts them."""
    judge(guarded)
    assert shown(guarded, monkeypatch) == 0
    lines = capfd.readouterr().out.splitlines()
    assert lines[0].startswith("ok      hooks        pre-commit, pre-merge-commit, post-commit")
    assert "in order" in lines[-1]
    assert "broken" not in lines[-1]


def test_json_is_one_object_with_the_same_answers(
    guarded: Repo, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    """Its keys are a promise."""
    assert shown(guarded, monkeypatch, "--format", "json") == 0
    found = json.loads(capfd.readouterr().out)
    assert sorted(found) == ["lines", "schema_version", "state"]
    assert found["schema_version"] == 1
    assert {tuple(line) for line in found["lines"]} == {("name", "state", "message", "mend")}
    assert found["state"] == "warning"


def test_a_narrow_terminal_wraps_words_and_never_a_command(
    guarded: Repo, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    """A command in two lines cannot be copied."""
    (guarded.path / ".git/hooks/pre-commit").unlink()
    (guarded.path / ".git/hooks/pre-push").unlink()
    shown(guarded, monkeypatch, COLUMNS="60")
    lines = capfd.readouterr().out.splitlines()
    (command,) = [line.strip() for line in lines if " install -f " in line]
    assert command.endswith("-m pre_commit install -f -t pre-commit -t pre-push") or (
        command == "pre-commit install -f -t pre-commit -t pre-push"
    )
    assert all(len(line) <= 60 for line in lines if line.startswith(("ok ", "broken ")))


@pytest.mark.proof
def test_the_command_mends_a_guard_that_was_tampered_with(tmp_path: Path, repo: Repo) -> None:
    """An installed copy, with files changed, gone and added, is put right by the real pip."""
    folder = tmp_path / "own"
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, timeout=120)
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "needed.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    python, wheel = str(folder / "bin/python"), _wheel(tmp_path)
    pip = (python, "-I", "-m", "pip", "install", "-q", "--no-deps", "--no-index", str(wheel))
    subprocess.run(pip, check=True, timeout=120)
    assert _guard_line(python, repo)["state"] == "ok"
    place = site / "pytest_selfmod_guard"
    (place / "gate.py").write_text(f"{(place / 'gate.py').read_text()}\n# odd\n")
    (place / "rules/limits/too_many_files.py").unlink()
    (place / "more.py").write_text("")
    broken = _guard_line(python, repo)
    assert broken["state"] == "broken"
    told_of = ("gate.py is modified", "too_many_files.py is missing", "more.py was added")
    assert all(what in broken["message"] for what in told_of), broken
    subprocess.run(["/bin/sh", "-ec", broken["mend"]], check=True, timeout=120)
    assert _guard_line(python, repo)["state"] == "ok"


def _wheel(folder: Path) -> Path:
    """Pack the package as an installer wants it, without anything to build it with."""
    path, about = folder / "pytest_selfmod_guard-1.0-py3-none-any.whl", "pytest_selfmod_guard-1.0"
    top = Path(pytest_selfmod_guard.__file__).parent
    files = {f"{top.name}/{one.relative_to(top)}": one.read_bytes() for one in top.rglob("*.py")}
    name = b"Metadata-Version: 2.1\nName: pytest-selfmod-guard\nVersion: 1.0\n"
    kind = b"Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files |= {f"{about}.dist-info/METADATA": name, f"{about}.dist-info/WHEEL": kind}
    rows = [f"{name},sha256={_hash(data)},{len(data)}" for name, data in files.items()]
    rows.append(f"{about}.dist-info/RECORD,,")
    with ZipFile(path, "w") as packed:
        for name_of, data in files.items():
            packed.writestr(name_of, data)
        packed.writestr(f"{about}.dist-info/RECORD", "\n".join(rows))
    return path


def _hash(data: bytes) -> str:
    return urlsafe_b64encode(sha256(data).digest()).rstrip(b"=").decode()


def _guard_line(python: str, repo: Repo) -> dict[str, str]:
    done = repo.run(python, "-I", "-m", "pytest_selfmod_guard", "doctor", "--format", "json")
    (line,) = [line for line in json.loads(done.stdout)["lines"] if line["name"] == "guard"]
    assert isinstance(line, dict)
    return line
