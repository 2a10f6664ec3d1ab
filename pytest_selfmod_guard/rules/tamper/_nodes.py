"""Small questions to a syntax tree: what runs on import, what a name is, what holds plainly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

_FALSE = frozenset(("False", "None", "0", "TYPE_CHECKING", '""', "''"))
_TRUE = frozenset(("True", "1", "__debug__"))
_BLOCKS = cst.Try | cst.TryStar | cst.With | cst.For | cst.While

Line = cst.SimpleStatementLine | cst.SimpleStatementSuite
"""Small statements on one line, be it of its own or behind a colon."""


def inside(block: cst.BaseSuite) -> Sequence[cst.CSTNode]:
    """Give the statements of a block; what stands behind its colon is one."""
    return block.body if isinstance(block, cst.IndentedBlock) else [block]


def reached(body: Sequence[cst.CSTNode]) -> Iterator[cst.CSTNode]:
    """Give the statements that run on import, also inside ``if``, ``try`` and ``with``."""
    for statement in body:
        if isinstance(statement, cst.If):
            yield from _branches(statement)
        elif isinstance(statement, _BLOCKS) and not _is_idle(statement):
            for block in _blocks(statement):
                yield from reached(inside(block))
        elif not isinstance(statement, _BLOCKS):
            yield statement


def truth(node: cst.BaseExpression) -> bool | None:
    """Say whether a condition is plainly true or false; None where it depends."""
    if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.Not):
        inner = truth(node.expression)
        return None if inner is None else not inner
    if isinstance(node, cst.Attribute):
        node = node.attr
    if isinstance(node, cst.SimpleString):
        return bool(node.evaluated_value)
    word = getattr(node, "value", None)
    if not isinstance(word, str):
        return None
    return False if word in _FALSE else True if word in _TRUE else None


def assigned(statement: cst.CSTNode) -> Iterator[tuple[str, cst.BaseExpression]]:
    """Give what a simple statement binds: ``("a.b", value)`` for ``a.b = value``."""
    for part in statement.body if isinstance(statement, Line) else ():
        if isinstance(part, cst.Assign):
            for target in part.targets:
                yield dotted(target.target), part.value
        elif isinstance(part, cst.AnnAssign | cst.AugAssign) and part.value is not None:
            yield dotted(part.target), part.value


def dotted(node: cst.CSTNode) -> str:
    """Give ``a.b.c`` for such an expression; empty for any other."""
    if isinstance(node, cst.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr.value}" if before else ""
    return node.value if isinstance(node, cst.Name) else ""


def last_name(node: cst.CSTNode) -> str:
    """Give ``c`` for ``a.b.c``, ``a.b.c(...)`` and ``a.b.c[...]``; empty for the rest."""
    while isinstance(node, cst.Call | cst.Subscript):
        node = node.func if isinstance(node, cst.Call) else node.value
    if isinstance(node, cst.Attribute):
        return node.attr.value
    return node.value if isinstance(node, cst.Name) else ""


def parameter_names(node: cst.FunctionDef) -> list[str]:
    """Give the names of a function's parameters, without ``*`` and ``**``."""
    every = node.params
    parameters = (*every.posonly_params, *every.params, *every.kwonly_params)
    return [parameter.name.value for parameter in parameters]


def is_fixture(node: cst.FunctionDef) -> bool:
    """Tell whether a function is decorated as a fixture of pytest."""
    return any(last_name(mark.decorator) == "fixture" for mark in node.decorators)


def _is_idle(block: cst.CSTNode) -> bool:
    """Tell whether a loop plainly has no turn."""
    if isinstance(block, cst.While):
        return truth(block.test) is False
    goes_through = block.iter if isinstance(block, cst.For) else None
    return isinstance(goes_through, cst.List | cst.Tuple) and not goes_through.elements


def _branches(node: cst.If) -> Iterator[cst.CSTNode]:
    holds = truth(node.test)
    if holds is not False:
        yield from reached(inside(node.body))
    if holds is not True and isinstance(node.orelse, cst.If):
        yield from _branches(node.orelse)
    elif holds is not True and node.orelse is not None:
        yield from reached(inside(node.orelse.body))


def _blocks(node: cst.CSTNode) -> Iterator[cst.BaseSuite]:
    yield node.body  # type: ignore[attr-defined]  # each kind of block has one
    for handler in getattr(node, "handlers", ()):
        yield handler.body
    for name in ("orelse", "finalbody"):
        part = getattr(node, name, None)
        if part is not None:
            yield part.body
