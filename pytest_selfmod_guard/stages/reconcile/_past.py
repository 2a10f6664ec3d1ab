"""What reconciling is handed, and what comes of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import NamedTuple

from pytest_selfmod_guard.journals import Entry
from pytest_selfmod_guard.model import Actor, Change, Origin, Receipt, as_json

Judge = Callable[[Change, tuple[Origin, ...], Actor | None], Receipt]
"""Judges a change by all rules and writes it down: with the commits that it accuses, and the
agent that was seen when one of them was made."""


class Past(NamedTuple):
    """What became of the unknown commits."""

    receipt: Receipt | None = None
    """Of their judgement; None when there was nothing to judge."""
    net: Change | None = None
    """What they change in all, when they do not pass: it has to be judged with what comes next."""
    accused: tuple[Origin, ...] = ()
    """Those that went past a door, oldest first."""
    notes: tuple[str, ...] = ()
    line: Change | None = None
    """The same along first parents only, which is what a commit of it will change."""
    agent: Actor | None = None
    """Who was seen when what does not pass was committed: no mark is lost by the next door."""


class Stamp(NamedTuple):
    """When, and in which attempt, something is written down."""

    at: float
    attempt: str

    def entry(self, kind: str, commit: str, **body: object) -> Entry:
        """Make an entry about a commit."""
        told = as_json({"commit": commit, **body})
        written = json.dumps(told, sort_keys=True, separators=(",", ":"))
        return Entry(self.at, kind, self.attempt, written, commit)
