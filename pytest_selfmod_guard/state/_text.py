"""
The state as a line of JSON, and back: lists in the order of the fields, to be short.

What is read is checked to the last value: a state that is not quite one could
let everything through.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TypeVar

from pytest_selfmod_guard.state._checked import (
    count,
    flag,
    number,
    number_or_none,
    one_of,
    text,
)
from pytest_selfmod_guard.state._values import (
    Breaker,
    Disabled,
    Landed,
    Lease,
    Outcome,
    Sample,
    State,
)

_Value = TypeVar("_Value")
_Read = Callable[[object], _Value]


def as_text(state: State) -> str:
    """Write a state down; the same state gives the same text."""
    return json.dumps(state, separators=(",", ":"), allow_nan=False)


def as_state(text: str) -> State:
    """
    Read a state.

    :raises ValueError: it is none
    """
    try:
        return _STATE(json.loads(text))
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"this is no state ({error}): {text[:80]!r}") from None


def _record(kind: Callable[..., _Value], *fields: _Read[object]) -> _Read[_Value]:
    """Make what reads a record of these fields, no more and no fewer."""

    def read(told: object) -> _Value:
        pairs = zip(fields, _listed(told), strict=True)
        return kind(*(field(value) for field, value in pairs))

    return read


def _each(read: _Read[_Value]) -> _Read[tuple[_Value, ...]]:
    """Make what reads many of a kind."""
    return lambda told: tuple(read(one) for one in _listed(told))


def _listed(told: object) -> list[object]:
    if not isinstance(told, list):
        raise ValueError(f"no list: {told!r:.40}")  # noqa: TRY004 (one error for all that is amiss)
    return told


_PHASE = one_of("closed", "open", "half_open")
_RESULT = one_of("success", "failure", "other")
_BREAKER = _record(Breaker, _PHASE, number, count, count, count, number, number, number_or_none)
_LEASE = _record(Lease, text, number, number, count, flag, text, text)
_LANDED = _record(Landed, number, text, flag, flag)
_OUTCOME = _record(Outcome, number, _RESULT, number)
_SAMPLE = _record(Sample, number, *(number_or_none,) * 4, text)
_DISABLED = _record(Disabled, number, text, text)
_STATE = _record(
    State,
    number,
    _BREAKER,
    count,
    count,
    number,
    _each(_LEASE),
    _each(_LANDED),
    _each(_OUTCOME),
    _each(_SAMPLE),
    lambda told: None if told is None else _DISABLED(told),
)
