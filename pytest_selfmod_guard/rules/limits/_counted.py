"""What does not count against a limit: lock files, and what the base calls generated."""

from __future__ import annotations

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.lines import changed_chars
from pytest_selfmod_guard.view import File, Side, View


def counted(view: View) -> list[File]:
    """Give the files whose size a person has to answer for."""
    generated = _generated(view.change.base.documents.get(".gitattributes", b""))
    return [
        file
        for file in view.files
        if not _is_lock_file(file)
        and not any(paths.matches(file.path, pattern) for pattern in generated)
    ]


def _is_lock_file(file: File) -> bool:
    """A lock file is written by a tool and read by it; what can be run is none."""
    return paths.is_lock_file(file.path) and not (file.new and file.new.is_executable)


def size(file: File) -> int:
    """Count a file's changed characters of text; 0 for binary files."""
    if file.old and file.new and file.old.blob.oid == file.new.blob.oid:
        return 0
    unread = [side for side in (file.old, file.new) if side and _is_unread(side)]
    if unread:
        return sum(side.blob.size for side in unread)
    return changed_chars(_lines(file.old), _lines(file.new))


def _lines(side: Side | None) -> list[str]:
    if side is None or not side.text:
        return []
    lines = side.lines
    return lines[:-1] if lines[-1] == "" else lines


def _is_unread(side: Side) -> bool:
    return side.blob.is_regular and side.blob.data is None


def _generated(attributes: bytes) -> list[str]:
    """Read the patterns that the base's ``.gitattributes`` marks as generated."""
    patterns = []
    for line in attributes.decode("utf-8", "replace").splitlines():
        pattern, *marks = line.split() or [""]
        if {"linguist-generated", "linguist-generated=true"} & set(marks):
            patterns.append(pattern)
    return patterns
