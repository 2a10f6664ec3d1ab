"""Every handle of an error has its paragraph, and every paragraph an error."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
MAKERS = frozenset(
    (
        *("GuardError", "UsageError", "CouldNotJudge", "ReadError", "PolicyError"),
        *("JournalError", "RuleError", "_Failure", "_Refusal", "BadSignature"),
    )
)


def raised() -> Iterator[str]:
    """Give the handle of every error that the package makes."""
    for path in (ROOT / "pytest_selfmod_guard").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                if node.func.id in MAKERS and isinstance(node.args[0], ast.Constant):
                    yield str(node.args[0].value)
                elif node.func.id == "PreflightResult":
                    yield from refused_for(node)
            elif isinstance(node, ast.FunctionDef):
                yield from handed_on(node)


def refused_for(result: ast.Call) -> Iterator[str]:
    """Give the handles by which an answer of the pre-flight does not allow."""
    for keyword in result.keywords:
        if keyword.arg == "slug":
            told = keyword.value
            either = (told.body, told.orelse) if isinstance(told, ast.IfExp) else (told,)
            yield from (str(node.value) for node in either if isinstance(node, ast.Constant))


def handed_on(function: ast.FunctionDef) -> Iterator[str]:
    """Give the default of a parameter called slug: a handle that callers may replace."""
    named = function.args.args[::-1]
    for name, default in zip(named, function.args.defaults[::-1], strict=False):
        if name.arg == "slug" and isinstance(default, ast.Constant) and default.value is not None:
            yield str(default.value)


def explained() -> list[str]:
    """Give the handle of every paragraph."""
    text = (ROOT / "docs" / "messages.md").read_text(encoding="utf-8")
    return re.findall(r"^## `([\w-]+)`$", text, re.MULTILINE)


def test_every_handle_is_explained_once_and_in_order() -> None:
    """Nothing missing, nothing stale, nothing twice, sorted."""
    assert explained() == sorted(set(raised()))


def test_handles_are_in_kebab_case() -> None:
    """They are typed by people."""
    assert all(re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", handle) for handle in raised())
