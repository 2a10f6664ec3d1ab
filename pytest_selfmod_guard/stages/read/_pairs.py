"""Compares trees by the pair, many of them by one process."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence

from pytest_selfmod_guard.errors import ReadError
from pytest_selfmod_guard.git import Git, Objects
from pytest_selfmod_guard.model import SUBMODULE, Blob, FileChange
from pytest_selfmod_guard.stages.read._listing import LISTING, Raw, Result, load, parse

_SHELF = 64
_SMALL = 256 * 1024
"""Bytes up to which a blob is kept for the next pair, of so many at most."""

Pair = tuple[str, str]
"""The ids of two trees, the older one first."""


def compare(git: Git, objects: Objects, old: str, new: str) -> Result:
    """Read both sides of each file in which two trees differ."""
    return load(objects, parse(git.run("diff-tree", "-r", *LISTING, old, new)))


def differences(git: Git, pairs: Sequence[Pair]) -> Iterator[list[Raw]]:
    """Give what is different in each of many pairs of trees."""
    asked = [f"{old} {new}\n".encode("ascii") for old, new in pairs]
    data = git.run("diff-tree", "--stdin", "-r", *LISTING, feed=b"".join(asked))
    at = 0
    for line in asked:
        start = at + len(line)
        if data[at:start] != line:
            raise _not_listed(line.decode("ascii").strip())
        at = _end(data, start)
        yield list(parse(data[start:at]))


class Recent:
    """Reads blobs, and keeps a few small ones: what one commit makes the next one often edits."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._kept: OrderedDict[str, tuple[int, bytes | None]] = OrderedDict()

    def file(self, entry: Raw) -> FileChange:
        """Read both sides of an entry."""
        old = self._blob(entry.old_mode, entry.old_oid) if entry.old_mode else None
        new = self._blob(entry.new_mode, entry.new_oid) if entry.new_mode else None
        return FileChange(entry.path, old, new, entry.old_path)

    def _blob(self, mode: int, oid: str) -> Blob:
        if mode == SUBMODULE:
            return Blob(mode, oid, 0, None)
        size, data = self._kept.pop(oid) if oid in self._kept else self._objects.blob(oid)
        if size <= _SMALL:
            self._kept[oid] = (size, data)
        if len(self._kept) > _SHELF:
            self._kept.popitem(last=False)
        return Blob(mode, oid, size, data)


def _end(data: bytes, at: int) -> int:
    """Find where a listing ends: in a path may stand anything but a null byte."""
    while data[at : at + 1] == b":":
        meta = data.index(b"\0", at)
        status = data[at:meta].rsplit(b" ", 1)[1]
        at = meta + 1
        for _ in range(2 if status[:1] in b"RC" else 1):
            at = data.index(b"\0", at) + 1
    return at


def _not_listed(pair: str) -> ReadError:
    return ReadError(
        "git-failed",
        "git does not list the differences that it was asked for",
        context=f'"{pair}"',
        hint=f"see what it says to `git diff-tree -r {pair}`",
    )
