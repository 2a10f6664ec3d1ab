"""
From the policy's ``journal`` to a store.
"""

from __future__ import annotations

from pytest_selfmod_guard.errors import PolicyError
from pytest_selfmod_guard.journals import Journal

_POSTGRES = ("postgresql://", "postgres://")


def open_journal(address: str, folder: str) -> Journal:
    """
    Open the store that a policy names; nothing is created or connected to yet.

    :param address: what the policy says; empty for the embedded one
    :param folder: where the embedded one is
    :raises PolicyError: there is no such store
    """
    if not address:
        from pytest_selfmod_guard.journals.sqlite import SqliteJournal  # noqa: PLC0415 (only used)

        return SqliteJournal(folder)
    if address.startswith(_POSTGRES):
        from pytest_selfmod_guard.journals.postgres import PostgresJournal  # noqa: PLC0415 (the same)

        return PostgresJournal(address)
    raise PolicyError(
        "journal-unknown",
        'the policy\'s "journal" names no store that there is',
        # Not the whole: whatever it was meant to be, it may hold a password.
        context=address.partition(":")[0] if "://" in address else "",
        hint='leave it empty for the embedded one, or write "postgresql://user@host/database"; '
        "all keys: selfmod-guard policy --schema",
    )
