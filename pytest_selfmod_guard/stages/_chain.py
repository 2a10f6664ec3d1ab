"""Events as a chain: each follows from the one before it, and so does the state that it carries."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pytest_selfmod_guard.journals import START, Event
from pytest_selfmod_guard.stages._broken import (
    NO_OBJECT,
    NO_STATE,
    ODD_STATE,
    WRONG_STATE,
    broken,
)
from pytest_selfmod_guard.state import KINDS, Happening, State, as_state, as_text, fold
from pytest_selfmod_guard.state import START as NOTHING


class Chain:
    """Takes events one after the other, and keeps what the next one has to follow from."""

    def __init__(self, since: int) -> None:
        """
        Begin behind an event.

        :param since: its number; 0 for the very beginning. The hash of any other
            one, and the first state after it, are taken as they are
        """
        self._seq = since
        self._prev: str | None = None if since else START
        self._state: State | None = None if since else NOTHING
        self._carried = ""
        self.is_sound = True
        """Whatever is wrong so far are states; what happened is certain."""

    def take(self, event: Event) -> str:
        """Say what is wrong with the next event; empty where nothing is."""
        what = broken(event, self._seq, self._prev) or self._misfolded(event)
        self._seq, self._prev = event.seq, event.hash
        self._carried = event.fold or self._carried
        self.is_sound &= what in ("", WRONG_STATE)
        return what

    def counted(self) -> str:
        """
        Give the state that the events lead to, where the last one that is carried is another.

        Empty also where more is wrong than states: then nobody knows what happened.
        """
        if self._state is None or not self.is_sound:
            return ""
        text = as_text(self._state)
        return "" if text == self._carried or not self._carried else text

    def _misfolded(self, event: Event) -> str:
        try:
            body = _body(event)
        except (ValueError, RecursionError):
            return NO_OBJECT
        if event.kind not in KINDS:
            return ODD_STATE if event.fold else ""
        if not event.fold:
            return NO_STATE
        try:
            text = self._after(event, body)
        except (ValueError, ArithmeticError, RecursionError) as error:
            return f"nothing can be made of what it says ({error}): another program wrote it"
        return "" if text == event.fold else WRONG_STATE

    def _after(self, event: Event, body: Mapping[str, Any]) -> str:
        """Give the state after an event as text."""
        if self._state is None:
            self._state = as_state(event.fold)
        else:
            happening = Happening(event.at, event.kind, event.attempt, body)
            self._state = fold(self._state, happening)
        return as_text(self._state)


def _body(event: Event) -> Mapping[str, Any]:
    body = json.loads(event.body)
    if not isinstance(body, dict):
        raise ValueError("no object")  # noqa: TRY004 (as for what is no JSON at all)
    return body
