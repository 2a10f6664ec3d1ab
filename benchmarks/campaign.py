"""
What the pre-flight stops, and whom it holds up: days of simulated work, drawn by one seed.

Several agents propose modifications at their own pace, whatever became of the
last one, so that every column is about the same proposals. The clock is
simulated; ledger, pre-flights and the policy's defaults are the real ones. What
is stopped by judging the change itself (danger, size, SMG104) comes on top and
is not counted here. This is what harmful meant before anything was measured:

- *cascading failures*: for one hour of a day all agents try to mend what breaks
  (every half a minute each), and 95 of 100 modifications fail and are rolled
  back. Harmful is what would fail.
- *resource exhaustion*: memory runs out, later the disk; 7 of 10 modifications
  crash then. Harmful is what begins when either is beyond the policy's limit.
  The machine is sampled every ten seconds, as by `status --watch`.
- *runaway agent*: one proposes 300 a minute for two minutes, all of which
  succeed. Harmful is what lands of it though ten landed within the minute before.
- *flapping*: a quarter of an hour good, a quarter bad, all day, at one
  modification a minute and agent. Harmful is what would fail: 95 of 100 in
  the bad times.
- *quiet days*: five agents, one modification in ten minutes each, of which
  2 of 100 fail. Nothing counts as harmful, and all that is refused as held up.

Everything else is harmless. It is held up when it is refused, for however long.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from heapq import heappop, heappush
from random import Random
from typing import NamedTuple
from unittest.mock import patch

from pytest_selfmod_guard import preflights
from pytest_selfmod_guard.health import assess, sample
from pytest_selfmod_guard.journals.sqlite import SqliteJournal
from pytest_selfmod_guard.machine import Measured, Reading
from pytest_selfmod_guard.policy import Policy
from pytest_selfmod_guard.processes import here
from pytest_selfmod_guard.stages._ledger import Ledger
from pytest_selfmod_guard.stages.preflight import Ending, Opening, admit, end

MINUTE, HOUR = 60.0, 3600.0
MANY = 10
"""The policy's own limit in a minute, here as a measure of harm."""
BEGIN = 1_750_000_000.0
ALL = frozenset(("circuit breaker", "health monitoring", "rate limiting"))
COLUMNS: Mapping[str, Collection[str]] = {
    "breaker": {"circuit breaker"},
    "rate": {"rate limiting"},
    "pre-flight": ALL,
}
"""Who is asked; each alone, and all of them."""
CLAIMS = {"breaker": ("cascading failures", 95), "rate": ("runaway agent", 100),
          "pre-flight": ("in all", 98)}  # fmt: skip
"""Where each is meant to help, and the share in percent that it was said to stop."""

HOW = {"closed": "while the breaker was closed", "half_open": "as its probes",
       "with caution": "with caution"}  # fmt: skip
BECAUSE = (
    "Five failures in a row open the breaker, so none of them can be stopped by it, and each probe"
    " may be one more. One bad item of six leaves a score of 83: degraded, and let through with"
    " caution; of the three items that need no evidence it leaves 67, which stops."
)

_FAILS, _SOMETIMES, _CRASHES = 0.95, 0.02, 0.7
_STEP = 10.0


class Proposal(NamedTuple):
    """Something that an agent wants to modify."""

    at: float
    """Seconds since the beginning."""
    agent: str
    outcome: str
    """What comes of it if it is let through."""
    is_harmful: bool
    takes: float
    """Seconds."""


class World(NamedTuple):
    """What happens, whoever is let through."""

    name: str
    proposals: Sequence[Proposal]
    readings: Sequence[tuple[float, Reading]] = ()
    culprit: str = ""
    """Of whom is harmful what lands though ten landed within the minute before;
    empty where each proposal says of itself what it is."""


class Asked(NamedTuple):
    """A proposal, and what became of it."""

    proposal: Proposal
    is_open: bool
    how: str
    """In which phase of the breaker it was asked, or that it was let through with caution."""


class Row(NamedTuple):
    """A line of the table."""

    harmful: int
    """How many there would be if nobody was asked."""
    made: Mapping[str, int]
    """How many of those were made, by who was asked."""
    harmless: int
    held_up: Mapping[str, int]
    """How many of those were refused, by who was asked."""


def main() -> None:
    """Live through every world, and print what was stopped."""
    parser = argparse.ArgumentParser(description="What the pre-flight stops, in simulated time.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--days", type=int, default=3, help="of each kind")
    args = parser.parse_args()
    print(f"days of each kind: {args.days}, seed {args.seed}", flush=True)
    told = campaign(args.seed, args.days)
    for line in table({name: row for name, (row, _) in told.items()}):
        print(line)
    for name, (counts, asked) in told.items():
        if counts.made["pre-flight"]:
            print(why(name, asked))
    print(BECAUSE)


