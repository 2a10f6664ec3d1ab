"""The journal of a fleet: who may do what, and what becomes of a turn when the server goes."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
import traceback
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import MagicMock, Mock

import psycopg
import pytest

from pytest_selfmod_guard.errors import JournalError, PolicyError
from pytest_selfmod_guard.journals import Entry, first_broken
from pytest_selfmod_guard.journals import _connections as connections
from pytest_selfmod_guard.journals import _tables as tables
from pytest_selfmod_guard.journals._ascii import as_ascii, from_ascii
from pytest_selfmod_guard.journals.postgres import PostgresJournal
from pytest_selfmod_guard.journals.sqlite import SqliteJournal
from pytest_selfmod_guard.stages._journal import open_journal

if TYPE_CHECKING:
    from tests.postgres import Server

PAGE = Path(__file__).parents[2] / "docs" / "postgresql.md"
SECRET = "s3cr3t"  # noqa: S105 (of nobody)
SHAPE = (
    """select table_name, column_name, data_type, is_nullable, collation_name, column_default
    from information_schema.columns where table_schema = current_schema() order by 1, 2""",
    """select replace(indexdef, current_schema(), '') from pg_indexes
    where schemaname = current_schema() order by 1""",
    """select event_object_table, event_manipulation, action_statement, action_timing
    from information_schema.triggers where trigger_schema = current_schema() order by 1, 2""",
    "select prosrc from pg_proc where pronamespace = current_schema()::regnamespace",
    "table selfmod_guard_schema",
)
"""What tells whether two schemas hold the same."""

IN_A_TURN = {
    "transaction_isolation": "read committed",
    "lock_timeout": "10s",
    "statement_timeout": "20s",
    "idle_in_transaction_session_timeout": "30s",
}
TABLES = ("selfmod_guard_events", "selfmod_guard_schema")


def entry(number: int, subject: str = "x") -> Entry:
    """Make an entry that can be told from others."""
    return Entry(float(number), "judged", f"a{number}", f'{{"n":{number}}}', subject)


def numbers(journal: PostgresJournal) -> list[float]:
    """Give which entries are there, and prove that the chain holds."""
    events = list(journal.events())
    assert first_broken(events) is None
    return [event.at for event in events]


def refusal(journal: PostgresJournal) -> JournalError:
    """Give what is said when something cannot be written down, and cannot be looked for either."""
    with pytest.raises(JournalError) as looking:
        journal.last("judged")
    with pytest.raises(JournalError) as caught:
        journal.append(entry(99))
    assert looking.value.slug == caught.value.slug
    return caught.value


@pytest.fixture
def schema(postgres: Server) -> str:
    """Give a schema with nothing in it."""
    return postgres.new()


@pytest.fixture
def journal(postgres: Server, schema: str) -> Iterator[PostgresJournal]:
    """Give a journal with two entries in it."""
    made = PostgresJournal(postgres.address(schema))
    made.append(entry(1), entry(2))
    yield made
    made.close()


@pytest.fixture
def user(postgres: Server) -> str:
    """Give a role that may do nothing yet."""
    return postgres.new("role", "login")


def documented(schema: str, user: str) -> list[str]:
    """Give the statements of the page, for a schema and a role that are there."""
    blocks = re.findall(r"(?ms)^ *```sql\n(.*?)^ *```$", PAGE.read_text(encoding="utf-8"))
    roles, made, grants, look = blocks
    assert "create role guard" in roles
    assert "pg_" not in made
    return [
        re.sub(r"\bguard;", f"{user};", block.replace("shop_journal", schema))
        for block in (made, grants, look)
    ]


# What each role may do


def test_the_page_makes_the_tables_as_the_guard_does(
    postgres: Server, journal: PostgresJournal, schema: str, user: str
) -> None:
    """Columns, indexes, constraints, triggers and version, to the letter."""
    by_hand = postgres.new()
    postgres.sql(documented(by_hand, user)[0], by_hand)
    for question in SHAPE:
        assert postgres.sql(question, by_hand) == postgres.sql(question, schema) != []
    assert journal.head() is not None


def test_a_role_that_may_read_and_add_can_do_everything(
    postgres: Server, schema: str, user: str
) -> None:
    """With the grants of the page, and nothing that could undo an event."""
    made, grants, look = documented(schema, user)
    postgres.sql(made, schema)
    postgres.sql(grants, schema)
    journal = PostgresJournal(postgres.address(schema, user))
    assert journal.head() is None
    journal.append(entry(1), entry(2)._replace(fold="{}"))
    with journal.turn() as turn:
        assert turn.now() is not None
        turn.append(entry(3))
    assert numbers(journal) == [1.0, 2.0, 3.0]
    assert len(postgres.sql(look.partition(";")[2], schema, user)) == 3
    assert getattr(journal.folded(), "seq", 0) == 2
    journal.close()
    for statement in (
        "update {} set {} = {}",
        "delete from {}",
        "truncate {}",
        "drop table {}",
        "alter table {} disable trigger all",
        "create or replace rule r as on insert to {} do instead nothing",
    ):
        for table, column in zip(TABLES, ("seq", "version"), strict=True):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                postgres.sql(statement.format(table, column, column), schema, user)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        postgres.sql("insert into selfmod_guard_schema values (9)", schema, user)


def test_of_bodies_nothing_else_is_read(
    postgres: Server, journal: PostgresJournal, schema: str, user: str
) -> None:
    """Each commit asks for hundreds: who may see nothing but them can ask."""
    postgres.sql(f"grant usage on schema {schema} to {user}")
    postgres.sql(f"grant select on selfmod_guard_schema to {user}", schema)
    postgres.sql(f"grant select (seq, kind, body) on selfmod_guard_events to {user}", schema)
    other = PostgresJournal(postgres.address(schema, user))
    assert other.bodies("judged", 9) == ['{"n":2}', '{"n":1}']
    with pytest.raises(JournalError):
        other.last("judged")
    assert journal.bodies("judged", 1) == other.bodies("judged", 1)
    other.close()


@pytest.mark.parametrize(
    "statement", ["update {0} set {1} = {1}", "delete from {0}", "truncate {0}"]
)
def test_a_careless_owner_is_stopped(
    postgres: Server, journal: PostgresJournal, schema: str, statement: str
) -> None:
    """Even where no row is concerned."""
    for table, column in zip(TABLES, ("seq", "version"), strict=True):
        with pytest.raises(psycopg.errors.RaiseException, match="only ever added to"):
            postgres.sql(statement.format(table, column), schema)
    assert numbers(journal) == [1.0, 2.0]


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("update selfmod_guard_events set body = '{}' where seq = 2", 2),
        ("update selfmod_guard_events set fold = '{}' where seq = 1", 1),
        ("update selfmod_guard_events set at = at + 1e-9 where seq = 1", 1),
        ("delete from selfmod_guard_events where seq = 1", 2),
        # The same text, but nobody would find it by its subject.
        ("update selfmod_guard_events set subject = chr(16) || '78;' where seq = 2", 2),
    ],
)
def test_what_somebody_did_to_it_shows(
    postgres: Server, journal: PostgresJournal, schema: str, statement: str, broken: int
) -> None:
    """Whoever may switch the triggers off breaks the chain, and where is named."""
    postgres.sql(f"set session_replication_role = replica; {statement}", schema)
    assert getattr(first_broken(journal.events()), "seq", 0) == broken


def test_without_tables_and_without_the_right_to_make_them_it_is_said(
    postgres: Server, schema: str, user: str
) -> None:
    """Somebody has to run the statements of the page, and the hint says so."""
    journal = PostgresJournal(postgres.address(schema, user))
    for grant in ("select 1", f"grant usage on schema {schema} to {user}"):
        postgres.sql(grant)
        assert journal.head() is None
        with pytest.raises(JournalError, match="keeps no journal") as caught:
            journal.append(entry(1))
        assert caught.value.slug == "journal-not-set-up"
        assert "docs/postgresql.md" in caught.value.hint
    postgres.sql(documented(schema, user)[0], schema)
    assert refusal(journal).slug == "journal-not-set-up"
    postgres.sql(documented(schema, user)[1], schema)
    journal.append(entry(1))
    assert numbers(journal) == [1.0]
    journal.close()


def test_a_newer_schema_is_left_alone(
    postgres: Server, journal: PostgresJournal, schema: str
) -> None:
    """An older guard must neither write into a newer journal nor guess at what it says."""
    postgres.sql("insert into selfmod_guard_schema values (7)", schema)
    error = refusal(journal)
    assert error.slug == "journal-newer"
    assert "schema 7" in error.message
    assert postgres.sql("select count(*) from selfmod_guard_events", schema) == [(2,)]


def test_journals_of_one_database_know_nothing_of_each_other(
    postgres: Server, journal: PostgresJournal
) -> None:
    """Neither their events nor their turns."""
    other = PostgresJournal(postgres.address(postgres.new()))
    other.append(entry(1))
    with journal.turn() as turn:
        turn.append(entry(3))
        started = time.monotonic()
        other.append(entry(2))
        assert time.monotonic() - started < 5
    assert (numbers(journal), numbers(other)) == ([1.0, 2.0, 3.0], [1.0, 2.0])
    assert journal.place != other.place
    other.close()


# What the database's settings must not change


def test_the_settings_of_a_role_do_not_weaken_a_turn(postgres: Server, user: str) -> None:
    """Isolation by which the head would be old, commits that are not durable, rounded times."""
    schema = postgres.new("schema", f"authorization {user}")
    for setting in (
        "default_transaction_isolation = 'serializable'",
        "synchronous_commit = off",
        "extra_float_digits = -15",
        "client_encoding = 'SQL_ASCII'",
        "bytea_output = 'escape'",
    ):
        postgres.sql(f"alter role {user} set {setting}")
    journal = PostgresJournal(postgres.address(schema, user))
    at = 1795359611.1234567
    journal.append(Entry(at, "judged", "a", "{}", "é"))
    names = ["synchronous_commit", *IN_A_TURN]
    asked = ", ".join(f"current_setting('{name}') as {name}" for name in names)
    postgres.sql(f"create table seen as select {asked}; truncate seen", schema, user)
    postgres.sql(
        f"create function see() returns trigger language plpgsql as"
        f" $$ begin insert into seen select {asked}; return new; end $$;"
        " create trigger see before insert on selfmod_guard_events"
        " for each row execute function see()",
        schema,
        user,
    )

    def write(number: int) -> None:
        journal.append(entry(number))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(20)))
    assert set(postgres.sql("table seen", schema)) == {("on", *IN_A_TURN.values())}
    assert sorted(numbers(journal)) == [*map(float, range(20)), at]
    postgres.sql(f"alter role {user} set synchronous_commit = remote_apply; truncate {schema}.seen")
    journal.close()
    journal.append(entry(20))
    assert postgres.sql("table seen", schema) == [("remote_apply", *IN_A_TURN.values())]
    journal.close()


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_any_text_fits_into_any_database(postgres: Server, encoding: str) -> None:
    """Whatever its encoding is; lone surrogates, which no encoding knows, too."""
    more = f"encoding '{encoding}' template template0"
    name = postgres.new("database", more)
    journal = PostgresJournal(postgres.address(database=name))
    made = Entry(1.0, "judged", "\0", "語 \ud800", "é\x10")
    journal.append(made)
    assert journal.about(made.subject) == [made]
    assert numbers(journal) == [1.0]
    journal.close()


@pytest.mark.parametrize(
    "text", ["", "plain\n", "\x10", "\x100;", "\0", "é", "\U0010ffff", "\udcff"]
)
def test_text_as_ascii_and_back(text: str) -> None:
    """It is ASCII without a null character, and plain text is left as it is."""
    kept = as_ascii(text)
    assert kept.isascii()
    assert "\0" not in kept
    assert from_ascii(kept) == text
    assert (kept == text) == (text in {"", "plain\n"})


@pytest.mark.parametrize(
    "kept", ["\x1041;", "\x10", "\x10e9", "\x1000e9;", "\x10ffffff;", "\x100E9;"]
)
def test_what_nobody_wrote_so_is_not_read_so(kept: str) -> None:
    """Else one text could be kept in two ways, and be found by only one of them."""
    assert from_ascii(kept) == kept


def test_the_environment_names_no_other_journal(
    journal: PostgresJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever commits must not choose a journal that knows of no failure."""
    journal.close()
    for name, value in {
        "PGHOST": "/nowhere",
        "PGHOSTADDR": "192.0.2.1",
        "PGPORT": "1",
        "PGDATABASE": "nothing",
        "PGOPTIONS": "-csearch_path=pg_catalog",
        "PGCLIENTENCODING": "SQL_ASCII",
    }.items():
        monkeypatch.setenv(name, value)
    assert numbers(journal) == [1.0, 2.0]
    settings = PostgresJournal("postgresql://somebody@").address.settings
    assert [settings[key] for key in ("host", "hostaddr", "port", "dbname", "options")] == [""] * 5


