"""Real git repositories to test with, in an environment of their own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.git import Git

if TYPE_CHECKING:
    from tests.postgres import Server
    from tests.signers import Keys, Office


def pytest_configure() -> None:
    """Let what tests start be interrupted, also where these run in a shell's background."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say once more, and in one line, what was left out for want of a program."""
    skipped = terminalreporter.getreports("skipped")
    missed = [report for report in skipped if "NOT PROVEN" in str(report.longrepr)]
    if missed:
        why = str(missed[0].longrepr[2])
        terminalreporter.write_line(f"{len(missed)} tests left out. {why}", red=True)


class Repo:
    """
    A git repository in a folder of its own.

    It sees nothing of the user's configuration, and the user's hooks, agents
    and ``GIT_*`` variables see nothing of it.
    """

    def __init__(self, path: Path, environ: dict[str, str], *options: str) -> None:
        """Make one at a path; the options are those of ``git init``."""
        self.path = path
        self.environ = environ
        path.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main", *options)
        self.config("user.name", "Ada")
        self.config("user.email", "ada@example.org")

    def git(self, *arguments: str, feed: bytes = b"", fails: bool = False, **environ: str) -> str:
        """Run git as a user would and return what it prints, without line ends around it."""
        return os.fsdecode(self.raw(*arguments, feed=feed, fails=fails, **environ)).strip("\n")

    def raw(self, *arguments: str, feed: bytes = b"", fails: bool = False, **environ: str) -> bytes:
        """Run git as a user would and return the bytes it prints; `fails` says it must not work."""
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.path,
            env={**self.environ, **environ},
            input=feed,
            capture_output=True,
            check=False,
            timeout=60,
        )
        assert (done.returncode != 0) == fails, (arguments, done.stderr.decode())
        return done.stdout

    def config(self, key: str, value: str) -> None:
        """Set a key of the repository's own configuration."""
        self.git("config", key, value)

    def write(self, path: str, content: str | bytes, mode: int = 0o644) -> Path:
        """Write a file, and the folders above it; text is UTF-8 and keeps its line ends."""
        target = self.path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
        target.chmod(mode)
        return target

    def link(self, path: str, target: str) -> None:
        """Make a symbolic link, in the place of what may be there."""
        self.remove(path)
        (self.path / path).symlink_to(target)

    def remove(self, path: str) -> None:
        """Remove a file, if it is there."""
        (self.path / path).unlink(missing_ok=True)

    def add(self, *paths: str) -> None:
        """Stage paths; by default everything, deletions included."""
        self.git("add", "--all", "--", *(paths or (".",)))

    def commit(self, message: str = "Change something") -> str:
        """Commit everything there is, even nothing, and return the commit's id."""
        self.add()
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")

    def run(self, *command: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run a command as a user would, whatever comes of it."""
        return subprocess.run(
            command,
            cwd=self.path,
            env={**self.environ, **environ},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def guard(
        self, *arguments: str, feed: bytes = b"", folder: str = "", **environ: str
    ) -> subprocess.CompletedProcess[bytes]:
        """Run the guard's command line in a process of its own, isolated from this one."""
        return subprocess.run(
            [sys.executable, "-I", "-m", "pytest_selfmod_guard", *arguments],
            cwd=self.path / folder,
            env={**self.environ, **environ},
            input=feed,
            capture_output=True,
            check=False,
            timeout=60,
        )

    def at(self, folder: str = "", **environ: str) -> Git:
        """Return the guard's own git in a folder, with more variables in its environment."""
        return Git(str(self.path / folder), {**self.environ, **environ})


NewRepo = Callable[..., Repo]
"""Makes a repository: ``new_repo("name", "--object-format=sha256")``."""


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Give an environment in which git finds no configuration but a repository's own."""
    home = tmp_path / "home"
    home.mkdir()
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "LC_ALL": "C.UTF-8",
    }


@pytest.fixture
def new_repo(tmp_path: Path, environ: dict[str, str]) -> NewRepo:
    """Give a function that makes a repository with no commit in it."""
    return lambda name, *options: Repo(tmp_path / name, dict(environ), *options)


@pytest.fixture
def repo(new_repo: NewRepo) -> Repo:
    """Give a repository with one commit, of ``app.py`` and ``README.md``."""
    made = new_repo("project")
    made.write("app.py", "def answer():\n    return 42\n")
    made.write("README.md", "A small project.\n")
    made.commit("Start")
    return made


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """Give a real PostgreSQL server, started for the first test that asks for it."""
    from tests.postgres import needed_programs, running  # noqa: PLC0415 (few tests need it)

    with running(needed_programs(os.environ)) as server:
        yield server


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    """Give the SSH keys of whoever is asked for."""
    from tests.signers import Keys  # noqa: PLC0415 (few tests need it)

    if shutil.which("ssh-keygen") is None:
        missing = "NOT PROVEN without ssh-keygen: sudo apt install openssh-client"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
    return Keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def office(repo: Repo, keys: Keys) -> Office:
    """Give a repository in which Ada may approve changes, and Eve may not."""
    from tests.signers import Office  # noqa: PLC0415 (few tests need it)

    return Office(repo, keys)
