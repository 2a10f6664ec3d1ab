"""
Tells commits that went through a door from those that went past it.

A commit went through when a judgement by all rules allowed the very change
that made it: from its parent, from the commit that it amends, or from the last
known commit, when what lies between was judged along with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import cached_property
from typing import NamedTuple

from pytest_selfmod_guard.git import Commit, Git, Objects
from pytest_selfmod_guard.stages import read
from pytest_selfmod_guard.stages.read._base import empty_tree
from pytest_selfmod_guard.stages.read._pairs import differences
from pytest_selfmod_guard.stages.reconcile._history import History
from pytest_selfmod_guard.stages.reconcile._known import Known, digest_of
from pytest_selfmod_guard.stages.reconcile._reflog import NOTHING, Reflog, read_reflog

_MANY = 200
"""Of more commits than this, what each changes is not compared."""


class Sorted(NamedTuple):
    """The unknown commits, oldest first."""

    gated: tuple[Commit, ...]
    covered: frozenset[str]
    """Those of the gated ones that were judged only along with what came after them."""
    left: tuple[Commit, ...]
    """Those that no remote has and that are without a verdict."""
    accused: tuple[Commit, ...]
    """Those without a verdict that nothing explains, pushed or not."""
    are_many: bool
    """What each of them changes was not compared."""
    digests: Mapping[str, str]
    """Of what commits change against their first parent, as far as it was asked."""


def is_gated(git: Git, objects: Objects, known: Known, commit: Commit) -> bool:
    """Tell whether a commit, all of whose parents are known, went through a door."""
    return bool(_Sorter(git, objects, known, (commit,), (), NOTHING).gated())


def sort(git: Git, objects: Objects, known: Known, history: History, *, is_watched: bool) -> Sorted:
    """
    Tell which commits have a verdict, and which should have had one.

    :param is_watched: there is a hook here that a commit can go past
    """
    reflog = read_reflog(git)
    made = (objects.commit(oid) for oid in reversed(list(history.fetched)) if oid in reflog.made)
    pushed = tuple(commit for commit in made if commit)
    sorter = _Sorter(git, objects, known, history.ours, pushed, reflog, is_watched=is_watched)
    gated = set() if sorter.are_many else sorter.gated()
    accused = (commit for commit in (*pushed, *history.ours) if commit.oid not in gated)
    return Sorted(
        tuple(commit for commit in history.ours if commit.oid in gated),
        frozenset(sorter.covered),
        tuple(commit for commit in history.ours if commit.oid not in gated),
        tuple(commit for commit in accused if not sorter.explains(commit)),
        sorter.are_many,
        sorter.digests,
    )


class _Sorter:
    def __init__(
        self,
        git: Git,
        objects: Objects,
        known: Known,
        ours: tuple[Commit, ...],
        pushed: tuple[Commit, ...],
        reflog: Reflog,
        *,
        is_watched: bool = True,
    ) -> None:
        self._git = git
        self._objects = objects
        self._known = known
        self._reflog = reflog
        self._is_watched = is_watched
        self.covered: set[str] = set()
        self.commits = {commit.oid: commit for commit in (*pushed, *ours)}
        self.are_many = len(self.commits) > _MANY
        self._open = set(self.commits)
        self.digests: dict[str, str] = {}

    def gated(self) -> set[str]:
        """Give those that went through a door; oldest first, because one leads to the next."""
        for commit in self.commits.values():
            self._open -= self._through(commit)
        return self.commits.keys() - self._open

    def explains(self, commit: Commit) -> bool:
        """Tell whether a commit that no door has seen as it is came about innocently."""
        if not self._is_watched or len(commit.parents) > 1 or commit.oid in self._reflog.moved:
            return True
        if commit.oid not in self._reflog.made and not self._is_by(commit.committer_email):
            return True  # somebody else's, who had other doors
        if self.are_many:
            return False
        if commit.oid not in self.digests:
            parent = commit.parents[0] if commit.parents else ""
            self.digests[commit.oid] = self._digest(parent, commit)
        return self._known.allows_anywhere(self.digests[commit.oid])

    def _through(self, commit: Commit) -> set[str]:
        """Give what went through a door by this commit: it, and perhaps what lies below."""
        base = first_known(commit, self.commits, self._open)
        below = self._below(commit)
        if below:
            if not self._covers(base, commit, below):
                return set()
            self.covered |= below
            return {commit.oid, *below}
        # Of a merge its first parent says too little: it may have thrown the others away.
        is_merge = len(commit.parents) > 1
        is_through = self._is_resolved(commit) if is_merge else self._is_judged(base, commit)
        return {commit.oid} if is_through or self._is_amended(commit) else set()

    def _is_judged(self, base: str, commit: Commit) -> bool:
        if self._tree(base) == commit.tree:
            return True
        return self._known.allows(base, self._digest(base, commit))

    def _is_resolved(self, commit: Commit) -> bool:
        """Tell whether what a merge adds was judged, or is nothing."""
        merged = read.merged(self._git, commit.oid)
        return not merged.files or self._known.allows(merged.base.commit, merged.digest)

    def _is_amended(self, commit: Commit) -> bool:
        """Tell whether it was judged against a known commit that it took the place of."""
        return any(self._is_judged(base, commit) for base in self._siblings(commit))

    def _covers(self, base: str, commit: Commit, below: AbstractSet[str]) -> bool:
        """Tell whether all since the last known commit was judged as one, and no one in secret."""
        return self._known.allows(base, self._digest(base, commit)) and all(
            self._known.is_named(oid) or self.explains(self.commits[oid]) for oid in below
        )

    def _siblings(self, commit: Commit) -> Iterator[str]:
        """Give known commits with the same parents: one of them may have been amended."""
        for base in self._known.bases():
            found = self._objects.commit(base)
            if found and found.parents == commit.parents and self._known.has(base):
                yield base

    def _below(self, commit: Commit) -> set[str]:
        """Give those unknown commits that lead to one."""
        found: set[str] = set()
        ahead = list(commit.parents)
        while ahead:
            oid = ahead.pop()
            if oid in self._open and oid not in found:
                found.add(oid)
                ahead += self.commits[oid].parents
        return found

    def _digest(self, base: str, commit: Commit) -> str:
        (listing,) = differences(self._git, [(self._tree(base), commit.tree)])
        return digest_of(listing)

    def _tree(self, oid: str) -> str:
        found = self._objects.commit(oid) if oid else None
        return found.tree if found else self._empty

    def _is_by(self, email: str) -> bool:
        """Tell whether an address is that of whoever works here; so it is where nobody says."""
        return not self._here or self._here == email

    @cached_property
    def _here(self) -> str:
        told = self._git.environ.get("GIT_COMMITTER_EMAIL")
        found = self._git.attempt("config", "--get", "user.email").output
        return told or found.decode("utf-8", "surrogateescape").strip()

    @cached_property
    def _empty(self) -> str:
        return empty_tree(self._git)


def first_known(commit: Commit, commits: Mapping[str, Commit], unknown: AbstractSet[str]) -> str:
    """Follow first parents down to one that is not unknown; empty if there is none."""
    parents = commit.parents
    while parents and parents[0] in unknown:
        parents = commits[parents[0]].parents
    return parents[0] if parents else ""
