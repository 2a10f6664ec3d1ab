"""
Record: every attempt leaves a receipt in the journal, whatever became of it.
"""

from __future__ import annotations

import json
from typing import Protocol

from pytest_selfmod_guard.model import Actor, Allowed, Change, Denied, Receipt, Verdict, as_json

_KEPT = 200  # findings and files that a journal line carries


class Journal(Protocol):
    """What a store must do: append one event, durably, in order."""

    def append(self, *, at: float, kind: str, attempt: str, body: str) -> object:
        """Add one event; raise JournalError when it cannot be kept."""


def receipt(
    verdict: Verdict,
    *,
    attempt: str,
    at: float,
    seconds: float,
    source: str,
    change: Change | None,
    actor: Actor,
) -> Receipt:
    """
    Tell the story of one attempt.

    :param change: None when it could not even be read
    """
    decision = type(verdict).__name__.lower()
    stuck = None if isinstance(verdict, Allowed | Denied) else verdict
    return Receipt(
        attempt=attempt,
        at=at,
        seconds=seconds,
        decision=decision,
        outcome=decision,
        enforced=verdict.enforced,
        risk=verdict.evidence.risk,
        actor=actor,
        source=source,
        base=change.base.commit if change else "",
        head=change.head if change else "",
        digest=change.digest if change else "",
        files=tuple(file.path for file in change.files) if change else (),
        findings=verdict.evidence.findings,
        because=verdict.because if isinstance(verdict, Denied) else (),
        preflight=verdict.evidence.preflight,
        trial=None,
        layers=verdict.evidence.layers,
        notes=verdict.evidence.notes,
        slug=stuck.slug if stuck else "",
        reason=stuck.reason if stuck else "",
        hint=stuck.hint if stuck else "",
        retry_after=stuck.retry_after if stuck else None,
    )


def record(told: Receipt, journal: Journal) -> None:
    """
    Write a judgement down.

    The change's code is left out: it may hold secrets, and git has it.

    :raises JournalError: it cannot be kept, so it must not count as a pass
    """
    body = as_json(told)
    for name in ("findings", "because", "files"):
        body[f"{name}_count"] = len(body[name])
        body[name] = body[name][:_KEPT]
    for finding in (*body["findings"], *body["because"]):
        del finding["code"]
    journal.append(
        at=told.at,
        kind="judged",
        attempt=told.attempt,
        body=json.dumps(body, sort_keys=True, separators=(",", ":")),
    )
