"""Context managers and decorators of a test module that swallow what fails inside them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from pytest_selfmod_guard.rules.tamper._asserting.spelled import last

_SWALLOWED = frozenset(("AssertionError", "Exception", "BaseException"))


def quiet_names(tree: ast.Module) -> frozenset[str]:
    """Give the names of the functions and classes that do so."""
    return frozenset(_quiet(tree))


def _quiet(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            exits = (
                one for one in node.body if getattr(one, "name", "") in {"__exit__", "__aexit__"}
            )
            if any(_returns_true(one) for one in exits):
                yield node.name
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _swallows(node):
            yield node.name


def _returns_true(node: ast.stmt) -> bool:
    return any(
        isinstance(one, ast.Return)
        and one.value is not None
        and not (isinstance(one.value, ast.Constant) and not one.value.value)
        and not isinstance(one.value, ast.Call | ast.Name | ast.Attribute)
        and "exc" not in ast.unparse(one.value)
        for one in ast.walk(node)
    )


def _swallows(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Tell whether a function runs what it was given, and lets no error of it out."""
    given = {arg.arg for arg in node.args.args}
    for inner in ast.walk(node):
        if isinstance(inner, ast.Try) and any(_catches(one) for one in inner.handlers):
            for part in inner.body:
                for one in ast.walk(part):
                    if isinstance(one, ast.Yield) or (
                        isinstance(one, ast.Call) and last(one.func) in given
                    ):
                        return not node.name.startswith("test")
    return False


def _catches(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    names = {last(kind) if kind else "Exception" for kind in kinds}
    hands_on = any(
        isinstance(one, ast.Raise | ast.Assert) for part in handler.body for one in ast.walk(part)
    )
    return not names.isdisjoint(_SWALLOWED) and not hands_on
