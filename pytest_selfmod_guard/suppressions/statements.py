"""
Comments, each with the code that it speaks of: a statement, or a line where it is no Python.

It is strict, unlike what looks for new comments: what is in doubt is no comment, for
a comment can excuse something here.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from pytest_selfmod_guard import paths

if TYPE_CHECKING:
    from tokenize import TokenInfo

    from pytest_selfmod_guard.view import Side

WORD = "selfmod:"

_LARGEST = 1 << 20  # characters
_WIDEST = 4000  # characters of a line that is no Python
_NO_COMMENTS = (".diff", ".patch", ".svg", ".json", ".csv", ".jsonl")
_CODINGS = ("utf-8", "utf-8-sig", "iso-8859-1", "ascii")
_UNDECODED = re.compile("[\ud800-\udfff]")
_LONE_RETURN = re.compile(r"\r(?!\n)")
_COMMENT = re.compile(r"(?:^|(?<=[ \t]))#")


class Statement(NamedTuple):
    """The lines of one statement, a compound one's up to its colon; or one line."""

    first: int
    """1-based; the last line is one of its own too."""
    last: int
    scope: str
    """The functions and classes around it, dotted; of what begins one, that one too."""
    code: str


class Remark(NamedTuple):
    """A comment, and what it speaks of."""

    line: int
    text: str
    about: Statement | None
    """None where no code follows it."""


class Reading(NamedTuple):
    """What matters of one version of a file."""

    remarks: list[Remark]
    """The comments that may speak of the guard, from the top down."""
    code: Counter[tuple[str, str]]
    """How often each scope has each code, commented or not."""


def has_comments(path: str) -> bool:
    """Tell whether anything reads comments in a file of that name."""
    return not (paths.is_prose(path) or path.endswith(_NO_COMMENTS) or paths.is_lock_file(path))


def reading(side: Side) -> Reading | None:
    """Read the comments of a file, and its code; None where that cannot be done for certain."""
    text = side.text
    if text is None or not side.blob.is_regular or len(text) > _LARGEST:
        return None
    if not has_comments(side.path):
        return Reading([], Counter())
    return _of_python(text, side.blob.data or b"") if side.is_python else _of_lines(text)


def _of_python(text: str, data: bytes) -> Reading | None:
    if _LONE_RETURN.search(text) or not _is_plain(data):  # lines would be counted otherwise
        return None
    import tokenize  # noqa: PLC0415 (only files with suppressions pay for it)

    text = text.removeprefix("\ufeff")
    # One character for another, for the tokens of odd bytes; places stay what they are.
    readable = _UNDECODED.sub("x", text)
    tokens = tokenize.generate_tokens(io.StringIO(readable).readline)
    reader = _Reader(text.split("\n"))
    try:
        return Reading(list(reader.remarks(tokens)), reader.code)
    except (tokenize.TokenError, SyntaxError, ValueError, RecursionError):
        return None


def _is_plain(data: bytes) -> bool:
    """Tell whether Python reads a file's bytes as we do, line by line."""
    import tokenize  # noqa: PLC0415 (see above)

    try:
        return tokenize.detect_encoding(io.BytesIO(data).readline)[0] in _CODINGS
    except SyntaxError:
        return False


class _Reader:
    """Goes through the tokens of one file, and knows which function it is in."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._scopes: list[str] = []
        self._words: list[str] = []
        self._first = 0
        self._comments: list[tuple[int, str]] = []
        self.code: Counter[tuple[str, str]] = Counter()

    def remarks(self, tokens: Iterator[TokenInfo]) -> Iterator[Remark]:
        """
        Give each comment with its statement.

        :raises ValueError: this is no Python
        """
        import token as kinds  # noqa: PLC0415 (see above)

        begun = ""
        for token in tokens:
            row = token.start[0]
            if token.type == kinds.ERRORTOKEN:
                raise ValueError(token.string)
            if token.type == kinds.COMMENT:
                self._keep(token)
            elif token.type == kinds.INDENT:
                self._scopes.append(begun)
            elif token.type == kinds.DEDENT:
                self._scopes.pop()
            elif token.type == kinds.NEWLINE:
                begun = _name(self._words)
                yield from self._flush(row, begun)
            elif token.type not in (kinds.NL, kinds.ENDMARKER):
                self._first = self._first or row
                self._words.append(token.string)
        yield from (Remark(row, text, None) for row, text in self._comments)

    def _keep(self, token: TokenInfo) -> None:
        row, at = token.start
        if WORD in token.string:
            self._comments.append((row, self._lines[row - 1][at:].rstrip("\r")))

    def _flush(self, last: int, begun: str) -> Iterator[Remark]:
        scope = ".".join(filter(None, (*self._scopes, begun)))
        code = " ".join(self._words)
        self.code[scope, code] += 1
        about = Statement(self._first, last, scope, code)
        yield from (Remark(row, text, about) for row, text in self._comments)
        self._first, self._words, self._comments = 0, [], []


def _name(words: list[str]) -> str:
    """Name the function or class that a statement begins, if it begins one: ``def total``."""
    at = 1 if words[:1] == ["async"] else 0
    begins = words[at : at + 1] in (["def"], ["class"]) and words[at + 1 :]
    return f"{words[at]} {words[at + 1]}" if begins else ""


def _of_lines(text: str) -> Reading:
    """Take what ``#`` begins on each line; a comment of its own speaks of the next line of code."""
    found = []
    code: Counter[tuple[str, str]] = Counter()
    below: Statement | None = None
    for row, line in reversed(list(enumerate(text.split("\n"), 1))):
        at = _begin(line) if WORD in line else -1
        said = line[:at] if at >= 0 else line
        if said.strip() and not said.lstrip().startswith("#"):
            below = Statement(row, row, "", " ".join(said.split()))
            code["", below.code] += 1
        if at >= 0:
            found.append(Remark(row, line[at:].rstrip(), below))
    return Reading(found[::-1], code)


def _begin(line: str) -> int:
    """Give where the comment of a line begins; -1 for none, and where quotes leave a doubt."""
    if len(line) > _WIDEST:
        return -1
    starts = (found.start() for found in _COMMENT.finditer(line))
    return next((at for at in starts if not _is_quoted(line[:at])), -1)


def _is_quoted(before: str) -> bool:
    return any(before.count(quote) % 2 for quote in "\"'`")
