"""Switches and limits of linters and type checkers: which way is laxer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules.selfguard._hook_changes import Told
from pytest_selfmod_guard.rules.selfguard._keys import PER_MODULE, Settings

_TRUE = frozenset(("true", "yes", "on", "1", "error", ""))
_STRICT = re.compile(
    r"strict|strict-.+|disallow-.+|warn-.+|check-untyped-defs|no-implicit-.+|extra-checks"
    r"|report\w+|strictparameternonevalue|rules\..+|analyzeunannotatedfunctions"
)
_LAX = re.compile(
    r"ignore-errors|ignore-missing-imports|allow-.+|implicit-.+|exit-zero|ignore-errors-.+"
    r"|disable-all|errors-only|replace-imports-with-any|infer-with-first-use"
)
_WHOLE = re.compile(
    r"strict|ignore-errors|exit-zero|disable-all|ignore-missing-imports|disallow-.+"
    r"|check-untyped-defs|no-implicit-.+"
)
_ON_BY_ITSELF = frozenset(("no-implicit-optional", "strict-optional", "warn-no-return"))
_LIMITS = re.compile(r"max-.+")
_NOT_LIMITS = frozenset(("max-line-length", "max-doc-length", "max-module-lines", "max-parents"))
_FLOORS = frozenset(("fail-under",))
_ORDERS = {
    "typecheckingmode": ("off", "basic", "standard", "strict", "all", "recommended"),
    "follow-imports": ("skip", "silent", "error", "normal"),
    "level": ("high", "medium", "low"),
    "severity": ("high", "medium", "low"),
    "confidence": ("high", "medium", "low"),
}
"""Values from the laxest on."""
_UNSAID = {"follow-imports": "normal", "typecheckingmode": "standard", "level": "low",
           "severity": "low", "confidence": "low"}  # fmt: skip


def laxer(old: Settings, new: Settings) -> Iterator[Told]:
    """Compare what is not a list of rules."""
    is_strict = _is_on(new, "strict")
    for key in sorted(old.keys() | new.keys()):
        module, name = _parted(key)
        risk = _risk(name, old.get(key), new.get(key), is_strict=is_strict and not module)
        if risk and (not module or name in _LISTED_FOR_MODULES):
            yield Told(risk, f"{key!r} is {_shown(new.get(key))} instead of {_shown(old.get(key))}")


_LISTED_FOR_MODULES = frozenset(("ignore-errors", "follow-imports", "check-untyped-defs"))


def _parted(key: str) -> tuple[str, str]:
    """Cut a key into the module that it is for, if it is for one, and its name."""
    if not key.startswith(PER_MODULE):
        return "", key
    module, _, name = key.removeprefix(PER_MODULE).partition(" ")
    return ("" if module == "*" else module), name


def _risk(
    name: str, old: tuple[str, ...] | None, new: tuple[str, ...] | None, *, is_strict: bool
) -> Risk | None:
    before, after = _one(old), _one(new)
    if before == after:
        return None
    if name in _ORDERS:
        return _lowered(name, before, after)
    if _STRICT.fullmatch(name):
        stays = is_strict or _was_true(after, new) or (new is None and name in _ON_BY_ITSELF)
        is_off = (_was_true(before, old) and not stays) or (is_strict and after.lower() == "false")
        return (Risk.HIGH if _WHOLE.fullmatch(name) else Risk.MEDIUM) if is_off else None
    if _LAX.fullmatch(name):
        is_on = _was_true(after, new) and not _was_true(before, old)
        return (Risk.HIGH if _WHOLE.fullmatch(name) else Risk.MEDIUM) if is_on else None
    return _limit(name, before, after)


def _limit(name: str, before: str, after: str) -> Risk | None:
    old, new = _number(before), _number(after)
    if name in _FLOORS:
        return Risk.MEDIUM if old is not None and (new is None or new < old) else None
    if not _LIMITS.fullmatch(name) or name in _NOT_LIMITS or old is None:
        return None
    return Risk.LOW if new is None or new > old else None


def _lowered(name: str, before: str, after: str) -> Risk | None:
    order = _ORDERS[name]
    old, new = (value.lower() or _UNSAID[name] for value in (before, after))
    if old not in order or new not in order or order.index(new) >= order.index(old):
        return None
    return Risk.MEDIUM if name == "follow-imports" else Risk.HIGH


def _one(values: tuple[str, ...] | None) -> str:
    return values[0] if values else ""


def _was_true(value: str, given: tuple[str, ...] | None) -> bool:
    return given is not None and value.lower() in _TRUE


def _is_on(settings: Settings, key: str) -> bool:
    return _was_true(_one(settings.get(key)), settings.get(key))


def _number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", text) else None


def _shown(values: tuple[str, ...] | None) -> str:
    return "unset" if values is None else repr(", ".join(values)[:60])
