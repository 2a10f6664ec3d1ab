"""What the journal has of the commits of this branch; nothing is judged, or known from it."""

from __future__ import annotations

import json
from collections.abc import Iterable

from pytest_selfmod_guard.checkups._facts import Named, Record
from pytest_selfmod_guard.git import Commit, Git, Objects
from pytest_selfmod_guard.journals import Entry, Journal
from pytest_selfmod_guard.stages.reconcile._gated import sort
from pytest_selfmod_guard.stages.reconcile._history import unknown_part
from pytest_selfmod_guard.stages.reconcile._known import Known

_LATELY = 500
"""Judgements among which one by a hook is looked for."""


def record(git: Git, journal: Journal, tip: str) -> Record:
    """
    Find the commits without a verdict, and those of them that are accused.

    :param tip: the id of HEAD's commit; empty when there is none yet
    :raises CouldNotJudge: journal or history cannot be read
    """
    known = Known(journal)
    has_begun = known.is_adopted()
    left = _left(git, known, tip) if tip and has_begun and not known.has(tip) else ()
    ungated = [commit for commit in left if known.is_named(commit.oid)]
    return Record(has_begun, _last(journal), _named(left), _named(ungated))


def _left(git: Git, known: Known, tip: str) -> tuple[Commit, ...]:
    with Objects(git) as objects:
        history = unknown_part(git, objects, tip, known)
        return sort(git, objects, known, history, is_watched=True).left


def _named(commits: Iterable[Commit]) -> tuple[Named, ...]:
    """Put the newest first."""
    named = [Named(one.oid, one.subject, _author(one)) for one in commits]
    return tuple(reversed(named))


def _author(commit: Commit) -> str:
    return f"{commit.author_name} <{commit.author_email}>"


def _last(journal: Journal) -> float | None:
    """Give the time of the last attempt to commit, by whoever asked for all rules."""
    recent = journal.last("judged", _LATELY)
    return next((entry.at for entry in recent if _is_by_hook(entry)), None)


def _is_by_hook(entry: Entry) -> bool:
    try:
        told = json.loads(entry.body)
    except (ValueError, RecursionError):
        return False
    is_told = isinstance(told, dict) and told.get("asked") == []
    return is_told and told.get("source") == "--staged" and told.get("gate", True) is True
