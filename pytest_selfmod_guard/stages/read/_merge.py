"""
A merge: what its resolution adds, and the commits that upstream does not have.

What upstream has was judged there. So where every merged head is contained in
it, the change is what the index has over the merge that git makes by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pytest_selfmod_guard.git import Commit, Git, Objects
from pytest_selfmod_guard.model import FileChange, Origin, Step
from pytest_selfmod_guard.stages.read._automerge import Automatic, automatic
from pytest_selfmod_guard.stages.read._base import Tip
from pytest_selfmod_guard.stages.read._listing import LISTING, STAGED, Result, load, parse
from pytest_selfmod_guard.stages.read._pairs import compare
from pytest_selfmod_guard.stages.read._steps import step_of_files, steps_between
from pytest_selfmod_guard.stages.read._upstream import commit_at, protected, short

_RESOLUTION = Origin("", "the resolution of the merge", "")
_NO_MERGE = (
    "git could not repeat the merge by itself, so all that it brings was judged as one change:"
    " it needs git 2.38 or newer, and no conflict among three or more heads."
)


class Merging(NamedTuple):
    """A merge in progress, as the next commit would record it."""

    files: tuple[FileChange, ...]
    steps: tuple[Step, ...]
    notes: tuple[str, ...]


def merging(git: Git, objects: Objects, tip: Tip, heads: Sequence[Commit]) -> Merging:
    """Read what concluding a merge would bring that was not judged upstream."""
    oids = [head.oid for head in heads]
    whole = git.run(*STAGED, tip.tree)
    with automatic(git, tip.commit, oids) as made:
        if made is None:
            files, notes = load(objects, parse(whole))
            return Merging(files, (), (_NO_MERGE, *notes))
        files, notes = _over(made, made.git.run(*STAGED, made.tree))
    upstream = protected(git)
    known = commit_at(git, upstream) if upstream else ""
    if upstream and known and not _beyond(git, oids, known):
        return Merging(files, (), (_in_upstream(oids, upstream), *notes))
    bounds = [tip.commit, *([known] if known else [])]
    steps, more = steps_between(git, objects, oids, bounds, tip.tree)
    resolution = step_of_files(objects, _RESOLUTION, files, tip.tree)
    files, notes = load(objects, parse(whole))
    return Merging(files, (*steps, resolution), (*notes, *more))


def resolved(git: Git, objects: Objects, commit: Commit, ours: Tip) -> Result:
    """Read what a merge commit adds over the merge that git makes of its parents."""
    with automatic(git, ours.commit, commit.parents[1:]) as made:
        if made is None:
            files, notes = compare(git, objects, ours.tree, commit.tree)
            return files, (_NO_MERGE, *notes)
        listing = made.git.run("diff-tree", "-r", *LISTING, made.tree, commit.tree)
        return _over(made, listing)


def _over(made: Automatic, listing: bytes) -> Result:
    """Load what is other than in an automatic merge."""
    entries = [
        entry
        for entry in parse(listing)
        if not (entry.status == "D" and entry.path in made.dropped)
    ]
    with Objects(made.git) as objects:
        return load(objects, entries)


def _beyond(git: Git, heads: Sequence[str], known: str) -> bool:
    """Tell whether some commit is reachable from heads and not from what is known."""
    return bool(git.run("rev-list", "--max-count=1", *heads, f"^{known}"))


def _in_upstream(heads: Sequence[str], upstream: str) -> str:
    named = ", ".join(head[:10] for head in heads)
    return (
        f'The merge of {named} brings what "{short(upstream)}" has: that was not judged again,'
        " only what the resolution adds."
    )
