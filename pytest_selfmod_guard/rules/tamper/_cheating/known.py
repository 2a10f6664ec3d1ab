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
from pytest_selfmod_guard.view import File, View

_LOOKS_UP = frozenset(
    ("get", "pop", "tuple", "list", "str", "sorted", "frozenset", "repr", "strip", "lower", "print")
)
_WORK = (
    *(ast.For, ast.AsyncFor, ast.While, ast.BinOp, ast.AugAssign, ast.With, ast.Try),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Call),
)


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
    old = _Before(view)
    for file in view.files:
        if file.new is None or paths.is_test(file.path):
            continue
        module = tree(file.new)
        for function in functions(module) if module is not None else ():
            fresh = tuple(old.without(file, function, answers(function)))
            if fresh:
                before = old.functions.get((file.path, function.qualname))
                yield Known(
                    file,
                    function,
                    fresh,
                    len(_telling(answers(before))) if before else 0,
                    work(function),
                    work(before) if before else -1,
                )


def work(function: Plain) -> int:
    """Count what a function does beside comparing and looking up."""
    nodes = (node for node in own(function.node.body) if isinstance(node, _WORK))
    return sum(not (isinstance(n, ast.Call) and last(n.func) in _LOOKS_UP) for n in nodes)


class _Before:
    """What the product's functions knew in the base."""

    def __init__(self, view: View) -> None:
        self.functions: dict[tuple[str, str], Plain] = {}
        self._left: Counter[tuple[tuple[str, ...], str]] = Counter()
        for file in view.files:
            if file.old is None or paths.is_test(file.change.before):
                continue
            module = tree(file.old)
            for function in functions(module) if module is not None else ():
                self.functions[file.path, function.qualname] = function
                self._left.update(answer.key for answer in _telling(answers(function)))

    def without(self, file: File, function: Plain, found: list[Answer]) -> Iterator[Answer]:
        """Give the answers that no function knew before."""
        before = self.functions.get((file.path, function.qualname))
        if before is not None and ast.dump(before.node) == ast.dump(function.node):
            same = {answer.key for answer in answers(before)}
            found = [answer for answer in found if answer.key not in same]
        for answer in _telling(found):
            if self._left[answer.key]:
                self._left[answer.key] -= 1
            else:
                yield answer


def _telling(found: list[Answer]) -> list[Answer]:
    return [answer for answer in found if answer.weight > Weight.TRIVIAL]
