"""A folder that is gone with the last value that needs it, and an environment of its own."""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
from tempfile import mkdtemp
from weakref import finalize

from pytest_selfmod_guard.git import Git

_LET_THROUGH = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


class Scratch:
    """
    A scratch folder with a project and a home in it.

    Removed when nothing refers to it any more, at the latest when the
    interpreter ends, and by the process that made it only.
    """

    def __init__(self, now: float) -> None:
        """
        Make one.

        :param now: the time it is in there, in seconds since the epoch
        """
        self._now = now
        folder = os.path.realpath(mkdtemp(prefix="selfmod-guard-"))
        finalize(self, _remove, folder, os.getpid())
        self.project = os.path.join(folder, "project")
        self.home = os.path.join(folder, "home")
        os.mkdir(self.project)
        os.mkdir(self.home)

    def __repr__(self) -> str:
        return f"<scratch folder {self.project}>"

    def now(self) -> float:
        """Tell the time; it stands still, so that a judgement is the same tomorrow."""
        return self._now

    def environ(self) -> dict[str, str]:
        """Return what a command gets to know: nothing of the user's settings or agents."""
        kept = {name: os.environ[name] for name in _LET_THROUGH if name in os.environ}
        places = ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")
        return {
            **kept,
            **dict.fromkeys(places, self.home),
            "PATH": _path(),
            "LC_ALL": "C.UTF-8",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
        }

    def git(self) -> Git:
        """Return the guard's own git in the project."""
        return Git(self.project, self.environ())

    def git_path(self, *parts: str) -> str:
        """Return a path in git's folder."""
        return os.path.join(self.project, ".git", *parts)


def _remove(folder: str, maker: int) -> None:
    # A fork inherits the finalizer, and the folder is not its own.
    if os.getpid() == maker:
        shutil.rmtree(folder, ignore_errors=True)


def _path() -> str:
    # A command such as "pytest" is the one that belongs to this interpreter.
    own = (os.path.dirname(sys.executable), sysconfig.get_path("scripts"))
    return os.pathsep.join([*dict.fromkeys(own), os.environ.get("PATH", os.defpath)])
