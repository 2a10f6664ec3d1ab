"""SMG348: a measured time is made smaller than it was."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules.tamper._plain_functions import Function, kept
from pytest_selfmod_guard.view import View

_CLOCK = re.compile(r"\b(?:perf_counter|monotonic|process_time|thread_time|time|default_timer)\(\)")
_READS = re.compile(rf"{_CLOCK.pattern}|(?i:clock|timer|now|tick\w*)(?:_ns)?\(\)|\w+_ns\(\)")
_STEPS = 3
_UNITS = frozenset((60, 3600, 86400, 1440, 24))
"""What a number of seconds is divided by to have minutes, hours and days."""


@change_rule(
    "SMG348",
    risk=Risk.HIGH,
    hint="report the time as it was measured, and make the code faster; where the unit changes, "
    "say so in the name",
)
def time_belittled(view: View) -> Iterable[Sighting]:
    """
    A function that measures time now reports less of it than it measured.

    A difference of two readings of a clock in seconds is divided by a number,
    multiplied by less than one, has something taken off, is capped, or is
    replaced by a constant. To count nanoseconds, minutes or hours is silent, and
    so is a mean over a number of turns that is a variable.

    Flagged: a thousandth
        === shop/bench.py
          import time
          def bench(call):
              start = time.perf_counter()
              call()
        -     return time.perf_counter() - start
        +     return (time.perf_counter() - start) / 1000

    Flagged: never more than a limit
        === shop/bench.py
          import time
          def bench(call):
              start = time.monotonic()
              call()
        -     return time.monotonic() - start
        +     return min(time.monotonic() - start, 0.5)

    Allowed: a mean
        === shop/bench.py
          import time
          def bench(call, turns):
              start = time.perf_counter()
              call()
        -     return time.perf_counter() - start
        +     return (time.perf_counter() - start) / turns

    Allowed: a finer clock
        === shop/bench.py
          import time
          def bench(call):
        -     start = time.perf_counter()
        +     start = time.perf_counter_ns()
              call()
        -     return time.perf_counter() - start
        +     return (time.perf_counter_ns() - start) / 1e9
    """
    for file in view.files:
        if file.new is None or file.new.zone == paths.TEST or not file.new.is_python:
            continue
        if file.old is None or not _CLOCK.search(file.old.text or ""):
            continue
        for name, old, new in kept(file):
            yield from _unmeasured(file.path, name, old, new)
            known = Counter(map(ast.unparse, _less(old)))
            for node in _less(new):
                if not known[ast.unparse(node)]:
                    said = ast.unparse(node)[:60]
                    told = f"{name!r} reports less time than it measured: {said!r}"
                    yield Sighting(
                        node.lineno, told, path=file.path, scope=name, settled_by="review"
                    )


def _unmeasured(path: str, name: str, old: Function, new: Function) -> Iterator[Sighting]:
    """Look for a call that is not between two readings of the clock any more."""
    gone = _measured(old) - _measured(new)
    fixed = _overwritten(new) - _overwritten(old)
    is_constant = _answers(new) and not _answers(old)
    if _measured(old) and (gone or fixed or is_constant):
        what = f"{min(gone)}()" if gone else f"{min(fixed)!r}" if fixed else "all"
        told = f"{name!r} measures less than it did: {what} is not what was asked for"
        yield Sighting(new.lineno, told, path=path, scope=name, settled_by="review")


def _parameters(function: Function) -> set[str]:
    given = function.args
    return {one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)}


def _measured(function: Function) -> frozenset[str]:
    """Give the parameters that are called, always, after the clock was read, and before again."""
    readings = [
        node.lineno
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and _READS.search(ast.unparse(node))
    ]
    asked = {
        id(inner)
        for node in ast.walk(function)
        if isinstance(node, ast.If)
        for part in (*node.body, *node.orelse)
        for inner in ast.walk(part)
    }
    own = _parameters(function)
    return frozenset(
        node.func.id
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in own
        if id(node) not in asked and readings and min(readings) < node.lineno <= max(readings)
    )


def _overwritten(function: Function) -> set[str]:
    """Give the parameters that get a number of the function's own."""
    return {
        target.id
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and _number(node.value) is not None
        for target in node.targets
        if isinstance(target, ast.Name)
    } & _parameters(function)


def _answers(function: Function) -> bool:
    """Tell whether a function gives a number that it did not measure."""
    returns = (one for one in ast.walk(function) if isinstance(one, ast.Return) and one.value)
    return any(one.value is not None and _number(one.value) is not None for one in returns)


def _less(function: Function) -> Iterator[ast.expr]:
    """Give the expressions that make a time in seconds smaller by a fixed amount."""
    spent = set[str]()
    for _ in range(_STEPS):
        spent |= {
            target.id
            for node in ast.walk(function)
            if isinstance(node, ast.Assign) and _has_spent(node.value, frozenset(spent))
            for target in node.targets
            if isinstance(target, ast.Name)
        }
    known = frozenset(spent)
    for node in ast.walk(function):
        if isinstance(node, ast.BinOp) and _is_spent(node.left, known):
            number = _number(node.right)
            if number is not None and _shrinks(node.op, number):
                yield node
        elif isinstance(node, ast.Call) and _is_capped(node, known):
            yield node


def _has_spent(node: ast.expr, known: frozenset[str]) -> bool:
    """Tell whether a value is a time, or the larger, smaller or sum of times."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        is_choice = node.func.id in {"max", "min", "sum", "round"}
        return is_choice and any(_has_spent(one, known) for one in node.args)
    return _is_spent(node, known)


def _is_capped(node: ast.Call, known: frozenset[str]) -> bool:
    if not isinstance(node.func, ast.Name) or node.func.id != "min" or len(node.args) != 2:  # noqa: PLR2004 (two)
        return False
    times = [one for one in node.args if _is_spent(one, known)]
    return len(times) == 1 and any(_number(one) is not None for one in node.args)


def _shrinks(operator: ast.operator, number: float) -> bool:
    if isinstance(operator, ast.Div | ast.FloorDiv):
        return number > 1 and number not in _UNITS
    if isinstance(operator, ast.Mult):
        return number < 1
    return isinstance(operator, ast.Sub) and number > 0


def _is_spent(node: ast.expr, known: frozenset[str]) -> bool:
    """Tell whether an expression is how much time went by, in seconds."""
    if isinstance(node, ast.Name):
        return node.id in known
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Sub):
        return False
    return _CLOCK.search(ast.unparse(node)) is not None and "_ns()" not in ast.unparse(node)


def _number(node: ast.expr) -> float | None:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        left, right = _number(node.left), _number(node.right)
        small = left is not None and right is not None and abs(right) < 20  # noqa: PLR2004 (units)
        return float(left**right) if small and left and right else None
    value = node.value if isinstance(node, ast.Constant) else None
    return float(value) if isinstance(value, int | float) else None
