"""What git keeps of a message that it was given, by ``commit.cleanup``."""

from __future__ import annotations

import re
from typing import NamedTuple

NO_EDITOR = ":"
"""``GIT_EDITOR``, as git sets it for its hooks where nobody edits the message."""

_SCISSORS = re.compile(r"^\S{1,20} -{24} >8 -{24}[ \t\r]*$", re.MULTILINE)
_MARKS = "#;@!$%^&|:"
"""Of these git chooses one by itself, where it is told to."""


class Cleaning(NamedTuple):
    """How git takes a message for its own."""

    mode: str
    """``commit.cleanup``. An option of the command may say otherwise, and no hook learns of it."""
    mark: str
    """What a line begins with that is a comment; ``auto`` where git chooses."""
    is_edited: bool


def kept(text: str, cleaning: Cleaning) -> str:
    """Take comments out, and the diff that ``git commit -v`` shows below them."""
    if not cleaning.is_edited and cleaning.mode != "strip":
        return text
    if cleaning.mode in ("verbatim", "whitespace"):
        return without_diff(text)
    text = without_diff(text)
    mark = _chosen(text) if cleaning.mark == "auto" else cleaning.mark
    return "\n".join(line for line in text.split("\n") if not line.startswith(mark))


def without_diff(text: str) -> str:
    """Cut where git does; a line that only looks like it has no diff below, or nothing."""
    for line in _SCISSORS.finditer(text):
        mark = line[0].partition(" ")[0]
        below = (one for one in text[line.end() :].split("\n") if not one.startswith(mark))
        if next((one for one in below if one.strip()), "diff ").startswith("diff "):
            return text[: line.start()]
    return text


def _chosen(text: str) -> str:
    last = text.rstrip()[text.rstrip().rfind("\n") + 1 :]
    return last[:1] if last[:1] and last[:1] in _MARKS else "#"
