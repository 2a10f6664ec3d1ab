"""What every journal has to do, whatever it keeps its entries in."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event as Signal
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.journals import MOST_ABOUT, START, Entry, Journal, chained, first_broken
from pytest_selfmod_guard.stages._ledger import Ledger

if TYPE_CHECKING:
    from tests.journals.conftest import OpenJournal

COUNTING = """
import sys
from pytest_selfmod_guard.journals import Entry
from pytest_selfmod_guard.stages._journal import open_journal

journal = open_journal(*sys.argv[1:3])
for _ in range(int(sys.argv[3])):
    with journal.turn() as turn:
        last = turn.folded()
        turn.append(Entry(1.0, "opened", "a", "{}", fold=str(int(last.fold) + 1 if last else 1)))
        turn.append(Entry(1.0, "judged", "a", "{}"))
"""
"""Looks what the last one wrote, and writes one more: whoever looks at old news counts wrong."""


def entry(number: int, kind: str = "judged", subject: str = "") -> Entry:
    """Make an entry that can be told from others."""
    return Entry(float(number), kind, f"a{number}", f'{{"n":{number}}}', subject)


def test_an_empty_journal_knows_nothing(open_journal: OpenJournal) -> None:
    """Looking is no error before anything was written down."""
    assert list(open_journal().about("x")) == []
    assert list(open_journal().about("")) == []
    assert list(open_journal().last("judged")) == []
    assert list(open_journal().bodies("judged", 9)) == []
    assert list(open_journal().events()) == []
    assert open_journal().head() is None
    assert open_journal().folded() is None


def test_what_was_written_down_is_found_by_its_subject(open_journal: OpenJournal) -> None:
    """As it was, the newest first, by another process too, and nothing else."""
    first, other, second = entry(1, "judged", "x"), entry(2, "judged", "y"), entry(3, "landed", "x")
    open_journal().append(first)
    open_journal().append(other, second)
    assert list(open_journal().about("x")) == [second, first]
    assert list(open_journal().about("y")) == [other]
    assert list(open_journal().about("xy")) == []
    assert list(open_journal().about("X")) == []


def test_the_last_of_a_kind_are_found(open_journal: OpenJournal) -> None:
    """As many as are asked for, the newest first."""
    made = [entry(number, "landed" if number % 2 else "judged", "x") for number in range(6)]
    open_journal().append(*made)
    assert list(open_journal().last("landed")) == [made[5]]
    assert list(open_journal().last("landed", 2)) == [made[5], made[3]]
    assert list(open_journal().last("judged", 9)) == [made[4], made[2], made[0]]
    assert list(open_journal().last("adopted", 9)) == []


def test_the_last_bodies_of_a_kind_are_found(open_journal: OpenJournal) -> None:
    """As many as are asked for, the newest first, as they were; within a turn its own too."""
    journal, odd = open_journal(), "\0é\x10;"
    made = [entry(number, odd if number % 2 else "judged") for number in range(6)]
    journal.append(*made, entry(6, odd)._replace(body=odd, fold="{}"))
    assert list(open_journal().bodies(odd, 1)) == [odd]
    assert list(journal.bodies(odd, 3)) == [odd, made[5].body, made[3].body]
    assert list(journal.bodies("judged", 9)) == [made[4].body, made[2].body, made[0].body]
    assert list(journal.bodies("adopted", 9)) == []
    with journal.turn() as turn:
        turn.append(entry(7))
        assert list(turn.bodies("judged", 2)) == [entry(7).body, made[4].body]


def test_of_a_subject_that_is_spoken_of_often_the_newest_are_given(
    open_journal: OpenJournal,
) -> None:
    """A change of nothing is judged again and again; that must not make each door slower."""
    made = [entry(number, "judged", "x") for number in range(MOST_ABOUT + 5)]
    open_journal().append(*made)
    assert list(open_journal().about("x")) == made[: -MOST_ABOUT - 1 : -1]


def test_nothing_is_lost_when_many_write_at_once(open_journal: OpenJournal) -> None:
    """They wait for each other, also to make it, and entries written together stay together."""

    def write(number: int) -> None:
        open_journal().append(entry(number, "a", "x"), entry(number, "b", "x"))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(20)))
    found = [one.kind for one in open_journal().about("x")]
    assert found == ["b", "a"] * 20
    assert first_broken(open_journal().events()) is None


def test_any_text_comes_back_as_it_was(open_journal: OpenJournal) -> None:
    """Quotes, line ends, other scripts, null characters, and what escapes are made of."""
    texts = [
        "a'b\"c\n\r\t",
        "it's;--",
        "\0",
        "a\0b",
        "é 語 \U0001f600",
        "\x10",
        "\x100;",
        "%s\\",
        "",
    ]
    made = [
        Entry(0.1, f"kind {text}", f"attempt {text}", f"body {text}", f"subject {text}", text)
        for text in texts
    ]
    open_journal().append(*made)
    for one in made:
        assert list(open_journal().about(one.subject)) == [one]
        assert list(open_journal().last(one.kind)) == [one]
    assert [event.entry for event in open_journal().events()] == made


def test_an_event_is_the_same_in_every_store(open_journal: OpenJournal) -> None:
    """Numbers, times and hashes, so that a journal can be told by its head."""
    times = [0, 1, 0.1, 1 / 3, 1795359611.123456, 1795359611.1234567]
    made = [Entry(at, "judged", "a\0", "{}", "é" * (at > 1), "{}") for at in times]
    journal = open_journal()
    journal.append(*made[:2])
    journal.append(*made[2:])
    assert list(open_journal().events()) == list(chained(made, 0, START))
    assert [str(event.at) for event in journal.events()] == [str(float(at)) for at in times]


def test_long_texts_are_kept_and_found(open_journal: OpenJournal) -> None:
    """A body of five megabytes, and subjects that differ only at their ends."""
    long = Entry(1.0, "judged", "a", "x" * 5_000_000, "s" * 5000)
    other = Entry(2.0, "k" * 5000, "a", "{}", "s" * 5000 + "t")
    open_journal().append(long, other)
    assert list(open_journal().about(long.subject)) == [long]
    assert list(open_journal().about(other.subject)) == [other]
    assert list(open_journal().last(other.kind)) == [other]
    assert [event.entry for event in open_journal().events()] == [long, other]
    assert first_broken(open_journal().events()) is None


def test_the_last_state_is_one_question_away(open_journal: OpenJournal) -> None:
    """The last event that carries one, whatever was written down since."""
    journal = open_journal()
    journal.append(entry(1))
    assert journal.folded() is None
    journal.append(entry(2)._replace(fold='{"n":2}'), entry(3)._replace(fold='{"n":3}'), entry(4))
    found = open_journal().folded()
    assert found is not None
    assert (found.seq, found.fold, found.entry) == (
        3,
        '{"n":3}',
        entry(3)._replace(fold=found.fold),
    )


def test_the_head_is_the_last_event(open_journal: OpenJournal) -> None:
    """With its number and its hash."""
    journal = open_journal()
    for number in range(1, 4):
        journal.append(entry(number))
        assert journal.head() == list(open_journal().events())[-1]
        assert getattr(journal.head(), "seq", 0) == number


def test_events_are_given_from_any_number_on(open_journal: OpenJournal) -> None:
    """Oldest first, each once, however many there are."""
    made = [entry(number) for number in range(2500)]
    journal = open_journal()
    journal.append(*made)
    assert [event.seq for event in journal.events()] == list(range(1, 2501))
    assert [event.entry for event in journal.events(after=990)] == made[990:]
    assert list(journal.events(after=2500)) == []
    assert next(iter(journal.events(after=2499))).seq == 2500


def test_to_append_nothing_changes_nothing(open_journal: OpenJournal) -> None:
    """Neither alone nor within a turn, and a turn may end without a word."""
    journal = open_journal()
    journal.append()
    with journal.turn() as turn:
        turn.append()
    with journal.turn():
        pass
    assert list(journal.events()) == []


def test_a_turn_sees_what_it_wrote_and_others_do_not(open_journal: OpenJournal) -> None:
    """Until it has ended; then they see all of it."""
    journal, other = open_journal(), open_journal()
    journal.append(entry(1, "judged", "x"))
    made = entry(2, "opened", "x")._replace(fold="{}")
    with journal.turn() as turn:
        assert list(turn.about("x")) == list(turn.last("judged")) == [entry(1, "judged", "x")]
        turn.append(made)
        head, folded = turn.head(), turn.folded()
        assert head is not None
        assert (head.entry, head) == (made, folded)
        assert list(turn.last("opened")) == [made]
        for outside in (other, journal):
            assert list(outside.last("opened")) == []
            assert len(outside.about("x")) == len(list(outside.events())) == 1
        turn.append(entry(3))
    assert [event.entry for event in other.events()] == [entry(1, "judged", "x"), made, entry(3)]
    assert first_broken(other.events()) is None


def test_a_turn_that_fails_leaves_nothing(open_journal: OpenJournal) -> None:
    """Not even half of it, and whoever comes next can write."""
    journal = open_journal()
    journal.append(entry(1))
    for error in (ZeroDivisionError, KeyboardInterrupt):
        with pytest.raises(error):
            break_off(journal, error, entry(2), entry(3))
    journal.append(entry(4))
    assert [event.entry for event in open_journal().events()] == [entry(1), entry(4)]
    assert first_broken(open_journal().events()) is None


def test_a_turn_that_is_over_writes_nothing(open_journal: OpenJournal) -> None:
    """It might be another's by now."""
    journal = open_journal()
    with journal.turn() as turn:
        turn.append(entry(1))
    with pytest.raises(Exception, match=r"closed|over"):
        turn.append(entry(2))
    assert [event.entry for event in journal.events()] == [entry(1)]


