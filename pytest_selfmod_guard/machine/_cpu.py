"""How busy the processor is: the machine's, and each share of it that limits us."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pytest_selfmod_guard.machine import Measured, _host
from pytest_selfmod_guard.machine._cgroup import Level, levels, number, numbers, text


class Quota(NamedTuple):
    """What a cgroup may use of the processor, and what it has used."""

    cpus: float
    """As many processors; 0.5 is half of one."""
    used: float
    """Seconds of one processor, since the cgroup was made."""


def in_use(seconds: float, root: str) -> Measured:
    """
    Watch for some seconds, and tell the largest share that was used.

    :raises OSError: something is there and cannot be read
    :raises ValueError: something is there and is no number
    """
    before, start = quotas(root), time.monotonic()
    host = _host.cpu_percent(seconds)
    after, took = quotas(root), time.monotonic() - start
    shares = [*used_between(before, after, took), (host, f"of the machine, {_count(_host.cpus())}")]
    share, detail = max(shares, key=lambda one: one[0])
    return Measured(round(share, 2), detail)


def used_between(
    before: Mapping[str, Quota], after: Mapping[str, Quota], took: float
) -> Iterator[tuple[float, str]]:
    """Tell how many percent of each quota were used, and which it is."""
    for folder, (cpus, used) in after.items():
        if folder in before:
            share = 100 * (used - before[folder].used) / (took * cpus)
            yield min(max(share, 0.0), 100.0), f"limit of the container, {_count(cpus)}"


def quotas(root: str) -> dict[str, Quota]:
    """Read the quotas that hold for us, by the folders of their cgroups."""
    found = {}
    for level in levels("cpu", root):
        cpus = _first(level) if level.is_first else _second(level)
        if cpus is not None:
            found[level.folder] = Quota(cpus, _used(level, root))
    return found


def _second(level: Level) -> float | None:
    told = text(level, "cpu.max")
    if told is None or told.split()[:1] == ["max"]:
        return None
    try:
        quota, period = map(int, told.split())
    except ValueError:
        raise ValueError(f"{level.folder}/cpu.max says {told!r}") from None
    return _cpus(level, quota, period)


def _first(level: Level) -> float | None:
    quota = number(level, "cpu.cfs_quota_us")
    if quota is None or quota < 0:
        return None
    return _cpus(level, quota, number(level, "cpu.cfs_period_us") or 0)


def _cpus(level: Level, quota: int, period: int) -> float:
    if quota <= 0 or period <= 0:
        raise ValueError(f"{level.folder} gives {quota} of {period} microseconds")
    return quota / period


def _used(level: Level, root: str) -> float:
    used = _used_first(level, root) if level.is_first else _used_second(level)
    if used is None:
        raise ValueError(f"{level.folder} has a limit of the processor, and nothing counts its use")
    return used


def _used_second(level: Level) -> float | None:
    used = numbers(level, "cpu.stat").get("usage_usec")
    return None if used is None else used / 1e6


def _used_first(level: Level, root: str) -> float | None:
    """Ask the hierarchy that counts, which may be another than the one that limits."""
    for counting in levels("cpuacct", root):
        if counting.name == level.name:
            used = number(counting, "cpuacct.usage")
            return None if used is None else used / 1e9
    return None


def _count(cpus: float) -> str:
    return f"{round(cpus, 2):g} {'CPU' if cpus == 1 else 'CPUs'}"
