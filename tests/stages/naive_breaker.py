"""The rules of the circuit breaker, as a person would apply them by hand to a list of events."""

from __future__ import annotations

import json
from collections.abc import Iterable

from pytest_selfmod_guard.journals import Event
from pytest_selfmod_guard.policy import Policy, seconds


def openings(events: Iterable[Event], policy: Policy) -> tuple[int, list[str]]:
    """Count how often the breaker opened, and say who was let in against its rules."""
    breaker, count, wrong = Breaker(policy), 0, []
    for event in events:
        breaker.wait(event.at)
        before = breaker.phase
        if event.kind == "opened" and json.loads(event.body)["bound"]:
            if why := breaker.let_in(event.attempt):
                wrong.append(f"{event.attempt} was let in {why}")
        elif event.kind == "closed":
            breaker.ended(event.attempt, json.loads(event.body)["outcome"], event.at)
        count += breaker.phase == "open" != before
    return count, wrong


class Breaker:
    """How it stands."""

    def __init__(self, policy: Policy) -> None:
        self.rules, self.recovery = policy.breaker, seconds(policy.breaker.recovery_timeout)
        self.phase, self.since, self.failures, self.successes = "closed", 0.0, 0, 0
        self.begun: set[str] = set()
        """Attempts under way that began in this phase."""

    def turn(self, phase: str, now: float) -> None:
        self.phase, self.since, self.successes, self.begun = phase, now, 0, set()
        self.failures = 0 if phase == "closed" else self.failures

    def wait(self, now: float) -> None:
        if self.phase == "open" and now >= self.since + self.recovery:
            self.turn("half_open", now)

    def let_in(self, attempt: str) -> str:
        """Note an attempt, and say why it should not have been let in."""
        busy = len(self.begun)
        self.begun.add(attempt)
        if self.phase == "open":
            return "while the breaker was open"
        if self.phase == "closed" and self.failures + busy >= self.rules.failure_threshold:
            return f"beside {busy} others after {self.failures} failures"
        if self.phase == "half_open":
            probes = min(self.rules.half_open_probes, self.rules.success_threshold - self.successes)
            return f"as probe {busy + 1} of {probes}" if busy >= probes else ""
        return ""

    def ended(self, attempt: str, outcome: str, now: float) -> None:
        if attempt not in self.begun:
            return
        self.begun.remove(attempt)
        if outcome in ("rolled_back", "crashed"):
            self.failures += 1
            if self.phase == "half_open" or self.failures >= self.rules.failure_threshold:
                self.turn("open", now)
        elif outcome == "allowed":
            self.failures, self.successes = 0, self.successes + 1
            if self.phase == "half_open" and self.successes >= self.rules.success_threshold:
                self.turn("closed", now)
