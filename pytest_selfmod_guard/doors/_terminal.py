"""What doors that talk with a person share: colour, glyphs, and text that is safe to show."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from pytest_selfmod_guard.doors._show import wants_color

_COLORS = {"red": "31", "green": "32", "yellow": "33", "cyan": "36", "bold": "1", "dim": "2"}


class Pen:
    """Puts colour on words where the reader can see it."""

    def __init__(self, environ: Mapping[str, str], *, plain: bool = False) -> None:
        self._color = not plain and wants_color(sys.stdout, environ)

    def __call__(self, color: str, text: str) -> str:
        return f"\x1b[{_COLORS[color]}m{text}\x1b[0m" if self._color else text


def say(text: str = "") -> None:
    """Write a line at once; what the terminal's encoding lacks comes out escaped."""
    encoding = sys.stdout.encoding or "utf-8"
    print(text.encode(encoding, "backslashreplace").decode(encoding), flush=True)


def has_unicode(environ: Mapping[str, str]) -> bool:
    """
    Tell whether the reader's locale can show more than ASCII.

    Python itself speaks UTF-8 under ``LC_ALL=C``; the terminal then may not.
    """
    locale = next(filter(None, map(environ.get, ("LC_ALL", "LC_CTYPE", "LANG"))), "")
    stream = (sys.stdout.encoding or "").lower().replace("-", "")
    return stream == "utf8" and locale.lower().replace("-", "").endswith("utf8")
