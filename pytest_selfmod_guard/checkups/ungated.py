"""Commits that went round the hook, and that nobody has mended since."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_selfmod_guard.checkups._facts import Facts
from pytest_selfmod_guard.status import Line

ORDER = 30
NAME = "ungated"

_SHORT = 10
_MOST = 20


def ask(facts: Facts) -> Iterator[Line]:
    """Name each of this branch, the newest first, which is the order to take them back in."""
    found = facts.record.ungated
    if not found:
        yield Line(NAME, "ok", "no commit of this branch went round the guard and is unmended")
    for commit in found[:_MOST]:
        short = commit.oid[:_SHORT]
        message = (
            f'{short} "{commit.subject}" by {commit.author} went round the guard,'
            " and has not passed since"
        )
        # The check makes the revert known where no hook does.
        mend = f"git revert --no-edit {short} && selfmod-guard check --staged"
        yield Line(NAME, "broken", message, mend)
    if len(found) > _MOST:
        message = f"{len(found) - _MOST} older commits went round the guard, too"
        yield Line(NAME, "broken", message, "selfmod-guard check --staged")
