"""What the commits without a verdict change, in as few questions as can be asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice, pairwise
from typing import NamedTuple

from pytest_selfmod_guard.git import Commit, Git, Objects
from pytest_selfmod_guard.model import Change
from pytest_selfmod_guard.stages import read
from pytest_selfmod_guard.stages.reconcile._gated import first_known

_BASES = 500
"""Known commits among which the nearest is looked for when the way to it is too long."""

_SHORT = 10


class Part(NamedTuple):
    """Commits, and the change that is judged for them."""

    commits: tuple[Commit, ...]
    change: Change
    is_whole: bool
    """It leads from the last known commit to the tip."""


def parts(git: Git, left: tuple[Commit, ...], base: str, *, as_one: bool) -> list[Part]:
    """
    Give what has to be judged: a line of commits as one, others one by one.

    The last known commit judges a line, so that no commit weakens its own judge.

    :param left: oldest first
    :param base: the last known commit before the last of them; empty if there is none
    :param as_one: take them for a line; they are too many to be judged one by one
    """
    if as_one or _is_line(left):
        return [Part(left, net(git, base, left[-1].oid), is_whole=True)]
    return [Part((commit,), read.merged(git, commit.oid), is_whole=False) for commit in left]


def net(git: Git, base: str, tip: str) -> Change:
    """Read what leads from a known commit to a later one; from nothing where there is none."""
    if not base:
        return read.everything(git, tip)
    change = read.between(git, base, tip)
    return change._replace(source=f"--range {base[:_SHORT]}..{tip[:_SHORT]}")


def last_known(commits: Sequence[Commit], unknown: Iterable[str]) -> str:
    """Give the last known commit before the last of some, along first parents."""
    by_id = {commit.oid: commit for commit in commits}
    return first_known(commits[-1], by_id, frozenset(unknown))


def nearest_known(git: Git, objects: Objects, tip: str, known: Iterable[str]) -> str:
    """Give a known ancestor of a commit without walking there; empty if there is none."""
    there = [name for name in islice(known, _BASES) if objects.commit(name)]
    found = git.attempt("merge-base", tip, *there) if there else None
    return found.output.decode("ascii").strip() if found and not found.code else ""


def _is_line(commits: tuple[Commit, ...]) -> bool:
    follows = all(after.parents == (before.oid,) for before, after in pairwise(commits))
    return follows and len(commits[0].parents) < 2  # noqa: PLR2004 (of a merge)
