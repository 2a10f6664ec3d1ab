"""How strictly a test wants a change judged."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from pytest_selfmod_guard.guard import Asked


_BANDITS = re.compile("B[0-9]{3}")


class Asking(TypedDict, total=False):
    """How much more strictly than the policy says; nothing here can loosen it."""

    max_changed_chars: int
    max_files: int
    patterns: str | Collection[str]
    """Regular expressions that no new line may match."""
    only: str | Collection[str]
    """Ids of the rules to ask; by default all."""
    exhaustive: bool
    """Ask every rule about every file, even where it provably cannot fire."""


def as_asked(
    *,
    max_changed_chars: int | None = None,
    max_files: int | None = None,
    patterns: str | Collection[str] = (),
    only: str | Collection[str] = (),
    exhaustive: bool = False,
) -> Asked:
    """
    Turn the words of :class:`Asking` into the guard's own.

    :raises ValueError: a rule that there is not, or a pattern that is none
    """
    # Late: many a project is made while tests are collected, and never judged.
    from pytest_selfmod_guard.guard import Asked  # noqa: PLC0415
    from pytest_selfmod_guard.policy import Tightening  # noqa: PLC0415

    tightening = Tightening(max_changed_chars, max_files, _patterns(patterns))
    return Asked(tightening, _rules(only), exhaustive)


def _rules(only: str | Collection[str]) -> frozenset[str]:
    from pytest_selfmod_guard.rules import all_rules  # noqa: PLC0415 (see `as_asked`)

    asked = frozenset({only} if isinstance(only, str) else only)
    # A rule that is not there finds nothing, and the test would be green for ever.
    _refuse(sorted(asked - {rule.id for rule in all_rules()}))
    return asked


def must_exist(rules: Collection[str]) -> None:
    """Raise ValueError for a rule, by its id or its name, that there is not."""
    from pytest_selfmod_guard.rules import all_rules  # noqa: PLC0415 (see `as_asked`)

    ours = {name for rule in all_rules() for name in (rule.id, rule.name)}
    # What starts otherwise is one of bandit's own, and bandit may be newer than we.
    _refuse([rule for rule in rules if rule not in ours and not _BANDITS.fullmatch(rule)])


def _refuse(unknown: Collection[str]) -> None:
    if unknown:
        raise ValueError(f"there is no rule {', '.join(unknown)}; see `selfmod-guard rules`")


def _patterns(patterns: str | Collection[str]) -> tuple[str, ...]:
    asked = (patterns,) if isinstance(patterns, str) else tuple(patterns)
    for pattern in asked:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"{pattern!r} is not a regular expression: {error}") from None
    return asked
