"""
Source as a list of normalised statements, so that code is known again after a reformatting.

It works on tokens rather than on the tree: layout, comments, quotes and
trailing commas vanish by themselves, and any version of Python will do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

Statement = tuple[str, ...]
"""The tokens of one logical line."""

_TOKEN = re.compile(
    r"""
      (?P<space>[ \t\f\r]+ | \\\r?\n | \#[^\n]*)
    | (?P<string>[rbfutRBFUT]{0,2}
        (?:\"{3}(?:\\.|[^\\])*?\"{3} | '{3}(?:\\.|[^\\])*?'{3}
          | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*'))
    | (?P<word>[^\W\d]\w*)
    | (?P<number>\.?\d[\w.]*)
    | (?P<end>\n | ;)
    | (?P<sign>[<>=!]= | -> | := | \*\* | // | .)
    """,
    re.VERBOSE | re.DOTALL,
)
_OPEN, _CLOSE = frozenset("([{"), frozenset(")]}")
_QUOTES = "'\""


def statements(code: str) -> list[Statement]:
    """Cut source into logical lines; the lines inside brackets belong together."""
    return [tuple(_tidy(line)) for line in _logical_lines(code)]


def is_literal(piece: str) -> bool:
    """Tell whether a piece is a string, a number, ``True``, ``False`` or ``None``."""
    return piece[0].isdigit() or piece[-1] in _QUOTES or piece in {"True", "False", "None"}


def is_word(piece: str) -> bool:
    """Tell whether a piece is a name or a keyword."""
    return piece[0].isalpha() or piece[0] == "_"


def split_at_commas(tokens: Iterable[str]) -> list[Statement]:
    """Split tokens at the commas that no bracket encloses."""
    parts: list[list[str]] = [[]]
    depth = 0
    for piece in tokens:
        depth += (piece in _OPEN) - (piece in _CLOSE)
        if piece == "," and depth == 0:
            parts.append([])
        else:
            parts[-1].append(piece)
    return [tuple(part) for part in parts if part]


def _logical_lines(code: str) -> Iterator[list[str]]:
    line: list[str] = []
    depth = 0
    for match in _TOKEN.finditer(code):
        piece = match[0]
        if match["space"]:
            continue
        if match["end"]:
            if depth == 0 and line:
                yield line
                line = []
            continue
        depth = max(0, depth + (piece in _OPEN) - (piece in _CLOSE))
        line.append(_requoted(piece) if match["string"] else piece)
    if line:
        yield line


def _requoted(string: str) -> str:
    """Write a string with double quotes, as formatters do."""
    prefix = re.match("[A-Za-z]*", string)
    head = prefix[0].lower().replace("u", "") if prefix else ""
    body = string[len(prefix[0]) if prefix else 0 :]
    if body.startswith("'") and not body.startswith("'''") and '"' not in body:
        body = f'"{body[1:-1]}"'
    return head + body


def _tidy(line: list[str]) -> Iterator[str]:
    """Drop commas before a closing bracket; a lone pair of brackets around it all stays."""
    for piece, following in zip(line, [*line[1:], ""], strict=True):
        if piece == "," and following in _CLOSE and following:
            continue
        yield piece
