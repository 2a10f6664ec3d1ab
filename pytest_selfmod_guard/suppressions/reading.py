"""What the text of one comment says: which rules, why, and until when."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

FORM = '# selfmod: allow[RULE] reason="..." expires=YYYY-MM-DD'

_LONGEST = 1000  # characters
_MOST_RULES = 20
_DAY = 24 * 60 * 60 - 1  # seconds, up to its last one

_START = re.compile(r"#[ \t]*(?=selfmod:[ \t]*allow\b)")
_RULES = re.compile(r"selfmod:[ \t]*allow[ \t]*\[([\w \t,-]*)\]", re.ASCII)
_OPTION = re.compile(
    r"""[ \t]+(?:(?P<name>reason)[ \t]*=[ \t]*(?:"(?P<text>[^"]*)"|'(?P<other>[^']*)')"""
    r"""|expires[ \t]*=[ \t]*(?P<expires>[\w-]+))""",
    re.ASCII,
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_BLANKS = re.compile(r"[ \t]+")


class Suppression(NamedTuple):
    """One ``selfmod: allow[...]``, as it is written."""

    at: int
    """Where in the comment its first word begins."""
    text: str
    """What it says, whatever blanks it is written with; by this it is known again."""
    rules: tuple[str, ...] = ()
    """Ids or names."""
    reason: str = ""
    until: float = 0.0
    """Seconds since the epoch of the last second that it holds for: that day's, in UTC."""
    day: str = ""
    """That last day, as it is written."""
    flaw: str = ""
    """Why it can never count, as the end of a sentence; empty where it can."""


def read(comment: str) -> Iterator[Suppression]:
    """Give every suppression of one comment; what cannot be read has a flaw."""
    at = 0
    while begun := _START.search(comment, at):
        found, at = _read(comment, begun.end())
        yield found


def _read(comment: str, at: int) -> tuple[Suppression, int]:
    """Give the suppression that begins at a place, and where it ends."""
    named, options, end = _parts(comment, at)
    rest = comment[end:].strip()
    if named is None or (rest and not rest.startswith("#")):
        return _flawed(at, comment[at:], f"it does not read {FORM!r}"), len(comment)
    rules = tuple(part for part in re.split(r"[ \t,]+", named) if part)
    reason = _collapsed(options.get("reason", ""))
    day = options.get("expires", "")
    text = f"selfmod: allow[{', '.join(rules)}] reason={reason!r} expires={day}"
    until = _end_of(day)
    flaw = _flaw(comment[at:end], rules, reason, day) or ("" if until else _no_date(day))
    return Suppression(at, text, rules, reason, until or 0.0, day, flaw), end


def _parts(comment: str, at: int) -> tuple[str | None, dict[str, str], int]:
    """Give the rules, the options by name, and where they end; None for no such comment."""
    begun = _RULES.match(comment, at)
    if begun is None:
        return None, {}, at
    options: dict[str, str] = {}
    end = begun.end()
    while found := _OPTION.match(comment, end):
        name = found["name"] or "expires"
        if name in options:
            return None, {}, at
        options[name] = found["text"] or found["other"] or found["expires"] or ""
        end = found.end()
    return begun[1], options, end


def _flaw(told: str, rules: tuple[str, ...], reason: str, day: str) -> str:
    if len(told) > _LONGEST or len(rules) > _MOST_RULES:
        return f"it is longer than {_LONGEST} characters, or names more than {_MOST_RULES} rules"
    if not _BLANKS.sub(" ", told).isprintable():
        return "it has characters that cannot be seen"
    if not rules:
        return "it names no rule"
    if not reason:
        return 'it gives no reason="..."'
    return "" if day else "it does not say until when: expires=YYYY-MM-DD"


def _no_date(day: str) -> str:
    return f"{day!r} is no day: expires=YYYY-MM-DD"


def _end_of(day: str) -> float | None:
    """Give the last second of a day; None where there is no such day."""
    from datetime import UTC, datetime  # noqa: PLC0415 (a hook without suppressions needs none)

    if not _DATE.fullmatch(day):
        return None
    try:
        return datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() + _DAY
    except ValueError:
        return None


def _flawed(at: int, told: str, flaw: str) -> Suppression:
    return Suppression(at, _collapsed(told), flaw=flaw)


def _collapsed(text: str) -> str:
    return _BLANKS.sub(" ", text).strip()
