"""The comments of a file, as its own language reads them: text in a string is none."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Callable, Iterator
from typing import NamedTuple

from pytest_selfmod_guard.rules.selfguard._sides import LARGEST
from pytest_selfmod_guard.view import Side

_SPACE = re.compile(r"[\s'\"(),;\\]+")
_COMMENT = re.compile(r"(?:^|[\s;)\]}])(#.*|//.*|--\s.*|;.*|<!--.*|/\*.*|REM\s.*)$")
_UNREADABLE = (tokenize.TokenError, SyntaxError, ValueError, RecursionError)


class Comment(NamedTuple):
    """One comment, and the code that it is about."""

    line: int
    text: str
    code: str
    """The code of its line, or else of the next one, without what formatters change."""
    is_alone: bool
    column: int
    is_first: bool
    """True where no code comes before it in the file."""


def comments(side: Side, wanted: Callable[[str], bool]) -> list[Comment]:
    """Give the comments of one version of a file that have something wanted in them."""
    text = side.text or ""
    if not wanted(text):
        return []
    found = _python(text) if side.is_python and len(text) <= LARGEST else None
    read = _lines(text) if found is None else found
    marked = [(row, at, told) for row, at, told in read if wanted(told)]
    lines = text.split("\n")
    first = _first_code(lines)
    return [_comment(row, at, told, lines, first) for row, at, told in marked]


def bare(code: str) -> str:
    """Give code without what a formatter adds, drops or moves."""
    return _SPACE.sub("", code)


def _python(text: str) -> list[tuple[int, int, str]] | None:
    """Give row, column and text of each comment; None where it is no Python."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except _UNREADABLE:
        return None
    return [(*token.start, token.string) for token in tokens if token.type == tokenize.COMMENT]


def _lines(text: str) -> Iterator[tuple[int, int, str]]:
    """Give what looks like a comment at the end of each line."""
    for row, line in enumerate(text.split("\n"), 1):
        if found := _COMMENT.search(line[:_WIDEST]):
            yield row, found.start(1), found[1]


def _comment(row: int, at: int, told: str, lines: list[str], first: int) -> Comment:
    before = lines[row - 1][:at] if row <= len(lines) else ""
    after = (line for line in lines[row:] if line.strip() and not line.lstrip().startswith("#"))
    code = before if before.strip() else next(after, "")
    return Comment(row, told, bare(code), not before.strip(), at, row <= first)


def _first_code(lines: list[str]) -> int:
    """Give the number of the first line that is no comment."""
    coded = (number for number, line in enumerate(lines, 1) if line.strip()[:1] not in ("", "#"))
    return next(coded, len(lines) + 1)


_WIDEST = 4000  # characters of a line; nobody reads a comment behind more
