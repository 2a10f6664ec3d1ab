"""One version of one Python file, ready to be asked."""

from __future__ import annotations

import re
from functools import cached_property

import libcst as cst

from .folding import Folder
from .normal import normal
from .origins import Origins
from .positions import Positions
from .resolving import Resolver
from .running import deep_recursion, no_collection
from .scopes import Place
from .values import Call, Class, Function, Import, Reference
from .walking import Walk


class Python:
    """
    A parsed file: its calls, definitions, imports, and what they mean.

    Everything is computed when first asked for, and kept.
    """

    def __init__(self, path: str, text: str, module: cst.Module) -> None:
        self.path = path
        self.text = text
        self.module = module
        self._codes: dict[int, tuple[cst.CSTNode, str]] = {}

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """Every call, in the order of the source."""
        # Inner calls come last in the source and first in being resolved: so no
        # chain of calls, however long, makes the resolver recurse.
        with deep_recursion():
            for node in reversed(self._walk.calls):
                self._resolver.values(node)
            names = {id(node): self._resolver.callees(node) for node in self._walk.calls}
        return tuple(Call(n, names[id(n)], self.scope(n)) for n in self._walk.calls)

    @cached_property
    def references(self) -> tuple[Reference, ...]:
        """Every expression that stands for a dotted name and is not just called."""
        found = []
        for node in reversed(self._walk.reads):
            names = self.names(node)
            known = frozenset(name for name in names if not name.startswith("*"))
            if known:
                found.append(Reference(node, known, self.scope(node)))
        return tuple(reversed(found))

    @cached_property
    def functions(self) -> tuple[Function, ...]:
        """Every function and method, nested ones too, in the order of the source."""
        return tuple(self._function(node) for node in self._walk.functions)

    @cached_property
    def classes(self) -> tuple[Class, ...]:
        """Every class, nested ones too, in the order of the source."""
        return tuple(self._class(node) for node in self._walk.classes)

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        """Every imported name, in the order of the source."""
        found = self._walk.imports
        return tuple(
            Import(n, module, alias, node, self.scope(node)) for node, n, module, alias in found
        )

    @property
    def gave_up(self) -> bool:
        """Whether something asked so far was not answered for want of steps or depth."""
        return bool(self.gave_up_because)

    @property
    def gave_up_because(self) -> str:
        """The reason, or nothing."""
        budgets = [self._resolver.budget, self._folder.budget]
        if "_origins" in self.__dict__:
            budgets.append(self._origins.budget)
        return next((budget.reason for budget in budgets if budget.reason), "")

    def names(self, node: cst.BaseExpression) -> frozenset[str]:
        """Give every dotted name an expression may stand for."""
        with deep_recursion():
            values = self._resolver.values(node)
        return frozenset(value for value in values if isinstance(value, str) and value != "*")

    def fold(self, node: cst.BaseExpression) -> object:
        """
        Compute the one value of a constant expression.

        :return: a plain value (bytearrays as bytes, sets as frozensets,
            iterators as lists), or ``Unknown.UNKNOWN``
        """
        with deep_recursion():
            return self._folder.fold(node)

    def folds(self, node: cst.BaseExpression) -> tuple[object, ...]:
        """
        Compute the values an expression may have where conditions are not known.

        Names with several bindings, loop variables and branches give one value
        each, eight at most; ``Unknown.UNKNOWN`` among them stands for others.
        """
        with deep_recursion():
            return self._folder.alternatives(node)

    def origins(
        self, node: cst.BaseExpression, stop: frozenset[str] = frozenset()
    ) -> frozenset[str]:
        """
        Give the dotted names of all that the value of an expression may come from.

        Calls, attributes and names of other modules, followed through
        assignments, formatting, loops, `with` and functions of the file:
        ``{"flask.request.args.get", "os.environ", "base64.b64decode"}``. A
        parameter that no call in the file explains is ``param:function.name``.

        :param stop: dotted names of calls through which nothing dangerous passes
        """
        with deep_recursion():
            return self._origins.of(node, stop)

    def place(self, node: cst.CSTNode) -> Place:
        """Give the scope and the order of a node of this file."""
        return self._resolver.place(node)

    def line(self, node: cst.CSTNode) -> int:
        """Give the 1-based line on which a node begins; 0 if it is of another file."""
        return self._positions.line(node)

    def written(self, node: cst.CSTNode) -> str:
        """Give the line on which a node begins, as it is written."""
        line = self.line(node)
        return self._lines[line - 1] if 0 < line <= len(self._lines) else ""

    def code(self, node: cst.CSTNode) -> str:
        """Give a node's code in a spelling that reformatting does not change."""
        # Many rules ask about the same nodes. A node is kept with its code, or another could
        # come to have its id.
        if id(node) not in self._codes:
            with deep_recursion():
                self._codes[id(node)] = node, normal(self.module.code_for_node(node))
        return self._codes[id(node)][1]

    def scope(self, node: cst.CSTNode) -> str:
        """Give the dotted name of the functions and classes around a node."""
        return self._resolver.place(node).scope.qualname

    def argument(
        self, call: cst.Call, position: int | None, keyword: str = ""
    ) -> cst.BaseExpression | None:
        """Give what a call passes at a position or by a keyword."""
        with deep_recursion():
            return self._resolver.arguments(call).get(position, keyword)

    def has_hidden_arguments(self, call: cst.Call) -> bool:
        """Tell whether a call may pass more than can be read."""
        with deep_recursion():
            return self._resolver.arguments(call).is_open

    @cached_property
    def _lines(self) -> list[str]:
        # As Python counts them: a lone CR ends a line, a form feed does not.
        return re.split(r"\r\n|\r|\n", self.text)

    @cached_property
    def _walk(self) -> Walk:
        with no_collection():
            return Walk(self.module)

    @cached_property
    def _resolver(self) -> Resolver:
        resolver = Resolver(self._walk)
        resolver.folder = Folder(self._walk, resolver)
        return resolver

    @cached_property
    def _origins(self) -> Origins:
        return Origins(self, self._resolver)

    @property
    def _folder(self) -> Folder:
        return self._resolver.folder

    @cached_property
    def _positions(self) -> Positions:
        return Positions(self.module)

    def _function(self, node: cst.FunctionDef) -> Function:
        scope, name = self.scope(node), node.name.value
        return Function(node, name, _within(scope, name), scope, self._decorators(node))

    def _class(self, node: cst.ClassDef) -> Class:
        scope, name = self.scope(node), node.name.value
        bases = tuple(self.names(base.value) for base in node.bases)
        return Class(node, name, _within(scope, name), scope, bases, self._decorators(node))

    def _decorators(self, node: cst.FunctionDef | cst.ClassDef) -> tuple[frozenset[str], ...]:
        found = (decorator.decorator for decorator in node.decorators)
        return tuple(self.names(d.func if isinstance(d, cst.Call) else d) for d in found)


def _within(scope: str, name: str) -> str:
    return f"{scope}.{name}" if scope else name
