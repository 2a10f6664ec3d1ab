"""Where the product replaces what tests are judged by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import libcst as cst

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules.tamper._cheating.asking import nodes
from pytest_selfmod_guard.rules.tamper._nodes import last_name

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python

_TOOLS = frozenset(("pytest", "_pytest", "unittest", "doctest", "hypothesis", "nose"))
_CORE = frozenset(
    (
        "AssertionError", "BaseException", "Exception", "abs", "all", "any", "bool", "compile",
        "dict", "divmod", "float", "getattr", "hasattr", "hash", "id", "int", "isinstance",
        "issubclass", "iter", "len", "list", "max", "min", "object", "open", "range", "repr",
        "reversed", "round", "set", "setattr", "sorted", "str", "sum", "tuple", "type", "zip",
        "__import__", "__build_class__", "exit", "print",
    )
)  # fmt: skip
_EQUALITY = frozenset(
    (
        "operator.eq", "operator.ne", "operator.is_", "operator.contains", "math.isclose",
        "numpy.allclose", "numpy.array_equal", "numpy.isclose", "numpy.testing.assert_allclose",
        "numpy.testing.assert_array_equal", "numpy.testing.assert_equal", "decimal.Decimal.__eq__",
    )
)  # fmt: skip
_MOCKS = frozenset(
    f"{module}.{name}"
    for module in ("unittest.mock", "mock")
    for name in ("MagicMock", "Mock", "AsyncMock", "NonCallableMock", "ANY", "sentinel", "call")
)
_PATCHERS = frozenset(("unittest.mock.patch", "mock.patch", "unittest.mock.patch.object"))


class Patch(NamedTuple):
    """One replacement."""

    node: cst.CSTNode
    message: str
    risk: Risk = Risk.HIGH
    is_doubtful: bool = False


def patches(python: Python) -> Iterator[Patch]:
    """Give every place of a file where something of the tests' tools is replaced."""
    for node in nodes(python.module):
        if isinstance(node, cst.Assign | cst.AugAssign | cst.AnnAssign):
            for target in _targets(node):
                yield from _replaced(python, node, target)
        elif isinstance(node, cst.Call):
            yield from _called(python, node)
        elif isinstance(node, cst.ClassDef):
            yield from _transforms(python, node)
        elif isinstance(node, cst.Return) and node.value is not None:
            yield from _mocked(python, node)


def _targets(node: cst.Assign | cst.AugAssign | cst.AnnAssign) -> list[cst.BaseExpression]:
    if isinstance(node, cst.Assign):
        return [target.target for target in node.targets]
    return [node.target]


def _replaced(python: Python, node: cst.CSTNode, target: cst.BaseExpression) -> Iterator[Patch]:
    if isinstance(target, cst.Attribute | cst.Subscript):
        is_item = isinstance(target, cst.Subscript)
        keys = list(_keys(python, target)) if is_item else [last_name(target)]
        owners = python.names(target.value)
        yield from _patched(node, frozenset(f"{owner}.{key}" for owner in owners for key in keys))


def _keys(python: Python, target: cst.BaseExpression) -> Iterator[str]:
    for part in target.slice if isinstance(target, cst.Subscript) else ():
        if isinstance(part.slice, cst.Index):
            yield from (v for v in python.folds(part.slice.value) if isinstance(v, str))


def _patched(node: cst.CSTNode, names: frozenset[str]) -> Iterator[Patch]:
    for name in sorted(names):
        plain = name.removeprefix("sys.modules.").replace("builtins.__dict__.", "builtins.")
        if _is_judge(plain):
            yield Patch(node, f"the product replaces {plain!r}, by which tests are judged")
            return


def _is_judge(name: str) -> bool:
    if name in _EQUALITY or name.partition(".")[0] in _TOOLS:
        return True
    module, _, attribute = name.rpartition(".")
    return (module == "builtins" and attribute in _CORE) or module.endswith("AssertionError")


def _called(python: Python, node: cst.Call) -> Iterator[Patch]:
    names = python.names(node.func)
    values = [argument.value for argument in node.args]
    if names & {"builtins.setattr", "builtins.delattr"} and len(values) > 1:
        keys = [key for key in python.folds(values[1]) if isinstance(key, str)]
        owners = python.names(values[0])
        yield from _patched(node, frozenset(f"{owner}.{key}" for owner in owners for key in keys))
    elif names & _PATCHERS:
        yield Patch(node, "the product patches with unittest.mock", Risk.MEDIUM)
    elif last_name(node.func) in ("update", "setdefault", "__setitem__"):
        yield from _updated(python, node)
    elif last_name(node.func) == "curse":
        yield Patch(node, "the product changes a type of Python itself")


def _updated(python: Python, node: cst.Call) -> Iterator[Patch]:
    """``vars(builtins).update(isinstance=...)``, ``sys.modules.setdefault("pytest", ...)``."""
    if not isinstance(node.func, cst.Attribute):
        return
    owners = {name.removesuffix(".__dict__") for name in python.names(node.func.value)}
    keys = [argument.keyword.value for argument in node.args if argument.keyword]
    for argument in node.args[:1]:
        value = argument.value
        parts = value.elements if isinstance(value, cst.Dict) else ()
        keys += [str(python.fold(p.key)) for p in parts if isinstance(p, cst.DictElement)]
        keys += [key for key in python.folds(value) if isinstance(key, str)]
    yield from _patched(node, frozenset(f"{owner}.{key}" for owner in owners for key in keys))


def _transforms(python: Python, node: cst.ClassDef) -> Iterator[Patch]:
    bases = {name for base in node.bases for name in python.names(base.value)}
    if "ast.NodeTransformer" in bases:
        for part in nodes(node.body):
            if isinstance(part, cst.FunctionDef) and part.name.value == "visit_Assert":
                yield Patch(part, "the product rewrites the assert statements of what it compiles")


def _mocked(python: Python, node: cst.Return) -> Iterator[Patch]:
    if node.value is None:
        return
    inner = node.value.func if isinstance(node.value, cst.Call) else node.value
    if python.names(inner) & _MOCKS or (
        isinstance(node.value, cst.Name) and python.origins(node.value) & _MOCKS
    ):
        yield Patch(
            node, "the product returns a mock, which agrees to everything", is_doubtful=True
        )
