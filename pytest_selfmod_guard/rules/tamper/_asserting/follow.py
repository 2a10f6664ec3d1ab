"""Where each assertion of the base's tests went."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from pytest_selfmod_guard.paths import TEST
from pytest_selfmod_guard.rules.tamper._asserting.checks import SILENT, Check
from pytest_selfmod_guard.rules.tamper._asserting.fates import Fate, fates
from pytest_selfmod_guard.rules.tamper._asserting.sameness import dumped, words
from pytest_selfmod_guard.rules.tamper._asserting.tables import literals_of
from pytest_selfmod_guard.rules.tamper._asserting.units import (
    Definition,
    Key,
    Module,
    Unit,
    parametrized,
)
from pytest_selfmod_guard.rules.tamper._comparison import comparison_of
from pytest_selfmod_guard.rules.tamper._trees import parsed
from pytest_selfmod_guard.view import View

Place = tuple[str, Key]


class Lost(NamedTuple):
    """An assertion of the base that is not made any more as it was."""

    old: Check
    fate: Fate
    unit: Unit
    """Where it was."""
    heir: Unit
    """The function that should make it now."""


class Following:
    """The assertions of both sides of a change, matched."""

    def __init__(self, view: View) -> None:
        """Look at what a change does on the tests' side."""
        self.comparison = comparison_of(view)
        self.cases = self.comparison.cases
        self._old = _modules(view, "old")
        self._new = _modules(view, "new")

    @cached_property
    def lost(self) -> list[Lost]:
        """Give what is lost from tests and helpers that are still there, in some form."""
        return list(self._lost())

    def module(self, unit: Unit, version: str) -> Module:
        """Give the file of a function."""
        return self.modules(version)[unit.path]

    def modules(self, version: str) -> dict[str, Module]:
        """Give the files of one version on the tests' side, by their paths."""
        return self._old if version == "old" else self._new

    def heir(self, unit: Unit) -> Unit | None:
        """Give what took the place of a function of the base; None if nothing did."""
        return self._heirs.get(unit.place)

    def keeps(self, place: Place) -> bool:
        """Tell whether tests that run assert all that a test of the base did."""
        unit = self.old.get(place)
        asked = [one.key for one in _live(unit.own)] if unit is not None else []
        return bool(asked) and all(self._said[key] > 0 for key in asked)

    @cached_property
    def _said(self) -> Counter[tuple[object, ...]]:
        """What tests assert that run, beyond what those of the same place did before."""
        running = {case.place for case in self.cases.speaking}
        said: Counter[tuple[object, ...]] = Counter(
            one.key
            for place, unit in self.new.items()
            if place in running
            for one in _live(unit.every)
            if not _bars(one)
        )
        for place, unit in self.old.items():
            if place in self.new:
                said.subtract(Counter(one.key for one in _live(unit.every)))
        return said

    def gained(self, unit: Unit) -> list[Check]:
        """Give what a function asserts newly and can fail."""
        return [one for one in self._unmatched.get(unit.place, ()) if not one.is_silent]

    @cached_property
    def old(self) -> dict[Place, Unit]:
        """The functions of the base that the change touches."""
        return _touched(self._old, self._new)

    @cached_property
    def new(self) -> dict[Place, Unit]:
        """The functions that the change touches, or adds, as they are afterwards."""
        return _touched(self._new, self._old)

    def _lost(self) -> Iterator[Lost]:
        rest = dict(self._unmatched)
        for place, checks in self._missing(self._pool).items():
            heir = self._heirs.get(place)
            if heir is None:
                continue
            silent = [one for one in checks if not self._is_said_elsewhere(one)]
            for old, what in fates(silent, rest.get(heir.place, [])):
                yield Lost(old, what, self.old[place], heir)

    @cached_property
    def _pool(self) -> Counter[tuple[object, ...]]:
        """Every live assertion of the touched functions, helpers' included, by what it says."""
        pool: Counter[tuple[object, ...]] = Counter(
            one.key for unit in self.new.values() for one in _live(unit.every)
        )
        for unit in self.old.values():
            pool.subtract(Counter(one.key for one in unit.every[len(unit.own) :]))
        return +pool

    def _missing(self, pool: Counter[tuple[object, ...]]) -> dict[Place, list[Check]]:
        """Give the assertions that nobody makes any more, by where they were."""
        missing: dict[Place, list[Check]] = defaultdict(list)
        left = pool.copy()
        silenced = {case.place for case in self.cases.old if case.is_silenced}
        for place, unit in self.old.items():
            heir = self.new.get(place)
            guards = {one.key: _bars(one) for one in heir.every} if heir else {}
            for one in _live(unit.own):
                barred = guards.get(one.key, frozenset()) - _bars(one)
                if left[one.key] and not barred:
                    left[one.key] -= 1
                elif place not in silenced:
                    missing[place].append(one)
        return missing

    @cached_property
    def _unmatched(self) -> dict[Place, list[Check]]:
        """Give the assertions that were not made before, by where they are."""
        before = Counter(
            (place, one.key, _bars(one)) for place, unit in self.old.items() for one in unit.every
        )
        known = {(one.key, _bars(one)) for unit in self.old.values() for one in unit.every}
        found: dict[Place, list[Check]] = defaultdict(list)
        for place, unit in self.new.items():
            for one in unit.every:
                key = (place, one.key, _bars(one))
                if before[key]:
                    before[key] -= 1
                elif place in self.old or key[1:] not in known:
                    # What a new function has from an old one has moved and is not new.
                    found[place].append(one)
        return found

    @cached_property
    def _heirs(self) -> dict[Place, Unit]:
        """Give the functions that took the place of those of the base."""
        found: dict[Place, Unit] = {}
        by_key: dict[tuple[object, ...], list[Unit]] = defaultdict(list)
        for place, unit in self.new.items():
            if place not in self.old:
                for one in _live(unit.every):
                    by_key[one.key].append(unit)
        for place, unit in self.old.items():
            if place in self.new:
                found[place] = self.new[place]
                continue
            votes = Counter(
                other.place for one in _live(unit.own) for other in by_key.get(one.key, ())[:20]
            )
            if votes:
                found[place] = self.new[votes.most_common(1)[0][0]]
        return found

    @cached_property
    def _patterns(self) -> dict[tuple[str, str, str], list[frozenset[str]]]:
        """The new assertions without their literals, with the literals of their functions."""
        found: dict[tuple[str, str, str], list[frozenset[str]]] = defaultdict(list)
        for place, checks in self._unmatched.items():
            unit = self.new[place]
            known = self._literals(unit)
            is_parametrized = any(parametrized(unit.node, unit.owners))
            for one in checks:
                turns = is_parametrized or any(guard.kind == "loop" for guard in one.guards)
                if turns and not one.is_silent and not _bars(one):
                    found[one.loose].append(known | one.literals if known else known)
        return found

    def _is_said_elsewhere(self, check: Check) -> bool:
        """Tell whether a new parametrized assertion, or one in a loop, says the same."""
        return any(
            check.literals <= known for known in self._patterns.get(check.loose, ()) if known
        )

    def _literals(self, unit: Unit) -> frozenset[str]:
        """Give the literals of a function's parameters and loops, where it has some."""
        return literals_of(unit, self.module(unit, "new"))


