"""Who must review which file, as ``CODEOWNERS`` says it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from pytest_selfmod_guard.rules.selfguard._covering import covers
from pytest_selfmod_guard.view import Side

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
"""Where it may stand; the first one that exists counts alone."""

_MANY = 500


class Rule(NamedTuple):
    """One line: a pattern, and those who own what it covers."""

    pattern: str
    owners: frozenset[str]


def rules(side: Side | None) -> list[Rule]:
    """Read the lines of one version, comments and headings left out."""
    found = []
    for line in (side.text or "").split("\n") if side else ():
        pattern, *owners = line.partition("#")[0].split() or [""]
        if pattern and not pattern.startswith(("[", "^[")):
            found.append(Rule(pattern, frozenset(owners)))
    return found


def orphaned(old: list[Rule], new: list[Rule], paths: Iterable[str]) -> tuple[list[str], list[str]]:
    """Give the paths that nobody owns any more, and those that only others own."""
    sample = {rule.pattern.strip("/*") or "any" for rule in (*old, *new)}
    none, others = [], []
    for path in sorted(sample | set(paths))[:_MANY]:
        before, after = _owners(old, path), _owners(new, path)
        if before and not after:
            none.append(path)
        elif before and not before & after and not _is_named_anew(old, after, path):
            others.append(path)
    return none, others


def _is_named_anew(old: list[Rule], after: frozenset[str], path: str) -> bool:
    """Tell whether what only the rule for everything covered gets owners that others trust."""
    covering = [rule for rule in old if rule.pattern != "*" and _owners([rule], path)]
    trusted = frozenset(owner for rule in old for owner in rule.owners)
    return not covering and after <= trusted


def _owners(rules: list[Rule], path: str) -> frozenset[str]:
    """Give the owners by the last rule that covers a path."""
    for rule in reversed(rules):
        if rule.pattern == "*" or covers(rule.pattern.removeprefix("/"), path):
            return rule.owners
    return frozenset()
