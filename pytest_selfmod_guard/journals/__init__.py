"""
Where attempts are written down: one file a store.

A store keeps events in order, each carrying the hash of the one before, so an
edit, a gap or a swap shows. It never changes or forgets one. All it has to do
beyond that is to let one writer at a time look and then write.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from hashlib import sha256
from typing import NamedTuple, Protocol

START = "0" * 64
"""What the first event has in the place of the hash of the one before."""

MOST_ABOUT = 100
"""How many entries about one subject a store gives at most."""


class Entry(NamedTuple):
    """What is to be written down."""

    at: float
    """Seconds since the epoch."""
    kind: str
    """What happened, such as ``judged`` or ``opened``; docs/journal.md lists them."""
    attempt: str
    body: str
    """JSON with sorted keys."""
    subject: str = ""
    """What it is about, to be found by: of a judgement the digest of the
    change, of others a commit; empty where there is none."""
    fold: str = ""
    """JSON: the state after it, so that nobody has to read what came before;
    empty for what does not change the state."""


class Event(NamedTuple):
    """One line of the journal: an entry that has got its place."""

    seq: int
    """From 1 on, without gaps."""
    at: float
    kind: str
    attempt: str
    subject: str
    body: str
    fold: str
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
        return Entry(self.at, self.kind, self.attempt, self.body, self.subject, self.fold)


class Look(Protocol):
    """What can be asked of a store; each question costs the same however long it is."""

    def about(self, subject: str) -> Sequence[Entry]:
        """Give what was written down about a subject, the newest first, 100 at most."""

    def last(self, kind: str, count: int = 1) -> Sequence[Entry]:
        """Give the last entries of a kind, the newest first."""

    def bodies(self, kind: str, count: int) -> Sequence[str]:
        """Give the last bodies of a kind, the newest first; nothing else of them is read."""

    def head(self) -> Event | None:
        """Give the last event; None of an empty journal."""

    def folded(self) -> Event | None:
        """Give the last event that carries the state; None where there is none."""

    def now(self) -> float | None:
        """Give the store's own clock, in seconds since the epoch; None where it has none."""


class Turn(Look, Protocol):
    """One writer's turn: what it reads stays true until it has written."""

    def append(self, *entries: Entry) -> None:
        """Add entries to the end; its own questions see them at once."""


class Journal(Look, Protocol):
    """
    What a store must do.

    Each method raises JournalError when the store cannot be used.
    """

    @property
    def place(self) -> str:
        """Where it is, for people: a path, or an address without its password."""

    def append(self, *entries: Entry) -> None:
        """Add entries to the end, all or none; they are durable when it returns."""

    def turn(self) -> AbstractContextManager[Turn]:
        """
        Keep every other writer out meanwhile.

        What was appended is durable when it ends, all of it, and none of it
        when it ends by an exception.
        """

    def events(self, after: int = 0) -> Iterator[Event]:
        """Give every event behind a number, oldest first, a few at a time."""

    def close(self) -> None:
        """Let go of what it holds; it can be used again."""


def chained(entries: Iterable[Entry], seq: int, prev: str) -> Iterator[Event]:
    """Give entries their places behind an event, of which number and hash are told."""
    for at, kind, attempt, body, subject, fold in entries:
        seq += 1
        event = Event(seq, float(at), kind, attempt, subject, body, fold, prev, "")
        prev = event.follows
        yield event._replace(hash=prev)


def first_broken(events: Iterable[Event]) -> Event | None:
    """Give the first event that does not follow from the one before it, from the start on."""
    prev, seq = START, 0
    for event in events:
        if (event.seq, event.prev, event.hash) != (seq + 1, prev, event.follows):
            return event
        prev, seq = event.hash, event.seq
    return None


def _hash(event: Event) -> str:
    parts = [repr(part) if isinstance(part, float) else str(part) for part in event[:-1]]
    seq, at, kind, attempt, subject, body, fold, prev = parts
    if fold:
        told = "event v3\0" + _apart(parts)
    elif subject or "\0" in kind + attempt:
        # As in the second schema, which had no folds: its chains must still hold.
        told = "event v2\0" + _apart([seq, at, kind, attempt, subject, body, prev])
    else:
        # As in the first, which had no subjects either.
        told = f"{seq}\0{at}\0{kind}\0{attempt}\0{body}\0{prev}"
    return sha256(told.encode("utf-8", "surrogatepass")).hexdigest()


def _apart(parts: Iterable[str]) -> str:
    """With its length before it, no part can be shifted into its neighbour."""
    return "".join(f"{len(part)}:{part}" for part in parts)
