"""SMG215: code that is made so that nobody can read it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, source_rule
from pytest_selfmod_guard.rules.danger import _disguises
from pytest_selfmod_guard.rules.danger._segments import Lines, Segment, inside, segments
from pytest_selfmod_guard.rules.danger._unpacking import hidden_code, looks_like_code
from pytest_selfmod_guard.view import Side


@source_rule(
    "SMG215",
    risk=Risk.HIGH,
    hint="write the code out: plain names, plain strings, one statement a line; "
    "what must be encoded (an image, a key) belongs into a data file",
)
def obfuscated_code(side: Side) -> Iterable[Sighting]:
    r"""
    Source is written so that a reader does not see what it does.

    Code behind eighty blanks, names that differ only in `O` and `0` or `I`
    and `l`, readable text spelled in escapes or character codes, constants
    that decode to code or commands, reversed code, lambdas that are called
    where they stand, and the products of obfuscators. Encoded data is silent,
    and so are tables and binary constants.

    Flagged: far to the right
        === shop/cart.py
        + n = 0                                                                                ;f()

    Flagged: a constant that decodes to code
        === shop/cart.py
        + TABLE = "aW1wb3J0IG9zO29zLnN5c3RlbSgiaWQiKQ=="

    Flagged: names to be mistaken
        === shop/cart.py
        + OO0O0O = 1
        + O0OO0O = OO0O0O + 1
        + O00O0O = O0OO0O + 1
        + OOOO0O = O00O0O + 1

    Flagged: readable text in escapes
        === shop/cart.py
        + address = "\x68\x74\x74\x70\x3a\x2f\x2f\x61\x2e\x69\x6e\x76\x61\x6c\x69\x64"

    Allowed: encoded data
        === shop/logo.py
        + PIXEL = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
        + MAGIC = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01"

    Allowed: aligned columns
        === shop/table.py
        + WIDTHS = (1,          22,          333)   # first, second, third
    """
    text = side.text or ""
    if side.unparsable:
        return  # SMG501 says so
    taken = tuple(segments(text))
    lines, ceiling = Lines(text), Risk.MEDIUM if side.zone == paths.TEST else Risk.HIGH
    for start, message, code in sorted(_sights(text, taken)):
        yield Sighting(lines.at(start), message, code, risk=ceiling)
    if line := _disguises.nested_lambdas(text):
        message = "lambdas are called where they are written, one inside the other"
        yield Sighting(line, message, message, risk=ceiling)


def _sights(text: str, taken: tuple[Segment, ...]) -> Iterator[tuple[int, str, str]]:
    for start in _disguises.far_columns(text, taken):
        code = " ".join(text[start : start + 60].split("\n", maxsplit=1)[0].split())
        yield start, "code stands so far to the right that nobody sees it", code
    for armor in list(_disguises.armored(taken))[:1]:
        yield armor.start, f"{armor.text!r} belongs to encrypted code", armor.text
    if name := _disguises.alike(taken):
        message = f"names like {name.text!r} are made to be mistaken for one another"
        yield name.start, message, message
    yield from _constants(text, taken)
    for start, told in _disguises.numbered(text):
        if looks_like_code(told):
            yield start, f"character codes spell {told[:40]!r}", told[:200]


def _constants(text: str, taken: tuple[Segment, ...]) -> Iterator[tuple[int, str, str]]:
    is_turned = "::-1" in text or "reversed" in text
    for segment in taken:
        if segment.kind != "string":
            continue
        body = inside(segment.text)
        if told := _disguises.escaped(segment.text):
            yield segment.start, f"escapes spell the readable text {told[:40]!r}", told[:200]
        elif told := hidden_code(body):
            yield segment.start, f"a constant decodes to {told[:60]!r}", told
        elif is_turned and not looks_like_code(body) and looks_like_code(body[::-1]):
            yield segment.start, f"a constant is code read backwards: {body[::-1][:40]!r}", body
