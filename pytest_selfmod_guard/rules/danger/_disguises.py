"""How source is made unreadable: names, escapes, columns and shapes that nobody writes."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Iterator

from pytest_selfmod_guard.rules.danger._segments import Segment, inside

_FAR = re.compile(r"(?:^[ \t]{200,}|\S[ \t]{80,})(?=[^\s#])", re.MULTILINE)
_ARMOR = re.compile(r"__(?:py)?armor(?:_\w+|__)|pyarmor_runtime\w*|pytransform\w*")
_KINDS = (
    re.compile(r"_*0x[0-9a-fA-F]{3,}|_+0[xX]\w{3,}"),
    re.compile(r"_*(?=\w*O)(?=\w*[0o])[OoQ0]{5,}"),
    re.compile(r"_*(?!([Il1iL])\1*$)[Il1iL]{5,}"),
    re.compile(r"_{3,}"),
    re.compile(r"(?=\w*S)[Ss5]{6,}|(?=\w*[Vv])(?=\w*[Ww])[VvWw]{6,}|(?=\w*[Nn])(?=\w*[Mm])[MmNn]{7,}"
               r"|(?=\w*J)(?=\w*[Il])[JIlL]{7,}|(?=\w*X)(?=\w*x)[Xx]{7,}|(?=\w*D)(?=\w*O)[DO]{6,}"),
)  # fmt: skip
_SEVERAL = 4
_ESCAPE = re.compile(
    r"\\(?:x([0-9a-fA-F]{2})|u00([0-9a-fA-F]{2})|U000000([0-9a-fA-F]{2})|([0-7]{3}))"
)
_ESCAPES = 10
_MOSTLY = 0.7
_NUMBERS = re.compile(
    r"(?:\d{1,3}|0x[0-9a-fA-F]{1,2})(?:\s*,\s*(?:\d{1,3}|0x[0-9a-fA-F]{1,2})){15,}"
)
_SPELT = re.compile(r"\b(?:chr|bytes|bytearray)\b")
_LAMBDAS = 3


def far_columns(text: str, taken: Iterable[Segment]) -> Iterator[int]:
    """Give where code stands so far to the right that nobody sees it."""
    found = [match.end() for match in _FAR.finditer(text)]
    if found:
        spans = [(s.start, s.start + len(s.text)) for s in taken if s.kind != "word"]
        yield from (at for at in found if not any(start < at < end for start, end in spans))


def armored(taken: Iterable[Segment]) -> Iterator[Segment]:
    """Give the words by which an obfuscator's products are known."""
    for segment in taken:
        if segment.kind == "word" and _ARMOR.fullmatch(segment.text):
            yield segment


def alike(taken: Iterable[Segment]) -> Segment | None:
    """Give the first of several names that are made to be mistaken for one another."""
    for kind in _KINDS:
        found = {
            s.text: s for s in reversed(list(taken)) if s.kind == "word" and kind.fullmatch(s.text)
        }
        if len(found) >= _SEVERAL:
            return min(found.values(), key=lambda segment: segment.start)
    return None


def escaped(string: str) -> str:
    """Give the readable text that a string spells in escapes; nothing where it does not."""
    body = inside(string)
    found = list(_ESCAPE.finditer(body))
    if len(found) < _ESCAPES or sum(len(match[0]) for match in found) < _MOSTLY * len(body):
        return ""
    codes = [int(m[1] or m[2] or m[3] or "0", 16) if not m[4] else int(m[4], 8) for m in found]
    if not all(32 <= code < 127 or code in (9, 10, 13) for code in codes):  # noqa: PLR2004 (ASCII)
        return ""
    return "".join(map(chr, codes))


def numbered(text: str) -> Iterator[tuple[int, str]]:
    """Give the texts that are written as lists of character codes, and where."""
    for match in _NUMBERS.finditer(text) if _SPELT.search(text) else ():
        codes = [int(number, 0) for number in re.findall(r"0x[0-9a-fA-F]+|[1-9]\d*|0", match[0])]
        if all(code in (9, 10, 13) or 32 <= code < 127 for code in codes):  # noqa: PLR2004 (ASCII)
            yield match.start(), "".join(map(chr, codes))


def nested_lambdas(text: str) -> int:
    """Give the line of the first of several lambdas that are called where they are written."""
    if text.count("lambda") < _LAMBDAS:
        return 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return 0
    lines = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Lambda)
    ]
    return min(lines) if len(lines) >= _LAMBDAS else 0
