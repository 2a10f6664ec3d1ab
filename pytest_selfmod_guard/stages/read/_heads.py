"""Tells whether a merge is in progress, and of what."""

from __future__ import annotations

import os
import re

from pytest_selfmod_guard.git import Commit, Git, Objects

_OID = r"(?:[0-9a-f]{64}|[0-9a-f]{40})"
_WRITTEN = re.compile(rf"^({_OID})$", re.MULTILINE)
_NAMED = re.compile(rf"^GITHEAD_({_OID})$", re.MULTILINE)


def merged_heads(git: Git, objects: Objects) -> tuple[Commit, ...]:
    """
    Return the commits that are being merged; empty when no merge is in progress.

    A cherry-pick, a revert and a squash are none: the commit has one parent.
    Git runs its pre-merge-commit hook before it writes the heads down; until
    then it names them in the environment.
    """
    oids = sorted(_NAMED.findall("\n".join(git.environ)))
    if objects.commit("MERGE_HEAD"):
        oids = _written(git) or oids
    found = (objects.commit(oid) for oid in oids)
    return tuple(commit for commit in found if commit)


def _written(git: Git) -> list[str]:
    """Return the lines of ``MERGE_HEAD``, of which a revision shows only the first."""
    path = os.fsdecode(git.run("rev-parse", "--git-path", "MERGE_HEAD")).removesuffix("\n")
    try:
        with open(os.path.join(git.directory, path), encoding="utf-8", errors="replace") as file:
            return _WRITTEN.findall(file.read())
    except FileNotFoundError:
        return []
