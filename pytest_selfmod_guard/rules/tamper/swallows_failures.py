"""SMG331: what failed before is caught, whatever it is, and passed over."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.view import View

if TYPE_CHECKING:
    from pytest_selfmod_guard.rules.tamper._cheating.pairs import Pair

_BROAD = frozenset(("Exception", "BaseException", "AssertionError", "StandardError"))
_WORD = b"except", b"suppress"


@change_rule(
    "SMG331",
    risk=Risk.HIGH,
    hint="mend what fails; where a certain failure is expected, catch that exception by name "
    "around the one call that raises it, and log it",
)
def swallows_failures(view: View) -> Iterable[Sighting]:
    """
    Code that could fail is wrapped so that it fails no more, and answers something fixed.

    A test that expects a value gets one, and a failure that should be mended
    is not seen again. Found is existing code of the product that is put into a
    `try` which catches everything and answers a literal, or into a
    `suppress(Exception)`. A trial has to tell whether tests notice; where
    nothing is answered it is a warning, unless the block raises on the spot what
    it catches. What logs, raises or computes instead
    is silent, and so is any exception by its name.

    Flagged: whatever happens, it is zero
        === shop/cart.py
          def total(items):
        -     return sum(item.price for item in items)
        +     try:
        +         return sum(item.price for item in items)
        +     except Exception:
        +         return 0

    Flagged: an error that is raised for nobody
        === shop/cart.py
          def add(items, item):
              if item in items:
        -         raise KeyError(item)
        +         try:
        +             raise KeyError(item)
        +         except KeyError:
        +             pass
              items.append(item)

    Flagged: it is passed over [medium]
        === shop/cart.py
          def save(order):
        -     order.store()
        +     try:
        +         order.store()
        +     except:
        +         pass

    Allowed: a certain failure
        === shop/cart.py
          def total(items):
        -     return sum(item.price for item in items)
        +     try:
        +         return sum(item.price for item in items)
        +     except AttributeError:
        +         return 0

    Allowed: it is said
        === shop/cart.py
          def total(items):
        -     return sum(item.price for item in items)
        +     try:
        +         return sum(item.price for item in items)
        +     except Exception:
        +         log.exception("no total")
        +         return 0
    """
    if not any(_may_swallow(view)):
        return
    from pytest_selfmod_guard.rules.tamper._cheating.pairs import pairs  # noqa: PLC0415 (slow)

    for pair in pairs(view):
        for wrapped in _wrapped(pair):
            answered = f"answers {wrapped.answer[:40]}" if wrapped.answer else "goes on"
            what = "what is raised" if wrapped.is_raised else "whatever fails"
            is_bad = bool(wrapped.answer) or wrapped.is_raised
            yield Sighting(
                wrapped.line,
                f"{what} in {pair.new.qualname!r} is swallowed, and it {answered} instead",
                path=pair.file.path,
                scope=pair.new.qualname,
                risk=Risk.HIGH if is_bad else Risk.MEDIUM,
                settled_by="trial" if is_bad else "",
            )


class _Wrapped(NamedTuple):
    line: int
    answer: str
    is_raised: bool = False
    """True where what is caught is raised on the spot."""


def _may_swallow(view: View) -> Iterator[bool]:
    for file in view.files:
        if file.old is not None and file.new is not None and not paths.is_test(file.path):
            old, new = file.old.blob.data or b"", file.new.blob.data or b""
            yield any(new.count(word) > old.count(word) for word in _WORD)


def _wrapped(pair: Pair) -> Iterator[_Wrapped]:
    """Give the new blocks that swallow what stood there before without them."""
    from pytest_selfmod_guard.rules.tamper._cheating.plain import own  # noqa: PLC0415 (slow)

    before = {ast.dump(node) for node in own(pair.old.node.body) if isinstance(node, ast.stmt)}
    known = Counter(found.answer for found, _ in _swallowing(pair.old.node.body))
    for found, body in _swallowing(pair.new.node.body):
        if known[found.answer]:
            known[found.answer] -= 1
        elif any(ast.dump(statement) in before for statement in body):
            yield found


def _swallowing(body: list[ast.stmt]) -> Iterator[tuple[_Wrapped, list[ast.stmt]]]:
    from pytest_selfmod_guard.rules.tamper._cheating.plain import own  # noqa: PLC0415 (slow)

    after = _after(body)
    for node in own(body):
        if isinstance(node, ast.Try):
            for handler in node.handlers:
                raised = _is_raised(node, handler.type)
                answer = _answer(handler.body) if raised or _is_broad(handler.type) else None
                if answer is not None:
                    answer = answer or ("" if raised else after.get(node, ""))
                    yield _Wrapped(handler.lineno, answer, raised), node.body
        elif isinstance(node, ast.With) and any(_suppresses(i.context_expr) for i in node.items):
            yield _Wrapped(node.lineno, ""), node.body


def _after(body: list[ast.stmt]) -> dict[ast.stmt, str]:
    """Give for statements what is answered right after them, where it is something fixed."""
    from pytest_selfmod_guard.rules.tamper._cheating.pairs import is_fixed  # noqa: PLC0415 (slow)

    found: dict[ast.stmt, str] = {}
    todo = [body]
    while todo:
        block = todo.pop()
        for node, follower in pairwise(block):
            value = follower.value if isinstance(follower, ast.Return) else None
            if value is not None and is_fixed(value):
                found[node] = ast.unparse(value)
        todo += [inner for node in block for inner in _blocks(node)]
    return found


def _blocks(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    for holder in (node, *getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        for field in ("body", "orelse", "finalbody"):
            yield from [getattr(holder, field)] if getattr(holder, field, None) else []


def _is_raised(node: ast.Try, caught: ast.expr | None) -> bool:
    """Tell whether a block raises, as its last, the very error that it catches."""
    last = node.body[-1]
    raised = last.exc if isinstance(last, ast.Raise) else None
    if raised is None or caught is None:
        return False
    parts = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    name = ast.unparse(raised.func if isinstance(raised, ast.Call) else raised)
    return _is_broad(caught) or name in map(ast.unparse, parts)


def _is_broad(caught: ast.expr | None) -> bool:
    if caught is None:
        return True
    parts = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(isinstance(part, ast.Name) and part.id in _BROAD for part in parts)


def _suppresses(node: ast.expr) -> bool:
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return name == "suppress" and any(map(_is_broad, node.args))


def _answer(body: list[ast.stmt]) -> str | None:
    """Give what a handler answers, empty where it only goes on; None where it does more."""
    from pytest_selfmod_guard.rules.tamper._cheating.pairs import is_fixed  # noqa: PLC0415 (slow)

    answer = ""
    for node in body:
        if isinstance(node, ast.Return | ast.Assign) and (not node.value or is_fixed(node.value)):
            answer = ast.unparse(node.value) if node.value else ""
        elif not isinstance(node, ast.Pass | ast.Continue | ast.Break) and not (
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        ):
            return None
    return answer
