"""Which rules there are for a comment to name, and what they see of a file."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property

from pytest_selfmod_guard.model import Finding
from pytest_selfmod_guard.rules import Rule, Sighting, all_rules
from pytest_selfmod_guard.stages.detect import see
from pytest_selfmod_guard.suppressions import Statement
from pytest_selfmod_guard.view import Side

_BANDITS = re.compile(r"B\d{3}", re.ASCII)


class Book:
    """The rules that a comment may name, by id and by name."""

    def __init__(self, asked: Iterable[Rule], off: Collection[str]) -> None:
        """
        Take the rules of a judgement.

        :param off: ids or names of those that the policy switches off
        """
        self.asked = tuple(asked)
        self._off = off

    def handles(self, finding: Finding) -> tuple[str, ...]:
        """Give what a comment may call the rule of a finding; bandit's have ids only."""
        return (finding.rule,) if _BANDITS.fullmatch(finding.rule) else (finding.rule, finding.name)

    def why_never(self, handle: str, families: Collection[str]) -> str:
        """Say why a comment that names this never excuses anything; empty where it may."""
        if _BANDITS.fullmatch(handle):
            return ""
        rules = self._called.get(handle, [])
        if not rules:
            return "and there is no such rule; list them: selfmod-guard rules"
        return "which no comment excuses" if any(one.family in families for one in rules) else ""

    def asked_for(self, handle: str) -> Iterator[Rule]:
        """Give the rules that were asked and speak under an id or a name."""
        for rule in self.asked:
            is_bandit = rule.sees == "source" and _BANDITS.fullmatch(handle)
            if handle in (rule.id, rule.name) or is_bandit:
                yield rule

    def is_silent(self, rule: Rule) -> bool:
        """Tell whether nothing can be told from what a rule does not see."""
        return rule.sees == "change" or bool({rule.id, rule.name} & set(self._off))

    @cached_property
    def _called(self) -> dict[str, list[Rule]]:
        called: dict[str, list[Rule]] = {}
        for rule in (*all_rules(), *self.asked):
            for handle in (rule.id, rule.name):
                called.setdefault(handle, []).append(rule)
        return called


class Seen:
    """What the rules see in the head's version of a file, asked for as it is needed."""

    def __init__(self, side: Side | None, book: Book) -> None:
        """Look at one version of one file."""
        self._side = side
        self._book = book
        self._seen: dict[str, list[Sighting]] = {}

    def nothing(self, handles: Iterable[str], about: Statement) -> bool:
        """Tell whether no rule that is named sees anything there, as far as that can be told."""
        rules = [(handle, rule) for handle in handles for rule in self._book.asked_for(handle)]
        if not rules or any(self._book.is_silent(rule) for _, rule in rules):
            return False
        return not any(
            about.first <= seen.line <= about.last and handle in (seen.rule or rule.id, rule.name)
            for handle, rule in rules
            for seen in self._look(rule)
        )

    def _look(self, rule: Rule) -> list[Sighting]:
        if rule.id not in self._seen:
            self._seen[rule.id] = see(rule, self._side) if self._side else []
        return self._seen[rule.id]
