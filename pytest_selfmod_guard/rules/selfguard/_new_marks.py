"""Which marks are new: as a multiset over the whole change, so that to move one is silent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from pytest_selfmod_guard import suppressions
from pytest_selfmod_guard.lines import new_lines
from pytest_selfmod_guard.rules.selfguard._comments import bare, comments
from pytest_selfmod_guard.rules.selfguard._marks import ALL, OURS, Mark, marks, may_have_a_mark
from pytest_selfmod_guard.view import File, Side, View

_TOP = 20  # lines
_Count = Counter[tuple[str, ...]]


class New(NamedTuple):
    """A mark that the base does not have in this place."""

    path: str
    mark: Mark
    was_beside: bool
    """True where the same mark stood in the file already, beside other code."""
    was_unmarked: bool = False
    """True where the code beside it is not new."""


@lru_cache(maxsize=1)  # two rules ask about the same change, one after the other
def new_marks(view: View) -> tuple[New, ...]:
    """Give the marks of the head that the base does not have."""
    return tuple(_new_marks(view))


def _new_marks(view: View) -> Iterator[New]:
    touched = [
        file
        for file in view.files
        if file.change.old != file.change.new or file.change.old_path
        if _may_differ(file)
    ]
    known = [(file, *_compared(file)) for file in touched]
    moved = Counter(_key(file.old, mark) for file, gone, _ in known for mark in gone)
    for file, gone, gained in known:
        beside = gone if file.stays_in_its_zone else []
        places = {(mark.kind, mark.about) for mark in beside if mark.code == ALL}
        spare: _Count = Counter((mark.kind, mark.code) for mark in beside if mark.about)
        for mark in gained:
            is_narrower = (mark.kind, mark.about) in places and mark.code != ALL
            if not is_narrower and not _take(moved, _key(file.new, mark)):
                was_beside = bool(mark.about) and _take(spare, (mark.kind, mark.code))
                yield New(file.path, mark, was_beside, _was_there(file.old, mark))


def _compared(file: File) -> tuple[list[Mark], list[Mark]]:
    """Give the marks that a file has lost and gained; all of them where it left its zone."""
    old, new = _marked(file.old), _marked(file.new)
    if not file.stays_in_its_zone:
        return old, new
    if any(mark.kind == OURS for mark in new):
        before, after = _kept(file)
        old = [mark for mark in old if (mark.line, mark.code) not in before]
        new = [mark for mark in new if (mark.line, mark.code) not in after]
    return list(_less(old, new)), list(_less(new, old))


def _kept(file: File) -> tuple[set[tuple[int, str]], set[tuple[int, str]]]:
    """Give those of the guard's own that count in both versions, by line and by what they say."""
    known = suppressions.standing([file.old], file.new) if file.old and file.new else None
    both = [one for one in known or [] if one.was]
    return {(one.was, one.said.text) for one in both}, {(one.line, one.said.text) for one in both}


def _was_there(side: Side | None, mark: Mark) -> bool:
    return side is not None and mark.about in {bare(line) for line in side.lines}


def _may_differ(file: File) -> bool:
    """Tell, without reading it as code, whether a file may have other marks than before."""
    if not file.stays_in_its_zone:
        return True
    old, new = (side.lines if side else [] for side in (file.old, file.new))
    if old[:_TOP] != new[:_TOP] and (_may_mark(old[:_TOP]) or _may_mark(new[:_TOP])):
        return True
    changed = (line for one, other in ((old, new), (new, old)) for _, line in new_lines(one, other))
    return _may_mark(changed)


def _may_mark(lines: Iterable[str]) -> bool:
    return any(may_have_a_mark(line) for line in lines)


def _marked(side: Side | None) -> list[Mark]:
    if side is None or not side.blob.is_regular or not side.is_text:
        return []
    if not suppressions.has_comments(side.path):
        return []
    return [mark for comment in comments(side, may_have_a_mark) for mark in marks(comment)]


def _less(more: Iterable[Mark], less: Iterable[Mark]) -> Iterator[Mark]:
    """Give what one version has more of, beside the same code."""
    left = Counter(_place(mark) for mark in less)
    for mark in more:
        if not _take(left, _place(mark)):
            yield mark


def _take(count: _Count, key: tuple[str, ...]) -> bool:
    """Use up one of what is left."""
    if not count[key]:
        return False
    count[key] -= 1
    return True


def _place(mark: Mark) -> tuple[str, ...]:
    return mark.kind, mark.code, mark.about


def _key(side: Side | None, mark: Mark) -> tuple[str, ...]:
    """Know a mark again in another file of the same part of the project."""
    where = "" if mark.about or side is None else side.path
    return (side.zone if side else "", where, *_place(mark))