# What becomes of a turn


def test_what_was_refused_within_a_turn_is_not_passed_over(
    postgres: Server, journal: PostgresJournal, schema: str
) -> None:
    """The database would end such a turn with nothing written, and no error."""
    postgres.sql(
        "create function no() returns trigger language plpgsql as"
        " $$ begin raise exception 'no room'; end $$;"
        " create trigger no before insert on selfmod_guard_events"
        " for each row when (new.attempt = 'a9') execute function no()",
        schema,
    )
    with pytest.raises(JournalError, match="no room"):
        journal.append(entry(3), entry(9))
    with pytest.raises(JournalError, match="nothing of it was"):
        careless(journal)
    journal.append(entry(4))
    assert numbers(journal) == [1.0, 2.0, 4.0]


def careless(journal: PostgresJournal) -> None:
    """Take no notice of an error."""
    with journal.turn() as turn:
        turn.append(entry(3))
        with suppress(psycopg.Error):
            turn.append(entry(9))


def test_a_journal_that_others_keep_is_given_up_in_time(
    postgres: Server, journal: PostgresJournal, schema: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who waits for a writer that hangs is told so, and readers do not wait at all."""
    monkeypatch.setattr(connections, "BEGIN", connections.BEGIN.replace("'10s'", "'100ms'"))
    other = PostgresJournal(postgres.address(schema))
    with journal.turn() as turn:
        turn.append(entry(3))
        with pytest.raises(JournalError, match="to themselves") as caught:
            other.append(entry(4))
        assert caught.value.slug == "journal-busy"
        assert numbers(other) == [1.0, 2.0]
        with pytest.raises(JournalError, match="to themselves"):
            journal.append(entry(5))
    other.append(entry(6))
    assert numbers(other) == [1.0, 2.0, 3.0, 6.0]
    other.close()


def test_a_writer_that_hangs_loses_its_turn(
    postgres: Server, journal: PostgresJournal, schema: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or else one machine that was put to sleep would stop the whole fleet."""
    monkeypatch.setattr(connections, "BEGIN", connections.BEGIN.replace("'30s'", "'100ms'"))
    other = PostgresJournal(postgres.address(schema))
    with pytest.raises(JournalError, match="idle-in-transaction"):
        break_in(journal, lambda: other.append(entry(4)))
    journal.append(entry(5))
    assert numbers(other) == [1.0, 2.0, 4.0, 5.0]
    other.close()


def break_in(
    journal: PostgresJournal, meanwhile: Callable[[], object], *, late: bool = True
) -> None:
    """Let something happen in the middle of a turn, before something is appended, or after it."""
    with journal.turn() as turn:
        if late:
            turn.append(entry(3))
        meanwhile()
        if not late:
            turn.append(entry(3))


@pytest.mark.parametrize(
    ("way", "moment"),
    [("restarted", "before"), ("crashed", "after"), ("cut off", "before"), ("cut off", "after")],
)
def test_a_turn_that_lost_its_server_leaves_nothing(
    postgres: Server, journal: PostgresJournal, way: str, moment: str
) -> None:
    """It is an error, nothing of it is there, and the next one goes on by itself."""

    def happen() -> None:
        if way == "cut off":
            cut_off(postgres)
        elif way == "restarted":
            postgres.go("again")
        else:
            postgres.go("down")
            postgres.go("up")

    with pytest.raises(JournalError) as caught:
        break_in(journal, happen, late=moment == "after")
    assert caught.value.slug == "journal-unreachable"
    journal.append(entry(4))
    happen()
    journal.append(entry(5))
    happen()
    assert numbers(journal) == [1.0, 2.0, 4.0, 5.0]


def cut_off(postgres: Server) -> None:
    """Let the server end every connection of the guard's."""
    mine = "application_name = 'selfmod-guard'"
    asked = "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
    assert set(postgres.sql(f"{asked} where {mine}")) == {(True,)}


def test_a_server_that_is_down_is_said_and_found_again(
    postgres: Server, journal: PostgresJournal
) -> None:
    """Nothing was lost by it."""
    postgres.go("down")
    error = refusal(journal)
    postgres.go("up")
    assert error.slug == "journal-unreachable"
    assert error.hint.endswith(f"psql '{journal.place}' -c 'select 1'")
    journal.append(entry(3))
    assert numbers(journal) == [1.0, 2.0, 3.0]


def test_a_standby_can_be_read_and_not_written(postgres: Server, journal: PostgresJournal) -> None:
    """Until it has taken over."""
    postgres.go("standby")
    assert numbers(journal) == [1.0, 2.0]
    with pytest.raises(JournalError, match="read-only transaction") as caught:
        journal.append(entry(3))
    assert caught.value.slug == "journal-unusable"
    postgres.go("promote")
    journal.append(entry(4))
    assert numbers(journal) == [1.0, 2.0, 4.0]


def test_what_is_read_only_by_decree_can_be_read(postgres: Server, schema: str, user: str) -> None:
    """Some do that to a database whose disk is full; we do not overrule them."""
    postgres.sql(documented(schema, user)[0], schema)
    postgres.sql(documented(schema, user)[1], schema)
    journal = PostgresJournal(postgres.address(schema, user))
    journal.append(entry(1))
    postgres.sql(f"alter role {user} set default_transaction_read_only = on")
    journal.close()
    assert numbers(journal) == [1.0]
    with pytest.raises(JournalError, match="read-only transaction"):
        journal.append(entry(2))
    postgres.sql(f"alter role {user} reset default_transaction_read_only")
    journal.close()
    journal.append(entry(3))
    assert numbers(journal) == [1.0, 3.0]
    journal.close()


def test_a_database_that_is_gone_is_said(postgres: Server) -> None:
    """Also in the middle of a turn; when it is there again, its journal begins anew."""
    name = postgres.new("database")
    journal = PostgresJournal(postgres.address(database=name))
    journal.append(entry(1), entry(2))
    with pytest.raises(JournalError) as caught:
        break_in(journal, lambda: postgres.sql(f"drop database {name} with (force)"))
    assert caught.value.slug == refusal(journal).slug == "journal-unreachable"
    postgres.sql(f"create database {name}")
    assert journal.head() is None
    journal.append(entry(5))
    assert numbers(journal) == [5.0]
    journal.close()


def test_a_server_that_has_no_connection_left_is_said(
    postgres: Server, journal: PostgresJournal, schema: str, user: str
) -> None:
    """Who has one keeps it; who has none gets one when there is one again."""
    postgres.sql(documented(schema, user)[1], schema)
    late = PostgresJournal(postgres.address(schema, user))
    with ExitStack() as stack:
        with suppress(psycopg.OperationalError):
            while True:
                stack.enter_context(psycopg.connect(postgres.address(user=user)))
        assert refusal(late).slug == "journal-unreachable"
        journal.append(entry(3))
    late.append(entry(4))
    assert numbers(late) == [1.0, 2.0, 3.0, 4.0]
    late.close()


# Connections


def test_one_connection_is_kept(postgres: Server, schema: str, user: str) -> None:
    """From one question to the next, until it is closed or nobody has the journal any more."""
    postgres.sql(documented(schema, user)[0], schema)
    postgres.sql(documented(schema, user)[1], schema)
    journal = PostgresJournal(postgres.address(schema, user))
    journal.close()
    journal.append(entry(0))
    (kept,) = pids(postgres, user)
    for number in range(1, 4):
        journal.append(entry(number))
        with suppress(ZeroDivisionError):
            break_in(journal, lambda: 1 / 0)
        assert numbers(journal) == [*map(float, range(number + 1))]
    assert pids(postgres, user) == {kept}
    with journal.turn():
        assert journal.head() is not None
        assert len(pids(postgres, user)) == 2
    journal.close()
    assert pids(postgres, user, 0) == set()
    journal.append(entry(4))
    assert len(pids(postgres, user)) == 1
    del journal
    assert pids(postgres, user, 0) == set()


def pids(postgres: Server, user: str, wanted: int = -1) -> set[int]:
    """Give the connections that a role has, when there are as many as wanted."""
    asked = "select pid from pg_stat_activity"
    until = time.monotonic() + 5
    while True:
        found = {pid for (pid,) in postgres.sql(f"{asked} where usename = '{user}'")}
        if len(found) == wanted or wanted < 0 or time.monotonic() > until:
            return found
        time.sleep(0.01)


def test_a_process_that_forks_shares_no_connection(
    postgres: Server, journal: PostgresJournal, schema: str
) -> None:
    """Parent and child both go on, in no order, and neither leaves one open at its end."""
    forking = """
import os, sys
from pytest_selfmod_guard.journals import Entry
from pytest_selfmod_guard.journals.postgres import PostgresJournal

journal = PostgresJournal(sys.argv[1])
journal.append(Entry(3.0, "judged", "a", "{}"))
child = os.fork()
for _ in range(20):
    journal.append(Entry(4.0 if child else 5.0, "judged", "a", "{}"))
if child:
    assert os.waitpid(child, 0)[1] == 0
    idle = os.fork()
    if idle:
        assert os.waitpid(idle, 0)[1] == 0
        journal.append(Entry(6.0, "judged", "a", "{}"))
"""
    command = [sys.executable, "-W", "error", "-c", forking, postgres.address(schema)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(numbers(journal)) == [1.0, 2.0, 3.0, *[4.0] * 20, *[5.0] * 20, 6.0]


def test_who_reads_may_take_its_time(postgres: Server, journal: PostgresJournal) -> None:
    """Ask other things meanwhile, write, and lose the server between two pages."""
    journal.append(*[entry(number) for number in range(3, 1500)])
    reading = journal.events()
    seen = [next(reading).at for _ in range(1000)]
    journal.append(entry(1500))
    postgres.go("again")
    seen += [event.at for event in reading]
    assert seen == [*map(float, range(1, 1501))]


def test_reading_takes_little_memory(journal: PostgresJournal) -> None:
    """However many events there are, and however large they are."""
    for number in range(3, 13):
        journal.append(entry(number)._replace(body="x" * 1_500_000))
    journal.append(*[entry(number) for number in range(13, 1100)])
    tracemalloc.start()
    assert sum(1 for _ in journal.events()) == 1099
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 12_000_000


def test_a_look_costs_the_same_however_long_the_history(
    postgres: Server, journal: PostgresJournal, schema: str
) -> None:
    """Each question goes by an index and sorts nothing, with and without statistics."""
    journal.append(*[entry(number, f"s{number % 50}") for number in range(3000)])
    plans = {
        (tables.ABOUT, "s7", "s7", 100): "selfmod_guard_subject",
        (tables.ABOUT, "none", "none", 100): "selfmod_guard_subject",
        (tables.OF_KIND, "judged", "judged", 1): "selfmod_guard_kind",
        (tables.FOLDED,): "selfmod_guard_fold",
        (tables.LAST,): "selfmod_guard_events_pkey",
        (tables.PAGE, 700): "selfmod_guard_events_pkey",
    }
    with psycopg.connect(postgres.address(schema), autocommit=True) as connection:
        for analysed in ("select 1", "analyze selfmod_guard_events"):
            connection.execute(analysed)
            connection.execute(connections.BEGIN)
            for (question, *values), index in plans.items():
                lines = connection.execute(f"explain {question}".encode(), values).fetchall()
                plan = "".join(line for (line,) in lines)
                assert index in plan
                assert not re.search("Sort|Seq Scan|Bitmap", plan), plan
            connection.execute("rollback")


# The address


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("postgresql://u:{}@h:1/db", "postgresql://u@h:1/db"),
        ("postgres://u@h/db?password={}", "postgresql://u@h/db"),
        ("postgresql://u:{}@h/db?port=x", None),
        ("postgresql://u:{}@h:1,i:2/db", "postgresql://u@h:1,i:2/db"),
        ("postgresql://h,i/db", "postgresql://h,i/db"),
        ("postgresql:///db?host=/run/x&port=7", "postgresql://%2Frun%2Fx:7/db"),
        ("postgresql://u%40w:%2F{}%40@[::1]/", "postgresql://u%40w@%3A%3A1/"),
        ("postgresql://?service=s", "postgresql:///?service=s"),
        # What stands in these is not what was meant, or is no address.
        ("postgresql://u:{}/x@h/db", None),
        ("postgresql://u:12/{}@h/db", None),
        ("postgresql://u:x@{}@h/db", None),
        ("postgresql://u:x@y/{}@h/db", None),
        ("postgresql://u:x@h/db?{}", None),
        ("postgresql://u:x%zz{}@h/db", None),
    ],
)
def test_an_address_is_shown_without_its_password(address: str, place: str | None) -> None:
    """In its place and wherever it is shown; of one that is misread, nothing is shown."""
    journal = PostgresJournal(address.format(SECRET))
    assert journal.place == place or (place is None and journal.place == "postgresql://...")
    assert SECRET not in journal.place + repr(journal) + repr(journal.address) + str(vars(journal))
    if place is None:
        error = refusal(journal)
        assert error.slug == "journal-address"
        assert SECRET not in shown(error)
    else:
        psycopg.conninfo.conninfo_to_dict(journal.place)


