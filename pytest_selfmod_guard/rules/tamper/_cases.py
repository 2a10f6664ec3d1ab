"""The tests before and after a change."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from pytest_selfmod_guard.rules.tamper._collection import Collection
from pytest_selfmod_guard.rules.tamper._contents import Contents
from pytest_selfmod_guard.rules.tamper._effect import Effect
from pytest_selfmod_guard.rules.tamper._inheriting import Finder
from pytest_selfmod_guard.rules.tamper._marks import Marks, Reach, Skip
from pytest_selfmod_guard.rules.tamper._settings import settings
from pytest_selfmod_guard.rules.tamper._shells import Shells
from pytest_selfmod_guard.rules.tamper._skips import Skips
from pytest_selfmod_guard.rules.tamper._suite import Key, Suite
from pytest_selfmod_guard.rules.tamper._trees import finder, parsed, trees
from pytest_selfmod_guard.rules.tamper._uncollected import Uncollected, is_lost
from pytest_selfmod_guard.view import File, Side, View

_SKIPPING = re.compile(
    rb"skip|Skip|xfail|expectedFailure|getattr|[eE]xit|KeyboardInterrupt|parametrize"
    rb"|^[ \t]*(?:if|for|while)\b",
    re.MULTILINE,
)


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
        if not (self._collection.has(path) and self._collection.enters(path)):
            return False
        if path in self._kept:
            return True
        return self._collection.names(path, self._known) and self._is_below_a_root(path)

    @cached_property
    def _kept(self) -> frozenset[str]:
        """The files of the change that stay where they are."""
        return frozenset(file.path for file in self._view.files if not file.change.old_path
                         and file.old is not None)  # fmt: skip

    @cached_property
    def _known(self) -> frozenset[str]:
        """Every file of the base."""
        return self._view.rest.paths()

    @cached_property
    def _roots(self) -> list[str]:
        """Where pytest is told to look, as far as these folders are there."""
        told = settings(self._view.after).words("testpaths")
        roots = [root.strip("./") for root in told if not re.search(r"[*?\[]", root)]
        is_plain = len(roots) == len(told) and all(roots)
        here = any(path.startswith(f"{root}/") for root in roots for path in self._known)
        return roots if is_plain and here else []

    def _is_below_a_root(self, path: str) -> bool:
        return not self._roots or any(
            path == root or path.startswith(f"{root}/") for root in self._roots
        )

    @cached_property
    def old(self) -> list[Case]:
        """Every test that the change could take away."""
        marks = _given(self._view, "old")
        known = [
            case
            for file in self._view.files
            if file.old is not None and self._collection.has(file.old.path)
            for case in _cases(file, file.old, marks, finder(self._view, "old"))
        ]
        return [*known, *self.guessed]

    @cached_property
    def guessed(self) -> list[Case]:
        """What deleted files had that only configuration can have made tests."""
        uncollected = Uncollected(self._view)
        return [
            Case(file, contents, None, Skips(contents.suite, {}))
            for file in self._view.files
            if is_lost(file)
            for contents in uncollected.of(file, is_module=self._collection.has(file.change.before))
        ]

    @cached_property
    def new(self) -> list[Case]:
        """Every test that is collected afterwards from the files of the change."""
        marks = _given(self._view, "new")
        return [
            case
            for file in self._view.files
            if file.new is not None and self.is_collected(file.new.path)
            for case in _cases(file, file.new, marks, finder(self._view, "new"))
        ]

    @cached_property
    def places(self) -> dict[tuple[str, Key], Case]:
        """The new tests by where they are."""
        return {case.place: case for case in self.new}

    @cached_property
    def hollow(self) -> dict[tuple[str, Key], Effect]:
        """What is left of the old tests that assert nothing any more, by where they are."""
        shells = Shells()
        pairs = [(case, self.places[case.place]) for case in self.old if case.place in self.places]
        found = {old.place: _left(old, new, shells) for old, new in pairs}
        return {place: left for place, left in found.items() if left < Effect.CHECKS}

    @cached_property
    def lost(self) -> list[Case]:
        """The old tests that are not at their place any more, or only as a shell."""
        return [case for case in self.old if not self._stays(case)]

    @cached_property
    def kept(self) -> list[Case]:
        """The old tests that are."""
        return [case for case in self.old if self._stays(case)]

    @cached_property
    def fresh(self) -> list[Case]:
        """The new tests that were not there before."""
        known = {case.place for case in self.old}
        return [case for case in self.new if case.place not in known]

    @cached_property
    def running_shells(self) -> list[tuple[str, Key]]:
        """Where tests assert nothing any more, but call something."""
        return [place for place, left in self.hollow.items() if left is Effect.RUNS]

    @cached_property
    def speaking(self) -> list[Case]:
        """The new tests that run, and can fail."""
        shells, fresh = Shells(), {id(case) for case in self.fresh}
        return [
            case
            for case in self.new
            if not case.is_silenced
            and case.place not in self.hollow
            and not (id(case) in fresh and shells.is_idle(case.contents))
        ]

    def _stays(self, case: Case) -> bool:
        return case.place in self.places and case.place not in self.hollow


def _left(old: Case, new: Case, shells: Shells) -> Effect:
    return Effect.CHECKS if new.is_silenced else shells.left(old.contents, new.contents)


def _cases(file: File, side: Side, marks: Mapping[str, Reach], find: Finder) -> Iterator[Case]:
    tree = parsed(side)
    if tree is None:
        return
    suite = Suite(tree, find)
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
    return not data.isascii() or _SKIPPING.search(data) is not None
