"""The embedded journal when its file is not what it was: said clearly, and never passed over."""

from __future__ import annotations

import random
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from pytest_selfmod_guard.errors import JournalError
from pytest_selfmod_guard.journals import Entry, first_broken
from pytest_selfmod_guard.journals.sqlite import SqliteJournal

MADE = Entry(1.0, "judged", "a", '{"text":"%s"}' % ("x" * 200), "s")


def journal_of(tmp_path: Path, count: int = 100) -> SqliteJournal:
    """Make a journal of many pages, and forget who wrote it."""
    folder = str(tmp_path / "it's state")
    SqliteJournal(folder).append(*[MADE._replace(attempt=f"a{n}") for n in range(count)])
    return SqliteJournal(folder)


def edit(path: Path, *statements: str) -> None:
    """Change the tables behind the journal's back."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def garbage(path: Path) -> None:
    """Put something else there that is as long."""
    path.write_bytes(b"no journal" * 999)


def empty(path: Path) -> None:
    """Leave the name only."""
    path.write_bytes(b"")


def header_only(path: Path) -> None:
    """Cut it within the first page."""
    path.write_bytes(path.read_bytes()[:50])


def half(path: Path) -> None:
    """Cut it in the middle."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 8192 * 4096])


def zeroed(path: Path) -> None:
    """Lose all pages but the first, as a disk does that forgot them."""
    path.write_bytes(path.read_bytes()[:4096].ljust(path.stat().st_size, b"\0"))


def without_table(path: Path) -> None:
    """Keep the schema's number only."""
    edit(path, "drop table events")


def without_column(path: Path) -> None:
    """Have another set of columns than the schema's number says."""
    edit(path, "drop index events_subject", "alter table events drop column subject")


def without_number(path: Path) -> None:
    """Say nothing of a schema, as a database of somebody else's does."""
    edit(path, "pragma user_version = 0")


def foreign(path: Path) -> None:
    """Be a database of somebody else's."""
    path.unlink()
    edit(path, "create table theirs (what)")


def negative(path: Path) -> None:
    """Say something impossible."""
    edit(path, "pragma user_version = -1")


DAMAGES = (
    *(garbage, empty, header_only, half, zeroed),
    *(without_table, without_column, without_number, foreign, negative),
)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_journal_is_said_to_be(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    """By who writes and by who looks; what the hint says keeps it, and the next run goes on."""
    journal = journal_of(tmp_path)
    path = Path(journal.path)
    damage(path)
    Path(f"{path}-journal").touch()
    before = path.read_bytes()
    looks: list[Callable[[], object]] = [
        lambda: journal.append(MADE),
        lambda: list(journal.events()),
        lambda: journal.about("s"),
        journal.head,
    ]
    for look in looks:
        with pytest.raises(JournalError) as caught:
            look()
        assert (caught.value.slug, caught.value.context) == ("journal-damaged", journal.path)
    assert path.read_bytes() == before
    subprocess.run(caught.value.hint.partition(": ")[2], shell=True, check=True)  # noqa: S602
    journal.append(MADE)
    assert len(list(journal.events())) == 1
    (aside,) = (tmp_path / "it's state").glob("damaged-*")
    assert (aside / path.name).read_bytes() == before
    assert (aside / f"{path.name}-journal").exists()


def test_an_empty_file_is_said_to_be_empty(tmp_path: Path) -> None:
    """A new journal never is: it appears with its table."""
    empty(Path(journal_of(tmp_path, 1).path))
    with pytest.raises(JournalError, match="it is empty"):
        journal_of(tmp_path, 1)


def test_what_follows_a_damaged_event_is_not_written(tmp_path: Path) -> None:
    """The chain does not go on from what was edited; looking is how to find it."""
    journal = journal_of(tmp_path, 3)
    edit(Path(journal.path), "update events set body = '{}' where seq = 3")
    with pytest.raises(JournalError, match="event 3 is not what was written") as caught:
        journal.append(MADE)
    assert caught.value.slug == "journal-damaged"
    assert getattr(first_broken(journal.events()), "seq", 0) == 3


def test_an_edited_state_is_not_believed(tmp_path: Path) -> None:
    """Nobody can close the breaker by an editor, even if others wrote after that."""
    journal = journal_of(tmp_path, 1)
    journal.append(MADE._replace(kind="closed", fold='{"open":true}'), MADE)
    edit(Path(journal.path), "update events set fold = '{}' where fold <> ''")
    with pytest.raises(JournalError, match="event 2 is not what was written"):
        journal.folded()
    with pytest.raises(JournalError, match="event 2 is not"), journal.turn() as turn:
        turn.folded()


def test_a_journal_that_swallows_events_is_found_out(tmp_path: Path) -> None:
    """Before anybody is told that they are kept."""
    journal = journal_of(tmp_path, 1)
    ignore = "create trigger t before insert on events begin select raise(ignore); end"
    forge = (
        "create trigger t after insert on events begin"
        " update events set body = '{}' where seq = new.seq; end"
    )
    for trigger in (ignore, forge):
        edit(Path(journal.path), "drop trigger if exists t", trigger)
        with pytest.raises(JournalError, match="does not keep what is added"):
            journal.append(MADE)
    edit(Path(journal.path), "drop trigger t")
    assert len(list(journal.events())) == 1


@pytest.mark.parametrize("seq", [0, -5])
def test_an_event_before_the_first_is_no_hiding_place(tmp_path: Path, seq: int) -> None:
    """Who looks by a subject would find it, so who checks the chain has to."""
    journal = journal_of(tmp_path, 3)
    columns = "(seq, at, kind, attempt, body, prev, hash)"
    forged = f"insert into events {columns} values ({seq}, 1, 'judged', 'a', '{{}}', 'x', 'y')"  # noqa: S608
    edit(Path(journal.path), forged)
    assert getattr(first_broken(journal.events()), "seq", None) == seq
    assert [event.seq for event in journal.events(2)] == [3]


def test_no_flipped_byte_goes_unnoticed(tmp_path: Path) -> None:
    """Wherever it is: an error, a broken chain, or no event says anything else."""
    journal = journal_of(tmp_path, 30)
    path = Path(journal.path)
    events, whole = list(journal.events()), path.read_bytes()
    noticed = 0
    for place in random.Random(4).sample(range(len(whole)), 200):  # noqa: S311
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x41]) + whole[place + 1 :])
        try:
            there = list(journal.events())
        except JournalError:
            noticed += 1
            continue
        assert there == events or first_broken(there), place
        noticed += there != events
    assert noticed > 20


def test_a_byte_that_leaves_no_text_is_found_by_its_event(tmp_path: Path) -> None:
    """Whoever checks the chain is told which one it is, not that something cannot be read."""
    journal = journal_of(tmp_path, 3)
    edit(Path(journal.path), "update events set body = cast(x'7bff7d' as text) where seq = 2")
    assert getattr(first_broken(journal.events()), "seq", 0) == 2
    with pytest.raises(JournalError) as caught:
        journal.about("s")
    assert caught.value.slug == "journal-damaged"


def test_a_newer_schema_is_left_alone(tmp_path: Path) -> None:
    """An older guard must neither write into a newer journal nor guess at what it says."""
    journal = journal_of(tmp_path, 2)
    edit(Path(journal.path), "pragma user_version = 7")
    before = Path(journal.path).read_bytes()
    for look in (lambda: journal.append(MADE), lambda: journal.about("s"), journal.head):
        with pytest.raises(JournalError, match="schema 7") as caught:
            look()
        assert caught.value.slug == "journal-newer"
    assert Path(journal.path).read_bytes() == before
