"""Repositories with real hooks and real environments, for tests of what gets past them."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution, entry_points
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import pytest_selfmod_guard
from pytest_selfmod_guard.journals.sqlite import SqliteJournal

if TYPE_CHECKING:
    from tests.conftest import NewRepo, Repo

_GUARD = shlex.join((sys.executable, "-I", "-m", "pytest_selfmod_guard", "pre-commit"))
_HOOKS = {
    "pre-commit": f"exec {_GUARD} selfmod-guard",
    "pre-merge-commit": f"exec {_GUARD} selfmod-guard",
    "post-commit": f"exec {_GUARD} selfmod-post-commit",
    "pre-push": "while read -r _ new _ old; do"
    f" PRE_COMMIT_FROM_REF=$old PRE_COMMIT_TO_REF=$new {_GUARD} selfmod-guard || exit 1; done",
}


class Hooked:
    """
    A repository with our hooks, a remote ``origin`` and a branch ``work``.

    pre-commit itself is left out, as it takes half a second a commit: the
    hooks are what it would put in place, and git runs them or does not.
    """

    # Told from text alone, so a denial does not take the time to read Python.
    PATH, GOOD, EVIL = "clean.sh", "rm -rf build\n", "rm -rf / --no-preserve-root\n"
    RULE = "SMG202"
    ROUND = "went round the guard"

    def __init__(self, repo: Repo) -> None:
        """Take a repository that has these already, or nothing at all."""
        self.repo = repo
        self.git = repo.git
        self.write = repo.write

    def set_up(self) -> None:
        """Install the hooks, and commit through them what is on ``main`` here and there."""
        self.write(self.PATH, self.GOOD)
        self.write("app.py", "def answer():\n    return 42\n")
        self.write("README.md", "A small project.\n")
        self.write("pyproject.toml", "[tool.selfmod-guard]\nmode = 'enforce'\n")
        self.repo.commit("Start")
        self.install()
        self.write("tests/test_app.py", "def test_answer():\n    assert 6 * 7 == 42\n")
        self.repo.commit("Test it")
        self.git("clone", "--quiet", "--bare", ".", "../origin.git")
        self.git("remote", "add", "origin", "../origin.git")
        self.git("fetch", "--quiet", "origin")
        self.git("switch", "--quiet", "--create", "work")

    def install(self) -> None:
        """Put our hooks in place."""
        for name, command in _HOOKS.items():
            self.write(f".git/hooks/{name}", f"#!/bin/sh\n{command}\n", 0o755)

    def uninstall(self) -> None:
        """Take our hooks away."""
        for name in _HOOKS:
            (self.repo.path / ".git" / "hooks" / name).unlink()

    def run(self, *command: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run a command as a user would, whatever comes of it."""
        return self.repo.run(*command, **environ)

    def commit(self, *options: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Commit everything by a real ``git commit`` with the hooks there are."""
        self.repo.add()
        return self.run("git", "commit", "-m", "Speed up", *options, **environ)

    def land(self, path: str, content: str) -> str:
        """Commit a file through the hooks, which have to let it pass, and return the commit."""
        self.write(path, content)
        done = self.commit()
        assert done.returncode == 0, done.stderr
        return self.head()

    def head(self) -> str:
        """Return the commit that is checked out."""
        return self.git("rev-parse", "HEAD")

    def ungated(self) -> list[str]:
        """List the commits that the journal accuses, in its order."""
        journal = SqliteJournal(str(self.repo.path / ".git" / "selfmod-guard"))
        return [event.subject for event in journal.events() if event.kind == "ungated"]

    def elsewhere(self, content: str) -> Path:
        """Commit ``clean.sh`` as somebody else, in a clone without hooks beside this."""
        clone = self.repo.path.parent / "elsewhere"
        self.git("clone", "--quiet", "--branch", "work", ".", str(clone))
        (clone / self.PATH).write_text(content)
        who = ("-c", "user.name=Bob", "-c", "user.email=bob@example.org")
        self.git("-C", str(clone), *who, "commit", "--quiet", "-am", "Clean otherwise")
        return clone

    def assert_goes_on(self) -> None:
        """See an innocent commit land without a word of any other."""
        self.write("later.txt", f"After {self.head()}.\n")
        done = self.commit()
        assert done.returncode == 0, done.stderr
        assert self.ROUND not in done.stderr
        said = [line for line in done.stderr.splitlines() if line.startswith("selfmod-guard:")]
        assert [line.split(",")[0] for line in said] == ["selfmod-guard: allowed"]


@pytest.fixture(scope="session")
def kept_hooked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder in which the hooked repository is kept, made only once."""
    return tmp_path_factory.mktemp("hooked") / "all"


@pytest.fixture
def hooked(new_repo: NewRepo, kept_hooked: Path) -> Hooked:
    """Give a repository with hooks, on a branch of its own behind which all is judged."""
    repo = new_repo("all/project")
    made = Hooked(repo)
    if not kept_hooked.exists():
        made.set_up()
        shutil.copytree(repo.path.parent, kept_hooked, symlinks=True)
    shutil.rmtree(repo.path.parent)
    shutil.copytree(kept_hooked, repo.path.parent, symlinks=True)
    made.git("status")  # a copied index knows other files' times
    return made


class Environment:
    """
    A real virtual environment with the guard in it, made without a network.

    Its site folder holds what an installer would put there, as links: the guard
    and all that it needs, pytest among that, and nothing else.
    """

    def __init__(self, path: Path) -> None:
        """Make one at a path that is not there yet."""
        line = [sys.executable, "-m", "venv", "--without-pip", str(path)]
        subprocess.run(line, check=True, timeout=60)
        self.path = path
        (self.site,) = path.glob("lib/python*/site-packages")
        for name, place in _needed().items():
            (self.site / name).symlink_to(place)
        for name in ("pytest", "selfmod-guard"):
            self._write_script(name)

    def add(self, folder: Path) -> None:
        """Make what is in a folder importable, as an editable install does."""
        (self.site / f"{folder.name}.pth").write_text(f"{folder}\n")

    def script(self, name: str) -> str:
        """Return the path of a command."""
        return str(self.path / "bin" / name)

    def _write_script(self, name: str) -> None:
        (entry,) = entry_points(group="console_scripts", name=name)
        path = self.path / "bin" / name
        what = f"from {entry.module} import {entry.attr} as run"
        path.write_text(f"#!{path.parent}/python\nimport sys\n{what}\nsys.exit(run())\n")
        path.chmod(0o755)


@cache
def _needed() -> dict[str, Path]:
    """Find what the guard and all that it needs put into a site folder, by name."""
    found: dict[str, Path] = {}
    waiting, seen = ["pytest-selfmod-guard"], set[str]()
    while waiting:
        name = waiting.pop()
        try:
            about = distribution(name)
        except PackageNotFoundError:
            continue  # needed on another platform
        tops = {file.parts[0] for file in about.files or ()} - {"..", "__pycache__"}
        found |= {top: Path(str(about.locate_file(top))) for top in tops if ".pth" not in top}
        seen.add(name)
        needed = [line for line in about.requires or () if "extra ==" not in line]
        names = {re.split(r"[^\w.-]", line)[0] for line in needed}
        waiting += names - seen
    return found | {pytest_selfmod_guard.__name__: Path(pytest_selfmod_guard.__file__).parent}


@pytest.fixture(scope="session")
def make_environment() -> type[Environment]:
    """Give what makes an environment at a path."""
    return Environment


@pytest.fixture(scope="session")
def guards_own(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """Give an environment of the guard's own, in which no project ever is."""
    return Environment(tmp_path_factory.mktemp("own") / "tool")
