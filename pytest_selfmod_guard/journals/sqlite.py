"""
The embedded journal: one append-only, hash-chained table in SQLite.

Appending is one ``BEGIN IMMEDIATE`` transaction, which orders writers of all
processes. Looking creates nothing and changes nothing.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from pytest_selfmod_guard.errors import JournalError
from pytest_selfmod_guard.journals import MOST_ABOUT, START, Entry, Event, chained

SCHEMA = 2
_FILE = "journal.sqlite3"
_BUSY = 10.0  # seconds to wait for other writers
_WITHOUT_SUBJECTS = 1  # the first schema

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
_SUBJECTS = "alter table events add column subject text not null default ''"
_INDEXES = (
    "create index events_subject on events (subject)",
    "create index events_kind on events (kind)",
)
_INSERT = (
    "insert into events (seq, at, kind, attempt, subject, body, prev, hash)"
    " values (?, ?, ?, ?, ?, ?, ?, ?)"
)


class SqliteJournal:
    """A journal in a folder that belongs to the user alone."""

    def __init__(self, folder: str) -> None:
        """
        Name the folder; nothing is created before the first event.

        :param folder: the state folder, created with mode 0700
        """
        self.folder = folder
        self.path = os.path.join(folder, _FILE)

    def append(self, *entries: Entry) -> None:
        """
        Add entries to the end, all or none; when this returns, they are durable.

        :raises JournalError: they could not be written
        """
        if not entries:
            return
        with self._write() as connection:
            last = connection.execute("select seq, hash from events order by seq desc limit 1")
            seq, prev = last.fetchone() or (0, START)
            connection.executemany(_INSERT, chained(entries, seq, prev))

    def about(self, subject: str) -> list[Entry]:
        """Give what was written down about a subject, the newest first, 100 at most."""
        wanted = "where subject = ? order by seq desc limit ?"
        return [event.entry for event in self._select(wanted, subject, MOST_ABOUT)]

    def last(self, kind: str, count: int = 1) -> list[Entry]:
        """Give the last entries of a kind, the newest first."""
        wanted = "where kind = ? order by seq desc limit ?"
        return [event.entry for event in self._select(wanted, kind, count)]

    def events(self) -> Iterator[Event]:
        """
        Give every event, oldest first.

        :raises JournalError: the journal cannot be read
        """
        return self._select("order by seq")

    def first_broken(self) -> Event | None:
        """Give the first event that does not follow from the one before it."""
        prev, seq = START, 0
        for event in self.events():
            if (event.seq, event.prev, event.hash) != (seq + 1, prev, event.follows):
                return event
            prev, seq = event.hash, event.seq
        return None

    def _select(self, wanted: str, *values: str | int) -> Iterator[Event]:
        if not os.path.exists(self.path):
            return
        with self._errors(), closing(self._connect()) as connection:
            version = self._version(connection)
            if not version:
                return
            subject = "''" if version == _WITHOUT_SUBJECTS else "subject"
            table = f"select seq, at, kind, attempt, {subject} as subject, body, prev, hash"
            for row in connection.execute(f"{table} from events {wanted}", values):
                yield Event(*row)

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        with self._errors():
            os.makedirs(self.folder, mode=0o700, exist_ok=True)
            with closing(self._connect()) as connection:
                connection.execute("begin immediate")
                self._prepare(connection)
                yield connection
                connection.execute("commit")

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=_BUSY, isolation_level=None)
        try:
            connection.execute("pragma synchronous = full")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        """Make the table, or bring it up to this schema; within a transaction."""
        version = self._version(connection)
        if version == SCHEMA:
            return
        if not version:
            connection.execute(_TABLE)
        for statement in (_SUBJECTS, *_INDEXES, f"pragma user_version = {SCHEMA}"):
            connection.execute(statement)

    def _version(self, connection: sqlite3.Connection) -> int:
        (version,) = connection.execute("pragma user_version").fetchone()
        if version not in range(SCHEMA + 1):
            raise JournalError(
                "journal-newer",
                f"the journal has schema {version} and this version knows {SCHEMA}",
                context=self.path,
                hint="install a newer guard: pip install --upgrade pytest-selfmod-guard",
            )
        return int(version)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise JournalError(
                "journal-unusable",
                f"the journal cannot be used ({error})",
                context=self.path,
                hint="make room and make its folder writable; if it is damaged, move it aside: "
                f"mv {self.path} {self.path}.damaged",
            ) from error
