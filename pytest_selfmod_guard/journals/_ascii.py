"""
Any text as ASCII without null characters, and back, so that every database can hold it.

What is plain stays as it is, for whoever reads the tables by hand: all that
the guard itself writes down is plain. Anything else becomes the character
"data link escape", its code in hexadecimal digits, and a semicolon.
"""

from __future__ import annotations

import re

_ESCAPE = "\x10"
_ODD = re.compile(r"[^\x01-\x0f\x11-\x7f]")
_ESCAPED = re.compile(_ESCAPE + "([0-9a-f]{1,6});")


def as_ascii(text: str) -> str:
    """Give a text that any database can hold; no two texts become the same."""
    return _ODD.sub(lambda found: f"{_ESCAPE}{ord(found[0]):x};", text)


def from_ascii(kept: str) -> str:
    """
    Give back what became this.

    What `as_ascii` would never have written stays as it is: somebody else wrote
    it, and the hash must not agree with it.
    """
    if _ESCAPE not in kept:
        return kept
    try:
        text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), kept)
    except ValueError:  # there is no such character
        return kept
    return text if as_ascii(text) == kept else kept
