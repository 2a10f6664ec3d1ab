"""What became of the assertions that one function of the base does not make any more."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from typing import NamedTuple

from pytest_selfmod_guard.rules.tamper._asserting.checks import SILENT, Check, Guard, unlettered
from pytest_selfmod_guard.rules.tamper._asserting.relations import (
    ABSENT,
    ALMOST,
    CONTAINS,
    EQUAL,
    FAILS,
    FALSE,
    IS,
    RAISES,
    RANKS,
    TRUE,
    WARNS,
)
from pytest_selfmod_guard.rules.tamper._asserting.slack import (
    has_other_pattern,
    is_nearly,
    is_wider,
)
from pytest_selfmod_guard.rules.tamper._asserting.values import is_same_value

_SPLIT = 2  # parts at least
_MOST = 300  # assertions of one function that are compared with each other


class How(Enum):
    """What became of an assertion."""

    REMOVED = "removed"
    WEAKENED = "weakened"
    VACUOUS = "vacuous"
    SWALLOWED = "swallowed"
    DEAD = "dead"
    CONDITIONAL = "conditional"
    WIDER = "wider"
    EXPECTED = "expected"
    """It expects something else of the same thing."""
    REPLACED = "replaced"
    """Something else is asserted instead."""


class Fate(NamedTuple):
    """What became of one assertion."""

    how: How
    new: Check | None = None
    """The one that stands for it now."""
    guard: Guard | None = None
    """What keeps it from speaking."""
    is_plain: bool = True
    """False where more was rewritten, and a reviewer would have to ask."""


def fates(missing: list[Check], found: list[Check]) -> Iterator[tuple[Check, Fate]]:
    """
    Say what became of each assertion, best matches first; nothing for one that is said otherwise.

    :param missing: what the function asserted
    :param found: what it asserts newly
    """
    left = found[:_MOST]
    waiting = [old for old in missing[:_MOST] if not _is_split(old, left)]
    for match in _MATCHES:
        still: list[Check] = []
        for old in waiting:
            hit = next(_hits(match, old, left), None)
            if hit is None:
                still.append(old)
                continue
            new, said = hit
            left.remove(new)
            if said.how is not None:
                plain = match in _PLAIN and not _is_rewritten(old, new, len(missing), found)
                yield old, Fate(said.how, new, said.guard, plain)
        waiting = still
    for old in waiting:
        yield old, _nowhere(found)


def _hits(match: _Match, old: Check, left: list[Check]) -> Iterator[tuple[Check, _Said]]:
    for new in left:
        # That something is raised and what something is are different questions.
        if (old.kind in _EVENTS) == (new.kind in _EVENTS) or match is _same:
            said = match(old, new)
            if said is not None:
                yield new, said


def _is_rewritten(old: Check, new: Check, lost: int, found: list[Check]) -> bool:
    """Tell whether there are more assertions than before, or one that goes through a loop."""
    loops = {one for one in new.guards if one.kind == "loop"} - set(old.guards)
    return bool(loops) or " for " in new.subject or sum(not one.is_silent for one in found) > lost


def _is_split(old: Check, found: list[Check]) -> bool:
    """Tell whether a comparison of a whole is now made part by part; its parts are used up."""
    if old.kind != EQUAL or not old.given:
        return False
    parts = [
        one
        for one in found
        if not one.is_silent
        and one.rank >= RANKS[FALSE]
        and set(one.guards) <= set(old.guards)
        and _is_part(one, old)
        and not _is_lossy(one, old)
    ]
    said = frozenset().union(*(one.given | one.literals for one in parts))
    if len(parts) < _SPLIT or not old.given <= said:
        return False
    for one in parts:
        found.remove(one)
    return True


class _Said(NamedTuple):
    how: How | None
    """None where it says the same in other words."""
    guard: Guard | None = None


def _same(old: Check, new: Check) -> _Said | None:
    """Match what says the same, but is kept from speaking."""
    if old.key != new.key and old.loose != new.loose:
        return None
    if old.key != new.key and not new.guards:
        return None
    barred = [one for one in new.guards if one not in old.guards and one.kind != "loop"]
    worst = next((one for one in barred if one.kind in SILENT), barred[0] if barred else None)
    if worst is None:
        return None
    how = {"dead": How.DEAD, "swallowed": How.SWALLOWED}.get(worst.kind, How.CONDITIONAL)
    return _Said(how, worst)


def _same_expectation(old: Check, new: Check) -> _Said | None:
    """Match what expects the same value of something that has another name."""
    if new.is_silent or old.kind != new.kind or not is_same_value(old.expected, new.expected):
        return None
    if old.subject == new.subject:
        return _Said(_compared(old, new))
    if not old.expected and _ending(old) == _ending(new) != "":
        return _Said(None)
    telling = bool(old.literals) or len(old.expected) > 3  # noqa: PLR2004 (more than a letter)
    if not telling or not (old.words & new.words):
        return None
    if unlettered(old.subject) != unlettered(new.subject) and _is_part(new, old):
        return None
    return _Said(How.WIDER if is_wider(old, new) else None)


def _same_subject(old: Check, new: Check) -> _Said | None:
    if old.subject != new.subject or new.is_silent:
        return None
    return _Said(_compared(old, new))


def _compared(old: Check, new: Check) -> How | None:
    """Say how two assertions about the same thing differ."""
    if is_wider(old, new):
        return How.WIDER
    if old.kind == EQUAL and new.kind in {ALMOST, IS} and old.expected == new.expected:
        return How.WIDER if new.kind == ALMOST else None
    if old.kind == new.kind or frozenset((old.kind, new.kind)) in _CONTRARY:
        return How.EXPECTED if _says_otherwise(old, new) else None
    is_empty = _says_empty(old) and new.kind == FALSE
    return How.WEAKENED if new.rank < old.rank and not is_empty else None


_CONTRARY = frozenset(
    (
        frozenset((TRUE, FALSE)),
        frozenset((CONTAINS, ABSENT)),
        frozenset((EQUAL, ALMOST)),
        frozenset((EQUAL, IS)),
    )
)
"""Kinds of which one for the other expects something else rather than less."""


def _says_otherwise(old: Check, new: Check) -> bool:
    if is_wider(new, old) or (
        {old.kind, new.kind} == {EQUAL, ALMOST} and is_same_value(old.expected, new.expected)
    ):
        return False
    other = not is_same_value(old.expected, new.expected) and not is_nearly(old, new)
    return old.kind != new.kind or other or has_other_pattern(old, new)


def _a_part(old: Check, new: Check) -> _Said | None:
    """Match what looks at a part of the same thing, or only at its size or type."""
    if new.is_silent:
        return None
    if _is_part(new, old):
        says_all = _repeats(old, new)
        if _is_lossy(new, old) or new.rank < old.rank:
            return _Said(How.WEAKENED)
        # A part of a value that is itself computed is another value, and not less of one.
        return _Said(None if says_all else How.EXPECTED if "(" in old.expected else How.WEAKENED)
    if _is_part(old, new):
        how = _compared(old, new)
        return _Said(how if how in {How.WEAKENED, How.EXPECTED} else None)
    return None


def _other_input(old: Check, new: Check) -> _Said | None:
    """Match what asks the same of another input."""
    if new.is_silent or unlettered(old.subject) != unlettered(new.subject) or not old.words:
        return None
    return _Said(How.WEAKENED if new.rank < old.rank else How.EXPECTED)


def _related(old: Check, new: Check) -> _Said | None:
    """Match what is about mostly the same names."""
    shared = len(old.core & new.core)
    if new.is_silent or not shared or 2 * shared < len(old.core):
        return None
    return _Said(How.WEAKENED if new.rank < old.rank - 1 else How.REPLACED)


def _any_other(old: Check, new: Check) -> _Said | None:
    if new.is_silent or new.rank < old.rank or old.core.isdisjoint(new.core):
        return None
    return _Said(How.REPLACED)


_Match = Callable[[Check, Check], _Said | None]
_EVENTS = frozenset((RAISES, WARNS, FAILS))
_MATCHES: tuple[_Match, ...] = (
    _same, _same_expectation, _same_subject, _a_part, _other_input, _related, _any_other,
)  # fmt: skip


_PLAIN = frozenset((_same, _same_expectation, _same_subject, _a_part))


def _nowhere(found: Iterable[Check]) -> Fate:
    vacuous = next((one for one in found if one.vacuous), None)
    return Fate(How.VACUOUS, vacuous) if vacuous else Fate(How.REMOVED)


def _is_part(new: Check, old: Check) -> bool:
    """Tell whether an assertion looks at something made from what the other looks at."""
    return bool(old.words) and old.subject != new.subject and _within(old.subject, new.subject)


_LOSSY = re.compile(
    r"\x00[^\x00]*\.(?:lower|upper|strip|lstrip|rstrip|casefold|replace|split|count|keys|startswith)\("
    r"|\b(?:len|set|sorted|int|round|bool|abs|type|any|all|max|min|frozenset)\([^()]*\x00"
    r"|\x00[^\x00]*\[-?\d*:-?\d*\]"
)


def _is_lossy(new: Check, old: Check) -> bool:
    """Tell whether an assertion looks at less than the whole that the other looks at."""
    return _LOSSY.search(new.subject.replace(old.subject, "\0", 1)) is not None


def _repeats(old: Check, new: Check) -> bool:
    """Tell whether every value that was expected is expected still, in some form."""
    return all(one.strip("brfu'\"") in new.expected for one in old.given)


def _ending(check: Check) -> str:
    """Give the attribute that an assertion looks at, where it looks at one."""
    _, dot, name = check.subject.rpartition(".")
    return name if dot and name.isidentifier() else ""


def _within(inner: str, outer: str) -> bool:
    at = outer.find(inner)
    if at < 0 or not inner:
        return False
    before, after = outer[:at][-1:], outer[at + len(inner) :][:1]
    return not re.match(r"[\w.]", before) and not re.match(r"\w", after)


def _says_empty(check: Check) -> bool:
    return check.kind == EQUAL and check.expected in {
        "[]",
        "{}",
        "()",
        "''",
        "0",
        "b''",
        "set()",
        "None",
    }
