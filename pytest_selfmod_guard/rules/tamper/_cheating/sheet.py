"""One file of tests, read as far as it is asked for."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from pytest_selfmod_guard.rules.tamper._cheating.plain import Definition
from pytest_selfmod_guard.rules.tamper._cheating.records import Record, bindings, of_code

_ANYBODY = ("candidate", "solution", "solve")
"""Names under which a harness calls whatever it is handed."""


class Sheet:
    """What the tests of one file say."""

    def __init__(self, module: ast.Module, lines: list[str]) -> None:
        """Take a parsed file and its lines."""
        self._module = module
        self._lines = lines
        self._read: dict[Definition, tuple[Record, ...]] = {}

    def about(self, names: Iterable[str]) -> Iterator[Record]:
        """Give the records of all tests that mention a name, and of the module."""
        words = "|".join(map(re.escape, (*names, *_ANYBODY, *self._aliases(names))))
        named = re.compile(rf"\b(?:{words})\b")
        if not any(named.search(line) for line in self._lines):
            return
        yield from self._loose
        for test in self._tests:
            first = min((mark.lineno for mark in test.decorator_list), default=test.lineno)
            if any(map(named.search, self._lines[first - 1 : test.end_lineno])):
                yield from self._of(test)

    def _aliases(self, names: Iterable[str]) -> Iterator[str]:
        """Give the names under which a file imports some."""
        wanted = {*names}
        for node in self._outside:
            for alias in node.names if isinstance(node, ast.ImportFrom | ast.Import) else ():
                if alias.asname and alias.name in wanted:
                    yield alias.asname

    def _of(self, test: Definition) -> tuple[Record, ...]:
        if test not in self._read:
            body: list[ast.AST] = [*test.decorator_list, *test.body]
            names = {**self._names, **bindings(body)}
            self._read[test] = tuple(of_code(body, names))
        return self._read[test]

    @cached_property
    def _tests(self) -> list[Definition]:
        found: list[Definition] = []
        todo: list[ast.AST] = list(reversed(self._module.body))
        while todo:
            node = todo.pop()
            if isinstance(node, Definition):
                found.append(node)
            todo += [part for part in getattr(node, "body", ()) if hasattr(part, "body")]
        return found

    @cached_property
    def _outside(self) -> list[ast.AST]:
        return [node for node in self._module.body if not isinstance(node, Definition)]

    @cached_property
    def _names(self) -> dict[str, list[ast.expr]]:
        return bindings(self._outside)

    @cached_property
    def _loose(self) -> tuple[Record, ...]:
        return tuple(of_code(self._outside, self._names))
