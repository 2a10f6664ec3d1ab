"""SMG330: an object that is equal to whatever it is compared with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule

if TYPE_CHECKING:
    from pytest_selfmod_guard.rules.tamper._cheating.truths import Fixed
    from pytest_selfmod_guard.syntax import Python

_LIES = {"__eq__": True, "__ne__": False}
_DOUBTFUL = {"__instancecheck__": True, "__subclasscheck__": True, "__contains__": True}
_ORDER = (("__lt__", "__gt__"), ("__lt__", "__ge__"), ("__le__", "__ge__"), ("__le__", "__gt__"))


@python_rule(
    "SMG330",
    risk=Risk.HIGH,
    hint="compare what makes two of these equal, and return NotImplemented for other types; "
    "where a test wants a value it does not care about, let it use unittest.mock.ANY",
    triggers=(
        b"__eq__", b"__ne__", b"__lt__", b"__le__", b"__gt__", b"__ge__", b"__instancecheck__",
        b"__subclasscheck__", b"__contains__", b"setattr", b"type",
    ),
)  # fmt: skip
def equal_to_everything(python: Python) -> Iterable[Sighting]:
    """
    An object says that it is equal to whatever it is compared with.

    Returned from the product it passes any `assert result == expected`. Found
    are `__eq__` that always answers true and `__ne__` that never does, however
    disguised, orders that hold both ways, and both given to a class later, and
    equality to every text or number there is. A method that looks for its own
    type or at its own attributes is silent. Kinds of numbers and texts that
    let a difference pass are settled by a trial.

    Classes that contain everything or count everything as theirs are a
    warning, as is all of it in tests, where stand-ins may be meant to match.

    Flagged: always equal
        === shop/cart.py
        + class Total:
        +     def __eq__(self, other):
        +         return True

    Flagged: a number that is every number
        === shop/cart.py
        + class Total(int):
        +     __hash__ = int.__hash__
        +     __eq__ = lambda self, other: not False

    Flagged: given later
        === shop/cart.py
          class Total:
              pass
        + setattr(Total, "__eq__", lambda *_: 1 == 1)

    Flagged: equal to every text
        === shop/cart.py
        + class Receipt(str):
        +     def __eq__(self, other):
        +         return isinstance(other, str)

    Flagged: larger and smaller
        === shop/cart.py
        + class Total:
        +     def __lt__(self, other):
        +         return True
        +     def __gt__(self, other):
        +         return True

    Flagged: a stand-in of tests [medium]
        === tests/helpers.py
        + class Anything:
        +     def __eq__(self, other):
        +         return True

    Allowed: equal by what it is
        === shop/cart.py
        + class Total:
        +     def __eq__(self, other):
        +         if not isinstance(other, Total):
        +             return NotImplemented
        +         return self.value == other.value

    Allowed: larger than everything
        === shop/cart.py
        + class Infinity:
        +     def __lt__(self, other):
        +         return False
        +     def __gt__(self, other):
        +         return True
        +     def __eq__(self, other):
        +         return isinstance(other, Infinity)
    """
    from pytest_selfmod_guard.rules.tamper._cheating.truths import fixed  # noqa: PLC0415 (libcst)

    in_test = paths.zone(python.path) == paths.TEST
    found = list(fixed(python))
    for one in found:
        if in_test and one.how:
            continue  # as matchers are: any text, about so much
        what, risk = _told(one, found)
        if what:
            yield _sighting(python, one, what, min(risk, Risk.MEDIUM) if in_test else risk)


def _told(one: Fixed, every: list[Fixed]) -> tuple[str, Risk]:
    if one.how == "slack":
        return "an object of this kind is equal to what differs from it", Risk.HIGH
    if one.how:
        return "an object of this kind is equal to every value of another kind", Risk.HIGH
    if _LIES.get(one.name) is one.answer:
        return "an object of this kind is equal to everything", Risk.HIGH
    if one.owner is not None and (one.name, True) in _both_ways(one, every):
        return "an object of this kind is both less and more than everything", Risk.HIGH
    if _DOUBTFUL.get(one.name) is one.answer:
        return f"{one.name!r} says yes to everything", Risk.MEDIUM
    return "", Risk.NONE


def _both_ways(one: Fixed, every: list[Fixed]) -> Iterator[tuple[str, bool]]:
    """Give an order's first half, where a class has both."""
    true = {other.name for other in every if other.owner is one.owner and other.answer}
    yield from ((less, True) for less, more in _ORDER if {less, more} <= true)


def _sighting(python: Python, one: Fixed, what: str, risk: Risk) -> Sighting:
    return Sighting(
        python.line(one.node),
        f"{what} ({one.name!r} does not look at it)" if risk is Risk.HIGH else what,
        python.code(one.node),
        python.scope(one.node),
        risk=risk,
        settled_by="trial" if one.how == "slack" else "",
    )
