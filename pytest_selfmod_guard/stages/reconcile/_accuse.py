"""Writes down who went past a door."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pytest_selfmod_guard.attribution import Identity, attribute
from pytest_selfmod_guard.git import Commit
from pytest_selfmod_guard.journals import Entry
from pytest_selfmod_guard.stages.read._steps import origin_of
from pytest_selfmod_guard.stages.reconcile._gated import Sorted
from pytest_selfmod_guard.stages.reconcile._known import UNGATED, Known
from pytest_selfmod_guard.stages.reconcile._past import Stamp

_PUSHED = "fetched"
"""In the place of a decision: a remote has it, so nothing was enforced here."""


def accusations(
    found: Sorted,
    known: Known,
    stamp: Stamp,
    decisions: Mapping[str, str],
    markers: Mapping[str, Mapping[str, str]],
) -> Iterator[Entry]:
    """
    Give an entry for each accused commit, unless there is one from an earlier look.

    :param decisions: of the judgement that each was part of
    :param markers: the environment in which a commit was made, where it is known
    """
    for commit in found.accused:
        if not known.is_named(commit.oid):
            origin = origin_of(commit)
            yield stamp.entry(
                UNGATED,
                commit.oid,
                parents=commit.parents,
                digest=found.digests.get(commit.oid, ""),
                subject=origin.subject,
                author=origin.author,
                actor=attribute(markers.get(commit.oid, {}), [_identity(commit)]),
                decision=decisions.get(commit.oid, _PUSHED),
            )


def _identity(commit: Commit) -> Identity:
    author = (commit.author_name, commit.author_email)
    committer = (commit.committer_name, commit.committer_email)
    return Identity(commit.oid, (*author, *committer), commit.message)
