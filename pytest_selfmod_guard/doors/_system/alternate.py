"""A screen of one's own on a terminal, given back on every way out."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn, TextIO

_TAKE, _GIVE_BACK = "\x1b[?1049h\x1b[?25l\x1b[H", "\x1b[?25h\x1b[?1049l"
_DEADLY = ("SIGTERM", "SIGHUP")
_BY_SIGNAL = 128


@contextmanager
def alternate_screen(stream: TextIO) -> Iterator[None]:
    """Take the alternate screen and hide the cursor; put both back whatever ends it."""
    with _signals():
        try:
            _write(stream, _TAKE)
            yield
        finally:
            try:
                _write(stream, _GIVE_BACK)
            except OSError:
                # The terminal itself has gone, and Python would try again at its end.
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


@contextmanager
def _signals() -> Iterator[None]:
    """Let what would end the process at once be an exit, on which things are put back."""
    names = [name for name in _DEADLY if hasattr(signal, name)]
    before = {name: signal.signal(getattr(signal, name), _leave) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)


def _leave(number: int, _: FrameType | None) -> NoReturn:
    raise SystemExit(_BY_SIGNAL + number)


def _write(stream: TextIO, text: str) -> None:
    stream.write(text)
    stream.flush()
