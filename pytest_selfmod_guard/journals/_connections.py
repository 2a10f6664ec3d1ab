"""
Connections to PostgreSQL: kept between two uses, made anew where the server let go of them.
"""

from __future__ import annotations

import os
import warnings
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.pq import TransactionStatus
from psycopg.rows import TupleRow

from pytest_selfmod_guard.errors import JournalError
from pytest_selfmod_guard.journals._address import Address
from pytest_selfmod_guard.journals._refusals import said

Connection = psycopg.Connection[TupleRow]

BEGIN = """
begin isolation level read committed;
set local lock_timeout = '10s';
set local statement_timeout = '20s';
set local idle_in_transaction_session_timeout = '30s';
set local enable_seqscan = off;
set local enable_bitmapscan = off;
select set_config('synchronous_commit', 'on', true)
where current_setting('synchronous_commit') = 'off';
"""
"""
Whatever the database's defaults and statistics are. Under a stricter isolation
level the head would be the one of before the lock. A writer that hangs or was cut
off in its turn loses it after half a minute, so that the others go on. And no
question may take longer because the planner has not yet seen how many events there are.
"""


class Connections:
    """As many connections as are used at once, each by one thread of one process."""

    def __init__(self, address: Address) -> None:
        """Connect when the first transaction begins."""
        self._address = address
        self._idle: dict[int, list[Connection]] = {}
        # At the end of the process too: psycopg warns of what was left open.
        weakref.finalize(self, _close, self._idle)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """
        Give a connection in a transaction, which ends with this.

        :raises JournalError: the database refused something; nothing was changed,
            unless the connection was lost in the very moment of the commit
        """
        with said(self._address.place):
            connection = self._begun()
            try:
                yield connection
                _commit(connection, self._address.place)
            except BaseException:  # an interrupt too must leave no turn open
                with suppress(psycopg.Error):
                    connection.execute("rollback")
                raise
            finally:
                self._put_back(connection)

    def close(self) -> None:
        """Close those that nobody uses."""
        _close(self._idle)

    def _begun(self) -> Connection:
        """Begin a transaction; the server may have let go of a connection that was kept."""
        for connection in self._kept():
            with suppress(psycopg.Error):
                return _begin(connection)
        settings = make_conninfo(**self._address.settings)
        # Not prepared: a pooler between here and the server need not know of it.
        return _begin(psycopg.connect(settings, autocommit=True, prepare_threshold=None))

    def _kept(self) -> Iterator[Connection]:
        # By process: one that was forked has its parent's too, and must not touch them.
        idle = self._idle.setdefault(os.getpid(), [])
        with suppress(IndexError):  # another thread may have taken the last one
            while True:
                yield idle.pop()

    def _put_back(self, connection: Connection) -> None:
        if connection.info.transaction_status == TransactionStatus.IDLE:
            self._idle.setdefault(os.getpid(), []).append(connection)
        else:
            connection.close()


def _begin(connection: Connection) -> Connection:
    try:
        connection.execute(BEGIN)
    except BaseException:  # an interrupt too: nobody else would close it
        connection.close()
        raise
    return connection


def _commit(connection: Connection, place: str) -> None:
    """Commit; where a statement failed, the database rolls back and calls that no error."""
    if connection.execute("commit").statusmessage != "COMMIT":
        raise JournalError(
            "journal-unusable",
            "a part of what was to be written down was refused, so nothing of it was",
            context=place,
            hint=f"see its tables: psql '{place}' -c '\\d selfmod_guard_events'",
        )


def _close(idle: dict[int, list[Connection]]) -> None:
    for connection in idle.pop(os.getpid(), []):
        connection.close()
    if idle:
        # What is left is the parent's. Dropping it leaves it open, but psycopg warns.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            idle.clear()
