"""Whatever is done to a journal shows, and the first event that is wrong is named."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from pytest_selfmod_guard.errors import JournalError
from pytest_selfmod_guard.journals import START, Entry, Event, chained
from pytest_selfmod_guard.journals.sqlite import SqliteJournal
from pytest_selfmod_guard.stages._ledger import Ledger
from pytest_selfmod_guard.stages.anchor import Anchor
from pytest_selfmod_guard.stages.verify import Verified, recount, verified, verify
from pytest_selfmod_guard.state import KINDS, as_state, as_text
from pytest_selfmod_guard.state import START as START_STATE

TERMS: dict[str, Any] = {"terms": [2, 1, 60.0, 300.0]}
OPENED = {**TERMS, "lease": 600.0, "bound": True, "base": "b", "who": "", "actor": "agent robot"}
CLOSED = {**TERMS, "counts": True, "seconds": 0.5, "base": "b", "actor": "agent robot"}
FAILED, PASSED = ({**CLOSED, "result": result} for result in ("failure", "success"))
SAMPLE = '{"cpu":1,"disk":3,"memory":2,"score":100,"status":"healthy"}'
HAPPENED: tuple[tuple[str, str, dict[str, Any], str], ...] = (
    ("opened", "a1", OPENED, "digest"),
    ("judged", "a1", {"decision": "allowed"}, "digest"),
    ("closed", "a1", FAILED, "digest"),
    ("settled", "", {"base": "b"}, "commit"),
    ("opened", "a2", OPENED, ""),
    ("closed", "a2", FAILED, ""),
    ("adopted", "a3", {"tips": []}, ""),
    ("reset", "", {"by": "Ada", "reason": "mended"}, ""),
    ("sampled", "", {"score": 100.0, "status": "healthy", "cpu": 1, "memory": 2, "disk": None}, ""),
    ("disabled", "", {"by": "Ada", "reason": "é\u202e"}, ""),
    ("enabled", "", {"by": "Ada"}, ""),
    ("journal-lost", "a4", {"anchored": "f" * 64}, ""),
    ("clock-set-back", "", {"seconds": 9}, ""),
    ("recounted", "", {"since": 9}, ""),
    ("opened", "a5", OPENED, ""),
    ("closed", "a5", PASSED, ""),
    ("landed", "a5", {"how": "gated"}, "commit"),
)


def written(folder: Path) -> SqliteJournal:
    """Write everything down that can happen, as the guard does."""
    journal, clock = SqliteJournal(str(folder)), iter((*range(1000, 1012), *range(1003, 1020)))
    ledger = Ledger(journal, lambda: next(clock) + 0.1)
    for kind, attempt, body, subject in HAPPENED:
        with ledger.page() as page:
            if kind in KINDS:
                page.add(kind, attempt, body, subject)
            else:
                page.note(Entry(page.state.at, kind, attempt, json.dumps(body), subject))
    return journal


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> list[Event]:
    """Give the events of a journal in which everything happened."""
    return list(written(tmp_path_factory.mktemp("journal")).events())


def edited(journal: SqliteJournal, statement: str, *rows: tuple[object, ...]) -> SqliteJournal:
    """Change the table behind the journal's back; open it as another process would."""
    with closing(sqlite3.connect(journal.path)) as connection, connection:
        connection.executemany(statement, rows or [()])
    return SqliteJournal(journal.folder)


def anew(events: Iterable[Event], **parts: Any) -> list[Event]:
    """Make all hashes anew, as whoever owns the journal can, with the first event replaced."""
    first, *rest = events
    entries = [first.entry._replace(**parts), *(event.entry for event in rest)]
    return list(chained(entries, first.seq - 1, first.prev))


def forged(events: Sequence[Event], seq: int, **parts: Any) -> list[Event]:
    """Make an event another one, and all hashes from there on anew."""
    return [*events[: seq - 1], *anew(events[seq - 1 :], **parts)]


def wrong(found: Verified) -> tuple[int, str, str]:
    """Say which event is wrong, by number, attempt and kind."""
    assert found.wrong is not None
    assert not found.holds
    return found.wrong[:3]


def what(found: Verified) -> str:
    """Say what is wrong."""
    assert found.wrong is not None
    return found.wrong.what


