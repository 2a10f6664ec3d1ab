"""The functions of one version of a test file, with what each asserts."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from typing import NamedTuple

from pytest_selfmod_guard.rules.tamper._asserting.checks import Check, Guard
from pytest_selfmod_guard.rules.tamper._asserting.inlining import text
from pytest_selfmod_guard.rules.tamper._asserting.quiet import quiet_names
from pytest_selfmod_guard.rules.tamper._asserting.reading import Function, Reader
from pytest_selfmod_guard.rules.tamper._asserting.relations import SAYS, is_given
from pytest_selfmod_guard.rules.tamper._asserting.spelled import last
from pytest_selfmod_guard.syntax import Python

Key = tuple[str, str]
_DEFINED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_HELPERS, _DEEPEST = 40, 3
_LARGEST = 3000


class Unit(NamedTuple):
    """One function of a test file."""

    path: str
    """Where the file is now, or was if it is gone."""
    key: Key
    node: Function
    owners: tuple[ast.ClassDef, ...]
    own: tuple[Check, ...]
    """What its own statements assert."""
    every: tuple[Check, ...]
    """That, and what the helpers it calls assert for it."""

    @property
    def place(self) -> tuple[str, Key]:
        return self.path, self.key

    @property
    def name(self) -> str:
        return "::".join([*filter(None, self.key[0].split(".")), self.key[1]])


Definition = tuple[Function, tuple[ast.ClassDef, ...]]


class Module:
    """One version of one file on the tests' side."""

    def __init__(self, path: str, python: Python) -> None:
        """Read a file; one that only a newer Python can read has no functions."""
        self.path = path
        self._python = python
        try:
            self.tree = ast.parse(self._text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            self.tree = ast.Module([], [])

    def written(self, node: Function) -> str:
        """Give the lines of a function, its decorators included."""
        first = min((mark.lineno for mark in node.decorator_list), default=node.lineno)
        return "\n".join(self._lines[first - 1 : node.end_lineno])

    @cached_property
    def _lines(self) -> list[str]:
        return self._text.split("\n")

    @cached_property
    def _text(self) -> str:
        # With ends of lines as Python counts them, so that its numbers are those of ours.
        return self._python.text.replace("\r\n", "\n").replace("\r", "\n")

    @cached_property
    def functions(self) -> dict[Key, Definition]:
        """Every function by its class and name; the last of one name is the one that counts."""
        return dict(_functions(self.tree.body, ()))

    @cached_property
    def constants(self) -> dict[str, ast.expr | None]:
        """What names at the top stand for, as far as it is written down."""
        return dict(_constants(self.tree.body))

    @cached_property
    def top(self) -> dict[str, str]:
        """What else than tests the module binds at its top, as it is written."""
        found: dict[str, str] = {}
        for statement in self.tree.body:
            if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
                targets = (
                    statement.targets if isinstance(statement, ast.Assign) else [statement.target]
                )
                written = text(statement.value)
                found.update((one.id, written) for one in targets if isinstance(one, ast.Name))
            elif isinstance(statement, _DEFINED) and not statement.name.lower().startswith("test"):
                found[statement.name] = text(statement)
        return found

    @cached_property
    def quiet(self) -> frozenset[str]:
        """The functions and classes that swallow errors of what they are around."""
        return quiet_names(self.tree)

    def unit(
        self, key: Key, helpers: Mapping[str, Definition], same: frozenset[str] = frozenset()
    ) -> Unit:
        """
        Read one function, with the helpers it may call.

        :param same: those of the helpers that answer for nothing by themselves, because they
            are the same in the other version, or not in it
        """
        node, owners = self.functions[key]
        reader = self._read(node, owners, {})
        found: list[tuple[str, Check]] = []
        spoken = self._expand(reader, helpers, found, (node.name,))
        mine = [one for one in reader.checks if one.line not in spoken or one.kind != SAYS]
        own = (*mine, *(one for name, one in found if name in same))
        every = [*own, *(one for name, one in found if name not in same)]
        around = tuple(self._around(node, owners))
        if around:
            own = tuple(one._replace(guards=(*around, *one.guards)) for one in own)
            every = [one._replace(guards=(*around, *one.guards)) for one in every]
        return Unit(self.path, key, node, owners, own, tuple(every))

    def _read(
        self, node: Function, owners: tuple[ast.ClassDef, ...], given: dict[str, ast.expr | None]
    ) -> Reader:
        reader = Reader(self.constants, cache(self._holds), self.quiet)
        alike = given or dict.fromkeys(parametrized(node, owners))
        reader.read(node, alike)
        return reader

    def _expand(
        self,
        reader: Reader,
        helpers: Mapping[str, Definition],
        found: list[tuple[str, Check]],
        chain: tuple[str, ...],
    ) -> set[int]:
        """Add what helpers assert; gives the lines on which those that assert are called."""
        spoken: set[int] = set()
        if len(chain) > _DEEPEST:
            return spoken
        for call, around in reader.calls[:_HELPERS]:
            name = last(call.func)
            if name not in helpers or name in chain:
                continue
            node, owners = helpers[name]
            inner = self._read(node, owners, _arguments(node, call))
            before = len(found)
            found += [(name, one._replace(guards=(*around, *one.guards))) for one in inner.checks]
            self._expand(inner, helpers, found, (*chain, name))
            if len(found) > before:
                spoken.add(call.lineno)
        return spoken

    def _holds(self, test: ast.expr) -> bool | None:
        from pytest_selfmod_guard.rules.tamper._asserting.certain import certain  # noqa: PLC0415 (libcst)

        return certain(test, self._python)

    def _around(self, node: Function, owners: tuple[ast.ClassDef, ...]) -> Iterator[Guard]:
        """Say why nothing of a test function counts."""
        is_test = node.name.startswith("test")
        for mark in node.decorator_list:
            name = last(mark.func if isinstance(mark, ast.Call) else mark)
            if name in self.quiet:
                yield Guard("swallowed", f"by {name!r}")
        if is_test and any(_own(node, ast.Yield | ast.YieldFrom)):
            yield Guard("dead", "a generator is not run")
        if isinstance(node, ast.AsyncFunctionDef) and is_test:
            bases = {last(base) for owner in owners for base in owner.bases}
            awaits = any(_own(node, ast.Await | ast.AsyncFor | ast.AsyncWith))
            if "TestCase" in bases or not awaits:
                yield Guard("dead", "nothing in it is awaited, and it may never be")


def parametrized(node: Function, owners: tuple[ast.ClassDef, ...]) -> Iterator[str]:
    """Give the names that parametrize fills."""
    for mark in (*node.decorator_list, *(one for owner in owners for one in owner.decorator_list)):
        if isinstance(mark, ast.Call) and mark.args and last(mark.func) in {"parametrize", "given"}:
            for piece in ast.walk(mark.args[0]):
                if isinstance(piece, ast.Constant) and isinstance(piece.value, str):
                    yield from (name.strip() for name in piece.value.split(","))


def _arguments(node: Function, call: ast.Call) -> dict[str, ast.expr | None]:
    names = [arg.arg for arg in (*node.args.posonlyargs, *node.args.args)]
    if names[:1] in (["self"], ["cls"]):
        names = names[1:]
    given: dict[str, ast.expr | None] = dict(zip(names, call.args, strict=False))
    given.update({one.arg: one.value for one in call.keywords if one.arg})
    return {**dict.fromkeys(arg.arg for arg in node.args.kwonlyargs), **given}


def _functions(
    body: list[ast.stmt], owners: tuple[ast.ClassDef, ...]
) -> Iterator[tuple[Key, Definition]]:
    for statement in body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            scope = ".".join(owner.name for owner in owners)
            yield (scope, statement.name), (statement, owners)
        elif isinstance(statement, ast.ClassDef):
            yield from _functions(statement.body, (*owners, statement))
        else:
            for block in ("body", "orelse", "handlers", "finalbody"):
                inner = getattr(statement, block, [])
                yield from _functions(inner, owners)


def _constants(body: list[ast.stmt]) -> Iterator[tuple[str, ast.expr | None]]:
    seen: set[str] = set()
    for statement in body:
        targets = statement.targets if isinstance(statement, ast.Assign) else ()
        for target in targets:
            if isinstance(target, ast.Name) and isinstance(statement, ast.Assign):
                known = target.id not in seen and _is_small(statement.value)
                seen.add(target.id)
                if known:
                    yield target.id, statement.value


def _is_small(node: ast.expr) -> bool:
    return is_given(node) and sum(1 for _ in ast.walk(node)) <= _LARGEST // 100


def _own(node: ast.AST, kind: object) -> Iterator[ast.AST]:
    """Give what is of some kind in a function, and not in those inside it."""
    waiting = list(ast.iter_child_nodes(node))
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, kind):  # type: ignore[arg-type]  # a union of node types
            yield inner
        if not isinstance(
            inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef
        ):
            waiting += ast.iter_child_nodes(inner)
