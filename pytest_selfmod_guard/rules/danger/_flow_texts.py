"""What a text looks like where not all of it is known."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from pytest_selfmod_guard.syntax.nodes import children

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python

_PLACES = re.compile(r"%(?:\(\w{1,80}\))?[-+ #0]{0,3}\d{0,3}(?:\.\d{1,3})?[sdrxia]")
_DEEP = 10
_STEPS = 60
_LONG = 4000
_SEPARATORS = frozenset(("os.sep", "os.path.sep"))
_HOMES = frozenset(("pathlib.Path.home", "HOME", "USERPROFILE"))


def sketch(python: Python, node: cst.BaseExpression, unknown: str = "*") -> str:
    """
    Give the text that an expression makes, with ``*`` for what is not known.

    The arguments of a call are put together with slashes, as `os.path.join`
    would, and those of a list with blanks. The home folder is ``~``.
    """
    return _Sketch(python, unknown).of(node, 0)[:_LONG]


class _Sketch:
    def __init__(self, python: Python, unknown: str) -> None:
        self._python = python
        self._unknown = unknown
        self._steps = 0

    def of(self, node: cst.CSTNode, depth: int) -> str:
        self._steps += 1
        if depth > _DEEP or self._steps > _STEPS or not isinstance(node, cst.BaseExpression):
            return self._unknown
        known = self._plain(self._python.fold(node))
        if known is not None:
            return known[:_LONG]
        if isinstance(node, cst.Call):
            return self._call(node, depth)
        if isinstance(node, cst.Name):
            value = self._only_value(node)
            return self.of(value, depth + 1) if value is not None else self._unknown
        return self._made(node, depth)[:_LONG]

    def _call(self, node: cst.Call, depth: int) -> str:
        names = self._python.names(node.func)
        if names & _HOMES:
            return "~"
        inside: list[cst.CSTNode] = [arg.value for arg in node.args[:20]]
        if names & {"os.getenv", "os.environ.get"} and self._folded(inside[:1]) in _HOMES:
            return "~"
        if isinstance(node.func, cst.Attribute) and not self._is_module(node.func.value):
            inside.insert(0, node.func.value)
        return "/".join(self.of(part, depth + 1) for part in inside)[:_LONG] or self._unknown

    def _is_module(self, node: cst.CSTNode) -> bool:
        return isinstance(node, cst.Name | cst.Attribute) and bool(self._python.names(node))

    def _folded(self, nodes: list[cst.CSTNode]) -> object:
        return (
            self._python.fold(nodes[0])
            if nodes and isinstance(nodes[0], cst.BaseExpression)
            else None
        )

    def _only_value(self, name: cst.Name) -> cst.CSTNode | None:
        """Give the one expression that a name is bound to."""
        scope = self._python.place(name).scope
        while name.value not in scope.bindings:
            if scope.parent is None:
                return None
            scope = scope.parent
        bound = scope.bindings[name.value]
        value = bound[0].value if len(bound) == 1 and not bound[0].path else None
        return value if isinstance(value, cst.BaseExpression) else None

    def _made(self, node: cst.BaseExpression, depth: int) -> str:
        if isinstance(node, cst.BinaryOperation):
            return self._joined(node, depth)
        if isinstance(node, cst.FormattedString):
            return "".join(self._piece(part, depth) for part in node.parts)
        if isinstance(node, cst.ConcatenatedString):
            return self.of(node.left, depth + 1) + self.of(node.right, depth + 1)
        if isinstance(node, cst.List | cst.Tuple):
            return " ".join(self.of(part.value, depth + 1) for part in node.elements[:40])
        if isinstance(node, cst.Subscript) and "os.environ" in self._python.names(node.value):
            index = getattr(node.slice[0].slice, "value", None)
            return "~" if self._folded([index] if index else []) in _HOMES else self._unknown
        is_separator = isinstance(node, cst.Attribute) and self._python.names(node) & _SEPARATORS
        return "/" if is_separator else self._unknown

    def _joined(self, node: cst.BinaryOperation, depth: int) -> str:
        left = self.of(node.left, depth + 1)
        if isinstance(node.operator, cst.Modulo):
            return _PLACES.sub(self._unknown, left)
        between = "/" if isinstance(node.operator, cst.Divide) else ""
        return f"{left}{between}{self.of(node.right, depth + 1)}"

    def _piece(self, part: cst.BaseFormattedStringContent, depth: int) -> str:
        if isinstance(part, cst.FormattedStringText):
            return part.value
        if isinstance(part, cst.FormattedStringExpression):
            return self.of(part.expression, depth + 1)
        return self._unknown

    def _plain(self, value: object) -> str | None:
        if isinstance(value, bytes):
            return value.decode("utf-8", "replace")
        if isinstance(value, list | tuple):
            return " ".join(self._plain(part) or str(part) for part in value[:40])
        return value if isinstance(value, str) else None


def strings(python: Python, node: cst.BaseExpression) -> list[str]:
    """Give the texts of a list, of its parts and of what it is put together from."""
    found: list[str] = []
    todo: list[tuple[cst.CSTNode, int]] = [(node, 0)]
    while todo and len(found) < _LONG:
        here, depth = todo.pop()
        value = python.fold(here) if isinstance(here, cst.BaseExpression) else None
        if isinstance(value, str):
            found.append(value)
        elif isinstance(here, cst.Name) and depth < _DEEP:
            bound = python.place(here).scope.module.bindings.get(here.value, [])
            todo += [(b.value, depth + 1) for b in bound if isinstance(b.value, cst.BaseExpression)]
        elif isinstance(here, cst.DictElement):
            todo.append((here.value, depth))
        elif not isinstance(here, cst.Call):
            todo += [(child, depth) for child in children(here)]
    return found
