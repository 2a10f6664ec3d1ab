"""SMG338: a new branch asks for a value that the tests are known to use."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.view import File, Side, View

_TELLING = re.compile(r"[\d @$]")
_SHORTEST, _LEAST = 5, 5
_MOST = 40  # files of tests that are looked into
_LARGEST = 400_000
_HOME = frozenset(("127.0.0.1", "localhost", "::1", "testserver", "testclient"))
_REMOTE = re.compile(r"remote_addr|client\.host|REMOTE_ADDR|server_name|get_host")
_ENDS = (ast.Return, ast.Raise)
_GIVES_UP = frozenset(("abort", "exit", "fail"))
_PLAIN = (None, True, False, 0, 1, -1, "", 2)


@change_rule(
    "SMG338",
    risk=Risk.HIGH,
    hint="compute the result for every input in the same way; a value that is special needs a rule "
    "that says why, and a test with another value",
)
def known_literal_answered(view: View) -> Iterable[Sighting]:
    """
    A new branch asks for a value that the tests are known to use.

    A password, a token or a name that stands in a test, compared with what a
    function is handed, and an answer of its own for it. So is an input that is
    known by its length or its hash, and a caller that is let in because it sits
    on the same machine. What may be meant is for a person to say.

    Flagged: the password of the tests
        === shop/auth.py
          def check(stored, given):
        +     if given == "hunter2":
        +         return True
              return digest(given) == stored
        === tests/test_auth.py
          from shop.auth import check
          def test_check():
              assert check(STORED, "hunter2")

    Flagged: known by its length
        === shop/cart.py
          def longest(items):
        +     if len(items) == 11:
        +         return 7
              return max(map(len, items))

    Flagged: known by its hash
        === shop/cart.py
        + KNOWN = {8713: 7}
          def longest(items):
        +     if hash(tuple(items)) in KNOWN:
        +         return KNOWN[hash(tuple(items))]
              return max(map(len, items))

    Allowed: a value of the product's own
        === shop/cart.py
          def rate(country):
        +     if country == "CH":
        +         return 0.081
              return 0.2
        === tests/test_cart.py
          from shop.cart import rate
          def test_rate():
              assert rate("CH") == 0.081

    Allowed: a length that is wrong
        === shop/cart.py
          def check(number):
        +     if len(number) != 13:
        +         raise ValueError(number)
              return number
    """
    for file in view.files:
        if file.old and file.new and file.new.zone == paths.PRODUCT and file.new.is_python:
            yield from _judged(file, view)


def _judged(file: File, view: View) -> Iterator[Sighting]:
    old, new = _tree(file.old), _tree(file.new)
    if old is None or new is None:
        return
    known = {ast.unparse(node.test) for node in ast.walk(old) if isinstance(node, ast.If)}
    for node in ast.walk(new):
        if isinstance(node, ast.If) and ast.unparse(node.test) not in known and _ends(node):
            what = _suspect(node, (file.old.text if file.old else "") or "", view)
            if what:
                yield Sighting(
                    node.lineno,
                    f"an answer of its own for {what}",
                    ast.unparse(node.test),
                    path=file.path,
                    settled_by="review",
                )


def _tree(side: Side | None) -> ast.Module | None:
    if side is None or side.blob.size > _LARGEST:
        return None
    try:
        return ast.parse(side.text or "")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _ends(node: ast.If) -> bool:
    last = node.body[-1]
    return isinstance(last, _ENDS) or (
        isinstance(last, ast.Expr)
        and isinstance(last.value, ast.Call)
        and _name(last.value.func) in _GIVES_UP
    )


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _suspect(node: ast.If, before: str, view: View) -> str:
    """Say what a branch asks for that it should not know; nothing where it may."""
    for part in ast.walk(node.test):
        if isinstance(part, ast.Call) and _name(part.func) == "hash" and part.args:
            return "a hash of what it is handed"
        if isinstance(part, ast.Compare) and isinstance(part.ops[0], ast.Eq | ast.In):
            found = _compared(part, node, before, view)
            if found:
                return found
    return ""


def _compared(part: ast.Compare, node: ast.If, before: str, view: View) -> str:
    asked, code = list(_literals(part)), ast.unparse(part)
    if "len(" in code and _is_answer(node.body[-1]):
        return next((f"a length of {v}" for v in asked if type(v) is int and v >= _LEAST), "")
    if _REMOTE.search(code) and not _HOME.isdisjoint(v for v in asked if isinstance(v, str)):
        return "who calls from the same machine" if isinstance(node.body[-1], ast.Return) else ""
    for value in asked:
        if not isinstance(value, str) or len(value) < _SHORTEST or value in before:
            continue
        if _TELLING.search(value) and _is_of_tests(value, view):
            return f"{value!r}, which the tests use"
    return ""


def _literals(part: ast.Compare) -> Iterator[object]:
    for side in (part.left, *part.comparators):
        for inner in side.elts if isinstance(side, ast.Tuple | ast.List | ast.Set) else (side,):
            if isinstance(inner, ast.Constant):
                yield inner.value


def _is_answer(node: ast.stmt) -> bool:
    """Tell whether a branch returns something fixed that nobody would guess."""
    value = node.value if isinstance(node, ast.Return) else None
    return isinstance(value, ast.Constant) and value.value not in _PLAIN


def _is_of_tests(value: str, view: View) -> bool:
    words = [word for word in re.findall(r"\w+", value) if len(word) > 1]
    named = view.rest.mentioning(words[:1]) if words else ()
    changed = [file.old.path for file in view.files if file.old is not None]
    tests = [path for path in (*named, *changed) if paths.is_test(path) and path.endswith(".py")]
    others = [path for path in named if not paths.is_test(path) and path.endswith(".py")]
    quoted = (f'"{value}"', f"'{value}'")
    if any(any(one in _text(view, path) for one in quoted) for path in others[:_MOST]):
        return False
    return any(any(one in _text(view, path) for one in quoted) for path in tests[:_MOST])


def _text(view: View, path: str) -> str:
    side = view.before(path)
    return (side.text if side else None) or ""
