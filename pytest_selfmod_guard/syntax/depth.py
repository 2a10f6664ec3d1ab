"""Whether a text nests too deep, or branches too much, for libcst to be safe."""

from __future__ import annotations

import sys

from .lexing import Lexer, Token
from .values import Unparsable

BRACKETS = 100
"""CPython's own limit is 200; on a stack of 8 MiB libcst dies at about 1,190."""
NESTING = 700 if sys.version_info[:2] == (3, 12) else 1_000
"""
Operators, attributes, calls, branches that hang on one another.

Python 3.12 bounds recursion through C by a number of its own, which nothing
raises, and libcst writes code by such a recursion.
"""
LAMBDA = 10
"""How many operators a nested lambda weighs."""
LONG = 32
"""Chains up to this length are nothing unusual, and are free."""
EFFORT = 2_000_000
"""libcst needs time and memory in the square of a chain's length, and in a
power of the depth of a pattern: about a second for this much."""
TOKENS = 150_000
"""Twice as many as in the largest files that people publish."""
PATTERN = 3
"""By what a further level in a ``case`` pattern, or a ``del``, multiplies libcst's time."""


class _Level:
    """What is open at one bracket."""

    __slots__ = ("chain", "lambdas", "total")

    def __init__(self, total: int) -> None:
        self.chain = 0
        self.lambdas = 0
        self.total = total


class _Depth:
    """Adds up tokens until the text is over or a limit is passed."""

    def __init__(self) -> None:
        self.levels = [_Level(0)]
        self.effort = 0
        self.elifs = 0
        self.at_line_start = True
        self.pattern = False
        self.excess = ""
        self.tokens = 0

    def take(self, token: Token) -> None:
        self.tokens += 1
        getattr(self, f"_{token.kind}")(token)
        self.at_line_start = token.kind == "newline" and len(self.levels) == 1

    def _open(self, _token: Token) -> None:
        level = self.levels[-1]
        self.levels.append(_Level(level.total + level.chain))
        if len(self.levels) > BRACKETS:
            self.excess = f"more than {BRACKETS} nested brackets"
        if self.pattern:
            self._spend(PATTERN ** (len(self.levels) + 1))

    def _close(self, _token: Token) -> None:
        if len(self.levels) > 1:
            self._settle(self.levels.pop())
            self._grow(1)

    def _comma(self, _token: Token) -> None:
        if not self.levels[-1].lambdas:
            self._settle(self.levels[-1])

    def _colon(self, _token: Token) -> None:
        level = self.levels[-1]
        level.lambdas = max(0, level.lambdas - 1)
        if len(self.levels) == 1:
            self.pattern = False

    def _newline(self, _token: Token) -> None:
        if len(self.levels) == 1:
            self.pattern = False
            self.levels[0].lambdas = 0
            self._settle(self.levels[0])

    def _word(self, token: Token) -> None:
        if self.at_line_start:
            self._statement(token.text)
        if token.text == "del":
            self.pattern = True
        if token.text == "lambda":
            self.levels[-1].lambdas += 1
        self._grow(LAMBDA if token.text == "lambda" else 1)

    def _statement(self, word: str) -> None:
        self.pattern = word == "case"
        self.elifs = self.elifs + 1 if word == "elif" else 0 if word == "if" else self.elifs
        if self.elifs > NESTING:
            self.excess = f"more than {NESTING} branches of one 'if'"

    def _operator(self, token: Token) -> None:
        self._grow(len(token.text) if token.text.strip(".") == "" else 1)

    def _string(self, _token: Token) -> None:
        """Adjacent strings are read in a loop, and by the thousand in honest data."""

    def _grow(self, weight: int) -> None:
        level = self.levels[-1]
        level.chain += weight
        if level.total + level.chain > NESTING:
            self.excess = f"more than {NESTING} operators that hang on one another"

    def _settle(self, level: _Level) -> None:
        if level.chain > LONG:
            self._spend(level.chain**2)
        level.chain = 0

    def _spend(self, effort: int) -> None:
        self.effort += effort
        if self.effort > EFFORT:
            self.excess = "too many long expressions or deep patterns"


def too_deep(text: str) -> Unparsable | None:
    """
    Say where a text nests too deep to be given to a recursive parser.

    An estimate on the safe side: it may refuse what would just have passed,
    at depths that people do not write.
    """
    depth = _Depth()
    for token in Lexer(text).tokens():
        depth.take(token)
        if depth.tokens > TOKENS:
            return Unparsable(f"It has more than {TOKENS} brackets and operators.", 0, "too-large")
        if depth.excess:
            line = len((text[: token.start] + "x").splitlines())
            return Unparsable(f"It nests too deep: {depth.excess}.", line, "too-deep")
    return None
