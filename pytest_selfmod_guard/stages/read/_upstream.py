"""
The branch that a change wants to join.

Refs are named in full and compared as a whole, so that no tag or branch whose
name looks like another's is taken for it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pytest_selfmod_guard.ci import Announced
from pytest_selfmod_guard.git import Git

REMOTES = "refs/remotes/"
_HEADS = "refs/heads/"
_TRUNKS = ("main", "master")
_PREFERRED = "origin"


class _Ref(NamedTuple):
    name: str
    """In full."""
    target: str
    """The full name of the ref that a symbolic one ends at; else empty."""


def protected(git: Git, announced: Announced | None = None) -> str | None:
    """
    Return the full name of the ref that a change wants to join; None if there is none.

    A CI service names it, whether or not the clone has it: the target of a merge,
    else the default branch, of ``origin``. Without one it is the branch that the
    remote's ``HEAD`` is, or its ``main`` or ``master``, and the remote is
    ``origin`` or the only one. In a repository that knows of no remote it is the
    local ``main`` or ``master``, also where that is the branch one is on.
    """
    if announced is None:
        return _of_a_remote(git) if _has_remote(git) else _local(git)
    branch = announced.branch if announced.kind == "merge" else announced.default
    return f"{REMOTES}{_PREFERRED}/{branch}" if branch else None


def guesses(git: Git) -> tuple[str, ...]:
    """
    Return the full names among which :func:`protected` has to guess, best first.

    Those of the remote whose ``HEAD`` is not known here; none where it is, and
    where there is no remote.
    """
    home, refs = _trunks(git)
    return () if _is_told(home, refs) else _found(home, refs)


def commit_at(git: Git, ref: str) -> str:
    """Return the id of what a full ref name, taken literally, names; empty if nothing."""
    # Any other command would go on to look for refs/tags/refs/remotes/... and the like.
    return next((oid for name, oid in _listed(git, "objectname", ref) if name == ref), "")


def short(ref: str) -> str:
    """Return a ref's name as a person types it: ``origin/main``."""
    return ref.removeprefix(REMOTES).removeprefix(_HEADS)


def is_local(ref: str) -> bool:
    """Tell whether whoever works here can move a ref by a commit."""
    return not ref.startswith(REMOTES)


def _of_a_remote(git: Git) -> str | None:
    home, refs = _trunks(git)
    if _is_told(home, refs):
        return refs[f"{home}HEAD"].target
    return next(iter(_found(home, refs)), None)


def _trunks(git: Git) -> tuple[str, dict[str, _Ref]]:
    """Give what all refs of the remote in question begin with, and those that may be a trunk."""
    names = ("HEAD", *_TRUNKS)
    refs = {ref.name: ref for ref in _refs(git, *(f"{REMOTES}*/{name}" for name in names))}
    remotes = {name.removeprefix(REMOTES).partition("/")[0] for name in refs}
    remote = remotes.pop() if len(remotes) == 1 else _PREFERRED
    return f"{REMOTES}{remote}/", refs


def _is_told(home: str, refs: Mapping[str, _Ref]) -> bool:
    head = refs.get(f"{home}HEAD")
    return head is not None and head.target.startswith(home)


def _found(home: str, refs: Mapping[str, _Ref]) -> tuple[str, ...]:
    return tuple(home + name for name in _TRUNKS if home + name in refs)


def _local(git: Git) -> str | None:
    found = {ref.name for ref in _refs(git, *(_HEADS + name for name in _TRUNKS))}
    return next((_HEADS + name for name in _TRUNKS if _HEADS + name in found), None)


def _has_remote(git: Git) -> bool:
    return any(_refs(git, "--count=1", REMOTES))


def _refs(git: Git, *patterns: str) -> list[_Ref]:
    return [_Ref(*found) for found in _listed(git, "symref", *patterns)]


def _listed(git: Git, field: str, *patterns: str) -> Iterator[tuple[str, str]]:
    """Yield the full name and a field of each ref."""
    listing = git.run("for-each-ref", f"--format=%(refname) %({field})", *patterns)
    for line in listing.split(b"\n")[:-1]:  # a name may hold what Python takes for a line's end
        name, _, told = os.fsdecode(line).partition(" ")
        yield name, told
