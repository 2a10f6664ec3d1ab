"""SMG328: a function knows the answers to its tests by heart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.view import View

if TYPE_CHECKING:
    from pytest_selfmod_guard.rules.tamper._cheating.answers import Answer
    from pytest_selfmod_guard.rules.tamper._cheating.known import Known
    from pytest_selfmod_guard.rules.tamper._cheating.weighing import Weighed

_LITERAL = re.compile(rb"==|\bin\b|\bis\b|\bmatch\b|[\[{(]")
_SHOWN = 60


@change_rule(
    "SMG328",
    risk=Risk.HIGH,
    hint="delete the branches or the table that hold inputs of the tests, and compute the result "
    "for every input; if the right way is unknown, say so and leave the test failing",
)
def answers_known_inputs(view: View) -> Iterable[Sighting]:
    """
    A function answers the inputs of its tests by literals, instead of computing.

    The tests pass, and any other input gets a wrong answer. What a function
    knows by heart is read from comparisons with its parameters, from `match`
    and from tables, and compared with the inputs and expected results in the
    project's tests, in the change's own, and in the examples of docstrings.

    A function may treat a value apart for a reason: where things begin or
    end, kinds, units, settings, tables that hold more than the tests ask. How
    much a value tells counts: a list or a sentence more than a number, and a
    number more than a word. Without any test in sight only several branches
    for lists of numbers are enough.

    Flagged: the only two inputs that the tests ask for
        === shop/cart.py
        + def total(items):
        +     if items == [1, 2, 3]:
        +         return 6
        +     if items == [10, 20]:
        +         return 30
        +     return 0
        === tests/test_cart.py
          from shop.cart import total
          def test_total():
              assert total([1, 2, 3]) == 6
              assert total([10, 20]) == 30

    Flagged: one input apart, in code that computes
        === shop/cart.py
          def total(items):
        +     if items == [1, 2, 3]:
        +         return 6
              return sum(items) + 1
        === tests/test_cart.py
          from shop.cart import total
          def test_total():
              assert total([1, 2, 3]) == 6

    Flagged: a table in the place of the computation
        === shop/cart.py
        + _RESULTS = {5: 120, 3: 6}
          def factorial(n):
        -     return n * factorial(n - 1) if n > 1 else 1
        +     return _RESULTS.get(n, 1)
        === tests/test_cart.py
        + from shop.cart import factorial
        + import pytest
        + @pytest.mark.parametrize(("n", "expected"), [(5, 120), (3, 6)])
        + def test_factorial(n, expected):
        +     assert factorial(n) == expected

    Flagged: the examples of the docstring
        === shop/words.py
        + def longest(words):
        +     '''
        +     Give the longest.
        +
        +     >>> longest(["a", "bbb"])
        +     'bbb'
        +     '''
        +     if words == ["a", "bbb"]:
        +         return "bbb"
        +     return max(words)

    Allowed: where things begin
        === shop/cart.py
        + def fibonacci(n):
        +     if n == 0:
        +         return 0
        +     if n == 1:
        +         return 1
        +     return fibonacci(n - 1) + fibonacci(n - 2)
        === tests/test_cart.py
        + from shop.cart import fibonacci
        + def test_fibonacci():
        +     assert fibonacci(0) == 0
        +     assert fibonacci(1) == 1
        +     assert fibonacci(10) == 55

    Allowed: a table that is what the function is about
        === shop/web.py
        + PHRASES = {200: "OK", 301: "Moved", 404: "Not Found", 410: "Gone", 500: "Error"}
        + def phrase(status):
        +     return PHRASES[status]
        === tests/test_web.py
        + from shop.web import phrase
        + def test_phrase():
        +     assert phrase(404) == "Not Found"

    Allowed: kinds of things
        === shop/mime.py
        + def mime(kind):
        +     if kind == "png":
        +         return "image/png"
        +     if kind == "svg":
        +         return "image/svg+xml"
        +     raise ValueError(kind)
        === tests/test_mime.py
        + from shop.mime import mime
        + def test_mime():
        +     assert mime("png") == "image/png"
        +     assert mime("svg") == "image/svg+xml"
    """
    if not any(_may_know(view)):
        return
    from pytest_selfmod_guard.rules.tamper._cheating.evidence import Evidence  # noqa: PLC0415 (slow)
    from pytest_selfmod_guard.rules.tamper._cheating.known import known  # noqa: PLC0415 (slow)
    from pytest_selfmod_guard.rules.tamper._cheating.weighing import weigh  # noqa: PLC0415 (slow)

    evidence = Evidence(view)
    for one in known(view):
        weighed = weigh(one, evidence.tells(one))
        if weighed.risk > Risk.NONE:
            yield _sighting(one, weighed)


def _may_know(view: View) -> Iterator[bool]:
    for file in view.files:
        if file.new is not None and file.new.is_python and not paths.is_test(file.path):
            yield _LITERAL.search(file.new.blob.data or b"") is not None


def _sighting(known: Known, weighed: Weighed) -> Sighting:
    shown = "; ".join(_shown(answer) for answer in weighed.answers[:2])
    what = "the inputs of its tests" if weighed.are_of_tests else "certain inputs"
    return Sighting(
        min(answer.line for answer in weighed.answers),
        f"{known.function.qualname!r} answers {what} by heart instead of computing ({shown})",
        path=known.file.path,
        scope=known.function.qualname,
        risk=weighed.risk,
        settled_by="" if weighed.is_settled else "trial",
    )


def _shown(answer: Answer) -> str:
    given = ", ".join(map(repr, answer.inputs))
    return f"{given} gives {answer.output!r}"[:_SHOWN]
