"""How the settings of one tool are weaker than they were."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules.selfguard._codes import off_by_file, risk_of_code, switched_off
from pytest_selfmod_guard.rules.selfguard._covering import is_aside, risk_of_excluding
from pytest_selfmod_guard.rules.selfguard._hook_changes import Told
from pytest_selfmod_guard.rules.selfguard._keys import PER_MODULE, Settings
from pytest_selfmod_guard.rules.selfguard._switches import laxer
from pytest_selfmod_guard.view import View

_BY_CODE = frozenset(("ruff", "flake8", "pylint", "bandit"))
_EXCLUDING = ("exclude", "extend-exclude", "exclude-dirs", "ignore-paths", "ignore-patterns")


def weaker(tool: str, old: Settings, new: Settings, view: View) -> Iterator[Told]:
    """Say what a tool sees or reports no more."""
    if tool in _BY_CODE:
        for code in switched_off(tool, old, new):
            yield Told(risk_of_code(tool, code), f"{code!r} is switched off")
        for pattern, code in off_by_file(tool, old, new):
            risk = _risk_in(pattern, tool, code)
            yield Told(risk, f"{code!r} is switched off for {pattern!r}")
    else:
        yield from _by_name(old, new)
    for told in laxer(old, new):
        yield _for_module(told)
    gained = _excluded(tool, new) - _excluded(tool, old)
    for pattern, risk in risk_of_excluding(sorted(gained), view).items():
        yield Told(risk, f"{pattern!r} is left out")


def _risk_in(pattern: str, tool: str, code: str) -> Risk:
    """Rate a rule that goes off in some files: in tests, examples and the like it is less."""
    risk = risk_of_code(tool, code)
    return Risk(max(risk - 1, Risk.LOW)) if is_aside(pattern) else risk


def _by_name(old: Settings, new: Settings) -> Iterator[Told]:
    """Compare the kinds of error that a type checker is told to leave out."""
    for key in sorted(old.keys() | new.keys()):
        name = key.rpartition(" ")[2]
        before, after = set(old.get(key, ())), set(new.get(key, ()))
        lost = before - after if name == "enable-error-code" else set()
        lost |= after - before if name == "disable-error-code" else set()
        if lost:
            risk = Risk.MEDIUM if key.startswith(PER_MODULE) else Risk.HIGH
            yield Told(risk, f"{', '.join(sorted(lost))!r} is switched off")


def _for_module(told: Told) -> Told:
    """Take less of a switch that is for tests or the like alone."""
    module = told.message.partition(PER_MODULE)[2].partition(" ")[0]
    return told._replace(risk=Risk.LOW) if module and is_aside(module.replace(".", "/")) else told


def _excluded(tool: str, settings: Settings) -> set[str]:
    keys = (*_EXCLUDING, "ignore") if tool == "pyright" else _EXCLUDING
    return {pattern for key in keys for pattern in settings.get(key, ())}
