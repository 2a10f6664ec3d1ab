"""Looks at the machine, keeps what was seen, and tells somebody when it has become critical."""

from __future__ import annotations

import json

from pytest_selfmod_guard.guard import Guard
from pytest_selfmod_guard.health import assess, sample
from pytest_selfmod_guard.journals import Entry
from pytest_selfmod_guard.policy import Policy
from pytest_selfmod_guard.stages.notify import notify
from pytest_selfmod_guard.status import Health


def sampled(guard: Guard) -> Health:
    """Measure, keep the sample, and tell what it means."""
    policy, ledger = guard.policy(), guard.ledger
    reading = guard.measure(guard.context.directory)
    with ledger.page() as page:
        told = assess(page.state, policy.health, reading=reading)
        # Nobody else can write now, so of two who see it turn only one was the first.
        before = ledger.journal.last("sampled") if page.state.samples else ()
        page.add("sampled", "", sample(reading, told))
        now = page.state.at
    if told.status != "critical" or (before and _was_critical(before[0])):
        return told
    return told._replace(notes=_alarm(guard, policy, told, now))


def _was_critical(before: Entry) -> bool:
    try:
        return bool(json.loads(before.body)["status"] == "critical")
    except (ValueError, KeyError, TypeError, RecursionError):
        return False  # to be told once too often is better than never


def _alarm(guard: Guard, policy: Policy, told: Health, now: float) -> tuple[str, ...]:
    if not policy.notify:
        return ()
    document = {"event": "health-critical", "at": now, "health": told}
    environ = guard.context.environ
    said = notify(policy.notify, document, folder=guard.git.top(), environ=environ)
    return (said,) if said else ()
