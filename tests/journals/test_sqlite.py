"""The embedded journal: what was acknowledged is there, and edits show."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from pytest_selfmod_guard.errors import JournalError
from pytest_selfmod_guard.journals import START, Entry, first_broken
from pytest_selfmod_guard.journals.sqlite import SqliteJournal


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


def test_events_come_back_in_order_and_chained(tmp_path: Path) -> None:
    """Each event carries the hash of the one before."""
    journal = filled(tmp_path)
    events = list(journal.events())
    assert [event.seq for event in events] == [1, 2, 3, 4]
    assert [event.attempt for event in events] == ["a0", "a1", "a2", "a3"]
    assert [event.subject for event in events] == ["", "s1", "", "s3"]
    assert [event.prev for event in events[1:]] == [event.hash for event in events[:-1]]
    assert events[0].prev == START
    assert first_broken(journal.events()) is None


def test_nothing_is_created_by_looking(tmp_path: Path) -> None:
    """Reading a journal that is not there gives no events and leaves no file."""
    journal = SqliteJournal(str(tmp_path / "state"))
    assert (list(journal.events()), journal.about("x"), journal.last("judged")) == ([], [], [])
    journal.append()
    assert not (tmp_path / "state").exists()


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
    found = first_broken(journal.events())
    assert found is not None
    assert found.seq == broken


@pytest.mark.parametrize("subject", ["", "s"])
def test_no_part_of_an_event_can_be_shifted_into_its_neighbour(
    tmp_path: Path, subject: str
) -> None:
    """A null character between two parts is not the same as one within."""
    journal = SqliteJournal(str(tmp_path / "state"))
    journal.append(Entry(1.0, "judged", "a\0{}", "b", subject))
    assert first_broken(journal.events()) is None
    edit(journal, "update events set attempt = 'a', body = '{}' || char(0) || 'b'")
    assert [event.attempt for event in journal.events()] == ["a"]
    assert first_broken(journal.events()) is not None
    edit(journal, "update events set kind = 'judged' || char(0) || 'a', attempt = '{}'")
    assert first_broken(journal.events()) is not None


def test_a_length_cannot_be_forged_either(tmp_path: Path) -> None:
    """What stands before a part is its length, and no text can pretend to be one."""
    journal = SqliteJournal(str(tmp_path / "state"))
    journal.append(Entry(1.0, "k", "a1:s2:{}", "{}", "s"), Entry(1.0, "k", "a", "1:s2:{}{}", "s"))
    assert len({event.hash for event in journal.events()}) == 2
    edit(journal, "update events set attempt = 'a', body = '1:s2:{}{}' where seq = 1")
    assert first_broken(journal.events()) is not None
    edit(journal, "update events set kind = 'ka', attempt = '1:s2:{}', body = '{}' where seq = 1")
    assert first_broken(journal.events()) is not None


def test_a_whole_second_is_no_broken_chain(tmp_path: Path) -> None:
    """The store keeps it as a number with a point, whatever it was."""
    journal = SqliteJournal(str(tmp_path / "state"))
    journal.append(Entry(1, "judged", "a", "{}"))
    assert first_broken(journal.events()) is None


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
    assert first_broken(journal.events()) is None


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


def test_a_look_costs_the_same_however_long_the_history(tmp_path: Path) -> None:
    """Each question goes by an index or by the number itself, and none sorts."""
    journal = filled(tmp_path)
    plans = {
        "subject = 'x' order by seq desc limit 9": "events_subject",
        "kind = 'x' order by seq desc limit 9": "events_kind",
        "fold <> '' order by seq desc limit 1": "events_fold",
        "seq > 9 order by seq limit 9": "PRIMARY KEY",
    }
    with closing(sqlite3.connect(journal.path)) as connection:
        for question, index in plans.items():
            command = f"explain query plan select * from events where {question}"  # noqa: S608
            (plan,) = connection.execute(command).fetchall()
            assert index in plan[3]


def test_of_bodies_nothing_else_is_read(tmp_path: Path) -> None:
    """Each commit asks for hundreds, and what stands beside them is ten times as long."""
    journal, read = filled(tmp_path), set()

    def note(action: int, table: str | None, column: str | None, *_: object) -> int:
        if (action, table) == (sqlite3.SQLITE_READ, "events"):
            read.add(column)
        return sqlite3.SQLITE_OK

    with journal.turn() as turn:
        turn.connection.set_authorizer(note)
        assert turn.bodies("judged", 2) == ['{"n":3}', '{"n":2}']
        turn.connection.set_authorizer(None)
    assert read == {"body", "kind", "seq"}


def test_a_commit_waits_for_the_disk(tmp_path: Path) -> None:
    """
    The end of a turn outlives a power cut, which no test can make.

    With a rollback journal that is deleted, not emptied, it would not: the name
    may come back, and with it what was before.
    """
    with filled(tmp_path).turn() as turn:
        modes = [
            turn.connection.execute(f"pragma {name}").fetchone()[0]
            for name in ("synchronous", "journal_mode", "locking_mode")
        ]
    assert modes == [2, "truncate", "normal"]


def test_the_file_is_whole_by_itself(tmp_path: Path) -> None:
    """Between two turns: a copy of it alone says all, and so does a look that may not write."""
    journal = filled(tmp_path)
    (tmp_path / "copy").mkdir()
    shutil.copy(journal.path, tmp_path / "copy")
    copy = SqliteJournal(str(tmp_path / "copy"))
    assert list(copy.events()) == list(journal.events())
    assert [path.name for path in (tmp_path / "copy").iterdir()] == ["journal.sqlite3"]


def test_events_are_given_page_by_page(tmp_path: Path) -> None:
    """Each once, from any number on; what is added meanwhile is given as well."""
    journal = filled(tmp_path, 0)
    journal.append(*[Entry(1.0, "judged", f"a{n}", "{}") for n in range(450)])
    assert [event.seq for event in journal.events()] == list(range(1, 451))
    assert [event.seq for event in journal.events(after=447)] == [448, 449, 450]
    assert list(journal.events(after=450)) == []
    reading = journal.events()
    next(reading)
    journal.append(Entry(1.0, "judged", "late", "{}"))
    assert [event.attempt for event in reading][-1] == "late"


def test_the_state_is_one_look_away(tmp_path: Path) -> None:
    """The last event that carries it is given, whatever came after; none where there is none."""
    journal = filled(tmp_path)
    assert journal.folded() is None
    first, second = (Entry(5.0, "closed", "a", "{}", "", f'{{"n":{n}}}') for n in range(2))
    journal.append(first, second, Entry(6.0, "judged", "a", "{}"))
    folded, head = journal.folded(), journal.head()
    assert folded is not None
    assert (folded.seq, folded.fold) == (6, '{"n":1}')
    assert (head and head.seq, head and head.entry) == (7, Entry(6.0, "judged", "a", "{}"))
    assert first_broken(journal.events()) is None


def test_what_a_turn_adds_it_sees_and_others_do_not_yet(tmp_path: Path) -> None:
    """And an empty turn changes nothing."""
    journal = filled(tmp_path, 1)
    with journal.turn() as turn:
        turn.append()
        turn.append(Entry(1.0, "opened", "b", "{}", "c", "{}"))
        turn.append(Entry(2.0, "closed", "b", "{}", "c", '{"n":1}'))
        assert [entry.kind for entry in turn.about("c")] == ["closed", "opened"]
        assert [entry.attempt for entry in turn.last("opened")] == ["b"]
        folded, head = turn.folded(), turn.head()
        assert (folded and folded.seq, head and head.seq) == (3, 3)
        assert journal.about("c") == []
        assert turn.now() is None
    assert len(journal.about("c")) == 2
    before = Path(journal.path).read_bytes()
    with journal.turn():
        pass
    assert Path(journal.path).read_bytes() == before
