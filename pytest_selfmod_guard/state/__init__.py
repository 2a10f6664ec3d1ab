"""
The state of the system: a pure fold over what was written down.

Breaker, rate, frequency, rates of success and trends are all told from one
:class:`State`, and :func:`fold` is the only thing that makes one. It takes its
numbers from the events, so anybody can compute it again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from pytest_selfmod_guard.state import _attempts, _system
from pytest_selfmod_guard.state._checked import number
from pytest_selfmod_guard.state._text import as_state, as_text
from pytest_selfmod_guard.state._values import (
    EVIDENCE,
    MOST_SAMPLES_IN_ALL,
    START,
    Breaker,
    Disabled,
    Landed,
    Lease,
    Outcome,
    Sample,
    State,
    Terms,
)

__all__ = [
    "EVIDENCE",
    "KINDS",
    "MOST_SAMPLES_IN_ALL",
    "START",
    "Breaker",
    "Disabled",
    "Happening",
    "Landed",
    "Lease",
    "Outcome",
    "Sample",
    "State",
    "Terms",
    "as_state",
    "as_text",
    "fold",
]


class Happening(NamedTuple):
    """What the fold reads of an event."""

    at: float
    """Seconds since the epoch."""
    kind: str
    attempt: str
    body: Mapping[str, Any]


_STEPS: Mapping[str, Callable[[State, str, Mapping[str, Any]], State]] = {
    "opened": _attempts.opened,
    "closed": _attempts.closed,
    "settled": _attempts.settled,
    "reset": _system.reset,
    "disabled": _system.disabled,
    "enabled": _system.enabled,
    "sampled": _system.sampled,
    "journal-lost": _system.lost,
    "clock-set-back": _system.set_back,
    "recounted": _system.recounted,
}
KINDS = frozenset(_STEPS)
"""The kinds of events that change the state; each carries the state after it."""


def fold(state: State, happening: Happening) -> State:
    """
    Tell the state after an event from the state before it.

    :raises ValueError: the body lacks what an event of this kind has to say
    """
    step = _STEPS.get(happening.kind)
    if step is None:
        return state
    try:
        return step(state.at_time(number(happening.at)), happening.attempt, happening.body)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"no {happening.kind} event says this: {error!r}") from None
