"""What every journal has to do, whatever it keeps its entries in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from pytest_selfmod_guard.journals import MOST_ABOUT, Entry

if TYPE_CHECKING:
    from tests.journals.conftest import OpenJournal


def entry(number: int, kind: str = "judged", subject: str = "") -> Entry:
    """Make an entry that can be told from others."""
    return Entry(float(number), kind, f"a{number}", f'{{"n":{number}}}', subject)


def test_an_empty_journal_knows_nothing(open_journal: OpenJournal) -> None:
    """Looking is no error before anything was written down."""
    assert list(open_journal().about("x")) == []
    assert list(open_journal().about("")) == []
    assert list(open_journal().last("judged")) == []


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


def test_of_a_subject_that_is_spoken_of_often_the_newest_are_given(
    open_journal: OpenJournal,
) -> None:
    """A change of nothing is judged again and again; that must not make each door slower."""
    made = [entry(number, "judged", "x") for number in range(MOST_ABOUT + 5)]
    open_journal().append(*made)
    assert list(open_journal().about("x")) == made[: -MOST_ABOUT - 1 : -1]


def test_nothing_is_lost_when_many_write_at_once(open_journal: OpenJournal) -> None:
    """They wait for each other, and entries written together stay together."""
    with ThreadPoolExecutor(4) as pool:
        for number in range(20):
            pool.submit(
                lambda n: open_journal().append(entry(n, "a", "x"), entry(n, "b", "x")), number
            )
    found = [one.kind for one in open_journal().about("x")]
    assert found == ["b", "a"] * 20


def test_any_text_comes_back_as_it_was(open_journal: OpenJournal) -> None:
    """Quotes, line ends, other scripts and a null character."""
    made = Entry(0.1, "judged", "a'b\"c\n", '{"n":"\\u0000 é 語"}', "it's;--")
    open_journal().append(made)
    assert list(open_journal().about("it's;--")) == [made]
