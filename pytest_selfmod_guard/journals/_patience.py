"""
Waiting for one's turn, so that everybody gets one.

SQLite's own way of waiting looks ever more rarely, up to ten times a second,
while those who have just come look at once: of 16 writers some waited five
seconds for what took a millisecond. Here everybody looks equally often, at
random times, so that a wait grows only with how many wait; the same 16 wait
for less than half a second.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from typing import TypeVar

_PAUSE = 0.01  # seconds between two looks, at most

Answer = TypeVar("Answer")


def patiently(attempt: Callable[[], Answer], seconds: float) -> Answer:
    """
    Try something until nobody is in the way.

    :raises sqlite3.OperationalError, BlockingIOError: somebody still was after so long
    """
    until = time.monotonic() + seconds
    while True:
        try:
            return attempt()
        except (sqlite3.OperationalError, BlockingIOError) as error:
            if not is_busy(error) or time.monotonic() > until:
                raise
        time.sleep(_PAUSE * os.urandom(1)[0] / 255)


def is_busy(error: Exception) -> bool:
    """Tell whether somebody is in the way, and nothing else is wrong."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code == sqlite3.SQLITE_BUSY or isinstance(error, BlockingIOError)
