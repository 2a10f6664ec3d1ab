"""
How much a change is, in characters: the measure of the limits, for rules and stages alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.lines import changed_chars
from pytest_selfmod_guard.model import Touched
from pytest_selfmod_guard.view import File, Side


class Uncounted(NamedTuple):
    """What nobody has to answer for: lock files, and what the base calls generated."""

    generated: tuple[str, ...] = ()
    """Patterns in the style of ``.gitattributes``."""

    @classmethod
    def by(cls, attributes: bytes) -> Uncounted:
        """Read the patterns that the base's ``.gitattributes`` marks as generated."""
        patterns = []
        for line in attributes.decode("utf-8", "replace").splitlines():
            pattern, *marks = line.split() or [""]
            if {"linguist-generated", "linguist-generated=true"} & set(marks):
                patterns.append(pattern)
        return cls(tuple(patterns))

    def holds(self, path: str, *, is_executable: bool) -> bool:
        """Tell whether a file does not count; a lock file that can be run is none."""
        return (paths.is_lock_file(path) and not is_executable) or any(
            paths.matches(path, pattern) for pattern in self.generated
        )


def touched(file: File, uncounted: Uncounted) -> Touched:
    """
    Say how much of one file a commit changes.

    What did not count before and does now, as after a move, counts as a whole.
    """
    return _touched(file.path, [_counted_before(file, uncounted)], file.new)


def merged(files: Sequence[File], uncounted: Uncounted) -> Touched | None:
    """
    Say how much of one file a merge changes by itself; None if nothing.

    Lines that no parent has are added, lines that each has and the merge has
    not are removed; all others come from a parent.

    :param files: the merge seen from each of its parents; of one path
    """
    olds, new = [_counted_before(file, uncounted) for file in files], files[0].new
    told = _touched(files[0].path, olds, new)
    return None if new and not told.chars and _is_put_together(olds, new) else told


def _counted_before(file: File, uncounted: Uncounted) -> Side | None:
    """Return the old side, unless its content is counted for the first time only now."""
    old, new = file.old, file.new
    if old is None or new is None:
        return old
    was, is_ = (
        not uncounted.holds(side.path, is_executable=side.is_executable) for side in (old, new)
    )
    return None if is_ and not was else old


def _is_put_together(olds: Sequence[Side | None], new: Side) -> bool:
    """Tell whether text without a line of its own has a mode that a parent has as well."""
    return new.is_text and any(old and old.blob.mode == new.blob.mode for old in olds)


def _touched(path: str, olds: Sequence[Side | None], new: Side | None) -> Touched:
    return Touched(path, _size(olds, new), new is not None and new.is_executable)


def _size(olds: Sequence[Side | None], new: Side | None) -> int:
    if any(old and new and old.blob.oid == new.blob.oid for old in olds):
        return 0
    unread = {side.blob.oid: side for side in (*olds, new) if side and _is_unread(side)}
    if unread:
        return sum(side.blob.size for side in unread.values())
    if len(olds) == 1:
        return changed_chars(_lines(olds[0]), _lines(new))
    return _merged_chars([Counter(_lines(old)) for old in olds], Counter(_lines(new)))


def _merged_chars(before: Sequence[Counter[str]], after: Counter[str]) -> int:
    added = sum(_chars(line, after[line] - _most(before, line)) for line in after)
    removed = sum(_chars(line, _least(before, line) - after[line]) for line in before[0])
    return added + removed


def _chars(line: str, times: int) -> int:
    """Count a line's characters, with one for its end, as often as it comes."""
    return (len(line) + 1) * max(0, times)


def _most(counts: Iterable[Counter[str]], line: str) -> int:
    return max(count[line] for count in counts)


def _least(counts: Iterable[Counter[str]], line: str) -> int:
    return min(count[line] for count in counts)


def _lines(side: Side | None) -> list[str]:
    if side is None or not side.text:
        return []
    lines = side.lines
    return lines[:-1] if lines[-1] == "" else lines


def _is_unread(side: Side) -> bool:
    return side.blob.is_regular and side.blob.data is None
