"""The simulated campaign counts what it says it counts, and its numbers hang on the guard."""

from __future__ import annotations

import sys
from random import Random

import pytest

from benchmarks import campaign
from benchmarks.campaign import (
    ALL,
    HOUR,
    MINUTE,
    Asked,
    Proposal,
    World,
    cascading,
    exhaustion,
    harm,
    live,
    row,
    runaway,
    table,
)


def rng() -> Random:
    """Give the same numbers to each test."""
    return Random(1)  # noqa: S311 (no secret)


def until(world: World, end: float, begin: float = 0.0) -> World:
    """Take a part of a world: the simulation of a whole day takes seconds."""
    return world._replace(
        proposals=[one for one in world.proposals if begin <= one.at < end],
        readings=[one for one in world.readings if begin <= one[0] < end],
    )


def stopped(world: World, *asks: str) -> float:
    """Give the share of what was harmful and could not be done."""
    counts = row(world, {"some": live(world, asks)})
    return 1 - counts.made["some"] / counts.harmful


@pytest.mark.proof
def test_without_the_breaker_a_cascade_goes_on() -> None:
    """The rate is low enough, and that too much fails is seen only when much has failed."""
    world = until(cascading(rng()), 2.5 * HOUR, 1.9 * HOUR)
    whole = stopped(world, *ALL)
    assert whole > 0.85
    assert stopped(world, *ALL - {"circuit breaker"}) < whole - 0.05
    assert stopped(world, "rate limiting") < 0.3


def test_only_the_rate_limit_stops_a_runaway() -> None:
    """All of it, and not one that may land."""
    world = until(runaway(rng()), 15.4 * MINUTE, 14 * MINUTE)
    counts = row(world, {"whole": live(world, ALL), "rest": live(world, ALL - {"rate limiting"})})
    assert counts.harmful > 100
    assert counts.made["whole"] == 0
    assert counts.made["rest"] > 100
    assert counts.harmless > counts.held_up["rest"]


def test_only_the_health_of_the_machine_stops_what_begins_without_memory() -> None:
    """But for what began since the last look at it."""
    world = until(exhaustion(rng()), 1.2 * HOUR, 0.9 * HOUR)
    assert stopped(world, "health monitoring") > 0.9
    assert stopped(world, "rate limiting") == 0


def test_what_lands_after_ten_in_a_minute_is_harmful_if_the_culprit_did_it() -> None:
    """The tenth is not, nor is the eleventh of somebody else, nor what comes a minute later."""
    world = World("", (), culprit="x")
    ten = [proposal(number, "x") for number in range(10)]
    assert harm(world, asked(*ten)) == 0
    assert harm(world, asked(*ten, proposal(59, "x"))) == 1
    assert harm(world, asked(*ten, proposal(59, "y"))) == 0
    assert harm(world, asked(*ten, proposal(60, "x"))) == 0
    assert harm(world, [*asked(*ten), Asked(proposal(59, "x"), is_open=False, how="")]) == 0


def test_each_number_of_the_table_is_what_was_counted() -> None:
    """Of four harmful ones one was made, of two harmless ones one was refused."""
    four = [proposal(number, "x", is_harmful=True) for number in range(4)]
    two = [proposal(number, "x") for number in range(2)]
    world = World("cascading failures", [*four, *two])
    told = [
        *asked(four[0], two[0]),
        *(Asked(one, is_open=False, how="") for one in (*four[1:], two[1])),
    ]
    counts = row(world, dict.fromkeys(campaign.COLUMNS, told))
    lines = list(table({world.name: counts}))
    assert lines[1].split() == [
        *("cascading", "failures", "4"), *("75.0", "%") * 3, *("50.0", "%", "of", "2"),
    ]  # fmt: skip
    assert lines[2].split()[:3] == ["in", "all", "4"]
    assert lines[3:] == [
        "breaker, cascading failures: 75.0 % stopped, 95 % claimed: BELOW the claim",
        "pre-flight, in all: 75.0 % stopped, 98 % claimed: BELOW the claim",
    ]


def test_it_prints_its_table_and_says_what_is_below_the_claim(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the seed and the sizes, and the same of the same seed."""
    monkeypatch.setattr(campaign, "WORLDS", (shortened,))
    monkeypatch.setattr(sys, "argv", ["campaign.py", "--days", "1", "--seed", "7"])
    campaign.main()
    told = capsys.readouterr().out
    assert told.startswith("days of each kind: 1, seed 7\n")
    assert "breaker, cascading failures: " in told
    assert "cascading failures: let through " in told
    campaign.main()
    assert capsys.readouterr().out == told


def shortened(numbers: Random) -> World:
    """Make the first minutes of a cascade."""
    return until(cascading(numbers), 2.15 * HOUR, 1.9 * HOUR)


def proposal(at: float, agent: str, *, is_harmful: bool = False) -> Proposal:
    """Make one that lands at once."""
    return Proposal(at, agent, "allowed", is_harmful=is_harmful, takes=0.0)


def asked(*proposals: Proposal) -> list[Asked]:
    """Let all of them through."""
    return [Asked(one, is_open=True, how="closed") for one in proposals]
