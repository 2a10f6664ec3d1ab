"""
The commits of a range, each by what it alone changes.

Blobs are read, counted and dropped, some hundred commits at a time, so that a
history of any length fits in memory. Parents are those that the commit object
itself names: git would leave out what a shallow clone says is not there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pytest_selfmod_guard import sizes
from pytest_selfmod_guard.errors import ReadError
from pytest_selfmod_guard.git import Commit, Git, Objects
from pytest_selfmod_guard.model import FileChange, Origin, Step, Touched
from pytest_selfmod_guard.sizes import Uncounted
from pytest_selfmod_guard.stages.read._base import empty_tree
from pytest_selfmod_guard.stages.read._listing import Raw
from pytest_selfmod_guard.stages.read._pairs import Recent, differences
from pytest_selfmod_guard.view import File

_AT_ONCE = 500
"""Commits that are looked at together, by one process for trees and one for objects."""

_SHOWN = 200  # characters of a subject or a name
_NAMED = 3  # commits in a note

_CUT = (
    "History is cut off before {named}: what was cut off could not be told apart and was counted"
    " there; `git fetch --unshallow` gets the rest."
)

Steps = tuple[tuple[Step, ...], tuple[str, ...]]
"""Oldest first, and notes on what could not be seen."""


class _Seen(NamedTuple):
    """A commit, and the trees that it is compared with."""

    commit: Commit
    before: tuple[str, ...]
    is_cut: bool
    """A parent is out of sight, so the base stands in for all of them."""


def steps_between(
    git: Git, objects: Objects, heads: Sequence[str], bounds: Sequence[str], tree: str
) -> Steps:
    """
    Tell what each commit changes that is reachable from heads and from no bound.

    A commit whose parent is out of sight, as in a shallow clone, stands for all
    that was cut off: it is compared with the base, and a note says so.

    :param heads: commit ids
    :param bounds: commit ids; with none, each whole history counts
    :param tree: that of the base
    """
    asked = (*heads, *(f"^{bound}" for bound in bounds))
    listed = git.run("rev-list", "--topo-order", "--reverse", "--boundary", *asked)
    oids = listed.decode("ascii").split()
    visible = frozenset(oid.removeprefix("-") for oid in oids)
    walk = _Walk(git, visible, tree, _uncounted(objects, tree))
    return walk.steps([oid for oid in oids if not oid.startswith("-")])


def step_of(git: Git, objects: Objects, commit: Commit, tree: str) -> Step:
    """
    Tell what one commit changes that none of its parents has.

    :param tree: that of the base, also compared with where a parent is not there
    """
    visible = frozenset((commit.oid, *commit.parents))
    walk = _Walk(git, visible, tree, _uncounted(objects, tree))
    return walk.steps([commit.oid])[0][0]


def origin_of(commit: Commit) -> Origin:
    """Name a commit as a person would know it again."""
    author = f"{commit.author_name} <{commit.author_email}>"
    return Origin(commit.oid, commit.subject[:_SHOWN], author[:_SHOWN])


def step_of_files(objects: Objects, origin: Origin, files: Sequence[FileChange], tree: str) -> Step:
    """
    Tell how much a step changes, from the files themselves.

    :param tree: that of the base
    """
    uncounted = _uncounted(objects, tree)
    return Step(origin, tuple(sizes.touched(File(file), uncounted) for file in files))


def _uncounted(objects: Objects, tree: str) -> Uncounted:
    """Read what the base says is generated."""
    return Uncounted.by(objects.document(tree, ".gitattributes") or b"")


class _Walk:
    """Goes through commits from the oldest on."""

    def __init__(self, git: Git, visible: frozenset[str], base: str, uncounted: Uncounted) -> None:
        self._git = git
        self._visible = visible
        self._base = base
        self._empty = empty_tree(git)
        self._trees: dict[str, str] = {}
        self._uncounted = uncounted

    def steps(self, oids: Sequence[str]) -> Steps:
        steps: list[Step] = []
        cut: list[str] = []
        for start in range(0, len(oids), _AT_ONCE):
            with Objects(self._git) as objects:
                seen = [self._see(objects, oid) for oid in oids[start : start + _AT_ONCE]]
                pairs = [(tree, one.commit.tree) for one in seen for tree in one.before]
                listings = differences(self._git, pairs)
                recent = Recent(objects)
                steps += [self._step(recent, one, listings) for one in seen]
                cut += [one.commit.oid[:10] for one in seen if one.is_cut]
        return tuple(steps), _notes(cut)

    def _see(self, objects: Objects, oid: str) -> _Seen:
        commit = _must(objects, oid)
        self._trees[oid] = commit.tree
        if not commit.parents:
            return _Seen(commit, (self._empty,), is_cut=False)
        trees = [self._tree(objects, parent) for parent in commit.parents]
        found = tuple(tree for tree in trees if tree)
        if len(found) < len(trees):
            return _Seen(commit, (self._base,), is_cut=True)
        return _Seen(commit, found, is_cut=False)

    def _tree(self, objects: Objects, parent: str) -> str:
        """Return the tree of a parent; empty if it is out of sight."""
        if parent not in self._visible:
            return ""
        if parent not in self._trees:
            found = objects.commit(parent)
            self._trees[parent] = found.tree if found else ""
        return self._trees[parent]

    def _step(self, recent: Recent, seen: _Seen, listings: Iterator[list[Raw]]) -> Step:
        parents = [{entry.path: entry for entry in next(listings)} for _ in seen.before]
        paths = sorted(set(parents[0]).intersection(*parents))
        files = (self._touched(recent, [entries[path] for entries in parents]) for path in paths)
        return Step(origin_of(seen.commit), tuple(file for file in files if file))

    def _touched(self, recent: Recent, entries: Sequence[Raw]) -> Touched | None:
        files = [File(recent.file(entry)) for entry in entries]
        if len(files) > 1:
            return sizes.merged(files, self._uncounted)
        return sizes.touched(files[0], self._uncounted)


def _must(objects: Objects, oid: str) -> Commit:
    commit = objects.commit(oid)
    if commit is None:
        raise ReadError(
            "missing-object",
            "a commit of the range cannot be read",
            context=f'"{oid}"',
            hint="get the whole history with `git fetch --unshallow`, or look for damage"
            " with `git fsck`",
        )
    return commit


def _notes(cut: list[str]) -> tuple[str, ...]:
    if not cut:
        return ()
    more = f" and {len(cut) - _NAMED} more" if len(cut) > _NAMED else ""
    return (_CUT.format(named=", ".join(cut[:_NAMED]) + more),)
