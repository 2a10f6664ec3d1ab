"""The embedded journal: what was acknowledged is there, and edits show."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_selfmod_guard.errors import JournalError
from pytest_selfmod_guard.journals.sqlite import SqliteJournal


def filled(tmp_path: Path, count: int = 4) -> SqliteJournal:
    """Make a journal with some events."""
    journal = SqliteJournal(str(tmp_path / "state"))
    for number in range(count):
        journal.append(
            at=float(number), kind="judged", attempt=f"a{number}", body=f'{{"n":{number}}}'
        )
    return journal


def edit(journal: SqliteJournal, statement: str) -> None:
    """Change the table behind the journal's back."""
    connection = sqlite3.connect(journal.path)
    with connection:
        connection.execute(statement)
    connection.close()


def test_events_come_back_in_order_and_chained(tmp_path: Path) -> None:
    """Each event carries the hash of the one before."""
    journal = filled(tmp_path)
    events = list(journal.events())
    assert [event.seq for event in events] == [1, 2, 3, 4]
    assert [event.attempt for event in events] == ["a0", "a1", "a2", "a3"]
    assert [event.prev for event in events[1:]] == [event.hash for event in events[:-1]]
    assert journal.first_broken() is None


def test_nothing_is_created_by_looking(tmp_path: Path) -> None:
    """Reading a journal that is not there gives no events and leaves no file."""
    journal = SqliteJournal(str(tmp_path / "state"))
    assert list(journal.events()) == []
    assert not (tmp_path / "state").exists()


def test_the_folder_belongs_to_the_user_alone(tmp_path: Path) -> None:
    """Others have no business in it."""
    journal = filled(tmp_path)
    assert stat.S_IMODE(os.stat(journal.folder).st_mode) == 0o700


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("update events set body = '{}' where seq = 2", 2),
        ("update events set at = 9.5 where seq = 3", 3),
        ("update events set kind = 'allowed' where seq = 1", 1),
        ("update events set attempt = 'b' where seq = 4", 4),
        ("delete from events where seq = 2", 3),
        ("delete from events where seq = 1", 2),
        ("update events set seq = 9 where seq = 4", 9),
        ("update events set prev = 'x' where seq = 3", 3),
    ],
)
def test_an_edit_a_gap_and_a_swap_show(tmp_path: Path, statement: str, broken: int) -> None:
    """The first event that does not follow from the one before is named."""
    journal = filled(tmp_path)
    edit(journal, statement)
    found = journal.first_broken()
    assert found is not None
    assert found.seq == broken


def test_writers_of_many_processes_lose_nothing(tmp_path: Path) -> None:
    """Four processes append at once; every event is there and the chain holds."""
    folder = str(tmp_path / "state")
    writer = (
        "import sys\n"
        "from pytest_selfmod_guard.journals.sqlite import SqliteJournal\n"
        "journal = SqliteJournal(sys.argv[1])\n"
        "for n in range(25):\n"
        "    journal.append(at=1.0, kind='judged', attempt=sys.argv[2], body='{}')\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", writer, folder, f"w{number}"])
        for number in range(4)
    ]
    assert [process.wait(timeout=60) for process in running] == [0, 0, 0, 0]
    journal = SqliteJournal(folder)
    assert sum(1 for _ in journal.events()) == 100
    assert journal.first_broken() is None


def test_a_damaged_file_is_a_clear_error(tmp_path: Path) -> None:
    """A journal that is no database is named, with the way out."""
    journal = filled(tmp_path)
    Path(journal.path).write_bytes(b"this is no database, but it is long enough to be read" * 99)
    with pytest.raises(JournalError) as caught:
        journal.append(at=0.0, kind="judged", attempt="a", body="{}")
    assert caught.value.slug == "journal-unusable"
    assert "mv " in caught.value.hint
    with pytest.raises(JournalError):
        list(journal.events())


def test_a_newer_schema_is_left_alone(tmp_path: Path) -> None:
    """An older guard must not write into a newer journal."""
    journal = filled(tmp_path)
    edit(journal, "pragma user_version = 7")
    with pytest.raises(JournalError, match="schema 7"):
        journal.append(at=0.0, kind="judged", attempt="a", body="{}")


def test_a_file_in_the_way_of_the_folder_is_a_clear_error(tmp_path: Path) -> None:
    """What cannot be recorded is said, not ignored."""
    (tmp_path / "state").write_text("in the way")
    with pytest.raises(JournalError):
        SqliteJournal(str(tmp_path / "state")).append(at=0.0, kind="k", attempt="a", body="{}")
