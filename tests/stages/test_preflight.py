"""The pre-flight: who is let through, what is counted, and what becomes of the dead."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pytest_selfmod_guard.errors import JournalError
from pytest_selfmod_guard.journals.sqlite import SqliteJournal
from pytest_selfmod_guard.machine import Measured, Reading
from pytest_selfmod_guard.model import Allowed, Evidence, Layer
from pytest_selfmod_guard.model import State as LayerState
from pytest_selfmod_guard.policy import Breaker, Limits, Policy
from pytest_selfmod_guard.processes import here
from pytest_selfmod_guard.stages._layers import layers_of
from pytest_selfmod_guard.stages._ledger import Ledger
from pytest_selfmod_guard.stages.preflight import (
    LEASE,
    Ending,
    Flight,
    Opening,
    admit,
    careful,
    end,
    look,
    tidy,
)
from pytest_selfmod_guard.state import START, Happening, fold

STARVED = Reading(Measured(5.0, "5 %"), Measured(6.0, "6 %"), Measured(10.0, "10 %"))


class Desk:
    """A journal with a clock that is set by hand, and attempts on it."""

    def __init__(self, folder: Path) -> None:
        """Begin at second 1,000."""
        self.now = 1000.0
        self.policy = Policy()
        self.journal = SqliteJournal(str(folder / "state"))
        self.ledger = Ledger(self.journal, lambda: self.now)
        self._count = 0

    def opening(self, *, base: str = "", is_bound: bool = True) -> Opening:
        """Make an attempt; each is of another base if none is given."""
        self._count += 1
        attempt = f"a{self._count}"
        return Opening(attempt, base or f"b{self._count}", "agent x", "--staged", "d", is_bound)

    def admit(self, **how: Any) -> tuple[Opening, Flight]:
        """Ask to be let through."""
        opening = self.opening(**how)
        return opening, admit(self.ledger, opening, self.policy)

    def end(self, opening: Opening, outcome: str, *, counts: bool = True) -> bool:
        """End an attempt."""
        ending = Ending(outcome, counts, 0.5, "agent x", {"chars": 3, "files": 1, "folders": [""]})
        return end(self.ledger, opening, ending, self.policy)

    def run(self, outcome: str, **how: Any) -> Flight:
        """Ask, and end if it was let through."""
        opening, flight = self.admit(**how)
        if flight.is_open:
            self.end(opening, outcome, counts=outcome != "denied")
        return flight

    def bodies(self, kind: str) -> list[dict[str, Any]]:
        """Give what was written down of a kind, oldest first."""
        return [json.loads(event.body) for event in self.journal.events() if event.kind == kind]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Give an empty journal."""
    return Desk(tmp_path)


def test_an_attempt_is_written_down_before_it_begins_and_when_it_ends(desk: Desk) -> None:
    """With the state after each, which anybody can compute again."""
    opening, flight = desk.admit()
    assert flight.is_open
    assert [result.name for result in flight.results] == ["breaker", "health", "rate"]
    assert [lease.attempt for lease in desk.ledger.state().leases] == ["a1"]
    desk.end(opening, "allowed")
    state = START
    for event in desk.journal.events():
        state = fold(state, Happening(event.at, event.kind, event.attempt, json.loads(event.body)))
    assert state == desk.ledger.state()
    assert (state.attempts, state.successes, len(state.landed), state.leases) == (1, 1, 1, ())
    assert desk.bodies("closed")[0]["change"] == {"chars": 3, "files": 1, "folders": [""]}


def test_looking_changes_and_counts_nothing(desk: Desk) -> None:
    """However often one asks whether something would be let through."""
    for _ in range(30):
        flight = look(desk.ledger.state(), desk.policy)
        assert (flight.refusal, flight.is_open) == (None, False)
    assert list(desk.journal.events()) == []


