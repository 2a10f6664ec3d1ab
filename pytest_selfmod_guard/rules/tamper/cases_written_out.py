"""SMG351: a function answers whole inputs that it was written for."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules.tamper._plain_functions import Function, kept
from pytest_selfmod_guard.view import View

_PLAIN = ("", 0, 1, -1, None)


@change_rule(
    "SMG351",
    risk=Risk.HIGH,
    hint="compute the answer from the input, for every input, and leave the known ones to the "
    "tests",
)
def cases_written_out(view: View) -> Iterable[Sighting]:
    """
    A function that computed now matches whole inputs, and answers each by heart.

    A pattern of `match` that has nothing open in it, a sequence or a mapping with
    numbers, is one input. Who gives a fixed result for it knows what will be
    asked. Patterns that take something apart are silent, and so are kinds,
    codes and names.

    Flagged: the baskets of the tests
        === shop/cart.py
          def total(items):
        +     match items:
        +         case [("apple", 4), ("pear", 1)]:
        +             return "9.00"
              return sum(items)

    Allowed: taken apart
        === shop/cart.py
          def total(items):
        +     match items:
        +         case [("apple", number), *rest]:
        +             return number + total(rest)
        +         case []:
        +             return 0
              return sum(items)

    Allowed: a kind
        === shop/cart.py
          def label(code):
        +     match code:
        +         case 404:
        +             return "not found"
              return str(code)
    """
    for file in view.files:
        is_product = file.new is not None and file.new.zone == paths.PRODUCT
        if is_product and file.new and b"match" in (file.new.blob.data or b""):
            for name, old, new in kept(file):
                known = {ast.unparse(one.pattern) for one in _by_heart(old)}
                fresh = [one for one in _by_heart(new) if ast.unparse(one.pattern) not in known]
                if fresh:
                    shown = ast.unparse(fresh[0].pattern)[:60]
                    told = f"{name!r} knows the answer to {shown!r} by heart"
                    line = fresh[0].pattern.lineno
                    yield Sighting(line, told, path=file.path, scope=name, settled_by="review")


def _by_heart(function: Function) -> list[ast.match_case]:
    """Give the cases of whole inputs whose answer is written out."""
    return [
        one
        for node in ast.walk(function)
        if isinstance(node, ast.Match)
        for one in node.cases
        if _is_whole(one.pattern) and _is_fixed(one.body[-1])
    ]


def _is_whole(pattern: ast.pattern) -> bool:
    """Tell whether a pattern fits one input only, and one that has numbers in it."""
    if not isinstance(pattern, ast.MatchSequence | ast.MatchMapping):
        return False
    inner = [one for one in ast.walk(pattern) if isinstance(one, ast.pattern)]
    is_open = any(isinstance(one, ast.MatchAs | ast.MatchStar | ast.MatchClass) for one in inner)
    is_open = is_open or any(isinstance(one, ast.MatchMapping) and one.rest for one in inner)
    numbers = (one for one in ast.walk(pattern) if isinstance(one, ast.Constant))
    return not is_open and any(type(one.value) in (int, float) for one in numbers)


def _is_fixed(last: ast.stmt) -> bool:
    """Tell whether a branch ends with a result that is written out, and says something."""
    value = last.value if isinstance(last, ast.Return | ast.Assign) else None
    if isinstance(value, ast.Call) and len(value.args) == 1 and not value.keywords:
        value = value.args[0]
    return isinstance(value, ast.Constant) and value.value not in _PLAIN
