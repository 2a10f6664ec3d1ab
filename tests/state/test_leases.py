"""Leases: who is under way, until when, and what becomes of those who say nothing more."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.state.conftest import System


def under_way(system: System) -> list[str]:
    """Name those who have a slot."""
    return [one.attempt for one in system.state.under_way()]


def test_an_attempt_has_its_slot_until_it_is_closed(system: System) -> None:
    """Each its own."""
    system.open("a")
    system.open("b")
    assert under_way(system) == ["a", "b"]
    system.close("a")
    assert under_way(system) == ["b"]


def test_a_lease_expires_at_its_second(system: System) -> None:
    """Just before it blocks; then it does not, and has not vanished."""
    system.open("a", lease=30)
    system.at += 29.999
    assert (under_way(system), system.state.expired()) == (["a"], ())
    system.at += 0.001
    assert under_way(system) == []
    assert [one.attempt for one in system.state.expired()] == ["a"]
    system.at += 9e6
    assert [one.attempt for one in system.state.expired()] == ["a"]


def test_who_comes_next_closes_the_dead_once(system: System) -> None:
    """A crash counts as one failure and one modification, however many come by."""
    system.open("a", base="x", lease=30)
    system.at += 31
    system.close("a", "failure", counts=True)
    once = system.folded
    assert (once.breaker.failures, len(once.landed), once.leases) == (1, 1, ())
    assert system.close("a", "failure", counts=True) == once
    assert system.close("a", "success", counts=True) == once
    assert system.close("b", "failure", counts=True) == once


def test_one_who_is_late_and_was_not_missed_ends_as_usual(system: System) -> None:
    """Nobody has taken its place yet."""
    system.run("failure")
    system.open("a", base="x", lease=30)
    system.at += 31
    system.close("a", "success", counts=True)
    assert system.state.breaker.failures == 0
    assert [one.base for one in system.state.landed] == ["x"]


def test_a_lease_tells_who_to_look_for(system: System) -> None:
    """So that a process that died is not waited for."""
    system.happen(
        "opened", "a", terms=[5, 3, 300, 300], lease=1, bound=True, base="x", who="host 7"
    )
    system.open("b")
    assert [one.who for one in system.state.leases] == ["host 7", ""]
    assert system.state.leases[0].base == "x"
