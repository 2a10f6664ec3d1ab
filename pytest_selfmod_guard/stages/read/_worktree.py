"""
The differences between a commit and the files on disk.

Git only says which paths to look at. To ask it for contents would be to run
the clean filters that attributes name, so the bytes are read and hashed here.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import NamedTuple

from pytest_selfmod_guard.git import Entry, Git, Objects
from pytest_selfmod_guard.model import SUBMODULE
from pytest_selfmod_guard.stages.read._base import Tip
from pytest_selfmod_guard.stages.read._disk import Disk
from pytest_selfmod_guard.stages.read._inside import must_be_inside
from pytest_selfmod_guard.stages.read._listing import RAW, Raw, Result, must_be_settled, parse
from pytest_selfmod_guard.stages.read._settle import Sides, settle
from pytest_selfmod_guard.stages.read._shelf import Shelf

_BY_STAT = ("diff-index", *RAW, "--no-renames", "--ignore-submodules=dirty")
"""Without ``dirty`` git would run a status, and its filters, inside submodules."""

_TRACKED = ("ls-files", "-v", "-z", "--cached")
_FILES = (*_TRACKED, "--others", "--exclude-standard")
_UNTRACKED = "?"
_NOT_CHECKED_OUT = "S"
_UNMERGED = "M"


class _Listed(NamedTuple):
    """A path of the index, or an untracked one, with git's letter for it."""

    tag: str
    path: str

    @property
    def is_suspect(self) -> bool:
        """Whether git would not look at the file: untracked, or marked so by hand."""
        return self.tag in (_UNTRACKED, _NOT_CHECKED_OUT) or self.tag.islower()


def differences(git: Git, objects: Objects, tip: Tip, *, untracked: bool = True) -> Result:
    """Compare a commit with the files on disk."""
    at_top = git.at_top()
    index = at_top.index_file()
    listed = list(_listed(at_top, _FILES if untracked else _TRACKED))
    nested = {entry.path for entry in listed if entry.path.endswith("/")}
    suspects = {entry.path for entry in listed if entry.is_suspect}
    differing = _stat_differs(at_top, tip, index)
    suspects |= set(differing) | set(_too_young(at_top.directory, index, listed))
    absent = {entry.path for entry in listed if entry.tag.upper() == _NOT_CHECKED_OUT}
    shelf = Shelf(objects)
    disk = Disk(at_top, _submodules(differing), like=tip.tree)
    sides = (_sides(objects, shelf, disk, tip, path) for path in sorted(suspects - nested))
    files = settle(side for side in sides if side[2] or side[0] not in absent)
    notes = (f'"{path}" is a git repository of its own and was not read.' for path in nested)
    return files, (*sorted(notes), *shelf.notes())


def _sides(objects: Objects, shelf: Shelf, disk: Disk, tip: Tip, path: str) -> Sides:
    must_be_inside(path)
    entry = objects.entry(tip.tree, path)
    entry = None if entry and entry.is_tree else entry
    new = disk.read(path, shelf.limit, entry)
    if entry == (new and Entry(new.mode, new.oid)):
        return path, new, new
    old = shelf.take(entry.mode, entry.oid, path) if entry else None
    return path, old, shelf.put(new, path) if new else None


def _listed(git: Git, files: tuple[str, ...]) -> Iterator[_Listed]:
    for line in git.run(*files).split(b"\0")[:-1]:
        tag, _, path = os.fsdecode(line).partition(" ")
        if tag.upper() == _UNMERGED:
            must_be_settled("U", path)
        yield _Listed(tag, path)


def _stat_differs(git: Git, tip: Tip, index: str) -> dict[str, Raw]:
    """
    Return the entries whose size, time or mode are not as the index has them.

    Where the time cannot tell, git would compare contents, through filters. It
    does not when the index seems to be from 1970, so it gets a copy that is.
    """
    with TemporaryDirectory(prefix="selfmod-guard-") as scratch:
        copy = os.path.join(scratch, "index")
        if os.path.exists(index):
            copyfile(index, copy)
            os.utime(copy, (0, 0))
        listing = git.having(GIT_INDEX_FILE=copy).run(*_BY_STAT, tip.tree)
    return {entry.path: entry for entry in parse(listing)}


def _submodules(differing: dict[str, Raw]) -> dict[str, str]:
    """Return the commits of submodules that are in the index but not in the base."""
    entries = differing.values()
    return {entry.path: entry.new_oid for entry in entries if entry.new_mode == SUBMODULE}


def _too_young(top: str, index: str, listed: list[_Listed]) -> Iterator[str]:
    """Yield the files whose times are not before the index's: those git cannot vouch for."""
    if not os.path.exists(index):
        return
    written = int(os.stat(index).st_mtime)
    for entry in listed:
        try:
            status = os.lstat(os.path.join(top, entry.path))
        except OSError:
            continue  # gone or unreadable; the listing by stat has it
        if max(status.st_mtime, status.st_ctime) >= written:
            yield entry.path
