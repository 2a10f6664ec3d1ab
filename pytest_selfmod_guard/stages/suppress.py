"""
Suppress: let a finding not count that a comment of the base excuses.

Only the base's comments count, in the function or class that they stand in
there; what the change adds, widens or prolongs excuses nothing. Files that do
not speak of it on both sides are not even read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pytest_selfmod_guard.model import Blob, Change, Finding
from pytest_selfmod_guard.rules import Rule
from pytest_selfmod_guard.stages._excuses import Excuses
from pytest_selfmod_guard.stages._no_use import Book
from pytest_selfmod_guard.suppressions import WORD
from pytest_selfmod_guard.surroundings import Surroundings
from pytest_selfmod_guard.view import File

_MOST_NOTES = 10
_WORD = WORD.encode()


class Suppressed(NamedTuple):
    """The findings, some of them waived, and what is to be said of the comments."""

    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()


def excuse(
    change: Change,
    findings: Sequence[Finding],
    rules: tuple[Rule, ...],
    *,
    now: float,
    off: Sequence[str] = (),
    rest: Surroundings | None = None,
    is_whole: bool = True,
) -> Suppressed:
    """
    Waive what a comment excuses that stands in the base and in the change.

    Nothing excuses what is found about the guard itself, about limits, or
    about no place in particular.

    :param rules: those that were asked, but for what the policy switches ``off``
    :param now: seconds since the epoch; a comment counts to the end of its last day, in UTC
    :param rest: the trusted base, which has to have the comment as well as the
        version that the change began with
    :param is_whole: all rules were asked, so that it can be told what is of no use
    """
    marked = [file for file in change.files if _speaks(file.old) and _speaks(file.new)]
    if not marked:
        return Suppressed(tuple(findings))
    book = Book(rules, frozenset(off))
    looks = {file.path: Excuses(File(file), book, rest, now) for file in marked}
    told = tuple(looks[one.path].judge(one) if one.path in looks else one for one in findings)
    notes = [note for look in looks.values() for note in look.notes()] if is_whole else []
    more = len(notes) - _MOST_NOTES
    shown = [*notes[:_MOST_NOTES], *([f"and {more} more suppressions like these"] * (more > 0))]
    return Suppressed(told, tuple(shown))


def _speaks(side: Blob | None) -> bool:
    """Tell, without reading it as code, whether a version could have such a comment."""
    return side is not None and side.is_regular and _WORD in (side.data or b"")
