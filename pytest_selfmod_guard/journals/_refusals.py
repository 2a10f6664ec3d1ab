"""
What PostgreSQL refuses, as our own errors: what happened, and what to do next.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import Error, errors

from pytest_selfmod_guard.errors import JournalError

_NOT_SET_UP = (
    errors.InsufficientPrivilege,
    errors.InvalidSchemaName,
    errors.UndefinedTable,
    errors.UndefinedColumn,
)

_NO_CONNECTION = ("08", "28", "3D", "57P", "53300")
"""How the codes begin of what is about connections and not about a statement."""


@contextmanager
def said(place: str) -> Iterator[None]:
    """
    Turn an error of the database's into ours.

    :param place: the address without its password
    """
    try:
        yield
    except _NOT_SET_UP as error:
        raise _not_set_up(_why(error), place) from error
    except errors.LockNotAvailable as error:
        raise _busy(place) from error
    except Error as error:
        # What has no code was said by the client's side: there was nobody to talk to.
        lost = error.sqlstate is None or error.sqlstate.startswith(_NO_CONNECTION)
        raise (_unreachable if lost else _unusable)(_why(error), place) from error


def _why(error: Error) -> str:
    return str(error).strip().partition("\n")[0]


def _not_set_up(why: str, place: str) -> JournalError:
    return JournalError(
        "journal-not-set-up",
        f"the database keeps no journal for this user ({why})",
        context=place,
        hint="let the database's owner run the statements of docs/postgresql.md, then see "
        f"whether it is there: psql '{place}' -c 'table selfmod_guard_schema'",
    )


def _busy(place: str) -> JournalError:
    return JournalError(
        "journal-busy",
        "other writers kept the journal to themselves for ten seconds",
        context=place,
        hint="try again: a writer that hangs loses its turn after half a minute",
    )


def _unreachable(why: str, place: str) -> JournalError:
    return JournalError(
        "journal-unreachable",
        f"the database of the journal cannot be reached ({why})",
        context=place,
        hint=f"see whether it runs and lets this user in: psql '{place}' -c 'select 1'",
    )


def _unusable(why: str, place: str) -> JournalError:
    return JournalError(
        "journal-unusable",
        f"the journal cannot be used ({why})",
        context=place,
        hint=f"see its tables: psql '{place}' -c '\\d selfmod_guard_events'",
    )
