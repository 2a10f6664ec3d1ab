"""
What this project and its actors usually do: the measure for what is unusual.

Told from the last attempts in the journal; nothing here looks into one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from posixpath import dirname
from typing import NamedTuple, TypeGuard

from pytest_selfmod_guard.model import Change, Touched, readable
from pytest_selfmod_guard.policy import Policy, seconds
from pytest_selfmod_guard.sizes import Uncounted, touched
from pytest_selfmod_guard.state import State
from pytest_selfmod_guard.view import File

MOST = 200
"""So many modifications tell what is usual."""

_MOST_FOLDERS = 50
_SOONEST = 0.001  # seconds
_LARGEST = 1 << 53  # no change is that large, and more is no number to reckon with
_AHEAD = frozenset(("index", "worktree", "diff", "mapping"))


class Extent(NamedTuple):
    """How much one modification changes."""

    chars: int
    """Changed characters, as the limits count them."""
    files: int
    folders: tuple[str, ...]
    """The folders of those files, sorted, 50 at most; ``""`` is the top."""


class Done(NamedTuple):
    """One modification that passed, as the journal tells it."""

    actor: str
    """``agent demo-agent``; the kind alone where there is no name."""
    chars: int
    """Changed characters, as the limits count them."""
    files: int
    folders: tuple[str, ...]
    """The folders of the files it touched, sorted; ``""`` is the top."""


class History(NamedTuple):
    """What happened before a change is judged."""

    done: tuple[Done, ...] = ()
    """The last 200 modifications that passed, the newest first."""
    recent: int = 0
    """Modifications within ``limits.modifications-window``, those under way among them."""
    retry_after: float = 0.0
    """Seconds until there is room for one more; 0 where there is room."""
    actor: str = ""
    """Whose change is judged, as in :class:`Done`."""


NOTHING = History()


def measure(change: Change) -> dict[str, object]:
    """Tell how much a modification changes, as its ``closed`` event says it."""
    chars, files, folders = extent(change)
    return {"chars": chars, "files": files, "folders": list(folders)}


def extent(change: Change, files: Sequence[File] | None = None) -> Extent:
    """
    Tell how much a modification changes.

    Where it brings commits along, as a merge does, only what is no commit yet counts.

    :param files: those of the change, where somebody has looked at them already
    """
    uncounted = Uncounted.by(change.base.documents.get(".gitattributes", b""))
    counted = [
        file
        for file in _own(change, files, uncounted)
        if not uncounted.holds(file.path, is_executable=file.is_executable)
    ]
    folders = sorted({readable(dirname(file.path)) for file in counted})
    chars = sum(file.chars for file in counted)
    return Extent(chars, len(counted), tuple(folders[:_MOST_FOLDERS]))


def is_ahead(change: Change) -> bool:
    """Tell whether it is only about to be made, unlike a commit or a range of them."""
    return change.head in _AHEAD


def _own(change: Change, files: Sequence[File] | None, uncounted: Uncounted) -> Iterable[Touched]:
    if change.steps and is_ahead(change):
        return [file for step in change.steps if not step.origin.commit for file in step.files]
    looked_at = map(File, change.files) if files is None else files
    return (touched(file, uncounted) for file in looked_at)


def done(bodies: Iterable[object]) -> tuple[Done, ...]:
    """
    Read the modifications out of the bodies of ``closed`` events.

    What modified nothing is left out, and what does not say how much it did:
    nobody knows what a crashed attempt has changed.

    :param bodies: the newest first; no more are read than are needed
    """
    return tuple(islice(_done(bodies), MOST))


def _done(bodies: Iterable[object]) -> Iterator[Done]:
    for body in bodies:
        if isinstance(body, Mapping) and body.get("counts") is True:
            change = body.get("change")
            if isinstance(change, Mapping) and (told := _told(body.get("actor"), change)):
                yield told


def _told(actor: object, change: Mapping[object, object]) -> Done | None:
    chars, files, folders = change.get("chars"), change.get("files"), change.get("folders")
    if not (isinstance(actor, str) and _is_count(chars) and _is_count(files)):
        return None
    if not isinstance(folders, list) or not all(isinstance(one, str) for one in folders):
        return None
    return Done(actor, chars, files, tuple(folders))


def _is_count(value: object) -> TypeGuard[int]:
    return type(value) is int and 0 <= value < _LARGEST


def history(
    state: State,
    policy: Policy,
    bodies: Iterable[object],
    *,
    base: str,
    is_bound: bool,
    actor: str,
) -> History:
    """
    Tell what happened before a change is judged.

    :param state: as of now
    :param bodies: of ``closed`` events, the newest first
    :param base: what it is a change of; what else was tried on it has not landed
    :param is_bound: whether the limits hold for who makes it; others are counted apart
    :param actor: whose change it is, as in :class:`Done`
    """
    busy = len(state.under_way(is_bound=is_bound))
    window = seconds(policy.limits.modifications_window)
    landed = state.recent(window, is_bound=is_bound, but_on=base)
    begun = [one.at for one in landed] + [state.at] * busy  # as if those landed now
    room = policy.limits.max_modifications - len(begun)
    wait = 0.0 if room > 0 else max(_SOONEST, begun[-room] + window - state.at)
    return History(done(bodies), len(begun), wait, actor)
