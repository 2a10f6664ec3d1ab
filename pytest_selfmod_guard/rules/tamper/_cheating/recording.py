"""Helpers of tests that write the record which they then compare with."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from pytest_selfmod_guard.rules.tamper._cheating.plain import functions, own, tree
from pytest_selfmod_guard.rules.tamper._plain_functions import last
from pytest_selfmod_guard.view import File, Side

_RECORD = re.compile(
    r"(?i)(?:^|[^a-z])(?:snap_?shots?|snaps?|goldens?|expected|approved|baselines?|recorded"
    r"|records|references?|cassettes?)(?:[^a-z]|$)"
)
_ASKED = re.compile(
    r"(?i)getoption|environ|getenv|argv|option|regen|update|record|overwrite|rewrite|bless|accept"
    r"|exists\(|is_file\(|generat|create|save|write|refresh|approve|make"
)
"""What a person says to have records written anew; or there is none so far."""
_DIFFERS = re.compile(r"[!=]=|\bnot\b|cmp\(|\bdiff")
_COPIES = frozenset(("copy", "copyfile", "copy2", "move"))
_WRITES = ("write_text", "write_bytes")
_READS = ("read_text", "read_bytes")
_TEMPORARY = re.compile(r"(?i)te?mp")


class Recording(NamedTuple):
    """One place where a record is written each time."""

    line: int
    what: str
    """The path, as it is written."""
    scope: str
    settled_by: str = ""
    """``trial`` where it depends on something that nobody asked for."""


def recordings(file: File) -> Iterator[Recording]:
    """Give the writes of a changed file that were not there before, and stand under no question."""
    before = {(one.what, one.scope) for one in _of(file.old)}
    yield from (one for one in _of(file.new) if (one.what, one.scope) not in before)


def _of(side: Side | None) -> Iterator[Recording]:
    module = tree(side)
    for function in functions(module) if module is not None else ():
        bound = {**_bound(function.module.body), **_bound(function.node.body)}
        read = {path for path, _ in _called(function.node.body, _READS)}
        always = {line for _, line in _called(_plain(function.node.body, ask=False), _WRITES)}
        for path, line in _called(_plain(function.node.body), _WRITES):
            spoken = f"{path} {bound.get(path, '')}"
            settled_by = "" if line in always else "trial"
            is_record = _RECORD.search(spoken) or (settled_by and path.isidentifier())
            if path in read and is_record and not _TEMPORARY.search(spoken):
                yield Recording(line, path, function.qualname, settled_by)


def _plain(body: list[ast.stmt], *, ask: bool = True) -> list[ast.stmt]:
    """Give the statements that run unless somebody asked for something else."""
    found: list[ast.stmt] = []
    for node in body:
        if isinstance(node, ast.With):
            found += [ast.Expr(item.context_expr) for item in node.items]
            found += _plain(node.body, ask=ask)
        elif isinstance(node, ast.Try) and ask:
            found += _plain([*node.body, *node.orelse, *node.finalbody])
            found += _plain([line for one in node.handlers if _is_missed(one) for line in one.body])
        elif isinstance(node, ast.If) and ask and _is_about_the_result(node.test):
            found += _plain([*node.body, *node.orelse])
        elif isinstance(node, ast.Expr | ast.Assign):
            found.append(node)
    return found


def _is_about_the_result(test: ast.expr) -> bool:
    """Tell whether what decides is what came out, and not what somebody asked for."""
    told = ast.unparse(test)
    return _DIFFERS.search(told) is not None and not _ASKED.search(told)


def _is_missed(handler: ast.ExceptHandler) -> bool:
    """Tell whether what is handled is that a comparison failed."""
    told = ast.unparse(handler.type) if handler.type else "Exception"
    return "Exception" in told or "AssertionError" in told


def _called(body: list[ast.stmt], names: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    """Give the objects of the calls of some methods."""
    for node in own(body):
        func = node.func if isinstance(node, ast.Call) else None
        if isinstance(func, ast.Name) and func.id == "open" and isinstance(node, ast.Call):
            mode = " ".join(ast.unparse(one) for one in node.args[1:])
            writes = bool(re.search("[wax+]", mode))
            if node.args and writes is (names == _WRITES):
                yield ast.unparse(node.args[0]), node.lineno
        if isinstance(func, ast.Attribute) and func.attr == "open" and isinstance(node, ast.Call):
            mode = " ".join(ast.unparse(one) for one in node.args)
            if bool(re.search("[wax+]", mode)) is (names == _WRITES):
                yield ast.unparse(func.value), func.lineno
        elif func and last(func) in _COPIES and names == _WRITES and isinstance(node, ast.Call):
            yield from ((ast.unparse(one), node.lineno) for one in node.args[1:2])
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
