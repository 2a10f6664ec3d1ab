"""SMG301: a test of the base is gone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules.tamper._collection import Collection
from pytest_selfmod_guard.syntax import Unparsable
from pytest_selfmod_guard.view import File, Side, View

if TYPE_CHECKING:
    from pytest_selfmod_guard.rules.tamper._cases import Case, Cases
    from pytest_selfmod_guard.rules.tamper._comparison import Comparison
    from pytest_selfmod_guard.rules.tamper._replacements import Replacements
    from pytest_selfmod_guard.rules.tamper._subjects import Removed
    from pytest_selfmod_guard.rules.tamper._suite import Key

_NAMED = 4
_MOST_OF_A_FILE = 0.5
_SUBJECT = 0.25  # of the names in a test; what is less is mentioned and not tested
_REMOVED_HINT = "nothing to do if the code it tested is meant to go; else restore the test"


@change_rule(
    "SMG301",
    risk=Risk.HIGH,
    hint="restore the test; if the behaviour is meant to change, keep the test, adapt what it "
    "expects and say so, or let a person delete it in a commit of their own",
)
def test_deleted(view: View) -> Iterable[Sighting]:
    """
    A test that the base has is in no file of the change any more.

    A failing test is easiest made to pass by taking it away: deleting it,
    its class or its file, renaming it so that it is not collected, dropping
    the `TestCase` base, or saying `__test__ = False`. What it guarded is then
    unguarded, and nothing turns red.

    A test that keeps its name but can fail no more is deleted, too: nothing
    in it is asserted, or what is can never be false, is not reached, or is
    swallowed. One that still calls something is a warning.

    Tests are known again by what they assert, in whatever file they are.
    Moving, renaming, splitting, merging and parametrizing them is silent. A
    test that goes together with the code it tested is a note; one whose file
    asserts no less afterwards, in new tests of the same names, is a warning.

    Flagged: a test vanishes from its file
        === tests/test_cart.py
          import cart

        - def test_total():
        -     assert cart.total([1, 2]) == 3
        -
          def test_empty():
              assert cart.total([]) == 0

    Flagged: it stays as a shell
        === tests/test_cart.py
          import cart

          def test_total():
        -     assert cart.total([1, 2]) == 3
        +     pass

    Flagged: nothing in it is reached
        === tests/test_cart.py
          import cart

          def test_total():
        +     return
              assert cart.total([1, 2]) == 3

    Flagged: a file that a pytest.ini collects is deleted
        === tests/check_cart.py
        - import cart
        -
        - def check_total():
        -     assert cart.total([1, 2]) == 3

    Flagged: the whole file is deleted
        === tests/test_cart.py
        - import cart
        -
        - def test_total():
        -     assert cart.total([1, 2]) == 3

    Flagged: it is renamed so that nobody collects it
        === tests/test_cart.py
          import cart

        - def test_total():
        + def check_total():
              assert cart.total([1, 2]) == 3

    Flagged: its file is renamed so that nobody collects it
        === tests/cart_checks.py (was tests/test_cart.py)
          import cart

          def test_total():
              assert cart.total([1, 2]) == 3

    Flagged: the class is no test case any more
        === tests/test_cart.py
          import unittest
          import cart

        - class CartChecks(unittest.TestCase):
        + class CartChecks:
              def test_total(self):
                  self.assertEqual(cart.total([1, 2]), 3)

    Flagged: the class opts out
        === tests/test_cart.py
          import cart

          class TestCart:
        +     __test__ = False
        +
              def test_total(self):
                  assert cart.total([1, 2]) == 3

    Flagged: other tests of the same names assert no less [medium]
        === tests/test_cart.py
          import cart

        - def test_total():
        -     assert cart.total([1, 2]) == 3
        + def test_total_is_a_number():
        +     assert isinstance(cart.total([5]), int)
        +
        + def test_total_of_nothing():
        +     assert cart.total([]) == 0

    Allowed: it moves to another file
        === tests/test_cart.py
        - import cart
        -
        - def test_total():
        -     assert cart.total([1, 2]) == 3
        === tests/shop/test_totals.py
        + import cart
        +
        + def test_total():
        +     assert cart.total([1, 2]) == 3

    Allowed: two become one with parameters
        === tests/test_cart.py
        + import pytest
          import cart

        - def test_total():
        -     assert cart.total([1, 2]) == 3
        -
        - def test_empty():
        -     assert cart.total([]) == 0
        + @pytest.mark.parametrize(("items", "expected"), [([1, 2], 3), ([], 0)])
        + def test_total(items, expected):
        +     assert cart.total(items) == expected

    Allowed: the function it tests goes with it
        === cart.py
        - def discount(price):
        -     return price * 0.9
        -
          def total(items):
              return sum(items)
        === tests/test_cart.py
          import cart

        - def test_discount():
        -     assert cart.discount(10) == 9
        -
          def test_total():
              assert cart.total([1, 2]) == 3

    Allowed: the function it tests has another name
        === cart.py
        - def total(items):
        + def grand_total(items):
              return sum(items)
        === tests/test_cart.py
          import cart

        - def test_total():
        -     assert cart.total([1, 2]) == 3
        + def test_grand_total():
        +     assert cart.grand_total([1, 2]) == 3

    Flagged: a function gets another name, and its test goes
        === cart.py
        - def total(items):
        + def grand_total(items):
              return sum(items)
        === tests/test_cart.py
          import cart

        - def test_total():
        -     assert cart.total([1, 2]) == 3
        -
          def test_cart():
              assert cart.NAME == "cart"

    Allowed: a helper is deleted
        === tests/test_cart.py
          import cart

        - def make_cart():
        -     return [1, 2]
        -
          def test_total():
        -     assert cart.total(make_cart()) == 3
        +     assert cart.total([1, 2]) == 3
    """
    collection = Collection(view.change.base)
    suspects = [file for file in view.files if file.old and collection.has(file.old.path)]
    if not suspects and not any(file.is_gone or file.change.old_path for file in view.files):
        return
    from pytest_selfmod_guard.rules.tamper._asserting.follow import (  # noqa: PLC0415 (libcst)
        following,
    )
    from pytest_selfmod_guard.rules.tamper._comparison import (  # noqa: PLC0415 (libcst)
        comparison_of,
    )
    from pytest_selfmod_guard.rules.tamper._replacements import (  # noqa: PLC0415 (libcst)
        Replacements,
    )
    from pytest_selfmod_guard.rules.tamper._subjects import removed  # noqa: PLC0415 (libcst)

    yield from _unreadable(suspects)
    comparison = comparison_of(view)
    gone = [case for case in comparison.cases.lost if not comparison.is_found_again(case)]
    if gone:
        replacements = Replacements(comparison.cases)
        taken = removed(view)
        gone = [case for case in gone if not comparison.is_found_again(case, taken.renames)]
        kept = following(view)
        gone = [case for case in gone if not kept.keeps(case.place)]
        weighed = [
            (case, *_weight(case, comparison, replacements, taken), "trial") for case in gone
        ]
        weighed = _settled(weighed, comparison, view)
        for verb, of_one_kind in _by_verb(weighed, comparison.cases):
            yield from _told(of_one_kind, verb, comparison.cases.places)


def _unreadable(suspects: list[File]) -> Iterator[Sighting]:
    """Report deleted test modules of which nobody can say what they tested."""
    for file in suspects:
        if file.old and file.old.is_python and file.is_gone and not _parses(file.old):
            yield Sighting(
                0,
                f"the test module {file.path!r} is deleted, and what it tested cannot be read",
                path=file.path,
            )


_Weighed = tuple["Case", Risk, str, str]
"""A lost test, how bad that is, why, and who must settle it."""
_NOT_COLLECTED = ("is not collected any more", "are not collected any more")
_SHELL = (
    ("checks nothing any more", "check nothing any more"),
    ("asserts nothing any more, it only runs", "assert nothing any more, they only run"),
)


def _by_verb(
    weighed: list[_Weighed], cases: Cases
) -> Iterator[tuple[tuple[str, str], list[_Weighed]]]:
    """Sort lost tests by what became of them: gone, or there without asserting anything."""
    yield _NOT_COLLECTED, [one for one in weighed if one[0].place not in cases.hollow]
    for left, verb in enumerate(_SHELL):
        hollow = [one for one in weighed if cases.hollow.get(one[0].place) == left]
        yield verb, [(case, risk, why, "") for case, risk, why, _ in hollow]


def _told(
    gone: Iterable[_Weighed], verb: tuple[str, str], now: Mapping[tuple[str, Key], Case]
) -> Iterator[Sighting]:
    """Report the tests of a file together that went in the same way."""
    groups: dict[tuple[str, Risk, str, str], list[Case]] = defaultdict(list)
    for case, risk, why, settled in gone:
        groups[case.file.path, risk, why, settled].append(case)
    for (path, risk, why, settled), cases in groups.items():
        yield Sighting(
            cases[0].line if cases[0].file.is_gone else _line_now(cases[0], now),
            f"{_names(cases)} {verb[len(cases) > 1]}{why}",
            path=path,
            risk=risk,
            hint=_REMOVED_HINT if risk is Risk.LOW else "",
            settled_by=settled,
        )


def _line_now(case: Case, now: Mapping[tuple[str, Key], Case]) -> int:
    return now[case.place].line if case.place in now else 0


def _settled(lost: list[_Weighed], comparison: Comparison, view: View) -> list[_Weighed]:
    """
    Leave to the trial what people do for good reasons: a test or two that go for themselves.

    Not so where most of a file goes, where a test only hides, or where what
    the test is about is changed by the same hand.
    """
    from pytest_selfmod_guard.rules.tamper._asserting.sides import Sides  # noqa: PLC0415 (libcst)

    edited = Sides(view).edited_functions
    went = Counter(case.file.path for case, risk, *_ in lost if risk >= Risk.HIGH)
    were = Counter(case.file.path for case in comparison.cases.old)
    others = {case.file.path for case in comparison.cases.fresh}
    return [
        (
            case,
            risk,
            why,
            ""
            if _is_plain(one, went, were) or (asks and case.file.path not in others)
            else "trial",
        )
        for one in lost
        for case, risk, why, _ in [one]
        for asks in [_asks(case, edited)]
    ]


def _is_plain(lost: _Weighed, went: Counter[str], were: Counter[str]) -> bool:
    """Tell whether nobody could think the loss of a test innocent."""
    case, _, why, _ = lost
    path = case.file.path
    is_more = went[path] > 1 or case.file.is_gone
    if is_more and went[path] >= _MOST_OF_A_FILE * were[path]:
        return True
    if why:
        return not why.endswith("its file is deleted")
    side = case.file.new
    return side is not None and f"def {case.key[1]}(" in (side.text or "")


def _asks(case: Case, edited: frozenset[str]) -> bool:
    """Tell whether a test is about functions that the change edits."""
    about = case.contents.names
    return len(about & edited) >= max(1, _SUBJECT * len(about))


def _weight(
    case: Case, comparison: Comparison, replacements: Replacements, taken: Removed
) -> tuple[Risk, str]:
    """Say how bad the loss of a test is, and why."""
    risk, why = _loss(case, comparison, replacements, taken)
    runs = comparison.cases.hollow.get(case.place, 0) > 0
    return (min(risk, Risk.MEDIUM) if runs else risk), why


def _loss(
    case: Case, comparison: Comparison, replacements: Replacements, taken: Removed
) -> tuple[Risk, str]:
    about = comparison.names(case)
    subject = about & taken.names
    if subject and len(subject) >= _SUBJECT * len(about):
        return Risk.LOW, f"; the change removes what it tests ({_listed(subject)})"
    if case.is_silenced:
        return Risk.LOW, "; it was skipped before"
    if replacements.outweigh(case):
        return Risk.MEDIUM, "; new tests of the same names assert no less"
    rewritten = replacements.rewritten(case)
    if rewritten:
        return Risk.MEDIUM, f"; it seems to be rewritten as {_names(rewritten[:1])}"
    detail = about & taken.details
    if detail:
        return Risk.MEDIUM, f"; the change removes what it mentions ({_listed(detail)})"
    return Risk.HIGH, _where(case, comparison)


def _where(case: Case, comparison: Comparison) -> str:
    """Say what became of a test that is still written down somewhere."""
    new = case.file.new
    if new is None:
        return ": its file is deleted"
    if not new.is_python:
        return f": {new.path!r} is no Python file"
    if not _parses(new):
        return ": its file cannot be read any more"
    if not comparison.cases.is_collected(new.path):
        return f": nobody looks for tests in {new.path!r}"
    hidden = comparison.hidden(case) if case.place not in comparison.cases.hollow else ""
    return f": nobody looks for a test in {hidden!r}" if hidden else ""


def _parses(side: Side) -> bool:
    return not isinstance(side.python, Unparsable)


def _names(cases: list[Case]) -> str:
    names = [repr(case.name) for case in cases]
    if len(names) == 1:
        return f"the test {names[0]}"
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{len(names)} tests ({', '.join(names[:_NAMED])}{more})"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)[:_NAMED])
