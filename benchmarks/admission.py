"""
What one admission costs, however long the journal is: it must be flat.

Journals of 10, 10,000 and 1,000,000 events, as the guard writes them. On each
in turn one modification is let in and ended, both durable. Only the ratios mean
something: machines differ, and so do disks. The same for a whole commit hook in
a process of its own, where the pre-flight is a small part.

    python benchmarks/admission.py [--postgres URL] [--events 10 10000 1000000]

PostgreSQL is measured where a server is named, or its programs are installed.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from importlib.util import find_spec
from itertools import islice
from typing import NamedTuple
from urllib.parse import quote

from pytest_selfmod_guard.journals import Entry, Journal
from pytest_selfmod_guard.journals.sqlite import SqliteJournal
from pytest_selfmod_guard.model import Actor, Allowed, Evidence
from pytest_selfmod_guard.policy import Limits, Policy, Rate
from pytest_selfmod_guard.stages._ledger import Ledger
from pytest_selfmod_guard.stages.preflight import Ending, Opening, admit, end
from pytest_selfmod_guard.stages.record import entry_of, receipt

SIZES = (10, 10_000, 1_000_000)
ROUNDS, WARM_UP = 200, 5
HOOKS = 15
TURN = 10_000  # entries that are written in one go

# Wide enough that nothing is refused; what is refused costs less.
POLICY = Policy(rate=Rate(1000, "1s"), limits=Limits(modifications_window="1s"))

ENDING = Ending("allowed", True, 0.05, "agent a", {"chars": 123, "files": 1, "folders": ["shop"]})  # noqa: FBT003 (a field)

Measure = Callable[[], object]


class Title(NamedTuple):
    """What is measured, and how often."""

    name: str
    rounds: int


def main() -> None:
    """Measure every store, and the hook, and print the ratios."""
    parser = argparse.ArgumentParser(description="What one admission costs.")
    parser.add_argument("--postgres", metavar="URL", help="a server to make schemas in")
    parser.add_argument("--events", type=int, nargs="+", default=SIZES)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="selfmod-bench-") as folder, ExitStack() as stack:
        folders = {size: repository(os.path.join(folder, str(size))) for size in args.events}
        embedded: dict[int, Journal] = {
            size: SqliteJournal(os.path.join(place, ".git", "selfmod-guard"))
            for size, place in folders.items()
        }
        of_store("SQLite, admission", embedded)
        hooks = {size: _hook(place) for size, place in folders.items()}
        title = Title("SQLite, whole commit hook, CPU", HOOKS)
        report(title, measured(hooks, HOOKS, clock=_cpu_of_children))
        if address := args.postgres or _found(stack):
            of_store("PostgreSQL, admission", dict(_fleet(address, args.events, stack)))
        else:
            print("PostgreSQL, admission: not measured; name a server by --postgres")


def of_store(name: str, journals: Mapping[int, Journal]) -> None:
    """Fill journals, and measure admission on each in turn."""
    for size, journal in journals.items():
        fill(journal, size)
    report(
        Title(name, ROUNDS),
        measured({size: _admission(journal) for size, journal in journals.items()}, ROUNDS),
    )


def fill(journal: Journal, size: int) -> None:
    """Let as much have happened as makes so many events."""
    _admission(journal)()
    entries = _more([event.entry for event in journal.events()])
    left = size - 3
    while left > 0:
        journal.append(*islice(entries, min(left, TURN)))
        left -= TURN


def _more(story: Sequence[Entry]) -> Iterator[Entry]:
    """Tell the story of one modification again and again, of another each time."""
    number = 0
    while True:
        number += 1
        for entry in story:
            subject = f"{number:064x}"
            # Wherever it breaks off, nothing is under way.
            fold = story[-1].fold if entry.fold else ""
            yield entry._replace(attempt=subject[-12:], subject=subject, fold=fold)


def _admission(journal: Journal) -> Measure:
    """Make what lets one modification in, and ends it."""
    ledger = Ledger(journal, time.time)

    def admission() -> None:
        attempt = os.urandom(6).hex()
        opening = Opening(attempt, attempt, "agent a", "--staged", attempt, is_bound=True)
        assert admit(ledger, opening, POLICY).is_open
        end(ledger, opening, ENDING, POLICY, _told(attempt))

    return admission


def _told(attempt: str) -> Entry:
    """Make the record of a judgement that found nothing."""
    verdict = Allowed(Evidence((), (), (), ()))
    told = receipt(verdict, attempt=attempt, at=time.time(), seconds=0.05, source="--staged",
                   change=None, actor=Actor("agent", "a"))  # fmt: skip
    return entry_of(told)


def repository(place: str) -> str:
    """Make a repository with one commit and one staged change."""
    os.mkdir(place)
    _git(place, "init", "--quiet")
    for text in ("def one() -> int:\n    return 1\n", "def one() -> int:\n    return 1 + 0\n"):
        with open(os.path.join(place, "one.py"), "w", encoding="utf-8") as file:
            file.write(text)
        _git(place, "add", "one.py")
        if "+" not in text:
            _git(place, "-c", "user.name=b", "-c", "user.email=b@example.org", "commit", "-qm", "1")
    return place


def _hook(place: str) -> Measure:
    """Make what runs the hook as git does, for a person, whom no limit keeps out."""
    line = [sys.executable, "-I", "-m", "pytest_selfmod_guard", "pre-commit", "selfmod-guard"]
    environ = {**_environ(), "GIT_INDEX_FILE": os.path.join(place, ".git", "index")}

    def hook() -> None:
        done = subprocess.run(line, cwd=place, env=environ, capture_output=True, check=False)
        if done.returncode:
            raise SystemExit(f"the hook does not pass: {(done.stdout + done.stderr).decode()}")

    return hook


def _git(place: str, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=place, check=True, env=_environ())


def _environ() -> dict[str, str]:
    """Keep the user's git settings out of it, and who they may be working with."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.devnull,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
    }


