"""
What is asked of the embedded journal, and what is added to it, within one transaction.
"""

from __future__ import annotations

import sqlite3

from pytest_selfmod_guard.errors import JournalError
from pytest_selfmod_guard.journals import MOST_ABOUT, START, Entry, Event, chained
from pytest_selfmod_guard.journals._sqlite_errors import damaged, said
from pytest_selfmod_guard.journals._sqlite_schema import COLUMNS, SCHEMA

# Only our own words stand in these statements; values are always bound.
_INSERT = f"insert into events ({COLUMNS[SCHEMA]}) values (?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608


class SqliteLook:
    """Asks one connection, within a transaction."""

    def __init__(self, connection: sqlite3.Connection, version: int, path: str) -> None:
        """Take a connection, the schema of what it leads to, and the name of that."""
        self.connection = connection
        self.path = path
        self._table = f"select {COLUMNS[version]} from events"  # noqa: S608
        self._has_folds = version == SCHEMA

    def about(self, subject: str) -> list[Entry]:
        """Give what was written down about a subject, the newest first, 100 at most."""
        wanted = "where subject = ? order by seq desc limit ?"
        return [event.entry for event in self.select(wanted, subject, MOST_ABOUT)]

    def last(self, kind: str, count: int = 1) -> list[Entry]:
        """Give the last entries of a kind, the newest first."""
        wanted = "where kind = ? order by seq desc limit ?"
        return [event.entry for event in self.select(wanted, kind, count)]

    def bodies(self, kind: str, count: int) -> list[str]:
        """
        Give the last bodies of a kind, the newest first; nothing else of them is read.

        :raises JournalError: they cannot be read
        """
        wanted = "select body from events where kind = ? order by seq desc limit ?"
        with said(self.path):
            return [body for (body,) in self.connection.execute(wanted, (kind, count))]

    def head(self) -> Event | None:
        """Give the last event; None of an empty journal."""
        return next(iter(self.select("order by seq desc limit 1")), None)

    def folded(self) -> Event | None:
        """
        Give the last event that carries the state; None where there is none.

        :raises JournalError: it is not what was written
        """
        if not self._has_folds:
            return None
        events = self.select("where fold <> '' order by seq desc limit 1")
        return self.sound(events[0]) if events else None

    def sound(self, event: Event) -> Event:
        """
        Give an event back that bears the hash of what it says.

        :raises JournalError: it does not
        """
        if event.hash != event.follows:
            raise damaged(self.path, f"event {event.seq} is not what was written")
        return event

    def select(self, wanted: str, *values: str | int) -> list[Event]:
        """
        Give the events of a condition.

        :raises JournalError: they cannot be read
        """
        with said(self.path):
            rows = self.connection.execute(f"{self._table} {wanted}", values)
            return [Event(*row) for row in rows]

    def now(self) -> float | None:
        """Have no clock: the file belongs to one machine, whose clock everybody has."""
        return None


class SqliteTurn(SqliteLook):
    """One writer's turn."""

    def __init__(self, connection: sqlite3.Connection, path: str) -> None:
        """Take a connection within a transaction that keeps others out."""
        super().__init__(connection, SCHEMA, path)
        self.written: Event | None = None
        """The last event that was added."""
        self.trouble: JournalError | None = None
        """Why something could not be added; then nothing of the turn is kept."""

    def append(self, *entries: Entry) -> None:
        """
        Add entries to the end; its own questions see them at once.

        :raises JournalError: they cannot be added, or what they would follow is damaged
        """
        if self.trouble:  # SQLite may have ended the transaction, and would begin another
            raise self.trouble
        try:
            head = self.head()
            seq, prev = (head.seq, self.sound(head).hash) if head else (0, START)
            added = list(chained(entries, seq, prev))
            with said(self.path):
                self.connection.executemany(_INSERT, added)
            self.written = added[-1] if added else self.written
        except JournalError as error:
            self.trouble = error
            raise

    def has(self, event: Event) -> bool:
        """Tell whether an event of before is in this journal, whatever it says now."""
        there = self.select("where seq = ?", event.seq)
        return [one.hash for one in there] == [event.hash]

    def check(self) -> None:
        """
        See before its end that all of it is there.

        :raises JournalError: something was not, or not quite, added
        """
        if self.trouble:
            raise self.trouble
        head = self.head()
        if self.written and (not head or (head.seq, head.follows) != self.written[::8]):
            raise damaged(self.path, "it does not keep what is added")
