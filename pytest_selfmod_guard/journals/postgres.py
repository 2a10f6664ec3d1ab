"""
The journal of a fleet: the same append-only, hash-chained table in PostgreSQL.

A writer's turn is one transaction that first takes an advisory lock, by a
statement of its own: the next one sees what was written while it waited. Looking
creates nothing and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, LiteralString

from pytest_selfmod_guard.errors import JournalError
from pytest_selfmod_guard.journals import MOST_ABOUT, START, Entry, Event, chained
from pytest_selfmod_guard.journals import _tables as tables
from pytest_selfmod_guard.journals._address import Address
from pytest_selfmod_guard.journals._ascii import as_ascii, from_ascii
from pytest_selfmod_guard.journals._store import Store

if TYPE_CHECKING:
    from psycopg.rows import TupleRow

    from pytest_selfmod_guard.journals._connections import Connection, Connections

_LOCK = 0x534D47 << 32
"""With the table's own number behind it: one lock a journal. Alone: who makes the tables."""


class PostgresJournal(Store):
    """A journal in a schema of a PostgreSQL database."""

    def __init__(self, address: str) -> None:
        """
        Name the database; nothing is asked of it before the first question.

        :param address: as libpq takes it: ``postgresql://user@host/database``;
            by its ``options`` it may name the schema
        """
        self.address = Address(address)

    @property
    def place(self) -> str:
        """The address without its password."""
        return self.address.place

    @contextmanager
    def turn(self) -> Iterator[PostgresTurn]:
        """
        Keep every other writer out meanwhile; what was appended is durable at the end.

        :raises JournalError: nobody can write, or not all of it could be written
        """
        with self._connections.transaction() as connection:
            turn = PostgresTurn(connection)
            _lock(connection, _number(connection, tables.IDENTITY) or _made(connection))
            self._prepare(connection)
            try:
                yield turn
            finally:
                turn.is_over = True

    def now(self) -> float | None:
        """Give the server's clock, which runs before there is a journal too."""
        with self._connections.transaction() as connection:
            return PostgresLook(connection).now()

    def events(self, after: int = 0) -> Iterator[Event]:
        """
        Give every event behind a number, oldest first, a few at a time.

        Between two of them nothing is held open, so the reader may take its time.

        :raises JournalError: the journal cannot be read
        """
        while page := self._page(after):
            yield from page
            after = page[-1].seq

    def close(self) -> None:
        """Let go of the connections; the next question makes new ones."""
        if "_connections" in vars(self):
            self._connections.close()

    def _page(self, after: int) -> list[Event]:
        with self._looking() as look:
            return look.select(tables.PAGE, after) if look else []

    @cached_property
    def _connections(self) -> Connections:
        self.address.require()  # says better than an import that there is no driver
        from pytest_selfmod_guard.journals._connections import Connections  # noqa: PLC0415

        return Connections(self.address)

    @contextmanager
    def _looking(self) -> Iterator[PostgresLook | None]:
        """Look at what is there; None where there is nothing yet."""
        with self._connections.transaction() as connection:
            there = _number(connection, tables.IDENTITY) and self._version(connection)
            yield PostgresLook(connection) if there else None

    def _prepare(self, connection: Connection) -> None:
        """Bring the tables up to this schema; within the turn."""
        for statements in tables.MIGRATIONS[self._version(connection) :]:
            connection.execute(statements)

    def _version(self, connection: Connection) -> int:
        version = _number(connection, tables.VERSION)
        if version > tables.SCHEMA:
            raise JournalError(
                "journal-newer",
                f"the journal has schema {version} and this version knows {tables.SCHEMA}",
                context=self.place,
                hint="install a newer guard: pip install --upgrade pytest-selfmod-guard",
            )
        return version


class PostgresLook:
    """Asks one connection."""

    def __init__(self, connection: Connection) -> None:
        """Take a connection in a transaction."""
        self._connection = connection

    def about(self, subject: str) -> list[Entry]:
        """Give what was written down about a subject, the newest first, 100 at most."""
        kept = as_ascii(subject)
        return [event.entry for event in self.select(tables.ABOUT, kept, kept, MOST_ABOUT)]

    def last(self, kind: str, count: int = 1) -> list[Entry]:
        """Give the last entries of a kind, the newest first."""
        kept = as_ascii(kind)
        return [event.entry for event in self.select(tables.OF_KIND, kept, kept, count)]

    def bodies(self, kind: str, count: int) -> list[str]:
        """Give the last bodies of a kind, the newest first; nothing else of them is read."""
        kept = as_ascii(kind)
        rows = self._connection.execute(tables.BODIES, [kept, kept, count])
        return [from_ascii(body) for (body,) in rows]

    def head(self) -> Event | None:
        """Give the last event; None of an empty journal."""
        return next(iter(self.select(tables.LAST)), None)

    def folded(self) -> Event | None:
        """Give the last event that carries the state; None where there is none."""
        return next(iter(self.select(tables.FOLDED)), None)

    def now(self) -> float | None:
        """Give the server's clock: one for all machines of a fleet."""
        row = self._connection.execute(tables.NOW, binary=True).fetchone()
        return float(row[0]) if row else None

    def select(self, query: LiteralString, *values: str | int) -> list[Event]:
        """Give the events that a query finds."""
        # Binary, or else a setting would say how many digits a time has.
        return [_event(row) for row in self._connection.execute(query, values, binary=True)]


class PostgresTurn(PostgresLook):
    """One writer's turn."""

    is_over = False

    def append(self, *entries: Entry) -> None:
        """Add entries to the end; its own questions see them at once."""
        if self.is_over:
            raise RuntimeError("this turn is over, and the next may be another's")
        head = self._connection.execute(tables.HEAD).fetchone()
        seq, prev = head or (0, START)
        rows = [_row(event) for event in chained(entries, seq, prev)]
        if rows:
            columns = [list(column) for column in zip(*rows, strict=True)]
            self._connection.execute(tables.INSERT, columns)


def _lock(connection: Connection, number: int) -> None:
    connection.execute("select pg_advisory_xact_lock(%s)", [_LOCK | number])


def _made(connection: Connection) -> int:
    """Make the tables, unless another has done so meanwhile, and give their number."""
    _lock(connection, 0)
    if not _number(connection, tables.IDENTITY):
        connection.execute("".join(tables.MIGRATIONS))
    return _number(connection, tables.IDENTITY)


def _number(connection: Connection, query: LiteralString) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0] or 0) if row else 0


def _event(row: TupleRow) -> Event:
    seq, at, kind, attempt, subject, body, fold, prev, own = row
    kind, attempt, subject, body, fold = map(from_ascii, (kind, attempt, subject, body, fold))
    return Event(seq, at, kind, attempt, subject, body, fold, prev, own)


def _row(event: Event) -> list[str | float]:
    return [as_ascii(part) if isinstance(part, str) else part for part in event]
