"""The embedded journal when there is no room, and turns that end badly: nothing by halves."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_selfmod_guard.errors import JournalError
from pytest_selfmod_guard.journals import Entry, first_broken
from pytest_selfmod_guard.journals.sqlite import SqliteJournal

MADE = Entry(1.0, "judged", "a", "{}", "s")
LARGE = [MADE._replace(body="x" * 999)] * 100
FILL = """
import resource, sys
from pytest_selfmod_guard.errors import JournalError
from pytest_selfmod_guard.journals import Entry
from pytest_selfmod_guard.journals.sqlite import SqliteJournal
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
journal, count = SqliteJournal(sys.argv[1]), 0
try:
    while True:
        journal.append(*[Entry(1.0, "judged", "b", "x" * 9999)] * 2)
        count += 2
except JournalError as error:
    print(error.slug, count)
"""


def journal_of(folder: Path) -> SqliteJournal:
    """Make a journal with an event, and forget who wrote it."""
    SqliteJournal(str(folder)).append(MADE)
    return SqliteJournal(str(folder))


def test_a_full_disk_loses_nothing_and_is_said(tmp_path: Path) -> None:
    """What was acknowledged stays, what was not is not there by halves, and room heals it."""
    journal = journal_of(tmp_path / "state")

    def write() -> None:
        with journal.turn() as turn:
            turn.connection.execute("pragma max_page_count = 20")
            turn.append(MADE)
            turn.append(*LARGE)

    with pytest.raises(JournalError) as caught:
        write()
    assert (caught.value.slug, caught.value.context) == ("journal-full", journal.path)
    assert caught.value.hint.endswith(f"df -h {journal.folder}")
    assert len(list(journal.events())) == 1
    journal.append(MADE)
    assert first_broken(journal.events()) is None


def test_a_limit_on_the_size_of_files_loses_nothing(tmp_path: Path) -> None:
    """As a quota would; a process that may not write more says so, and others go on."""
    journal = journal_of(tmp_path / "state")
    command = [sys.executable, "-c", FILL, journal.folder]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    slug, count = done.stdout.split()
    assert (slug, int(count) > 10) == ("journal-full", True)
    assert len(list(journal.events())) == 1 + int(count)
    assert first_broken(journal.events()) is None
    journal.append(MADE)


def test_who_goes_on_after_an_error_in_a_turn_keeps_nothing_of_it(tmp_path: Path) -> None:
    """SQLite ends a transaction that has no room, and what follows would be one of its own."""
    journal = journal_of(tmp_path / "state")

    def write() -> None:
        with journal.turn() as turn:
            turn.append(MADE)
            turn.connection.execute("pragma max_page_count = 12")
            with pytest.raises(JournalError, match="no room"):
                turn.append(*LARGE)
            with pytest.raises(JournalError, match="no room"):
                turn.append(MADE)

    with pytest.raises(JournalError, match="no room"):
        write()
    assert len(list(journal.events())) == 1


def test_a_turn_is_over_when_it_is_over(tmp_path: Path) -> None:
    """Who goes on with it is mistaken; the journal is not said to be damaged."""
    journal = journal_of(tmp_path / "state")
    with journal.turn() as turn:
        turn.append(MADE)
    with pytest.raises(sqlite3.ProgrammingError):
        turn.append(MADE)
    assert len(list(journal.events())) == 2


def test_what_goes_wrong_with_the_caller_is_not_the_journals_fault(tmp_path: Path) -> None:
    """It passes through as it is, and nothing of the turn is kept."""
    journal = journal_of(tmp_path / "state")

    def write() -> None:
        with journal.turn() as turn:
            turn.append(MADE)
            raise PermissionError("elsewhere")

    with pytest.raises(PermissionError, match="elsewhere"):
        write()
    assert len(list(journal.events())) == 1
