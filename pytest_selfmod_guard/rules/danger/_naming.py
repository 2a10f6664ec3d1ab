"""What a file is called in code: by which variables, and by which words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from pytest_selfmod_guard.rules.danger._wording import GAP, said

if TYPE_CHECKING:
    import libcst as cst

    from pytest_selfmod_guard.syntax import Python
    from pytest_selfmod_guard.syntax.scopes import Scope

_SPLIT = re.compile(r"""[\s"'/\\|;&<>=]+""")


class Names(NamedTuple):
    """The variables and the words in an expression that gives a path."""

    variables: frozenset[tuple[str, str]]
    """Where each is bound, and its name."""
    words: frozenset[str]

    def meets(self, other: Names) -> bool:
        """Tell whether both may be about the same file."""
        if self.words & other.words:
            return True
        known = bool(self.words and other.words)
        return not known and bool(self.variables & other.variables)


def names_of(python: Python, *nodes: cst.BaseExpression) -> Names:
    """Read what expressions call a file."""
    variables, words = set(), set()
    for one in (*nodes, *(given for node in nodes for given in _given(python, node))):
        variables |= set(_variables(python, one))
        parts = _SPLIT.split(said(python, one))
        words |= {part for part in parts if part.strip(".") and part[0] != "-" and GAP not in part}
    return Names(frozenset(variables), frozenset(words - _COMMON))


_COMMON = frozenset(
    ("start", "python", "python3", "chmod", "exe", "tmp", "bash", "sudo", "cmd", "nohup", "None",
     "TEMP", "utf-8", "powershell", "sys", "True", "False", "usr", "bin", "var", "home", "env")
)  # fmt: skip


def _variables(python: Python, node: cst.BaseExpression) -> Iterator[tuple[str, str]]:
    import libcst as cst  # noqa: PLC0415 (a rule that asks has it already)

    waiting: list[cst.CSTNode] = [node]
    while waiting:
        here = waiting.pop()
        if isinstance(here, cst.Name) and (where := _where(python, here)):
            yield where, here.value
        elif isinstance(here, cst.Attribute):
            waiting.append(here.value)
            if getattr(here.value, "value", "") == "self":
                yield "self", here.attr.value
        elif isinstance(here, cst.Call):
            waiting += [argument.value for argument in here.args]
            waiting += [here.func.value] if isinstance(here.func, cst.Attribute) else []
        else:
            waiting += here.children


def _given(python: Python, node: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """Where a path is a parameter, give what the calls of the file pass for it."""
    import libcst as cst  # noqa: PLC0415

    if not isinstance(node, cst.Name):
        return
    scope = python.place(node).scope.qualname
    for function in python.functions:
        params = [param.name.value for param in function.node.params.params]
        if function.qualname != scope or node.value not in params:
            continue
        at = params.index(node.value) - (params[0] in ("self", "cls"))
        for call in python.calls:
            called = getattr(call.node.func, "attr", call.node.func)
            if getattr(called, "value", "") == function.name:
                given = call.arg(python, at, node.value)
                yield from (given,) if given is not None else ()


def _where(python: Python, name: cst.Name) -> str:
    """Name the scope that binds a variable; nothing for imports and what is defined here."""
    scope: Scope | None = python.place(name).scope
    while scope is not None:
        if found := scope.bindings.get(name.value):
            is_data = not any(isinstance(binding.value, str) for binding in found)
            return (scope.qualname or "module") if is_data and name.value != "self" else ""
        scope = scope.parent
    return ""
