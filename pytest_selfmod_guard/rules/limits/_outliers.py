"""How far something is from what is usual, whatever a few odd ones in the past were like."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import log1p

_NORMAL = 0.6745
"""The median distance of normal values from their mean, in standard deviations."""
_LEAST = 0.5
"""The least distance that is taken for usual, as a logarithm: a factor of 1.65."""


def median(values: Sequence[float]) -> float:
    """Give the middle of some values, at least one."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return (ordered[half] + ordered[~half]) / 2


def distance(size: int, sizes: Sequence[int]) -> float:
    """
    Tell by how many usual distances a size is above the usual one: the modified z-score.

    Of logarithms, since sizes are spread by factors. Negative where it is smaller.

    :param sizes: at least one
    """
    logs = [log1p(one) for one in sizes]
    middle = median(logs)
    usual = median([abs(one - middle) for one in logs])
    return _NORMAL * (log1p(size) - middle) / max(usual, _LEAST)


def strange(folders: Collection[str], known: Collection[str]) -> list[str]:
    """
    Give the folders that are not known, nor is one above or below them.

    The top is above all of them, so it is never strange and makes no other known.
    Of a strange folder and those below it only the first is given.
    """
    near = {one for folder in known for one in _upwards(folder)}
    new = [
        one
        for one in sorted(folders)
        if one and one not in near and set(_upwards(one)).isdisjoint(known)
    ]
    return [one for one in new if set(_upwards(one)[1:]).isdisjoint(new)]


def _upwards(folder: str) -> list[str]:
    """Give a folder and those above it, but not the top."""
    parts = folder.split("/")
    return ["/".join(parts[:depth]) for depth in range(len(parts), 0, -1)]
