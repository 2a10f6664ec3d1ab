"""The examples of doctest in one version of a file."""

from __future__ import annotations

import ast
import doctest
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from pytest_selfmod_guard.view import Side

_SHOWN = 60


class _Example(NamedTuple):
    place: str
    """The definition around it."""
    source: str
    want: str
    line: int
    is_silent: bool


class Examples:
    """Reads docstrings of Python, or the text of a page."""

    def __init__(self, side: Side) -> None:
        """Look at one version of a file."""
        self._side = side

    def silenced_in(self, new: Examples) -> Iterator[tuple[str, int]]:
        """Give the examples that are there still, and cannot fail any more."""
        speaking = Counter(one.source for one in self._all if not one.is_silent)
        still = Counter(one.source for one in new._all if not one.is_silent)
        for one in new._all:
            if one.is_silent and speaking[one.source] > still[one.source]:
                speaking[one.source] -= 1
                yield one.source[:_SHOWN], one.line

    def lost_in(self, new: Examples) -> Iterator[tuple[str, int, str]]:
        """Give the examples that their definition lost, or that have another result in it."""
        now = Counter((one.source, one.want) for one in new._all)
        sources = {one.source for one in new._all}
        for one in self._all:
            if one.is_silent or one.place not in new._places:
                continue
            if now[one.source, one.want]:
                now[one.source, one.want] -= 1
            elif one.source not in sources:
                yield one.source[:_SHOWN], 0, "is taken out"
            elif all(other.want != one.want for other in new._all if other.source == one.source):
                line = next(other.line for other in new._all if other.source == one.source)
                yield (
                    one.source[:_SHOWN],
                    line,
                    f"expects something else than {one.want[:_SHOWN]!r}",
                )

    @cached_property
    def _all(self) -> list[_Example]:
        return [one for place, text, line in self._texts for one in _examples(place, text, line)]

    @cached_property
    def _places(self) -> frozenset[str]:
        return frozenset(place for place, _, _ in self._texts) | frozenset(self._definitions)

    @cached_property
    def _definitions(self) -> list[str]:
        return [name for name, _ in _defined(self._tree, "")] if self._tree else []

    @cached_property
    def _tree(self) -> ast.Module | None:
        try:
            return ast.parse(self._side.text or "") if self._side.is_python else None
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None

    @cached_property
    def _texts(self) -> list[tuple[str, str, int]]:
        if not self._side.is_python:
            return [("", self._side.text or "", 0)]
        if self._tree is None:
            return []
        found = []
        for name, node in [("", self._tree), *_defined(self._tree, "")]:
            text = ast.get_docstring(node, clean=False)  # type: ignore[arg-type]  # of a definition
            if text:
                found.append((name, text, getattr(node, "lineno", 0)))
        return found


def _defined(node: ast.AST, scope: str) -> Iterator[tuple[str, ast.AST]]:
    for one in getattr(node, "body", []):
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield f"{scope}{one.name}", one
            if isinstance(one, ast.ClassDef):
                yield from _defined(one, f"{scope}{one.name}.")


def _examples(place: str, text: str, line: int) -> Iterator[_Example]:
    try:
        found = doctest.DocTestParser().get_examples(text)
    except ValueError:
        return
    for one in found:
        source = one.source.partition("# doctest:")[0].strip()
        skips = bool(one.options.get(doctest.SKIP))
        anything = bool(one.options.get(doctest.ELLIPSIS)) and _is_blank(one.want)
        yield _Example(place, source, one.want, line + one.lineno, skips or anything)


def _is_blank(want: str) -> bool:
    """Tell whether a result is nothing but dots and brackets."""
    return "..." in want and not any(map(str.isalnum, want))
