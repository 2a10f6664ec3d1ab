"""Conditions that know the data of a project's tests."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.rules.tamper._cheating.constants import NOTHING, Weight, weight
from pytest_selfmod_guard.rules.tamper._cheating.naming import Naming
from pytest_selfmod_guard.rules.tamper._cheating.plain import Plain, functions, own, tree
from pytest_selfmod_guard.view import File, View

_TEXT = re.compile(r"(?=.*[^\w\s])(?=.*[A-Za-z])\S{10,120}")
"""A host, a path, an address: long, and no word."""
_WORD = re.compile(r"\w{3,}")
_MOST = 20
"""Texts looked up for one change."""
_FILES = 12
_LARGEST = 400_000


class Recognised(NamedTuple):
    """One condition that only tests fulfil."""

    line: int
    text: str
    scope: str


def recognised(view: View, file: File) -> Iterator[Recognised]:
    """Give the new branches of a file that answer something fixed to a text of the tests."""
    module = tree(file.new)
    if module is None:
        return
    before = "\n".join(file.old.lines) if file.old else ""
    count = 0
    for function in functions(module):
        for line, text in _asked(function):
            if text not in before and count < _MOST:
                count += 1
                if _is_of_tests(view, text):
                    yield Recognised(line, text, function.qualname)


def _asked(function: Plain) -> Iterator[tuple[int, str]]:
    naming = Naming(function)
    for node in own(function.node.body):
        if isinstance(node, ast.If | ast.IfExp) and _answers(naming, node.body):
            yield from ((node.lineno, text) for text in _texts(naming, node.test))


def _texts(naming: Naming, test: ast.expr) -> Iterator[str]:
    for node in own([test]):
        value = naming.value(node) if isinstance(node, ast.Constant | ast.Name) else NOTHING
        if isinstance(value, str) and _TEXT.fullmatch(value):
            yield value


def _answers(naming: Naming, body: list[ast.stmt] | ast.expr) -> bool:
    """Tell whether a branch does nothing but answer what is fixed."""
    if isinstance(body, ast.expr):
        return _is_result(naming, body)
    (first, *more) = body
    is_return = isinstance(first, ast.Return) and first.value is not None and not more
    return is_return and isinstance(first, ast.Return) and _is_result(naming, first.value)


def _is_result(naming: Naming, value: ast.expr | None) -> bool:
    """Tell a result, as numbers and texts are, from yes, no and nothing."""
    known = naming.answer(value) if value is not None else NOTHING
    return known is not NOTHING and weight(known) > Weight.TRIVIAL


def _is_of_tests(view: View, text: str) -> bool:
    """Tell whether only tests of the base speak of a text."""
    words = sorted(_WORD.findall(text), key=len)[-1:]
    found = [path for path in view.rest.mentioning(words) if paths.is_python(path)]
    holders = [path for path in _first(found) if _holds(view, path, text)]
    return bool(holders) and all(map(paths.is_test, holders))


def _first(found: list[str]) -> Iterable[str]:
    """Tests come last, so that what the product says is not overlooked."""
    return sorted(found, key=lambda path: (paths.is_test(path), path))[-_FILES:]


def _holds(view: View, path: str, text: str) -> bool:
    data = view.rest.read(path) or b""
    return len(data) < _LARGEST and text.encode() in data
