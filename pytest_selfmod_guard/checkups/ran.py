"""Have the hooks run lately: is there a verdict for what leads to HEAD."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_selfmod_guard.checkups._facts import Facts, Named
from pytest_selfmod_guard.spoken import span
from pytest_selfmod_guard.status import Line

ORDER = 20
NAME = "last run"

_SHORT = 10
_JUDGE = "selfmod-guard check --staged"


def ask(facts: Facts) -> Iterator[Line]:
    """Compare what the journal knows with the commits of this branch."""
    record = facts.record
    ungated = {commit.oid for commit in record.ungated}
    others = [commit for commit in record.unjudged if commit.oid not in ungated]
    if not record.has_begun:
        yield Line(NAME, "warning", "the guard has judged nothing here yet", _JUDGE)
    elif others:
        yield Line(NAME, "warning", _told(others), _JUDGE)
    elif record.last is None:
        message = "what is here is known; nothing that was to be committed was judged yet"
        yield Line(NAME, "ok", message)
    else:
        ago = span(max(0.0, facts.now - record.last))
        yield Line(NAME, "ok", f"what was to be committed was last judged {ago} ago")


def _told(commits: list[Named]) -> str:
    newest = commits[0]
    named = f'{newest.oid[:_SHORT]} "{newest.subject}"'
    if len(commits) == 1:
        return f"1 commit of this branch has no verdict yet: {named}"
    return f"{len(commits)} commits of this branch have no verdict yet, the newest is {named}"
