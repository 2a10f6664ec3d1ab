"""Journals that an older guard left: read as they are, and gone on with."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from threading import Thread

import pytest

from pytest_selfmod_guard.errors import JournalError
from pytest_selfmod_guard.journals import START, Entry, first_broken
from pytest_selfmod_guard.journals.sqlite import SqliteJournal

TABLE = """
create table events (
    seq integer primary key, at real not null, kind text not null, attempt text not null,
    body text not null, prev text not null unique, hash text not null
)
"""
SECOND = (
    "alter table events add column subject text not null default ''",
    "create index events_subject on events (subject)",
    "create index events_kind on events (kind)",
)


def edit(journal: SqliteJournal, *statements: str) -> None:
    """Change the table behind the journal's back."""
    with closing(sqlite3.connect(journal.path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def older(tmp_path: Path, schema: int) -> SqliteJournal:
    """Make a journal as an older guard did: the second schema had subjects, none had folds."""
    journal = SqliteJournal(str(tmp_path / "state"))
    os.makedirs(journal.folder)
    edit(journal, TABLE, *SECOND * (schema - 1), f"pragma user_version = {schema}")
    prev = START
    with closing(sqlite3.connect(journal.path)) as connection, connection:
        for seq in (1, 2, 3):
            subject = f"s{seq}" if schema > 1 and seq > 1 else ""
            row: list[object] = [seq, float(seq), "judged", f"a{seq}", f'{{"n":{seq}}}', prev]
            prev = hashed(row, subject)
            row += [prev, *[subject] * (schema - 1)]
            connection.execute(f"insert into events values ({','.join('?' * len(row))})", row)  # noqa: S608
    return journal


def hashed(row: list[object], subject: str) -> str:
    """Give the hash as an older guard did."""
    seq, at, kind, attempt, body, prev = map(str, row)
    told = f"{seq}\0{at}\0{kind}\0{attempt}\0{body}\0{prev}"
    if subject:
        parts = (seq, at, kind, attempt, subject, body, prev)
        told = "event v2\0" + "".join(f"{len(part)}:{part}" for part in parts)
    return sha256(told.encode()).hexdigest()


@pytest.mark.parametrize("schema", [1, 2])
def test_an_older_journal_is_read_as_it_is(tmp_path: Path, schema: int) -> None:
    """Looking does not bring it up to date: whoever looks may not be allowed to write."""
    journal = older(tmp_path, schema)
    before = Path(journal.path).read_bytes()
    subjects = ["", *(["", ""] if schema == 1 else ["s2", "s3"])]
    assert [event.subject for event in journal.events()] == subjects
    assert first_broken(journal.events()) is None
    assert [one.attempt for one in journal.last("judged")] == ["a3"]
    assert [one.attempt for one in journal.about("s3")] == ["a3"] * (schema - 1)
    assert journal.folded() is None
    assert getattr(journal.head(), "seq", 0) == 3
    assert Path(journal.path).read_bytes() == before


@pytest.mark.parametrize("schema", [1, 2])
def test_an_older_journal_goes_on_in_the_third_schema(tmp_path: Path, schema: int) -> None:
    """Its chain still holds, shows edits, and what is new can be found."""
    journal = older(tmp_path, schema)
    before = list(journal.events())
    made = Entry(4.0, "closed", "a4", "{}", "c4", '{"n":1}')
    journal.append(made)
    assert journal.about("c4") == [made]
    assert getattr(journal.folded(), "entry", None) == made
    assert list(journal.events())[:3] == before
    assert [event.seq for event in journal.events()] == [1, 2, 3, 4]
    assert first_broken(journal.events()) is None
    for column in ("subject", "fold"):
        edit(journal, f"update events set {column} = 'c4' where seq = 1")  # noqa: S608
        assert getattr(first_broken(journal.events()), "seq", 0) == 1
        edit(journal, f"update events set {column} = '' where seq = 1")  # noqa: S608
    assert first_broken(journal.events()) is None


def test_many_bring_it_up_to_date_at_once(tmp_path: Path) -> None:
    """Only one of them does, and no event is lost."""
    journal = older(tmp_path, 1)
    writers = [
        Thread(target=SqliteJournal(journal.folder).append, args=[Entry(9.0, "k", f"w{n}", "{}")])
        for n in range(8)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sum(1 for _ in journal.events()) == 11
    assert first_broken(journal.events()) is None


@pytest.mark.parametrize(
    ("schema", "name"), [(1, "events_kind"), (1, "events_fold"), (2, "events_fold")]
)
def test_bringing_it_up_to_date_happens_whole_or_not_at_all(
    tmp_path: Path, schema: int, name: str
) -> None:
    """What fails half-way leaves the older schema, not something in between."""
    journal = older(tmp_path, schema)
    edit(journal, f"create table {name} (in_the_way)")
    with pytest.raises(JournalError):
        journal.append(Entry(4.0, "landed", "a4", "{}", "c4"))
    with closing(sqlite3.connect(journal.path)) as connection:
        (version,) = connection.execute("pragma user_version").fetchone()
        columns = [row[1] for row in connection.execute("pragma table_info(events)")]
    assert (version, len(columns)) == (schema, 6 + schema)
    assert sum(1 for _ in journal.events()) == 3