def _found(stack: ExitStack) -> str:
    """Start a server that keeps what it is told, where its programs are installed."""
    if not find_spec("psycopg") or not find_spec("tests"):
        return ""
    from tests.postgres import programs, running  # noqa: PLC0415 (what only the tests need)

    folder = programs()
    return stack.enter_context(running(folder, "-c fsync=on")).address() if folder else ""


def _fleet(address: str, sizes: Sequence[int], stack: ExitStack) -> Iterator[tuple[int, Journal]]:
    """Make a journal a size, each in a schema of its own, which is dropped in the end."""
    import psycopg  # noqa: PLC0415 (an extra)

    from pytest_selfmod_guard.journals.postgres import PostgresJournal  # noqa: PLC0415 (the same)

    server = stack.enter_context(psycopg.connect(address, autocommit=True))
    for size in sizes:
        schema = f"selfmod_bench_{os.getpid()}_{size}"
        server.execute(f"create schema {schema}".encode())
        stack.callback(server.execute, f"drop schema {schema} cascade".encode())
        sign = "&" if "?" in address else "?"
        journal = PostgresJournal(f"{address}{sign}options={quote(f'-csearch_path={schema}')}")
        stack.callback(journal.close)
        yield size, journal


def measured(
    tasks: Mapping[int, Measure], rounds: int, clock: Callable[[], float] = time.perf_counter
) -> dict[int, list[float]]:
    """Do every task in turn, after some to warm up, and give the milliseconds of each."""
    told: dict[int, list[float]] = {size: [] for size in tasks}
    for turn in range(-WARM_UP, rounds):
        for size, task in tasks.items():
            started = clock()
            task()
            if turn >= 0:
                told[size].append((clock() - started) * 1000)
    return told


def _cpu_of_children() -> float:
    """Give the CPU seconds of every process that has ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def report(title: Title, told: Mapping[int, Sequence[float]]) -> None:
    """Print medians, how far most of them spread, and the ratio to the shortest journal."""
    print(f"{title.name}: median of {title.rounds} rounds in turn (9 of 10 between)", flush=True)
    first = statistics.median(next(iter(told.values())))
    for size, taken in told.items():
        tenths = statistics.quantiles(taken, n=20)
        middle = statistics.median(taken)
        spread = f"({tenths[0]:.2f}-{tenths[-1]:.2f})"
        print(f"  {size:>9,} events {middle:8.2f} ms {spread:>16}  ratio {middle / first:.2f}")


if __name__ == "__main__":
    main()
