"""How full a file system is."""

from __future__ import annotations

from pytest_selfmod_guard.machine import Measured, _host
from pytest_selfmod_guard.machine._words import size


def in_use(folder: str) -> Measured:
    """
    Tell how much of a folder's file system is in use, of what an ordinary user may have.

    :raises OSError: there is no such folder
    :raises ValueError: it is on a file system that holds nothing, such as ``/proc``
    """
    used, free = _host.disk(folder)
    if used + free <= 0:
        raise ValueError(f"the file system of {folder!r} has no size")
    return Measured(round(100 * used / (used + free), 2), f"{size(free)} free")
