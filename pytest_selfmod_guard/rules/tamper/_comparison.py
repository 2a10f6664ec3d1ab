"""Where the tests that left their place went."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType

from pytest_selfmod_guard.paths import TEST
from pytest_selfmod_guard.rules.tamper._cases import Case, Cases
from pytest_selfmod_guard.rules.tamper._contents import Contents
from pytest_selfmod_guard.rules.tamper._helpers import Helpers
from pytest_selfmod_guard.rules.tamper._shape import is_check, loose
from pytest_selfmod_guard.rules.tamper._statements import Statement, is_literal
from pytest_selfmod_guard.rules.tamper._suite import Suite
from pytest_selfmod_guard.rules.tamper._trees import trees
from pytest_selfmod_guard.view import View

_NO_RENAMES: Mapping[str, str] = MappingProxyType({})
_CHECK, _OTHER = 3, 1  # what a statement weighs
_MOST_CHECKS, _MOST, _MOST_WITHOUT_CHECKS = 0.5, 0.4, 0.6


class Comparison:
    """Follows the tests of the base through a change."""

    def __init__(self, view: View) -> None:
        """Look at the Python files of a change; only its test modules count."""
        self._view = view
        self.cases = Cases(view)

    def successor(self, case: Case) -> Case | None:
        """Give the new test that an old one became: the same place, or the same body."""
        return self.cases.places.get(case.place) or self._same_body(case, case.contents.exact)

    def is_found_again(self, case: Case, renames: Mapping[str, str] = _NO_RENAMES) -> bool:
        """
        Tell whether most of what a lost test says is now said by others.

        :param renames: names of the product that are other names now
        """
        said = case.contents.exact
        exact = tuple(tuple(renames.get(piece, piece) for piece in line) for line in said)
        if self._same_body(case, exact) is not None or self._is_kept_elsewhere(case):
            return True
        every = [(is_check(line), self._is_said(line)) for line in exact]
        checks = [said for checks, said in every if checks]
        weights = [(_CHECK if checks else _OTHER, said) for checks, said in every]
        total = sum(weight for weight, said in weights if said) / max(1, sum(w for w, _ in weights))
        if not checks:
            return total >= _MOST_WITHOUT_CHECKS
        return sum(checks) / len(checks) >= _MOST_CHECKS and total >= _MOST

    def _is_kept_elsewhere(self, case: Case) -> bool:
        """Tell whether what was a test by configuration only is still written down."""
        guessed = any(case is other for other in self.cases.guessed)
        return guessed and case.contents.exact in self._bodies_of_tests

    def hidden(self, case: Case) -> str:
        """Give the name of an uncollected function that has a lost test's body; else empty."""
        return self._bodies_of_helpers.get(case.contents.exact, "")

    def names(self, case: Case) -> frozenset[str]:
        """Give what a test is about, also by way of the helpers it calls."""
        helpers = self._old_helpers.called(case.contents.names)
        return case.contents.names.union(*(helper.names for helper in helpers))

    def _same_body(self, case: Case, exact: tuple[Statement, ...]) -> Case | None:
        fresh = {id(other) for other in self.cases.fresh}
        twins = [
            other
            for other in self._by_body.get(exact, ())
            if id(other) in fresh or _is_double(case, other)
        ]
        return min(twins, key=lambda other: other.is_silenced, default=None)

    @cached_property
    def _by_body(self) -> dict[tuple[Statement, ...], list[Case]]:
        found: dict[tuple[Statement, ...], list[Case]] = defaultdict(list)
        for case in self.cases.new:
            if case.contents.exact:
                found[case.contents.exact].append(case)
        return found

    @cached_property
    def _bodies_of_tests(self) -> frozenset[tuple[Statement, ...]]:
        """The body of every function on the tests' side, whoever collects it."""
        suites = [Suite(tree) for side, tree in trees(self._view, "new") if side.zone == TEST]
        every = [
            (one, suite)
            for suite in suites
            for one in (*suite.helpers.values(), *suite.tests.values())
        ]
        return frozenset(Contents(one, suite).exact for one, suite in every)

    @cached_property
    def _bodies_of_helpers(self) -> dict[tuple[Statement, ...], str]:
        suites = [Suite(tree) for _, tree in trees(self._view, "new")]
        helpers = [(helper, suite) for suite in suites for helper in suite.helpers.values()]
        return {Contents(helper, suite).exact: helper.name for helper, suite in helpers}

    @cached_property
    def _old_helpers(self) -> Helpers:
        return Helpers(self.cases.old, "old", self._view)

    @cached_property
    def _said_before(self) -> list[Contents]:
        """What was said before, and is not by a lost test."""
        words = {word for case in self.cases.old for word in case.contents.words}
        kept = [case.contents for case in self.cases.kept]
        return [*kept, *self._old_helpers.called(words)]

    @cached_property
    def _said_now(self) -> list[Contents]:
        running = self.cases.speaking
        callers = [*running, *(self.cases.places[place] for place in self.cases.running_shells)]
        words = {word for case in callers for word in case.contents.words}
        helpers = Helpers(running, "new", self._view).called(words)
        return [*(case.contents for case in running), *helpers]

    @cached_property
    def _gained(self) -> frozenset[Statement]:
        """The statements that running tests have more of than before."""
        old = Counter(line for contents in self._said_before for line in contents.exact)
        new = Counter(line for contents in self._said_now for line in contents.exact)
        return frozenset(new - old)

    @cached_property
    def _patterns(self) -> dict[Statement, list[frozenset[str]]]:
        """The gained statements without their literals, with the literals of their tests."""
        found: dict[Statement, list[frozenset[str]]] = defaultdict(list)
        for contents in self._said_now:
            for line in contents.exact:
                if line in self._gained:
                    found[loose(line)].append(contents.literals)
        return found

    def _is_said(self, line: Statement) -> bool:
        if line in self._gained:
            return True
        literals = {piece for piece in line if is_literal(piece)}
        if any(literals <= known for known in self._patterns.get(loose(line), ())):
            return True
        return any(literals <= known and _words(line) <= words for words, known in self._tables)

    @cached_property
    def _tables(self) -> list[tuple[frozenset[str], frozenset[str]]]:
        """The gained assertions that hand whole tables of arguments on, with their literals."""
        return [
            (_words(line), contents.literals)
            for contents in self._said_now
            for line in contents.exact
            if line in self._gained and is_check(line) and "**" in line
        ]


def _words(line: Statement) -> frozenset[str]:
    """Give the names in a statement, without those of arguments."""
    pairs = zip(line, (*line[1:], ""), strict=True)
    return frozenset(one for one, then in pairs if one.isidentifier() and then != "=")


def comparison_of(view: View) -> Comparison:
    """Follow the tests of a change, once for all rules that ask."""
    return view.once(Comparison)


def _is_double(case: Case, other: Case) -> bool:
    """Tell whether a test that was there all along says the same in the same place."""
    beside = (case.file.path, case.key[0]) == (other.file.path, other.key[0])
    return beside and case.contents.literals <= other.contents.literals
