"""Names that were put together although they could have been written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_selfmod_guard.syntax import Unknown

if TYPE_CHECKING:
    import libcst as cst

    from pytest_selfmod_guard.syntax import Python

_MOST = 500


def is_in_pieces(python: Python, node: cst.BaseExpression) -> bool:
    """
    Tell whether an expression is a constant name in disguise.

    A join of two literals, a reversed or decoded one: nothing in it is worth
    computing. What has a name of the file in it may be configuration.
    """
    import libcst as cst  # noqa: PLC0415 (a rule that asks has it already)

    if isinstance(node, cst.SimpleString | cst.Name | cst.Attribute | cst.IfExp):
        return False
    value = python.fold(node)
    if isinstance(value, Unknown) or not isinstance(value, str) or not _is_name(value):
        return False
    return not _has_variables(python, node)


def _is_name(value: str) -> bool:
    return bool(value) and all(part.isidentifier() for part in value.split("."))


def _has_variables(python: Python, node: cst.BaseExpression) -> bool:
    import libcst as cst  # noqa: PLC0415

    waiting: list[cst.CSTNode] = [node]
    for _ in range(_MOST):
        if not waiting:
            return False
        here = waiting.pop()
        if isinstance(here, cst.Name) and here.value in python.place(here).scope.module.bindings:
            return not _is_import(python, here)
        if isinstance(here, cst.Attribute):
            waiting.append(here.value)
        else:
            waiting += here.children
    return False


def _is_import(python: Python, name: cst.Name) -> bool:
    bound = python.place(name).scope.module.bindings[name.value]
    return all(isinstance(binding.value, str) for binding in bound)
