"""Two changes, one made on the other, as one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pytest_selfmod_guard.model import Base, Blob, Change, FileChange, Origin, Step, Touched
from pytest_selfmod_guard.sizes import Uncounted, touched
from pytest_selfmod_guard.stages.read._settle import settle
from pytest_selfmod_guard.view import File

_Sides = dict[str, tuple[Blob | None, Blob | None]]
"""What was and what is to be at each path."""

_SPOKEN = {
    "index": "what is staged",
    "worktree": "what is on disk",
    "diff": "the diff",
    "mapping": "the proposal",
}


def combine(first: Change, second: Change) -> Change:
    """
    Give the change from the first one's base to the second one's head.

    :param second: is based on the first one's head
    """
    before, after = _apart(first), _apart(second)
    sides = {
        path: (
            before[path][0] if path in before else after[path][0],
            after[path][1] if path in after else before[path][1],
        )
        for path in before.keys() | after.keys()
    }
    return second._replace(
        files=_together(sides, _origins(first, second)),
        base=first.base,
        steps=(*first.steps, *_steps(second, first.base)),
        notes=(*first.notes, *second.notes),
    )


def remaining(change: Change) -> Change:
    """
    Count of each commit only what is left of it in the whole.

    What was taken back is no longer too large; otherwise nothing but to rewrite
    history would mend a commit that was.
    """
    uncounted = Uncounted.by(change.base.documents.get(".gitattributes", b""))
    left = {
        path: touched(File(file), uncounted).chars
        for file in change.files
        for path in (file.path, file.before)
    }
    steps = tuple(step._replace(files=tuple(_left(step.files, left))) for step in change.steps)
    return change._replace(steps=steps)


def _left(files: Iterable[Touched], left: Mapping[str, int]) -> Iterator[Touched]:
    for file in files:
        if file.path in left:
            yield file._replace(chars=min(file.chars, left[file.path]))


def _apart(change: Change) -> _Sides:
    """Take moves apart, into what is gone and what is new."""
    sides: _Sides = {}
    for path, old, new, old_path in change.files:
        if old_path:
            sides[old_path] = (old, sides.get(old_path, (None, None))[1])
            sides[path] = (sides.get(path, (None, None))[0], new)
        else:
            sides[path] = (old, new)
    return sides


def _origins(first: Change, second: Change) -> dict[str, str]:
    """Tell from where each moved path came, through both changes."""
    origins = {file.path: file.old_path for file in first.files if file.old_path}
    moved = {file.path: file.old_path for file in second.files if file.old_path}
    return origins | {path: origins.get(old, old) for path, old in moved.items()}


def _together(sides: _Sides, origins: dict[str, str]) -> tuple[FileChange, ...]:
    moves = list(_moves(sides, origins))
    done = {name for file in moves for name in (file.path, file.old_path)}
    rest = settle((path, *both) for path, both in sides.items() if path not in done)
    return tuple(sorted((*moves, *rest), key=lambda file: file.path))


def _moves(sides: _Sides, origins: dict[str, str]) -> Iterator[FileChange]:
    """Pair again what is still a move when both changes were made."""
    used = set()
    for path, origin in sorted(origins.items()):
        was, new = sides[path]
        old, stays = sides[origin]
        if origin not in used and new and old and not was and not stays:
            used.add(origin)
            yield FileChange(path, old, new, origin)


def _steps(change: Change, base: Base) -> tuple[Step, ...]:
    """Make what is no commit yet a step of its own, so that it is held to the limits by itself."""
    if change.steps or not change.files:
        return change.steps
    origin = Origin("", _SPOKEN.get(change.head, "the change"), "")
    uncounted = Uncounted.by(base.documents.get(".gitattributes", b""))
    return (Step(origin, tuple(touched(File(file), uncounted) for file in change.files)),)
