"""The tests before and after a change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from pytest_selfmod_guard.rules.tamper._collection import Collection
from pytest_selfmod_guard.rules.tamper._contents import Contents
from pytest_selfmod_guard.rules.tamper._marks import Marks, Reach, Skip
from pytest_selfmod_guard.rules.tamper._skips import Skips
from pytest_selfmod_guard.rules.tamper._suite import Key, Suite
from pytest_selfmod_guard.rules.tamper._trees import parsed, trees
from pytest_selfmod_guard.view import File, Side, View

SKIP_WORDS = (b"skip", b"Skip", b"xfail", b"expectedFailure")


class Case(NamedTuple):
    """One test in one version of one file."""

    file: File
    contents: Contents
    skip: Skip | None
    """The strongest of what skips it."""
    skips: Skips
    """Those of its module."""

    @property
    def key(self) -> Key:
        return self.contents.function.key

    @property
    def place(self) -> tuple[str, Key]:
        """Where it is, in a file that may have moved as a whole."""
        return self.file.path, self.key

    @property
    def name(self) -> str:
        """As pytest would call it, without the file."""
        scope, name = self.key
        return "::".join([*filter(None, scope.split(".")), name])

    @property
    def line(self) -> int:
        """Where it is defined."""
        return self.contents.suite.parsed.line(self.contents.function.node.name)

    @property
    def line_of_skip(self) -> int:
        """Where it is skipped; 0 if it is not."""
        return self.contents.suite.parsed.line(self.skip.node) if self.skip else 0

    @property
    def is_silenced(self) -> bool:
        """True when it never runs."""
        return self.skip is not None and self.skip.reach is Reach.ALWAYS


class Cases:
    """The tests of both sides, and which of them are on one side only."""

    def __init__(self, view: View) -> None:
        """Look at the Python files of a change; only its test modules count."""
        self._view = view
        self._collection = Collection(view.change.base)

    def is_collected(self, path: str) -> bool:
        """Tell whether pytest would look for tests in a file."""
        return self._collection.has(path) and self._collection.enters(path)

    @cached_property
    def old(self) -> list[Case]:
        """Every test that the change could take away."""
        marks = _given(self._view, "old")
        return [
            case
            for file in self._view.files
            if file.old is not None and self._collection.has(file.old.path)
            for case in _cases(file, file.old, marks)
        ]

    @cached_property
    def new(self) -> list[Case]:
        """Every test that is collected afterwards from the files of the change."""
        marks = _given(self._view, "new")
        return [
            case
            for file in self._view.files
            if file.new is not None and self.is_collected(file.new.path)
            for case in _cases(file, file.new, marks)
        ]

    @cached_property
    def places(self) -> dict[tuple[str, Key], Case]:
        """The new tests by where they are."""
        return {case.place: case for case in self.new}

    @cached_property
    def lost(self) -> list[Case]:
        """The old tests that are not at their place any more."""
        return [case for case in self.old if case.place not in self.places]

    @cached_property
    def kept(self) -> list[Case]:
        """The old tests that are."""
        return [case for case in self.old if case.place in self.places]

    @cached_property
    def fresh(self) -> list[Case]:
        """The new tests that were not there before."""
        known = {case.place for case in self.old}
        return [case for case in self.new if case.place not in known]


def _cases(file: File, side: Side, marks: Mapping[str, Reach]) -> Iterator[Case]:
    tree = parsed(side)
    if tree is None:
        return
    suite = Suite(tree)
    skips = Skips(suite, marks)
    is_skipping = bool(marks) or _speaks_of_skips(side)
    for test in suite.tests.values():
        skip = skips.of(test) if is_skipping else None
        yield Case(file, Contents(test, suite), skip, skips)


def _given(view: View, version: str) -> dict[str, Reach]:
    """Give the names that any module of the change gives to skips, for others to import."""
    found: dict[str, Reach] = {}
    for side, tree in trees(view, version):
        if _speaks_of_skips(side):
            found.update(Marks(Suite(tree), {}).given())
    return found


def _speaks_of_skips(side: Side) -> bool:
    """Tell whether a file has a word without which nothing is skipped."""
    data = side.blob.data or b""
    return not data.isascii() or any(word in data for word in SKIP_WORDS)
