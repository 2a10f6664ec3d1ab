"""Which classes are test cases by what they inherit from, in the module or in another."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from posixpath import dirname, normpath

import libcst as cst

from pytest_selfmod_guard.rules.tamper._nodes import inside, last_name, reached
from pytest_selfmod_guard.syntax import Python

CASE_BASES = ("TestCase", "Test", "Tests", "TestBase", "TestMixin")
_MOST = 20  # modules that are followed
_PLAIN = frozenset(sys.stdlib_module_names) - {"unittest"}
_ROOTS = ("", "src/", "tests/", "test/")

Finder = Callable[[str], Python | None]
"""Gives the module at a path, in one version of the project."""


def cases(parsed: Python, find: Finder | None, *, guess: bool = True) -> frozenset[str]:
    """
    Give the classes at the top of a module that reach a test case by what they inherit.

    :param guess: take a class with tests in it for one where a base is nowhere to be seen
    """
    return _Heirs(find, guess=guess).of(parsed)


def base_names(node: cst.ClassDef) -> list[str]:
    """Give the last parts of the names of a class's bases."""
    return [name for arg in node.bases if arg.keyword is None and (name := last_name(arg.value))]


class _Heirs:
    def __init__(self, find: Finder | None, *, guess: bool) -> None:
        self._find = find
        self._guess = guess
        self._known: dict[str, frozenset[str]] = {}

    def of(self, parsed: Python) -> frozenset[str]:
        """Give the cases of a module; none where modules import from one another in a circle."""
        if parsed.path not in self._known:
            self._known[parsed.path] = frozenset()
            self._known[parsed.path] = self._made(parsed)
        return self._known[parsed.path]

    def _made(self, parsed: Python) -> frozenset[str]:
        body = parsed.module.body
        nodes = [node for node in reached(body) if isinstance(node, cst.ClassDef)]
        parents = {node.name.value: base_names(node) for node in nodes}
        found = {
            node.name.value
            for node in nodes
            if any(name.endswith(CASE_BASES) for name in base_names(node) if name not in parents)
            or any(self._is_case(name, node, parsed) for name in _imported(node, parsed))
        }
        return _grown(found, parents)

    def _is_case(self, name: str, node: cst.ClassDef, parsed: Python) -> bool:
        if name.lstrip(".").split(".")[0] in _PLAIN:
            return False
        is_followed = self._find is not None and len(self._known) < _MOST
        module = _module(name, parsed.path, self._find) if is_followed else None
        if module is None:
            return name.endswith(CASE_BASES) or (self._guess and _has_tests(node))
        return name.rpartition(".")[2] in self.of(module)


def _grown(found: set[str], parents: Mapping[str, list[str]]) -> frozenset[str]:
    """Add what inherits from something found, in however many steps."""
    heirs: dict[str, list[str]] = defaultdict(list)
    for name, bases in parents.items():
        for base in bases:
            heirs[base].append(name)
    waiting = list(found)
    while waiting:
        fresh = [name for name in heirs[waiting.pop()] if name not in found]
        found.update(fresh)
        waiting += fresh
    return frozenset(found)


def _imported(node: cst.ClassDef, parsed: Python) -> Iterator[str]:
    """Give the dotted names of the bases that come from other modules."""
    for arg in node.bases:
        base = arg.value
        while isinstance(base, cst.Subscript | cst.Call):
            base = base.value if isinstance(base, cst.Subscript) else base.func
        if arg.keyword is None and last_name(base):
            yield from (name for name in parsed.names(base) if "." in name)


def _module(name: str, importer: str, find: Finder | None) -> Python | None:
    """Give the project's module that a dotted name leads into."""
    dots = len(name) - len(name.lstrip("."))
    stem = name.lstrip(".").rpartition(".")[0].replace(".", "/")
    folder = dirname(importer)
    above = normpath("/".join([folder or ".", *[".."] * max(0, dots - 1)]))
    places = [above] if dots else ["", folder, *_ROOTS]
    for place in places:
        at = normpath(f"{place}/{stem}" if place else stem).removeprefix("./")
        for path in (f"{at}.py", f"{at}/__init__.py"):
            found = find(path) if find is not None else None
            if found is not None:
                return found
    return None


def _has_tests(node: cst.ClassDef) -> bool:
    return any(
        isinstance(part, cst.FunctionDef) and part.name.value.startswith("test")
        for part in reached(inside(node.body))
    )
