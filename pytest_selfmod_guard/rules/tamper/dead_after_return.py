"""SMG340: a new way out of a function makes what it did before unreachable."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.view import File, Side, View

_LEAVES = (ast.Return, ast.Raise)
_LARGEST = 400_000
Functions = Mapping[str, ast.FunctionDef | ast.AsyncFunctionDef]


@change_rule(
    "SMG340",
    risk=Risk.HIGH,
    hint="compute the result again; if the old code is not needed any more, delete it, so that it "
    "shows what the function does now",
)
def dead_after_return(view: View) -> Iterable[Sighting]:
    """
    A new way out of a function makes what it did before unreachable.

    The code that computed is still there for who reads it, and something else
    answers: a table of known results, a constant. Who replaces a function for
    good reasons deletes what it did. A stub that raises `NotImplementedError`,
    and code that was unreachable before, are silent.

    Flagged: known answers, and then the code
        === shop/cart.py
        + KNOWN = {("mug", "pen"): 6}
          def total(first, second):
        +     return KNOWN.get((first, second), 4)
              prices = load(first, second)
              return sum(prices)

    Allowed: the code goes
        === shop/cart.py
          def total(first, second):
        -     prices = load(first, second)
        -     return sum(prices)
        +     return PRICES[first] + PRICES[second]

    Allowed: an early return under a condition
        === shop/cart.py
          def total(items):
        +     if not items:
        +         return 0
              prices = load(items)
              return sum(prices)
    """
    for file in view.files:
        if file.old and file.new and file.new.zone != paths.TEST and file.new.is_python:
            yield from _compared(file)


def _compared(file: File) -> Iterator[Sighting]:
    if any(side and side.blob.size > _LARGEST for side in (file.old, file.new)):
        return
    old, new = _functions(file.old), _functions(file.new)
    for name in sorted(old.keys() & new.keys()):
        line = _newly_dead(old[name], new[name])
        if line:
            message = f"what {name!r} did before is not reached any more"
            yield Sighting(line, message, path=file.path, scope=name)


def _functions(side: Side | None) -> Functions:
    try:
        tree = ast.parse((side.text if side else None) or "")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    return dict(_defined(tree.body, ""))


def _defined(
    body: list[ast.stmt], around: str
) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{around}{node.name}", node
            yield from _defined(node.body, f"{around}{node.name}.")
        elif isinstance(node, ast.ClassDef):
            yield from _defined(node.body, f"{around}{node.name}.")


def _newly_dead(
    old: ast.FunctionDef | ast.AsyncFunctionDef, new: ast.FunctionDef | ast.AsyncFunctionDef
) -> int:
    """Give the line of a new way out behind which code of the base stands; 0 for none."""
    at = next((i for i, node in enumerate(new.body) if isinstance(node, _LEAVES)), None)
    if at is None or at + 1 >= len(new.body) or _is_stub(new.body[at]):
        return 0
    live = {ast.dump(node) for node in _live(old)}
    dead = [node for node in new.body[at + 1 :] if ast.dump(node) in live]
    return new.body[at].lineno if dead and not isinstance(dead[0], ast.FunctionDef) else 0


def _live(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.stmt]:
    for node in function.body:
        yield node
        if isinstance(node, _LEAVES):
            return


def _is_stub(node: ast.stmt) -> bool:
    return isinstance(node, ast.Raise) and "NotImplemented" in ast.dump(node)