def test_what_the_guard_writes_holds(tmp_path: Path, events: list[Event]) -> None:
    """Every kind of event that changes the state, and others between them."""
    assert {kind for kind, *_ in HAPPENED} > KINDS
    found = verify(written(tmp_path))
    assert found.holds
    assert found == verified(events)
    assert found[:5] == (len(HAPPENED), 0, len(HAPPENED), events[-1].hash, None)


def test_nothing_holds_too(tmp_path: Path) -> None:
    """A journal in which nothing was written down yet."""
    assert verify(SqliteJournal(str(tmp_path))) == (0, 0, 0, "", None, (), 0, "", "")


@pytest.mark.parametrize("field", ["at", "kind", "attempt", "subject", "body", "fold", "prev"])
def test_no_part_of_any_event_can_be_edited(events: list[Event], field: str) -> None:
    """Each event, the first and the last among them, is named itself."""
    edits: dict[str, Any] = {field: {"at": 1.5, "prev": "f" * 64}.get(field, "{}")}
    for at, event in enumerate(events):
        edit = [*events[:at], event._replace(**edits), *events[at + 1 :]]
        assert wrong(verified(edit)) == (at + 1, edit[at].attempt, edit[at].kind)
        assert what(verified(edit)).startswith("its hash is not that of what it says")


def test_a_hash_cannot_be_edited(events: list[Event]) -> None:
    """Not even that of the last event, which nothing follows."""
    for at, event in enumerate(events):
        edit = [*events[:at], event._replace(hash="0" * 64), *events[at + 1 :]]
        assert wrong(verified(edit))[0] == at + 1


def test_a_deleted_event_is_named_by_the_one_after_it(events: list[Event]) -> None:
    """With what is missing, be it one or more."""
    for at in range(len(events) - 1):
        found = verified([*events[:at], *events[at + 1 :]])
        assert wrong(found)[0] == at + 2
        assert what(found) == f"event {at + 1} is missing before it: it was deleted"
    found = verified([*events[:3], *events[6:]])
    assert what(found) == "events 4 to 6 are missing before it: they were deleted"
    assert found.events == len(events) - 3


def test_what_was_cut_off_shows_by_an_anchor_only(events: list[Event]) -> None:
    """The rest is a journal that holds."""
    last = events[-1]
    assert verified(events[:-1]).holds
    found = verified(events[:-1], [Anchor(last.seq, last.hash, "c")])
    assert not found.holds
    assert found.anchors[0].what.startswith("there is no such event")


@pytest.mark.parametrize("apart", [1, 5])
def test_a_swapped_pair_is_named(tmp_path: Path, events: list[Event], apart: int) -> None:
    """With where the first of the two came from."""
    other = 4 + apart
    moves = ((-1, 4), (4, other), (other, -1))
    journal = edited(written(tmp_path), "update events set seq = ? where seq = ?", *moves)
    found = verify(journal)
    assert wrong(found) == (4, events[other - 1].attempt, events[other - 1].kind)
    assert what(found).startswith(f"it was written as event {other}: it was swapped")


def test_the_contents_of_two_events_cannot_be_swapped(events: list[Event]) -> None:
    """Also when each keeps its own hash."""
    edit = [*events]
    edit[2] = events[2]._replace(body=events[4].body)
    edit[4] = events[4]._replace(body=events[2].body)
    assert wrong(verified(edit))[0] == 3


def test_what_stands_there_twice_is_named(events: list[Event]) -> None:
    """An event behind itself, and an old one at the end."""
    for again in (events[5], events[0]):
        found = verified([*events[:6], again, *events[6:]])
        assert wrong(found)[0] == again.seq
        assert what(found).startswith("it stands behind event 6")


@pytest.mark.parametrize("seq", [0, -3])
def test_an_event_before_the_first_is_found(tmp_path: Path, seq: int) -> None:
    """A forged line would be believed by whoever asks for its subject."""
    journal = edited(
        written(tmp_path),
        "insert into events (seq, at, kind, attempt, subject, body, fold, prev, hash)"
        " select ?, at, kind, attempt, 'c', body, fold, 'x', hash from events"
        " where kind = 'landed'",
        (seq,),
    )
    assert [entry.kind for entry in journal.about("c")] == ["landed"]
    found = verify(journal)
    assert wrong(found)[0] == seq
    assert "put in by hand" in what(found)


