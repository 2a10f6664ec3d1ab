"""
Just enough of Python's tokens to see how deep a text nests.

libcst's parser recurses in native code, where too deep a text ends the whole
process; so depth must be known before it is asked. Strings and comments are
passed over; f-strings are entered, for they nest as well (PEP 701).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

QUOTES = ("'''", '"""', "'", '"')
CODE = re.compile(
    r"""
    (?P<comment>\#[^\r\n]*+)
  | (?P<format>(?<!\w)(?:[fFtT][rR]?|[rR][fFtT])(?:'''|\"\"\"|'|\"))
  | (?P<string>(?:(?<!\w)(?:[bB][rR]?|[rR][bB]?|[uU]))?(?:'''|\"\"\"|'|\"))
  | (?P<open>[(\[{])
  | (?P<close>[)\]}])
  | (?P<comma>,)
  | (?P<colon>:=?)
  | (?P<join>\\(?:\r\n|\r|\n))
  | (?P<newline>\r\n|\r|\n|;)
  | (?P<word>(?<!\w)(?:lambda|not|if|elif|else|for|await|and|or|in|is|case|del)(?!\w))
  | (?P<operator>[-+~]|[*/%@&|^<>=!.]+)
    """,
    re.VERBOSE,
)
STRING = {
    "'": re.compile(r"(?:[^'\\\r\n]++|\\(?:\r\n|(?s:.)))*+'?"),
    '"': re.compile(r'(?:[^"\\\r\n]++|\\(?:\r\n|(?s:.)))*+"?'),
    "'''": re.compile(r"(?:[^'\\]++|\\(?s:.)|'(?!''))*+(?:''')?"),
    '"""': re.compile(r'(?:[^"\\]++|\\(?s:.)|"(?!""))*+(?:""")?'),
}
FORMAT = {
    "'": re.compile(r"(?:[^'\\\r\n{}]++|\\(?:\r\n|[^{}]|(?=[{}]))|\{\{|\}\})*+"),
    '"': re.compile(r'(?:[^"\\\r\n{}]++|\\(?:\r\n|[^{}]|(?=[{}]))|\{\{|\}\})*+'),
    "'''": re.compile(r"(?:[^'\\{}]++|\\(?:[^{}]|(?=[{}]))|'(?!'')|\{\{|\}\})*+"),
    '"""': re.compile(r'(?:[^"\\{}]++|\\(?:[^{}]|(?=[{}]))|"(?!"")|\{\{|\}\})*+'),
}


class Token(NamedTuple):
    """A piece of text that matters for depth."""

    kind: str
    """``open close comma colon newline word operator string``."""
    text: str
    start: int


class _Field(NamedTuple):
    """A replacement field of an f-string that is being read."""

    quote: str
    depth: int
    """How many brackets are open inside it, its own among them."""
    in_spec: bool = False
    """Whether its format specification has begun, which is text again."""


class Lexer:
    """Reads one text from front to back, once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0
        self.fields: list[_Field] = []

    def tokens(self) -> Iterator[Token]:
        """Give the tokens that matter, in order."""
        while match := CODE.search(self.text, self.at):
            self.at = match.end()
            kind = match.lastgroup or ""
            if kind == "string":
                self._pass(STRING[_quote(match[0])])
            elif kind == "open":
                self.depth += 1
            elif kind == "close":
                yield from self._close(match.start())
                continue
            elif kind == "colon" and self._is_in_field():
                self.fields[-1] = self.fields[-1]._replace(in_spec=True)
                yield from self._text(self.fields[-1].quote)
                continue
            if kind == "format":
                yield Token("string", match[0], match.start())
                yield from self._text(_quote(match[0]))
            elif kind not in ("comment", "join"):
                yield Token(kind, match[0], match.start())

    def _close(self, start: int) -> Iterator[Token]:
        ends_field = self._is_in_field()
        self.depth = max(0, self.depth - 1)
        yield Token("close", self.text[start], start)
        if ends_field:
            yield from self._text(self.fields.pop().quote)

    def _text(self, quote: str) -> Iterator[Token]:
        """Read the text of an f-string up to its next field or its end."""
        while True:
            self._pass(FORMAT[quote])
            start = self.at
            if self.text.startswith("{", start):
                self.at += 1
                self.depth += 1
                self.fields.append(_Field(quote, self.depth))
                yield Token("open", "{", start)
                return
            if not self.text.startswith("}", start):
                self.at += len(quote) if self.text.startswith(quote, start) else 0
                return
            self.at += 1
            if self._is_in_field() and self.fields[-1].in_spec:
                self.fields.pop()
                self.depth -= 1
                yield Token("close", "}", start)

    def _is_in_field(self) -> bool:
        return bool(self.fields) and self.fields[-1].depth == self.depth

    def _pass(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.at)
        self.at = match.end() if match else self.at


def _quote(opening: str) -> str:
    return next(quote for quote in QUOTES if opening.endswith(quote))
