"""What belongs beside a proposed change once it was read: its judge, and what it is not."""

from __future__ import annotations

from pytest_selfmod_guard.git import Commit, Git, Objects
from pytest_selfmod_guard.model import Change
from pytest_selfmod_guard.stages.read import _worktree
from pytest_selfmod_guard.stages.read._base import Tip, as_of, note_on
from pytest_selfmod_guard.stages.read._case import Proposal
from pytest_selfmod_guard.stages.read._range import commit_of

_NAMED = 5  # files in a note


def complete(git: Git, change: Change, plan: Proposal, project: str | None) -> Change:
    """Give a change the documents that judge it, and say how its base was chosen."""
    with Objects(git) as objects:
        base = as_of(git, objects, change.base, plan.judge, project)
        unjudged = _unjudged(git, objects, commit_of(git, objects, plan.head))
    newer = note_on(change.base, base)
    return change._replace(base=base, notes=(plan.note, *change.notes, *newer, *unjudged))


def _unjudged(git: Git, objects: Objects, head: Commit) -> tuple[str, ...]:
    """Say which tracked files are not on disk as in HEAD: tests run what is there."""
    files, _ = _worktree.differences(git, objects, Tip(head.oid, head.tree), untracked=False)
    if not files:
        return ()
    names = ", ".join(f'"{file.path}"' for file in files[:_NAMED])
    more = f" and {len(files) - _NAMED} more" if len(files) > _NAMED else ""
    return (f"Files differ from HEAD and were not judged: {names}{more}.",)
