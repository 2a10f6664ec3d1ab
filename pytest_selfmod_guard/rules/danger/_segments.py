"""Python source cut into strings, comments and words, without parsing it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

_SEGMENT = re.compile(
    r"""
    (?P<comment>\#[^\r\n]*+)
  | (?P<string>(?:\b[rRbBuUfFtT]{1,2})?(?:
        '''(?:[^'\\]++|\\(?s:.)|'(?!''))*+(?:''')?
      | \"\"\"(?:[^"\\]++|\\(?s:.)|"(?!""))*+(?:\"\"\")?
      | '(?:[^'\\\r\n]++|\\(?s:.))*+'?
      | "(?:[^"\\\r\n]++|\\(?s:.))*+"?))
  | (?P<word>[^\W\d]\w*+)
    """,
    re.VERBOSE,
)


class Segment(NamedTuple):
    """One string, comment or word."""

    kind: str
    """``string``, ``comment`` or ``word``."""
    text: str
    start: int


def segments(text: str) -> Iterator[Segment]:
    """Cut a text; what lies between (operators, numbers, blanks) is left out."""
    for match in _SEGMENT.finditer(text):
        yield Segment(match.lastgroup or "", match[0], match.start())


def inside(string: str) -> str:
    """Give what stands between the quotes of a string, as it is written."""
    body = string.lstrip("rRbBuUfFtT")
    width = 3 if body[:3] in ("'''", '"""') else 1
    end = -width if len(body) >= 2 * width and body.endswith(body[:width]) else len(body)
    return body[width:end]


class Lines:
    """Finds the line of a place in a text."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in re.finditer(r"\n", text))]

    def at(self, start: int) -> int:
        """Give the 1-based line on which a place lies."""
        return bisect_right(self._starts, start)
