"""From two revisions to a base, a head and the commits in between."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from shlex import quote
from typing import NamedTuple

from pytest_selfmod_guard.attribution import Identity
from pytest_selfmod_guard.errors import ReadError
from pytest_selfmod_guard.git import Commit, Git, Objects, failure
from pytest_selfmod_guard.stages._base import Tip

_MOST_COMMITS = 1000


class Span(NamedTuple):
    """A range that was found."""

    base: Tip
    head: Commit
    commits: int
    """How many there are after the base; 1 when the base is a tree."""
    notes: tuple[str, ...]


def find_span(git: Git, objects: Objects, old: str, new: str) -> Span:
    """Return the range from the merge base of two revisions to the second."""
    for rev in (old, new):
        _must_be_one(git, rev)
    head = objects.commit(new)
    if head is None:
        raise _unknown(git, new)
    start = objects.commit(old)
    if start is None:
        tree = objects.tree(old)
        if tree is None:
            raise _unknown(git, old)
        return Span(Tip("", tree), head, 1, ())
    found = _merge_bases(git, start, head)
    base = objects.commit(found[0])
    if base is None:
        raise _unknown(git, found[0])
    commits = int(git.run("rev-list", "--count", f"{base.oid}..{head.oid}"))
    return Span(Tip(base.oid, base.tree), head, commits, tuple(_notes(git, found)))


def identities_of(git: Git, base: str, head: str) -> tuple[Identity, ...]:
    """Return who made the commits from a base to a head, newest first."""
    if not _is_commit_id(head):
        return ()
    bounds = (head, f"^{base}") if base else ("--no-walk", head)
    listing = git.run("rev-list", f"--max-count={_MOST_COMMITS}", *bounds)
    with Objects(git) as objects:
        commits = (objects.commit(oid) for oid in listing.decode("ascii").split())
        return tuple(_identity(commit) for commit in commits if commit)


def _must_be_one(git: Git, rev: str) -> None:
    """
    Raise if a name stands for several refs.

    A tag named ``origin/main`` would win over the branch, and make what it
    points at the base.
    """
    name = re.split(r"[~^:\x00-\x20]|@\{", rev)[0]
    meant = [f"refs/{kind}{name}" for kind in ("", "tags/", "heads/", "remotes/")]
    listing = git.run("for-each-ref", "--format=%(refname)", *meant) if name else b""
    found = [ref for ref in os.fsdecode(listing).splitlines() if ref in meant]
    if len(found) > 1:
        raise ReadError(
            "ambiguous-revision",
            "a name stands for more than one revision",
            context=f'"{name}" is {" and ".join(found)}',
            hint=f"name one in full, or look at them with `git show-ref {quote(name)}`",
        )


def _merge_bases(git: Git, start: Commit, head: Commit) -> list[str]:
    outcome = git.attempt("merge-base", "--all", start.oid, head.oid)
    found = outcome.output.decode("ascii").split()
    if outcome.code > 1 or b"error:" in outcome.reason:
        # Git goes on past a commit that it cannot read, and may find none or another.
        raise failure(git.directory, outcome.reason)
    if found:
        return found
    hint = (
        "the clone is shallow: get the rest of the history with `git fetch --unshallow`"
        if git.is_shallow()
        else "name a revision that the other grew from; see `git log --graph --oneline --all`"
    )
    context = f'"{start.oid[:10]}" and "{head.oid[:10]}"'
    raise ReadError(
        "no-merge-base", "two revisions have no common ancestor", context=context, hint=hint
    )


def _notes(git: Git, bases: list[str]) -> Iterator[str]:
    if len(bases) > 1:
        yield (
            f"The revisions have {len(bases)} merge bases;"
            f' the change was read against "{bases[0][:10]}".'
        )
    if git.is_shallow():
        yield "The clone is shallow: commits older than its boundary were not seen."


def _unknown(git: Git, rev: str) -> ReadError:
    hint = (
        "the clone is shallow: get the rest of the history with `git fetch --unshallow`"
        if git.is_shallow()
        else "see which there are with `git branch --all`, or get more with `git fetch`"
    )
    return ReadError(
        "unknown-revision", "git does not know the revision", context=f'"{rev}"', hint=hint
    )


def _identity(commit: Commit) -> Identity:
    names = (
        commit.author_name,
        commit.author_email,
        commit.committer_name,
        commit.committer_email,
    )
    return Identity(commit.oid, names, commit.message)


def _is_commit_id(head: str) -> bool:
    return len(head) in (40, 64)
