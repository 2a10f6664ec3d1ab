"""The merge that git would make by itself, made where nobody's drivers are run."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import NamedTuple

from pytest_selfmod_guard.git import Git
from pytest_selfmod_guard.stages.read._apart import folder_of_its_own, seeing

_MERGE = ("merge-tree", "--write-tree", "-z", "--no-messages", "--allow-unrelated-histories")
_CLEAN, _CONFLICTS = 0, 1

_OURS, _THEIRS = 2, 3


class Automatic(NamedTuple):
    """A merge as git made it, with the merged head's version of what conflicts."""

    git: Git
    """Git in the project, which also sees the merge's objects."""
    tree: str
    dropped: frozenset[str]
    """Paths in conflict that the merged head does not have: to drop them is no news."""


class _Conflict(NamedTuple):
    mode: str
    oid: str
    stage: int
    path: str


@contextmanager
def automatic(git: Git, ours: str, heads: Sequence[str]) -> Iterator[Automatic | None]:
    """
    Merge heads into a commit, for as long as the context lasts.

    :param ours: the commit id that is merged into
    :param heads: commit ids; one, or several for an octopus
    :return: None where git cannot: before 2.38, or an octopus that conflicts
    """
    with TemporaryDirectory(prefix="selfmod-guard-") as scratch:
        apart = folder_of_its_own(git, scratch)
        merged = _merged(apart, ours, heads)
        if merged is None:
            yield None
            return
        tree, conflicts = merged
        chosen = _chosen(conflicts)
        if chosen:
            tree = _settled(apart, tree, chosen)
        dropped = frozenset(path for path, side in chosen.items() if side.stage != _THEIRS)
        yield Automatic(seeing(git, scratch), tree, dropped)


def _merged(apart: Git, ours: str, heads: Sequence[str]) -> tuple[str, list[_Conflict]] | None:
    """Merge one head after the other; only a lone one may conflict."""
    for number, head in enumerate(heads, start=1):
        outcome = apart.attempt(*_MERGE, ours, head)
        if outcome.code not in (_CLEAN, _CONFLICTS):
            return None
        tree, *conflicts = os.fsdecode(outcome.output).removesuffix("\0").split("\0")
        if len(heads) == 1:
            return tree, [_conflict(line) for line in conflicts if line]
        if outcome.code == _CONFLICTS:
            return None
        if number < len(heads):
            made = apart.run("commit-tree", "-p", ours, "-p", head, "-m", "merge", tree)
            ours = made.decode("ascii").strip()
    return tree, []


def _conflict(line: str) -> _Conflict:
    meta, _, path = line.partition("\t")
    mode, oid, stage = meta.split(" ")
    return _Conflict(mode, oid, int(stage), path)


def _chosen(conflicts: Sequence[_Conflict]) -> dict[str, _Conflict]:
    """Take the merged head's version of each path in conflict, or else what there is."""
    ranked = sorted(conflicts, key=lambda side: side.stage)
    return {side.path: side for side in ranked}


def _settled(apart: Git, tree: str, chosen: dict[str, _Conflict]) -> str:
    """Return the tree with one version of what conflicts; a lone ancestor's counts as gone."""
    apart.run("read-tree", tree)
    lines = [
        f"{side.mode} {side.oid}\t{path}\0"
        if side.stage in (_OURS, _THEIRS)
        else f"0 {'0' * len(side.oid)}\t{path}\0"
        for path, side in chosen.items()
    ]
    feed = os.fsencode("".join(lines))
    apart.run("update-index", "-z", "--replace", "--index-info", feed=feed)
    return apart.run("write-tree").decode("ascii").strip()
