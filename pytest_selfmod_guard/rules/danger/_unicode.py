"""Characters that make text look other than it is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

_OPENING, _CLOSING = "\u202a\u202b\u202d\u202e", "\u202c"
_ISOLATES, _END = "\u2066\u2067\u2068", "\u2069"
BIDI = re.compile(f"[{_OPENING}{_CLOSING}{_ISOLATES}{_END}]")
_OVERRIDES = re.compile("[\u202d\u202e]")
_TAGS = re.compile("(?<!\U0001f3f4)(?<![\U000e0000-\U000e007f])[\U000e0000-\U000e007f]+")
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{3,}")
_INVISIBLE = re.compile("[\u200b-\u200d\u2060-\u2064\ufeff\u180e\u00ad]{8,}")
_FILLERS = re.compile("[\u115f\u1160\u3164\uffa0]")
_WORD = re.compile(r"[^\W\d]\w*")
_ODD = re.compile("[\uff21-\uff3a\uff41-\uff5a\U0001d400-\U0001d6a3]")
"""Full-width and mathematical letters, which Python reads as plain ones."""
_LOOKALIKES = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u04bb\u0501\u051b\u051d\u04d9\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0406\u0408\u0405\u050c\u03bf\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03f2\u03f3\u0475\u0563\u0570\u0578\u057d\u0581\u0585",
    "aeopcyxijshdqwaABEKMHOPCTXIJSGoABEZHIKMNOPTYXcjvqhnugo",
)


class Odd(NamedTuple):
    """Something that looks other than it is."""

    start: int
    what: str
    is_certain: bool
    """False where people have good reasons, too."""


def hidden(text: str) -> Iterator[Odd]:
    """Find what is wrong in any text: order, tags, data in invisible characters."""
    for match in _TAGS.finditer(text):
        yield Odd(
            match.start(), "invisible tag characters, which only machines read", is_certain=True
        )
    for match in _SELECTORS.finditer(text):
        yield Odd(match.start(), "data in a run of variation selectors", is_certain=True)
    for match in _INVISIBLE.finditer(text):
        yield Odd(match.start(), "data in a run of invisible characters", is_certain=True)
    if BIDI.search(text):
        yield from _turned(text)


def _turned(text: str) -> Iterator[Odd]:
    """Find what changes the order of text; certain where it outlasts its own line."""
    at = 0
    for line in text.splitlines(keepends=True):
        if found := BIDI.search(line):
            certain = bool(_OVERRIDES.search(line)) or not is_balanced(line)
            yield Odd(at + found.start(), "controls that show text in another order", certain)
        at += len(line)


def is_balanced(text: str) -> bool:
    """Tell whether every change of direction ends before the text does."""
    open_: list[str] = []
    for char in text:
        if char in _OPENING:
            open_.append(_CLOSING)
        elif char in _ISOLATES:
            open_.append(_END)
        elif char in (_CLOSING, _END) and (not open_ or open_.pop() != char):
            return False
    return not open_


def disguised(word: str) -> str:
    """Say why a name is not what it looks like; nothing where it is."""
    if word.isascii():
        return ""
    if _FILLERS.search(word):
        return "has invisible letters"
    plain = unicodedata.normalize("NFKC", word)
    if plain.isascii() and len(_ODD.findall(word)) > 1:
        return f"is {plain!r} to Python, in other letters"
    seen = word.translate(_LOOKALIKES)
    if seen != word and seen.isascii() and any(char.isascii() and char.isalpha() for char in word):
        return f"is not {seen!r}: some of its letters are of another alphabet"
    return ""


def twins(words: set[str]) -> dict[str, str]:
    """Give words written wholly in look-alikes of another word, with that word."""
    plain = {word for word in words if word.isascii()}
    seen = {word: word.translate(_LOOKALIKES) for word in words if not word.isascii()}
    return {word: same for word, same in seen.items() if same in plain and same != word}
