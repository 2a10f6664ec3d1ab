"""
Reads a proposed change, from wherever it is, by way of git.

Each reader compares two sets of blobs; what git thinks of them (binary, text,
attributes, drivers) does not count. The base of the change comes with the
documents that the judge needs, so that nothing is read from the head later.
"""

from __future__ import annotations

from collections.abc import Mapping

from pytest_selfmod_guard.attribution import Identity
from pytest_selfmod_guard.errors import UsageError
from pytest_selfmod_guard.git import Git, Objects
from pytest_selfmod_guard.model import Change
from pytest_selfmod_guard.stages import _mapping
from pytest_selfmod_guard.stages._base import DOCUMENTS, base_of, empty_tree, head
from pytest_selfmod_guard.stages._listing import LISTING, STAGED, load, parse
from pytest_selfmod_guard.stages._range import find_span, identities_of

__all__ = [
    "DOCUMENTS",
    "between",
    "diff",
    "everything",
    "identities",
    "mapping",
    "parse_range",
    "since",
    "staged",
    "worktree",
]


def staged(git: Git, *, project: str | None = None) -> Change:
    """
    Read what the next commit would change: HEAD against the index.

    :param project: the project's folder relative to the top, whose documents
        are read besides the top's; by default the folder git stands in
    """
    with Objects(git) as objects:
        tip = head(git, objects)
        listing = git.run(*STAGED, tip.tree)
        files, notes = load(objects, parse(listing))
        base = base_of(git, objects, tip, project)
        return Change(files, base, "index", "--staged", notes=notes)


def between(git: Git, old: str, new: str, *, project: str | None = None) -> Change:
    """
    Read what a range changes in all: the merge base of both against the second.

    :param old: a revision; also the id of a tree, which then is the base itself
    :param project: as for :func:`staged`
    """
    return _span(git, old, new, f"--range {old}..{new}", project)


def since(git: Git, ref: str, *, project: str | None = None) -> Change:
    """Read what HEAD changes since it left a revision: a range that ends at HEAD."""
    return _span(git, ref, "HEAD", f"--base {ref}", project)


def everything(git: Git, ref: str, *, project: str | None = None) -> Change:
    """Read all that a revision holds, as if its whole history were one proposal."""
    return _span(git, empty_tree(git), ref, f"--range {ref}", project)


def worktree(git: Git, *, project: str | None = None) -> Change:
    """
    Read what is different on disk: HEAD against the files, untracked ones included.

    Ignored files are left out. No filter runs: what counts is the bytes on disk.
    """
    from pytest_selfmod_guard.stages import _worktree  # noqa: PLC0415 (imports tempfile)

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
    from pytest_selfmod_guard.stages import _diff  # noqa: PLC0415 (imports tempfile and re)

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


def identities(git: Git, change: Change) -> tuple[Identity, ...]:
    """
    Return what the commits of a range say about their authors, newest first.

    At most 1,000; none for a change that is not made of commits.
    """
    return identities_of(git, change.base.commit, change.head)


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


def _span(git: Git, old: str, new: str, source: str, project: str | None) -> Change:
    with Objects(git) as objects:
        span = find_span(git, objects, old, new)
        listing = git.run("diff-tree", "-r", *LISTING, span.base.tree, span.head.tree)
        files, notes = load(objects, parse(listing))
        return Change(
            files,
            base_of(git, objects, span.base, project),
            span.head.oid,
            source,
            why=span.head.subject,
            commits=span.commits,
            notes=(*span.notes, *notes),
        )
