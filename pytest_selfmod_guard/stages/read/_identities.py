"""Who made the commits of a change, as the commits say."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_selfmod_guard.attribution import Identity
from pytest_selfmod_guard.git import Commit, Git, Objects
from pytest_selfmod_guard.model import Change

_AT_ONCE = 1000
"""Commits that one process reads: all its answers together share one time-out."""


def identities_of(git: Git, change: Change) -> Iterator[Identity]:
    """Give who made the commits of a change, newest first; each is read when it is asked for."""
    if change.head == "index" and change.why:  # the message of what is no commit yet
        yield Identity("", (), change.why)
    steps = [step.origin.commit for step in reversed(change.steps) if step.origin.commit]
    oids = steps or ([change.head] if _is_commit_id(change.head) else [])
    for start in range(0, len(oids), _AT_ONCE):
        with Objects(git) as objects:
            for oid in oids[start : start + _AT_ONCE]:
                if commit := objects.commit(oid):
                    yield _identity(commit)


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
