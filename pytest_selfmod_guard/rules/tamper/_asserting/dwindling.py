"""Tests that are still there and run on less."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules.tamper._asserting.checks import literals
from pytest_selfmod_guard.rules.tamper._asserting.follow import Following
from pytest_selfmod_guard.rules.tamper._asserting.inlining import text
from pytest_selfmod_guard.rules.tamper._asserting.sides import Sides
from pytest_selfmod_guard.rules.tamper._asserting.spelled import last
from pytest_selfmod_guard.rules.tamper._asserting.tables import Table, table
from pytest_selfmod_guard.rules.tamper._asserting.units import Unit
from pytest_selfmod_guard.rules.tamper._asserting.values import constants, valued
from pytest_selfmod_guard.view import View

_FEW, _TIMES = 10, 10  # examples: so few, or so many times fewer than before
_DEFAULT_EXAMPLES = 100
_NARROW = frozenset(("just", "nothing", "none"))


class Dropped(NamedTuple):
    """What one test does not run on any more."""

    heir: Unit
    cases: list[str]
    changed: list[str]
    """Cases that keep their input and expect something else."""
    cuts: list[str]
    risk: Risk
    is_certain: bool
    """False where a reviewer would have to ask."""


def dropped(view: View, following: Following) -> Iterator[Dropped]:
    """Compare the cases of the tests that a change touches."""
    pairs = [(unit, heir) for unit in following.old.values() if (heir := following.heir(unit))]
    tables = [
        (unit, heir, table(unit, following.module(unit, "old")), _heir_table(heir, following))
        for unit, heir in pairs
    ]
    if not any(old.cases or old.sources for _, _, old, _ in tables) and not _may_narrow(pairs):
        return
    elsewhere = _elsewhere(following)
    sides = Sides(view)
    for unit, heir, old, new in tables:
        found = _compared(unit, heir, (old, new), elsewhere, sides)
        if found.cases or found.changed or found.cuts:
            yield found


def _heir_table(heir: Unit, following: Following) -> Table:
    return table(heir, following.module(heir, "new"))


def _compared(
    unit: Unit,
    heir: Unit,
    tables: tuple[Table, Table],
    elsewhere: list[frozenset[str]],
    sides: Sides,
) -> Dropped:
    old, new = tables
    gone, fresh = list((old.cases - new.cases).elements()), list((new.cases - old.cases).elements())
    lost, changed = [], []
    for case in gone:
        told = literals(case)
        same = next((one for one in fresh if _is_same(case, one)), None)
        other = same or next((one for one in fresh if _is_same_input(case, one)), None)
        if other is not None:
            fresh.remove(other)
        if same is None and other is not None:
            changed.append(case)
        elif other is None and not _is_elsewhere(case, told, elsewhere):
            lost.append(case)
    # As many others in their place are a rewritten table, which a reviewer must read.
    renewed = min(len(lost), len(fresh))
    cuts = [how for name, how in new.cuts - old.cuts if name in old.sources or old.cases]
    cuts += _narrowed(unit, heir)
    explained = [case for case in lost if sides.explains(case)]
    lost = [case for case in lost if case not in explained]
    certain = not renewed and not sides.touches_product
    return Dropped(heir, lost, changed, cuts, Risk.HIGH, certain)


def _is_same(old: str, new: str) -> bool:
    """Tell whether a case says all that another one said, by the values in it."""
    before = Counter(map(valued, _parts(old)))
    if before and not before - Counter(map(valued, _parts(new))):
        return True
    told = constants(old)
    is_other = _is_same_input(old, new) and told != constants(new)
    return bool(told) and told <= constants(new) and not is_other


def _elsewhere(following: Following) -> list[frozenset[str]]:
    """Give the literals of each new function, of each new assertion, and of each new case."""
    fresh = [unit for place, unit in following.new.items() if place not in following.old]
    found = [literals(text(unit.node)) for unit in fresh]
    found += [one.literals for unit in following.new.values() for one in following.gained(unit)]
    for unit in following.new.values():
        before = following.old.get(unit.place)
        known = table(before, following.module(before, "old")).cases if before else Counter[str]()
        cases = table(unit, following.module(unit, "new")).cases - known
        found += [literals(case) | {case} for case in cases]
    return [one for one in found if one]


def _is_elsewhere(case: str, told: frozenset[str], elsewhere: list[frozenset[str]]) -> bool:
    return any(case in one or (told and told <= one) for one in elsewhere)


def _is_same_input(old: str, new: str) -> bool:
    """Tell whether two cases begin alike, and end in another way."""
    before, after = _parts(old), _parts(new)
    return len(before) == len(after) > 1 and before[0] == after[0] and before != after


def _parts(case: str) -> list[str]:
    try:
        node = ast.parse(case, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    return [text(one) for one in node.elts] if isinstance(node, ast.Tuple | ast.List) else []


def _may_narrow(pairs: list[tuple[Unit, Unit]]) -> bool:
    return any(_given(unit) for unit, _ in pairs)


def _narrowed(unit: Unit, heir: Unit) -> Iterator[str]:
    """Say where hypothesis makes fewer examples than before."""
    if not _given(unit):
        return
    before, after = _examples(unit), _examples(heir)
    if after < before and (after < _FEW or after * _TIMES <= before):
        yield f"at most {after} examples"
    old, new = _given(unit), _given(heir)
    for strategy in new - old:
        if strategy.split("(")[0].rpartition(".")[2] in _NARROW and not old & new:
            yield strategy


def _given(unit: Unit) -> set[str]:
    return {
        text(one)
        for mark in unit.node.decorator_list
        if isinstance(mark, ast.Call) and last(mark.func) == "given"
        for one in (*mark.args, *(keyword.value for keyword in mark.keywords))
    }


def _examples(unit: Unit) -> int:
    for mark in unit.node.decorator_list:
        if isinstance(mark, ast.Call) and last(mark.func) == "settings":
            for keyword in mark.keywords:
                value = getattr(keyword.value, "value", None)
                if keyword.arg == "max_examples" and isinstance(value, int):
                    return value
    return _DEFAULT_EXAMPLES
