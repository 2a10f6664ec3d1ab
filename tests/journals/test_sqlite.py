"""The embedded journal: what was acknowledged is there, and edits show."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import time
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from threading import Thread, Timer

import pytest

from pytest_selfmod_guard.errors import JournalError
from pytest_selfmod_guard.journals import START, Entry
from pytest_selfmod_guard.journals.sqlite import SqliteJournal

OLD_TABLE = """
create table events (
    seq integer primary key, at real not null, kind text not null, attempt text not null,
    body text not null, prev text not null unique, hash text not null
)
"""


def filled(tmp_path: Path, count: int = 4) -> SqliteJournal:
    """Make a journal with some events, every second one of them about something."""
    journal = SqliteJournal(str(tmp_path / "state"))
    for number in range(count):
        subject = f"s{number}" if number % 2 else ""
        journal.append(Entry(float(number), "judged", f"a{number}", f'{{"n":{number}}}', subject))
    return journal


def edit(journal: SqliteJournal, *statements: str) -> None:
    """Change the table behind the journal's back."""
    with closing(sqlite3.connect(journal.path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def first_schema(tmp_path: Path, count: int = 3) -> SqliteJournal:
    """Make a journal as the first version of the guard left it."""
    journal = SqliteJournal(str(tmp_path / "state"))
    os.makedirs(journal.folder)
    edit(journal, OLD_TABLE, "pragma user_version = 1")
    prev = START
    with closing(sqlite3.connect(journal.path)) as connection, connection:
        for seq in range(1, count + 1):
            row = (seq, float(seq), "judged", f"a{seq}", f'{{"n":{seq}}}', prev)
            parts = (str(seq), repr(float(seq)), *row[2:])
            prev = sha256("\0".join(map(str, parts)).encode()).hexdigest()
            connection.execute("insert into events values (?, ?, ?, ?, ?, ?, ?)", (*row, prev))
    return journal


def test_events_come_back_in_order_and_chained(tmp_path: Path) -> None:
    """Each event carries the hash of the one before."""
    journal = filled(tmp_path)
    events = list(journal.events())
    assert [event.seq for event in events] == [1, 2, 3, 4]
    assert [event.attempt for event in events] == ["a0", "a1", "a2", "a3"]
    assert [event.subject for event in events] == ["", "s1", "", "s3"]
    assert [event.prev for event in events[1:]] == [event.hash for event in events[:-1]]
    assert events[0].prev == START
    assert journal.first_broken() is None


def test_nothing_is_created_by_looking(tmp_path: Path) -> None:
    """Reading a journal that is not there gives no events and leaves no file."""
    journal = SqliteJournal(str(tmp_path / "state"))
    assert (list(journal.events()), journal.about("x"), journal.last("judged")) == ([], [], [])
    journal.append()
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
        ("update events set subject = 's9' where seq = 2", 2),
        ("update events set subject = '' where seq = 2", 2),
        ("update events set subject = 's1' where seq = 1", 1),
        ("update events set subject = attempt, attempt = subject where seq = 4", 4),
        ("update events set body = x'7b7d' where seq = 3", 3),
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


@pytest.mark.parametrize("subject", ["", "s"])
def test_no_part_of_an_event_can_be_shifted_into_its_neighbour(
    tmp_path: Path, subject: str
) -> None:
    """A null character between two parts is not the same as one within."""
    journal = SqliteJournal(str(tmp_path / "state"))
    journal.append(Entry(1.0, "judged", "a\0{}", "b", subject))
    assert journal.first_broken() is None
    edit(journal, "update events set attempt = 'a', body = '{}' || char(0) || 'b'")
    assert [event.attempt for event in journal.events()] == ["a"]
    assert journal.first_broken() is not None
    edit(journal, "update events set kind = 'judged' || char(0) || 'a', attempt = '{}'")
    assert journal.first_broken() is not None


def test_a_length_cannot_be_forged_either(tmp_path: Path) -> None:
    """What stands before a part is its length, and no text can pretend to be one."""
    journal = SqliteJournal(str(tmp_path / "state"))
    journal.append(Entry(1.0, "k", "a1:s2:{}", "{}", "s"), Entry(1.0, "k", "a", "1:s2:{}{}", "s"))
    assert len({event.hash for event in journal.events()}) == 2
    edit(journal, "update events set attempt = 'a', body = '1:s2:{}{}' where seq = 1")
    assert journal.first_broken() is not None
    edit(journal, "update events set kind = 'ka', attempt = '1:s2:{}', body = '{}' where seq = 1")
    assert journal.first_broken() is not None


def test_a_whole_second_is_no_broken_chain(tmp_path: Path) -> None:
    """The store keeps it as a number with a point, whatever it was."""
    journal = SqliteJournal(str(tmp_path / "state"))
    journal.append(Entry(1, "judged", "a", "{}"))
    assert journal.first_broken() is None


def test_writers_of_many_processes_lose_nothing(tmp_path: Path) -> None:
    """Four processes append at once; every event is there and the chain holds."""
    folder = str(tmp_path / "state")
    writer = (
        "import sys\n"
        "from pytest_selfmod_guard.journals import Entry\n"
        "from pytest_selfmod_guard.journals.sqlite import SqliteJournal\n"
        "journal = SqliteJournal(sys.argv[1])\n"
        "for n in range(25):\n"
        "    journal.append(Entry(1.0, 'judged', sys.argv[2], '{}', f's{n}'))\n"
        "    assert journal.about(f's{n}')\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", writer, folder, f"w{number}"])
        for number in range(4)
    ]
    assert [process.wait(timeout=60) for process in running] == [0, 0, 0, 0]
    journal = SqliteJournal(folder)
    assert sum(1 for _ in journal.events()) == 100
    assert journal.first_broken() is None