def test_another_past_is_named_where_it_ends(events: list[Event]) -> None:
    """Everything up to an event made anew: each part holds, and they do not fit."""
    other = anew(events[:6], subject="other")
    found = verified([*other, *events[6:]])
    assert wrong(found)[0] == 7
    assert what(found).startswith("it does not follow from event 6")


def test_another_first_event_is_named(events: list[Event]) -> None:
    """The first one follows from zeros and from nothing else."""
    first = next(chained([events[0].entry], 0, "e" * 64))
    assert wrong(verified([first]))[0] == 1
    assert verified(chained([events[0].entry], 0, START)).holds


def test_a_wrong_state_is_named_though_all_hashes_are_right(events: list[Event]) -> None:
    """In each event that carries one, the first and the last of them too."""
    carrying = [event for event in events if event.fold]
    assert len(carrying) == 14
    for event in carrying:
        state = as_state(event.fold)
        found = verified(
            forged(events, event.seq, fold=as_text(state._replace(successes=state.successes + 1)))
        )
        assert wrong(found) == (event.seq, event.attempt, event.kind)
        assert what(found).startswith("the state that it carries is not what")


def test_what_an_event_says_must_lead_to_its_state(events: list[Event]) -> None:
    """A failure that is made a success, or happened later, leads to another one."""
    body = json.dumps({**FAILED, "result": "success"})
    assert wrong(verified(forged(events, 3, body=body)))[0] == 3
    assert wrong(verified(forged(events, 3, at=events[2].at + 1)))[0] == 3
    assert wrong(verified(forged(events, 3, attempt="a9")))[0] == 3


def test_a_state_is_where_it_belongs_and_nowhere_else(events: list[Event]) -> None:
    """An event that changes it without saying so, and one that only says so."""
    without = verified(forged(events, 5, fold=""))
    assert (wrong(without)[0], what(without)[:30]) == (5, "it changes the state and carri")
    odd = verified(forged(events, 7, fold=events[5].fold))
    assert (wrong(odd)[0], what(odd)[:30]) == (7, "it carries a state that nothin")


@pytest.mark.parametrize(
    "body",
    [
        *("", "nonsense", "[]", "null", '"text"', "{}", "[" * 100_000, '{"terms": 1}'),
        json.dumps({**CLOSED, "result": "failure", "terms": [1, 2]}),
        json.dumps({**CLOSED, "result": "failure", "seconds": 10**400}),
        json.dumps({**CLOSED, "result": "failure", "seconds": "soon"}),
    ],
)
def test_what_cannot_be_read_is_named(events: list[Event], body: str) -> None:
    """However odd it is, nothing crashes."""
    found = verified(forged(events, 3, body=body))
    assert wrong(found) == (3, "a1", "closed")
    assert "another program wrote it" in what(found) or "not written by the guard" in what(found)


def test_what_changes_no_state_must_be_readable_too(events: list[Event]) -> None:
    """A judgement that says nothing is no judgement."""
    assert wrong(verified(forged(events, 2, body="[]")))[0] == 2
    assert verified(forged(events, 2, body="{}")).holds


@pytest.mark.parametrize(
    "statement",
    [
        "update events set at = 9e999 where seq = 2",
        "update events set at = 'soon' where seq = 2",
        "update events set body = x'7b7d' where seq = 2",
        "update events set kind = x'61' where seq = 2",
    ],
)
def test_what_is_no_text_is_named(tmp_path: Path, statement: str) -> None:
    """A store may hold values of any type, and whoever can write it can make hashes too."""
    journal = edited(written(tmp_path), statement)
    made = next(event for event in journal.events() if event.seq == 2)
    journal = edited(journal, "update events set hash = ? where seq = 2", (made.follows,))
    found = verify(journal)
    assert wrong(found)[0] == 2
    assert "of the wrong type" in what(found)


def test_what_is_no_utf_8_is_named(tmp_path: Path) -> None:
    """A byte that was flipped on disk."""
    no_text = "update events set body = cast(x'7b2261223a22ff227d' as text) where seq = 2"
    assert wrong(verify(edited(written(tmp_path), no_text)))[0] == 2


