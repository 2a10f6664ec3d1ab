"""
Many processes fight over one journal: ``python -m tests.stages.hammer --seconds 30 [--kill]``.

They ask to be let in as fast as they can, modify nothing, and say how it ended.
What they were told is kept beside the journal, and both are checked afterwards.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from random import Random
from typing import NamedTuple, NoReturn

from pytest_selfmod_guard.errors import GuardError
from pytest_selfmod_guard.journals import Entry, Journal
from pytest_selfmod_guard.journals.sqlite import SqliteJournal
from pytest_selfmod_guard.policy import Breaker, Health, Limits, Policy, Rate
from pytest_selfmod_guard.stages import preflight
from pytest_selfmod_guard.stages._ledger import Ledger
from pytest_selfmod_guard.stages.preflight import Ending, Opening, admit, end
from tests.stages.hammered import Hammered, Told, faults, landings
from tests.stages.naive_breaker import openings

POLICY = Policy(
    limits=Limits(modifications_window="1s"),
    rate=Rate(max_per_window=10, window="500ms"),
    breaker=Breaker(recovery_timeout="50ms"),
    health=Health(min_evidence=1_000_000),  # or a bad minute would end the fight
)
LEASE = 0.5
"""Seconds, short enough that some are too late to say how it ended."""

_PATIENCE = 20.0
"""Seconds that the slowest may need to come home; a store waits 10 for its turn."""
_MOMENT = 0.25
"""Seconds between two deaths, on average."""
_SEASON = 0.8
"""Seconds for which modifications go well, or badly."""


class Plan(NamedTuple):
    """What to do, and where."""

    folder: str
    """For what the processes were told, and for the journal if it is a file."""
    address: str
    """Of a PostgreSQL database; empty for the embedded journal."""
    seconds: float
    processes: int
    kills: bool
    seed: int


class Worker(NamedTuple):
    """A process that asks again and again."""

    name: str
    pid: int


def main() -> int:
    """Fight, check, and sum up; 1 if anything was wrong."""
    plan, scratch = _plan()
    with scratch:
        preflight.LEASE = LEASE
        if plan.address:  # before there are sixteen of us, who would all be busy with it
            import_module("psycopg")
        deaths = fight(plan)
        with _ledger(plan) as ledger:
            # Whoever died last was missed by nobody yet.
            preflight.tidy(ledger, POLICY)
            events = tuple(ledger.journal.events())
        run = Hammered(events, tuple(_told(plan.folder)), deaths, POLICY, LEASE)
        wrong = faults(run)
    print(*wrong[:20], _figures(plan, run, len(wrong)), sep="\n")  # noqa: T201 (a script)
    return 1 if wrong else 0


def fight(plan: Plan) -> dict[str, float]:
    """Let the processes loose, kill some if that is wanted, and tell when those were dead."""
    rng = Random(plan.seed)  # noqa: S311 (no secret)
    ends, deaths = time.time() + plan.seconds, dict[str, float]()
    workers = [_start(plan, number, ends) for number in range(plan.processes)]
    try:
        while plan.kills and time.time() < ends - 2 * _MOMENT:
            time.sleep(rng.uniform(0, 2 * _MOMENT))
            victim = workers.pop(rng.randrange(len(workers)))
            _kill(victim)
            deaths[victim.name] = time.time()
            workers.append(_start(plan, plan.processes + len(deaths), ends))
        _come_home(workers, ends + _PATIENCE)
    finally:
        for worker in workers:
            os.kill(worker.pid, signal.SIGKILL)
            os.waitpid(worker.pid, 0)
    return deaths


def _kill(victim: Worker) -> None:
    os.kill(victim.pid, signal.SIGKILL)
    _, status = os.waitpid(victim.pid, 0)
    if not os.WIFSIGNALED(status):
        raise SystemExit(f"{victim.name} had ended by itself, with status {status}")


def _come_home(workers: list[Worker], latest: float) -> None:
    """Wait for everybody who is still at it."""
    while workers and time.time() < latest:
        for worker in workers[:]:
            pid, status = os.waitpid(worker.pid, os.WNOHANG)
            if pid:
                workers.remove(worker)
                if status:
                    raise SystemExit(f"{worker.name} ended with status {status}")
        time.sleep(0.01)
    if workers:
        raise SystemExit(f"not home in time: {', '.join(worker.name for worker in workers)}")


def _start(plan: Plan, number: int, ends: float) -> Worker:
    name = f"w{number}"
    pid = os.fork()
    if pid == 0:
        _be(plan, name, ends)
    return Worker(name, pid)


def _be(plan: Plan, name: str, ends: float) -> NoReturn:
    """Be a worker, and nothing of the parent whatever happens."""
    code = 1
    try:
        with _ledger(plan) as ledger, open(f"{plan.folder}/{name}.told", "ab", 0) as file:
            rng = Random(f"{plan.seed} {name}")  # noqa: S311 (no secret)
            _ask_on(ledger, rng, name, file.fileno(), ends)
        code = 0
    except BaseException as error:  # noqa: BLE001 (the parent's own frames must not run here)
        sys.stderr.write(f"{name}: {error!r}\n")
    finally:
        os._exit(code)


def _ask_on(ledger: Ledger, rng: Random, name: str, file: int, ends: float) -> None:
    """Ask as fast as possible, until the time is up or the parent is gone."""
    count, parent = 0, os.getppid()
    while time.time() < ends and os.getppid() == parent:
        count += 1
        attempt = f"{name}.{count}"
        opening = Opening(attempt, f"base of {attempt}", f"agent {name}", "", attempt,
                          is_bound=rng.random() > 0.03)  # fmt: skip
        is_open = False
        with _telling(file, attempt) as tell:
            is_open = admit(ledger, opening, POLICY).is_open
            tell("opened" if is_open else "refused")
        if is_open:
            is_late = rng.random() < 0.02
            time.sleep(LEASE * 1.2 if is_late else rng.uniform(0, 0.03))
            with _telling(file, attempt) as tell:
                is_bad = int((ends - time.time()) / _SEASON) % 2 == 1
                ending = _ending(rng, name, is_bad=is_bad)
                end(ledger, opening, ending, POLICY, _note(attempt))
                tell("noted")
                tell("closed")


def _ending(rng: Random, name: str, *, is_bad: bool) -> Ending:
    """Make bad times too, so that the breaker has something to do."""
    usual = "rolled_back" if is_bad else "allowed"
    outcome = rng.choice((*(usual,) * 6, "denied", "conflict"))
    return Ending(outcome, outcome != "denied", 0.01, f"agent {name}", {})


def _note(attempt: str) -> Entry:
    return Entry(time.time(), "judged", attempt, "{}", attempt)


@contextmanager
def _telling(file: int, attempt: str) -> Iterator[_Tell]:
    """Keep what a process is told, so that its death forgets nothing."""
    tell = _Tell(file, attempt, time.monotonic())
    try:
        yield tell
    except GuardError as error:
        tell("lost" if error.slug == "attempt-lost" else error.slug)


class _Tell(NamedTuple):
    file: int
    attempt: str
    asked: float

    def __call__(self, what: str) -> None:
        took = time.monotonic() - self.asked
        os.write(self.file, f"{what} {self.attempt} {time.time()!r} {took!r}\n".encode())


def _told(folder: str) -> Iterator[Told]:
    for path in Path(folder).glob("*.told"):
        # What was cut short by death was told to nobody.
        for line in path.read_text().split("\n")[:-1]:
            what, attempt, at, took = line.split(" ")
            yield Told(path.stem, what, attempt, float(at), float(took))


@contextmanager
def _ledger(plan: Plan) -> Iterator[Ledger]:
    journal = _journal(plan)
    yield Ledger(journal, time.time)
    journal.close()


def _journal(plan: Plan) -> Journal:
    if not plan.address:
        return SqliteJournal(plan.folder)
    from pytest_selfmod_guard.journals.postgres import PostgresJournal  # noqa: PLC0415 (an extra)

    return PostgresJournal(plan.address)


def _figures(plan: Plan, run: Hammered, wrong: int) -> str:
    asked = [one.took for one in run.told if one.what in ("opened", "refused")]
    heard = Counter(one.worker for one in run.told)
    each = [count for worker, count in heard.items() if worker not in run.deaths]
    killed = f", {len(run.deaths)} killed" if plan.kills else ""
    return (
        f"{plan.processes} processes{killed}, {plan.seconds:g} s: {len(asked)} asked,"
        f" {len(landings(run.events))} landed, the breaker opened"
        f" {openings(run.events, run.policy)[0]} times,"
        f" {sum(one.what == 'lost' for one in run.told)} were too late;"
        f" slowest answer {max(asked, default=0):.2f} s,"
        f" answers to one process {min(each, default=0)} to {max(each, default=0)};"
        f" {len(run.events)} events, {wrong} wrong"
    )


def _plan() -> tuple[Plan, tempfile.TemporaryDirectory[str]]:
    parser = argparse.ArgumentParser(prog="python -m tests.stages.hammer", description=__doc__)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--processes", type=int, default=16)
    parser.add_argument("--postgres", default="", metavar="URL", help="an empty database")
    parser.add_argument("--kill", action="store_true", help="kill some, and replace them")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    scratch = tempfile.TemporaryDirectory(prefix="hammer-")
    plan = Plan(
        scratch.name, args.postgres, args.seconds, args.processes, kills=args.kill, seed=args.seed
    )
    return plan, scratch


if __name__ == "__main__":
    sys.exit(main())
