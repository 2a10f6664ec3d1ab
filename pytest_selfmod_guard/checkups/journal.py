"""The journal: does it open, hold, belong to its owner alone, and lie on a local disk."""

from __future__ import annotations

from collections.abc import Iterator
from shlex import quote
from time import localtime, strftime

from pytest_selfmod_guard.checkups._facts import Facts, Kept
from pytest_selfmod_guard.errors import JournalError
from pytest_selfmod_guard.status import Line

ORDER = 60
NAME = "journal"

_OTHERS = 0o077


def ask(facts: Facts) -> Iterator[Line]:
    """Read its end, and look at where it lies."""
    try:
        kept = facts.kept
    except JournalError as error:
        yield Line(NAME, "broken", f"{error} ({error.slug})", error.hint)
        return
    lines = [*_content(kept), *_place(kept)]
    yield from lines
    if not lines:
        yield Line(NAME, "ok", _fine(kept))


def _fine(kept: Kept) -> str:
    if not kept.events:
        return f"nothing is written down yet; it will be in {kept.place}"
    many = "1 event" if kept.events == 1 else f"{kept.events:,} events"
    return f"{many} in {kept.place}, the last {kept.looked_at} as written down"


def _content(kept: Kept) -> Iterator[Line]:
    if kept.wrong:
        yield Line(NAME, "broken", f"it does not hold: {kept.wrong}", "selfmod-guard audit verify")
    if kept.is_lost:
        message = "it was anchored, and is gone: the breaker begins half-open"
        yield Line(NAME, "broken", message, "selfmod-guard audit verify")
    elif kept.was_lost is not None:
        when = strftime("%Y-%m-%d %H:%M", localtime(kept.was_lost))
        message = f"the one before it was gone on {when}; what it knew is lost"
        yield Line(NAME, "warning", message, "selfmod-guard audit verify")
    if kept.other:
        note, _, mend = kept.other.rpartition(": ")
        yield Line(NAME, "warning", note[:1].lower() + note[1:], mend)


def _place(kept: Kept) -> Iterator[Line]:
    if kept.mode is not None and kept.mode & _OTHERS:
        message = f"others may look into {kept.folder} (its mode is {kept.mode:04o})"
        yield Line(NAME, "broken", message, f"chmod 700 {quote(kept.folder)}")
    if kept.network:
        message = f"{kept.folder} is on {kept.network}, where locks are not to be trusted"
        mend = "clone onto a local disk, or name a PostgreSQL journal in the policy"
        yield Line(NAME, "warning", message, mend)