def shown(error: JournalError) -> str:
    """Give all that anybody may print of an error."""
    return "".join([*traceback.format_exception(error), error.context, error.hint, repr(error)])


def test_a_password_is_used_and_never_shown(
    postgres: Server, schema: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the right one nor a wrong one, from the address or from the environment."""
    from tests.postgres import PASSWORD  # noqa: PLC0415 (it is no module of ours at run time)

    right = PostgresJournal(postgres.by_network(PASSWORD, schema))
    right.append(entry(1))
    assert numbers(right) == [1.0]
    assert PASSWORD not in right.place
    right.close()
    monkeypatch.setenv("PGPASSWORD", SECRET)
    for journal in (
        PostgresJournal(postgres.by_network(SECRET, schema)),
        PostgresJournal(postgres.by_network("", schema)),
    ):
        error = refusal(journal)
        assert error.slug == "journal-unreachable"
        assert "password authentication failed" in error.message
        assert SECRET not in shown(error)
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    journal.append(entry(2))
    assert numbers(journal) == [1.0, 2.0]
    journal.close()


def test_without_the_driver_it_is_said_how_to_get_it() -> None:
    """By whoever asks first; who has no such journal never imports it."""
    asking = """
import sys
from pytest_selfmod_guard.errors import JournalError
from pytest_selfmod_guard.stages._journal import open_journal

journal = open_journal("postgresql://u:s3cr3t@h/db", "")
assert "psycopg" not in sys.modules
sys.modules["psycopg"] = None
print(journal.place)
try:
    journal.head()
except JournalError as error:
    print(error.slug)
    print(error.hint)
"""
    told = subprocess.check_output([sys.executable, "-c", asking], text=True).splitlines()
    assert told == [
        "postgresql://...",
        "journal-without-driver",
        "run pip install 'pytest-selfmod-guard[postgres]'",
    ]


def test_the_policy_names_the_store(tmp_path: Path) -> None:
    """Empty is embedded; what is misspelt is an error, and shows no password."""
    embedded = open_journal("", str(tmp_path))
    assert isinstance(embedded, SqliteJournal)
    assert embedded.place.startswith(str(tmp_path))
    for scheme in ("postgres", "postgresql"):
        assert isinstance(open_journal(f"{scheme}://h/db", str(tmp_path)), PostgresJournal)
    for wrong in ("mysql://u:s3cr3t@h/db", "s3cr3t", "postgresql:s3cr3t", " ", "u:s3cr3t@h://"):
        with pytest.raises(PolicyError) as caught:
            open_journal(wrong, str(tmp_path))
        assert caught.value.slug == "journal-unknown"
        assert SECRET not in str(caught.value) + caught.value.hint


# The server that these tests start


def test_where_there_is_no_server_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is to take what was left out for what was proven; in CI it fails."""
    from tests import conftest, postgres  # noqa: PLC0415 (no modules of ours at run time)

    monkeypatch.setattr(postgres, "programs", str)
    with pytest.raises(pytest.fail.Exception, match=r"NOT PROVEN: .* apt install postgresql"):
        postgres.needed_programs({"CI": "true"})
    with pytest.raises(pytest.skip.Exception) as caught:
        postgres.needed_programs({})
    reporter = MagicMock()
    reporter.getreports.return_value = [Mock(longrepr=("x", 1, f"Skipped: {caught.value}"))] * 7
    conftest.pytest_terminal_summary(reporter)
    (line,) = reporter.write_line.call_args.args
    assert re.fullmatch("7 tests left out. .*NOT PROVEN: .* apt install postgresql", line)


@pytest.mark.proof
def test_the_server_ends_with_the_tests_however_they_end(postgres: Server, tmp_path: Path) -> None:
    """Killed ones cannot clean up behind them."""
    starting = f"""
import sys, time
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
from tests.postgres import programs, running

with running(programs()) as server:
    print(server.folder, flush=True)
    time.sleep(60)
"""
    command = [sys.executable, "-c", starting]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        folder = Path(process.stdout.readline().strip())
        assert str(folder) != postgres.folder
        port = int((folder / "data" / "postmaster.pid").read_text().splitlines()[3])
        process.kill()
    until = time.monotonic() + 20
    while time.monotonic() < until and folder.exists():
        time.sleep(0.05)
    assert not folder.exists()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
