"""
What the machine has left: processor, memory and disk, as far as that can be read.

psutil sees the machine as a whole. What a container may use of it stands in
the cgroups around us, and whichever leaves less is what counts. What it means
is for :mod:`pytest_selfmod_guard.health` to say.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Measured(NamedTuple):
    """One number about the machine."""

    value: float | None
    """Percent, with two digits; None where it could not be read."""
    detail: str
    """Of what it is a part, ``limit of the container, 512 MiB``; or why there is no value."""


class Reading(NamedTuple):
    """One look at the machine."""

    cpu: Measured
    """Percent in use."""
    memory: Measured
    """Percent available."""
    disk: Measured
    """Percent in use of one folder's file system."""


def measure(folder: str, *, seconds: float = 0.5, root: str = "/") -> Reading:
    """
    Look at the machine, and take some time for it.

    What cannot be read has no value and says why; nothing is raised for it.

    :param folder: where something is to be written: its file system counts
    :param seconds: how long to watch the processor, above 0
    :param root: below which ``/proc/self`` and the cgroups are looked for
    :raises ValueError: there is no time to watch in
    """
    from pytest_selfmod_guard.machine import _cpu, _disk, _memory  # noqa: PLC0415 (hooks take none)

    if not seconds > 0:
        raise ValueError(f"the processor cannot be watched for {seconds} seconds")
    return Reading(
        _or_why(lambda: _cpu.in_use(seconds, root)),
        _or_why(lambda: _memory.available(root)),
        _or_why(lambda: _disk.in_use(folder)),
    )


def _or_why(look: Callable[[], Measured]) -> Measured:
    try:
        return look()
    except Exception as error:  # noqa: BLE001 (whatever keeps us from looking is the answer)
        return Measured(None, str(error) or type(error).__name__)
