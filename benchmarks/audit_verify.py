"""
What `audit verify` costs on a journal of a million events, and what it finds there.

Two journals are made as the guard would have written them, a modification a
minute; whole processes are measured. Memory must be flat, so only its ratio
between the two means something. Then the large one is tampered with in four
ways. Ends with 1 if memory grows, or if anything is not found and named.

    python benchmarks/audit_verify.py [EVENTS]
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

from pytest_selfmod_guard.journals import Entry, Event, chained
from pytest_selfmod_guard.journals.sqlite import SqliteJournal
from pytest_selfmod_guard.model import LAYERS, Actor, Allowed, Evidence, Layer, State
from pytest_selfmod_guard.stages.record import entry_of, receipt
from pytest_selfmod_guard.state import START, Happening, as_state, as_text, fold

SMALL, LARGE = 10_000, 1_000_000
TURN = 10_000  # entries that are written in one go
MOST_GROWTH = 1.25
TERMS = [5, 3, 300.0, 300.0]

# A small process of its own: the memory of whoever starts one counts as its child's.
PROBE = """
import json, resource, subprocess, sys, time
started = time.perf_counter()
done = subprocess.run(sys.argv[1:], capture_output=True, text=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([done.returncode, done.stdout + done.stderr, time.perf_counter() - started,
                  used.ru_utime + used.ru_stime, used.ru_maxrss]))
"""


class Run(NamedTuple):
    """One run of `audit verify`."""

    code: int
    said: str
    wall: float
    cpu: float
    peak: float
    """MiB."""


def main() -> int:
    """Measure, tamper, and print what came of it."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else LARGE
    with tempfile.TemporaryDirectory(prefix="selfmod-bench-") as folder:
        small, large = (measured(Path(folder), number) for number in (SMALL, count))
        growth = large.peak / small.peak
        print(f"peak memory of {count:,} against {SMALL:,} events: ratio {growth:.2f}")
        found = [tampered(Path(folder) / str(count), seq, *way) for seq, way in ways(count)]
    return 0 if all(found) and small.code == large.code == 0 and growth < MOST_GROWTH else 1


def measured(folder: Path, count: int) -> Run:
    """Build a journal and verify it."""
    started = time.perf_counter()
    journal = build(folder / str(count), count)
    took, size = time.perf_counter() - started, os.path.getsize(journal.path) >> 20
    run = verify(folder / str(count))
    each = run.cpu * 100_000 / count
    print(
        f"{count:,} events, {size} MiB, made in {took:.0f} s: exit {run.code},"
        f" wall {run.wall:.2f} s, CPU {run.cpu:.2f} s ({each:.2f} s per 100,000),"
        f" peak {run.peak:.1f} MiB",
        flush=True,
    )
    return run


def build(repo: Path, count: int) -> SqliteJournal:
    """Fill the journal of a new repository."""
    subprocess.run(["git", "init", "--quiet", str(repo)], check=True)
    journal = SqliteJournal(str(repo / ".git" / "selfmod-guard"))
    left = islice(entries(), count)
    while some := list(islice(left, TURN)):
        journal.append(*some)
    return journal


def entries() -> Iterator[Entry]:
    """Give what modifications write down, a minute apart, one in ten of them failed."""
    state, at = START, 1_750_000_000.25
    for number in range(1 << 40):
        attempt, base = f"{number:012x}", f"{number:040x}"
        opened = {
            "terms": TERMS,
            "lease": 600.0,
            "bound": True,
            "base": base,
            "who": "machine boot pid:[4026531836] 4711@815",
            "actor": "agent robot",
            "source": "--staged",
            "digest": f"{number:064x}",
        }
        closed = {
            "terms": TERMS,
            "result": "failure" if number % 10 == 0 else "success",
            "outcome": "crashed" if number % 10 == 0 else "allowed",
            "counts": True,
            "seconds": 0.25,
            "base": base,
            "actor": "agent robot",
            "change": {"chars": 120, "files": 2, "folders": ["src", "tests"]},
        }
        for kind, body in (("opened", opened), ("judged", {}), ("closed", closed)):
            at += 20
            if kind == "judged":
                yield judged(attempt, at)
                continue
            state = fold(state, Happening(at, kind, attempt, body))
            line = json.dumps(body, sort_keys=True, separators=(",", ":"))
            yield Entry(at, kind, attempt, line, f"{number:064x}", as_text(state))


