"""How values get from one name of a file to another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import libcst as cst

from pytest_selfmod_guard.rules.danger._flow_marks import Mark
from pytest_selfmod_guard.syntax.nodes import children

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python

Key = tuple[int, str]
"""Whose name: that of a scope, of any object's attribute or of a function's result."""
_ATTRIBUTE, _RESULT = -1, -2
_LONG = 24
"""Links of a chain of calls, behind which nobody looks for the name of a module."""
_FILLERS = frozenset(("save", "dump", "to_csv", "to_excel", "copyfileobj", "writestr"))
"""What writes its receiver or an argument into another argument."""
_WRAPPERS = frozenset(
    (
        "ZipFile",
        "TarFile",
        "GzipFile",
        "TextIOWrapper",
        "BufferedWriter",
        "BZ2File",
        "open",
        "writer",
    )
)
"""What wraps a file, so that writing to it fills the file."""
_KEPT = Mark.CLIENT | Mark.CIPHER | Mark.PROCESS
"""What an argument does not make of the object it is handed to."""


class Edge(NamedTuple):
    """One value that gets somewhere."""

    key: Key
    value: cst.CSTNode
    without: Mark = Mark.NOTHING


class Edges:
    """All the ways of values through one file."""

    def __init__(self, python: Python) -> None:
        self._python = python
        self._names = {id(call.node): call.names for call in python.calls}
        self._homes: dict[tuple[int, str], Key] = {}
        self._functions: dict[str, list[cst.FunctionDef]] = defaultdict(list)
        self._makers: dict[str, list[cst.FunctionDef]] = defaultdict(list)
        for function in python.functions:
            self._functions[function.name].append(function.node)
            if function.name == "__init__":
                self._makers[function.scope.rpartition(".")[2]].append(function.node)
        self.set_by_index: list[tuple[cst.Subscript, cst.BaseExpression]] = []
        """What is put under a key, with the place it is put into."""
        self.all = tuple(self._every(python.module))

    def names(self, node: cst.Call) -> frozenset[str]:
        """Give what a call may be calling; what is not bound in the file by its own name."""
        return self._names.get(id(node), frozenset()) | self.dotted(node.func)

    def dotted(self, node: cst.CSTNode) -> frozenset[str]:
        """Give the dotted names of an expression, also where the file imports none."""
        if not isinstance(node, cst.Name | cst.Attribute) or _is_long(node):
            return frozenset()
        written = written_name(node)
        names = self._python.names(node)
        if written and self._is_free(node, written.partition(".")[0]):
            names |= {written}
        return names

    def read(self, node: cst.CSTNode) -> set[Key]:
        """Give the keys that reading a name or an attribute looks up."""
        if isinstance(node, cst.Name):
            return {self._home(node, node.value)}
        if isinstance(node, cst.Attribute):
            return {(_ATTRIBUTE, node.attr.value)}
        return set()

    def returned(self, node: cst.Call) -> set[Key]:
        """Give the key of what a function of the file gives back."""
        name = called_name(node)
        return {(_RESULT, name)} if name in self._functions else set()

    def called(self, node: cst.Call) -> list[cst.FunctionDef]:
        """Give the functions of the file that a call may call."""
        name = called_name(node)
        return [*self._functions.get(name, ()), *self._makers.get(name, ())]

    def runs(self, node: cst.Call) -> list[cst.FunctionDef]:
        """Give the functions that a call runs, or hands to what runs them."""
        handed = (arg.value.value for arg in node.args if isinstance(arg.value, cst.Name))
        return [*self.called(node), *(f for name in handed for f in self._functions.get(name, ()))]

    def _is_free(self, node: cst.CSTNode, name: str) -> bool:
        scope = self._python.place(node).scope if name else None
        while scope is not None:
            if name in scope.bindings or name in scope.elsewhere:
                return False
            scope = scope.parent
        return bool(name)

    def _home(self, node: cst.CSTNode, name: str) -> Key:
        start = self._python.place(node).scope
        at = (id(start), name)
        if at not in self._homes:
            scope = start
            while name not in scope.bindings and name not in scope.elsewhere and scope.parent:
                scope = scope.parent
            self._homes[at] = (id(scope.elsewhere.get(name, scope)), name)
        return self._homes[at]

    def _every(self, module: cst.Module) -> Iterator[Edge]:
        todo: list[tuple[cst.CSTNode, str]] = [(module, "")]
        while todo:
            node, function = todo.pop()
            if isinstance(node, cst.FunctionDef):
                function = node.name.value
            yield from self._of(node, function)
            todo += [(child, function) for child in children(node)]

    def _of(self, node: cst.CSTNode, function: str) -> Iterator[Edge]:
        if isinstance(node, cst.Assign):
            targets = (target.target for target in node.targets)
            self.set_by_index += [(t, node.value) for t in targets if isinstance(t, cst.Subscript)]
        if isinstance(node, cst.Call):
            yield from self._of_call(node)
        elif isinstance(node, cst.Return | cst.Yield | cst.From) and function:
            value = getattr(node, "value", None) or getattr(node, "item", None)
            if value is not None:
                yield Edge((_RESULT, function), value)
        else:
            for target, value in _bound(node):
                for key in self._targets(target):
                    yield Edge(key, value)
                if isinstance(value, cst.Call) and called_name(value) in _WRAPPERS:
                    for arg in value.args:
                        for key in self._targets(arg.value):
                            yield Edge(key, target, _KEPT)

    def _targets(self, node: cst.CSTNode) -> Iterator[Key]:
        todo = [node]
        while todo:
            here = todo.pop()
            if isinstance(here, cst.Tuple | cst.List):
                todo += [part.value for part in here.elements]
            elif isinstance(here, cst.Name):
                yield self._home(here, here.value)
            elif isinstance(here, cst.Attribute):
                yield (_ATTRIBUTE, here.attr.value)
            elif isinstance(here, cst.Subscript):
                todo.append(here.value)

    def _of_call(self, node: cst.Call) -> Iterator[Edge]:
        if isinstance(node.func, cst.Attribute) and not self._is_module(node.func.value):
            for key in self._targets(node.func.value):
                for arg in node.args:
                    yield Edge(key, arg.value, _KEPT)
        if called_name(node) in _FILLERS:
            yield from self._filled(node)
        for function in self.called(node):
            yield from self._passed(function, node.args)
        handed = [arg.value for arg in node.args if isinstance(arg.value, cst.Name)]
        for name in handed:
            for function in self._functions.get(name.value, ()):
                yield from self._handed(function, node, name)

    def _is_module(self, node: cst.BaseExpression) -> bool:
        """Tell a module, which keeps nothing that it is handed, from an object."""
        return any(not name.startswith("*") for name in self.dotted(node))

    def _filled(self, node: cst.Call) -> Iterator[Edge]:
        """Follow what is put into a buffer or file that is passed to be written to."""
        values = [arg.value for arg in node.args]
        if isinstance(node.func, cst.Attribute) and not self._is_module(node.func.value):
            values.append(node.func.value)
        for value in values:
            for key in self._targets(value):
                for other in values:
                    if other is not value:
                        yield Edge(key, other, _KEPT)

    def _passed(self, function: cst.FunctionDef, args: Sequence[cst.Arg]) -> Iterator[Edge]:
        names = parameters(function)
        positional = names[1:] if names[:1] in (["self"], ["cls"]) else names
        for at, arg in enumerate(args):
            if arg.keyword is not None and arg.keyword.value in names:
                wanted = [arg.keyword.value]
            elif arg.star or arg.keyword is not None:
                wanted = names
            else:
                wanted = positional[at : at + 1]
            for name in wanted:
                yield Edge(self._home(function.body, name), arg.value)

    def _handed(self, function: cst.FunctionDef, node: cst.Call, name: cst.Name) -> Iterator[Edge]:
        """Follow what is passed beside a function: to a thread, a pool, `map`."""
        for arg in node.args:
            if arg.value is not name:
                for parameter in parameters(function):
                    yield Edge(self._home(function.body, parameter), arg.value)


def _bound(node: cst.CSTNode) -> Iterator[tuple[cst.CSTNode, cst.CSTNode]]:
    if isinstance(node, cst.Assign):
        for target in node.targets:
            yield target.target, node.value
    elif isinstance(node, cst.AnnAssign | cst.AugAssign | cst.NamedExpr):
        if node.value is not None:
            yield node.target, node.value
    elif isinstance(node, cst.For | cst.CompFor):
        yield node.target, node.iter
    elif isinstance(node, cst.WithItem) and node.asname is not None:
        yield node.asname.name, node.item


def parameters(function: cst.FunctionDef) -> list[str]:
    """Give the names of a function's parameters, ``*`` and ``**`` at the end."""
    given = function.params
    stars = [star for star in (given.star_arg, given.star_kwarg) if isinstance(star, cst.Param)]
    every = (*given.posonly_params, *given.params, *given.kwonly_params, *stars)
    return [parameter.name.value for parameter in every]


def called_name(node: cst.Call) -> str:
    """Give ``c`` for ``a.b.c(...)``."""
    if isinstance(node.func, cst.Attribute):
        return node.func.attr.value
    return node.func.value if isinstance(node.func, cst.Name) else ""


def written_name(node: cst.CSTNode) -> str:
    """Give ``a.b.c`` as it is written; empty for anything else."""
    parts: list[str] = []
    while isinstance(node, cst.Attribute):
        parts.append(node.attr.value)
        node = node.value
    return ".".join([node.value, *reversed(parts)]) if isinstance(node, cst.Name) else ""


def _is_long(node: cst.CSTNode) -> bool:
    for _ in range(_LONG):
        if isinstance(node, cst.Call):
            node = node.func
        elif isinstance(node, cst.Attribute | cst.Subscript):
            node = node.value
        else:
            return False
    return True
