"""Modifications that count: in which window, on which base, and whose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_selfmod_guard.state import as_text
from pytest_selfmod_guard.state._values import MOST_LANDED, Landed

if TYPE_CHECKING:
    from tests.state.conftest import System


def bases(system: System, seconds: float = 300.0, *, is_bound: bool = True) -> list[str]:
    """Name the bases of what landed of late."""
    return [one.base for one in system.state.recent(seconds, is_bound=is_bound)]


def test_a_modification_counts_for_a_window_to_the_second(system: System) -> None:
    """Just before its end it does, at its end it does not."""
    system.run("success", base="x")
    landed = system.at
    system.at = landed + 59.999
    assert bases(system, 60) == ["x"]
    system.at = landed + 60
    assert bases(system, 60) == []
    assert bases(system, 61) == ["x"]


def test_what_no_window_reaches_any_more_is_forgotten(system: System) -> None:
    """At the end of the longest window, and never before, whatever other branches say."""
    system.run("success", base="x")
    system.terms = system.terms._replace(horizon=60.0)
    system.at += 299
    system.run("success", base="y")
    assert [one.base for one in system.state.landed] == ["x", "y"]
    system.at += 1
    assert [one.base for one in system.state.landed] == ["y"]


def test_what_changed_nothing_does_not_count(system: System) -> None:
    """What was denied, or refused, or rolled back by itself has no place in any window."""
    for number, result in enumerate(("none", "other", "failure", "success")):
        system.open(f"a{number}", base=result)
        system.close(f"a{number}", result, counts=False)
    assert bases(system) == []


def test_what_may_have_changed_something_counts_though_it_failed(system: System) -> None:
    """A crash may have been after the commit."""
    system.open("a", base="x")
    system.close("a", "failure", counts=True)
    assert bases(system) == ["x"]


def test_of_two_on_one_base_only_the_last_can_have_landed(system: System) -> None:
    """A commit that a later hook refused is tried again, and is one modification."""
    system.run("success", base="x")
    system.at += 10
    system.run("success", base="y")
    system.run("success", base="x")
    assert bases(system) == ["y", "x"]
    assert system.state.landed[-1].at == system.at


def test_what_is_known_to_have_landed_is_not_replaced(system: System) -> None:
    """The same base again is then another branch, and counts too."""
    system.run("success", base="x")
    system.happen("settled", base="x")
    system.run("success", base="x")
    assert [one.is_settled for one in system.state.landed] == [True, False]
    system.run("success", base="x")
    assert [one.is_settled for one in system.state.landed] == [True, False]
    system.happen("settled", base="x")
    assert [one.is_settled for one in system.state.landed] == [True, True]


def test_only_the_last_one_of_that_base_is_settled(system: System) -> None:
    """Another base's is not, and no base's twice."""
    system.run("success", base="x")
    system.run("success", base="y")
    before = system.state
    assert system.happen("settled", base="z") == before
    system.happen("settled", base="x")
    system.happen("settled", base="x")
    assert [(one.base, one.is_settled) for one in system.state.landed] == [
        ("x", True),
        ("y", False),
    ]
    system.run("success", base="y", is_bound=False)
    system.happen("settled", base="y")
    assert [one.is_settled for one in system.state.landed] == [True, False, True]


def test_the_modification_that_would_be_replaced_can_be_left_out(system: System) -> None:
    """Whoever tries a refused commit again does not use up a second place."""
    system.run("success", base="x")
    system.run("success", base="y")
    assert [one.base for one in system.state.recent(60, but_on="x")] == ["y"]
    system.happen("settled", base="x")
    assert [one.base for one in system.state.recent(60, but_on="x")] == ["x", "y"]


def test_nothing_is_told_of_no_base(system: System) -> None:
    """Where it is not known what was changed, each modification counts."""
    system.run("success", "success", "success", base="")
    assert bases(system) == ["", "", ""]
    assert len(system.state.recent(60, but_on="")) == 3


def test_whom_no_limit_binds_is_counted_apart(system: System) -> None:
    """A person does not use up an agent's places, nor replace what an agent did."""
    system.run("success", base="x")
    system.run("success", "success", base="x", is_bound=False)
    system.run("success", base="y", is_bound=False)
    assert bases(system) == ["x"]
    assert bases(system, is_bound=False) == ["x", "y"]
    system.open("p", is_bound=False)
    system.open("a")
    assert [one.attempt for one in system.state.under_way()] == ["a"]
    assert [one.attempt for one in system.state.under_way(is_bound=False)] == ["p"]


def test_however_many_land_no_more_are_kept_than_any_limit_asks_for(system: System) -> None:
    """A branch may have a window of years, and each event carries the state along."""
    system.terms = system.terms._replace(horizon=9e9)
    system.run("success", base="of a person", is_bound=False)
    system.run("success")
    system.at += 1
    many = (Landed(system.at, "", is_bound=True, is_settled=False),) * (MOST_LANDED - 2)
    system.folded = system.folded._replace(landed=(*system.folded.landed, *many))
    system.run("success", is_bound=False)
    assert len(bases(system)) == MOST_LANDED - 1
    system.at += 1
    system.run("success", base="last but one")
    assert (len(bases(system)), len(system.state.landed)) == (MOST_LANDED, MOST_LANDED + 2)
    person, first, second = system.state.landed[:3]
    system.run("success", base="last")
    assert (len(bases(system)), len(system.state.landed)) == (MOST_LANDED, MOST_LANDED + 2)
    assert system.state.landed[:2] == (person, second)
    assert first not in system.state.landed
    assert bases(system)[-2:] == ["last but one", "last"]
    assert len(bases(system, is_bound=False)) == 2


def test_under_the_default_policy_a_runaway_leaves_a_state_of_some_kilobytes(
    system: System,
) -> None:
    """Ten a minute for an hour, by people and agents, with commit ids for bases."""
    for number in range(600):
        system.at += 6.1234567
        system.run("success", base=f"{number:040x}")
        system.run("success", base=f"{number:040x}", is_bound=False)
        system.happen("sampled", score=83.3, cpu=97.1, memory=33.333333, disk=71.2)
    assert len(system.state.landed) == 98
    assert len(as_text(system.folded)) < 16_000


def test_a_runaway_that_no_limit_stops_does_not_swell_the_state_without_end(
    system: System,
) -> None:
    """Commits that another hook refuses each time are tried again and again on one base."""
    for _ in range(3000):
        system.at += 0.1
        system.run("success", base="x")
    assert len(system.state.landed) == 1
    assert len(system.state.outcomes) == 200
    assert len(as_text(system.folded)) < 16_000
