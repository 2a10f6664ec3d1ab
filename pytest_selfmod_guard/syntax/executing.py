"""
Statements that are carried out on constants: what builds a text piece by piece.

Only names of one scope are assigned, and only plain values to them; a
statement of any other kind ends the attempt. All on a small budget of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any

import libcst as cst

from .functions import elements
from .operating import BINARY
from .scopes import Scope
from .sizes import Plain, Unfoldable, at_most

if TYPE_CHECKING:
    from .folding import Folder

Node = Any  # which one, the key of the table below says


class End(Enum):
    """How a statement ends that does not just end."""

    BREAK = "break"
    CONTINUE = "continue"
    RETURN = "return"


class Execution:
    """Some statements of one scope being carried out."""

    def __init__(self, folder: Folder, scope: Scope) -> None:
        self.folder = folder
        self.scope = scope
        self.returned: Plain = None

    def run(self, statements: Iterable[cst.CSTNode]) -> End | None:
        """
        Carry out statements.

        :raises Unfoldable: and what the folder raises, where that cannot be done
        """
        for statement in statements:
            if not self.folder.budget.spend():
                raise Unfoldable
            execute = _EXECUTORS.get(type(statement))
            if execute is None:
                raise Unfoldable
            if end := execute(self, statement):
                return end
        return None

    def set(self, name: str, value: Plain) -> None:
        """Give a name of the scope a value."""
        self.folder.environment[id(self.scope), name] = self.folder.check(value)

    def get(self, node: cst.BaseExpression) -> tuple[str, Plain]:
        """Give a name of the scope and its value."""
        if not isinstance(node, cst.Name) or (id(self.scope), node.value) not in (
            self.folder.environment
        ):
            raise Unfoldable
        return node.value, self.folder.environment[id(self.scope), node.value]

    def assign(self, target: cst.BaseExpression, value: Plain) -> None:
        """Do what ``target = value`` does."""
        if isinstance(target, cst.Name) and target.value not in self.scope.elsewhere:
            self.set(target.value, value)
        elif isinstance(target, cst.Tuple | cst.List):
            for part, one in zip(target.elements, elements(value), strict=True):
                self.assign(part.value, one)
        elif isinstance(target, cst.Subscript) and isinstance(target.slice[0].slice, cst.Index):
            name, owner = self.get(target.value)
            key = self.folder.evaluate(target.slice[0].slice.value)
            self.set(name, _with(owner, key, value))
        else:
            raise Unfoldable


def _with(owner: Plain, key: Plain, value: Plain) -> Plain:
    if isinstance(owner, bytes):
        changed = bytearray(owner)
        changed[key] = value
        return bytes(changed)
    if not isinstance(owner, list | dict):
        raise Unfoldable
    owner[key] = value
    return owner


def _assign(run: Execution, node: cst.Assign) -> None:
    value = run.folder.evaluate(node.value)
    for target in node.targets:
        run.assign(target.target, value)


def _annotated(run: Execution, node: cst.AnnAssign) -> None:
    if node.value:
        run.assign(node.target, run.folder.evaluate(node.value))


def _augmented(run: Execution, node: cst.AugAssign) -> None:
    operator = _OPERATORS.get(type(node.operator).__name__.removesuffix("Assign"))
    target = node.target
    if operator is None or not isinstance(target, cst.Name | cst.Subscript):
        raise Unfoldable
    value, more = run.folder.evaluate(target), run.folder.evaluate(node.value)
    if isinstance(value, list) and operator is BINARY[cst.Add]:
        value = _extend(value, more)  # in place, for all who hold it
    elif isinstance(value, list | dict):
        raise Unfoldable
    else:
        value = operator(value, more)
    run.assign(target, value)


def _expression(run: Execution, node: cst.Expr) -> None:
    value = node.value
    if isinstance(value, cst.SimpleString):
        return
    if not isinstance(value, cst.Call) or not isinstance(value.func, cst.Attribute):
        raise Unfoldable
    name, owner = run.get(value.func.value)
    args = [run.folder.evaluate(arg.value) for arg in value.args]
    if any(arg.keyword or arg.star for arg in value.args):
        raise Unfoldable
    change = CHANGES.get((type(owner), value.func.attr.value))
    if change is None:
        raise Unfoldable
    run.set(name, change(owner, *args))


def _if(run: Execution, node: cst.If | cst.Else) -> End | None:
    if isinstance(node, cst.If) and not run.folder.evaluate(node.test):
        return _if(run, node.orelse) if node.orelse else None
    return run.run(_lines(node.body))


def _for(run: Execution, node: cst.For) -> End | None:
    if node.asynchronous:
        raise Unfoldable
    for value in elements(run.folder.evaluate(node.iter)):
        run.assign(node.target, value)
        end = run.run(_lines(node.body))
        if end is End.RETURN:
            return end
        if end is End.BREAK:
            return None
    return run.run(_lines(node.orelse.body)) if node.orelse else None


def _while(run: Execution, node: cst.While) -> End | None:
    while run.folder.evaluate(node.test):
        end = run.run(_lines(node.body))
        if end is End.RETURN:
            return end
        if end is End.BREAK:
            return None
    return run.run(_lines(node.orelse.body)) if node.orelse else None


def _return(run: Execution, node: cst.Return) -> End:
    run.returned = run.folder.evaluate(node.value) if node.value else None
    return End.RETURN


def _lines(body: cst.BaseSuite) -> Sequence[cst.CSTNode]:
    return body.body


def _extend(owner: list[Plain], values: Plain) -> list[Plain]:
    at_most(len(owner) + len(values))
    owner.extend(elements(values))
    return owner


def _done(method: Callable[..., object]) -> Callable[..., Plain]:
    def change(owner: Plain, *args: Plain) -> Plain:
        method(owner, *args)
        return owner

    return change


CHANGES: dict[tuple[type, str], Callable[..., Plain]] = {
    (bytes, "append"): lambda owner, value: owner + bytes([value]),
    (bytes, "extend"): lambda owner, values: owner + bytes(elements(values)),
    (bytes, "reverse"): lambda owner: owner[::-1],
    (dict, "update"): _done(dict.update),
    (list, "append"): _done(list.append),
    (list, "extend"): _extend,
    (list, "insert"): _done(list.insert),
    (list, "reverse"): _done(list.reverse),
    (list, "sort"): _done(list.sort),
}
"""Methods that change what they are called on; bytes stand for a bytearray."""
_OPERATORS = {kind.__name__: operator for kind, operator in BINARY.items()}
_EXECUTORS: dict[type[cst.CSTNode], Callable[[Execution, Node], End | None]] = {
    cst.AnnAssign: _annotated,
    cst.Assign: _assign,
    cst.AugAssign: _augmented,
    cst.Break: lambda *_: End.BREAK,
    cst.Continue: lambda *_: End.CONTINUE,
    cst.Else: _if,
    cst.Expr: _expression,
    cst.For: _for,
    cst.If: _if,
    cst.Pass: lambda *_: None,
    cst.Return: _return,
    cst.SimpleStatementLine: lambda run, node: run.run(node.body),
    cst.While: _while,
}
"""By the very class of the node; anything else is not carried out."""
