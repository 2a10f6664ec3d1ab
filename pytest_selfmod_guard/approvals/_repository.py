"""Which repository it is: known by the commit that its history began with."""

from __future__ import annotations

from pytest_selfmod_guard.errors import ReadError
from pytest_selfmod_guard.git import Git


def repository_of(git: Git, commit: str) -> str:
    """
    Give the id of the commit that a commit's history began with, along first parents.

    It is the same in every clone and fork, and another in every other project.

    :raises ReadError: it cannot be told, because history is cut off
    """
    if git.is_shallow():
        raise ReadError(
            "approval-shallow",
            "which repository this is cannot be told, because the clone is shallow",
            hint="get the whole history: git fetch --unshallow",
        )
    # Not --max-parents=0 alone: then git walks what was merged as well.
    told = git.run("rev-list", "--first-parent", "--max-parents=0", commit)
    return told.decode("ascii").strip()
