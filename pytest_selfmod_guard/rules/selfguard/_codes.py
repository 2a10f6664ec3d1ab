"""Which rules of a linter a configuration leaves on, and what it is worth that one goes off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules.selfguard._keys import PER_FILE, Settings

_EVERYTHING = frozenset(("ALL", "all", "*", ""))
_MOST_WORTH = ("S", "F", "B")
_DEFAULT = {"ruff": ("E4", "E7", "E9", "F"), "bandit": ("B",)}
_SECURITY = re.compile(r"(?:S|DUO|SCS|SEC)\d*")
_OFTEN_WRONG = re.compile(r"[SB](?:101|10[567]|311|404|603|607)")
_REAL_ERRORS = re.compile(r"F|F8|F82\d?|E9\d*")
_FAMILIES = frozenset(("B", "BLE", "PLE", "ASYNC"))
_QUALITY = re.compile(
    r"(?:C9|C90|C901|B|BLE|TRY|PL|PL[REW]|ASYNC|PGH|ANN|F8|E[47]|PT|RET|ARG)\d*|E"
)
_PYLINT_ERRORS = re.compile(
    r"[EF]\d*|no-member|undefined-variable|import-error|no-name-in-module|not-callable|eval-used"
    r"|exec-used|used-before-assignment|unsubscriptable-object|no-value-for-parameter"
)


class Rules(NamedTuple):
    """What is on and off, as prefixes of codes."""

    on: frozenset[str]
    off: frozenset[str]

    @classmethod
    def of(cls, tool: str, settings: Settings) -> Rules:
        """Take the lists of a configuration, and the tool's own where it names none."""
        on = _listed(settings, ("select", "tests"))
        on = (on or frozenset(_DEFAULT.get(tool, ("",)))) | _listed(settings, ("extend-select",))
        off = _listed(settings, ("ignore", "extend-ignore", "disable", "skips", "skip"))
        return cls(on, off - _listed(settings, ("enable",)))

    def has(self, code: str) -> bool:
        """Tell whether a rule, or the whole of a group, is checked."""
        return _covered(code, self.on) and not _covered(code, self.off)

    def has_any(self, code: str) -> bool:
        """Tell whether a rule, or something of a group, is checked."""
        is_part = code in _EVERYTHING or any(one.startswith(code) for one in self.on)
        return (is_part or _covered(code, self.on)) and not _covered(code, self.off)


def switched_off(tool: str, old: Settings, new: Settings) -> Iterator[str]:
    """Give the rules, as far as they are named, that were checked and are not any more."""
    before, after = Rules.of(tool, old), Rules.of(tool, new)
    lost = before.on - after.on
    if lost & _EVERYTHING and after.on:
        lost = (lost - _EVERYTHING) | frozenset(_MOST_WORTH)
    for code in sorted(lost | (after.off - before.off)):
        if before.has_any(code) and not after.has(code):
            yield "ALL" if code in _EVERYTHING else code


def off_by_file(tool: str, old: Settings, new: Settings) -> Iterator[tuple[str, str]]:
    """Give pattern and code of what was checked in some files and is not any more."""
    before = Rules.of(tool, old)
    for key, codes in new.items():
        known = frozenset(old.get(key, ()))
        for code in codes if key.startswith(PER_FILE) else ():
            if before.has_any(code) and not _covered(code, known):
                yield key.removeprefix(PER_FILE), "ALL" if code in _EVERYTHING else code


def risk_of_code(tool: str, code: str) -> Risk:
    """Rate a rule, or a group of them, that goes off."""
    if code == "ALL":
        return Risk.HIGH
    if tool == "pylint":
        return Risk.MEDIUM if _PYLINT_ERRORS.fullmatch(code) else Risk.LOW
    if tool == "bandit" or _SECURITY.fullmatch(code):
        return Risk.MEDIUM if _OFTEN_WRONG.fullmatch(code) else Risk.HIGH
    if _REAL_ERRORS.fullmatch(code) or code in _FAMILIES:
        return Risk.HIGH
    return Risk.MEDIUM if _QUALITY.fullmatch(code) else Risk.LOW


def _covered(code: str, prefixes: frozenset[str]) -> bool:
    return any(prefix in _EVERYTHING or code.startswith(prefix) for prefix in prefixes)


def _listed(settings: Settings, keys: tuple[str, ...]) -> frozenset[str]:
    return frozenset(code for key in keys for code in settings.get(key, ()))
