"""How much memory can still be had: of the machine, and of each limit around us."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_selfmod_guard.machine import Measured, _host
from pytest_selfmod_guard.machine._cgroup import Level, levels, number, numbers, text
from pytest_selfmod_guard.machine._words import size


def available(root: str) -> Measured:
    """
    Tell the smallest share that is available.

    :raises OSError: something is there and cannot be read
    :raises ValueError: something is there and is no number
    """
    total, left = _host.memory()
    shares = [(100 * left / total, f"of the machine, {size(total)}"), *_of_limits(root)]
    share, detail = min(shares, key=lambda one: one[0])
    return Measured(round(share, 2), detail)


def _of_limits(root: str) -> Iterator[tuple[float, str]]:
    for level in levels("memory", root):
        limit = _limit(level)
        if limit is not None:
            left = max(limit - _needed(level), 0)
            yield 100 * left / limit if limit else 0.0, f"limit of the container, {size(limit)}"


def _limit(level: Level) -> int | None:
    """
    Give the bytes that a cgroup may have; None without a limit.

    Without one the first version says a number of exabytes, which leaves so
    large a share that it needs no case of its own.
    """
    if level.is_first:
        return number(level, "memory.limit_in_bytes")
    told = text(level, "memory.max")
    return None if told is None or told.strip() == "max" else number(level, "memory.max")


def _needed(level: Level) -> int:
    """Give the bytes in use that could not be taken back: without the files read long ago."""
    used = "memory.usage_in_bytes" if level.is_first else "memory.current"
    count = number(level, used)
    if count is None:
        raise FileNotFoundError(f"{level.folder} has a limit of memory and no {used}")
    told = numbers(level, "memory.stat")
    # The first version counts the cgroups within apart, and its use includes them.
    return count - told.get("total_inactive_file", told.get("inactive_file", 0))
