"""
Reads a proposed change, from wherever it is, by way of git.

Each reader compares two sets of blobs; what git thinks of them (binary, text,
attributes, drivers) does not count. The base of the change comes with the
documents that the judge needs, so that nothing is read from the head later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from pytest_selfmod_guard.attribution import Identity
from pytest_selfmod_guard.errors import UsageError
from pytest_selfmod_guard.git import Commit, Git, Objects
from pytest_selfmod_guard.model import Base, Change
from pytest_selfmod_guard.stages.read import _mapping
from pytest_selfmod_guard.stages.read._base import DOCUMENTS, Tip, base_of, empty_tree, head
from pytest_selfmod_guard.stages.read._heads import merged_heads
from pytest_selfmod_guard.stages.read._identities import identities_of
from pytest_selfmod_guard.stages.read._listing import STAGED, load, parse
from pytest_selfmod_guard.stages.read._pairs import compare
from pytest_selfmod_guard.stages.read._range import (
    Span,
    commit_of,
    find_span,
    parent_of,
    steps_of,
)
from pytest_selfmod_guard.stages.read._rest import Rest
from pytest_selfmod_guard.stages.read._steps import step_of
from pytest_selfmod_guard.surroundings import NOWHERE, Surroundings

__all__ = [
    "DOCUMENTS",
    "between",
    "committed",
    "diff",
    "everything",
    "identities",
    "mapping",
    "merged",
    "parse_range",
    "proposed",
    "pushed",
    "rest",
    "since",
    "staged",
    "worktree",
]


def trusted(git: Git, commit: str = "") -> Base:
    """Read only the base, HEAD if no other is named, and the documents that the judge reads."""
    with Objects(git) as objects:
        found = objects.commit(commit) if commit else None
        tip = Tip(found.oid, found.tree) if found else head(git, objects)
        return base_of(git, objects, tip, None)


def rest(git: Git, base: Base) -> Surroundings:
    """Give what the base holds beside a change, to be read as it is asked about."""
    return Rest(git, base.commit) if base.commit else NOWHERE


def staged(git: Git, *, project: str | None = None, is_whole: bool = False) -> Change:
    """
    Read what the next commit would change: HEAD against the index.

    In the middle of a merge that is what the resolution adds, where upstream has
    all that is merged; otherwise everything, with the commits that it brings.

    :param project: the project's folder relative to the top, whose documents
        are read besides the top's; by default the folder git stands in
    :param is_whole: all that HEAD has not, also in the middle of a merge
    """
    with Objects(git) as objects:
        tip = head(git, objects)
        base = base_of(git, objects, tip, project)
        if tip.commit and not is_whole and (heads := merged_heads(git, objects)):
            from pytest_selfmod_guard.stages.read import _merge  # noqa: PLC0415 (imports tempfile)

            files, steps, notes = _merge.merging(git, objects, tip, heads)
            return Change(files, base, "index", "--staged", steps=steps, notes=notes)
        files, notes = load(objects, parse(git.run(*STAGED, tip.tree)))
        return Change(files, base, "index", "--staged", notes=notes)


def between(git: Git, old: str, new: str, *, project: str | None = None) -> Change:
    """
    Read what a range changes in all: the merge base of both against the second.

    :param old: a revision; also the id of a tree, which then is the base itself
    :param project: as for :func:`staged`
    """
    return _span(git, old, new, f"--range {old}..{new}", project)


def since(git: Git, ref: str, *, project: str | None = None) -> Change:
    """
    Read what HEAD changes since it left a revision: a range that ends at HEAD.

    The documents that judge are those of the commit where it left; who may wave
    something through says the revision as it is now.
    """
    return _trusting(git, _span(git, ref, "HEAD", f"--base {ref}", project), ref)


def pushed(git: Git, old: str, new: str, *, project: str | None = None) -> Change:
    """Read what a push adds to a branch, which says as it is now who may wave something through."""
    change = _span(git, old, new, f"--range {old}..{new}", project)
    return _trusting(git, change, old)


def everything(git: Git, ref: str, *, project: str | None = None) -> Change:
    """Read all that a revision holds, as if its whole history were one proposal."""
    return _span(git, empty_tree(git), ref, f"--range {ref}", project)


def proposed(
    git: Git, environ: Mapping[str, str], base: str | None = None, *, project: str | None = None
) -> Change:
    """
    Read the change that a CI job, or whoever runs the tests, is asked about.

    It ends at HEAD and begins where HEAD left the branch that it is to join, or
    where that branch was before a push to it; the first note says which that is,
    and why. The documents that judge are those of the branch itself.

    :param environ: the variables in which GitHub and GitLab describe a job
    :param base: a revision to begin at; it can only be one that was judged before
    :raises ReadError: the base cannot be told, is not in the clone, or is not to be trusted
    """
    from pytest_selfmod_guard.stages.read import _beside, _proposed  # noqa: PLC0415 (import tempfile)

    with Objects(git) as objects:
        plan = _proposed.choose(git, objects, environ, base)
    change = _span(git, plan.old, plan.head, plan.source, project, plan.find)
    return _beside.complete(git, change, plan, project)


def committed(git: Git, commit: str, *, project: str | None = None) -> Change:
    """
    Read what one existing commit changes: its first parent, or nothing, against it.

    :param commit: a revision
    :raises ReadError: it is unknown, or its parent is not there
    """
    with Objects(git) as objects:
        found = commit_of(git, objects, commit)
        tip = parent_of(git, objects, found)
        files, notes = compare(git, objects, tip.tree, found.tree)
        base = base_of(git, objects, tip, project)
        return _alone(
            git, objects, found, tip.tree, Change(files, base, found.oid, "", notes=notes)
        )


def merged(git: Git, commit: str, *, project: str | None = None) -> Change:
    """
    Read what one existing merge adds over the merge that git makes of its parents.

    Where they conflict, it is compared with what was merged. The base is the
    first parent. A commit that merges nothing is read as :func:`committed`.

    :param commit: a revision
    :raises ReadError: it is unknown, or a parent is not there
    """
    from pytest_selfmod_guard.stages.read import _merge  # noqa: PLC0415 (imports tempfile)

    with Objects(git) as objects:
        found = commit_of(git, objects, commit)
        if len(found.parents) < 2:  # noqa: PLR2004 (of a merge)
            return committed(git, found.oid, project=project)
        tip = parent_of(git, objects, found)
        files, notes = _merge.resolved(git, objects, found, tip)
        base = base_of(git, objects, tip, project)
        return _alone(
            git, objects, found, tip.tree, Change(files, base, found.oid, "", notes=notes)
        )


def worktree(git: Git, *, project: str | None = None) -> Change:
    """
    Read what is different on disk: HEAD against the files, untracked ones included.

    Ignored files are left out. No filter runs: what counts is the bytes on disk.
    """
    from pytest_selfmod_guard.stages.read import _worktree  # noqa: PLC0415 (imports tempfile)

    with Objects(git) as objects:
        tip = head(git, objects)
        files, notes = _worktree.differences(git, objects, tip)
        base = base_of(git, objects, tip, project)
        return Change(files, base, "worktree", "--worktree", notes=notes)


def diff(git: Git, data: bytes, *, project: str | None = None) -> Change:
    """
    Read what a unified diff would change when applied to HEAD, or else to the index.

    :param data: what ``git diff``, ``git format-patch`` or ``diff -u`` print
    :raises ReadError: not a diff, does not apply, or reaches out of the repository
    """
    from pytest_selfmod_guard.stages.read import _diff  # noqa: PLC0415 (imports tempfile and re)

    with Objects(git) as objects:
        tip = head(git, objects)
        base = base_of(git, objects, tip, project)
    files, notes = _diff.outcome(git, data, tip)
    return Change(files, base, "diff", "--diff", notes=notes)


def mapping(
    git: Git, files: Mapping[str, bytes | str | None], *, project: str | None = None
) -> Change:
    """
    Read what writing files over HEAD would change.

    :param files: path from the repository's top to the new content; None deletes
    """
    with Objects(git) as objects:
        tip = head(git, objects)
        changed, notes = _mapping.differences(objects, tip, files)
        base = base_of(git, objects, tip, project)
        return Change(changed, base, "mapping", "mapping", notes=notes)


def identities(git: Git, change: Change) -> Iterator[Identity]:
    """
    Give what the commits of a change say about their authors, newest first.

    All of them, read as they are asked for; none where there is no commit.
    """
    return identities_of(git, change)


def parse_range(text: str) -> tuple[str, str]:
    """
    Take ``A..B``, ``A...B``, ``A..`` or ``..B`` apart; what is left out is HEAD.

    Two and three dots mean the same here: from the merge base of A and B to B.
    """
    dots = "..." if "..." in text else ".."
    old, found, new = text.partition(dots)
    if not found or not (old or new) or ".." in new or new.startswith("."):
        raise UsageError(
            "bad-range",
            "a range is two revisions with dots between them",
            context=f'"{text}"',
            hint="write it like this: `selfmod-guard check --range main..HEAD`",
        )
    return old or "HEAD", new or "HEAD"


def _span(
    git: Git,
    old: str,
    new: str,
    source: str,
    project: str | None,
    find: Callable[[Git, Objects, str, str], Span] = find_span,
) -> Change:
    with Objects(git) as objects:
        span = find(git, objects, old, new)
        files, notes = compare(git, objects, span.base.tree, span.head.tree)
        steps, more = steps_of(git, objects, span)
        return Change(
            files,
            base_of(git, objects, span.base, project),
            span.head.oid,
            source,
            why=span.head.subject,
            steps=steps,
            notes=(*span.notes, *notes, *more),
        )


def _trusting(git: Git, change: Change, tip: str) -> Change:
    with Objects(git) as objects:
        found = objects.commit(tip)
    return change._replace(base=change.base._replace(judge=found.oid)) if found else change


def _alone(git: Git, objects: Objects, commit: Commit, base: str, change: Change) -> Change:
    """Say of a change that it is one commit, and which."""
    return change._replace(
        source=f"--range {commit.oid[:10]}^..{commit.oid[:10]}",
        why=commit.subject,
        steps=(step_of(git, objects, commit, base),),
    )
