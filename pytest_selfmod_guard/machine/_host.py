"""What psutil sees: the machine as a whole, whatever we may use of it."""

from __future__ import annotations

from typing import NamedTuple


class Memory(NamedTuple):
    """The machine's memory, in bytes."""

    total: int
    available: int
    """What can be had without swapping."""


class Disk(NamedTuple):
    """A file system, in bytes."""

    used: int
    free: int
    """Without what is kept back for root."""


def memory() -> Memory:
    """Read the machine's memory."""
    import psutil  # type: ignore[import-untyped]  # noqa: PLC0415 (no hook needs it)

    seen = psutil.virtual_memory()
    return Memory(seen.total, seen.available)


def cpu_percent(seconds: float) -> float:
    """Watch all processors for some seconds; without, psutil gives a 0.0 that means nothing."""
    import psutil  # noqa: PLC0415 (as above)

    return float(psutil.cpu_percent(interval=seconds))


def cpus() -> int:
    """Count the processors."""
    import psutil  # noqa: PLC0415 (as above)

    return int(psutil.cpu_count() or 1)


def disk(folder: str) -> Disk:
    """Read the file system that a folder is on."""
    import psutil  # noqa: PLC0415 (as above)

    seen = psutil.disk_usage(folder)
    return Disk(seen.used, seen.free)
