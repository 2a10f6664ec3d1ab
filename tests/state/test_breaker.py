"""The circuit breaker: what opens it, what closes it, and what says nothing about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.state.conftest import System


def test_it_is_closed_before_anything_happened(system: System) -> None:
    """A project that nobody has modified yet may be."""
    assert system.state.breaker.phase == "closed"
    assert system.state.breaker.time_to_recovery is None


@pytest.mark.parametrize(("failures", "phase"), [(4, "closed"), (5, "open"), (6, "open")])
def test_so_many_failures_in_a_row_open_it(system: System, failures: int, phase: str) -> None:
    """Five do, four do not; one that was under way when it opened changes nothing."""
    for number in range(failures):
        system.open(f"a{number}")
    for number in range(failures):
        system.at += 1
        system.close(f"a{number}", "failure")
    assert system.state.breaker.phase == phase
    assert system.state.breaker.failures == min(failures, 5)


def test_the_number_is_that_of_the_branch_whose_attempt_fails(system: System) -> None:
    """Anybody can tell again how it came, whatever the policy is by now."""
    system.run(*["failure"] * 3)
    system.terms = system.terms._replace(failures=3)
    assert system.state.breaker.phase == "closed"
    assert system.run("failure").breaker.phase == "open"


def test_a_success_ends_the_row(system: System) -> None:
    """Four failures, a success and four failures are not five in a row."""
    system.run(*["failure"] * 4, "success", *["failure"] * 4)
    assert (system.state.breaker.phase, system.state.breaker.failures) == ("closed", 4)
    assert system.run("failure").breaker.phase == "open"


@pytest.mark.parametrize("result", ["none", "other"])
def test_what_is_neither_counts_neither_way(system: System, result: str) -> None:
    """What was denied does not end the row and does not make it longer."""
    system.run(*["failure"] * 4, result)
    assert (system.state.breaker.phase, system.state.breaker.failures) == ("closed", 4)
    assert system.state.attempts == 4
    system.run("failure")
    system.at += 300
    system.run("success", result, "success", result)
    assert (system.state.breaker.phase, system.state.breaker.successes) == ("half_open", 2)


def test_after_a_while_it_lets_probes_through(system: System) -> None:
    """At the second that was said, and not before."""
    system.run(*["failure"] * 5)
    opened = system.at
    system.at = opened + 299.999
    assert system.state.breaker.phase == "open"
    system.at = opened + 300
    assert (system.state.breaker.phase, system.state.breaker.since) == ("half_open", opened + 300)
    system.at = opened + 9999
    assert (system.state.breaker.phase, system.state.breaker.since) == ("half_open", opened + 300)


def test_it_stays_open_as_long_as_the_policy_said_when_it_opened(system: System) -> None:
    """Another branch cannot open the way for itself."""
    system.run(*["failure"] * 5)
    system.terms = system.terms._replace(recovery=1.0)
    system.at += 299
    system.happen("sampled", score=None, cpu=None, memory=None, disk=None)
    assert system.state.breaker.phase == "open"


@pytest.mark.parametrize(("successes", "phase"), [(2, "half_open"), (3, "closed")])
def test_so_many_probes_that_succeed_close_it(system: System, successes: int, phase: str) -> None:
    """Three do, two do not."""
    system.run(*["failure"] * 5)
    system.at += 300
    system.run(*["success"] * successes)
    assert system.state.breaker.phase == phase
    assert system.state.breaker.failures == 0


def test_a_probe_that_fails_opens_it_again(system: System) -> None:
    """From then on for as long again, and what succeeded before does not count any more."""
    system.run(*["failure"] * 5)
    system.at += 300
    system.run("success", "success", "failure")
    assert (system.state.breaker.phase, system.state.breaker.since) == ("open", system.at)
    assert (system.state.breaker.failures, system.state.breaker.successes) == (1, 0)
    system.at += 299
    assert system.state.breaker.phase == "open"
    system.at += 1
    assert (system.state.breaker.phase, system.state.breaker.successes) == ("half_open", 0)
    assert system.run("success", "success").breaker.phase == "half_open"
    assert system.run("success").breaker.phase == "closed"


def test_it_is_told_how_long_the_outage_was(system: System) -> None:
    """From the first opening to the closing, with all that failed in between."""
    system.run(*["failure"] * 5)
    first = system.at
    system.at += 300
    system.run("failure")
    system.at += 300
    system.run("success", "success")
    system.at += 7
    assert system.run("success").breaker.time_to_recovery == system.at - first == 607
    system.at += 1000
    system.happen("reset", by="ada", reason="")
    assert system.state.breaker.time_to_recovery == 607


def test_each_time_it_turns_is_counted(system: System) -> None:
    """By this it is known what began in another phase."""
    turns = [system.run(*["failure"] * 5).breaker.turn]
    system.at += 300
    turns += [system.state.breaker.turn, system.run("failure").breaker.turn]
    system.at += 300
    turns += [system.state.breaker.turn, system.run(*["success"] * 3).breaker.turn]
    turns.append(system.happen("reset", by="ada").breaker.turn)
    turns.append(system.happen("journal-lost", anchored="0").breaker.turn)
    assert turns == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize("result", ["success", "failure"])
def test_what_began_before_it_turned_says_nothing_about_now(system: System, result: str) -> None:
    """Neither an opening, nor the end of the wait, nor a reset is undone by a straggler."""
    for number in range(3):
        system.open(f"old {number}")
    system.run(*["failure"] * 5)
    opened = system.state.breaker
    system.at += 10
    assert system.close("old 0", result).breaker == opened
    system.at += 290
    probing = system.state.breaker
    assert system.close("old 1", result).breaker == probing
    system.happen("reset", by="ada")
    closed = system.state.breaker
    assert system.close("old 2", result).breaker == closed
    assert system.state.attempts == 5 + 3


def test_a_probe_that_ends_after_it_closed_says_nothing(system: System) -> None:
    """Nor one that ends after it opened again."""
    system.run(*["failure"] * 5)
    system.at += 300
    system.open("late")
    system.run(*["success"] * 3)
    assert system.close("late", "failure").breaker.failures == 0
    system.run(*["failure"] * 5)
    system.at += 300
    system.open("late again")
    system.run("failure")
    opened = system.state.breaker
    assert system.close("late again", "success").breaker == opened


@pytest.mark.parametrize("result", ["success", "failure"])
def test_what_begins_while_it_is_open_proves_nothing(system: System, result: str) -> None:
    """No one should have let it through; it neither closes the breaker nor keeps it open."""
    system.terms = system.terms._replace(successes=1)
    system.run(*["failure"] * 5)
    opened = system.state.breaker
    system.at += 10
    assert system.run(result).breaker == opened


def test_whom_no_limit_binds_never_turns_it(system: System) -> None:
    """People may fail as often as they like, and do not close it for agents."""
    system.run(*["failure"] * 9, is_bound=False)
    assert (system.state.breaker.phase, system.state.breaker.failures) == ("closed", 0)
    system.run(*["failure"] * 5)
    system.at += 300
    before = system.state.breaker
    assert system.run(*["success"] * 3, "failure", is_bound=False).breaker == before
    assert (system.state.attempts, system.state.successes) == (5, 0)


def test_a_person_can_close_it_whatever_it_is(system: System) -> None:
    """Open or half-open; and the failures so far are forgiven while it is closed."""
    system.run(*["failure"] * 5)
    system.at += 20
    system.happen("reset", by="ada", reason="the disk was full")
    assert (system.state.breaker.phase, system.state.breaker.since) == ("closed", system.at)
    assert (system.state.breaker.failures, system.state.breaker.time_to_recovery) == (0, 20)
    system.run(*["failure"] * 4)
    system.happen("reset", by="ada", reason="")
    assert system.run(*["failure"] * 4).breaker.phase == "closed"
    assert system.run("failure").breaker.phase == "open"
    system.at += 301
    system.happen("reset", by="ada")
    assert system.state.breaker.phase == "closed"


def test_where_the_journal_was_lost_it_begins_by_probes(system: System) -> None:
    """Nobody knows what was before; three successes close it and one failure opens it."""
    system.happen("journal-lost", anchored="0" * 64)
    assert (system.state.breaker.phase, system.state.breaker.since) == ("half_open", system.at)
    system.at += 12
    assert system.run(*["success"] * 3).breaker.phase == "closed"
    assert system.state.breaker.time_to_recovery == 12
    system.happen("journal-lost", anchored="0" * 64)
    assert system.run("failure").breaker.phase == "open"


def test_everything_is_counted_since_the_journal_began(system: System) -> None:
    """Through openings and resets, and however long ago it was."""
    system.run("success", *["failure"] * 5)
    system.at += 5000
    system.run("success", "success", "success")
    system.happen("reset", by="ada")
    assert (system.state.attempts, system.state.successes) == (9, 4)
