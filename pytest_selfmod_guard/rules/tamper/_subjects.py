"""What a change takes out of the product, so that its tests may go with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from posixpath import basename, splitext
from typing import NamedTuple

import libcst as cst

from pytest_selfmod_guard.paths import PRODUCT
from pytest_selfmod_guard.rules.tamper._bound import Bound, renames, survivors
from pytest_selfmod_guard.rules.tamper._nodes import assigned, inside, parameter_names, reached
from pytest_selfmod_guard.rules.tamper._statements import Statement, is_word, statements
from pytest_selfmod_guard.rules.tamper._suite import Suite
from pytest_selfmod_guard.rules.tamper._trees import trees
from pytest_selfmod_guard.view import View

_BINDS = (("=",), (":",))
_SHORTEST = 3  # what is shorter is too common to prove anything


class Removed(NamedTuple):
    """What the product had and has no more."""

    names: frozenset[str]
    """Functions, classes, methods, constants and modules."""
    details: frozenset[str]
    """Parameters, attributes, names that are still used for something, and any word that goes
    where the change only takes away from the product, as the revert of a commit does."""
    renames: Mapping[str, str]
    """Functions and classes that have another name now."""


def removed(view: View) -> Removed:
    """Compare the product's files before and after, as a whole: what moved is not removed."""
    old, new = _Vocabulary(), _Vocabulary()
    for side, vocabulary in (("old", old), ("new", new)):
        for version, tree in trees(view, side):
            if version.zone == PRODUCT:
                vocabulary.add(version.path, Suite(tree))
    surviving = survivors(old.bound, new.bound)
    gone = old.names - new.names - surviving
    modules = {name for name, names in old.modules.items() if names <= gone}
    gone |= modules - new.modules.keys()
    attributes = old.attributes - new.words
    lost = old.parameters - new.parameters
    parameters = {name for function, name in lost if function not in surviving}
    return Removed(
        frozenset(_telling(gone - new.words)),
        frozenset(_telling(gone | attributes | parameters | _taken_back(old, new))),
        renames(old.bound, new.bound),
    )


def _taken_back(old: _Vocabulary, new: _Vocabulary) -> set[str]:
    """Give the words that go with statements of files to which nothing is added."""
    both = old.lines.keys() & new.lines.keys()
    if old.lines.keys() != new.lines.keys() or any(new.lines[p] - old.lines[p] for p in both):
        return set()
    gone = [line for path in both for line in old.lines[path] - new.lines[path]]
    return {piece for line in gone for piece in line if is_word(piece)} - new.words


class _Vocabulary:
    def __init__(self) -> None:
        self.names: set[str] = set()
        self.bound = Bound()
        self.modules: dict[str, set[str]] = {}
        self.words: set[str] = set()
        self.lines: dict[str, Counter[Statement]] = {}
        self.attributes: set[str] = set()
        self.parameters: set[tuple[str, str]] = set()

    def add(self, path: str, suite: Suite) -> None:
        module = splitext(basename(path))[0]
        defined = set(_defined(suite.module.body))
        self.bound.add(path, suite, defined)
        self.names |= defined
        self.modules[module] = defined
        self.words.add(module)
        for function in (*suite.helpers.values(), *suite.tests.values()):
            self.parameters |= {(function.name, name) for name in parameter_names(function.node)}
        lines = statements(suite.module.code)
        self.lines[path] = Counter(lines)
        for line in lines:
            self.words |= {token for token in line if is_word(token)}
            if line[:2] == ("self", ".") and line[3:4] in _BINDS:
                self.attributes.add(line[2])


def _defined(body: Sequence[cst.CSTNode]) -> Iterator[str]:
    for statement in reached(body):
        if isinstance(statement, cst.FunctionDef):
            yield statement.name.value
        elif isinstance(statement, cst.ClassDef):
            yield statement.name.value
            yield from _defined(inside(statement.body))
        else:
            yield from (name for name, _ in assigned(statement) if name and "." not in name)


def _telling(names: Iterable[str]) -> Iterator[str]:
    return (name for name in names if len(name) >= _SHORTEST and not name.startswith("__"))
