"""SMG507: a definition that hides another."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, source_rule
from pytest_selfmod_guard.rules.validity._pyflakes import remarks
from pytest_selfmod_guard.view import Side


@source_rule(
    "SMG507",
    risk=Risk.MEDIUM,
    hint="give one of the two another name, or delete the one that is not meant",
)
def defined_twice(side: Side) -> Iterable[Sighting]:
    """
    A file defines a name a second time before the first was ever used.

    The first definition is dead from then on. It happens where code is pasted
    in twice, and in a test file the first test never runs. Overloads,
    properties and definitions under a condition are silent. pyflakes looks
    for it.

    Flagged: two functions of one name [medium]
        === shop/cart.py
          def total(items):
              return sum(items)
        +
        + def total(items):
        +     return sum(items) * 2

    Allowed: one for each case
        === shop/cart.py
          import sys
        + if sys.platform == "win32":
        +     def total(items):
        +         return sum(items)
        + else:
        +     def total(items):
        +         return sum(items) + 0

    Allowed: another name
        === shop/cart.py
          def total(items):
              return sum(items)
        +
        + def double(items):
        +     return sum(items) * 2
    """
    if side.unparsable:
        return  # SMG501 says so
    for one in remarks(side):
        if one.kind == "RedefinedWhileUnused":
            what = f"{one.name!r} is defined a second time, and the first is never used"
            yield Sighting(one.line, what, what)
