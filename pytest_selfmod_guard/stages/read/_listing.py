"""Git's raw listing of differences, and the blobs that it names."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pytest_selfmod_guard.errors import ReadError
from pytest_selfmod_guard.git import Objects
from pytest_selfmod_guard.model import FileChange
from pytest_selfmod_guard.stages.read._inside import must_be_inside
from pytest_selfmod_guard.stages.read._shelf import Shelf

RAW = ("--raw", "-z", "--no-abbrev", "--no-ext-diff", "--no-textconv")
LISTING = (*RAW, "-M", "--ignore-submodules=none")
"""``.gitmodules`` may tell git to ignore a submodule: only the option wins over it."""
STAGED = ("diff-index", "--cached", "--ita-invisible-in-index", *LISTING)

Result = tuple[tuple[FileChange, ...], tuple[str, ...]]
"""The files of a change, sorted by path, and notes on what could not be seen."""

_ABSENT = 0


class Raw(NamedTuple):
    """One entry of a raw listing."""

    old_mode: int
    new_mode: int
    old_oid: str
    new_oid: str
    status: str
    """One of A, D, M, T, R and C."""
    path: str
    old_path: str
    """Empty unless the status is R or C."""


def parse(listing: bytes) -> Iterator[Raw]:
    """Take a raw listing with ``-z`` apart."""
    fields = iter(listing.split(b"\0")[:-1])
    for meta in fields:
        old_mode, new_mode, old_oid, new_oid, status = meta.decode("ascii").lstrip(":").split(" ")
        kind = status[0]
        first = os.fsdecode(next(fields))
        second = os.fsdecode(next(fields)) if kind in "RC" else ""
        path, old_path = (second, first) if second else (first, "")
        must_be_settled(kind, path)
        yield Raw(int(old_mode, 8), int(new_mode, 8), old_oid, new_oid, kind, path, old_path)


def load(objects: Objects, entries: Iterable[Raw]) -> Result:
    """Read both sides of each entry."""
    shelf = Shelf(objects)
    files = [_file(shelf, entry) for entry in sorted(entries, key=lambda entry: entry.path)]
    return tuple(files), shelf.notes()


def _file(shelf: Shelf, entry: Raw) -> FileChange:
    if entry.new_mode != _ABSENT:
        must_be_inside(entry.path)
    is_copy = entry.status == "C"
    has_old = entry.old_mode != _ABSENT and not is_copy
    old_path = "" if is_copy else entry.old_path
    return FileChange(
        entry.path,
        shelf.take(entry.old_mode, entry.old_oid, old_path or entry.path) if has_old else None,
        shelf.take(entry.new_mode, entry.new_oid, entry.path) if entry.new_mode else None,
        old_path,
    )


def must_be_settled(kind: str, path: str) -> None:
    """Raise unless git's letter for an entry is one of those that say what is there."""
    if kind == "U":
        raise ReadError(
            "unmerged-paths",
            "a file has merge conflicts that are not resolved",
            context=f'"{path}"',
            hint="resolve it, then mark it as done with `git add`",
        )
    if kind not in "ADMTRC":
        raise ReadError(
            "git-failed",
            f'git lists a kind of change that is not known, "{kind}"',
            context=f'"{path}"',
            hint="look at it with `git diff-index --raw HEAD`",
        )
