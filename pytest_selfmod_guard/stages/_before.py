"""
Who was judged for the same change before.

Where an agent was denied, taking its mark away makes nobody else of it: for a
day the same change of the same base is still judged as the agent's.
"""

from __future__ import annotations

import json

from pytest_selfmod_guard.journals import Journal
from pytest_selfmod_guard.model import Actor, Change, Confidence

_DAY = 24 * 3600.0
_SOURCE = "judged as an agent's before"


def agent_before(journal: Journal, change: Change, now: float) -> Actor | None:
    """
    Give the agent that was denied this change at last; None where none was.

    :param now: seconds since the epoch
    """
    for entry in journal.about(change.digest):
        told = _read(entry.body) if entry.kind == "judged" else {}
        if told.get("asked") != [] or told.get("base") != change.base.commit:
            continue
        seen = told.get("actor")
        is_denied = told.get("decision") == "denied" and told.get("enforced") is True
        if now - entry.at > _DAY or not is_denied or not isinstance(seen, dict):
            return None
        if seen.get("kind") != "agent":
            return None
        return Actor("agent", str(seen.get("name", "")), Confidence.MEDIUM, _SOURCE)
    return None


def _read(body: str) -> dict[str, object]:
    """Take the body of an event apart; one that is none says nothing."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