def campaign(seed: int, days: int) -> dict[str, tuple[Row, list[Asked]]]:
    """
    Live through some days of each kind.

    :returns: by name the counts, and what was asked of the whole pre-flight
    """
    told = {}
    for make in WORLDS:
        rows, asked = [], []
        for day in range(days):
            world = make(Random(f"{seed} {day} {make.__name__}"))  # noqa: S311 (no secret)
            lived = {name: live(world, asks) for name, asks in COLUMNS.items()}
            rows.append(row(world, lived))
            asked += lived["pre-flight"]
        told[world.name] = (added(rows), asked)
    return told


def live(world: World, asks: Collection[str]) -> list[Asked]:
    """
    Put every proposal to the pre-flight, and end what it lets through.

    :param asks: the layers that are asked
    """
    some = tuple(one for one in preflights.preflights() if one.LAYER in asks)
    # In memory, where there is such a place: nobody's power is cut here.
    place = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108 (a folder of our own in it)
    with (
        tempfile.TemporaryDirectory(prefix="campaign-", dir=place) as folder,
        patch.object(preflights, "preflights", lambda: some),
    ):
        return list(Days(folder).play(world, has_samples="health monitoring" in asks))


class Days:
    """A journal, in simulated time."""

    def __init__(self, folder: str) -> None:
        """Begin with an empty journal in a folder."""
        self._now = BEGIN
        self._ledger = Ledger(SqliteJournal(folder), lambda: self._now)
        self._policy = Policy()
        self._endings: list[tuple[float, str, Proposal]] = []

    def play(self, world: World, *, has_samples: bool) -> Iterator[Asked]:
        """Let everything happen in its order; samples only for somebody who asks for them."""
        readings = list(reversed(world.readings)) if has_samples else []
        for number, proposal in enumerate(world.proposals):
            while readings and readings[-1][0] <= proposal.at:
                self._sample(*readings.pop())
            self._end_until(proposal.at)
            yield self._ask(f"a{number}", proposal)

    def _ask(self, attempt: str, proposal: Proposal) -> Asked:
        self._now = BEGIN + proposal.at
        flight = admit(self._ledger, _opening(attempt, proposal), self._policy)
        if flight.is_open:
            heappush(self._endings, (proposal.at + proposal.takes, attempt, proposal))
        how = "with caution" if flight.with_caution else flight.state.breaker.phase
        return Asked(proposal, flight.is_open, how)

    def _end_until(self, now: float) -> None:
        while self._endings and self._endings[0][0] <= now:
            at, attempt, proposal = heappop(self._endings)
            self._now = BEGIN + at
            ending = Ending(proposal.outcome, counts=True, seconds=0.5, actor=proposal.agent,
                            change={})  # fmt: skip
            end(self._ledger, _opening(attempt, proposal), ending, self._policy)

    def _sample(self, at: float, reading: Reading) -> None:
        self._end_until(at)
        self._now = BEGIN + at
        with self._ledger.page() as page:
            told = assess(page.state, self._policy.health, reading=reading, where=here())
            page.add("sampled", "", sample(reading, told, here()))


def _opening(attempt: str, proposal: Proposal) -> Opening:
    return Opening(attempt, f"base of {attempt}", proposal.agent, "", attempt, is_bound=True)


# -- what came of it --------------------------------------------------------------------------


def row(world: World, lived: Mapping[str, Sequence[Asked]]) -> Row:
    """Count what was harmful, what was not, and what became of both."""
    free = [Asked(proposal, is_open=True, how="") for proposal in world.proposals]
    return Row(
        harmful=harm(world, free),
        made={name: harm(world, asked) for name, asked in lived.items()},
        harmless=sum(not one.is_harmful for one in world.proposals),
        held_up={
            name: sum(not (one.is_open or one.proposal.is_harmful) for one in asked)
            for name, asked in lived.items()
        },
    )


def harm(world: World, asked: Sequence[Asked]) -> int:
    """Count the harmful modifications that were made."""
    made = [one.proposal for one in asked if one.is_open]
    if not world.culprit:
        return sum(one.is_harmful for one in made)
    landed = sorted((one.at + one.takes, one.agent) for one in made)
    return sum(
        agent == world.culprit and at >= MANY and when < landed[at - MANY][0] + MINUTE
        for at, (when, agent) in enumerate(landed)
    )


def added(rows: Sequence[Row]) -> Row:
    """Add counts up."""
    names = rows[0].made
    return Row(
        sum(one.harmful for one in rows),
        {name: sum(one.made[name] for one in rows) for name in names},
        sum(one.harmless for one in rows),
        {name: sum(one.held_up[name] for one in rows) for name in names},
    )


def table(rows: Mapping[str, Row]) -> Iterator[str]:
    """Write it down: shares in percent, and beside the names what was claimed."""
    names = list(COLUMNS)
    yield f"{'':20} {'harmful':>8}" + "".join(f"{name:>12}" for name in names) + "   held up"
    every = {**rows, "in all": added(list(rows.values()))}
    for title, one in every.items():
        shares = "".join(
            f"{_share(one.harmful - one.made[name], one.harmful):>12}" for name in names
        )
        held = "  ".join(_share(one.held_up[name], one.harmless) for name in names[-1:])
        yield f"{title:20} {one.harmful:8}{shares}   {held} of {one.harmless}"
    for name, (title, claim) in CLAIMS.items():
        if title not in every:
            continue
        one = every[title]
        share = 100 * (1 - one.made[name] / one.harmful)
        verdict = "as claimed" if share >= claim else "BELOW the claim"
        yield f"{name}, {title}: {share:.1f} % stopped, {claim} % claimed: {verdict}"


