"""
The table of the embedded journal, and how older ones become it.
"""

from __future__ import annotations

import sqlite3

from pytest_selfmod_guard.errors import JournalError
from pytest_selfmod_guard.journals._sqlite_errors import damaged

SCHEMA = 3

_TABLE = """
create table events (
    seq integer primary key,
    at real not null,
    kind text not null,
    attempt text not null,
    body text not null,
    prev text not null unique,
    hash text not null
)
"""
_MIGRATIONS = (
    (_TABLE,),
    (
        "alter table events add column subject text not null default ''",
        "create index events_subject on events (subject)",
        "create index events_kind on events (kind)",
    ),
    (
        "alter table events add column fold text not null default ''",
        "create index events_fold on events (seq) where fold <> ''",
    ),
)
"""What leads from nothing to the first schema, from there to the second, and so on."""

COLUMNS = (
    "",
    "seq, at, kind, attempt, '' as subject, body, '' as fold, prev, hash",
    "seq, at, kind, attempt, subject, body, '' as fold, prev, hash",
    "seq, at, kind, attempt, subject, body, fold, prev, hash",
)
"""How each schema gives an event; whoever looks may not be allowed to write."""


def schema(connection: sqlite3.Connection, path: str) -> int:
    """
    Tell which schema a journal has.

    :raises JournalError: it has none, or one that only a newer guard knows
    """
    (version,) = connection.execute("pragma user_version").fetchone()
    if version < 1:
        raise damaged(path, "it does not say how it is written")
    if version > SCHEMA:
        raise JournalError(
            "journal-newer",
            f"the journal has schema {version} and this version knows {SCHEMA}",
            context=path,
            hint="install a newer guard: pip install --upgrade pytest-selfmod-guard",
        )
    return int(version)


def upgrade(connection: sqlite3.Connection, version: int) -> None:
    """Bring a schema up to this one; 0 is that of an empty file. Within a transaction."""
    for statements in _MIGRATIONS[version:]:
        for statement in statements:
            connection.execute(statement)
    if version < SCHEMA:
        connection.execute(f"pragma user_version = {SCHEMA}")
