"""SMG102: the change touches too many files."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_selfmod_guard.model import Risk, Touched
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules.limits._counted import beyond
from pytest_selfmod_guard.view import View

_NAMED = 8


@change_rule(
    "SMG102",
    risk=Risk.HIGH,
    hint="commit the files that belong together, and the others after them",
)
def too_many_files(view: View) -> Iterable[Sighting]:
    """
    The change touches more files than the policy allows.

    A change that is all over the project is hard to review and hard to take
    back. The limit is `limits.max-files`. Of several commits each is held to
    it, and what they change in all to `limits.range-factor` times that; of a
    merge only files count that have something no parent has. Lock files and
    files that the base marks as generated do not count; a moved file counts
    once. Agents are denied, people are warned.

    Flagged: six files
        === a.txt
        + one
        === b.txt
        + one
        === c.txt
        + one
        === d.txt
        + one
        === e.txt
        + one
        === f.txt
        + one

    Allowed: five files, and a lock file
        === a.txt
        + one
        === b.txt
        + one
        === c.txt
        + one
        === d.txt
        + one
        === e.txt
        + one
        === uv.lock
        + one
    """
    return beyond(view, view.policy.limits.max_files, _said)


def _said(files: list[Touched], limit: int) -> str:
    if len(files) <= limit:
        return ""
    named = ", ".join(file.path for file in files[:_NAMED])
    more = f" and {len(files) - _NAMED} more" if len(files) > _NAMED else ""
    return f"{len(files)} files changed, the limit is {limit}: {named}{more}"
