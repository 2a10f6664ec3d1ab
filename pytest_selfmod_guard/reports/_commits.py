"""How a report speaks of commits: by a short id, with their words made harmless."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_selfmod_guard.model import Finding, Origin, Receipt, inert

_MOST_COMMITS = 5
_MOST_TEXT = 72


def short(commit: str) -> str:
    """Give as much of a commit's id as a person compares."""
    return inert(commit[:10])


def brought_by(finding: Finding, receipt: Receipt) -> str:
    """Say which commit a finding came with; empty where nobody could tell."""
    if not finding.commit:
        return ""
    known = {origin.commit: origin for origin in (*receipt.ungated, *receipt.origins)}
    origin = known.get(finding.commit)
    if origin is None:
        return short(finding.commit)
    return f"{short(origin.commit)} {_subject(origin)}, {_cut(origin.author)}"


def round_the_guard(receipt: Receipt) -> Iterator[str]:
    """Name the commits that no door of the guard has seen, a line each."""
    ungated = receipt.ungated
    if ungated:
        yield f"{len(ungated)} commit{'' if len(ungated) == 1 else 's'} went round the guard:"
    for origin in ungated[:_MOST_COMMITS]:
        yield f"  {short(origin.commit)} {_subject(origin)} by {_cut(origin.author)}"
    if len(ungated) > _MOST_COMMITS:
        yield f"  and {len(ungated) - _MOST_COMMITS} more, all of them in --format json"


def to_take_back(receipt: Receipt) -> str:
    """
    Give the command that takes back what denies and went round the guard.

    Empty where none of those commits is to blame for what denies; all of them
    are where nobody could tell.
    """
    ids = [origin.commit for origin in receipt.ungated]
    blamed = {finding.commit for finding in receipt.because}
    # Where one of them is the base, they passed, and what denies came later.
    if "" not in blamed or receipt.base in ids:
        ids = [commit for commit in ids if commit in blamed]
    # The newest first, as git has to take them back; the model has them oldest first.
    command = f"git revert --no-edit {' '.join(map(short, reversed(ids)))}"
    if receipt.source == "--staged":  # git reverts nothing while something else is staged
        command = f"git stash && {command} && git stash pop"
    return command if ids else ""


def _subject(origin: Origin) -> str:
    # A quote of its own could end the subject early, and name another author behind it.
    return '"' + _cut(origin.subject.replace('"', "'")) + '"'


def _cut(text: str) -> str:
    whole = inert(text[: _MOST_TEXT + 1])
    return whole if len(whole) <= _MOST_TEXT else f"{whole[: _MOST_TEXT - 3]}..."
