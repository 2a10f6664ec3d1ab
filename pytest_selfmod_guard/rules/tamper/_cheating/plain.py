"""Python's own syntax trees: enough, and quick, where nobody is expected to hide a name."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pytest_selfmod_guard.view import Side

Definition = ast.FunctionDef | ast.AsyncFunctionDef
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_NESTING = 12  # functions within functions


class Plain(NamedTuple):
    """One function, with all that its names may mean."""

    node: Definition
    qualname: str
    around: tuple[Definition | ast.ClassDef, ...]
    """What it is defined in, from the outside."""
    module: ast.Module


def tree(side: Side | None, *, is_trusted: bool = False) -> ast.Module | None:
    """
    Parse one version of a file; None where it is not Python, or does not parse.

    :param is_trusted: it is of the base, so that nobody made it to be hard to parse
    """
    if side is None or not side.is_python or (not is_trusted and side.unparsable):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(side.blob.data or b"")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None  # in a coding that only we can read, or for a newer Python


def functions(module: ast.Module) -> Iterator[Plain]:
    """Give every function and method of a module, nested ones too."""
    todo: list[tuple[ast.stmt, tuple[Definition | ast.ClassDef, ...]]]
    todo = [(node, ()) for node in reversed(module.body)]
    while todo:
        node, around = todo.pop()
        if isinstance(node, ast.Assign):
            yield from _bound(node, around, module)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if not isinstance(node, ast.ClassDef):
                name = ".".join([*(outer.name for outer in around), node.name])
                yield Plain(node, name, around, module)
            around = (*around, node)
        if len(around) < _NESTING:
            todo += [(inner, around) for inner in reversed(blocks(node))]


def _bound(
    node: ast.Assign, around: tuple[Definition | ast.ClassDef, ...], module: ast.Module
) -> Iterator[Plain]:
    """``total = lambda items: 6`` and ``total = {3: 6}.get`` are functions, too."""
    target, value = node.targets[0], node.value
    if isinstance(value, ast.Attribute) and value.attr in ("get", "__getitem__"):
        given = ast.arguments([], [ast.arg("given")], None, [], [], None, [])
        asked = ast.Call(value, [ast.Name("given", ast.Load())], [])
        value = ast.Lambda(given, asked)
    if isinstance(target, ast.Name) and isinstance(value, ast.Lambda):
        body: list[ast.stmt] = [ast.Return(value.body)]
        made = ast.FunctionDef(target.id, value.args, body, [], None, None)
        for part in ast.walk(made):
            ast.copy_location(part, node) if not hasattr(part, "lineno") else None
        name = ".".join([*(outer.name for outer in around), target.id])
        yield Plain(made, name, around, module)


def blocks(node: ast.AST) -> list[ast.stmt]:
    """Give the statements directly inside a compound statement."""
    found: list[ast.stmt] = []
    for field in ("body", "orelse", "finalbody"):
        found += [part for part in getattr(node, field, ()) if isinstance(part, ast.stmt)]
    for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        found += part.body
    return found


def own(body: Sequence[ast.AST]) -> Iterator[ast.AST]:
    """Give all nodes of a body in order, leaving out what is inside other functions and classes."""
    todo = list(reversed(body))
    while todo:
        node = todo.pop()
        yield node
        if not isinstance(node, _SCOPES):
            todo += reversed(list(ast.iter_child_nodes(node)))


def parameters(node: Definition | ast.Lambda) -> set[str]:
    """Give the names of all parameters, without the object of a method."""
    every = node.args
    plain = [*every.posonlyargs, *every.args, *every.kwonlyargs]
    starred = [part for part in (every.vararg, every.kwarg) if part]
    return {part.arg for part in (*plain, *starred)} - {"self", "cls"}
