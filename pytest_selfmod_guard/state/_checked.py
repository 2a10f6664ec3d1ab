"""Values as they have to be; what came out of a journal may be anything."""

from __future__ import annotations

from collections.abc import Callable

_MOST = 1e18
"""No time is as far away, and no share or percentage as large."""


def number(value: object) -> float:
    """
    Give a number, always as the same type, so that the same state gives the same text.

    :raises ValueError: it is none, or none to reckon with
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not -_MOST < value < _MOST:
        raise ValueError(f"no number: {value!r:.40}")
    return float(value)


def number_or_none(value: object) -> float | None:
    """
    Give a number, or None where nothing could be measured.

    :raises ValueError: it is neither
    """
    return None if value is None else number(value)


def count(value: object) -> int:
    """
    Give how many there are of something.

    :raises ValueError: there cannot be so many
    """
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < _MOST:
        raise ValueError(f"no count: {value!r:.40}")
    return value


def text(value: object) -> str:
    """
    Give a text.

    :raises ValueError: it is none
    """
    if not isinstance(value, str):
        raise ValueError(f"no text: {value!r:.40}")  # noqa: TRY004 (one error for all of these)
    return value


def flag(value: object) -> bool:
    """
    Give a yes or no.

    :raises ValueError: it is something that only counts as one
    """
    if not isinstance(value, bool):
        raise ValueError(f"neither true nor false: {value!r:.40}")  # noqa: TRY004 (as above)
    return value


def one_of(*words: str) -> Callable[[object], str]:
    """Make what gives one of some words, and raises ValueError for any other."""

    def word(value: object) -> str:
        if value not in words:
            raise ValueError(f"none of {', '.join(words)}: {value!r:.40}")
        return str(value)

    return word
