"""Which lines are new: a multiset, exact and without git's opinion."""

from __future__ import annotations

import pytest

from pytest_selfmod_guard.lines import changed_chars, new_lines


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "a", [(1, "a")]),
        ("a b", "a b", []),
        ("a b", "b a", []),
        ("a", "a a", [(2, "a")]),
        ("a a", "a", []),
        ("a b c", "a x c", [(2, "x")]),
        ("a b", "x a b", [(1, "x")]),
        ("a b a", "b a a a", [(4, "a")]),
    ],
)
def test_what_the_new_side_has_more_of(old: str, new: str, expected: list[tuple[int, str]]) -> None:
    """Each letter is a line; moved lines are not new, further copies are."""
    assert list(new_lines(old.split(), new.split())) == expected


@pytest.mark.parametrize(
    ("old", "new", "count"),
    [("", "", 0), ("", "abc", 4), ("abc", "", 4), ("abc", "abd", 8), ("a b", "b a", 0)],
)
def test_changed_characters_are_those_added_and_removed(old: str, new: str, count: int) -> None:
    """The end of a line counts as one."""
    assert changed_chars(old.split(), new.split()) == count


def test_a_large_file_costs_no_more_than_its_length() -> None:
    """A line-by-line diff of these would take minutes."""
    old = [f"line {number}" for number in range(100_000)]
    assert changed_chars(old, old[::-1]) == 0
    assert len(list(new_lines(old, [*old[::-1], "more"]))) == 1
