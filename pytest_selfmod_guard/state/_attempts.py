"""What attempts do to the state: they take a slot, and end well, badly or neither."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_selfmod_guard.state._breaker import after
from pytest_selfmod_guard.state._checked import count, flag, number, one_of, text
from pytest_selfmod_guard.state._values import (
    MOST_LANDED,
    MOST_OUTCOMES,
    Landed,
    Lease,
    Outcome,
    State,
    Terms,
)

_result = one_of("success", "failure", "other", "none")


def opened(state: State, attempt: str, body: Mapping[str, Any]) -> State:
    """Note an attempt that begins; it has its slot until its lease expires."""
    lease = Lease(
        attempt,
        state.at,
        state.at + number(body["lease"]),
        state.breaker.turn,
        flag(body["bound"]),
        text(body["base"]),
        text(body.get("who", "")),
    )
    return state._replace(
        horizon=max(state.horizon, _terms(body).horizon), leases=(*state.leases, lease)
    )


def closed(state: State, attempt: str, body: Mapping[str, Any]) -> State:
    """Note how an attempt ended; one that is not under way has ended before, and counts once."""
    terms, counts = _terms(body), flag(body["counts"])
    outcome = Outcome(state.at, _result(body["result"]), number(body["seconds"]))
    lease = next((one for one in state.leases if one.attempt == attempt), None)
    if lease is None:
        return state
    state = state._replace(leases=tuple(one for one in state.leases if one is not lease))
    if counts:
        state = _landed(state, lease)
    if not lease.is_bound or outcome.result == "none":
        return state
    state = state._replace(outcomes=(*state.outcomes, outcome)[-MOST_OUTCOMES:])
    return state if outcome.result == "other" else _counted(state, lease, outcome, terms)


def settled(state: State, attempt: str, body: Mapping[str, Any]) -> State:
    """Note that the last modification of a base is known to have landed."""
    del attempt
    base = text(body["base"])
    for at in range(len(state.landed) - 1, -1, -1):
        one = state.landed[at]
        if one.base == base and not one.is_settled:
            known = one._replace(is_settled=True)
            return state._replace(landed=(*state.landed[:at], known, *state.landed[at + 1 :]))
    return state


def _landed(state: State, lease: Lease) -> State:
    """Count a modification, in the place of one that cannot have landed."""
    now = Landed(state.at, lease.base, lease.is_bound, is_settled=False)
    landed = (*(one for one in state.landed if not _is_replaced(one, now)), now)
    alike = [one for one in landed if one.is_bound == now.is_bound]
    if len(alike) > MOST_LANDED:
        landed = tuple(one for one in landed if one is not alike[0])
    return state._replace(landed=landed)


def _is_replaced(one: Landed, by: Landed) -> bool:
    """Of what is not known to have landed only the last can have; nothing is told of no base."""
    is_same = one.base == by.base != "" and one.is_bound == by.is_bound
    return is_same and not one.is_settled


def _counted(state: State, lease: Lease, outcome: Outcome, terms: Terms) -> State:
    is_success = outcome.result == "success"
    state = state._replace(attempts=state.attempts + 1, successes=state.successes + is_success)
    if lease.turn != state.breaker.turn:
        return state  # it began before the breaker turned, and says nothing about now
    breaker = after(state.breaker, state.at, terms, is_success=is_success)
    if breaker.phase == "closed" != state.breaker.phase:
        # The failures of the outage would block what has just been shown to work.
        state = state._replace(outcomes=())
    return state._replace(breaker=breaker)


def _terms(body: Mapping[str, Any]) -> Terms:
    failures, successes, recovery, horizon = body["terms"]
    terms = Terms(count(failures), count(successes), number(recovery), number(horizon))
    if min(terms) < 0 or not terms.failures or not terms.successes:
        raise ValueError(f"no breaker works by these terms: {terms}")
    return terms
