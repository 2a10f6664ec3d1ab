"""Reads the beginning of a file, and waits for nobody."""

from __future__ import annotations

import os
import stat


def beginning(path: str, most: int) -> bytes | None:
    """Give the first bytes of a file; None where there is none, or something else."""
    try:
        # Without blocking: what lies there may be a pipe that nobody writes to.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            return file.read(most) if stat.S_ISREG(os.fstat(handle).st_mode) else None
    except OSError:
        return None
