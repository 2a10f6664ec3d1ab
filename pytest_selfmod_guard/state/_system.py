"""What people and the machine do to the state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_selfmod_guard.state import _breaker
from pytest_selfmod_guard.state._checked import number, number_or_none, text
from pytest_selfmod_guard.state._values import (
    MOST_SAMPLES,
    MOST_SAMPLES_IN_ALL,
    Breaker,
    Disabled,
    Sample,
    State,
)


def reset(state: State, attempt: str, body: Mapping[str, Any]) -> State:
    """Close the breaker by hand; the rates start anew, or they would block what comes now."""
    del attempt
    text(body["by"])
    return state._replace(breaker=_breaker.closed(state.breaker, state.at), outcomes=())


def disabled(state: State, attempt: str, body: Mapping[str, Any]) -> State:
    """Turn the guard off."""
    del attempt
    return state._replace(disabled=Disabled(state.at, text(body["by"]), text(body["reason"])))


def enabled(state: State, attempt: str, body: Mapping[str, Any]) -> State:
    """Turn the guard on again."""
    del attempt
    text(body["by"])
    return state._replace(disabled=None)


def sampled(state: State, attempt: str, body: Mapping[str, Any]) -> State:
    """Note how a machine is; however often others are looked at, its own last samples are kept."""
    del attempt
    score, cpu, memory, disk = (
        number_or_none(body[name]) for name in ("score", "cpu", "memory", "disk")
    )
    where = text(body.get("where", ""))
    samples = (*state.samples, Sample(state.at, score, cpu, memory, disk, where))
    alike = [one for one in samples if one.where == where]
    if len(alike) > MOST_SAMPLES:
        samples = tuple(one for one in samples if one is not alike[0])
    return state._replace(samples=samples[-MOST_SAMPLES_IN_ALL:])


def lost(state: State, attempt: str, body: Mapping[str, Any]) -> State:
    """Begin carefully where the journal that was here before is gone: by probes."""
    del attempt, body
    turn = state.breaker.turn + 1
    return state._replace(breaker=Breaker("half_open", state.at, turn, down_since=state.at))


def set_back(state: State, attempt: str, body: Mapping[str, Any]) -> State:
    """
    Note that the clock was set back, which :meth:`State.at_time` has allowed for.

    Where nobody wrote it down, whoever is refused would count as of now each
    time, and wait until the clock is again where it was.
    """
    del attempt
    number(body["seconds"])
    return state


def recounted(state: State, attempt: str, body: Mapping[str, Any]) -> State:
    """Note that the state was counted anew from the events, which changes nothing about it."""
    del attempt
    number(body["since"])
    return state
