"""Sizes as a person reads them."""

from __future__ import annotations

_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")
_STEP = 1024


def size(count: float) -> str:
    """Say a number of bytes in the largest unit that leaves no zero: ``512 MiB``, ``23.5 GiB``."""
    for unit in _UNITS[:-1]:
        if count < _STEP:
            return f"{round(count, 1):g} {unit}"
        count /= _STEP
    return f"{round(count, 1):g} {_UNITS[-1]}"
