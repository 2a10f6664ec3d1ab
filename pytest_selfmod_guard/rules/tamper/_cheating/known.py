"""The functions of a change that know inputs by heart which they did not know before."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.rules.tamper._cheating.answers import Answer, answers
from pytest_selfmod_guard.rules.tamper._cheating.constants import Weight
from pytest_selfmod_guard.rules.tamper._cheating.naming import last
from pytest_selfmod_guard.rules.tamper._cheating.plain import Plain, functions, own, tree
from pytest_selfmod_guard.view import File, Side, View

_LOOKS_UP = frozenset(
    ("get", "pop", "tuple", "list", "str", "sorted", "frozenset", "repr", "strip", "lower", "print")
)
_WORK = (
    *(ast.For, ast.AsyncFor, ast.While, ast.BinOp, ast.AugAssign, ast.With, ast.Try),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Call),
)


_SAYS_NOTHING = ("import ", "from ", "#", "class ", "@")


class Known(NamedTuple):
    """A function, what it newly knows, and what it was before."""

    file: File
    function: Plain
    fresh: tuple[Answer, ...]
    """Without those that tell nothing, as 0, 1 and the empty list."""
    before: int
    """How many it knew."""
    work: int
    """How much it computes."""
    work_before: int
    """How much it did; -1 where it is new."""

    @property
    def has_lost_work(self) -> bool:
        """True when it computes much less than it did."""
        return self.work_before > 1 and self.work * 2 < self.work_before


def known(view: View) -> Iterator[Known]:
    """Give the functions of the product that answer more by heart than before."""
    both = [_Both(file) for file in view.files if not paths.is_test(file.path)]
    left = Counter(one.key for file in both for old in file.lost() for one in _telling(old))
    for file in both:
        for function in file.gained():
            fresh = tuple(_without(_telling(function), left))
            if fresh:
                before = file.old.get(function.qualname)
                yield Known(
                    file.file,
                    function,
                    fresh,
                    len(_telling(before)) if before else 0,
                    work(function),
                    work(before) if before else -1,
                )


def work(function: Plain) -> int:
    """Count what a function does beside comparing and looking up."""
    nodes = (node for node in own(function.node.body) if isinstance(node, _WORK))
    return sum(not (isinstance(n, ast.Call) and last(n.func) in _LOOKS_UP) for n in nodes)


class _Both:
    """The functions of one file, before and after."""

    def __init__(self, file: File) -> None:
        self.file = file
        self.old = _named(tree(file.old))
        self._new = _named(tree(file.new))
        self._are_tables_same = _around(file.old, self.old) == _around(file.new, self._new)

    def lost(self) -> Iterator[Plain]:
        """Give the functions that are not the same any more."""
        return (one for name, one in self.old.items() if not self._is_same(name))

    def gained(self) -> Iterator[Plain]:
        """Give those that were not the same before."""
        return (one for name, one in self._new.items() if not self._is_same(name))

    def _is_same(self, name: str) -> bool:
        if not self._are_tables_same or name not in self.old or name not in self._new:
            return False
        return _text(self.file.old, self.old[name]) == _text(self.file.new, self._new[name])


def _named(module: ast.Module | None) -> dict[str, Plain]:
    return {one.qualname: one for one in functions(module)} if module is not None else {}


def _text(side: Side | None, function: Plain) -> list[str]:
    return side.lines[function.node.lineno - 1 : function.node.end_lineno] if side else []


def _around(side: Side | None, known: dict[str, Plain]) -> list[str]:
    """Give the lines outside all functions, where tables stand; imports say nothing."""
    lines = list(side.lines) if side else []
    for one in known.values():
        first, last_line = one.node.lineno - 1, one.node.end_lineno or one.node.lineno
        lines[first:last_line] = [""] * (last_line - first)
    return [line for line in lines if line.strip() and not line.startswith(_SAYS_NOTHING)]


def _without(found: list[Answer], left: Counter[tuple[tuple[str, ...], str]]) -> Iterator[Answer]:
    """Leave out what some function knew before."""
    for answer in found:
        if left[answer.key]:
            left[answer.key] -= 1
        else:
            yield answer


def _telling(function: Plain) -> list[Answer]:
    return [answer for answer in answers(function) if answer.weight > Weight.TRIVIAL]
