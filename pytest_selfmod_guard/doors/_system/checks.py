"""The items of health, each in a few words."""

from __future__ import annotations

from typing import NamedTuple

from pytest_selfmod_guard.status import Check

_MARKS = {True: ("ok", "green"), False: ("bad", "red"), None: ("-", "dim")}


class _Shape(NamedTuple):
    """How a number is said."""

    name: str
    unit: str = " %"
    factor: float = 1.0
    bound: str = "at most"
    """How the number has to stand to its limit."""


_SHAPES = {
    "cpu": _Shape("CPU in use", bound="below"),
    "memory": _Shape("memory left", bound="above"),
    "disk": _Shape("disk in use", bound="below"),
    "response_time": _Shape("response time", unit=" s"),
    "error_rate": _Shape("error rate", factor=100.0),
    "success_rate": _Shape("success rate", factor=100.0, bound="at least"),
}


def mark(check: Check) -> tuple[str, str]:
    """Give the word for how an item stands, and its colour."""
    return _MARKS[check.healthy]


def title(name: str) -> str:
    """Name an item for people."""
    return _shape(name).name


def cell(name: str, check: Check) -> str:
    """Say an item, its number and its limit in 43 columns at most."""
    shape, word = _shape(name), mark(check)[0]
    if check.value is None:
        return f"{word:4} {shape.name} not known"
    value, limit = check.value * shape.factor, check.limit * shape.factor
    return f"{word:4} {shape.name} {value:.1f}{shape.unit}, {shape.bound} {limit:g}{shape.unit}"


def _shape(name: str) -> _Shape:
    return _SHAPES.get(name, _Shape(name, unit=""))
