"""Files of a work tree, read without following any link."""

from __future__ import annotations

import os
from collections.abc import Mapping
from posixpath import dirname
from shlex import quote
from stat import S_ISDIR, S_ISLNK, S_ISREG, S_IXUSR

from pytest_selfmod_guard.errors import ReadError
from pytest_selfmod_guard.git import Entry, Git, hasher, object_id
from pytest_selfmod_guard.model import EXECUTABLE, REGULAR, SUBMODULE, SYMLINK, Blob

_CHUNK = 1024 * 1024
# O_NONBLOCK: a pipe that took the file's place must not make the open wait.
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Disk:
    """The work tree below one folder."""

    def __init__(self, git: Git, submodules: Mapping[str, str], *, like: str) -> None:
        """
        Read below the folder that git stands in.

        :param submodules: path to commit of those that the base does not have
        :param like: any object id of the repository, for its algorithm
        """
        self._git = git
        self._submodules = submodules
        self._like = like
        self._folders: dict[str, bool] = {"": True}

    def read(self, path: str, limit: int, entry: Entry | None = None) -> Blob | None:
        """
        Return what is at a path, or None if nothing is that git would track.

        :param limit: bytes up to which a file is kept in memory
        :param entry: what the base has there; only a submodule matters
        """
        full = os.path.join(self._git.directory, path)
        try:
            if not self._is_folder(dirname(path)):
                return None
            mode = os.lstat(full).st_mode
            if S_ISREG(mode):
                return self._regular(full, path, limit)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise _unreadable(path, error.strerror or "it cannot be opened") from None
        if S_ISLNK(mode):
            return self._link(full)
        if S_ISDIR(mode):
            oid = entry.oid if entry and entry.is_submodule else self._submodules.get(path)
            return Blob(SUBMODULE, self._checked_out(full) or oid, 0, None) if oid else None
        raise _unreadable(path, "it is a pipe, a socket or a device")

    def _is_folder(self, path: str) -> bool:
        """Tell whether a path and all above it are folders, not links to some."""
        if path not in self._folders:
            status = os.lstat(os.path.join(self._git.directory, path))
            self._folders[path] = S_ISDIR(status.st_mode) and self._is_folder(dirname(path))
        return self._folders[path]

    def _regular(self, full: str, path: str, limit: int) -> Blob:
        descriptor = os.open(full, _FLAGS)
        try:
            status = os.fstat(descriptor)
            told = hasher("blob", status.st_size, like=self._like)
            kept = bytearray()
            size = 0
            while S_ISREG(status.st_mode) and (chunk := os.read(descriptor, _CHUNK)):
                told.update(chunk)
                size += len(chunk)
                if status.st_size <= limit:
                    kept += chunk
                if size > status.st_size:
                    break
        finally:
            os.close(descriptor)
        if size != status.st_size or not S_ISREG(status.st_mode):
            raise _unreadable(path, "it changed while it was read")
        mode = EXECUTABLE if status.st_mode & S_IXUSR else REGULAR
        return Blob(mode, told.hexdigest(), size, bytes(kept) if size <= limit else None)

    def _link(self, full: str) -> Blob:
        target = os.fsencode(os.readlink(full))
        return Blob(SYMLINK, object_id("blob", target, like=self._like), len(target), target)

    def _checked_out(self, full: str) -> str:
        """Return the commit that a submodule stands at, or empty."""
        if not os.path.lexists(os.path.join(full, ".git")):
            return ""
        hidden = ("GIT_DIR", "GIT_COMMON_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE")
        environ = {name: told for name, told in self._git.environ.items() if name not in hidden}
        environ["GIT_CEILING_DIRECTORIES"] = dirname(full)
        inside = self._git._replace(directory=full, environ=environ)
        return inside.run("rev-parse", "--verify", "HEAD").decode("ascii").strip()


def _unreadable(path: str, why: str) -> ReadError:
    return ReadError(
        "unreadable-file",
        "a file of the work tree cannot be read",
        context=f'"{path}": {why}',
        hint=f"remove it or make it readable; see `ls -l {quote(path)}`",
    )