def why(title: str, asked: Sequence[Asked]) -> str:
    """Tell how harmful modifications got through."""
    made = [one.how for one in asked if one.is_open and one.proposal.is_harmful]
    told = ", ".join(f"{made.count(how)} {what}" for how, what in HOW.items())
    return f"{title}: let through {told}"


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


# -- what happens -----------------------------------------------------------------------------


def cascading(rng: Random) -> World:
    """Six hours, of which all goes wrong in the third."""
    calm = [
        *_pace(rng, 4, 10 * MINUTE, 0, 2 * HOUR),
        *_pace(rng, 4, 10 * MINUTE, 3 * HOUR, 6 * HOUR),
    ]
    mending = _pace(rng, 4, 30.0, 2 * HOUR, 3 * HOUR)
    proposals = [_tried(rng, at, agent, _SOMETIMES) for at, agent in calm]
    proposals += [_tried(rng, at, agent, _FAILS) for at, agent in mending]
    return World("cascading failures", sorted(proposals))


def exhaustion(rng: Random) -> World:
    """Six hours: first the memory runs out, then the disk."""
    times = [step * _STEP for step in range(int(6 * HOUR / _STEP))]
    proposals = [
        _tried(rng, at, agent, _CRASHES if _is_short(at) else _SOMETIMES, failure="crashed",
               is_harmful=_is_short(at))
        for at, agent in _pace(rng, 4, 2 * MINUTE, 0, 6 * HOUR)
    ]  # fmt: skip
    return World("resource exhaustion", sorted(proposals), [(at, _reading(at)) for at in times])


def runaway(rng: Random) -> World:
    """Half an hour; for two minutes of it one of four agents goes in circles."""
    others = [_tried(rng, at, agent, 0) for at, agent in _pace(rng, 3, MINUTE, 0, HOUR / 2)]
    mad = [
        Proposal(15 * MINUTE + number / 5, "runaway", "allowed", is_harmful=True, takes=0.2)
        for number in range(600)
    ]
    return World("runaway agent", sorted([*others, *mad]), culprit="runaway")


def flapping(rng: Random) -> World:
    """Six hours, good and bad in turn."""
    spell = 15 * MINUTE
    proposals = [
        _tried(rng, at, agent, _FAILS if int(at / spell) % 2 else _SOMETIMES)
        for at, agent in _pace(rng, 4, MINUTE, 0, 6 * HOUR)
    ]
    return World("flapping", sorted(proposals))


def quiet(rng: Random) -> World:
    """Eight hours, and nothing out of the ordinary."""
    pace = _pace(rng, 5, 10 * MINUTE, 0, 8 * HOUR)
    proposals = [_tried(rng, at, agent, _SOMETIMES, is_harmful=False) for at, agent in pace]
    return World("quiet days", sorted(proposals))


WORLDS: tuple[Callable[[Random], World], ...] = (cascading, exhaustion, runaway, flapping, quiet)


def _pace(
    rng: Random, agents: int, mean: float, begins: float, ends: float
) -> Iterator[tuple[float, str]]:
    """Give when each agent proposes something: at random, so often on average."""
    for number in range(agents):
        at = begins + rng.expovariate(1 / mean)
        while at < ends:
            yield at, f"agent {number}"
            at += rng.expovariate(1 / mean)


def _tried(
    rng: Random,
    at: float,
    agent: str,
    share: float,
    *,
    failure: str = "rolled_back",
    is_harmful: bool | None = None,
) -> Proposal:
    """Decide whether it will fail; it is harmful if it does, unless somebody knows better."""
    fails = rng.random() < share
    outcome = failure if fails else "allowed"
    takes = rng.uniform(2, 20)
    return Proposal(at, agent, outcome, fails if is_harmful is None else is_harmful, takes)


def _run_out(at: float, hour: float) -> float:
    """Give how far it has run out, up to 1: within an hour, for half of one, and back."""
    return max(0.0, min(1.0, 1.25 - abs(at / HOUR - hour)))


def _memory(at: float) -> float:
    """Percent available: from 60 down to 3."""
    return 60 - 57 * _run_out(at, 1.5)


def _disk(at: float) -> float:
    """Percent in use: from 50 up to 99."""
    return 50 + 49 * _run_out(at, 4.5)


def _is_short(at: float) -> bool:
    limits = Policy().health
    return (
        _memory(at) <= limits.min_memory_available_percent or _disk(at) >= limits.max_disk_percent
    )


def _reading(at: float) -> Reading:
    return Reading(Measured(30.0, ""), Measured(_memory(at), ""), Measured(_disk(at), ""))


if __name__ == "__main__":
    main()
