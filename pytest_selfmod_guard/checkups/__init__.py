"""
Checkups: questions about how the guard is set up here, which ``doctor`` asks.

One file an entry, found by being there. An entry is a module with

``ORDER``
    a number: where its lines stand among the others;
``NAME``
    what it is about, in a word or two;
``ask(facts) -> Iterator[Line]``
    which changes nothing, and knows nothing but the facts. What is not in
    order ends with what mends it.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Protocol, cast

from pytest_selfmod_guard.checkups._facts import Facts
from pytest_selfmod_guard.checkups._types import listed
from pytest_selfmod_guard.errors import GuardError
from pytest_selfmod_guard.status import Line


class Checkup(Protocol):
    """What an entry must be."""

    ORDER: int
    NAME: str

    def ask(self, facts: Facts) -> Iterator[Line]:
        """Say what is in order and what is not."""


@cache
def checkups() -> tuple[Checkup, ...]:
    """Give every entry, in the order of their lines."""
    names = (module.name for module in pkgutil.iter_modules(__path__))
    found = [
        cast("Checkup", import_module(f"{__name__}.{name}"))
        for name in names
        if not name.startswith("_")
    ]
    return tuple(sorted(found, key=lambda entry: entry.ORDER))


def examine(facts: Facts) -> Iterator[Line]:
    """Ask every question; one that cannot be asked is a line that says so."""
    found: list[Line] = []
    also: dict[Line, list[str]] = {}
    for entry in checkups():
        try:
            found += entry.ask(facts)
        except GuardError as error:
            why = Line("", "unasked", f"{error} ({error.slug})", error.hint)
            if why not in also:
                found.append(why._replace(name=entry.NAME))
            also.setdefault(why, []).append(entry.NAME)
    yield from (_with_others(line, also.get(line._replace(name=""), [])) for line in found)


def _with_others(line: Line, names: list[str]) -> Line:
    """Say once what keeps several questions from being asked, and which."""
    others = names[1:]
    if not others:
        return line
    return line._replace(message=f"{line.message}; for this nobody knows either: {listed(others)}")
