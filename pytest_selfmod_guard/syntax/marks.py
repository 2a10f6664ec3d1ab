"""
Whether a text piles up more combining marks than Python can put in order.

Python orders the marks of each name by comparing neighbours, in native code
that nobody can interrupt: for a hundred thousand marks that takes minutes.
"""

from __future__ import annotations

import re
from unicodedata import combining

from .values import Unparsable

MARKS = 100
"""On one character; writing systems use a few."""
PILE = re.compile(rf"[^\x00-\x7f]{{{MARKS},}}")


def too_marked(text: str) -> Unparsable | None:
    """Say where a character bears more marks than any writing needs."""
    if text.isascii():
        return None
    for run in PILE.finditer(text):
        if _highest(run[0]) > MARKS:
            line = len((text[: run.start()] + "x").splitlines())
            reason = f"It has a character with more than {MARKS} combining marks."
            return Unparsable(reason, line, "too-large")
    return None


def _highest(run: str) -> int:
    highest = pile = 0
    for character in run:
        pile = pile + 1 if combining(character) else 0
        highest = max(highest, pile)
    return highest
