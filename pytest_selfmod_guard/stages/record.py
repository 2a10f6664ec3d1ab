"""
Record: every attempt leaves a receipt in the journal, whatever became of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from pytest_selfmod_guard.journals import Entry, Journal
from pytest_selfmod_guard.model import (
    Actor,
    Allowed,
    Change,
    Denied,
    Origin,
    Receipt,
    Verdict,
    as_json,
)

_KEPT = 200  # findings and files that a journal line carries


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
        origins=_origins(verdict, change),
    )


def _origins(verdict: Verdict, change: Change | None) -> tuple[Origin, ...]:
    """Give the commits that findings name."""
    named = {finding.commit for finding in verdict.evidence.findings} - {""}
    steps = change.steps if change else ()
    return tuple(step.origin for step in steps if step.origin.commit in named)


def record(told: Receipt, journal: Journal, only: Iterable[str] = ()) -> None:
    """
    Write a judgement down, to be found by the digest of what was judged.

    :param only: as in :func:`entry_of`
    :raises JournalError: it cannot be kept, so it must not count as a pass
    """
    journal.append(entry_of(told, only))


def entry_of(told: Receipt, only: Iterable[str] = (), *, is_gate: bool = False) -> Entry:
    """
    Make what the journal keeps of a judgement.

    The change's code is left out: it may hold secrets, and git has it.

    :param only: the rules that were asked, where it was not all of them; what
        they allow is not known to be harmless
    :param is_gate: whoever the limits bind gets past it only by going round it
    """
    body = as_json(told) | {"asked": sorted(only), "gate": is_gate}
    for name in ("findings", "because", "files"):
        body[f"{name}_count"] = len(body[name])
        body[name] = body[name][:_KEPT]
    for finding in (*body["findings"], *body["because"]):
        del finding["code"]
    written = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return Entry(told.at, "judged", told.attempt, written, told.digest)
