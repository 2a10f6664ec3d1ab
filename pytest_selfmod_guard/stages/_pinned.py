"""
Which journal a clone uses: the one that it used first.

The policy names it. But a commit that nobody has judged can change the policy,
and another journal knows of no failure and no accusation. So a clone stays with
the journal that it began with until a person takes that away.
"""

from __future__ import annotations

import os
from shlex import quote

from pytest_selfmod_guard.errors import JournalError
from pytest_selfmod_guard.journals import Journal
from pytest_selfmod_guard.journals.sqlite import SqliteJournal
from pytest_selfmod_guard.stages._journal import open_journal

_PIN = "journal"
_MOST = 10_000  # characters of an address


def pinned_journal(address: str, folder: str, *, pins: bool = True) -> tuple[Journal, str]:
    """
    Open the journal of a clone.

    :param address: what the policy says; empty for the embedded one
    :param folder: where the state of this clone is kept
    :param pins: the clone begins with it; False for who only looks
    :returns: the journal, and a note where it is not the one that the policy names
    :raises CouldNotJudge: there is no such journal, or it cannot be opened
    """
    embedded = SqliteJournal(folder)
    pinned = _pinned(folder, embedded)
    journal = open_journal(address if pinned is None else pinned, folder)
    if pinned is None and address and pins:
        _pin(folder, address)
    if pinned in (None, address):
        return journal, ""
    way_out = (
        f"rm {quote(os.path.join(folder, _PIN))}"
        if pinned
        else f"mv {quote(embedded.path)} {quote(f'{embedded.path}.before')}"
    )
    return journal, (
        f"The policy names another journal; this clone stays with {journal.place}."
        f" A person can move it: {way_out}"
    )


def _pinned(folder: str, embedded: SqliteJournal) -> str | None:
    """Tell what this clone began with; None where it has not begun."""
    try:
        with open(os.path.join(folder, _PIN), encoding="utf-8") as file:
            address = file.read(_MOST).strip()
    except FileNotFoundError:
        return "" if embedded.last("adopted") else None
    except (OSError, ValueError) as error:
        raise _unusable(folder, error) from None
    if not address:  # only addresses are pinned
        raise _unusable(folder, ValueError("the file is empty"))
    return address


def _pin(folder: str, address: str) -> None:
    path = os.path.join(folder, _PIN)
    beside = f"{path}.{os.getpid()}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        with open(os.open(beside, flags, 0o600), "w", encoding="utf-8") as file:
            file.write(f"{address}\n")
        os.replace(beside, path)  # a half-written one would name another journal
    except OSError as error:
        raise _unusable(folder, error) from None


def _unusable(folder: str, error: Exception) -> JournalError:
    why = getattr(error, "strerror", None) or error
    return JournalError(
        "journal-unusable",
        f"it cannot be told which journal this clone uses ({why})",
        context=os.path.join(folder, _PIN),
        hint=f"let a person look at it: ls -l {quote(folder)}",
    )