def test_a_turn_keeps_others_out(open_journal: OpenJournal) -> None:
    """Who comes meanwhile waits, and then sees what was written."""
    journal, begun, looked = open_journal(), Signal(), Signal()
    seen: list[Entry] = []

    def wait() -> None:
        begun.set()
        with open_journal().turn() as turn:
            seen.extend(turn.last("judged"))
            looked.set()

    with journal.turn() as turn:
        other = Thread(target=wait)
        other.start()
        assert begun.wait(10)
        assert not looked.wait(0.2)
        turn.append(entry(1))
    other.join(10)
    assert seen == [entry(1)]


def test_threads_take_turns(open_journal: OpenJournal) -> None:
    """Of one journal, shared by them, no two see the same state."""
    journal = open_journal()

    def count(_: int) -> None:
        for _ in range(10):
            counted(journal)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count, range(4)))
    assert [event.fold for event in journal.events()] == [str(n) for n in range(1, 41)]
    assert first_broken(journal.events()) is None
    journal.close()


def test_processes_take_turns(open_journal: OpenJournal) -> None:
    """The chain is one, and no count is lost or given twice."""
    command = [sys.executable, "-c", COUNTING, *open_journal, "15"]
    running = [subprocess.Popen(command) for _ in range(4)]
    assert [process.wait(timeout=60) for process in running] == [0, 0, 0, 0]
    events = list(open_journal().events())
    assert [event.kind for event in events] == ["opened", "judged"] * 60
    assert [event.fold for event in events if event.fold] == [str(n) for n in range(1, 61)]
    assert first_broken(events) is None


