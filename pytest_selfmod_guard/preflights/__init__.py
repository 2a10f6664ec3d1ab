"""
The pre-flight: questions about the system, before a change is looked at.

One file an entry, found by being there. An entry is a module with

``ORDER``
    a number: the entries are asked from the lowest up, and the first that does
    not allow ends it;
``LAYER``
    which of the ten protections it is;
``ask(situation) -> PreflightResult``
    which is pure: everything it may know is in the situation.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import NamedTuple, Protocol, cast

from pytest_selfmod_guard.model import PreflightResult
from pytest_selfmod_guard.policy import Policy
from pytest_selfmod_guard.state import State
from pytest_selfmod_guard.status import Health


class Situation(NamedTuple):
    """What is known when something is about to be modified."""

    state: State
    """As of now."""
    policy: Policy
    health: Health
    base: str = ""
    """What is to be modified: of several modifications of one base only the last can land."""
    is_bound: bool = True
    """Whether the limits hold for who modifies; others are only counted apart."""
    with_caution: bool = False
    """Something before in the order asked for care."""


class Preflight(Protocol):
    """What an entry must be."""

    ORDER: int
    LAYER: str

    def ask(self, situation: Situation) -> PreflightResult:
        """Tell whether it is safe to modify anything now."""


@cache
def preflights() -> tuple[Preflight, ...]:
    """Give every entry, in the order in which they are asked."""
    names = (module.name for module in pkgutil.iter_modules(__path__))
    found = [
        cast("Preflight", import_module(f"{__name__}.{name}"))
        for name in names
        if not name.startswith("_")
    ]
    return tuple(sorted(found, key=lambda entry: entry.ORDER))


def ask(situation: Situation) -> Iterator[tuple[str, PreflightResult]]:
    """Ask in order, up to the first that does not allow; each with its layer."""
    for entry in preflights():
        result = entry.ask(situation)
        yield entry.LAYER, result
        if not result.allowed:
            return
        if result.with_caution:
            situation = situation._replace(with_caution=True)
