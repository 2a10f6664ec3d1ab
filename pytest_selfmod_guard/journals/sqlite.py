"""
The embedded journal: one append-only, hash-chained table in SQLite.

An event's hash covers all of it and the hash before it, so an edit, a gap or
a swap shows. Appending is one ``BEGIN IMMEDIATE`` transaction, which orders
writers of all processes.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from typing import NamedTuple

from pytest_selfmod_guard.errors import JournalError

SCHEMA = 1
_FILE = "journal.sqlite3"
_START = "0" * 64
_BUSY = 10.0  # seconds to wait for other writers

_TABLE = """
create table if not exists events (
    seq integer primary key,
    at real not null,
    kind text not null,
    attempt text not null,
    body text not null,
    prev text not null unique,
    hash text not null
)
"""


class Event(NamedTuple):
    """One line of the journal."""

    seq: int
    at: float
    """Seconds since the epoch."""
    kind: str
    attempt: str
    body: str
    """JSON with sorted keys."""
    prev: str
    """The hash of the event before; 64 zeros for the first."""
    hash: str


class SqliteJournal:
    """A journal in a folder that belongs to the user alone."""

    def __init__(self, folder: str) -> None:
        """
        Name the folder; nothing is created before the first event.

        :param folder: the state folder, created with mode 0700
        """
        self.folder = folder
        self.path = os.path.join(folder, _FILE)

    def append(self, *, at: float, kind: str, attempt: str, body: str) -> Event:
        """
        Add one event to the end; when this returns, the event is durable.

        :raises JournalError: it could not be written
        """
        with self._write() as connection:
            last = connection.execute("select seq, hash from events order by seq desc limit 1")
            seq, prev = last.fetchone() or (0, _START)
            hash_ = _hash(seq + 1, at, kind, attempt, body, prev)
            event = Event(seq + 1, at, kind, attempt, body, prev, hash_)
            connection.execute("insert into events values (?, ?, ?, ?, ?, ?, ?)", event)
        return event

    def events(self) -> Iterator[Event]:
        """
        Give every event, oldest first.

        :raises JournalError: the journal cannot be read
        """
        if not os.path.exists(self.path):
            return
        with self._errors(), closing(self._connect()) as connection:
            for row in connection.execute("select * from events order by seq"):
                yield Event(*row)

    def first_broken(self) -> Event | None:
        """Give the first event that does not follow from the one before it."""
        prev, seq = _START, 0
        for event in self.events():
            told = _hash(event.seq, event.at, event.kind, event.attempt, event.body, event.prev)
            if (event.seq, event.prev, event.hash) != (seq + 1, prev, told):
                return event
            prev, seq = event.hash, event.seq
        return None

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
        (version,) = connection.execute("pragma user_version").fetchone()
        if version == 0:
            connection.execute(_TABLE)
            connection.execute(f"pragma user_version = {SCHEMA}")
        elif version != SCHEMA:
            raise JournalError(
                "journal-newer",
                f"the journal has schema {version} and this version knows {SCHEMA}",
                context=self.path,
                hint="install a newer guard: pip install --upgrade pytest-selfmod-guard",
            )

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


def _hash(seq: int, at: float, kind: str, attempt: str, body: str, prev: str) -> str:
    parts = (str(seq), repr(at), kind, attempt, body, prev)
    return sha256("\0".join(parts).encode()).hexdigest()
