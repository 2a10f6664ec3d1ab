"""Many processes fight over one journal, and no limit gives way; if one did, it would be seen."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.journals import Entry, Event, chained
from pytest_selfmod_guard.policy import Policy, Rate
from pytest_selfmod_guard.state import START, Happening, as_text, fold
from tests.stages.hammered import Hammered, Told, faults

if TYPE_CHECKING:
    from tests.postgres import Server

ROOT = Path(__file__).parents[2]
KILLED = [pytest.param((), id="all-live"), pytest.param(("--kill",), id="some-are-killed")]

LEASE = 600.0
POLICY = Policy(rate=Rate(max_per_window=3, window="10s"))
Line = tuple[float, str, str]
"""When, an attempt, and what became of it: ``opened`` or an outcome."""

GOOD: tuple[Line, ...] = (
    (1, "w1.1", "opened"), (1, "w2.1", "opened"), (2, "w1.1", "rolled_back"),
    (2, "w2.1", "denied"), (3, "w1.2", "opened"), (4, "w2.2", "opened"),
    (5, "w1.2", "rolled_back"), (6, "w2.2", "crashed"), (16, "w3.1", "opened"),
    (17, "w3.1", "rolled_back"), (18, "w1.3", "opened"), (19, "w1.3", "rolled_back"),
    (319, "w1.4", "opened"), (320, "w1.4", "allowed"),
)  # fmt: skip
"""Five failures with a success long after; one was killed, and buried before the next."""
DEATHS = {"w2": 5.5}


@pytest.mark.proof
def test_sixteen_processes_break_no_limit() -> None:
    """Two seconds on the embedded journal, while some are killed; hundreds of questions."""
    hammer("--seconds=2", "--kill")


@pytest.mark.proof
@pytest.mark.parametrize("how", KILLED)
def test_sixteen_processes_break_no_limit_for_longer(how: tuple[str, ...]) -> None:
    """Five seconds, beginning differently."""
    assert "opened 0 times" not in hammer("--seconds=5", "--seed=2", *how)


@pytest.mark.proof
@pytest.mark.parametrize("how", KILLED)
def test_sixteen_processes_break_no_limit_in_a_fleet(
    postgres: Server, how: tuple[str, ...]
) -> None:
    """The same in PostgreSQL, by whose clock it is counted."""
    address = postgres.address(postgres.new())
    assert "opened 0 times" not in hammer("--seconds=5", f"--postgres={address}", *how)


def test_a_sound_run_has_no_fault() -> None:
    """Else those below could be found for another reason."""
    assert faults(run(GOOD)) == []


@pytest.mark.parametrize(
    ("added", "wrong"),
    [
        ([(330, f"w1.{n}", what) for n in range(5, 9) for what in ("opened", "allowed")],
         "4 landed within 0.0000 s"),
        ([(330, f"w{n}.5", "opened") for n in range(3, 7)], "w6.5 was let in as number 4"),
        ([(318, "w1.9", "opened")], "w1.9 was let in while the breaker was open"),
        ([(320, f"w{n}.5", "opened") for n in range(3, 6)], "w5.5 was let in as probe 3 of 2"),
        ([(3, f"w{n}.5", "opened") for n in range(3, 7)],
         "w6.5 was let in beside 4 others after 1 failures"),
        ([(330, "w1.5", "opened"), (329, "w1.5", "allowed")], "is earlier than the one before"),
        ([(340, "w1.4", "allowed")], "closed of w1.4 is there 2 times"),
        ([(340, "w1.4", "allowed")], "w1.4 was closed, and not under way"),
        ([(330, "w1.5", "opened")], "w1.5 was never closed"),
        ([(330, "w1.5", "opened"), (340, "w1.5", "crashed")], "w1.5 was buried alive"),
        ([(5.7, "w1.5", "opened"), (5.8, "w1.5", "denied")], "w2.2 was dead, and w1.5 let in"),
        ([(330, "w1.5", "opened"), (930, "w3.5", "opened")], "w1.5 was dead, and w3.5 let in"),
    ],
)  # fmt: skip
def test_what_should_not_have_been_is_named(added: list[Line], wrong: str) -> None:
    """A proof that cannot fail proves nothing."""
    at = sum(line[0] <= added[0][0] for line in GOOD)
    assert wrong in "\n".join(faults(run((*GOOD[:at], *added, *GOOD[at:]))))


def test_what_was_told_and_what_is_there_have_to_be_the_same() -> None:
    """Nobody is told what is not kept, and nothing is kept that nobody was told."""
    sound = run(GOOD)
    lost = sound._replace(told=[*sound.told, Told("w1", "noted", "w1.4", 320.0, 0.1)])
    assert faults(lost) == ["w1.4 was told noted, and it is nowhere"]
    silent = sound._replace(told=[one for one in sound.told if one.attempt != "w1.3"])
    assert faults(silent) == [
        "nobody was told that w1.3 was opened", "nobody was told that w1.3 was closed",
    ]  # fmt: skip
    mute = sound._replace(told=[one for one in sound.told if one.attempt != "w2.2"])
    assert faults(mute) == []  # it was dead
    stuck = sound._replace(told=[*sound.told, Told("w1", "journal-busy", "w1.5", 321.0, 10.0)])
    assert faults(stuck) == ["w1 met journal-busy"]


def test_a_broken_chain_and_a_wrong_state_are_named() -> None:
    """Of which the second is not seen by the chain."""
    sound = run(GOOD)
    early = [event.entry for event in sound.events[:-1]]
    other = sound.events[-1].entry._replace(fold=as_text(START))
    wrong = list(chained([*early, other], 0, "0" * 64))
    assert faults(sound._replace(events=wrong)) == ["event 14 does not carry the state after it"]
    torn = [*sound.events[:-1], sound.events[-1]._replace(prev="0" * 64)]
    assert faults(sound._replace(events=torn)) == ["the chain breaks at event 14"]


def test_who_was_killed_has_to_be_counted() -> None:
    """Nobody knows whether it had modified anything."""
    sound = run(GOOD)
    events = [
        one._replace(body=one.body.replace('"counts": true', '"counts": false'))
        if one.attempt == "w2.2"
        else one
        for one in sound.events
    ]
    told = faults(sound._replace(events=events))
    assert "w2.2 may have landed, and is not counted" in told


def test_where_nothing_happened_nothing_is_shown() -> None:
    """A store that lets nobody in breaks no limit."""
    assert faults(run(GOOD[:4])) == ["too few landed to reach the limit"]


def hammer(*options: str) -> str:
    """Let them loose in a session of their own, which has to end with them; give its figures."""
    command = [sys.executable, "-m", "tests.stages.hammer", *options]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        start_new_session=True,
    ) as process:  # fmt: skip
        try:
            told, _ = process.communicate(timeout=60)
        finally:
            survivors = _kill_all(process)
    assert process.returncode == 0, told
    assert not survivors
    return told


def _kill_all(process: subprocess.Popen[str]) -> bool:
    """Tell whether anything of its session was left to kill."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def run(lines: Iterable[Line]) -> Hammered:
    """Make a run of which everybody was told what happened."""
    events = tuple(_events(lines))
    told = [
        Told(event.attempt.partition(".")[0], event.kind, event.attempt, event.at, 0.01)
        for event in events
        if json.loads(event.body).get("outcome") != "crashed"
    ]
    return Hammered(events, told, DEATHS, POLICY, LEASE)


def _events(lines: Iterable[Line]) -> Iterable[Event]:
    state, entries = START, []
    for at, attempt, what in lines:
        kind = "opened" if what == "opened" else "closed"
        body = {"terms": [5, 3, 300, 300], "base": attempt, **_particulars(what)}
        state = fold(state, Happening(at, kind, attempt, body))
        entries.append(Entry(at, kind, attempt, json.dumps(body), "", as_text(state)))
    return chained(entries, 0, "0" * 64)


def _particulars(what: str) -> dict[str, object]:
    if what == "opened":
        return {"lease": LEASE, "bound": True, "who": ""}
    results = {"denied": "none", "allowed": "success"}
    counts = what != "denied"
    return {"outcome": what, "result": results.get(what, "failure"), "counts": counts,
            "seconds": 0.5}  # fmt: skip
