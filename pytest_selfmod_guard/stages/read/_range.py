"""From two revisions to a base, a head and the commits in between."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from shlex import quote
from typing import NamedTuple

from pytest_selfmod_guard.errors import ReadError
from pytest_selfmod_guard.git import Commit, Git, Objects, failure
from pytest_selfmod_guard.stages.read._base import Tip, empty_tree
from pytest_selfmod_guard.stages.read._steps import Steps, steps_between


class Span(NamedTuple):
    """A range that was found."""

    base: Tip
    head: Commit
    notes: tuple[str, ...]


def find_span(git: Git, objects: Objects, old: str, new: str) -> Span:
    """Return the range from the merge base of two revisions to the second."""
    _must_be_one(git, old)
    head = commit_of(git, objects, new)
    start = objects.commit(old)
    if start is None:
        tree = objects.tree(old)
        if tree is None:
            raise _unknown(git, old)
        return Span(Tip("", tree), head, ())
    found = _merge_bases(git, start, head)
    base = objects.commit(found[0])
    if base is None:
        raise _unknown(git, found[0])
    return Span(Tip(base.oid, base.tree), head, tuple(_notes(git, found)))


def commit_of(git: Git, objects: Objects, rev: str) -> Commit:
    """Return the commit that a revision names."""
    _must_be_one(git, rev)
    found = objects.commit(rev)
    if found is None:
        raise _unknown(git, rev)
    return found


def parent_of(git: Git, objects: Objects, commit: Commit) -> Tip:
    """Return the first parent of a commit, or the empty tree if it has none."""
    if not commit.parents:
        return Tip("", empty_tree(git))
    found = objects.commit(commit.parents[0])
    if found is None:
        raise ReadError(
            "missing-object",
            "the parent of a commit is not there",
            context=f'"{commit.parents[0]}", the parent of "{commit.oid[:10]}"',
            hint="get the whole history with `git fetch --unshallow`, or look for damage"
            " with `git fsck`",
        )
    return Tip(found.oid, found.tree)


def steps_of(git: Git, objects: Objects, span: Span) -> Steps:
    """
    Return the commits of a range, oldest first, each with what it alone changes.

    After the empty tree that is the whole history. Another tree that belongs to
    no commit has no history to count from: then there are none, and what holds
    for one commit holds for the whole.
    """
    if span.base.commit:
        return steps_between(git, objects, [span.head.oid], [span.base.commit], span.base.tree)
    if span.base.tree == empty_tree(git):
        return steps_between(git, objects, [span.head.oid], [], span.base.tree)
    return (), ()


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
