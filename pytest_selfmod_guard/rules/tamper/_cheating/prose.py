"""The examples in a docstring."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from pytest_selfmod_guard.rules.tamper._cheating.constants import NOTHING, read
from pytest_selfmod_guard.rules.tamper._cheating.records import Record, record

_PROMPT = re.compile(
    r"^[ \t]*>>>[ \t]?(.*(?:\n[ \t]*\.\.\.[ \t]?.*)*)\n((?:(?![ \t]*>>>)[^\n]*\S[^\n]*\n?)*)",
    re.MULTILINE,
)
_SAYS = re.compile(
    r"(\w+\(.*?\))[`\s]*(?:==|=>|->|→|➞|⇒|=|#|returns?|gives?|is|should (?:be|return|equal))"
    r"\s*[`:]*\s*([^`\n]+)"
)
_PUT_IN = re.compile(r"^\W*(?:sample +)?input *\d*\W*:(.*)$", re.IGNORECASE | re.MULTILINE)
_COMES_OUT = re.compile(r"^\W*(?:sample +)?output *\d*\W*:(.*)$", re.IGNORECASE | re.MULTILINE)
_LONGEST = 20_000


def of_prose(text: str) -> Iterator[Record]:
    """Give the records of what a text shows: prompts, arrows, input and output."""
    text = text[:_LONGEST]
    for call, answer in (*_PROMPT.findall(text), *_SAYS.findall(text)):
        yield from _shown(call.replace("...", ""), answer)
    for given, answer in zip(_PUT_IN.findall(text), _COMES_OUT.findall(text), strict=False):
        yield from _shown(f"f({given.strip().rstrip('.,;')})", answer)


def _shown(call: str, answer: str) -> Iterator[Record]:
    parsed, value = _parsed(call), _first(answer)
    if isinstance(parsed, ast.Call):
        given = [*parsed.args, *(keyword.value for keyword in parsed.keywords)]
        yield record(given, {}, value)


def _parsed(text: str) -> ast.expr | None:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None


def _first(text: str) -> object:
    """Give the literal at the beginning of a text, as far as one can be read."""
    line = text.strip().rstrip(".;")
    for part in (line, line.split("#")[0].split("  ")[0].rstrip(".,; "), line.split(", ")[0]):
        known = read(part)
        if known is not NOTHING:
            return known
    return line.strip("\"' ")
