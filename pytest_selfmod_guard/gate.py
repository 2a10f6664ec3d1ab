"""
The fast path: proves "this rule cannot fire on this file", or says "look closer".

A rule declares the words without which it cannot fire. Where a file has none
of them the rule is not asked, and where no rule is asked no analyser is
imported. It is a shortcut and never an opinion: what it lets by, the rule
would have let by too. ``check --exhaustive`` goes without it.
"""

from __future__ import annotations

from pytest_selfmod_guard.rules import Rule, mentions


def may_fire(rule: Rule, data: bytes) -> bool:
    """
    Tell whether a rule could fire on these bytes.

    In Python a trigger is a whole identifier, elsewhere any piece of text;
    case does not count, because SQL is written in any. Outside ASCII, where
    letters have look-alikes, the answer is always yes.
    """
    if not rule.triggers or not data.isascii():
        return True
    if rule.sees == "python":
        return mentions(data, rule.triggers)
    text = data.lower()
    return any(trigger in text for trigger in rule.triggers)
