"""One spelling for code that differs only in its formatting."""

from __future__ import annotations

import ast
import inspect
import re
import warnings

ONLY_AST = 0x400


def normal(code: str) -> str:
    """
    Spell code so that reformatting it makes no difference.

    White space, quotes, redundant parentheses, trailing commas, comments, line
    breaks and the indentation of docstrings do not count. What is no code by
    itself comes back with its white space squeezed.
    """
    for attempt in (f"(\n{code}\n)", code, f"f(\n{code}\n)", f"async def f():\n{code}"):
        tree = _parsed(attempt)
        if tree is not None:
            return _unparsed(_tidy(tree))
    return re.sub(r"\s+", " ", code).strip()


def _parsed(code: str) -> ast.Module | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = compile(code, "<source>", "exec", ONLY_AST, dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
    return tree if isinstance(tree, ast.Module) else None


def _tidy(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            node.kind = None  # u"" is ""
        elif isinstance(node, ast.Delete) and len(node.targets) == 1:
            only = node.targets[0]
            node.targets = only.elts if isinstance(only, ast.Tuple) and only.elts else node.targets
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            _tidy_docstring(node)
    return tree


def _tidy_docstring(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
    first = node.body[0]
    text = first.value if isinstance(first, ast.Expr) else None
    if isinstance(text, ast.Constant) and isinstance(text.value, str):
        text.value = inspect.cleandoc(text.value).strip()


def _unparsed(tree: ast.Module) -> str:
    try:
        return ast.unparse(tree)
    except (ValueError, RecursionError):
        # An f-string whose quotes this Python cannot write again.
        return ast.dump(tree)