def following(view: View) -> Following:
    """Follow the assertions of a change, once for all rules that ask."""
    return view.once(Following)


def _modules(view: View, version: str) -> dict[str, Module]:
    found = {}
    for file in view.files:
        side = file.old if version == "old" else file.new
        if side is not None and side.zone == TEST:
            tree = parsed(side)
            if tree is not None:
                found[file.path] = Module(file.path, tree)
    return found


def _touched(mine: dict[str, Module], others: dict[str, Module]) -> dict[Place, Unit]:
    """Read the functions of one version that are not the same in the other."""
    helpers, theirs = _helpers(mine), _helpers(others)
    same = frozenset(
        name
        for name, (node, _) in helpers.items()
        if name not in theirs or dumped(node) == dumped(theirs[name][0])
    )
    found = {}
    for path, module in mine.items():
        other = others.get(path)
        changed = _changed_names(module, other)
        for key in module.functions:
            if other is None or not _is_same(key, module, other, changed):
                unit = module.unit(key, helpers, same)
                found[unit.place] = unit
    return found


def _helpers(modules: dict[str, Module]) -> dict[str, Definition]:
    return {
        key[1]: definition
        for module in modules.values()
        for key, definition in module.functions.items()
        if not key[1].startswith("test")
    }


def _changed_names(module: Module, other: Module | None) -> frozenset[str]:
    """Give the constants, contexts and decorators at the top that are not the same."""
    if other is None:
        return frozenset()
    mine, theirs = module.top, other.top
    return frozenset(
        name for name in mine.keys() | theirs.keys() if mine.get(name) != theirs.get(name)
    )


def _is_same(key: Key, module: Module, other: Module, changed: frozenset[str]) -> bool:
    if key not in other.functions:
        return False
    mine, theirs = module.functions[key][0], other.functions[key][0]
    # What is written alike is the same, which is told faster than by its syntax.
    if module.written(mine) != other.written(theirs) and dumped(mine) != dumped(theirs):
        return False
    return changed.isdisjoint(words(mine)) if changed else True


def _live(checks: tuple[Check, ...]) -> Iterator[Check]:
    return (one for one in checks if one.speaks)


def _bars(check: Check) -> frozenset[object]:
    """Give what keeps an assertion from speaking: conditions and worse, no loops."""
    return frozenset(one for one in check.guards if one.kind in {*SILENT, "if"})
