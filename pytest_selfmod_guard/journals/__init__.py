"""
Where attempts are written down: one file a store.

A store keeps events in order, each carrying the hash of the one before, so an
edit, a gap or a swap shows. It never changes or forgets one.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import NamedTuple

START = "0" * 64
"""What the first event has in the place of the hash of the one before."""

MOST_ABOUT = 100
"""How many entries about one subject a store gives at most."""


class Entry(NamedTuple):
    """What is to be written down."""

    at: float
    """Seconds since the epoch."""
    kind: str
    """``judged landed ungated adopted``."""
    attempt: str
    body: str
    """JSON with sorted keys."""
    subject: str = ""
    """What it is about, to be found by: of a judgement the digest of the
    change, of the others the commit; empty where there is none."""


class Event(NamedTuple):
    """One line of the journal: an entry that has got its place."""

    seq: int
    at: float
    kind: str
    attempt: str
    subject: str
    body: str
    prev: str
    """The hash of the event before; 64 zeros for the first."""
    hash: str

    @property
    def follows(self) -> str:
        """The hash that it must have."""
        return _hash(self)

    @property
    def entry(self) -> Entry:
        """What was written down."""
        return Entry(self.at, self.kind, self.attempt, self.body, self.subject)


def chained(entries: tuple[Entry, ...], seq: int, prev: str) -> Iterator[Event]:
    """Give entries their places behind an event, of which number and hash are told."""
    for at, kind, attempt, body, subject in entries:
        seq += 1
        event = Event(seq, float(at), kind, attempt, subject, body, prev, "")
        prev = event.follows
        yield event._replace(hash=prev)


def _hash(event: Event) -> str:
    parts = [repr(part) if isinstance(part, float) else str(part) for part in event[:-1]]
    seq, at, kind, attempt, subject, body, prev = parts
    if not subject and "\0" not in kind + attempt:
        # As in the first schema, which had no subjects: its chains must still hold.
        told = f"{seq}\0{at}\0{kind}\0{attempt}\0{body}\0{prev}"
    else:
        # With its length before it, no part can be shifted into its neighbour.
        told = "event v2\0" + "".join(f"{len(part)}:{part}" for part in parts)
    return sha256(told.encode("utf-8", "surrogatepass")).hexdigest()
