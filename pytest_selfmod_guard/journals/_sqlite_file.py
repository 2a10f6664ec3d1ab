"""
The file of the embedded journal: what is there, and how it comes to be.

It appears all at once, with its table in it. So an empty file is never a new
journal, but one that was lost.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

from pytest_selfmod_guard.errors import JournalError
from pytest_selfmod_guard.journals._network import network
from pytest_selfmod_guard.journals._patience import patiently
from pytest_selfmod_guard.journals._sqlite_errors import (
    ELSEWHERE,
    damaged,
    forbidden,
    misplaced,
    vanished,
)
from pytest_selfmod_guard.journals._sqlite_schema import upgrade

_NAMES = {stat.S_IFLNK: "a symbolic link", stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe"}

Identity = tuple[int, int]
"""The device and the inode of a file."""


def found(path: str) -> Identity | None:
    """
    Tell which file is there; None where there is none, and none was.

    :raises JournalError: it is empty, or gone, or something else is in its place
    """
    try:
        there = os.lstat(path)
    except FileNotFoundError:
        _expect_none(path)
        return None
    kind = stat.S_IFMT(there.st_mode)
    if kind != stat.S_IFREG:
        raise misplaced(path, _NAMES.get(kind, "no file"))
    if not there.st_size:
        raise damaged(path, "it is empty")
    return there.st_dev, there.st_ino


def writable(path: str, file: Identity | None, seconds: float) -> Identity:
    """
    Tell which file is there to be written to; where there is none, make one.

    :param file: what was found
    :param seconds: how long to wait for somebody else who makes one
    :raises JournalError: it may not be written to, or locks would not hold
    """
    folder = os.path.dirname(path)
    _be_local(folder, path)
    if file is None:
        file = _created(folder, path, seconds)
    for place in (folder, path):
        if not os.access(place, os.R_OK | os.W_OK, effective_ids=True):
            raise forbidden(path, "permission denied")
    return file


def connect(path: str) -> sqlite3.Connection:
    """Open a file that is there, without waiting for anybody."""
    quoted = path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    address = f"file://{quoted}?mode=rw"
    return sqlite3.connect(address, uri=True, timeout=0, isolation_level=None)


def _expect_none(path: str) -> None:
    """Let no journal be begun beside the undone work of another: SQLite would put it in."""
    left = f"{path}-journal"
    with suppress(FileNotFoundError):
        if os.stat(left).st_size and not os.path.lexists(path):
            raise vanished(path, f"its unfinished work is still there: {left}")


def _be_local(folder: str, path: str) -> None:
    kind = network(folder)
    if kind:
        raise JournalError(
            "journal-on-network",
            f"the journal would be on a network file system ({kind}), where no lock is certain",
            context=path,
            hint=ELSEWHERE,
        )


def _created(folder: str, path: str, seconds: float) -> Identity:
    """Make a journal without events, unless somebody else is faster."""
    os.makedirs(folder, mode=0o700, exist_ok=True)
    _sync(os.path.dirname(folder))
    with _alone(folder, seconds):
        file = found(path)
        if file is None:
            _build(f"{path}.new")
            os.rename(f"{path}.new", path)
            _sync(folder)
            file = found(path)
    if file is None:
        raise vanished(path, "it was there for a moment only")
    return file


@contextmanager
def _alone(folder: str, seconds: float) -> Iterator[None]:
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        patiently(lambda: fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB), seconds)
        yield
    finally:
        os.close(lock)


def _build(path: str) -> None:
    for left in (path, f"{path}-journal"):  # by somebody who was killed
        with suppress(FileNotFoundError):
            os.unlink(left)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    with closing(connect(path)) as connection:
        connection.execute("pragma synchronous = full")
        connection.execute("begin")
        upgrade(connection, 0)
        connection.execute("commit")


def _sync(folder: str) -> None:
    """Let the names in a folder outlive a power cut."""
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(number)
    finally:
        os.close(number)
