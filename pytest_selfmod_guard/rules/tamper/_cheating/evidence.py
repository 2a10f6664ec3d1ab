"""Where it is written what a function is expected to give: tests beside it, and docstrings."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from posixpath import basename, splitext

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.rules.tamper._cheating.answers import Answer
from pytest_selfmod_guard.rules.tamper._cheating.known import Known
from pytest_selfmod_guard.rules.tamper._cheating.naming import last
from pytest_selfmod_guard.rules.tamper._cheating.plain import Definition, Plain, own, tree
from pytest_selfmod_guard.rules.tamper._cheating.prose import of_prose
from pytest_selfmod_guard.rules.tamper._cheating.records import Record, wanted
from pytest_selfmod_guard.rules.tamper._cheating.sheet import Sheet
from pytest_selfmod_guard.rules.tamper._cheating.singled import spellings
from pytest_selfmod_guard.view import Side, View

_FILES = 8
"""Test files looked at for the sake of one name."""
_LARGEST = 400_000
_HOPS = 2
_SHORTEST = 3


class Evidence:
    """The examples that the tests of a project give, in the change and beside it."""

    def __init__(self, view: View) -> None:
        """Look at a change and its surroundings, as far as asked."""
        self._view = view
        self._sheets: dict[str, tuple[Sheet, ...]] = {}
        self._beside: dict[str, tuple[str, ...]] = {}

    def tells(self, known: Known) -> list[Answer]:
        """Give the answers of a function that a test or an example asks for."""
        left = {
            wanted(inputs, one.output): one
            for one in known.fresh
            for inputs in spellings(known.function, one.inputs)
        }
        found: dict[int, Answer] = {}
        for record in self.about(known.function, known.file.path):
            asked = [left.pop(one) for one in list(left) if record.has(one)]
            found.update((id(answer), answer) for answer in asked)
            if not left:
                break
        return list(found.values())

    def about(self, function: Plain, path: str) -> Iterator[Record]:
        """Give every record that may speak of a function."""
        names = _names(function)
        yield from _documented(function, names)
        for sheet in self._own(function.module, path):
            yield from sheet.about(names)
        beside = [p for name in names for p in self._mentioning(name, path)]
        for test in dict.fromkeys((*self._changed, *beside)):
            for sheet in self._of(test):
                yield from sheet.about(names)

    def _own(self, module: ast.Module, path: str) -> tuple[Sheet, ...]:
        """A file may bring its checks along."""
        if path not in self._sheets:
            side = self._view.after(path)
            sheets = (Sheet(_checks(module), side.lines),) if side else ()
            self._sheets[path] = sheets
        return self._sheets[path]

    @cached_property
    def _changed(self) -> list[str]:
        return [file.path for file in self._view.files if paths.is_test(file.path)]

    def _mentioning(self, name: str, path: str) -> tuple[str, ...]:
        if len(name) < _SHORTEST and not self._is_small:
            return ()
        if name not in self._beside:
            stem = splitext(basename(path))[0]
            found = [p for p in self._view.rest.mentioning([name]) if _is_test(p)]
            found.sort(key=lambda p: (stem not in p, p))
            self._beside[name] = tuple(found[:_FILES])
        return self._beside[name]

    @cached_property
    def _is_small(self) -> bool:
        return len(self._view.rest.paths()) < _FILES

    def _of(self, path: str) -> tuple[Sheet, ...]:
        if path not in self._sheets:
            before, after = self._view.before(path), self._view.after(path)
            is_changed = before is not after
            sides = [side for side in ((before, after) if is_changed else (after,)) if side]
            found = (_sheet(side, is_trusted=not is_changed) for side in sides)
            self._sheets[path] = tuple(sheet for sheet in found if sheet)
        return self._sheets[path]


def _sheet(side: Side, *, is_trusted: bool) -> Sheet | None:
    if side.blob.size > _LARGEST:
        return None
    module = tree(side, is_trusted=is_trusted)
    return Sheet(module, side.lines) if module is not None else None


def _is_test(path: str) -> bool:
    return paths.is_python(path) and (paths.is_test(path) or paths.is_test_module(path))


def _names(function: Plain) -> list[str]:
    """Give the names by which a test may call a function, be it through others of its file."""
    around = [outer.name for outer in function.around if not isinstance(outer, ast.ClassDef)]
    if function.node.name.startswith("__"):
        around = [outer.name for outer in function.around]
    found = {function.node.name, *around}
    for _ in range(_HOPS):
        found |= {
            node.name
            for node in function.module.body
            if isinstance(node, Definition)
            and node.name not in found
            and any(last(part) in found for part in ast.walk(node) if _is_use(part))
        }
    return sorted(name for name in found if not name.startswith("__"))


def _is_use(node: ast.AST) -> bool:
    return isinstance(node, ast.Name | ast.Attribute)


def _documented(function: Plain, names: Iterable[str]) -> Iterator[Record]:
    known = {*names}
    holders: list[ast.AST] = [function.module, *function.around, function.node]
    holders += [n for n in function.module.body if isinstance(n, Definition) and n.name in known]
    for node in dict.fromkeys(holders):
        if isinstance(node, ast.Module | ast.ClassDef | Definition):
            text = ast.get_docstring(node)
            if text and (node is not function.module or _is_word(function.node.name, text)):
                yield from of_prose(text)


def _is_word(name: str, text: str) -> bool:
    return re.search(rf"\b{re.escape(name)}\b", text) is not None


def _checks(module: ast.Module) -> ast.Module:
    """Keep of a module what checks it: asserts of its own, functions of tests."""
    kept: list[ast.stmt] = []
    for node in module.body:
        is_test = isinstance(node, Definition | ast.ClassDef) and "test" in node.name.lower()
        is_check = isinstance(node, Definition) and node.name == "check"
        is_loose = isinstance(node, ast.Assert | ast.If | ast.For) and any(
            isinstance(part, ast.Assert) for part in own([node])
        )
        if is_test or is_check or is_loose:
            kept.append(node)
    return ast.Module(body=kept, type_ignores=[])
