"""Places that anybody can write to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_selfmod_guard.rules.danger._wording import bound, said

if TYPE_CHECKING:
    import libcst as cst

    from pytest_selfmod_guard.syntax import Python

_MOST, _DEPTH = 60, 4
_TEMPORARY = re.compile(
    r"^(?:/tmp/|/var/tmp/|/dev/shm/|[A-Za-z]:\\Windows\\Temp|%?TEMP%?[\\/])", re.IGNORECASE
)


def is_temporary(python: Python, node: cst.BaseExpression) -> bool:
    """Tell whether a path lies where files are passing through."""
    return bool(_TEMPORARY.match(said(python, node))) or _is_made(python, node)


def _is_made(python: Python, node: cst.BaseExpression, depth: int = 0) -> bool:
    """Follow a path through its variables, and no further: what a folder is made for is its own."""
    import libcst as cst  # noqa: PLC0415 (a rule that asks has it already)

    parts: list[cst.CSTNode] = [node]
    for part in parts:
        if isinstance(part, cst.Call) and _makes(python, part):
            return True
        value = bound(python, part) if isinstance(part, cst.Name) and depth < _DEPTH else None
        if value is not None and _is_made(python, value, depth + 1):
            return True
        if len(parts) < _MOST:
            parts += part.children
    return False


def _makes(python: Python, call: cst.Call) -> bool:
    return any(name.startswith("tempfile.") for name in python.names(call.func))
