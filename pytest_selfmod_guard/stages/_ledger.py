"""
The journal as the state of the system: where it stands, and how it goes on.

Whatever changes the state is written down together with the state after it,
in one turn, so that the state is one row away and nobody decides on an old one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from pytest_selfmod_guard.errors import JournalError
from pytest_selfmod_guard.journals import Entry, Event, Journal, Look, Turn
from pytest_selfmod_guard.model import as_json
from pytest_selfmod_guard.state import START, Happening, State, as_state, as_text, fold


class Page:
    """One turn to write: the state as it is now, and nobody changes it meanwhile."""

    def __init__(self, turn: Turn, now: float) -> None:
        """Take a turn, at a time."""
        self._turn = turn
        stored = _state(turn.folded())
        self._behind = max(0.0, stored.at - now)
        self.state = stored.at_time(now)
        self.has_tripped = False
        """What was written down has opened the breaker."""

    def add(self, kind: str, attempt: str, body: Mapping[str, object], subject: str = "") -> None:
        """Write down something that changes the state."""
        told, before = as_json(body), self.state.breaker.phase
        self.state = fold(self.state, Happening(self.state.at, kind, attempt, told))
        self.has_tripped |= self.state.breaker.phase == "open" != before
        text = as_text(self.state)
        self._turn.append(Entry(self.state.at, kind, attempt, as_line(told), subject, text))

    def catch_up(self) -> None:
        """
        Note that the clock was set back, if it was.

        What lies in the future counts as of now. Where nobody wrote that down, it
        would count as of now at each question, until the clock is where it was.
        """
        if self._behind:
            self.add("clock-set-back", "", {"seconds": self._behind})
            self._behind = 0.0

    def follows(self, seq: int) -> bool:
        """Tell whether an event is still the last one."""
        head = self._turn.head()
        return head is not None and head.seq == seq

    def recount(self, state: State, body: Mapping[str, object]) -> None:
        """Go on from a state that was counted anew, instead of from the one that was carried."""
        self.state = state.at_time(self.state.at)
        self.add("recounted", "", body)

    def note(self, *entries: Entry) -> None:
        """Write down what changes nothing, at the time of this turn."""
        self._turn.append(*(entry._replace(at=self.state.at) for entry in entries))


class Ledger:
    """The state of the system, kept in a journal."""

    def __init__(self, journal: Journal, clock: Callable[[], float]) -> None:
        """
        Keep the state in a journal.

        :param clock: seconds since the epoch, for a store that has no clock of its own
        """
        self.journal = journal
        self._clock = clock

    def state(self) -> State:
        """
        Look how things stand now.

        :raises JournalError: the journal cannot be read
        """
        stored = self.stored()
        return stored.at_time(self._now(self.journal))

    def stored(self) -> State:
        """
        Give the state as it was written down last.

        :raises JournalError: the journal cannot be read
        """
        return _state(self.journal.folded())

    @contextmanager
    def page(self) -> Iterator[Page]:
        """
        Keep others out, look, and write; all of it is kept or nothing.

        :raises JournalError: the journal cannot be used
        """
        with self.journal.turn() as turn:
            yield Page(turn, self._now(turn))

    def _now(self, asked: Look) -> float:
        """Give the time by the store's clock, or else by ours."""
        now = asked.now()
        return self._clock() if now is None else now


def as_line(body: object) -> str:
    """Write a body as the journal keeps it."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"))


def _state(event: Event | None) -> State:
    if event is None:
        return START
    try:
        return as_state(event.fold)
    except ValueError as error:
        raise JournalError(
            "journal-damaged",
            f"event {event.seq} of the journal does not say how things stand ({error})",
            hint="see what is wrong with it: selfmod-guard audit verify",
        ) from None
