"""How far it has come, for a person who waits."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TextIO

from pytest_selfmod_guard.journals import Event

_EACH = 1000  # events between two looks at the clock
_PAUSE = 0.5  # seconds between two words, and before the first


def counted(
    events: Iterable[Event], stream: TextIO, clock: Callable[[], float] = time.monotonic
) -> Iterator[Event]:
    """Hand events on, and count them on a terminal when that takes long."""
    if not stream.isatty():
        yield from events
        return
    told, line = clock(), ""
    try:
        for number, event in enumerate(events, start=1):
            yield event
            if number % _EACH == 0 and clock() - told >= _PAUSE:
                told, line = clock(), f"{number:,} events read"
                _write(stream, f"\r{line}")
    finally:
        if line:
            _write(stream, f"\r{' ' * len(line)}\r")


def _write(stream: TextIO, text: str) -> None:
    stream.write(text)
    stream.flush()
