"""The project that a test is about."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, Unpack

from pytest_selfmod_guard.attribution import ACTOR_VARIABLE
from pytest_selfmod_guard.testing import _steps
from pytest_selfmod_guard.testing._asking import Asking, as_asked
from pytest_selfmod_guard.testing._files import Files
from pytest_selfmod_guard.testing._history import State, describe
from pytest_selfmod_guard.testing._judged import Judged
from pytest_selfmod_guard.testing._repository import head, lay_out
from pytest_selfmod_guard.testing._running import Ran, run
from pytest_selfmod_guard.testing._scratch import Scratch

if TYPE_CHECKING:
    from pytest_selfmod_guard.guard import Guard, Reader

Who = Literal["agent", "unknown"]
"""Who proposes a change, as far as the guard can tell."""

_NO_FILES: Files = MappingProxyType({})


class Project:
    """
    A project with a history, and perhaps with a proposed change.

    It is a value: every method gives a new project and leaves this one as it
    is. A real git repository stands behind each, made when it is needed and
    removed with the last value that needs it; nothing of the user's settings,
    agents or hooks acts in it. Equal projects have equal commit ids.

    What cannot be is a TypeError or a ValueError at once, and a git that is
    missing or refuses a ReadError when it is asked.
    """

    __slots__ = ("__weakref__", "_scratch", "_state")
    _state: State
    _scratch: Scratch | None

    def __init__(self, files: Files = _NO_FILES, *, actor: Who = "unknown") -> None:
        """
        Make a project of files that are not committed yet.

        :param files: path to content, as text, bytes, Link or Executable
        :param actor: who proposes changes to it; an agent is judged strictly
        """
        self._become(_steps.start(files, actor))

    def write(self, files: Files) -> Project:
        """Write files to disk and stage nothing; None deletes one."""
        return self._of(_steps.write(self._state, files))

    def commit(
        self, message: str = "Change something", *, author: str = "Ada <ada@example.org>"
    ) -> Project:
        """
        Commit everything that is on disk, proposed or not, even nothing.

        :param author: who also commits it
        """
        return self._of(_steps.commit(self._state, message, author))

    def branch(self, name: str) -> Project:
        """Start a branch at the last commit, and go to it."""
        return self._of(_steps.branch(self._state, name))

    def switch(self, name: str) -> Project:
        """Go to another branch; everything must be committed."""
        return self._of(_steps.switch(self._state, name))

    def propose(self, files: Files, *, actor: Who | None = None) -> Project:
        """
        Stage what writing files over the last commit changes, and write it to disk.

        A second proposal takes the place of the first.

        :param actor: who proposes it; by default whom the project was made for
        :raises ValueError: nothing is committed yet, something is written and
            not committed, or nothing would change
        """
        return self._of(_steps.propose(self._state, files, actor or self._state.actor))

    def check(self, **asked: Unpack[Asking]) -> Judged:
        """Judge what is proposed, as the hook of a commit does."""
        from pytest_selfmod_guard.stages import read  # noqa: PLC0415 (see `guard`)

        return self._judge(read.staged, "--staged", asked)

    def check_range(self, base: str = "main", **asked: Unpack[Asking]) -> Judged:
        """
        Judge the commits since this branch left another, as a CI job does.

        :param base: a branch, a commit id, or the like of ``HEAD~2``
        """
        from pytest_selfmod_guard.stages import read  # noqa: PLC0415 (see `guard`)

        return self._judge(partial(read.since, ref=base), f"--base {base}", asked)

    def check_worktree(self, **asked: Unpack[Asking]) -> Judged:
        """Judge what is on disk, staged or not, against the last commit."""
        from pytest_selfmod_guard.stages import read  # noqa: PLC0415 (see `guard`)

        return self._judge(read.worktree, "--worktree", asked)

    def run(
        self,
        *command: str,
        folder: str = "",
        feed: str | bytes = b"",
        timeout: float = 60.0,
        **environ: str,
    ) -> Ran:
        """
        Run a command in a fresh copy, so that what it does cannot touch this project.

        ``python``, ``pytest`` and the like are those of this interpreter.

        :param folder: where in the project
        :param feed: what it reads from standard input
        :param timeout: seconds
        :param environ: more variables, besides a clean few
        :raises subprocess.TimeoutExpired: it took longer, and was ended
        """
        scratch = lay_out(self._state)
        # An index that knows no file's times yet makes some commands see an edit in each.
        scratch.git().attempt("update-index", "-q", "--refresh")
        data = feed.encode() if isinstance(feed, str) else feed
        return run(scratch, command, folder, data, {**self._marks(), **environ}, timeout)

    @property
    def guard(self) -> Guard:
        """The guard of this project, at a time that stands still."""
        # Late: many a project is made while tests are collected, and never judged.
        from pytest_selfmod_guard.context import Context  # noqa: PLC0415
        from pytest_selfmod_guard.guard import Guard  # noqa: PLC0415

        scratch = self._opened()
        environ = {**scratch.environ(), **self._marks()}
        # The clock also keeps the folder there for as long as the guard is.
        return Guard(Context(scratch.project, environ, scratch.now))

    @property
    def path(self) -> Path:
        """The folder behind it, there as long as the project is; to look at, not to change."""
        return Path(self._opened().project)

    @property
    def head(self) -> str:
        """The id of the last commit; empty before the first."""
        return head(self._opened())

    def read(self, path: str) -> str:
        """Return the text of a file as it is on disk."""
        files = dict(self._state.disk)
        if path not in files:
            raise ValueError(f"there is no file {path!r}; there are {', '.join(files) or 'none'}")
        return files[path].data.decode()

    def _judge(self, reader: Reader, source: str, asked: Asking) -> Judged:
        receipt = self.guard.judge(reader, source, as_asked(**asked))
        return Judged(receipt, describe(self._state))

    def _marks(self) -> dict[str, str]:
        return {ACTOR_VARIABLE: "agent"} if self._state.actor == "agent" else {}

    def _opened(self) -> Scratch:
        scratch = self._scratch or lay_out(self._state)
        object.__setattr__(self, "_scratch", scratch)
        return scratch

    @classmethod
    def _of(cls, state: State) -> Project:
        project = object.__new__(cls)
        project._become(state)
        return project

    def _become(self, state: State) -> None:
        object.__setattr__(self, "_state", state)
        object.__setattr__(self, "_scratch", None)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a project does not change; each of its methods gives another one")

    def __reduce__(self) -> tuple[object, ...]:
        return Project._of, (self._state,)

    def __eq__(self, other: object) -> bool:
        return self._state == other._state if isinstance(other, Project) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._state)

    def __repr__(self) -> str:
        return f"<{describe(self._state)}>"
