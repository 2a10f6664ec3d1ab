"""SMG101: the change has too many characters."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_selfmod_guard.model import Risk, Touched
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules.limits._counted import beyond
from pytest_selfmod_guard.view import View

_NAMED = 3  # of the largest files


@change_rule(
    "SMG101",
    risk=Risk.HIGH,
    hint="split it into commits that each do one thing and can be read in one go",
)
def change_too_large(view: View) -> Iterable[Sighting]:
    """
    The change adds and removes more characters than the policy allows.

    Nobody reads a huge change, so whatever hides in it lands. An agent that
    goes astray writes much at once. The limit is `limits.max-changed-chars`.
    Of several commits each is held to it, and what they change in all to
    `limits.range-factor` times that; of a merge only lines that no parent has
    count. Lock files and files that the base marks as generated do not count,
    nor do binary files, nor lines that only moved within their file. Agents
    are denied, people are warned.

    Flagged: one line of 10,001 characters
        === story.txt
        + {10001}

    Allowed: the same in a lock file
        === poetry.lock
        + {10001}

    Allowed: a small change
        === story.txt
          once upon a time
        - there was a cat
        + there was a dog
    """
    return beyond(view, view.policy.limits.max_changed_chars, _said)


def _said(files: list[Touched], limit: int) -> str:
    total = sum(file.chars for file in files)
    if total <= limit:
        return ""
    largest = sorted(files, key=lambda file: (file.chars, file.path), reverse=True)[:_NAMED]
    named = ", ".join(f"{file.path} {file.chars:,}" for file in largest)
    return f"{total:,} characters changed, the limit is {limit:,} ({named})"
