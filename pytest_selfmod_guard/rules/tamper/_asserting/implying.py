"""Whether a new assertion demands what an old one did, and says it of something larger."""

from __future__ import annotations

import ast

from pytest_selfmod_guard.rules.tamper._asserting.checks import Check
from pytest_selfmod_guard.rules.tamper._asserting.relations import EQUAL

_SPELLED = frozenset(("repr", "str"))


def implies(new: Check, old: Check) -> bool:
    """Tell whether who passes the new assertion passes the old one, too."""
    if not new.kind == old.kind == EQUAL or new.is_silent:
        return False
    try:
        subject, expected = _parsed(old.subject), _parsed(old.expected)
        now, asked = _parsed(new.subject), _parsed(new.expected)
    except SyntaxError:
        return False
    return _is_part(subject, expected, now, asked) or _is_spelled(subject, expected, now, asked)


def _parsed(code: str) -> ast.expr:
    return ast.parse(code, mode="eval").body


def _is_part(subject: ast.expr, expected: ast.expr, now: ast.expr, asked: ast.expr) -> bool:
    """``x["a"] == 1`` is part of ``x == {"a": 1, "b": 2}``."""
    if not isinstance(subject, ast.Subscript) or ast.dump(subject.value) != ast.dump(now):
        return False
    if not isinstance(asked, ast.Dict):
        return False
    values = {
        ast.dump(key): ast.dump(value)
        for key, value in zip(asked.keys, asked.values, strict=True)
        if key is not None
    }
    return values.get(ast.dump(subject.slice)) == ast.dump(expected)


def _is_spelled(subject: ast.expr, expected: ast.expr, now: ast.expr, asked: ast.expr) -> bool:
    """``repr(x) == "Point(1)"`` is what ``x == Point(1)`` says of a thing that can be compared."""
    if not isinstance(subject, ast.Call) or getattr(subject.func, "id", "") not in _SPELLED:
        return False
    if not isinstance(expected, ast.Constant) or len(subject.args) != 1:
        return False
    told = "".join(str(expected.value).split())
    return ast.dump(subject.args[0]) == ast.dump(now) and told == "".join(
        ast.unparse(asked).split()
    )