def test_what_is_refused_has_not_begun(desk: Desk) -> None:
    """And the pre-flight stops at the first that refuses."""
    for _ in range(5):
        desk.run("rolled_back")
    _, flight = desk.admit()
    assert flight.refusal is not None
    assert (flight.refusal.slug, flight.refusal.retry_after) == ("breaker-open", 300.0)
    assert [result.name for result in flight.results] == ["breaker"]
    assert [layer.state for layer in flight.layers] == [LayerState.FAILED]
    assert not flight.is_open
    assert len(desk.bodies("opened")) == 5


def test_people_are_warned_and_not_kept_out(desk: Desk) -> None:
    """Who mends what an agent broke must not wait for the agent's breaker."""
    for _ in range(5):
        desk.run("rolled_back")
    opening, flight = desk.admit(is_bound=False)
    assert flight.is_open
    assert flight.refusal is not None
    assert [layer.state for layer in flight.layers] == [LayerState.WARNED]
    desk.end(opening, "allowed")
    assert desk.ledger.state().breaker.phase == "open"


def test_a_sixth_under_way_is_busy_and_no_failure(desk: Desk) -> None:
    """If the five fail, the breaker has to open before the sixth begins."""
    begun = [desk.admit() for _ in range(5)]
    _, sixth = desk.admit()
    assert sixth.refusal is not None
    assert sixth.refusal.slug == "busy"
    assert sixth.refusal.retry_after
    desk.end(begun[0][0], "allowed")
    assert desk.admit()[1].is_open


def test_the_rate_is_held_and_lets_go_when_it_says(desk: Desk) -> None:
    """Not a moment earlier."""
    for _ in range(10):
        assert desk.run("allowed").is_open
        desk.now += 1
    refusal = desk.run("allowed").refusal
    assert refusal is not None
    assert refusal.slug == "rate-limited"
    assert refusal.retry_after == pytest.approx(50.0)
    desk.now += 49.9
    assert not desk.run("allowed").is_open
    desk.now += 0.1
    assert desk.run("allowed").is_open


def test_commits_that_cannot_both_have_landed_count_once(desk: Desk) -> None:
    """A commit that another hook refuses is tried again on the same base."""
    for _ in range(30):
        assert desk.run("allowed", base="b").is_open
    assert len(desk.ledger.state().landed) == 1


def test_a_denied_change_frees_its_place(desk: Desk) -> None:
    """It modified nothing, and by default says nothing about the system."""
    for _ in range(30):
        assert desk.run("denied").is_open
    state = desk.ledger.state()
    assert (state.landed, state.attempts, state.breaker.failures) == ((), 0, 0)


def test_the_policy_says_what_a_failure_is(desk: Desk) -> None:
    """Where it says that denials are, five of them open the breaker."""
    desk.policy = Policy(breaker=Breaker(failures=("denied",)))
    for _ in range(4):
        desk.run("denied")
    opening, _ = desk.admit()
    assert desk.end(opening, "denied", counts=False) is True
    assert desk.ledger.state().breaker.phase == "open"
    desk.policy = Policy()
    desk.now += 300
    for _ in range(3):
        desk.run("crashed")
    assert desk.ledger.state().breaker.phase == "open"


_DIES = """
import os, signal, sys
from pytest_selfmod_guard.journals.sqlite import SqliteJournal
from pytest_selfmod_guard.policy import Policy
from pytest_selfmod_guard.stages._layers import layers_of
from pytest_selfmod_guard.stages._ledger import Ledger
from pytest_selfmod_guard.stages.preflight import Opening, admit
ledger = Ledger(SqliteJournal(sys.argv[1]), lambda: 1000.0)
admit(ledger, Opening(sys.argv[2], "b", "agent x", "s", "d", True), Policy())
print("begun", flush=True)
if sys.argv[3] == "dies":
    os.kill(os.getpid(), signal.SIGKILL)
sys.stdin.read()
"""


