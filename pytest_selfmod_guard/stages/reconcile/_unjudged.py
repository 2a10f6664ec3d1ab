"""What the commits without a verdict change, in as few questions as can be asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice, pairwise
from typing import NamedTuple

from pytest_selfmod_guard.git import Commit, Git, Objects
from pytest_selfmod_guard.model import Change
from pytest_selfmod_guard.stages import read
from pytest_selfmod_guard.stages.read._combine import combine
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

    @property
    def along(self) -> frozenset[str]:
        """Those of its commits that are judged only along with the last one."""
        return frozenset(commit.oid for commit in self.commits[:-1])


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
    documents = _documents(git, base)
    return [
        Part((commit,), _under(read.merged(git, commit.oid), documents), is_whole=False)
        for commit in left
    ]


def _documents(git: Git, commit: str) -> Mapping[str, bytes]:
    return read.between(git, commit, commit).base.documents if commit else {}


def _under(change: Change, documents: Mapping[str, bytes]) -> Change:
    """Let a known commit's policy judge: a parent that nobody knows may have made its own."""
    return change._replace(base=change.base._replace(documents=documents))


def net(git: Git, base: str, tip: str) -> Change:
    """Read what leads from a known commit to a later one; from nothing where there is none."""
    if not base:
        return read.everything(git, tip)
    change = read.between(git, base, tip)
    return change._replace(source=f"--range {base[:_SHORT]}..{tip[:_SHORT]}")


def with_merges(git: Git, whole: Change, refused: Iterable[Part], tip: str) -> Change:
    """
    Add what merges did to their other parents, which the first one does not show.

    :param whole: leads to the tip along first parents
    """
    merges = [part for part in refused if len(part.commits[-1].parents) > 1]
    others = {file.path for part in refused if part not in merges for file in part.change.files}
    files = {file.path: file for file in whole.files}
    for part in merges:
        after = read.between(git, part.commits[-1].oid, tip)
        files |= {file.path: file for file in combine(part.change, after).files}
    files |= {file.path: file for file in whole.files if file.path in others}
    return whole._replace(files=tuple(sorted(files.values())))


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
