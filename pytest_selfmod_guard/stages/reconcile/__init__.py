"""
Reconcile: whatever is in the history without the journal's knowledge is judged now.

Local hooks can be left out (``--no-verify``, ``SKIP``, another hooks path,
plumbing), and so the first thing that every door asks is what came past them.
"""

from __future__ import annotations

from pytest_selfmod_guard.git import Git, Objects
from pytest_selfmod_guard.journals import Journal
from pytest_selfmod_guard.stages.read._base import head
from pytest_selfmod_guard.stages.reconcile._gated import is_gated
from pytest_selfmod_guard.stages.reconcile._known import ADOPTED, LANDED, Known
from pytest_selfmod_guard.stages.reconcile._past import Judge, Past, Stamp

_ORPHAN = (
    "There is no commit here yet, so the defaults judged;"
    " other branches of this repository may have a policy of their own."
)

__all__ = ["Past", "Stamp", "head_of", "last_known", "reconcile"]


def head_of(git: Git) -> str:
    """Give the id of HEAD's commit; empty when there is none yet."""
    with Objects(git) as objects:
        return head(git, objects).commit


def reconcile(
    git: Git, journal: Journal, tip: str, stamp: Stamp, judge: Judge, *, is_new: bool = False
) -> Past:
    """
    Judge what leads to a commit and is not known, and write down what is known now.

    The first look at a repository takes everything there for known.

    :param tip: the id of HEAD's commit; empty when there is none yet
    :param is_new: the commit was made just now, so even the first look asks about it
    """
    known = Known(journal)
    if tip and known.has(tip):
        return Past()
    if not known.is_adopted():
        tips = _local_tips(git, tip, is_new=is_new)
        # What is asked about must not be the subject, or it would be known from now on.
        journal.append(stamp.entry(ADOPTED, "" if is_new else tip, tips=tips))
        if not (tip and is_new):
            return Past()
    if not tip:
        return Past(notes=(_ORPHAN,) if next(known.tips(), "") else ())
    with Objects(git) as objects:
        if _is_next(git, objects, known, tip):
            journal.append(stamp.entry(LANDED, tip, how="gated"))
            return Past()
        from pytest_selfmod_guard.stages.reconcile._look import Look  # noqa: PLC0415 (seldom needed)

        return Look(git, objects, journal, stamp, judge, is_new=is_new).at(tip)


def last_known(git: Git, journal: Journal, tip: str) -> str | None:
    """
    Give a commit, or the nearest before it, that did not come past the doors.

    :param tip: the id of HEAD's commit; empty when there is none yet
    :returns: empty when there is no commit yet; None where none of them is known
    """
    known = Known(journal)
    if not tip or known.has(tip) or not known.is_adopted():
        return tip
    from pytest_selfmod_guard.stages.reconcile._unjudged import nearest_known  # noqa: PLC0415

    with Objects(git) as objects:
        if _is_next(git, objects, known, tip):
            return tip
        return nearest_known(git, objects, tip, known.tips()) or None


def _is_next(git: Git, objects: Objects, known: Known, tip: str) -> bool:
    """Tell whether it is the usual case: one commit more, and it went through a door."""
    commit = objects.commit(tip)
    if commit is None or not all(known.has(parent) for parent in commit.parents):
        return False
    return is_gated(git, objects, known, commit)


def _local_tips(git: Git, tip: str, *, is_new: bool) -> list[str]:
    """Give a commit, or what it was made on, and those of all branches, tags and work trees."""
    fields = "--format=%(objectname) %(*objectname)"
    refs = git.run("for-each-ref", fields, "refs/heads", "refs/tags")
    trees = git.run("worktree", "list", "--porcelain")
    heads = [line[5:] for line in trees.split(b"\n") if line.startswith(b"HEAD ")]
    found = {tip, *(oid.decode("ascii") for oid in (*refs.split(), *heads))}
    if tip and is_new:
        found = found - {tip} | set(git.run("rev-parse", f"{tip}^@").decode("ascii").split())
    return sorted(oid for oid in found if oid.strip("0"))
