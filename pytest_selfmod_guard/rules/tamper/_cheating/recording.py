"""Helpers of tests that write the record which they then compare with."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from pytest_selfmod_guard.rules.tamper._cheating.plain import functions, own, tree
from pytest_selfmod_guard.view import File, Side

_RECORD = re.compile(
    r"(?i)(?:^|[^a-z])(?:snap_?shots?|snaps?|goldens?|expected|approved|baselines?|recorded"
    r"|records|references?|cassettes?)(?:[^a-z]|$)"
)
_WRITES = ("write_text", "write_bytes")
_READS = ("read_text", "read_bytes")
_TEMPORARY = re.compile(r"(?i)te?mp")


class Recording(NamedTuple):
    """One place where a record is written each time."""

    line: int
    what: str
    """The path, as it is written."""
    scope: str


def recordings(file: File) -> Iterator[Recording]:
    """Give the writes of a changed file that were not there before, and stand under no question."""
    before = {(one.what, one.scope) for one in _of(file.old)}
    yield from (one for one in _of(file.new) if (one.what, one.scope) not in before)


def _of(side: Side | None) -> Iterator[Recording]:
    module = tree(side)
    for function in functions(module) if module is not None else ():
        bound = _bound(function.node.body)
        read = {path for path, _ in _called(function.node.body, _READS)}
        for path, line in _called(_plain(function.node.body), _WRITES):
            spoken = f"{path} {bound.get(path, '')}"
            if path in read and _RECORD.search(spoken) and not _TEMPORARY.search(spoken):
                yield Recording(line, path, function.qualname)


def _plain(body: list[ast.stmt]) -> list[ast.stmt]:
    """Give the statements that always run."""
    found: list[ast.stmt] = []
    for node in body:
        if isinstance(node, ast.With):
            found += _plain(node.body)
        elif isinstance(node, ast.Expr | ast.Assign):
            found.append(node)
    return found


def _called(body: list[ast.stmt], names: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    """Give the objects of the calls of some methods."""
    for node in own(body):
        func = node.func if isinstance(node, ast.Call) else None
        if isinstance(func, ast.Attribute) and func.attr in names:
            yield ast.unparse(func.value), func.lineno


def _bound(body: list[ast.stmt]) -> dict[str, str]:
    return {
        target.id: ast.unparse(node.value)
        for node in own(body)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
