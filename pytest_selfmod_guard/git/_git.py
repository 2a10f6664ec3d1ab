"""One git command at a time, with its hostile parts pinned off."""

from __future__ import annotations

import os
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from pytest_selfmod_guard import programs
from pytest_selfmod_guard.git import _hardening, _layout
from pytest_selfmod_guard.git._failures import failure, git_missing, git_timeout

if TYPE_CHECKING:
    from subprocess import Popen

_NOTHING: Mapping[str, str] = MappingProxyType({})


class Outcome(NamedTuple):
    """How a git command ended, and what it said."""

    code: int
    output: bytes
    reason: bytes


class Git(NamedTuple):
    """
    Git in one folder.

    Relative paths in ``GIT_DIR`` and the like are taken from the folder.
    Every failure is a :class:`~pytest_selfmod_guard.errors.ReadError`.
    """

    directory: str
    """Any folder of the repository; absolute."""
    environ: Mapping[str, str]
    """The user's environment; what git gets of it is chosen here."""
    timeout: float = 60.0
    """Seconds that one command, or one :class:`Objects`, may take."""
    extra: Mapping[str, str] = _NOTHING
    """Variables that are set last, for example ``GIT_INDEX_FILE``."""

    def having(self, **extra: str) -> Git:
        """Return the same with more variables set."""
        return self._replace(extra={**self.extra, **extra})

    def run(self, *arguments: str, feed: bytes = b"") -> bytes:
        """Return what a command prints; raise if it fails."""
        outcome = self.attempt(*arguments, feed=feed)
        if outcome.code:
            raise failure(self.directory, outcome.reason)
        return outcome.output

    def attempt(self, *arguments: str, feed: bytes = b"") -> Outcome:
        """Return how a command ended, for those whose failure is an answer."""
        from subprocess import TimeoutExpired  # noqa: PLC0415 (see `start`)

        process = self.start(*arguments)
        with process:
            try:
                output, reason = process.communicate(feed, timeout=self.timeout)
            except TimeoutExpired:
                raise git_timeout(arguments, self.timeout) from None
            finally:
                process.kill()
        return Outcome(process.returncode, output, reason)

    def start(self, *arguments: str) -> Popen[bytes]:
        """Start a command with pipes on all three of its streams."""
        from subprocess import PIPE, Popen  # noqa: PLC0415 (7 ms)

        executable = programs.find("git", self.environ)
        if executable is None:
            raise git_missing()
        line = _hardening.command(executable, arguments)
        environ = _hardening.environment(self.environ, self.extra)
        try:
            return Popen(
                line, cwd=self.directory, env=environ, stdin=PIPE, stdout=PIPE, stderr=PIPE
            )
        except (FileNotFoundError, NotADirectoryError):
            raise failure(self.directory, b"fatal: not a git repository: no such folder") from None

    def common_dir(self) -> str:
        """Return the git directory that all worktrees share; absolute."""
        if layout := self._layout():
            return layout.common_dir
        if git_dir := self.environ.get("GIT_DIR", ""):
            found = os.path.join(os.path.realpath(self.directory), git_dir)
            return _layout.common_dir(os.path.normpath(found), self.environ)
        return self._ask_path("--git-common-dir")

    def index_file(self) -> str:
        """Return the path of the index in use; absolute, perhaps not there."""
        return self._ask_path("--git-path", "index")

    def at_top(self) -> Git:
        """Return git in the folder that all paths are relative to."""
        where = ("GIT_DIR", "GIT_COMMON_DIR", "GIT_WORK_TREE")
        told = {name: self.environ[name] for name in where if self.environ.get(name)}
        fixed = {name: os.path.join(self.directory, path) for name, path in told.items()}
        return self._replace(directory=self.top(), environ={**self.environ, **fixed})

    def top(self) -> str:
        """Return the folder that all paths are relative to; absolute."""
        return self._ask_path("--show-toplevel")

    def prefix(self) -> str:
        """Return the folder relative to the top, ``/`` between parts; empty at the top."""
        if layout := self._layout():
            found = os.path.relpath(os.path.realpath(self.directory), layout.top)
            return "" if found == "." else found.replace(os.sep, "/")
        return os.fsdecode(self.run("rev-parse", "--show-prefix")).rstrip("\n").rstrip("/")

    def is_shallow(self) -> bool:
        """Tell whether history ends early here."""
        return os.path.exists(os.path.join(self.common_dir(), "shallow"))

    def _layout(self) -> _layout.Layout | None:
        return _layout.find(self.directory, self.environ)

    def _ask_path(self, *arguments: str) -> str:
        answer = os.fsdecode(self.run("rev-parse", *arguments)).removesuffix("\n")
        return os.path.normpath(os.path.join(os.path.realpath(self.directory), answer))
