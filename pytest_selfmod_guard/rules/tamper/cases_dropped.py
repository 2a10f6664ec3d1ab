"""SMG312: a test runs on fewer cases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules.tamper._asserting.telling import followed, may_concern
from pytest_selfmod_guard.view import View

if TYPE_CHECKING:
    from pytest_selfmod_guard.rules.tamper._asserting.dwindling import Dropped

_NAMED = 3


@change_rule(
    "SMG312",
    risk=Risk.HIGH,
    hint="put the cases back and make the code pass them; if a case is not meant to hold any "
    "more, keep it with what holds now, or let a person take it out",
)
def cases_dropped(view: View) -> Iterable[Sighting]:
    """
    A test is still there, and runs on fewer cases than in the base.

    A parameter set, an element of the list that a loop goes through, an example
    or most of the examples that hypothesis makes: where the case that fails is
    taken out, the rest is green. A table that is sliced or filtered is one of
    them.

    A case that moves to another test or table, or gets another column, is
    silent. One that keeps its input and expects something else is settled by
    the base's tests.

    Flagged: one of three
        === tests/test_cart.py
          import pytest, cart

        - @pytest.mark.parametrize("items, expected", [([1, 2], 3), ([], 0), ([-1], -1)])
        + @pytest.mark.parametrize("items, expected", [([1, 2], 3), ([], 0)])
          def test_total(items, expected):
              assert cart.total(items) == expected

    Flagged: the loop has nothing to go through
        === tests/test_cart.py
          import cart

        - CASES = [([1, 2], 3), ([], 0)]
        + CASES = []

          def test_total():
              for items, expected in CASES:
                  assert cart.total(items) == expected

    Flagged: only the first
        === tests/test_cart.py
          import pytest, cart
          from cases import CASES

        - @pytest.mark.parametrize("items, expected", CASES)
        + @pytest.mark.parametrize("items, expected", CASES[:1])
          def test_total(items, expected):
              assert cart.total(items) == expected

    Flagged: it expects something else
        === tests/test_cart.py
          import pytest, cart

        - @pytest.mark.parametrize("items, expected", [([1, 2], 3), ([], 0)])
        + @pytest.mark.parametrize("items, expected", [([1, 2], 4), ([], 0)])
          def test_total(items, expected):
              assert cart.total(items) == expected

    Flagged: hardly any examples
        === tests/test_cart.py
          from hypothesis import given, settings, strategies as st
          import cart

        + @settings(max_examples=1)
          @given(st.lists(st.integers()))
          def test_total(items):
              assert cart.total(items) == sum(items)

    Allowed: more cases, in another form
        === tests/test_cart.py
          import pytest, cart

        - @pytest.mark.parametrize("items, expected", [([1, 2], 3), ([], 0)])
        + @pytest.mark.parametrize(
        +     ("items", "expected"),
        +     [
        +         pytest.param([], 0, id="none"),
        +         pytest.param([1, 2], 3, id="two"),
        +         pytest.param([5], 5, id="one"),
        +     ],
        + )
          def test_total(items, expected):
              assert cart.total(items) == expected

    Allowed: a case becomes a test of its own
        === tests/test_cart.py
          import pytest, cart

        - @pytest.mark.parametrize("items, expected", [([1, 2], 3), ([5], 5), ([], 0)])
        + @pytest.mark.parametrize("items, expected", [([1, 2], 3), ([5], 5)])
          def test_total(items, expected):
              assert cart.total(items) == expected

        + def test_total_of_nothing():
        +     assert cart.total([]) == 0
    """
    if may_concern(view):
        from pytest_selfmod_guard.rules.tamper._asserting.dwindling import dropped  # noqa: PLC0415 (libcst)

        for one in dropped(view, followed(view)):
            yield from _told(one)


def _told(one: Dropped) -> Iterator[Sighting]:
    line, path = one.heir.node.lineno, one.heir.path
    if one.cases:
        named = ", ".join(one.cases[:_NAMED])[:150]
        count = f"{len(one.cases)} cases" if len(one.cases) > 1 else "a case"
        yield Sighting(
            line,
            f"{one.heir.name!r} runs without {count} of the base: {named}",
            path=path,
            risk=one.risk,
            settled_by="" if one.is_certain else "trial",
        )
    for case in one.changed[:_NAMED]:
        yield Sighting(
            line,
            f"{one.heir.name!r} expects something else in the case {case[:100]}",
            path=path,
            settled_by="trial",
        )
    for cut in one.cuts:
        yield Sighting(
            line, f"{one.heir.name!r} runs on a part of its cases: {cut[:100]}", path=path
        )
