"""What a module of the project defines and imports, as its own text tells."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable, Iterator
from functools import cached_property
from posixpath import basename, dirname, splitext
from typing import NamedTuple

from pytest_selfmod_guard.view import Side

_GUARDS = frozenset(("ImportError", "ModuleNotFoundError", "Exception", "BaseException"))
_OPENERS = frozenset(("globals", "vars", "exec", "setattr", "__getattr__", "modules"))
"""Words with which a module may get names that are not written as definitions."""
_BLOCKS = (ast.If, ast.Try, ast.TryStar, ast.With, ast.For, ast.While, ast.Match)


class Imported(NamedTuple):
    """One name that a file imports."""

    module: str
    """Dotted; with leading dots where it is relative."""
    name: str
    """What is taken out of it; empty for ``import module``."""
    line: int
    is_guarded: bool
    """It may fail: inside of ``try``, or only for type checkers."""


class Module:
    """One version of one module."""

    def __init__(self, tree: ast.Module) -> None:
        """Take a parsed file; see :func:`module_of`."""
        self._tree = tree

    @cached_property
    def names(self) -> frozenset[str]:
        """What it binds at the top level, in any branch."""
        return frozenset(_bound(self._tree.body))

    @cached_property
    def is_open(self) -> bool:
        """Whether it may have names that cannot be read off."""
        return any(
            (isinstance(node, ast.Name | ast.FunctionDef) and _word(node) in _OPENERS)
            or (isinstance(node, ast.Attribute) and node.attr in _OPENERS)
            or (isinstance(node, ast.ImportFrom) and node.names[0].name == "*")
            for node in ast.walk(self._tree)
        )

    @cached_property
    def imports(self) -> tuple[Imported, ...]:
        """Every import in it, wherever it stands."""
        return tuple(_imports(self._tree.body, is_guarded=False))

    def attributes(self, names: frozenset[str]) -> Iterator[tuple[str, str, int]]:
        """Give ``a.b.name`` as its owner, the name and the line, for some names."""
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Attribute) and node.attr in names:
                owner = _dotted(node.value)
                if owner:
                    yield owner, node.attr, node.lineno


def module_of(side: Side | None) -> Module | None:
    """Parse one version of a file; None where it is no Python, or cannot be parsed."""
    if side is None or not side.is_python or side.unparsable:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return Module(ast.parse(side.blob.data or b""))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def dotted_name(path: str) -> str:
    """Give the dotted name of a module, from the top of the repository."""
    name = splitext(path)[0]
    if basename(name) == "__init__":
        name = dirname(name)
    return name.replace("/", ".")


def _bound(body: Iterable[ast.stmt]) -> Iterator[str]:
    for statement in body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield statement.name
        elif isinstance(statement, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name.split(".")[0] for alias in statement.names)
        else:
            for node in _outside_functions(statement):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    yield node.id
                elif isinstance(node, ast.MatchAs | ast.MatchStar) and node.name:
                    yield node.name
            for block in _blocks(statement):
                yield from _bound(block)


def _outside_functions(statement: ast.stmt) -> Iterator[ast.AST]:
    """Walk a statement without the statements inside of it."""
    todo: list[ast.AST] = [statement]
    while todo:
        node = todo.pop()
        yield node
        todo += [
            child
            for child in ast.iter_child_nodes(node)
            if not isinstance(child, ast.stmt | ast.Lambda)
        ]


def _blocks(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    for field in ("body", "orelse", "finalbody"):
        yield getattr(statement, field, [])
    for part in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
        yield part.body


def _imports(body: Iterable[ast.stmt], *, is_guarded: bool) -> Iterator[Imported]:
    for statement in body:
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                yield Imported(alias.name, "", statement.lineno, is_guarded)
        elif isinstance(statement, ast.ImportFrom):
            module = "." * statement.level + (statement.module or "")
            for alias in statement.names:
                yield Imported(module, alias.name, statement.lineno, is_guarded)
        else:
            inside = is_guarded or _forgives(statement)
            for block in _blocks(statement):
                yield from _imports(block, is_guarded=inside)


def _forgives(statement: ast.stmt) -> bool:
    """Tell whether what stands in a statement may fail, or never runs."""
    if isinstance(statement, ast.Try | ast.TryStar):
        return any(_catches(handler) for handler in statement.handlers)
    if isinstance(statement, ast.If):
        # Under a condition nobody here knows whether it is ever tried.
        return True
    return isinstance(statement, ast.With)  # suppress, raises


def _catches(handler: ast.ExceptHandler) -> bool:
    kinds = [handler.type] if not isinstance(handler.type, ast.Tuple) else handler.type.elts
    return any(kind is None or _word(kind) in _GUARDS for kind in kinds)


def _word(node: ast.AST) -> str:
    for field in ("id", "attr", "name"):
        value = getattr(node, field, None)
        if isinstance(value, str):
            return value
    return ""


def _dotted(node: ast.expr) -> str:
    parts: list[str] = []
    here = node
    while isinstance(here, ast.Attribute):
        parts.append(here.attr)
        here = here.value
    if not isinstance(here, ast.Name):
        return ""
    return ".".join([here.id, *reversed(parts)])
