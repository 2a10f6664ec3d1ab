"""From bytes to text by the rules of PEP 263, and a little stricter."""

from __future__ import annotations

import codecs
import re
import warnings

from .values import Unparsable

FIRST_LINES = re.compile(rb"(?:[^\r\n]*+(?:\r\n|\r|\n)?){2}")
PLAIN = bytes(range(0x20, 0x7F)) + b"\n\r\t\f"
# What the codecs that give ASCII bytes a second meaning would turn into something else.
TRICKS = rb"\x41\u0041\N{BEL}+AEE-~{!!~}.xn--bcher-kva." + b"\x1b$B0!\x1b(B\x0e0\x0f"


def decode(data: bytes) -> str | Unparsable:
    """
    Decode a source file as Python would.

    A declared encoding in which plain ASCII does not mean itself (UTF-7,
    UTF-16, unicode_escape, rot13) is refused: what people read there is not
    what runs.
    """
    if b"\0" in data:
        line = data[: data.index(b"\0")].count(b"\n") + 1
        return Unparsable("It contains null bytes, which Python refuses.", line, "null-bytes")
    try:
        encoding = _declared(data)
        if not _keeps_ascii(encoding):
            return _refused(f"the encoding {encoding!r} gives plain ASCII another meaning")
        return data.decode(encoding)
    except (SyntaxError, LookupError, ValueError) as problem:
        return _refused(str(problem).rstrip("."))


def _declared(data: bytes) -> str:
    from tokenize import detect_encoding  # noqa: PLC0415  # only what is parsed pays for it

    # Python ends a line at a lone CR as well, the tokenize module does not.
    head = FIRST_LINES.match(data)
    lines = iter(head[0].splitlines(keepends=True) if head else ())
    if data.startswith(codecs.BOM_UTF8):
        detect_encoding(lambda: next(lines, b""))
        return "utf-8-sig"
    return detect_encoding(lambda: next(lines, b""))[0]


def _keeps_ascii(encoding: str) -> bool:
    if encoding.lower().startswith(("utf-8", "iso-8859-1", "ascii")):
        return True
    probe = PLAIN + TRICKS
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some codecs warn of odd escapes
        try:
            return probe.decode(encoding) == probe.decode("ascii")
        except ValueError:
            return False


def _refused(why: str) -> Unparsable:
    return Unparsable(f"It cannot be decoded: {why}.", 0, "encoding")
