"""What the names of a function stand for: its input as it came, and literals."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from pytest_selfmod_guard.rules.tamper._cheating.constants import NOTHING, Scope, constant
from pytest_selfmod_guard.rules.tamper._cheating.plain import Plain, blocks, own, parameters

_KEEP = frozenset(
    (
        "str", "repr", "tuple", "list", "sorted", "set", "frozenset", "int", "float", "dict", "map",
        "abs", "bytes", "hash", "deepcopy", "copy", "dumps", "loads", "md5", "sha1", "sha256",
        "sha512", "blake2b", "crc32", "strip", "lower", "upper", "casefold", "rstrip", "lstrip",
        "title", "encode", "decode", "tolist", "to_list", "items", "hexdigest", "digest", "join",
        "array", "asarray", "format", "to_dict", "values", "reversed", "tuple_", "freeze", "cast",
    )
)  # fmt: skip
"""Calls after which the input is still known for what it was."""
_READS = frozenset(("input", "read", "readline", "readlines"))
"""Calls by which a program is handed its input."""
_DIGESTS = frozenset(("hash", "md5", "sha1", "sha256", "sha512", "blake2b", "crc32"))
_DEPTH = 12
_Stored = dict[str, list[tuple[ast.expr, ast.expr]]]


class Naming:
    """The names of one function."""

    def __init__(self, function: Plain) -> None:
        """Read the parameters and assignments of a function and of all around it."""
        self.function = function
        self.inputs = set(parameters(function.node))
        ground = _ground(function.module)
        self.scope = dict(ground.scope)
        self.stored = {name: list(pairs) for name, pairs in ground.stored.items()}
        for outer in function.around:
            if not isinstance(outer, ast.ClassDef):
                self.inputs |= parameters(outer)
            self._enter(outer.body)
        self._enter(function.node.body)
        self._defaults()

    def is_input(self, node: ast.expr, depth: int = 0) -> bool:
        """Tell whether an expression is what came in, perhaps in another dress."""
        if depth > _DEPTH:
            return False
        if isinstance(node, ast.NamedExpr | ast.Starred | ast.FormattedValue | ast.Await):
            return self.is_input(node.value, depth + 1)
        if isinstance(node, ast.Tuple | ast.List | ast.JoinedStr):
            return self._are_inputs(_parts(node), depth + 1)
        if isinstance(node, ast.GeneratorExp | ast.ListComp):
            return self._passes_on(node, depth + 1)
        if isinstance(node, ast.Call):
            return self._is_dress(node, depth + 1)
        return self._is_given(node)

    def _is_given(self, node: ast.expr) -> bool:
        """Tell whether a name is a parameter, or something of one or of the object."""
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            node = node.value
        if isinstance(node, ast.Attribute):
            node = node.value
        return isinstance(node, ast.Name) and node.id in {*self.inputs, "self"}

    def is_digest(self, node: ast.expr) -> bool:
        """Tell whether an expression is a fingerprint of what came in."""
        inner = (part for part in ast.walk(node) if isinstance(part, ast.Call))
        return self.is_input(node) and any(last(call.func) in _DIGESTS for call in inner)

    def value(self, node: ast.expr) -> object:
        """Compute a literal, or ``NOTHING``."""
        return constant(node, self.scope)

    def answer(self, node: ast.expr) -> object:
        """Compute what is answered without a look at the input: ``Point(1, 2)`` gives (1, 2)."""
        if isinstance(node, ast.Lambda) and not node.args.args:
            node = node.body
        known = self.value(node)
        if known is not NOTHING or not isinstance(node, ast.Call) or not node.args:
            return known
        given = [self.value(part) for part in node.args]
        if NOTHING in given or node.keywords:
            return NOTHING
        return given[0] if len(given) == 1 else tuple(given)

    def _are_inputs(self, parts: Iterable[ast.expr], depth: int) -> bool:
        told = [part for part in parts if not isinstance(part, ast.Constant)]
        return bool(told) and all(self.is_input(part, depth) for part in told)

    def _passes_on(self, node: ast.GeneratorExp | ast.ListComp, depth: int) -> bool:
        """``tuple(row) for row in rows``."""
        (loop, *more) = node.generators
        if more or loop.ifs or not isinstance(loop.target, ast.Name):
            return False
        inner = node.elt.args[0] if isinstance(node.elt, ast.Call) and node.elt.args else node.elt
        is_same = isinstance(inner, ast.Name) and inner.id == loop.target.id
        return is_same and self.is_input(loop.iter, depth)

    def _is_dress(self, node: ast.Call, depth: int) -> bool:
        if last(node.func) in _READS:
            return True
        if last(node.func) not in _KEEP:
            return False
        given = [part for part in node.args if self.value(part) is NOTHING]
        if isinstance(node.func, ast.Attribute) and self.is_input(node.func.value, depth):
            return True
        if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Call):
            return self.is_input(node.func.value, depth) and not given
        return any(self.is_input(part, depth) for part in given)

    def _enter(self, body: list[ast.stmt]) -> None:
        nodes = list(own(body))
        self.scope.update(_bound(nodes))
        _store(body, self.stored)
        for name, value in _assigned(nodes):
            if name not in self.inputs and self.is_input(value):
                self.inputs.add(name)

    def _defaults(self) -> None:
        """A default that nobody passes is a constant: ``def f(x, known={3: 7})``."""
        every = self.function.node.args
        plain = [*every.posonlyargs, *every.args]
        pairs = zip(reversed(plain), reversed(every.defaults), strict=False)
        only = zip(every.kwonlyargs, every.kw_defaults, strict=True)
        for parameter, default in (*pairs, *only):
            if isinstance(default, ast.Dict | ast.List | ast.Tuple):
                self.scope.setdefault(parameter.arg, default)


class _Ground(NamedTuple):
    """What a module binds for all its functions."""

    scope: Scope
    stored: _Stored


@lru_cache(maxsize=4)
def _ground(module: ast.Module) -> _Ground:
    stored: _Stored = {}
    _store(module.body, stored)
    return _Ground(dict(_bound(list(own(module.body)))), stored)


def _store(body: list[ast.stmt], stored: _Stored) -> None:
    """Remember ``known[3] = 7`` and ``known.update({3: 7})``."""
    for node in _statements(body):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            target = node.targets[0]
            stored.setdefault(last(target.value), []).append((target.slice, node.value))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            call = node.value
            if isinstance(call.func, ast.Attribute) and call.func.attr == "update":
                pairs = [pair for part in call.args for pair in _items(part)]
                stored.setdefault(last(call.func.value), []).extend(pairs)


def last(node: ast.AST) -> str:
    """Give ``c`` for ``a.b.c`` and ``a.b.c(...)``."""
    if isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _parts(node: ast.Tuple | ast.List | ast.JoinedStr) -> list[ast.expr]:
    return node.values if isinstance(node, ast.JoinedStr) else node.elts


def _items(node: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    if isinstance(node, ast.Dict):
        yield from ((k, v) for k, v in zip(node.keys, node.values, strict=True) if k is not None)


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    todo = list(reversed(body))
    while todo:
        node = todo.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            todo += reversed(blocks(node))


def _assigned(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, ast.expr]]:
    """Give each name that is bound, with its value."""
    for node in nodes:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    yield target.id, node.value
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value is not None:
            yield from [(node.target.id, node.value)] if isinstance(node.target, ast.Name) else []


def _bound(nodes: list[ast.AST]) -> Iterator[tuple[str, ast.expr]]:
    """Give the names that are bound once only."""
    found = list(_assigned(nodes))
    counted = Counter(name for name, _ in found)
    changed = {last(n.target) for n in nodes if isinstance(n, ast.AugAssign | ast.For)}
    yield from ((n, value) for n, value in found if counted[n] == 1 and n not in changed)
