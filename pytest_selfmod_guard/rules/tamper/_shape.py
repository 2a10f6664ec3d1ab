"""What one statement of a test looks like when names, literals and frameworks do not count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from keyword import iskeyword

from pytest_selfmod_guard.rules.tamper._statements import (
    Statement,
    is_literal,
    is_word,
    split_at_commas,
)

LOCAL, ANY = "_", "#"

CHECKS = frozenset(
    ("raises", "warns", "deprecated_call", "fail", "fnmatch_lines", "re_match_lines",
     "no_fnmatch_line", "no_re_match_line")
)  # fmt: skip
_COMPARED = {
    "Equal": "==", "Equals": "==", "NotEqual": "!=", "Is": "is", "IsNot": "is not", "In": "in",
    "NotIn": "not in", "Greater": ">", "GreaterEqual": ">=", "Less": "<", "LessEqual": "<=",
    "CountEqual": "==", "ListEqual": "==", "DictEqual": "==", "MultiLineEqual": "==",
    "SequenceEqual": "==", "TupleEqual": "==", "SetEqual": "==",
}  # fmt: skip
_STATED = {
    "True": ((), ()), "False": (("not",), ()), "IsNone": ((), ("is", "None")),
    "IsNotNone": ((), ("is", "not", "None")),
}  # fmt: skip
_PAIRS = {"]": "[", "}": "{", ")": "("}


def is_check(line: Statement) -> bool:
    """Tell whether a statement asserts something."""
    return any(piece in CHECKS or piece.lower().startswith("assert") for piece in line)


def is_about_something(line: Statement) -> bool:
    """Tell whether an assertion has a name in it, as ``assert True`` has not."""
    return any(is_word(piece) and not iskeyword(piece) for piece in line[1:])


def as_assert(line: Statement) -> Statement:
    """Write ``self.assertEqual(a, b)`` and its kin as ``assert a == b``."""
    if line[:2] != ("self", ".") or line[3:4] != ("(",) or not line[2].startswith("assert"):
        return line
    kind, parts = line[2].removeprefix("assert"), split_at_commas(line[4:-1])
    if kind in _COMPARED and parts[1:]:
        return ("assert", *parts[0], *_COMPARED[kind].split(), *parts[1])
    if kind in _STATED and parts:
        before, after = _STATED[kind]
        return ("assert", *before, *parts[0], *after)
    return line


def with_locals_alike(line: Statement, local: frozenset[str]) -> Statement:
    """Call every local name the same; an attribute is none."""
    return tuple(
        LOCAL if piece in local and before != "." else piece
        for before, piece in zip(("", *line), line, strict=False)
    )


def loose(line: Statement) -> Statement:
    """Make literals, local names and displays of them alike, as parametrize does."""
    pieces: list[str] = []
    for piece in line:
        pieces.append(ANY if piece == LOCAL or is_literal(piece) else piece)
        while _folded(pieces):
            pass
    return tuple(pieces)


def foreign(line: Statement, local: frozenset[str]) -> Iterator[str]:
    """Give the words of a statement that are not its test's own; keywords of calls are not."""
    for before, piece, following in zip(["", *line], line, [*line[1:], ""], strict=False):
        is_own = piece in local and before != "." and (following != "=" or not before)
        if is_word(piece) and not is_own:
            yield piece


def bound(line: Statement) -> Iterator[str]:
    """Give the names that a statement assigns or defines."""
    for word in ("def", "class"):
        if word in line[:2]:
            yield from line[line.index(word) + 1 :][:1]
    if line[0] == "for" and "in" in line:
        yield from (piece for piece in line[1 : line.index("in")] if is_word(piece))
    depth = 0
    for index, piece in enumerate(line):
        depth += (piece in "([{") - (piece in ")]}")
        if piece == "=" and depth == 0:
            yield from _targets(line[:index])
        elif piece == ":=" and index:
            yield line[index - 1]
        elif piece == "as":
            yield from line[index + 1 : index + 2]


def _targets(pieces: Iterable[str]) -> Iterator[str]:
    for part in split_at_commas(pieces):
        if len(part) == 1 and is_word(part[0]):
            yield part[0]


def _folded(pieces: list[str]) -> bool:
    """Turn ``- #``, ``[#, #]`` and ``{#: #}`` at the end into one ``#``, if there is one."""
    if pieces[-2:] == ["-", ANY] and not any(map(is_word, pieces[-3:-2])):
        del pieces[-2:]
    elif (start := _display(pieces)) is not None:
        del pieces[start:]
    else:
        return False
    pieces.append(ANY)
    return True


def _display(pieces: list[str]) -> int | None:
    """Find where the display of literals that ends here begins; a call is none."""
    if pieces[-1] not in _PAIRS:
        return None
    start = len(pieces) - 2
    while start >= 0 and pieces[start] in {ANY, ",", ":"}:
        start -= 1
    if start < 0 or pieces[start] != _PAIRS[pieces[-1]]:
        return None
    called = start > 0 and (is_word(pieces[start - 1]) or pieces[start - 1] in ")]")
    return None if called else start
