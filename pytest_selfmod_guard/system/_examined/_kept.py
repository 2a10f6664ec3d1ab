"""The journal as it lies there; nothing is pinned, created or written down by looking."""

from __future__ import annotations

import os
from stat import S_IMODE
from typing import NamedTuple

from pytest_selfmod_guard.checkups._facts import Kept
from pytest_selfmod_guard.git import Git
from pytest_selfmod_guard.journals import Journal
from pytest_selfmod_guard.journals._network import network
from pytest_selfmod_guard.stages._pinned import pinned_journal
from pytest_selfmod_guard.stages.anchor import lost
from pytest_selfmod_guard.stages.verify import Wrong, verify

_LAST = 200
"""Events that are checked; ``audit verify`` checks them all."""


class Opened(NamedTuple):
    """A journal, where the state is, and a note where the policy names another one."""

    journal: Journal
    folder: str
    other: str


def opened(git: Git, address: str) -> Opened:
    """
    Open the journal of a clone as every door does, and leave no trace.

    :param address: what the policy says
    :raises CouldNotJudge: there is no such journal
    """
    folder = os.path.join(git.common_dir(), "selfmod-guard")
    journal, other = pinned_journal(address, folder, pins=False)
    return Opened(journal, folder, other)


def kept(git: Git, journal: Journal, folder: str, other: str) -> Kept:
    """
    Look at the end of a journal, and at the folder of the state.

    :raises CouldNotJudge: it cannot be read
    """
    head = journal.head()
    found = verify(journal, since=max(0, head.seq - _LAST)) if head else None
    wrong = found.missing or (_told(found.wrong) if found.wrong else "") if found else ""
    gone = journal.last("journal-lost")
    return Kept(
        place=journal.place,
        folder=folder,
        mode=_mode(folder),
        network=network(folder),
        events=head.seq if head else 0,
        looked_at=found.events if found else 0,
        wrong=wrong,
        is_lost=bool(lost(git, journal)),
        was_lost=gone[0].at if gone else None,
        other=other,
    )


def _told(wrong: Wrong) -> str:
    return f"event {wrong.seq}, {wrong.what}"


def _mode(folder: str) -> int | None:
    try:
        return S_IMODE(os.stat(folder).st_mode)
    except OSError:
        return None
