"""
Which lines are new: both sides of a file compared as multisets of lines.

It is exact, linear, and no setting of git has a say in it. A line that only
moved within its file is not new.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence


def new_lines(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, str]]:
    """
    Give what the new side has more of, with its line number from 1.

    Of several equal lines the last ones count as the new ones.
    """
    head = _common_start(old, new)
    spare = Counter(old[head:])
    for number, line in enumerate(new[head:], head + 1):
        if spare[line]:
            spare[line] -= 1
        else:
            yield number, line


def changed_chars(old: Sequence[str], new: Sequence[str]) -> int:
    """Count the characters of added and removed lines, a line's end as one."""
    added = sum(len(line) + 1 for _, line in new_lines(old, new))
    removed = sum(len(line) + 1 for _, line in new_lines(new, old))
    return added + removed


def _common_start(old: Sequence[str], new: Sequence[str]) -> int:
    for at, (one, other) in enumerate(zip(old, new, strict=False)):
        if one != other:
            return at
    return min(len(old), len(new))
