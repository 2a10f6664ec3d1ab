"""One assertion of a test, as it can be compared with those of another version."""

from __future__ import annotations

import re
from typing import NamedTuple

from pytest_selfmod_guard.rules.tamper._asserting.relations import (
    DIFFERS,
    EQUAL,
    RAISES,
    RANKS,
    WARNS,
)

_WORD = re.compile(r"[^\W\d]\w*")
_LITERAL = re.compile(
    r"""(?:\b[rbfu]{1,2})?'(?:\\.|[^'\\])*' | (?:\b[rbfu]{1,2})?"(?:\\.|[^"\\])*"
    | (?<![\w.])\d[\w.]*""",
    re.VERBOSE,
)
_ROOT = re.compile(r"(?<![\w.)\]])[^\W\d]\w*(?=\.)")
_DISPLAY = re.compile(r"(?<![\w)\]])[\[({](?:_|\*\*|[,:\s])*[\])}]|-_|\b(?:True|False|None)\b")
_NESTED = 6  # displays in displays that are still made alike
_NOISE = frozenset(
    ("self", "cls", "len", "str", "int", "list", "dict", "set", "tuple", "sorted", "repr", "type",
     "isinstance", "pytest", "mock", "True", "False", "None", "not", "in", "is", "and", "or", "for",
     "if", "else", "lambda", "await", "bytes", "bool", "float", "_", "any", "all", "getattr")
)  # fmt: skip
_EITHER_WAY = frozenset((EQUAL, DIFFERS))

SILENT = frozenset(("dead", "swallowed"))
"""Kinds of guards behind which an assertion cannot turn a run red."""
WIDE = frozenset(("Exception", "BaseException", "(Exception,)", "Warning", "(BaseException,)"))
"""Errors that are nearly any error."""


class Guard(NamedTuple):
    """Something around an assertion that decides whether it speaks."""

    kind: str
    """``if``, ``loop``, ``dead`` or ``swallowed``."""
    how: str
    """The condition, or the reason, as it is written."""


class Check(NamedTuple):
    """One demand of an assertion."""

    kind: str
    subject: str
    expected: str
    slack: tuple[str, ...]
    guards: tuple[Guard, ...]
    code: str
    """The whole statement, for people."""
    line: int
    vacuous: str = ""
    """Why it cannot fail; empty if it can."""

    @property
    def key(self) -> tuple[str, str, str, tuple[str, ...]]:
        """What is demanded, wherever it stands, and whichever side comes first."""
        if self.kind in _EITHER_WAY and self.subject > self.expected:
            return self.kind, self.expected, self.subject, self.slack
        return self.kind, self.subject, self.expected, self.slack

    @property
    def loose(self) -> tuple[str, str, str]:
        """The same with all literals alike, as parametrize makes them."""
        return self.kind, unlettered(self.subject), unlettered(self.expected)

    @property
    def literals(self) -> frozenset[str]:
        """Every literal in it."""
        return literals(f"{self.subject} {self.expected}")

    @property
    def given(self) -> frozenset[str]:
        """The literals of what is expected."""
        return literals(self.expected)

    @property
    def words(self) -> frozenset[str]:
        """What it is about: the names in what it looks at."""
        return frozenset(_WORD.findall(_LITERAL.sub(" ", self.subject))) - _NOISE

    @property
    def core(self) -> frozenset[str]:
        """The same without what is only the way to it: modules, and objects that are asked."""
        spoken = _LITERAL.sub(" ", self.subject)
        return frozenset(_WORD.findall(_ROOT.sub(" ", spoken))) - _NOISE

    @property
    def rank(self) -> float:
        """How much it demands of its subject."""
        rank = RANKS[self.kind]
        if self.kind in {RAISES, WARNS}:
            return rank - 4 * (self.expected in WIDE) - (not self.slack)
        return rank

    @property
    def speaks(self) -> bool:
        """True unless nothing reaches it, or there is nothing that it asks."""
        is_idle = bool(self.vacuous) and not self.words
        return not is_idle and not any(one.kind in SILENT for one in self.guards)

    @property
    def is_silent(self) -> bool:
        """True when it cannot turn a run red."""
        return bool(self.vacuous) or any(one.kind in SILENT for one in self.guards)


def literals(code: str) -> frozenset[str]:
    """Give every literal in a piece of code."""
    return frozenset(_LITERAL.findall(code))


def unlettered(code: str) -> str:
    """Make literals, and displays of nothing but literals, alike."""
    code = _LITERAL.sub("_", code)
    for _ in range(_NESTED):
        shorter = _DISPLAY.sub("_", code)
        if shorter == code:
            break
        code = shorter
    return code