def test_a_busy_journal_is_waited_for(tmp_path: Path) -> None:
    """By those who write and by those who look; another's transaction soon ends."""
    journal = filled(tmp_path)
    with closing(sqlite3.connect(journal.path, check_same_thread=False)) as connection:
        connection.execute("begin exclusive")
        release = Timer(0.3, connection.rollback)
        release.start()
        started = time.monotonic()
        assert [one.attempt for one in journal.about("s3")] == ["a3"]
        journal.append(Entry(9.0, "judged", "a9", "{}"))
        assert time.monotonic() - started > 0.2
        release.join()
    assert [one.attempt for one in journal.last("judged")] == ["a9"]


def test_entries_are_written_all_or_none(tmp_path: Path) -> None:
    """When one of them cannot be kept, none of them is there."""
    journal = filled(tmp_path)
    edit(
        journal,
        "create trigger t before insert on events when new.kind = 'bad'"
        " begin select raise(abort, 'no room'); end",
    )
    with pytest.raises(JournalError, match="no room"):
        journal.append(Entry(5.0, "judged", "a5", "{}"), Entry(5.0, "bad", "a5", "{}"))
    assert sum(1 for _ in journal.events()) == 4


def test_a_journal_of_the_first_schema_is_read_as_it_is(tmp_path: Path) -> None:
    """Looking does not bring it up to date: whoever looks may not be allowed to write."""
    journal = first_schema(tmp_path)
    before = Path(journal.path).read_bytes()
    assert [event.subject for event in journal.events()] == ["", "", ""]
    assert journal.first_broken() is None
    assert [one.attempt for one in journal.last("judged")] == ["a3"]
    assert journal.about("a3") == []
    assert Path(journal.path).read_bytes() == before


def test_a_journal_of_the_first_schema_goes_on_in_the_second(tmp_path: Path) -> None:
    """Its chain still holds, shows edits, and what is new can be found."""
    journal = first_schema(tmp_path)
    made = Entry(4.0, "landed", "a4", "{}", "c4")
    journal.append(made)
    assert journal.about("c4") == [made]
    assert [event.seq for event in journal.events()] == [1, 2, 3, 4]
    assert journal.first_broken() is None
    edit(journal, "update events set subject = 'c4' where seq = 1")
    assert getattr(journal.first_broken(), "seq", 0) == 1


def test_many_bring_it_up_to_date_at_once(tmp_path: Path) -> None:
    """Only one of them does, and no event is lost."""
    journal = first_schema(tmp_path)
    writers = [
        Thread(target=SqliteJournal(journal.folder).append, args=[Entry(9.0, "k", f"w{n}", "{}")])
        for n in range(8)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sum(1 for _ in journal.events()) == 11
    assert journal.first_broken() is None


def test_bringing_it_up_to_date_happens_whole_or_not_at_all(tmp_path: Path) -> None:
    """What fails half-way leaves the first schema, not something in between."""
    journal = first_schema(tmp_path)
    edit(journal, "create table events_kind (in_the_way)")
    with pytest.raises(JournalError):
        journal.append(Entry(4.0, "landed", "a4", "{}", "c4"))
    with closing(sqlite3.connect(journal.path)) as connection:
        (version,) = connection.execute("pragma user_version").fetchone()
        columns = [row[1] for row in connection.execute("pragma table_info(events)")]
    assert (version, "subject" in columns) == (1, False)
    assert sum(1 for _ in journal.events()) == 3


def test_a_look_costs_the_same_however_long_the_history(tmp_path: Path) -> None:
    """Both questions go by an index, and neither sorts."""
    journal = filled(tmp_path)
    plans = {
        "select * from events where subject = 'x' order by seq desc limit 9": "events_subject",
        "select * from events where kind = 'x' order by seq desc limit 9": "events_kind",
    }
    with closing(sqlite3.connect(journal.path)) as connection:
        for question, index in plans.items():
            (plan,) = connection.execute(f"explain query plan {question}").fetchall()
            assert index in plan[3]


def test_a_damaged_file_is_a_clear_error(tmp_path: Path) -> None:
    """A journal that is no database is named, with the way out."""
    journal = filled(tmp_path)
    Path(journal.path).write_bytes(b"this is no database, but it is long enough to be read" * 99)
    with pytest.raises(JournalError) as caught:
        journal.append(Entry(0.0, "judged", "a", "{}"))
    assert caught.value.slug == "journal-unusable"
    assert "mv " in caught.value.hint
    for look in (lambda: list(journal.events()), lambda: journal.about("x")):
        with pytest.raises(JournalError):
            look()


def test_a_newer_schema_is_left_alone(tmp_path: Path) -> None:
    """An older guard must neither write into a newer journal nor guess at what it says."""
    journal = filled(tmp_path)
    edit(journal, "pragma user_version = 7")
    with pytest.raises(JournalError, match="schema 7"):
        journal.append(Entry(0.0, "judged", "a", "{}"))
    with pytest.raises(JournalError, match="schema 7"):
        journal.about("s1")


def test_a_file_in_the_way_of_the_folder_is_a_clear_error(tmp_path: Path) -> None:
    """What cannot be recorded is said, not ignored."""
    (tmp_path / "state").write_text("in the way")
    with pytest.raises(JournalError):
        SqliteJournal(str(tmp_path / "state")).append(Entry(0.0, "k", "a", "{}"))
