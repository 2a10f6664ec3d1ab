"""What every store does alike: it asks by one look, and adds in one turn."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager

from pytest_selfmod_guard.journals import Entry, Event, Look, Turn


class Store(ABC):
    """A store, told how it is looked at and how it is written to."""

    @abstractmethod
    def turn(self) -> AbstractContextManager[Turn]:
        """Keep every other writer out meanwhile; what was appended is durable at the end."""

    @abstractmethod
    def _looking(self) -> AbstractContextManager[Look | None]:
        """Look at what is there; None where nothing was written down yet."""

    def append(self, *entries: Entry) -> None:
        """
        Add entries to the end, all or none; when this returns, they are durable.

        :raises JournalError: they could not be written
        """
        if entries:
            with self.turn() as turn:
                turn.append(*entries)

    def about(self, subject: str) -> list[Entry]:
        """Give what was written down about a subject, the newest first, 100 at most."""
        with self._looking() as look:
            return list(look.about(subject)) if look else []

    def last(self, kind: str, count: int = 1) -> list[Entry]:
        """Give the last entries of a kind, the newest first."""
        with self._looking() as look:
            return list(look.last(kind, count)) if look else []

    def bodies(self, kind: str, count: int) -> list[str]:
        """Give the last bodies of a kind, the newest first; nothing else of them is read."""
        with self._looking() as look:
            return list(look.bodies(kind, count)) if look else []

    def head(self) -> Event | None:
        """Give the last event; None of an empty journal."""
        with self._looking() as look:
            return look.head() if look else None

    def folded(self) -> Event | None:
        """
        Give the last event that carries the state; None where there is none.

        :raises JournalError: it cannot be read, or is not what was written
        """
        with self._looking() as look:
            return look.folded() if look else None
