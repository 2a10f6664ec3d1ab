"""
Processes that write to a journal: to be killed, or to get in each other's way.

A script and no test: whoever forks should have no threads, and pytest-xdist has.
It prints what it found as one line of JSON.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import TextIO

from pytest_selfmod_guard.journals import Entry, Event, first_broken
from pytest_selfmod_guard.journals.sqlite import SqliteJournal

Told = Callable[[], object]
Found = dict[str, object]


def sound(journal: SqliteJournal, entries: list[Entry], told: Told) -> None:
    """Write a batch as the guard does, in one of two ways, and say so when it is done."""
    if len(entries) % 2:
        journal.append(*entries)
    else:
        with journal.turn() as turn:
            for entry in entries:
                turn.append(entry)
    told()


def hasty(journal: SqliteJournal, entries: list[Entry], told: Told) -> None:
    """Say that it is done before it is."""
    with journal.turn() as turn:
        turn.append(*entries)
        told()


def torn(journal: SqliteJournal, entries: list[Entry], told: Told) -> None:
    """Write a batch in more than one transaction."""
    for entry in entries:
        journal.append(entry)
    told()


WAYS = {way.__name__: way for way in (sound, hasty, torn)}


class Writer:
    """A child that writes until it is killed, and says over a pipe what it has written."""

    def __init__(self, journal: SqliteJournal, number: int, way: str) -> None:
        """Start it."""
        read, write = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            random.seed(number)
            with open(write, "wb", buffering=0) as pipe:
                _write_on(journal, number, way, lambda line: pipe.write(f"{line}\n".encode()))
        os.close(write)
        self._pipe = open(read, encoding="utf-8")  # noqa: SIM115 (closed when it was killed)

    def killed_at_work(self) -> list[str]:
        """Kill it somewhere in one of its next batches, and give what it has said until then."""
        began, count = time.monotonic(), random.randint(1, 3)  # noqa: S311
        said = [self._pipe.readline().strip() for _ in range(count)]
        typical = (time.monotonic() - began) / count
        after = random.choice((0.0, random.uniform(0, 1.5 * typical)))  # noqa: S311
        return said + self.killed(after)

    def killed(self, after: float = 0) -> list[str]:
        """Kill it after so many seconds, and give what it has said until then."""
        time.sleep(after)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        with self._pipe:
            return [line.strip() for line in self._pipe]


def _write_on(journal: SqliteJournal, number: int, way: str, tell: Callable[[str], object]) -> None:
    try:
        for count in range(1_000_000):
            name = f"{number}.{count}"
            WAYS[way](journal, batch(name, random.randint(1, 4)), lambda: tell(name))  # noqa: B023, S311
            journal.last("judged")
    except Exception as error:  # noqa: BLE001 (whatever it is, it has to be told)
        tell(f"! {error!r}")
    finally:
        os._exit(1)


def batch(name: str, size: int) -> list[Entry]:
    """Make entries that say of which batch they are, and how large that is."""
    return [Entry(time.time(), "judged", name, json.dumps([n, size])) for n in range(size)]


def kill(folder: str, kills: int, writers: int, way: str) -> Found:
    """
    Let writers write, and kill one of them at random moments.

    :returns: how many batches were acknowledged, after how many kills something
        unfinished was left, and what is wrong with the journal
    """
    journal, said, unfinished = SqliteJournal(folder), ["first"], 0
    journal.append(*batch("first", 1))
    pool = [Writer(journal, number, way) for number in range(writers)]
    for number in range(kills):
        said += pool.pop(random.randrange(writers)).killed_at_work()  # noqa: S311
        unfinished += _has_left_work(journal)
        pool.append(Writer(journal, writers + number, way))
    for writer in pool:
        said += writer.killed()
    wrong = list(problems(journal.events(), said))
    return {"acknowledged": len(said), "unfinished": unfinished, "wrong": wrong}


def _has_left_work(journal: SqliteJournal) -> bool:
    left = f"{journal.path}-journal"
    return os.path.exists(left) and os.path.getsize(left) > 0


def birth(folder: str, kills: int, writers: int) -> Found:
    """
    Kill one of those who make a journal at once, each time another one, and go on there.

    :returns: after how many kills there was none, and what is wrong with one of them
    """
    wrong, unborn = list[str](), 0
    for number in range(kills):
        path = os.path.join(folder, str(number))
        journal, typical = SqliteJournal(path), _seconds_to_make(f"{path}-whole")
        pool = [Writer(journal, rival, "sound") for rival in range(writers)]
        said = pool.pop().killed(after=random.uniform(0, 1.5 * typical))  # noqa: S311
        unborn += not os.path.exists(journal.path)
        said += [line for rival in pool for line in rival.killed_at_work()]
        journal.append(*batch("next", 2))
        wrong += problems(journal.events(), [*said, "next"])
    return {"unborn": unborn, "wrong": wrong}


def _seconds_to_make(folder: str) -> float:
    began = time.monotonic()
    SqliteJournal(folder).append(*batch("first", 1))
    return time.monotonic() - began


def problems(events: Iterable[Event], said: Iterable[str]) -> Iterator[str]:
    """Say what is wrong with what is there, given what was acknowledged."""
    there = list(events)
    if broken := first_broken(there):
        yield f"the chain breaks at {broken}"
    names = set()
    for name, group in groupby(there, key=lambda event: event.attempt):
        numbers = [json.loads(event.body) for event in group]
        if name in names or numbers != [[n, numbers[0][1]] for n in range(numbers[0][1])]:
            yield f"batch {name} is not whole: {numbers}"
        names.add(name)
    yield from (f"{name} was acknowledged, and is not there" for name in said if name not in names)


def hammer(folder: str, writers: int, seconds: float) -> Found:
    """
    Let many write as fast as they can.

    :returns: how many events were acknowledged, the longest wait for one of
        them in seconds, how many the slowest wrote, and what is wrong
    """
    journal, until = SqliteJournal(folder), time.monotonic() + seconds
    pipes = [_hammering(journal, number, until) for number in range(writers)]
    reports = [json.load(pipe) for pipe in pipes]
    said = [name for report in reports for name in report["said"]]
    return {
        "acknowledged": len(said),
        "longest": max(report["longest"] for report in reports),
        "fewest": min(len(report["said"]) for report in reports),
        "wrong": list(problems(journal.events(), said)),
    }


def _hammering(journal: SqliteJournal, number: int, until: float) -> TextIO:
    """Start a child, and give what it will say when it has done."""
    read, write = os.pipe()
    if os.fork() == 0:
        try:
            with open(write, "w", encoding="utf-8") as pipe:
                json.dump(_hammered(journal, number, until), pipe)
        finally:
            os._exit(0)
    os.close(write)
    return open(read, encoding="utf-8")


def _hammered(journal: SqliteJournal, number: int, until: float) -> Found:
    said, longest = list[str](), 0.0
    while (began := time.monotonic()) < until:
        journal.append(*batch(f"{number}.{len(said)}", 1))
        said.append(f"{number}.{len(said)}")
        longest = max(longest, time.monotonic() - began)
    return {"said": said, "longest": longest}


if __name__ == "__main__":
    verbs: dict[str, Callable[..., Found]] = {"kill": kill, "birth": birth, "hammer": hammer}
    json.dump(verbs[sys.argv[1]](sys.argv[2], *json.loads(sys.argv[3])), sys.stdout)
