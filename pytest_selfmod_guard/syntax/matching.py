"""Which part of its subject each name in a ``case`` pattern captures."""

from __future__ import annotations

import libcst as cst

from .scopes import Key, Path

Captures = dict[int, tuple[cst.BaseExpression, Path]]
Parts = list[tuple[cst.MatchPattern, Path]]


def captures(pattern: cst.MatchPattern, subject: cst.BaseExpression) -> Captures:
    """Give the part of the subject that each capture stands for, as far as it has a place."""
    found: Captures = {}
    waiting: Parts = [(pattern, ())]
    while waiting:
        one, path = waiting.pop()
        if isinstance(one, cst.MatchAs):
            found[id(one)] = (subject, path)
        waiting.extend(_parts(one, path))
    return found


def _parts(one: cst.MatchPattern, path: Path) -> Parts:
    if isinstance(one, cst.MatchAs):
        return [(one.pattern, path)] if one.pattern else []
    if isinstance(one, cst.MatchOr):
        return [(choice.pattern, path) for choice in one.patterns]
    if isinstance(one, cst.MatchClass):
        return [(named.pattern, (*path, named.key.value)) for named in one.kwds]
    if isinstance(one, cst.MatchMapping):
        return [(part.pattern, (*path, Key(part.key))) for part in one.elements]
    if isinstance(one, cst.MatchSequence):
        return _elements(one, path)
    return []


def _elements(sequence: cst.MatchSequence, path: Path) -> Parts:
    found: Parts = []
    place: int | None = 0
    for part in sequence.patterns:
        if isinstance(part, cst.MatchStar):
            place = None
        else:
            found.append((part.value, (*path, place)))
            place = None if place is None else place + 1
    return found
