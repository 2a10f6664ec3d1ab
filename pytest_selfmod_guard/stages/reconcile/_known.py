"""
What the journal knows of commits, and of the changes that make them.

A commit is known when the journal says that it landed, or that it was there
when the guard came, and then so are its ancestors. Only a judgement that asked
every rule can make it known.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pytest_selfmod_guard.journals import Entry
from pytest_selfmod_guard.model import Actor, Base, Blob, Change, Confidence, FileChange

if TYPE_CHECKING:
    from pytest_selfmod_guard.journals import Journal
    from pytest_selfmod_guard.stages.read._listing import Raw

LANDED, ADOPTED, UNGATED, JUDGED = "landed", "adopted", "ungated", "judged"

_RECENT = 50
"""Judgements in which the base of an amended commit is looked for."""

_LOOKED_AT = 500
"""Judgements among which one of what was staged is looked for."""

_SHORT = 10

_TIPS = 5000
"""Commits that are told to git as known; the older ones are their ancestors."""


class Known:
    """A journal, asked about commits."""

    def __init__(self, journal: Journal) -> None:
        """Look into a journal."""
        self._journal = journal

    def has(self, commit: str) -> bool:
        """Tell whether it says itself that a commit is known."""
        return self._is(commit, (LANDED, ADOPTED))

    def is_named(self, commit: str) -> bool:
        """Tell whether a commit was accused before."""
        return self._is(commit, (UNGATED,))

    def agent_at(self, commit: str) -> Actor | None:
        """Give the agent that was seen when a commit was accused; None where there was none."""
        for entry in self._journal.about(commit):
            seen = _read(entry).get("actor") if entry.kind == UNGATED else None
            if isinstance(seen, dict) and seen.get("kind") == "agent":
                name, short = str(seen.get("name", "")), commit[:_SHORT]
                return Actor("agent", name, Confidence.HIGH, f"seen when {short} was made")
        return None

    def has_gate(self) -> bool:
        """Tell whether commits are judged here at all, so that one can go past a door."""
        if self._journal.last(UNGATED):
            return True
        recent = map(_read, self._journal.last(JUDGED, _LOOKED_AT))
        return any(told.get("source") == "--staged" and told.get("gate", True) for told in recent)

    def is_adopted(self) -> bool:
        """Tell whether the guard has looked at this history before."""
        return bool(self._journal.last(ADOPTED))

    def adopted(self) -> Iterator[str]:
        """Give what was there when the guard came, or on a remote: all before it is known too."""
        yield from self._there()
        for entry in self._journal.last(LANDED, _TIPS):
            if _read(entry).get("how") == "fetched":
                yield entry.subject

    def tips(self) -> Iterator[str]:
        """Give commits that are known, by which others can be told to be older."""
        yield from self._there()
        yield from (entry.subject for entry in self._journal.last(LANDED, _TIPS))

    def allows(self, base: str, digest: str) -> bool:
        """
        Tell whether a change of this base was judged by all rules, and may land.

        The last word counts: what passed as an unknown author's is denied when
        its message names an agent.
        """
        for told in self._judged(digest):
            if told.get("base") == base and not _is_of_range(told):
                if _passes(told):
                    return True
                if told.get("decision") == "denied" and told.get("enforced") is True:
                    return False
        return False

    def allows_anywhere(self, digest: str) -> bool:
        """Tell the same of some known base: so it is when commits are moved."""
        return any(self._still_passes(told, digest) for told in self._passed(digest))

    def bases(self) -> list[str]:
        """Give the bases that were judged on of late, the newest first."""
        recent = (_read(entry).get("base") for entry in self._journal.last(JUDGED, _RECENT))
        return list(dict.fromkeys(base for base in recent if isinstance(base, str) and base))

    def _there(self) -> Iterator[str]:
        for entry in self._journal.last(ADOPTED, _RECENT):
            yield from _read(entry).get("tips", ())

    def _passed(self, digest: str) -> Iterator[dict[str, Any]]:
        return filter(_passes, self._judged(digest))

    def _still_passes(self, told: Mapping[str, Any], digest: str) -> bool:
        base = str(told.get("base"))
        return self.has(base) and (_is_of_range(told) or self.allows(base, digest))

    def _judged(self, digest: str) -> Iterator[dict[str, Any]]:
        """Give the judgements of a change by all rules, the newest first."""
        for entry in self._journal.about(digest):
            told = _read(entry) if entry.kind == JUDGED else {}
            if told.get("asked") == []:
                yield told

    def _is(self, commit: str, kinds: tuple[str, ...]) -> bool:
        return any(entry.kind in kinds for entry in self._journal.about(commit))


def _passes(told: Mapping[str, Any]) -> bool:
    """Tell whether a judgement lets land; before there was a pre-flight each was a gate."""
    decision = told.get("decision")
    lands = decision == "allowed" or (decision == "denied" and told.get("enforced") is False)
    return lands and bool(told.get("gate", True))


def _is_of_range(told: Mapping[str, Any]) -> bool:
    """Tell whether it was of commits, whose limits are not those of a single one."""
    return str(told.get("source", "")).startswith(("--range", "--base"))


def digest_of(listing: Iterable[Raw]) -> str:
    """Give the digest of the change from one tree to another; modes and ids are enough for it."""
    files = [
        FileChange(
            raw.path,
            Blob(raw.old_mode, raw.old_oid, 0, None) if raw.old_mode else None,
            Blob(raw.new_mode, raw.new_oid, 0, None) if raw.new_mode else None,
            raw.old_path,
        )
        for raw in listing
    ]
    return Change(tuple(files), Base("", {}), "", "").digest


def _read(entry: Entry) -> dict[str, Any]:
    """Take the body of an entry apart; one that is none says nothing."""
    try:
        told = json.loads(entry.body)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
