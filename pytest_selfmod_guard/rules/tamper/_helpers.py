"""The functions beside tests that do the talking for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.rules.tamper._cases import Case
from pytest_selfmod_guard.rules.tamper._contents import Contents
from pytest_selfmod_guard.rules.tamper._suite import Suite
from pytest_selfmod_guard.rules.tamper._trees import trees
from pytest_selfmod_guard.view import View


class Helpers:
    """Helpers, fixtures and base classes' methods of one version of the tests."""

    def __init__(self, cases: Iterable[Case], version: str, view: View) -> None:
        """Collect them from the tests' own modules, and from those beside them."""
        suites = {id(case.contents.suite): case.contents.suite for case in cases}
        beside = [
            Suite(tree)
            for side, tree in trees(view, version)
            if side.zone == paths.TEST and not paths.is_test_module(side.path)
        ]
        self._by_name: dict[str, list[Contents]] = defaultdict(list)
        for suite in [*suites.values(), *beside]:
            for helper in suite.helpers.values():
                self._by_name[helper.name].append(Contents(helper, suite))

    def called(self, words: Iterable[str]) -> Iterator[Contents]:
        """Give those that are called by one of the names, and those that these call."""
        waiting = set(words) & self._by_name.keys()
        known: set[str] = set()
        while waiting:
            name = waiting.pop()
            known.add(name)
            for helper in self._by_name[name]:
                yield helper
                waiting |= (helper.words & self._by_name.keys()) - known
