"""
Reads what an amended commit would change as a whole, where one is being amended.

No hook is told of ``git commit --amend``, nor of a message that ``git rebase``
lets one write anew. But git hands its hooks the author of the commit that is
about to be made, with the time, and of an amended one those are HEAD's.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from pytest_selfmod_guard.git import Commit, Git, Objects
from pytest_selfmod_guard.model import Change
from pytest_selfmod_guard.stages.read._base import base_of, head
from pytest_selfmod_guard.stages.read._listing import STAGED, load, parse
from pytest_selfmod_guard.stages.read._range import parent_of


def amended(git: Git, environ: Mapping[str, str]) -> Change | None:
    """
    Read HEAD's parent against the index; None where HEAD is not amended, or merges.

    :param environ: the environment that git gave the hook
    """
    with Objects(git) as objects:
        tip = head(git, objects)
        found = objects.commit(tip.commit) if tip.commit else None
        if found is None or len(found.parents) > 1 or not _is_amended(git, found, environ):
            return None
        before = parent_of(git, objects, found)
        files, notes = load(objects, parse(git.run(*STAGED, before.tree)))
        base = base_of(git, objects, before, None)
        return Change(files, base, "index", "--staged", notes=notes)


def _is_amended(git: Git, commit: Commit, environ: Mapping[str, str]) -> bool:
    name, address, date = (
        environ.get(f"GIT_AUTHOR_{key}", "") for key in ("NAME", "EMAIL", "DATE")
    )
    if not date.startswith("@"):  # as git itself writes it
        return False
    author = os.fsencode(f"author {name} <{address}> {date[1:]}")
    header = git.run("cat-file", "commit", commit.oid).partition(b"\n\n")[0]
    return author in header.split(b"\n")