def judged(attempt: str, at: float) -> Entry:
    """Make the record of a judgement."""
    layers = tuple(Layer(name, State.PASSED, "nothing to say against it") for name in LAYERS)
    told = receipt(
        Allowed(Evidence((), (), layers, ())),
        attempt=attempt,
        at=at,
        seconds=0.25,
        source="--staged",
        change=None,
        actor=Actor("agent", "robot", source="environment AI_AGENT"),
    )
    return entry_of(told)


def verify(repo: Path) -> Run:
    """Run `audit verify` there."""
    command = [sys.executable, "-I", "-m", "pytest_selfmod_guard", "audit", "verify"]
    line = [sys.executable, "-I", "-S", "-c", PROBE, *command]
    out = subprocess.run(line, cwd=repo, capture_output=True, text=True, check=True).stdout
    code, said, wall, cpu, kilobytes = json.loads(out)
    return Run(code, said, wall, cpu, kilobytes / 1024)


Tamper = Callable[[sqlite3.Connection, int], None]


def ways(count: int) -> Iterator[tuple[int, tuple[str, str, Tamper]]]:
    """Give what is done and how it shows, from behind, so that each time another is the first."""
    # An event of a kind that carries a state: the numbers of those that do not are 2, 5, 8, ...
    last = count * 9 // 10 // 3 * 3
    yield last, ("a wrong fold, chained anew", "the state that it carries", forge)
    yield count * 7 // 10, ("a swapped pair", "swapped", swap)
    yield count * 5 // 10, ("a deleted row", "deleted", delete)
    yield count * 3 // 10, ("a flipped byte", "edited", flip)


def tampered(repo: Path, seq: int, title: str, sign: str, tamper: Tamper) -> bool:
    """Do something to an event, and see whether it is found and named."""
    journal = SqliteJournal(str(repo / ".git" / "selfmod-guard"))
    with closing(sqlite3.connect(journal.path)) as connection, connection:
        tamper(connection, seq)
    run = verify(repo)
    first = seq + 1 if tamper is delete else seq
    named = f"event {first} is the first that is wrong" in run.said and sign in run.said
    print(f"{title} at {seq:,}: exit {run.code}, {'found' if named else 'NOT FOUND'}")
    print("    " + run.said.replace("\n", "\n    ").rstrip(), flush=True)
    return named and run.code == 1


def forge(connection: sqlite3.Connection, seq: int) -> None:
    """Put in a state with one success more, and make all hashes anew from there on."""
    rows = connection.execute("select * from events where seq >= ? order by seq", (seq,))
    names = [column[0] for column in rows.description]
    events = (Event(**dict(zip(names, row, strict=True))) for row in rows.fetchall())
    first = next(events)
    state = as_state(first.fold)
    forged = first.entry._replace(fold=as_text(state._replace(successes=state.successes + 1)))
    anew = chained(chain([forged], (event.entry for event in events)), seq - 1, first.prev)
    connection.executemany(
        "update events set fold = ?, prev = ?, hash = ? where seq = ?",
        ((event.fold, event.prev, event.hash, event.seq) for event in anew),
    )


def swap(connection: sqlite3.Connection, seq: int) -> None:
    """Let two events change places."""
    for new, old in ((-1, seq), (seq, seq + 1), (seq + 1, -1)):
        connection.execute("update events set seq = ? where seq = ?", (new, old))


def delete(connection: sqlite3.Connection, seq: int) -> None:
    """Take an event out."""
    connection.execute("delete from events where seq = ?", (seq,))


def flip(connection: sqlite3.Connection, seq: int) -> None:
    """Flip a bit in the middle of what an event says."""
    (body,) = connection.execute("select body from events where seq = ?", (seq,)).fetchone()
    at = len(body) // 2
    told = body[:at] + chr(ord(body[at]) ^ 1) + body[at + 1 :]
    connection.execute("update events set body = ? where seq = ?", (told, seq))


if __name__ == "__main__":
    sys.exit(main())