def test_events_of_all_schemas_hold() -> None:
    """Of the first, without subject and state, and of the second, without state."""
    entries = [
        Entry(1.0, "judged", "a", "{}"),
        Entry(2.0, "judged", "a", "{}", "subject"),
        Entry(3.0, "judged", "a\0b", "{}"),
    ]
    assert verified(chained(entries, 0, START)).holds


# -- anchors ----------------------------------------------------------------------------------


def test_what_is_as_it_was_anchored_is_counted(events: list[Event]) -> None:
    """One event may be anchored more than once."""
    anchors = [Anchor(4, events[3].hash, "c1"), Anchor(4, events[3].hash, "c2")]
    found = verified(events, [*anchors, Anchor(15, events[14].hash, "c3")])
    assert found.holds
    assert [one.anchor.commit for one in found.anchors] == ["c1", "c2", "c3"]


def test_a_journal_made_anew_shows_by_an_anchor_only(events: list[Event]) -> None:
    """All of its hashes are right."""
    other = anew(events, subject="other")
    assert verified(other).holds
    found = verified(other, [Anchor(4, other[3].hash, "c1"), Anchor(9, events[8].hash, "c2")])
    assert found.wrong is None
    assert not found.holds
    assert [bool(one.what) for one in found.anchors] == [False, True]
    assert found.anchors[1].what.startswith("it has another hash")


def test_a_hash_that_is_only_kept_counts_for_nothing(events: list[Event]) -> None:
    """The anchored event was edited, and its old hash left beside it."""
    edit = [*events[:3], events[3]._replace(subject="other"), *events[4:]]
    found = verified(edit, [Anchor(4, events[3].hash, "c"), Anchor(9, events[8].hash, "c")])
    assert wrong(found)[0] == 4
    assert [bool(one.what) for one in found.anchors] == [True, False]


def test_an_anchor_of_an_empty_journal_is_missed(tmp_path: Path) -> None:
    """Nothing is left of what was written down."""
    found = verify(SqliteJournal(str(tmp_path)), [Anchor(7, "f" * 64, "c")])
    assert (found.events, found.holds) == (0, False)


def test_of_what_a_copy_cannot_hold_nothing_is_missed(events: list[Event]) -> None:
    """It may be older than an anchor; but what it should hold must be in it."""
    anchors = [Anchor(event.seq, event.hash, "c") for event in (events[3], events[14])]
    found = verified(events[:9], anchors, is_copy=True)
    assert (found.holds, len(found.anchors), found.later) == (True, 1, 1)
    assert not verified([*events[:3], *events[4:9]], anchors, is_copy=True).holds
    missed = verified([*events[:3], *events[4:9]], anchors, is_copy=True).anchors
    assert [one.anchor.seq for one in missed] == [4]


# -- parts ------------------------------------------------------------------------------------


def test_a_part_is_no_whole_unless_that_is_asked_for(events: list[Event]) -> None:
    """What was cut off at the front must not look like a part that was meant."""
    found = verified(events[5:], [Anchor(2, "f" * 64, "c")], since=5)
    assert (found.holds, found.events, found.since, found.anchors) == (True, 12, 5, ())
    assert what(verified(events[5:])).startswith("events 1 to 5 are missing")
    assert wrong(verified(events[6:], since=5))[0] == 7


def test_a_part_is_checked_like_the_whole(events: list[Event]) -> None:
    """All but what came before, and the first state."""
    assert wrong(verified(forged(events, 8, fold=events[5].fold)[5:], since=5))[0] == 8
    edit = [*events[5:9], events[9]._replace(subject="x"), *events[10:]]
    assert wrong(verified(edit, since=5))[0] == 10
    assert wrong(verified(forged(events, 6, fold="[]")[5:], since=5))[0] == 6


def test_the_event_behind_which_a_part_begins_has_to_be_there(tmp_path: Path) -> None:
    """Else a journal that was cut off, or emptied, would look like one to which nothing came."""
    journal = written(tmp_path)
    last = journal.head()
    assert last is not None
    for since in (1, last.seq - 1):
        assert verify(journal, since=since) == verified(journal.events(since), since=since)
    found = verify(journal, since=last.seq)
    assert (found.holds, found.events, found.last, found.head) == (True, 0, last.seq, last.hash)
    for since in (last.seq + 1, last.seq + 99):
        found = verify(journal, since=since)
        assert (found.holds, found.last, found.head) == (False, last.seq, last.hash)
        assert found.missing == f"the journal ends at event {last.seq}, event {since} is missing"
    found = verify(SqliteJournal(str(tmp_path / "empty")), since=3)
    assert (found.holds, found.missing) == (False, "the journal is empty, event 3 is missing")
    edited(journal, "delete from events where seq in (6, 9, 10)")
    for since, left in ((6, 9), (9, 7), (10, 7)):
        found = verify(journal, since=since)
        assert (found.holds, found.events) == (False, left)
        assert found.missing == f"event {since} is missing: it was deleted"
    assert verify(journal, since=11).holds


