"""
What must hold of a journal that many processes fought over.

Told from its events alone and from what the processes were told, by a naive
count that shares nothing with the guard's own.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from pytest_selfmod_guard.journals import Event, first_broken
from pytest_selfmod_guard.policy import Policy, seconds
from pytest_selfmod_guard.state import KINDS, START, Happening, as_text, fold
from tests.stages.naive_breaker import openings


class Told(NamedTuple):
    """What a process was told, and when it had been told."""

    worker: str
    what: str
    """``opened refused noted closed lost`` or the slug of an error."""
    attempt: str
    at: float
    took: float
    """Seconds that it waited for the answer."""


class Hammered(NamedTuple):
    """A run, as far as anybody can know of it."""

    events: Sequence[Event]
    told: Sequence[Told]
    deaths: Mapping[str, float]
    """When each worker that was killed was dead for certain."""
    policy: Policy
    lease: float


def faults(run: Hammered) -> list[str]:
    """Say everything that is wrong, most basic things first."""
    checks = (
        _broken,
        _errors,
        _backwards,
        _forgotten,
        _unheard,
        _folds,
        _rate,
        _breaker,
        _dead,
        _idle,
    )
    return [fault for check in checks for fault in check(run)]


def landings(events: Iterable[Event]) -> list[float]:
    """Give when something landed that counts against the limits."""
    bound = {event.attempt for event in events if event.kind == "opened" and _body(event)["bound"]}
    return [event.at for event in events if event.attempt in bound and _lands(event)]


def _broken(run: Hammered) -> Iterator[str]:
    if broken := first_broken(run.events):
        yield f"the chain breaks at event {broken.seq}"


def _errors(run: Hammered) -> Iterator[str]:
    known = ("opened", "refused", "noted", "closed", "lost")
    yield from (f"{one.worker} met {one.what}" for one in run.told if one.what not in known)


def _backwards(run: Hammered) -> Iterator[str]:
    # A judgement is of when it began, and nobody's place in the queue.
    for before, after in pairwise(event for event in run.events if event.fold):
        if after.at < before.at:
            yield f"event {after.seq} is earlier than the one before it"


def _forgotten(run: Hammered) -> Iterator[str]:
    """Whatever a process was told is there, and nothing is there twice."""
    kinds = {"opened": "opened", "noted": "judged", "closed": "closed"}
    there = Counter((event.kind, event.attempt) for event in run.events)
    for one in run.told:
        if one.what in kinds and not there[kinds[one.what], one.attempt]:
            yield f"{one.attempt} was told {one.what}, and it is nowhere"
    yield from (f"{kind} of {attempt} is there {n} times" for (kind, attempt), n in there.items()
                if n > 1)  # fmt: skip


def _unheard(run: Hammered) -> Iterator[str]:
    """Whatever is there somebody was told, unless death came between."""
    heard = {(one.what, one.attempt) for one in run.told}
    for event in run.events:
        is_crash = event.kind == "closed" and _body(event)["outcome"] == "crashed"
        what = {"opened": "opened", "judged": "noted", "closed": "closed"}[event.kind]
        is_missed = (what, event.attempt) not in heard and _worker(event.attempt) not in run.deaths
        if is_missed and not is_crash:
            yield f"nobody was told that {event.attempt} was {event.kind}"


def _folds(run: Hammered) -> Iterator[str]:
    state = START
    for event in run.events:
        if event.kind in KINDS:
            state = fold(state, Happening(event.at, event.kind, event.attempt, _body(event)))
        if event.fold != (as_text(state) if event.kind in KINDS else ""):
            yield f"event {event.seq} does not carry the state after it"
            return


def _rate(run: Hammered) -> Iterator[str]:
    most, window = run.policy.rate.max_per_window, seconds(run.policy.rate.window)
    landed = landings(run.events)
    for first, last in zip(landed, landed[most:], strict=False):
        if last < first + window:
            yield f"{most + 1} landed within {last - first:.4f} s"
    under_way: set[str] = set()
    landed = []
    for event in run.events:
        if event.kind == "opened" and _body(event)["bound"]:
            under_way.add(event.attempt)
            count = len(under_way) + sum(event.at < at + window for at in landed)
            if count > most:
                yield f"{event.attempt} was let in as number {count}"
        elif event.kind == "closed" and event.attempt in under_way:
            under_way.remove(event.attempt)
            landed += [event.at] if _lands(event) else []


def _breaker(run: Hammered) -> Iterator[str]:
    yield from openings(run.events, run.policy)[1]


def _dead(run: Hammered) -> Iterator[str]:
    """Who was dead or too late was buried, by the next who came; and nobody else was."""
    begun: dict[str, float] = {}
    for event in run.events:
        if event.kind == "opened":
            late = [one for one in begun if event.at >= _until(run, one, begun[one])]
            yield from (f"{one} was dead, and {event.attempt} let in" for one in late)
            begun[event.attempt] = event.at
        elif event.kind == "closed":
            opened = begun.pop(event.attempt, None)
            if opened is None:
                yield f"{event.attempt} was closed, and not under way"
            elif _body(event)["outcome"] == "crashed":
                if not _may_be_dead(run, event, opened):
                    yield f"{event.attempt} was buried alive"
                if not _lands(event):
                    yield f"{event.attempt} may have landed, and is not counted"
    yield from (f"{attempt} was never closed" for attempt in begun)


def _idle(run: Hammered) -> Iterator[str]:
    """Where nothing happened nothing was shown."""
    if len(landings(run.events)) < run.policy.rate.max_per_window:
        yield "too few landed to reach the limit"


def _until(run: Hammered, attempt: str, opened: float) -> float:
    return min(opened + run.lease, run.deaths.get(_worker(attempt), opened + run.lease))


def _may_be_dead(run: Hammered, event: Event, opened: float) -> bool:
    return event.at >= opened + run.lease or _worker(event.attempt) in run.deaths


def _lands(event: Event) -> bool:
    return event.kind == "closed" and bool(_body(event)["counts"])


def _worker(attempt: str) -> str:
    return attempt.partition(".")[0]


def _body(event: Event) -> Any:
    return json.loads(event.body)
