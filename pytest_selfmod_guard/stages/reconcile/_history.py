"""Finds the commits of a history that nobody knows."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from pytest_selfmod_guard.git import Commit, Git, Objects
from pytest_selfmod_guard.stages.reconcile._known import Known

MOST = 2000
"""Commits that are looked at one by one."""

_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


class History(NamedTuple):
    """The unknown part of a history."""

    ours: tuple[Commit, ...]
    """Those that no remote-tracking branch has, oldest first."""
    fetched: Mapping[str, tuple[str, ...]]
    """The others, each with its parents, children first."""
    tips: tuple[str, ...]
    """Those of the fetched ones on which something of ours, or nothing, was built."""

    @property
    def is_cut(self) -> bool:
        """Tell whether there are more of ours than were looked at."""
        return len(self.ours) > MOST


def unknown_part(git: Git, objects: Objects, tip: str, known: Known) -> History:
    """
    Return the commits from a tip down to those that are known.

    What was there when the guard came is known with all that led to it, from
    wherever one looks. What landed later is known as it is: what led to it may
    have been judged only along with it.

    :param tip: a commit id
    """
    walk = _Walk(git, objects, known)
    ours = walk.ours(tip)
    edge = {name for commit in ours for name in commit.parents} - {commit.oid for commit in ours}
    starts = edge if ours else {tip}
    if len(ours) > MOST or not starts:
        return History(ours, {}, ())  # what is beyond cannot be told from what was fetched
    fetched = {oid: tuple(parents) for oid, parents in walk.listed(starts)}
    return History(ours, fetched, tuple(oid for oid in fetched if oid in starts))


class _Walk:
    def __init__(self, git: Git, objects: Objects, known: Known) -> None:
        self._git = git
        self._objects = objects
        self._known = known
        self._bounds = [f"^{name}" for name in known.adopted() if _ID.fullmatch(name)]

    def ours(self, tip: str) -> tuple[Commit, ...]:
        """Give the commits that neither we nor a remote know, oldest first."""
        found: dict[str, Commit] = {}
        starts, rounds = {tip}, 0
        while starts and len(found) <= MOST:
            hidden: set[str] = set()
            for oid, parents in self.listed(starts, "--not", "--remotes"):
                commit = self._objects.commit(oid)
                if commit is None or oid in found:
                    continue
                unseen = set(commit.parents) - set(parents)
                present = {name for name in unseen if self._objects.commit(name)}
                if present == unseen:  # where history really ends, all is known
                    found[oid] = commit
                hidden |= present  # a file can say that it ends here; who is there counts
            starts, rounds = hidden - found.keys(), rounds + 1
        return _oldest_first(found) if rounds > 1 else tuple(reversed(found.values()))

    def listed(self, starts: Iterable[str], *besides: str) -> Iterator[tuple[str, list[str]]]:
        """Give ids of unknown commits with the parents that git sees, children first."""
        feed = "\n".join((*starts, *self._bounds, "")).encode("ascii")
        options = ("--ignore-missing", "--topo-order", "--parents")
        listing = self._git.run("rev-list", *options, "--stdin", *besides, feed=feed)
        lines = (line.split(" ") for line in listing.decode("ascii").splitlines())
        graph = {oid: parents for oid, *parents in lines}
        reached = self._reached(starts, graph)
        yield from ((oid, graph[oid]) for oid in graph if oid in reached)

    def _reached(self, starts: Iterable[str], graph: Mapping[str, list[str]]) -> set[str]:
        """Give what is reached before one that is known, and of much only the beginning."""
        ahead, found = deque(starts), set[str]()
        while ahead and len(found) <= MOST:
            oid = ahead.popleft()
            if oid in graph and oid not in found and not self._known.has(oid):
                found.add(oid)
                ahead += graph[oid]
        return found


def _oldest_first(found: Mapping[str, Commit]) -> tuple[Commit, ...]:
    """Sort anew what git listed in several parts."""
    from graphlib import TopologicalSorter  # noqa: PLC0415 (seldom needed)

    parents = {oid: found.keys() & commit.parents for oid, commit in found.items()}
    return tuple(found[oid] for oid in TopologicalSorter(parents).static_order())
