"""Calls that foreign data must not reach, and the data that reaches them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting
from pytest_selfmod_guard.rules.danger._vulnerable_sources import (
    ADDRESS,
    ARGUMENT,
    CONSOLE,
    NETWORK,
    PARAMETER,
    REQUEST,
    Source,
)
from pytest_selfmod_guard.rules.danger._vulnerable_trace import sources

if TYPE_CHECKING:
    import libcst as cst

    from pytest_selfmod_guard.syntax import Call, Python

_WORST_FIRST = (REQUEST, ADDRESS, NETWORK, CONSOLE, ARGUMENT, PARAMETER)
_MIGHT = re.compile(
    r"request|\breq\b|\bevent\b|input|argv|route|get_\w*argument|recv|urlopen|httpx"
    r"|@\w+\.(?:get|post|put|patch|delete|websocket)|ctx|prompt"
)
_SHOWN = 60


Reading = Callable[["Python", "Call", Source], Risk | None]


class Sink(NamedTuple):
    """One kind of call that foreign data must not reach."""

    names: re.Pattern[str]
    """Which calls: of the whole dotted name."""
    arguments: tuple[tuple[int | None, str], ...]
    """Where they take it: position and keyword; position -1 for what the method is called on."""
    what: str
    """What comes of it; completes "... reaches open() unchecked and"."""
    reading: Reading | None = None
    """Says how bad one such call is; None of it where it is not at all."""


def sink(
    names: str,
    arguments: Iterable[tuple[int | None, str]],
    what: str,
    reading: Reading | None = None,
) -> Sink:
    """Make one from patterns of dotted names."""
    return Sink(re.compile(names), tuple(arguments), what, reading)


def flows(
    python: Python,
    table: tuple[Sink, ...],
    *,
    kinds: frozenset[str] = frozenset((REQUEST,)),
    cleaners: frozenset[str] = frozenset(),
) -> Iterator[Sighting]:
    """Say where foreign data reaches one of some sinks."""
    if not _MIGHT.search(python.text):
        return
    for call in python.calls:
        for one in table:
            found = _reaching(python, call, one, kinds, cleaners)
            risk = (
                (one.reading(python, call, found) if one.reading else Risk.HIGH) if found else None
            )
            if found and risk is not None:
                name = python.code(call.node.func)[:_SHOWN]
                what = f"{found.what} reaches {name}() unchecked and {one.what}"
                yield sighting(python, call.node, call.scope, what, risk)
                break


def _reaching(
    python: Python, call: Call, one: Sink, kinds: frozenset[str], cleaners: frozenset[str]
) -> Source | None:
    if not any(one.names.fullmatch(name) for name in call.names):
        return None
    found = [
        source
        for position, keyword in one.arguments
        for source in sources(python, _argument(python, call, position, keyword), cleaners)
    ]
    return worst(found, kinds)


def _argument(
    python: Python, call: Call, position: int | None, keyword: str
) -> cst.BaseExpression | None:
    if position == -1:
        receiver: cst.BaseExpression | None = getattr(call.node.func, "value", None)
        return receiver
    return call.arg(python, position, keyword)


def worst(found: Iterable[Source], kinds: frozenset[str]) -> Source | None:
    """Give the source that a stranger reaches most easily."""
    wanted = [source for source in found if source.kind in kinds]
    return min(wanted, key=lambda one: (_WORST_FIRST.index(one.kind), one.what), default=None)


def sighting(
    python: Python,
    node: cst.CSTNode,
    scope: str,
    message: str,
    risk: Risk = Risk.HIGH,
    hint: str = "",
) -> Sighting:
    """Say what is wrong with a piece of code; in a test it is at most a warning."""
    mild = paths.is_test(python.path)
    return Sighting(
        python.line(node),
        message,
        python.code(node),
        scope,
        hint=hint,
        risk=min(risk, Risk.MEDIUM) if mild else risk,
    )
