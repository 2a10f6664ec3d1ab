"""One run of the pipeline, from its opening to its closing, as far as it has come."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from pytest_selfmod_guard import history
from pytest_selfmod_guard.context import Context
from pytest_selfmod_guard.history import History
from pytest_selfmod_guard.model import (
    UNKNOWN_ACTOR,
    Actor,
    Allowed,
    Change,
    PreflightResult,
    Receipt,
    Undecided,
    Verdict,
)
from pytest_selfmod_guard.policy import Policy
from pytest_selfmod_guard.stages._ledger import Ledger
from pytest_selfmod_guard.stages.decide import is_bound
from pytest_selfmod_guard.stages.preflight import Ending, Flight, Opening, admit, end, look
from pytest_selfmod_guard.stages.reconcile import Past
from pytest_selfmod_guard.stages.record import entry_of, receipt

_REMEMBERED = 500
"""Attempts among which those are looked for that tell what is usual here."""


class Case(NamedTuple):
    """A question, as far as it was read."""

    change: Change
    actor: Actor
    """Whose change it is judged as, which may be an agent's that came past the hook."""
    past: Past
    """What leads to it; with a net when that is a part of the change."""
    digest: str = ""
    """Of what a commit of it will change, where the change holds more than that."""
    base: str = ""
    """What is to be modified, as :func:`base_on` says."""
    by: Actor = UNKNOWN_ACTOR
    """Who is about to modify it."""
    asked: Change | None = None
    """What is not committed of it, where it is more than that."""


class Attempt:
    """What is known of one attempt so far, and its place in the journal."""

    def __init__(self, context: Context, source: str) -> None:
        """
        Begin to count the time.

        :param source: how a person would ask for it
        """
        self._context = context
        self._source = source
        self._started, self._id = context.clock(), context.new_id()
        self._opening: Opening | None = None
        self.case: Case | None = None
        self.policy = Policy()
        self.flight = Flight()

    def fly(self, ledger: Ledger, *, modifies: bool) -> PreflightResult | None:
        """
        Ask the pre-flight, and begin if that is what is wanted.

        :returns: why nothing may be modified now; None where it may, or where
            it would only be modified later
        """
        if self.case is None:
            raise ValueError("nothing was read that could be modified")
        if not modifies:
            self.flight = look(ledger.state(), self.policy, base=self.case.base)
            return None
        opening = Opening(
            self._id,
            self.case.base,
            self._who,
            self._source,
            self.case.change.digest,
            is_bound=self._is_bound,
        )
        self.flight = admit(ledger, opening, self.policy)
        if self.flight.is_open:
            self._opening = opening
            return None
        return self.flight.refusal

    def history(self, ledger: Ledger) -> History:
        """Tell what happened before, by which it is judged what is unusual."""
        if self.case is None:
            return history.NOTHING
        return history.history(
            self.flight.state,
            self.policy,
            _bodies(ledger.journal.bodies("closed", _REMEMBERED)),
            base=self.case.base,
            is_bound=self._is_bound,
            actor=self._who,
        )

    def tell(self, verdict: Verdict) -> Receipt:
        """Tell the story so far."""
        case = self.case
        told = receipt(
            verdict,
            attempt=self._id,
            at=self._started,
            seconds=self._context.clock() - self._started,
            source=self._source,
            change=case.change if case else None,
            actor=case.actor if case else UNKNOWN_ACTOR,
        )
        if case is None:
            return told
        return told._replace(ungated=case.past.accused, digest=case.digest or told.digest)

    def close(self, ledger: Ledger, told: Receipt, verdict: Verdict, only: Iterable[str]) -> bool:
        """
        Write down how it ended.

        :returns: whether that has opened the breaker
        :raises JournalError: it cannot be kept, so it must not count as a pass
        """
        # Who is bound has to go through the pre-flight, and not only through the rules.
        is_gate = self._opening is not None or not self._is_bound
        written = entry_of(told, only, is_gate=is_gate)
        if self._opening is None or self.case is None:
            ledger.journal.append(written)
            return self.flight.has_tripped
        lands = isinstance(verdict, Allowed) or not (
            isinstance(verdict, Undecided) or verdict.enforced
        )
        ending = Ending(
            told.outcome,
            lands,
            told.seconds,
            self._who,
            history.measure(self.case.change),
        )
        has_tripped = end(ledger, self._opening, ending, self.policy, written)
        self._opening = None
        return has_tripped or self.flight.has_tripped

    @property
    def is_open(self) -> bool:
        """It has begun, and nobody has written down its end."""
        return self._opening is not None

    def abandon(self, ledger: Ledger, outcome: str) -> bool:
        """
        Close it without a verdict, so that nobody waits for it.

        :returns: whether that has opened the breaker
        """
        if self._opening is None:
            return False
        seconds = self._context.clock() - self._started
        ending = Ending(outcome, counts=False, seconds=seconds, actor=self._who, change={})
        opening, self._opening = self._opening, None
        return end(ledger, opening, ending, self.policy)

    @property
    def _who(self) -> str:
        actor = self.case.by if self.case else UNKNOWN_ACTOR
        return f"{actor.kind} {actor.name}".rstrip()

    @property
    def _is_bound(self) -> bool:
        actor = self.case.by if self.case else UNKNOWN_ACTOR
        return self.policy.mode == "enforce" and is_bound(actor, self.policy)


def _bodies(lines: Iterable[str]) -> Iterable[Any]:
    for line in lines:
        try:
            yield json.loads(line)
        except (ValueError, RecursionError):
            continue
