"""
The rules: one function a file, found by being there.

A rule's docstring is its page in the rule book. Its ``Flagged:`` and
``Allowed:`` examples are run as tests, so the page cannot be wrong. Three
kinds differ in what they are handed:

``change_rule``
    the whole :class:`~pytest_selfmod_guard.view.View`, and says what is wrong
    with the difference;
``text_rule``
    one version of one text file;
``python_rule``
    one version of one parsed Python file;
``source_rule``
    the same, not parsed, for what has a parser of its own.

The last three say what they *see*; that only new sightings count is none of
their business.
"""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Callable, Collection, Iterable
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from pytest_selfmod_guard.errors import RuleError, UsageError
from pytest_selfmod_guard.model import Confidence, Risk, family_of

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python
    from pytest_selfmod_guard.view import Side, View

    ChangeCheck = Callable[[View], Iterable["Sighting"]]
    SideCheck = Callable[[Side], Iterable["Sighting"]]
    PythonCheck = Callable[[Python], Iterable["Sighting"]]


class Sighting(NamedTuple):
    """Something a rule sees in one place."""

    line: int
    """1-based; 0 for the file as a whole."""
    message: str
    code: str = ""
    """The code it is about, normalised, so that a second look knows it again."""
    scope: str = ""
    """The function or class around it, dotted; empty at the top."""
    path: str = ""
    """Only from change rules: which file; empty for the change as a whole."""
    hint: str = ""
    """What to do instead, where the rule's own hint is not the best."""
    risk: Risk | None = None
    """Where it differs from the rule's."""
    confidence: Confidence | None = None
    rule: str = ""
    """The id, where a rule speaks for another tool."""
    name: str = ""
    commit: str = ""
    """Only from change rules: which commit of a range, where it is about one."""
    settled_by: str = ""
    """``trial`` where only the base's tests, run on the changed code, can tell;
    ``review`` where only a person can. It binds agents, and warns people."""


class Rule(NamedTuple):
    """One question about a change."""

    id: str
    name: str
    family: str
    sees: str
    """``change``, ``text``, ``python`` or ``source``."""
    risk: Risk
    confidence: Confidence
    hint: str
    triggers: tuple[bytes, ...]
    """Words in lower case; it can only fire on a file that has one. None: on any file."""
    supersedes: frozenset[str]
    """Ids whose findings on the same line say the same as ours."""
    prose: str
    examine: Callable[..., Iterable[Sighting]]


def change_rule(
    id_: str, *, risk: Risk, hint: str, confidence: Confidence = Confidence.HIGH
) -> Callable[[ChangeCheck], ChangeCheck]:
    """Make a function a rule about the difference as a whole."""
    return _register("change", id_, risk, confidence, hint, (), ())


def text_rule(
    id_: str,
    *,
    risk: Risk,
    hint: str,
    confidence: Confidence = Confidence.HIGH,
    triggers: Iterable[bytes] = (),
    supersedes: Iterable[str] = (),
) -> Callable[[SideCheck], SideCheck]:
    """Make a function a rule about any text file but Python source."""
    return _register("text", id_, risk, confidence, hint, triggers, supersedes)


def python_rule(
    id_: str,
    *,
    risk: Risk,
    hint: str,
    confidence: Confidence = Confidence.HIGH,
    triggers: Iterable[bytes] = (),
    supersedes: Iterable[str] = (),
) -> Callable[[PythonCheck], PythonCheck]:
    """Make a function a rule about Python source."""
    return _register("python", id_, risk, confidence, hint, triggers, supersedes)


def source_rule(
    id_: str,
    *,
    risk: Risk,
    hint: str,
    confidence: Confidence = Confidence.HIGH,
    supersedes: Iterable[str] = (),
) -> Callable[[SideCheck], SideCheck]:
    """Make a function a rule about Python source that it reads by itself."""
    return _register("source", id_, risk, confidence, hint, (), supersedes)


@cache
def all_rules() -> tuple[Rule, ...]:
    """
    Find every built-in rule, sorted by id.

    :raises RuleError: there are none, or two share an id or a name; an empty
        rule book would let everything pass
    """
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        # Helpers are for the rules to import, some of them only when they must.
        if "._" not in module.name:
            import_module(module.name)
    rules = tuple(sorted(_FOUND, key=lambda rule: rule.id))
    refuse_doubles(rules)
    return rules


def mentions(source: bytes, words: Iterable[bytes]) -> bool:
    """
    Tell whether Python source may have one of some identifiers, given in lower case.

    Python reads an identifier in its compatibility form, so that full-width
    letters spell ``eval`` too; outside ASCII the answer is always yes.
    """
    return not source.isascii() or not set(words).isdisjoint(_WORD.findall(source.lower()))


_WORD = re.compile(rb"[a-z0-9_]+")
_FOUND: list[Rule] = []
_SHELVES: list[list[Rule]] = [_FOUND]
"""Where rules go as they are made: into the rule book, or where :func:`made_by` wants them."""


def _register(
    sees: str,
    id_: str,
    risk: Risk,
    confidence: Confidence,
    hint: str,
    triggers: Iterable[bytes],
    supersedes: Iterable[str],
) -> Callable[[Callable[..., Iterable[Sighting]]], Callable[..., Iterable[Sighting]]]:
    def register(examine: Callable[..., Iterable[Sighting]]) -> Callable[..., Iterable[Sighting]]:
        _SHELVES[-1].append(
            Rule(
                id=id_,
                name=examine.__name__.replace("_", "-"),
                family=family_of(id_),
                sees=sees,
                risk=risk,
                confidence=confidence,
                hint=hint,
                triggers=tuple(triggers),
                supersedes=frozenset(supersedes),
                prose=examine.__doc__ or "",
                examine=examine,
            )
        )
        return examine

    return register


def made_by(run: Callable[[], None]) -> tuple[Rule, ...]:
    """Give the rules that are made while something runs; they stay out of the rule book."""
    _SHELVES.append([])
    try:
        run()
        return tuple(_SHELVES[-1])
    finally:
        _SHELVES.pop()


def rules_called(ids: Collection[str]) -> tuple[Rule, ...]:
    """
    Give the rules with some ids; all of them for none.

    :raises UsageError: there is no such rule, and to ask nothing would be to pass everything
    """
    found = tuple(rule for rule in all_rules() if not ids or rule.id in ids)
    for missing in sorted(set(ids) - {rule.id for rule in found}):
        raise UsageError(
            "no-such-rule",
            f"there is no rule {missing!r}",
            hint="list them: selfmod-guard rules",
        )
    return found


def refuse_doubles(rules: tuple[Rule, ...]) -> None:
    """
    Make sure that there are rules, and that none can be taken for another.

    :raises RuleError: there are none, or two share an id or a name
    """
    if not rules:
        raise RuleError(
            "no-rules",
            "there is not a single rule, so nothing can be judged",
            hint="install again: pip install --force-reinstall pytest-selfmod-guard",
        )
    for handles in ([rule.id for rule in rules], [rule.name for rule in rules]):
        double = next((handle for handle in handles if handles.count(handle) > 1), None)
        if double:
            raise RuleError("rule-twice", f"two rules are called {double!r}")
