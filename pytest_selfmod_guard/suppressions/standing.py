"""Which suppressions of a file the base has too: the same words, in the same function or class."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from .reading import Suppression, read
from .statements import Reading, Statement, reading

if TYPE_CHECKING:
    from pytest_selfmod_guard.view import Side


class Placed(NamedTuple):
    """A suppression, and where it stands."""

    said: Suppression
    line: int
    about: Statement | None
    """What it speaks of; None where no code follows it."""
    was: int = 0
    """Its line in the base; 0 where the base does not have it there."""


def standing(olds: Sequence[Side], new: Side) -> list[Placed] | None:
    """
    Give the suppressions of the head, each with its line in the base.

    One comment of the base stands for one of the head. That is the one beside
    the same code where there is one, so that a copy gains nothing. Beside other
    code it is the same comment only where the code was edited, and not where it
    was left behind.

    :param olds: versions of the base; it counts only where each of them has it
    :returns: None where the head cannot be read, or a version of the base
    """
    head = reading(new)
    bases = [read_ for old in olds if (read_ := reading(old)) is not None]
    if head is None or not olds or len(bases) < len(olds):
        return None
    found = _placed(head)
    known = [_pairs(base, head, found) for base in bases]
    return [
        one._replace(was=known[0][at]) if all(at in pairs for pairs in known) else one
        for at, one in enumerate(found)
    ]


def _placed(version: Reading) -> list[Placed]:
    return [Placed(said, one.line, one.about) for one in version.remarks for said in read(one.text)]


def _pairs(base: Reading, head: Reading, found: Sequence[Placed]) -> dict[int, int]:
    """Give, by the place in the head's list, the line that each has in the base."""
    left = [one for one in _placed(base) if one.about]
    open_ = [(at, one) for at, one in enumerate(found) if one.about]
    pairs = dict(_matched(left, open_, _exactly))
    used = set(pairs.values())
    edited = [one for one in left if one.line not in used and not _is_left_behind(one, base, head)]
    return pairs | dict(_matched(edited, [one for one in open_ if one[0] not in pairs], _scoped))


def _matched(
    left: Sequence[Placed],
    open_: Iterable[tuple[int, Placed]],
    key: Callable[[Placed], tuple[str, ...]],
) -> Iterator[tuple[int, int]]:
    """Use up each of one list for one of the other that has the same key, from the top down."""
    spare: dict[tuple[str, ...], list[Placed]] = defaultdict(list)
    for one in reversed(left):
        spare[key(one)].append(one)
    for at, one in open_:
        if same := spare[key(one)]:
            yield at, same.pop().line


def _is_left_behind(one: Placed, base: Reading, head: Reading) -> bool:
    """Tell whether the code that it spoke of is still there, without it."""
    place = (one.about.scope, one.about.code) if one.about else ("", "")
    return head.code[place] >= base.code[place]


def _exactly(one: Placed) -> tuple[str, ...]:
    return (*_scoped(one), one.about.code if one.about else "")


def _scoped(one: Placed) -> tuple[str, ...]:
    return (one.said.text, one.about.scope if one.about else "")
