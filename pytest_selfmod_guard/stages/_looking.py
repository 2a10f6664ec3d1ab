"""How a change is looked at: under which policy, by which rules."""

from __future__ import annotations

from typing import NamedTuple

from pytest_selfmod_guard.git import Git
from pytest_selfmod_guard.history import NOTHING, History
from pytest_selfmod_guard.model import Change, Finding
from pytest_selfmod_guard.policy import Policy
from pytest_selfmod_guard.rules import Rule
from pytest_selfmod_guard.stages import read
from pytest_selfmod_guard.stages.detect import Detection, detect
from pytest_selfmod_guard.stages.suppress import excuse
from pytest_selfmod_guard.stages.trace import trace


class Looking(NamedTuple):
    """What is the same for a change and for each part of it."""

    git: Git
    policy: Policy
    rules: tuple[Rule, ...]
    patterns: tuple[str, ...]
    exhaustive: bool

    def at(self, change: Change, history: History = NOTHING) -> Detection:
        """Ask the rules about a change."""
        return detect(
            change,
            self.policy,
            self.rules,
            patterns=self.patterns,
            exhaustive=self.exhaustive,
            history=history,
            rest=read.rest(self.git, change.base),
        )

    def over(
        self, change: Change, history: History, now: float, *, is_whole: bool
    ) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
        """
        Look over a change: what is found, what the base excuses of it, and which commit brought it.

        :param now: seconds since the epoch
        :param is_whole: all rules are asked
        :returns: the findings, and what is to be said besides
        """
        found = self.at(change, history)
        excused = excuse(
            change,
            found.findings,
            self.rules,
            now=now,
            off=self.policy.rules.off,
            rest=read.rest(self.git, change.base._replace(commit=change.base.trusted)),
            is_whole=is_whole,
        )
        findings = trace(self.git, change, excused.findings)
        return findings, (*found.notes, *excused.notes)

    def alone(self, change: Change) -> tuple[Finding, ...]:
        """Give what is found in a change that stands alone."""
        return self.at(change).findings
