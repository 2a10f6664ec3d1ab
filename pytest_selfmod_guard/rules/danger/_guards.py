"""What a file checks before it goes on: conditions, decorators, and what is asked for."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import libcst as cst

from pytest_selfmod_guard.rules.danger._guard_words import HARD, said_by, strong, words
from pytest_selfmod_guard.syntax.nodes import children

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python

_NESTED = (cst.FunctionDef, cst.ClassDef, cst.Lambda)
_ASKS = re.compile(
    r"(?i)(?:^|[._])(?:check|require|verify|authori[sz]e|ensure|enforce|assert|validate|login"
    r"|deny|protect|has|is|must)\w*$"
)
_REFUSING = re.compile(r"(?i)(?:^|[._])(?:abort|exit|fail|forbid\w*|deny|_exit|send_error)$")
_TELLING = re.compile(
    r"(?i)(?:^|[._])(?:print|echo|warn\w*|debug|info|error|exception|log|write|secho|message\w*)$"
)
_LISTS = re.compile(
    r"(?:\w+_CLASSES|MIDDLEWARE(?:_CLASSES)?|AUTH_PASSWORD_VALIDATORS"
    r"|(?:permission|authentication|throttle)_classes|dependencies|decorators|permission_required)"
)
_OPEN = re.compile(r"AllowAny|Anonymous|ReadOnly$")
_OF_CLASS = re.compile(
    r"(?i)require|permission|auth|csrf|staff|superuser|admin|throttle|limit|owner|current_user|verif"
)


class Guard(NamedTuple):
    """One thing that must hold before code goes on."""

    place: str
    """The function or class, dotted; empty at the top."""
    code: str
    words: frozenset[str]
    """What it is about."""


def guards(python: Python) -> Iterator[Guard]:
    """Give all that the code of a file insists on, as far as it is about safety."""
    for function in python.functions:
        for decorator in function.node.decorators:
            yield from _said(python, function.qualname, decorator.decorator, "decorator")
        for param in _params(function.node.params):
            yield from _asked_for(python, function.qualname, param)
        yield from _of_body(python, function.qualname, function.node)
    for one in python.classes:
        for base in one.node.bases:
            if _OF_CLASS.search(code := python.code(base.value)):
                yield Guard(one.qualname, f"base {code}", frozenset(("class",)))
    yield from _listed(python)


def ways_past(python: Python) -> Iterator[Guard]:
    """Give the conditions on which a function that checks says yes without its check."""
    for function in python.functions:
        code = python.code(function.node.body)
        if not (any(word in code for word in HARD) or _CHECKING.search(function.qualname)):
            continue
        waiting: list[cst.CSTNode] = [function.node.body]
        while waiting:
            node = waiting.pop()
            if isinstance(node, cst.If) and _is_past(python, node):
                yield Guard(function.qualname, python.code(node.test), frozenset())
            waiting.extend(() if isinstance(node, _NESTED) else children(node))


_CHECKING = re.compile(
    r"(?i)auth|login|verif|permi|admin|_required|is_(?:staff|owner|allowed|valid)|signature|access"
)


def _is_past(python: Python, node: cst.If) -> bool:
    test = python.code(node.test)
    return _says_yes(python, node.body) and not any(word in test for word in HARD)


def _says_yes(python: Python, body: cst.BaseSuite) -> bool:
    lines = body.body if isinstance(body, cst.IndentedBlock) else [body]
    plain = (cst.SimpleStatementLine, cst.SimpleStatementSuite)
    small = [part for line in lines if isinstance(line, plain) for part in line.body]
    values = [part.value for part in small if isinstance(part, cst.Return)]
    said = [python.code(value) for value in values if value is not None]
    return any(one == "True" or _CALLS_ON.fullmatch(one) for one in said)


_CALLS_ON = re.compile(
    r"(?:await )?\w*(?:view|func|fn|f|handler|function|wrapped|next|get_response|app)\w*\(.*\)",
    re.DOTALL,
)


def places(python: Python) -> frozenset[str]:
    """Give the functions and classes of a file, and its top."""
    functions = (one.qualname for one in python.functions)
    return frozenset(("", *functions, *(one.qualname for one in python.classes)))


def _params(params: cst.Parameters) -> tuple[cst.Param, ...]:
    return (*params.posonly_params, *params.params, *params.kwonly_params)


def _asked_for(python: Python, place: str, param: cst.Param) -> Iterator[Guard]:
    """Look at what a framework is to hand over, and refuses to call without."""
    parts = [param.default, param.annotation.annotation if param.annotation else None]
    for part in parts:
        code = python.code(part) if part is not None else ""
        if re.search(r"\b(?:Depends|Security)\(", code) and (about := words(code) | said_by(code)):
            yield Guard(place, f"parameter {code}", about)


def _said(python: Python, place: str, node: cst.BaseExpression, kind: str) -> Iterator[Guard]:
    code = python.code(node)
    about = said_by(python.code(node.func) if isinstance(node, cst.Call) else code)
    if about or (isinstance(node, cst.Call) and (about := said_by(code))):
        yield Guard(place, f"{kind} {code}", about)


def _of_body(python: Python, place: str, function: cst.FunctionDef) -> Iterator[Guard]:
    waiting: list[cst.CSTNode] = [function.body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, _NESTED):
            continue
        if isinstance(node, cst.If):
            yield from _of_if(python, place, node)
        elif isinstance(node, cst.Return) and node.value is not None:
            if isinstance(node.value, cst.BooleanOperation | cst.Comparison | cst.UnaryOperation):
                yield from _leaves(python, place, node.value, cst.And)
            elif isinstance(node.value, cst.Call):
                yield from _leaf(python, place, node.value, strict=True)
        elif isinstance(node, cst.Assert):
            yield from _leaves(python, place, node.test, cst.And)
        elif isinstance(node, cst.Expr):
            yield from _stated(python, place, node.value)
        waiting.extend(children(node))


def _of_if(python: Python, place: str, node: cst.If) -> Iterator[Guard]:
    if _refuses(python, node.body):
        yield from _leaves(python, place, node.test, cst.Or)
    elif not _only_tells(python, node.body):
        yield from _leaves(python, place, node.test, cst.And)


def _leaves(
    python: Python, place: str, test: cst.BaseExpression, joint: type[cst.BaseBooleanOp]
) -> Iterator[Guard]:
    """Give the parts of a condition each of which is enough, or each of which is needed."""
    waiting = [test]
    while waiting:
        node = waiting.pop()
        if isinstance(node, cst.BooleanOperation) and isinstance(node.operator, joint):
            waiting += [node.left, node.right]
        elif not isinstance(node, cst.BooleanOperation):
            yield from _leaf(python, place, node)


def _leaf(
    python: Python, place: str, node: cst.BaseExpression, *, strict: bool = False
) -> Iterator[Guard]:
    if strict and not any(word in python.code(node) for word in HARD):
        return
    if about := _about(python, node):
        yield Guard(place, python.code(node), about)


def _about(python: Python, node: cst.BaseExpression) -> frozenset[str]:
    """Say what a condition is about; whether something is there at all is no check."""
    code = python.code(node)
    if isinstance(node, cst.Comparison):
        values = [python.code(one.comparator) for one in node.comparisons]
        if values[0] in ("None", "''", '""', "0"):
            return frozenset()
        return frozenset() if _counts(node, code) else words(code)
    if isinstance(node, cst.UnaryOperation):
        return _about(python, node.expression)
    return strong(code)


def _counts(node: cst.Comparison, code: str) -> bool:
    """Tell whether a number of things is held against a bound: that keeps nobody out."""
    bounds = (cst.LessThan, cst.LessThanEqual, cst.GreaterThan, cst.GreaterThanEqual)
    is_bound = all(isinstance(one.operator, bounds) for one in node.comparisons)
    return is_bound and _NUMBER.search(code) is not None and not _TRIES.search(code)


_NUMBER = re.compile(r"(?i)\bcount\b|_count\b|\blen\(|\bsize\b|(?:MAX|LIMIT)_?\w*$|\blimit\b")
_TRIES = re.compile(
    r"(?i)attempt|tries|fail|login|throttl|rate|quota|password|otp|code|token|expir"
)


def _stated(python: Python, place: str, node: cst.BaseExpression) -> Iterator[Guard]:
    """Look at a call whose result nobody uses: it insists on something, or does nothing."""
    node = node.expression if isinstance(node, cst.Await) else node
    if isinstance(node, cst.Call) and _is_check(python, node):
        yield Guard(place, f"call {python.code(node.func)}", said_by(python.code(node.func)))


def _is_check(python: Python, node: cst.Call) -> bool:
    name = python.code(node.func)
    return _ASKS.search(name) is not None and bool(said_by(name))


def _refuses(python: Python, body: cst.BaseSuite) -> bool:
    lines = body.body if isinstance(body, cst.IndentedBlock) else [body]
    plain = (cst.SimpleStatementLine, cst.SimpleStatementSuite)
    small = [part for line in lines if isinstance(line, plain) for part in line.body]
    for part in small:
        if isinstance(part, cst.Raise | cst.Return | cst.Continue | cst.Break):
            return not (isinstance(part, cst.Return) and _is_yes(part.value))
        call = part.value if isinstance(part, cst.Expr) else None
        if isinstance(call, cst.Call) and _REFUSING.search(python.code(call.func)):
            return True
    return False


def _only_tells(python: Python, body: cst.BaseSuite) -> bool:
    """Tell whether nothing is done but to write that something is wrong."""
    lines = body.body if isinstance(body, cst.IndentedBlock) else [body]
    plain = (cst.SimpleStatementLine, cst.SimpleStatementSuite)
    return all(
        isinstance(line, plain) and all(_tells(python, part) for part in line.body)
        for line in lines
    )


def _tells(python: Python, part: cst.BaseSmallStatement) -> bool:
    if isinstance(part, cst.Expr) and isinstance(part.value, cst.Call):
        return _TELLING.search(python.code(part.value.func)) is not None
    return isinstance(part, cst.Pass | cst.Expr | cst.Import | cst.ImportFrom)


def _is_yes(node: cst.BaseExpression | None) -> bool:
    return isinstance(node, cst.Name) and node.value == "True"


def _listed(python: Python) -> Iterator[Guard]:
    """Look at lists of what a framework asks before it calls anything."""
    waiting: list[tuple[str, cst.CSTNode]] = [("", python.module)]
    while waiting:
        place, node = waiting.pop()
        here = f"{place}.{node.name.value}".strip(".") if isinstance(node, cst.ClassDef) else place
        if isinstance(node, cst.Assign | cst.AnnAssign):
            targets = node.targets if isinstance(node, cst.Assign) else [node]
            if any(_LISTS.fullmatch(python.code(one.target)) for one in targets):
                yield from _elements(python, here, node.value)
            elif isinstance(node.value, cst.Call):
                for arg in node.value.args:
                    if arg.keyword is not None and _LISTS.fullmatch(arg.keyword.value):
                        yield from _elements(python, here, arg.value)
        elif isinstance(node, cst.Module | cst.ClassDef | cst.BaseSuite | cst.SimpleStatementLine):
            waiting += [(here, one) for one in children(node)]


def _elements(python: Python, place: str, value: cst.BaseExpression | None) -> Iterator[Guard]:
    listed = value.elements if isinstance(value, cst.List | cst.Tuple | cst.Set) else ()
    for element in listed:
        code = python.code(element.value)
        if _OF_CLASS.search(code) and not _OPEN.search(code.strip("\"'")):
            yield Guard(place, f"entry {code}", frozenset(("class",)))


def by_place(found: Iterator[Guard]) -> dict[str, list[Guard]]:
    """Sort guards by the function or class that has them."""
    sorted_: dict[str, list[Guard]] = defaultdict(list)
    for guard in found:
        sorted_[guard.place].append(guard)
    return sorted_