def test_who_was_killed_in_a_turn_leaves_nothing_and_blocks_nobody(
    open_journal: OpenJournal,
) -> None:
    """What was not acknowledged is not there, and what was is."""
    hanging = (
        COUNTING + "\nwith journal.turn() as turn:\n    turn.append(Entry(2.0, 'k', 'a', '{}'))\n"
    )
    hanging += "    print('in', flush=True)\n    import time\n    time.sleep(60)\n"
    command = [sys.executable, "-c", hanging, *open_journal, "2"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"in\n"
        process.kill()
    started = time.monotonic()
    counted(open_journal())
    assert time.monotonic() - started < 5
    assert [event.fold for event in open_journal().events() if event.fold] == ["1", "2", "3"]
    assert first_broken(open_journal().events()) is None


def test_a_journal_that_was_closed_can_be_used_again(open_journal: OpenJournal) -> None:
    """As often as anybody likes, and closing it twice is no error either."""
    journal = open_journal()
    journal.close()
    for number in range(1, 4):
        journal.append(entry(number))
        journal.close()
        journal.close()
    assert [event.seq for event in journal.events()] == [1, 2, 3]
    journal.close()


def test_a_clock_goes_forward_within_a_turn(open_journal: OpenJournal) -> None:
    """Where the store has one, it is about ours, and does not stand still."""
    with open_journal().turn() as turn:
        first = turn.now()
        time.sleep(0.01)
        second = turn.now()
    assert (first is None) == (second is None)
    if first is not None and second is not None:
        assert abs(first - time.time()) < 60
        assert second - first > 0.005


def test_a_clock_is_the_same_in_a_turn_and_outside(open_journal: OpenJournal) -> None:
    """Before there is a journal too; and asking makes none."""
    journal = open_journal()
    before = journal.now()
    assert journal.head() is None
    with journal.turn() as turn:
        within = turn.now()
    after = journal.now()
    has_one = "postgresql" in open_journal.address
    assert [one is not None for one in (before, within, after)] == [has_one] * 3
    if before is not None and within is not None and after is not None:
        assert time.time() - 60 < before < within < after < time.time() + 60


def test_a_look_has_the_time_by_which_was_written(open_journal: OpenJournal) -> None:
    """A machine whose clock is an hour wrong sees neither an empty window nor the future."""
    journal, has_one = open_journal(), "postgresql" in open_journal.address
    for wrong in (3600.0, -3600.0):
        ledger = Ledger(journal, partial(off_by, wrong))
        with ledger.page() as page:
            page.add("enabled", "", {"by": "ada"})
        found = ledger.state().at - page.state.at
        assert 0 <= found < 60
        assert (abs(page.state.at - time.time()) < 60) == has_one


def test_a_place_is_told(open_journal: OpenJournal) -> None:
    """For people, and two stores that are not the same are not called so."""
    address, folder = open_journal
    place = open_journal().place
    assert place == open_journal().place
    assert folder in place or address.partition("search_path%3D")[2] in place


def off_by(seconds: float) -> float:
    """Give the time as a machine has it whose clock is wrong."""
    return time.time() + seconds


def counted(journal: Journal) -> None:
    """Look at the last count, and write one more."""
    with journal.turn() as turn:
        last = turn.folded()
        turn.append(entry(1)._replace(fold=str(int(last.fold) + 1 if last else 1)))


def break_off(journal: Journal, error: type[BaseException], *entries: Entry) -> None:
    """Fail in the middle of a turn."""
    with journal.turn() as turn:
        turn.append(*entries)
        raise error