def begin(desk: Desk, attempt: str, then: str) -> subprocess.Popen[bytes]:
    """Let another process begin an attempt; it then dies, or waits for its input to end."""
    process = subprocess.Popen(
        [sys.executable, "-c", _DIES, desk.journal.folder, attempt, then],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"begun\n"
    return process


def test_the_dead_are_closed_by_whoever_comes_next(desk: Desk) -> None:
    """At once, as crashed and as a failure; the living are let be."""
    alive, dead = begin(desk, "alive", "waits"), begin(desk, "dead", "dies")
    assert dead.wait(timeout=30) == -signal.SIGKILL
    desk.run("denied")
    (crashed, _) = desk.bodies("closed")
    assert (crashed["outcome"], crashed["result"]) == ("crashed", "failure")
    state = desk.ledger.state()
    assert [lease.attempt for lease in state.leases] == ["alive"]
    assert state.breaker.failures == 1
    alive.communicate(timeout=30)
    tidy(desk.ledger, desk.policy)
    assert desk.ledger.state().leases == ()
    assert desk.ledger.state().breaker.failures == 2
    for process in (alive, dead):
        for stream in (process.stdin, process.stdout):
            assert stream is not None
            stream.close()


def test_a_look_reckons_with_the_dead(desk: Desk) -> None:
    """As whoever modifies next will; what is only judged must not be told that all is well."""
    desk.policy = Policy(breaker=Breaker(failure_threshold=2))
    desk.run("crashed")
    dead = begin(desk, "dead", "dies")
    dead.communicate(timeout=30)
    before = list(desk.journal.events())
    seen = look(desk.ledger.state(), desk.policy)
    assert seen.refusal is not None
    assert seen.refusal.slug == "breaker-open"
    assert list(desk.journal.events()) == before
    _, flight = desk.admit()
    assert flight.state == seen.state
    assert (flight.refusal, flight.has_tripped) == (seen.refusal, True)


def test_another_machines_sample_lets_nobody_through(desk: Desk) -> None:
    """Nor does it keep anybody out: it says how that machine is."""
    worst = {"score": 0, "status": "critical", "cpu": 99, "memory": 2, "disk": 99}
    well = {"score": 100, "status": "healthy", "cpu": 10, "memory": 60, "disk": 30}
    for mine, other, slug in ((worst, well, "health-critical"), (well, worst, None)):
        with desk.ledger.page() as page:
            page.add("sampled", "", {**mine, "where": here()})
            page.add("sampled", "", {**other, "where": "elsewhere"})
        refusal = look(desk.ledger.state(), desk.policy).refusal
        assert (refusal.slug if refusal else None) == slug


def test_crashes_open_the_breaker(desk: Desk) -> None:
    """And the one who finds the fifth is told so, to pass it on."""
    desk.policy = Policy(breaker=Breaker(failure_threshold=2))
    desk.run("crashed")
    desk.admit()
    desk.now += LEASE
    _, flight = desk.admit()
    assert flight.has_tripped
    assert flight.refusal is not None
    assert flight.refusal.slug == "breaker-open"


def test_the_dead_count_as_if_they_had_modified_something(desk: Desk) -> None:
    """Nobody knows how far they came."""
    desk.admit()
    desk.now += LEASE
    tidy(desk.ledger, desk.policy)
    assert [body["counts"] for body in desk.bodies("closed")] == [True]
    assert len(desk.ledger.state().landed) == 1


def test_who_asks_again_and_again_waits_no_longer_where_the_clock_was_set_back(desk: Desk) -> None:
    """A refusal writes that down too, or each would begin the wait anew."""
    desk.now = 90_000.0
    for _ in range(5):
        desk.run("crashed")
    desk.now -= 86_400.0
    for _ in range(30):
        assert not desk.run("allowed").is_open
        desk.now += 10.0
    assert desk.run("allowed").is_open
    assert [body["seconds"] for body in desk.bodies("clock-set-back")] == [86_400.0]


def test_a_modification_counts_for_as_long_as_the_longest_window(desk: Desk) -> None:
    """The rate asks about a minute, the frequency about five."""
    for _ in range(3):
        desk.run("allowed")
    desk.now += 299.0
    assert len(desk.ledger.state().recent(300.0)) == 3
    desk.now += 1.0
    assert desk.ledger.state().recent(300.0) == ()


def test_the_pre_flight_as_a_whole_is_as_its_worst_part() -> None:
    """Whatever stands first in it."""
    passed, warned, failed = (
        Layer(name, state)
        for name, state in (
            ("circuit breaker", LayerState.PASSED),
            ("health monitoring", LayerState.WARNED),
            ("rate limiting", LayerState.FAILED),
        )
    )
    verdict = Allowed(Evidence((), (), (), ()))
    for flight, whole in (
        ((passed, warned, failed), LayerState.FAILED),
        ((passed, warned), LayerState.WARNED),
        ((passed,), LayerState.PASSED),
        ((), LayerState.NOT_RUN),
    ):
        layers = {layer.name: layer.state for layer in layers_of(verdict, (), flight)}
        assert layers["pre-flight checks"] == whole


def test_a_lease_runs_out_and_what_comes_too_late_is_lost(desk: Desk) -> None:
    """Somebody else may be at it, so its end must not count."""
    opening, _ = desk.admit()
    desk.now += LEASE - 0.1
    tidy(desk.ledger, desk.policy)
    assert desk.bodies("closed") == []
    desk.now += 0.1
    tidy(desk.ledger, desk.policy)
    assert [body["outcome"] for body in desk.bodies("closed")] == ["crashed"]
    with pytest.raises(JournalError) as caught:
        desk.end(opening, "allowed")
    assert caught.value.slug == "attempt-lost"
    assert len(desk.bodies("closed")) == 1


def test_an_attempt_of_another_machine_is_left_alone(desk: Desk) -> None:
    """Whether it is dead cannot be seen from here; its lease runs out."""
    opening = desk.opening()
    body = {"terms": [5, 3, 300, 300], "lease": 60, "bound": True, "base": "b"}
    with desk.ledger.page() as page:
        page.add("opened", opening.attempt, {**body, "who": "elsewhere pid:[1] 1@1"})
    tidy(desk.ledger, desk.policy)
    assert len(desk.ledger.state().leases) == 1
    desk.now += 60
    tidy(desk.ledger, desk.policy)
    assert desk.ledger.state().leases == ()


def test_a_machine_that_is_not_well_asks_for_care(desk: Desk) -> None:
    """Half the rate and half the files; and one that is worse lets nothing through."""
    tired = Reading(Measured(5.0, ""), Measured(30.0, ""), Measured(95.0, ""))
    policy = desk.policy._replace(health=desk.policy.health._replace(min_score=50))
    for number in range(5):
        opening = desk.opening()
        flight = admit(desk.ledger, opening, policy, reading=tired)
        assert (number, flight.is_open, flight.with_caution) == (number, True, True)
        desk.end(opening, "allowed")
    refused = admit(desk.ledger, desk.opening(), policy, reading=tired)
    assert refused.refusal is not None
    assert refused.refusal.slug == "rate-limited"
    assert desk.admit()[1].is_open
    assert careful(policy).limits.max_files == 2
    assert careful(Policy(limits=Limits(max_files=1))).limits.max_files == 1
    starved = admit(desk.ledger, desk.opening(), desk.policy, reading=STARVED)
    assert starved.refusal is not None
    assert starved.refusal.slug == "unhealthy"


def test_a_state_that_cannot_be_read_is_no_pass(desk: Desk) -> None:
    """Nobody is let through on a guess."""
    desk.run("allowed")
    with desk.journal.turn() as turn:
        head = turn.head()
        assert head is not None
        turn.append(head.entry._replace(fold="[1,2]"))
    with pytest.raises(JournalError) as caught:
        desk.admit()
    assert caught.value.slug == "journal-damaged"
    assert "audit verify" in caught.value.hint
