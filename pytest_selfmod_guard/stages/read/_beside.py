"""What belongs beside a proposed change once it was read: its judge, and what it is not."""

from __future__ import annotations

from pytest_selfmod_guard.git import Commit, Git, Objects
from pytest_selfmod_guard.model import Base, Change
from pytest_selfmod_guard.stages.read import _worktree
from pytest_selfmod_guard.stages.read._base import Tip, base_of
from pytest_selfmod_guard.stages.read._case import Proposal
from pytest_selfmod_guard.stages.read._range import commit_of

_SHOWN = 10  # digits of a commit id
_NAMED = 5  # files in a note

_NEWER = 'The policy has changed since HEAD left the protected branch; that of "{}" judges.'


def complete(git: Git, change: Change, plan: Proposal, project: str | None) -> Change:
    """Give a change the documents that judge it, and say how its base was chosen."""
    with Objects(git) as objects:
        base = _judge(git, objects, change.base, plan, project)
        unjudged = _unjudged(git, objects, commit_of(git, objects, plan.head))
    is_same = base.documents == change.base.documents
    newer = () if is_same else (_NEWER.format(plan.judge[:_SHOWN]),)
    return change._replace(base=base, notes=(plan.note, *change.notes, *newer, *unjudged))


def _judge(git: Git, objects: Objects, base: Base, plan: Proposal, project: str | None) -> Base:
    """
    Return the base with the documents of the protected branch as it is now.

    Where to leave that branch is up to whoever makes a change, and it may be
    long ago, when there was no policy or a laxer one.
    """
    if plan.judge in ("", base.commit):
        return base
    judge = commit_of(git, objects, plan.judge)
    documents = base_of(git, objects, Tip(judge.oid, judge.tree), project).documents
    return base._replace(documents=documents, judge=judge.oid)


def _unjudged(git: Git, objects: Objects, head: Commit) -> tuple[str, ...]:
    """Say which tracked files are not on disk as in HEAD: tests run what is there."""
    files, _ = _worktree.differences(git, objects, Tip(head.oid, head.tree), untracked=False)
    if not files:
        return ()
    names = ", ".join(f'"{file.path}"' for file in files[:_NAMED])
    more = f" and {len(files) - _NAMED} more" if len(files) > _NAMED else ""
    return (f"Files differ from HEAD and were not judged: {names}{more}.",)
