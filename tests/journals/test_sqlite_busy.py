"""The embedded journal when others are at it: nobody is lost, and nobody waits for ever."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Timer
from typing import Any

import pytest

from pytest_selfmod_guard.errors import JournalError
from pytest_selfmod_guard.journals import Entry
from pytest_selfmod_guard.journals._holders import told
from pytest_selfmod_guard.journals.sqlite import SqliteJournal

WRITERS = Path(__file__).with_name("writers.py")
MADE = Entry(1.0, "judged", "a", "{}", "s")
LOCKS = """
1: POSIX  ADVISORY  WRITE 11 fe:00:77 1073741825 1073741825
1: -> POSIX  ADVISORY  WRITE 12 fe:00:77 1073741825 1073741825
2: POSIX  ADVISORY  READ  13 fe:00:77 1073741826 1073742335
3: POSIX  ADVISORY  WRITE 14 fe:00:777 1073741825 1073741825
4: POSIX  ADVISORY  WRITE 15 fe:00:77 0 EOF
5: FLOCK  ADVISORY  WRITE 16 fe:00:77 0 EOF
6: POSIX  ADVISORY  WRITE -1 fe:00:77 1073741825 1073741825
7: OFDLCK ADVISORY  READ  -1 fe:00:77 0 0
"""
HOLDER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute(sys.argv[2])
connection.execute("select count(*) from events").fetchall()
print("held", flush=True)
sys.stdin.read()
"""


def journal_of(tmp_path: Path, patience: float = 10.0) -> SqliteJournal:
    """Make a journal with an event."""
    journal = SqliteJournal(str(tmp_path / "state"), patience=patience)
    journal.append(MADE)
    return journal


@contextmanager
def held(journal: SqliteJournal, statement: str) -> Iterator[int]:
    """Let another process, of which the id is given, begin a transaction and not end it."""
    command = [sys.executable, "-c", HOLDER, journal.path, statement]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"held\n"
        yield holder.pid
        assert holder.stdin
        holder.stdin.close()
        assert holder.wait(timeout=20) == 0


def test_a_writer_that_keeps_the_journal_is_named(tmp_path: Path) -> None:
    """After some patience it is said who it is; the file is not called damaged."""
    journal = journal_of(tmp_path, patience=0.2)
    with held(journal, "begin immediate") as pid:
        began = time.monotonic()
        with pytest.raises(JournalError, match=rf"^process {pid} \(python.*\) keeps") as caught:
            journal.append(MADE)
        assert 0.2 < time.monotonic() - began < 5
        assert (caught.value.slug, caught.value.context) == ("journal-busy", journal.path)
        assert caught.value.hint.endswith(f"ps -fp {pid}")
        assert len(journal.about("s")) == 1
    journal.append(MADE)
    assert len(list(journal.events())) == 2


def test_who_reads_for_long_is_named_too(tmp_path: Path) -> None:
    """Nobody's event is written over a reader's head, and nothing of it is left."""
    journal = journal_of(tmp_path, patience=0.2)
    with held(journal, "begin") as pid, pytest.raises(JournalError, match=f"process {pid}"):
        journal.append(MADE)
    assert len(list(journal.events())) == 1
    journal.append(MADE)


def test_a_turn_within_a_turn_is_said_to_be_ones_own_fault(tmp_path: Path) -> None:
    """It would wait for itself."""
    journal = journal_of(tmp_path, patience=0.1)
    with journal.turn() as turn:
        with pytest.raises(JournalError, match=r"^this process itself keeps"):
            journal.append(MADE)
        turn.append(MADE)
    assert len(list(journal.events())) == 2


def test_a_busy_journal_is_waited_for(tmp_path: Path) -> None:
    """By those who write and by those who look; another's transaction soon ends."""
    journal = journal_of(tmp_path)
    with closing(sqlite3.connect(journal.path, check_same_thread=False)) as connection:
        connection.execute("begin exclusive")
        release = Timer(0.3, connection.rollback)
        release.start()
        began = time.monotonic()
        assert [one.attempt for one in journal.about("s")] == ["a"]
        assert time.monotonic() - began > 0.2
        release.join()
        connection.execute("begin exclusive")
        release = Timer(0.3, connection.rollback)
        release.start()
        journal.append(MADE._replace(attempt="b"))
        assert time.monotonic() - began > 0.5
        release.join()
    assert [one.attempt for one in journal.last("judged")] == ["b"]


def test_a_slow_reader_keeps_nobody_waiting(tmp_path: Path) -> None:
    """As `audit export` into a pager would, for as long as somebody reads."""
    journal = journal_of(tmp_path, patience=0.5)
    journal.append(*[MADE] * 500)
    reading = journal.events()
    assert next(reading).seq == 1
    SqliteJournal(journal.folder, patience=0.5).append(MADE)
    assert sum(1 for _ in reading) == 501


def test_a_journal_that_others_bring_up_to_date_is_read_on(tmp_path: Path) -> None:
    """Between two pages the schema may change; what has a fold then is given with it."""
    journal = journal_of(tmp_path)
    journal.append(*[MADE] * 300)
    reading = journal.events()
    next(reading)
    journal.append(MADE._replace(fold="{}"))
    assert list(reading)[-1].fold == "{}"


@pytest.mark.proof
def test_nobody_starves_among_sixteen_writers(tmp_path: Path) -> None:
    """Each gets turns, nothing of what was acknowledged is missing, and the chain holds."""
    found = hammered(tmp_path, 16, 1.0)
    assert found["wrong"] == []
    assert found["acknowledged"] > 16
    assert found["longest"] < 8


@pytest.mark.proof
def test_nobody_starves_among_sixteen_writers_for_long(tmp_path: Path) -> None:
    """With SQLite's own way of waiting the longest wait is half of this time, or all of it."""
    found = hammered(tmp_path, 16, 10.0)
    assert found["wrong"] == []
    assert found["longest"] < 4
    assert found["fewest"] > found["acknowledged"] / 16 / 3


def hammered(tmp_path: Path, writers: int, seconds: float) -> Any:
    """Let many processes write at once."""
    asked = json.dumps([writers, seconds])
    command = [sys.executable, str(WRITERS), "hammer", str(tmp_path / "state"), asked]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=100)
    return json.loads(done.stdout)


def test_only_locks_of_sqlite_on_this_file_count() -> None:
    """Who waits, who locks another file or another place, and who is elsewhere is left out."""
    assert told(LOCKS, 77) == [11, 13]
    assert told("", 77) == []
