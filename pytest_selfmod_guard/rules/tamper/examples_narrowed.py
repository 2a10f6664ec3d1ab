"""SMG342: a test of properties is tried with fewer kinds of examples."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.view import File, Side, View

_NARROWS = frozenset(("assume", "reject", "filter"))
_POOR = frozenset(("just", "sampled_from", "none", "nothing", "booleans", "constant"))
_LEAST = re.compile(r"^min_|^min$|^start$")
_MOST = re.compile(r"^max_|^max$")
_FEW = 10
_LARGEST = 400_000
Function = ast.FunctionDef | ast.AsyncFunctionDef


@change_rule(
    "SMG342",
    risk=Risk.HIGH,
    hint="let the test run on the examples of the base, and correct what fails; where an example "
    "makes no sense for the code, let the code say so and test that",
)
def examples_narrowed(view: View) -> Iterable[Sighting]:
    """
    A test of properties is tried with fewer kinds of examples.

    A new `assume`, `reject` or `filter`, a strategy with narrower bounds or one
    that only gives what is listed, phases without examples, a profile with few
    of them: hypothesis then finds nothing that the code does wrong. Whether the
    examples that go were ones that make sense only a trial can tell.

    Flagged: all examples are alike
        === tests/test_cart.py
          from hypothesis import assume, given, strategies as st
          from shop.cart import total
          @given(st.lists(st.integers()))
          def test_total(items):
        +     assume(len(set(items)) == 1)
              assert total(items) == sum(items)

    Flagged: narrower
        === tests/test_cart.py
          from hypothesis import given, strategies as st
          from shop.cart import total
        - @given(st.lists(st.integers()))
        + @given(st.lists(st.integers(), max_size=1))
          def test_total(items):
              assert total(items) == sum(items)

    Flagged: for all tests
        === tests/conftest.py
          from hypothesis import settings
        + settings.register_profile("quick", max_examples=1)
        + settings.load_profile("quick")

    Allowed: more of them
        === tests/test_cart.py
          from hypothesis import given, settings, strategies as st
          from shop.cart import total
        + @settings(max_examples=1000, deadline=None)
        - @given(st.lists(st.integers(), max_size=5))
        + @given(st.lists(st.integers(), max_size=50))
          def test_total(items):
              assert total(items) == sum(items)

    Allowed: another test
        === tests/test_cart.py
          from hypothesis import assume, given, strategies as st
          from shop.cart import mean, total
        + @given(st.lists(st.integers()))
        + def test_mean(items):
        +     assume(items)
        +     assert mean(items) == sum(items) / len(items)
    """
    for file in view.files:
        side = file.new
        if side and side.is_python and paths.is_test(side.path) and _speaks(side):
            yield from (
                Sighting(line, what, path=file.path, settled_by="trial")
                for line, what in _narrowed(file)
            )


def _speaks(side: Side) -> bool:
    return b"hypothesis" in (side.blob.data or b"") and side.blob.size <= _LARGEST


def _tree(side: Side | None) -> ast.Module:
    try:
        return ast.parse((side.text if side else None) or "")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])


def _narrowed(file: File) -> Iterator[tuple[int, str]]:
    old, new = _tree(file.old), _tree(file.new)
    before, after = _tests(old), _tests(new)
    for name in sorted(before.keys() & after.keys()):
        yield from _of_test(before[name], after[name])
    yield from _of_strategies(_constants(old), _constants(new))
    yield from _of_profiles(old, new)


def _tests(tree: ast.Module) -> Mapping[str, Function]:
    return {
        node.name: node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and any("given" in ast.unparse(one) for one in node.decorator_list)
    }


def _constants(tree: ast.Module) -> Mapping[str, ast.expr]:
    return {
        node.targets[0].id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Call)
    }


def _of_test(old: Function, new: Function) -> Iterator[tuple[int, str]]:
    fresh = _calls(new) - _calls(old)
    for call in fresh:
        if call.partition("(")[0].rpartition(".")[2] in _NARROWS:
            yield new.lineno, f"{new.name!r} newly leaves examples out: {call[:60]!r}"
            return
    for before, after in zip(_given(old), _given(new), strict=False):
        if why := _why_narrower(before, after):
            yield new.lineno, f"{new.name!r} is tried with fewer kinds of examples: {why}"
            return
    said = [ast.unparse(one) for one in new.decorator_list]
    known = [ast.unparse(one) for one in old.decorator_list]
    for one in said:
        if one not in known and re.search(r"phases=(?!.*generate)|suppress_\w+=list\(", one):
            yield new.lineno, f"{new.name!r} is tried with fewer examples: {one[:60]!r}"
            return


def _calls(node: Function) -> Counter[str]:
    inner = (part for part in ast.walk(node) if isinstance(part, ast.Call))
    return Counter(ast.unparse(call) for call in inner)


def _given(node: Function) -> list[ast.expr]:
    """Give the strategies of a test, in their order."""
    found = []
    for mark in node.decorator_list:
        if isinstance(mark, ast.Call) and "given" in ast.unparse(mark.func):
            found += [*mark.args, *(one.value for one in mark.keywords)]
    return found


def _why_narrower(old: ast.expr, new: ast.expr) -> str:
    """Say by what a strategy gives less than another; nothing where it does not show."""
    if not isinstance(new, ast.Call) or ast.unparse(old) == ast.unparse(new):
        return ""
    was = old if isinstance(old, ast.Call) else ast.Call(old, [], [])
    name, before = _last(new.func), _last(was.func)
    if name in _POOR and before not in _POOR:
        return f"{ast.unparse(new)[:60]!r}"
    if name == "filter" and before != "filter":
        return f"{ast.unparse(new)[:60]!r}"
    if name != before:
        return ""
    bound = _narrower_bound(was, new)
    inner = (_why_narrower(a, b) for a, b in zip(was.args, new.args, strict=False))
    return bound or next((why for why in inner if why), "")


def _narrower_bound(old: ast.Call, new: ast.Call) -> str:
    before = {one.arg: one.value for one in old.keywords if one.arg}
    for one in new.keywords:
        was, now = _number(before.get(one.arg or "")), _number(one.value)
        if now is None or not one.arg:
            continue
        less = _MOST.search(one.arg) and (was is None or now < was)
        more = _LEAST.search(one.arg) and now > (was if was is not None else 0)
        if less or more:
            return f"{one.arg}={ast.unparse(one.value)}"
    return ""


def _number(node: ast.expr | None) -> float | None:
    try:
        value = ast.literal_eval(node) if node is not None else None
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
    return float(value) if isinstance(value, int | float) else None


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _of_strategies(
    old: Mapping[str, ast.expr], new: Mapping[str, ast.expr]
) -> Iterator[tuple[int, str]]:
    for name in sorted(old.keys() & new.keys()):
        if why := _why_narrower(old[name], new[name]):
            yield new[name].lineno, f"{name!r} gives fewer kinds of examples: {why}"


def _of_profiles(old: ast.Module, new: ast.Module) -> Iterator[tuple[int, str]]:
    """Look for a profile of few examples that is loaded for every test."""
    if "load_profile" not in ast.unparse(new):
        return
    known = ast.unparse(old)
    for node in ast.walk(new):
        if isinstance(node, ast.Call) and _last(node.func) == "register_profile":
            few = [one for one in node.keywords if one.arg == "max_examples"]
            count = _number(few[0].value) if few else None
            if count is not None and count < _FEW and ast.unparse(node) not in known:
                yield node.lineno, f"every test is tried with {count:g} examples"
