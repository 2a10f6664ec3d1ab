"""Looks at the machine, keeps what was seen, and tells somebody when it has become critical."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from pytest_selfmod_guard.errors import JournalError
from pytest_selfmod_guard.guard import Guard
from pytest_selfmod_guard.health import assess, sample
from pytest_selfmod_guard.journals import Entry
from pytest_selfmod_guard.machine import Reading
from pytest_selfmod_guard.policy import Policy
from pytest_selfmod_guard.processes import here
from pytest_selfmod_guard.stages._ledger import Ledger
from pytest_selfmod_guard.stages.notify import notify
from pytest_selfmod_guard.stages.preflight import buried
from pytest_selfmod_guard.state import MOST_SAMPLES_IN_ALL, State
from pytest_selfmod_guard.status import Health


class _Look(NamedTuple):
    """What one look at the machine came to."""

    told: Health
    at: float
    is_turn: bool
    """It has become critical with this one."""


def sampled(guard: Guard) -> Health:
    """Measure, keep the sample, and tell what it means, also where it cannot be kept."""
    policy, ledger = guard.policy_in_force(), guard.ledger
    reading = guard.measure(guard.context.directory)
    unkept: tuple[str, ...] = ()
    look = _look(ledger, ledger.state(), policy, reading)
    try:
        with ledger.page() as page:
            # Nobody else can write now, so of two who see it turn only one was the first.
            look = _look(ledger, page.state, policy, reading)
            page.add("sampled", "", sample(reading, look.told, here()))
    except JournalError as error:
        unkept = (f"this look at the machine was not kept: {error} ({error.slug})",)
    alarm = _alarm(guard, policy, look) if look.is_turn else ()
    return look.told._replace(notes=(*unkept, *alarm))


def _look(ledger: Ledger, state: State, policy: Policy, reading: Reading) -> _Look:
    state, where = buried(state, policy), here()
    told = assess(state, policy.health, reading=reading, where=where)
    known = any(one.where == where for one in state.samples)
    is_critical = told.status == "critical"
    before = ledger.journal.last("sampled", MOST_SAMPLES_IN_ALL) if known and is_critical else ()
    return _Look(told, state.at, is_critical and not _was_critical(before, where))


def _was_critical(before: Iterable[Entry], where: str) -> bool:
    """Tell whether this machine was critical when it was measured last."""
    bodies = map(_body, before)
    mine = (body for body in bodies if body.get("where", "") == where)
    return next(mine, {}).get("status") == "critical"


def _body(entry: Entry) -> Mapping[str, Any]:
    try:
        body = json.loads(entry.body)
    except (ValueError, RecursionError):
        return {}  # to be told once too often is better than never
    return body if isinstance(body, dict) else {}


def _alarm(guard: Guard, policy: Policy, look: _Look) -> tuple[str, ...]:
    if not policy.notify:
        return ()
    document = {"event": "health-critical", "at": look.at, "health": look.told}
    environ = guard.context.environ
    said = notify(policy.notify, document, folder=guard.git.top(), environ=environ)
    return (said,) if said else ()