def test_of_a_part_it_is_not_asked_what_came_before(tmp_path: Path) -> None:
    """Not even what was put in before the first event; and an anchor behind it is still missed."""
    insert = "insert into events select 0, at, kind, attempt, body, 'x', hash, '', '' from events"
    journal = edited(written(tmp_path), f"{insert} where seq = 1")
    assert wrong(verify(journal))[0] == 0
    assert verify(journal, since=1).holds
    (count,) = {verify(journal, since=1).events}
    assert count == len(HAPPENED) - 1
    assert not verify(journal, [Anchor(99, "f" * 64, "c")], since=len(HAPPENED)).holds


def test_who_waits_sees_all_that_is_read(tmp_path: Path) -> None:
    """The whole, and a part with the event behind which it begins."""
    journal, seen = written(tmp_path), list[int]()

    def watch(events: Iterable[Event]) -> Iterator[Event]:
        for event in events:
            seen.append(event.seq)
            yield event

    verify(journal, watch=watch)
    assert seen == list(range(1, len(HAPPENED) + 1))
    seen.clear()
    verify(journal, since=15, watch=watch)
    assert seen == [15, 16, 17]


# -- journals that cannot be read -------------------------------------------------------------


def failing(events: Sequence[Event], error: JournalError) -> Iterator[Event]:
    """Give some events, and fail."""
    yield from events
    raise error


def test_where_it_cannot_be_read_any_more_is_said(events: list[Event]) -> None:
    """Which is an error, not an answer."""
    error = JournalError("journal-damaged", "the disk is ill", context="here", hint="mend it")
    with pytest.raises(JournalError) as caught:
        verified(failing(events[:6], error))
    assert caught.value.message == "the disk is ill; it can be read up to event 6"
    assert (caught.value.slug, caught.value.context) == ("journal-damaged", "here")
    assert caught.value.hint == "mend it"
    with pytest.raises(JournalError, match="the disk is ill: here"):
        verified(failing([], error))


def test_the_events_win_over_a_forged_state(tmp_path: Path) -> None:
    """From the next event on the state is theirs; the forgery stays to be seen."""
    journal = written(tmp_path)
    ledger = Ledger(journal, lambda: 2000.0)
    real = ledger.state()
    with journal.turn() as turn:
        forged = as_text(real._replace(attempts=99))
        turn.append(Entry(1999.0, "sampled", "", SAMPLE, "", forged))
    assert ledger.state().attempts == 99
    found = verify(journal)
    assert not found.holds
    assert recount(ledger, verify(journal, since=9)) is False
    assert recount(ledger, found) is True
    assert ledger.state()._replace(samples=()) == real._replace(samples=())
    again = verify(journal)
    assert (wrong(again)[0], again.counted) == (found.last, "")
    assert recount(ledger, again) is False
    # A part that begins with the forgery takes it for what the events have to lead to.
    assert recount(ledger, verify(journal, since=found.last - 1)) is False
    assert ledger.state().attempts == real.attempts


def test_where_more_is_wrong_than_states_nothing_is_mended(tmp_path: Path) -> None:
    """Nobody knows what the events were; nor is a state mended that others have moved on from."""
    journal = written(tmp_path)
    ledger = Ledger(journal, lambda: 2000.0)
    with journal.turn() as turn:
        turn.append(Entry(1999.0, "sampled", "", SAMPLE, "", as_text(START_STATE)))
    found = verify(journal)
    journal.append(Entry(1999.5, "judged", "a", "{}"))
    assert recount(ledger, found) is False
    edited(journal, "update events set body = '{}' where seq = 2")
    assert recount(ledger, verify(journal)) is False
    assert [event.kind for event in journal.events()][-1] == "judged"
