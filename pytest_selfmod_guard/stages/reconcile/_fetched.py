"""
Looks at commits that came from a remote.

They were judged there, or should have been: what is found in them is a note,
and holds nobody up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from pytest_selfmod_guard.errors import GuardError
from pytest_selfmod_guard.git import Git, Objects
from pytest_selfmod_guard.model import Change, Receipt, Risk
from pytest_selfmod_guard.stages import read
from pytest_selfmod_guard.stages.read._pairs import differences
from pytest_selfmod_guard.stages.reconcile._history import MOST, History

MOST_FILES = 25
"""Of a larger difference than this a note says only how to judge it."""

_TIPS = 3
"""Branches that are looked at."""

_SHORT = 10


class Fetched(NamedTuple):
    """What was found in commits from elsewhere."""

    receipts: tuple[Receipt, ...]
    notes: tuple[str, ...]


def look_at(
    git: Git,
    objects: Objects,
    history: History,
    judge: Callable[[Change], Receipt],
    *,
    however_large: bool = False,
) -> Fetched:
    """
    Judge what each fetched tip has over what was known before, where that is little.

    :param however_large: judge it also when it touches many files
    """
    receipts: list[Receipt] = []
    notes: list[str] = []
    for tip in history.tips[:_TIPS]:
        base = _known_below(history, tip)
        if base is None:
            continue
        command = f"`selfmod-guard check --range {base[:_SHORT]}..{tip[:_SHORT]}`"
        try:
            if not however_large and _is_large(git, objects, base, tip):
                notes.append(f"Fetched commits touch many files; judge them with {command}.")
                continue
            told = judge(read.between(git, base, tip))
        except GuardError as error:
            notes.append(f"Fetched commits could not be judged ({error}); try {command}.")
            continue
        receipts.append(told)
        notes += _found(told, command)
    return Fetched(tuple(receipts), tuple(notes))


def _known_below(history: History, tip: str) -> str | None:
    """Follow first parents down to one that was known; None if that cannot be told."""
    found = tip
    while parents := history.fetched.get(found, ()):
        found = parents[0]
    is_known = found not in history.fetched and len(history.fetched) <= MOST
    return found if is_known else None


def _is_large(git: Git, objects: Objects, base: str, tip: str) -> bool:
    old, new = objects.tree(base), objects.tree(tip)
    (listing,) = differences(git, [(old, new)]) if old and new else ([],)
    return len(listing) > MOST_FILES


def _found(told: Receipt, command: str) -> Iterator[str]:
    if told.decision == "undecided":
        yield f"Fetched commits could not be judged ({told.reason}); try {command}."
    serious = [finding for finding in told.findings if finding.risk >= Risk.HIGH]
    if serious:
        rules = ", ".join(sorted({finding.rule for finding in serious}))
        yield f"Fetched commits hold what would be denied here ({rules}); look with {command}."
