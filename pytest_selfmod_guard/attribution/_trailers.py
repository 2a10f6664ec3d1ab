"""
The trailers of a message, by the rules of ``git interpret-trailers``.

They stand in the last paragraph, unless that is the first: that one is the
title. All its lines are trailers, or at least a quarter is and one of them is
of git's own. A merge that squashes commits keeps the trailers of each in the
middle of its message; those paragraphs are found too, if all they hold is
trailers, and no line that ends with a colon announces them or only trailers
come after them.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

_GITS_OWN = ("Signed-off-by: ", "(cherry picked from commit ")
_TRAILER = re.compile(r"([A-Za-z0-9-]+)[ \t]*:(.*)")
_SHARE = 3
"""Lines that are no trailers, to each one that is."""


class Trailer(NamedTuple):
    """One trailer of a message."""

    key: str
    """In lower case, without the colon."""
    value: str
    text: str
    """The whole line, as it stands there."""


def paragraphs(lines: list[str]) -> list[list[str]]:
    """Part lines where some are blank, or the dashes by which GitHub sets its trailers off."""
    found: list[list[str]] = [[]]
    for line in lines:
        if line.strip() and line.strip("-\r "):
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return found if found[-1] else found[:-1]


def trailers(parts: list[list[str]]) -> list[Trailer]:
    """Read the trailers out of the paragraphs of a message, the first of which is its title."""
    end = _begin_of_end(parts)
    within = [
        part
        for at, (before, part) in enumerate(pairwise(parts[:-1]), 1)
        # What is announced is quoted, unless nothing but trailers comes after it.
        if _other_lines(part) == 0 and (at >= end or not before[-1].endswith(":"))
    ]
    last = [part for part in parts[1:][-1:] if _is_block(part)]
    return [found for part in (*within, *last) for found in _read(part)]


def _begin_of_end(parts: list[list[str]]) -> int:
    """Give the first paragraph from which on there are only trailers."""
    at = len(parts)
    while at > 1 and _other_lines(parts[at - 1]) == 0:
        at -= 1
    return at


def _is_block(lines: list[str]) -> bool:
    others = _other_lines(lines)
    has_gits_own = any(line.startswith(_GITS_OWN) for line in lines)
    return others == 0 or (has_gits_own and (len(lines) - others) * _SHARE >= others)


def _other_lines(lines: list[str]) -> int:
    """Count the lines that are no trailers; one that is indented belongs to that above."""
    others, is_after = 0, False
    for line in lines:
        if not line[0].isspace():
            is_after = bool(_TRAILER.match(line)) or line.startswith(_GITS_OWN)
        others += not is_after
    return others


def _read(lines: list[str]) -> list[Trailer]:
    found: list[Trailer] = []
    for line in lines:
        if match := _TRAILER.match(line):
            found.append(Trailer(match[1].lower(), match[2].strip(), line.rstrip()))
        elif line[0].isspace() and found:
            above = found[-1]
            found[-1] = above._replace(value=f"{above.value} {line.strip()}".strip())
    return found
