"""
The outside world, handed in.

Stages take time, randomness and the environment from a :class:`Context`, so
each can be tested without patching. :meth:`Context.here` is the only place
below the doors that looks at the process it runs in.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple


def _random_id() -> str:
    return os.urandom(6).hex()


class Context(NamedTuple):
    """What a stage may know of the process it runs in."""

    directory: str
    """Where the user stands; any folder of the project."""
    environ: Mapping[str, str]
    clock: Callable[[], float] = time.time
    """Seconds since the epoch."""
    new_id: Callable[[], str] = _random_id
    """A fresh attempt id: 12 hexadecimal digits."""
    sleep: Callable[[float], None] = time.sleep
    """Wait, for so many seconds."""

    @classmethod
    def here(cls, directory: str) -> Context:
        """Take the process's own environment, clock and randomness."""
        return cls(directory, os.environ)
