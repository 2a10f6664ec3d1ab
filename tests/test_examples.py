"""The examples do what their pages say."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from pytest_selfmod_guard.context import Context
from pytest_selfmod_guard.doors import init

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "guarded-repository"


@pytest.mark.proof
def test_the_guarded_repository_refuses_the_bad_commit_and_takes_the_good_one(
    tmp_path: Path,
) -> None:
    """Its script is what people run first, and it checks both commits itself."""
    played = _run_script(tmp_path, _path_with_the_command(tmp_path))
    assert played.returncode == 0, played.stdout + played.stderr
    assert "parcel/postage.py:23  SMG201" in played.stdout
    assert played.stdout.endswith("the good one landed, the bad one was refused.\n")


@pytest.mark.parametrize("missing", ["git", "selfmod-guard", "pre-commit"])
def test_the_script_says_which_program_is_missing(tmp_path: Path, missing: str) -> None:
    """The first thing a newcomer meets must not be "command not found"."""
    folder = tmp_path / "only"
    folder.mkdir()
    for name in ("bash", "dirname", "mktemp", "rm", "git", "selfmod-guard", "pre-commit"):
        if name != missing:
            (folder / name).symlink_to(shutil.which(name) or sys.executable)
    played = _run_script(tmp_path, str(folder))
    assert played.returncode == 1
    assert f'"{missing}" is not on the PATH' in played.stderr


@pytest.mark.proof
def test_the_script_fails_when_the_guard_lets_the_bad_commit_pass(tmp_path: Path) -> None:
    """A script that is always content shows nothing."""
    lenient = "import sys; sys.exit(0)"
    played = _run_script(tmp_path, _path_with_the_command(tmp_path, lenient))
    assert played.returncode == 1
    assert "the bad commit landed" in played.stderr


def test_the_guarded_repository_is_set_up_as_init_would(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A copy of the example needs nothing more, and its hook is the one `init` writes."""
    copied, fresh = tmp_path / "copied", tmp_path / "fresh"
    shutil.copytree(EXAMPLE, copied)
    fresh.mkdir()
    told = []
    for folder in (copied, fresh):
        subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
        _init(folder)
        told.append(capsys.readouterr().out)
    assert told[0] == "Nothing to do, already set up.\n"
    ours, theirs = (
        yaml.safe_load((folder / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
        for folder in (copied, fresh)
    )
    assert ours == theirs


def test_the_guarded_repositorys_own_tests_pass(tmp_path: Path) -> None:
    """An example whose suite is red teaches nothing."""
    shutil.copytree(EXAMPLE, tmp_path / "copied")
    suite = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    environ = {"PATH": os.environ["PATH"]}
    ran = subprocess.run(
        suite, cwd=tmp_path / "copied", env=environ, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout
    assert "2 passed" in ran.stdout


def test_every_file_of_the_guarded_repository_is_explained() -> None:
    """A file that its page does not speak of is one that nobody knows whether to copy."""
    page = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    made = {"__pycache__", ".pytest_cache"}
    files = [
        str(path.relative_to(EXAMPLE))
        for path in EXAMPLE.rglob("*")
        if path.is_file() and made.isdisjoint(path.parts)
        if path.name not in {"README.md", ".gitignore"}
    ]
    unexplained = [n for n in files if f"`{n}`" not in page and f"`{n.split('/')[0]}/`" not in page]
    assert files
    assert unexplained == []


def _init(folder: Path) -> None:
    parser = argparse.ArgumentParser()
    init.add_arguments(parser)
    init.main(parser.parse_args([]), Context(str(folder), {"PATH": os.environ["PATH"]}))


def _run_script(tmp_path: Path, path: str) -> subprocess.CompletedProcess[str]:
    # An agent's marker and a git of the caller's must not decide how it goes.
    environ = {
        "PATH": path,
        "CLAUDECODE": "1",
        "GIT_DIR": str(tmp_path / "nowhere"),
        "TMPDIR": str(tmp_path),
    }
    bash = shutil.which("bash") or "bash"
    return subprocess.run(
        [bash, EXAMPLE / "run.sh"], env=environ, capture_output=True, text=True, check=False
    )


def _path_with_the_command(tmp_path: Path, code: str = "") -> str:
    """
    Put a `selfmod-guard` of this very source on the path, and pre-commit beside it.

    The console script need not be installed where these tests run, and an
    installed one could be of another version.
    """
    ours = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from pytest_selfmod_guard.doors.cli import run\nrun()"
    )
    theirs = "from pre_commit.main import main\nraise SystemExit(main())"
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, body in (("selfmod-guard", code or ours), ("pre-commit", theirs)):
        (folder / name).write_text(f"#!{sys.executable} -I\n{body}\n", encoding="utf-8")
        (folder / name).chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"
