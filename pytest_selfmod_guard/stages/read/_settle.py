"""From what was and what is at each path to the files of a change."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_selfmod_guard.model import Blob, FileChange

Sides = tuple[str, Blob | None, Blob | None]
"""A path, what was there, and what is to be there."""


def settle(sides: Iterable[Sides]) -> tuple[FileChange, ...]:
    """Drop what is the same, pair what moved without an edit, and sort."""
    files = [FileChange(*side) for side in sides if not _is_same(side)]
    files.sort()
    gone = {
        _key(file.old): file
        for file in reversed(files)
        if file.new is None and file.old and file.old.size
    }
    moved: dict[str, FileChange] = {}
    for file in files:
        if file.old is None and (origin := gone.pop(_key(file.new), None)):
            moved[file.path] = file._replace(old=origin.old, old_path=origin.path)
    origins = {file.old_path for file in moved.values()}
    return tuple(moved.get(file.path, file) for file in files if file.path not in origins)


def _is_same(side: Sides) -> bool:
    _, old, new = side
    return (old and (old.mode, old.oid)) == (new and (new.mode, new.oid))


def _key(blob: Blob | None) -> tuple[str, bool]:
    """Tell blobs apart; a link is never the same as a file with its target's name."""
    return (blob.oid, blob.is_symlink) if blob else ("", False)
