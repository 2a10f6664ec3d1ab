"""
The embedded journal: one append-only, hash-chained table in SQLite.

A writer's turn is one ``BEGIN IMMEDIATE`` transaction, which orders writers of
all processes. Looking creates nothing and changes nothing, unless a writer was
killed: then whoever comes next undoes what it had not finished.

The file has a rollback journal, not a write-ahead log: it is whole by itself
between two turns, it can be looked at without being allowed to write, and one
turn a process costs less. That journal is emptied, not deleted: only so does
SQLite make sure that the end of a turn outlives a power cut.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial

from pytest_selfmod_guard.journals import Event
from pytest_selfmod_guard.journals._patience import patiently
from pytest_selfmod_guard.journals._sqlite_errors import said, vanished
from pytest_selfmod_guard.journals._sqlite_file import Identity, connect, found, writable
from pytest_selfmod_guard.journals._sqlite_look import SqliteLook, SqliteTurn
from pytest_selfmod_guard.journals._sqlite_schema import schema, upgrade
from pytest_selfmod_guard.journals._store import Store

_FILE = "journal.sqlite3"
_PAGE = 200  # events
_BEFORE_ALL = -(2**63)  # no number is less
_ANY_TEXT = partial(str, encoding="utf-8", errors="surrogateescape")
_DURABLE = ("pragma journal_mode = truncate", "pragma synchronous = full", "begin immediate")


class SqliteJournal(Store):
    """A journal in a folder that belongs to the user alone."""

    def __init__(self, folder: str, *, patience: float = 10.0) -> None:
        """
        Name the folder; nothing is created before the first event.

        :param folder: the state folder, created with mode 0700
        :param patience: seconds to wait for others
        """
        self.folder = os.path.abspath(folder)
        self.path = os.path.join(self.folder, _FILE)
        self._patience = patience
        self._written: Event | None = None

    @property
    def place(self) -> str:
        """The path of its file."""
        return self.path

    @contextmanager
    def turn(self) -> Iterator[SqliteTurn]:
        """
        Keep every other writer out meanwhile; what was appended is durable at the end.

        :raises JournalError: nobody can write, or not all of it could be written
        """
        with said(self.path):
            file = writable(self.path, self._found(), self._patience)
            connection = connect(self.path)
        with closing(connection):  # what was not committed is undone
            with said(self.path):
                turn = self._begun(connection)
            yield turn
            with said(self.path):
                self._end(turn, file)

    def now(self) -> float | None:
        """Have no clock: the file belongs to one machine, whose clock everybody has."""
        return None

    def events(self, after: int = 0) -> Iterator[Event]:
        """
        Give every event behind a number, oldest first, a few at a time.

        Nobody has to wait meanwhile, however slowly they are read.

        :raises JournalError: the journal cannot be read
        """
        # What somebody put before the first event is given as well: it has to be found.
        after = after if after > 0 else _BEFORE_ALL
        while page := self._page(after):
            yield from page
            after = page[-1].seq

    def close(self) -> None:
        """Hold nothing: each question opens the file anew."""

    def _page(self, after: int) -> list[Event]:
        with self._looking() as look:
            if not look:
                return []
            # A flipped byte may leave no text; whoever checks the chain has to be told where.
            look.connection.text_factory = _ANY_TEXT
            return look.select("where seq > ? order by seq limit ?", after, _PAGE)

    @contextmanager
    def _looking(self) -> Iterator[SqliteLook | None]:
        """Open what is there; None where there is nothing yet."""
        with said(self.path):
            connection = connect(self.path) if self._found() else None
        if connection is None:
            yield None
            return
        with closing(connection):
            with said(self.path):
                connection.execute("begin")
                version = patiently(lambda: schema(connection, self.path), self._patience)
            yield SqliteLook(connection, version, self.path)

    def _begun(self, connection: sqlite3.Connection) -> SqliteTurn:
        for statement in _DURABLE:
            patiently(partial(connection.execute, statement), self._patience)
        upgrade(connection, schema(connection, self.path))
        turn = SqliteTurn(connection, self.path)
        known = self._written
        if known and not turn.has(known):
            self._written = None
            raise vanished(self.path, f"event {known.seq}, which this process wrote, is not there")
        return turn

    def _end(self, turn: SqliteTurn, file: Identity) -> None:
        turn.check()
        patiently(partial(turn.connection.execute, "commit"), self._patience)
        # SQLite is content to write into a file that has no name any more.
        if found(self.path) != file:
            self._written = None
            raise vanished(self.path, "another file is there, or none")
        self._written = turn.written or self._written

    def _found(self) -> Identity | None:
        file = found(self.path)
        if file is None and self._written:
            self._written = None  # said once; whoever goes on after that begins anew
            raise vanished(self.path, "there is none any more")
        return file
