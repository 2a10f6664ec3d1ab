"""A test function read from top to bottom: what it asserts, and under which conditions."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator

from pytest_selfmod_guard.rules.tamper._asserting import relations as kinds
from pytest_selfmod_guard.rules.tamper._asserting.changing import changed_names, is_mutable
from pytest_selfmod_guard.rules.tamper._asserting.checks import Check, Guard
from pytest_selfmod_guard.rules.tamper._asserting.inlining import inlined, is_large, text
from pytest_selfmod_guard.rules.tamper._asserting.leaving import (
    caught,
    fails,
    is_empty,
    is_failure,
    leaves,
)
from pytest_selfmod_guard.rules.tamper._asserting.relations import Relation, relations
from pytest_selfmod_guard.rules.tamper._asserting.spelled import asserted, expected_errors, last
from pytest_selfmod_guard.rules.tamper._asserting.vacuous import tautology

_CATCHING = frozenset(("suppress", "raises", "assertRaises"))
_DEEPEST = 40
_IDLE = (ast.Assign, ast.AnnAssign, ast.Assert, ast.Pass, ast.Import, ast.ImportFrom)

Function = ast.FunctionDef | ast.AsyncFunctionDef
Condition = Callable[[ast.expr], bool | None]


class Reader:
    """Collects the checks of one function."""

    def __init__(
        self, known: dict[str, ast.expr | None], holds: Condition, quiet: frozenset[str]
    ) -> None:
        """
        Start to read.

        :param known: what names of the module stand for
        :param holds: tells whether a condition is true or false; None where it depends
        :param quiet: functions and classes of the module that swallow errors as contexts
        """
        self._env = dict(known)
        self._holds = holds
        self._quiet = quiet
        self._called: frozenset[str] = frozenset()
        self._changed: frozenset[str] = frozenset()
        self._happened = 0
        """How much was done so far besides naming values and asserting."""
        self._named: dict[str, int] = {}
        """How much had been done when a name was given."""
        self.checks: list[Check] = []
        self.calls: list[tuple[ast.Call, tuple[Guard, ...]]] = []

    def read(self, node: Function, given: dict[str, ast.expr | None]) -> None:
        """Read a function, whose arguments may be known."""
        self._env.update(given)
        self._called = frozenset(_used_names(node))
        self._changed = changed_names(node)
        around: tuple[Guard, ...] = ()
        self._block(node.body, around, 0)

    def _block(self, body: Iterable[ast.stmt], around: tuple[Guard, ...], depth: int) -> None:
        if depth > _DEEPEST:
            return
        for statement in body:
            self._statement(statement, around, depth)
            self._happened += not isinstance(statement, _IDLE)
            around = (*around, *self._after(statement))

    def _after(self, statement: ast.stmt) -> Iterator[Guard]:
        """Say what a statement does to those that follow it."""
        if leaves(statement):
            yield Guard("dead", f"it stands after {text(statement)[:40]!r}")
        if isinstance(statement, ast.If):
            held = self._holds(inlined(statement.test, self._env))
            for body, comes, sign in (
                (statement.body, held is not False, "not "),
                (statement.orelse, held is not True, ""),
            ):
                if comes and any(map(leaves, body)) and not fails(body):
                    condition = text(inlined(statement.test, self._env))
                    certain = held is not None
                    yield Guard("dead" if certain else "if", f"{sign}({condition})")
        if isinstance(statement, ast.With | ast.AsyncWith) and not any(
            self._silences(item.context_expr) for item in statement.items
        ):
            yield from (one for part in statement.body for one in self._after(part))
        if isinstance(statement, ast.Try) and any(map(leaves, statement.finalbody)):
            yield Guard("dead", "a 'finally' leaves before it")
        for handler in statement.handlers if isinstance(statement, ast.Try) else ():
            if any(map(leaves, handler.body)) and not fails(handler.body):
                yield Guard("if", f"no {text(handler.type) if handler.type else 'error'} comes")

    def _statement(self, node: ast.stmt, around: tuple[Guard, ...], depth: int) -> None:
        if isinstance(node, ast.Assert):
            self._demand(relations(node.test), node, around, test=node.test)
        elif isinstance(node, ast.Expr | ast.Return) and node.value is not None:
            self._expression(node.value, node, around)
        elif isinstance(node, ast.Raise):
            self._raise(node, around)
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            self._assign(node, around)
        else:
            self._compound(node, around, depth)

    def _compound(self, node: ast.stmt, around: tuple[Guard, ...], depth: int) -> None:
        if isinstance(node, ast.If):
            self._if(node, around, depth)
        elif isinstance(node, ast.For | ast.AsyncFor | ast.While):
            self._loop(node, around, depth)
        elif isinstance(node, ast.With | ast.AsyncWith):
            self._with(node, around, depth)
        elif isinstance(node, ast.Try | ast.TryStar):
            self._try(node, around, depth)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            self._nested(node, around, depth)
        elif isinstance(node, ast.Match):
            for case in node.cases:
                inner = Guard("if", f"{text(node.subject)} is {text(case.pattern)}")
                self._block(case.body, (*around, inner), depth + 1)

    def _raise(self, node: ast.Raise, around: tuple[Guard, ...]) -> None:
        """``if x != 3: raise AssertionError`` asserts that x is 3."""
        name = last(node.exc.func if isinstance(node.exc, ast.Call) else node.exc or ast.Name(""))
        if name not in {"AssertionError", "failureException", "Failed"}:
            return
        self.checks.append(Check(kinds.FAILS, "", "", (), around, text(node), node.lineno))

    def _expression(self, value: ast.expr, node: ast.stmt, around: tuple[Guard, ...]) -> None:
        call = value.value if isinstance(value, ast.Await) else value
        if not isinstance(call, ast.Call):
            return
        self.calls.append((inlined(call, self._env), around))  # type: ignore[arg-type]  # a call stays one
        test = call.args[0] if call.args else None
        test = test if last(call.func) == "assertTrue" else None
        self._demand(asserted(call), node, around, test=test)

    def _demand(
        self,
        found: Iterable[Relation],
        node: ast.stmt | ast.expr,
        around: tuple[Guard, ...],
        test: ast.expr | None = None,
    ) -> None:
        why = self._vacuous(test) if test is not None else ""
        for one in found:
            subject = inlined(one.subject, self._env)
            expected = inlined(one.expected, self._env) if one.expected is not None else None
            self.checks.append(
                Check(
                    one.kind,
                    text(subject),
                    text(expected) if expected is not None else "",
                    tuple(sorted(one.slack)),
                    around,
                    text(node)[:300],
                    node.lineno,
                    why or self._tautology(one, subject, expected),
                )
            )

    def _tautology(self, one: Relation, subject: ast.expr, expected: ast.expr | None) -> str:
        """Say why a relation cannot fail; what was asked before something happened may."""
        sides = [side for side in (one.subject, one.expected) if side is not None]
        names = {n.id for side in sides for n in ast.walk(side) if isinstance(n, ast.Name)}
        is_earlier = any(self._named.get(name, self._happened) < self._happened for name in names)
        return "" if is_earlier else tautology(one.kind, subject, expected, one.slack)

    def _vacuous(self, test: ast.expr) -> str:
        if isinstance(test, ast.Tuple) and test.elts:
            return "a tuple with something in it is always true"
        if isinstance(test, ast.Lambda | ast.GeneratorExp | ast.JoinedStr):
            return "it is always true"
        return "it is always true" if self._holds(inlined(test, self._env)) is True else ""

    def _assign(
        self, node: ast.Assign | ast.AnnAssign | ast.AugAssign, around: tuple[Guard, ...]
    ) -> None:
        if node.value is None:
            return
        inner = node.value.value if isinstance(node.value, ast.Await) else node.value
        if isinstance(inner, ast.Call):
            self.calls.append((inlined(inner, self._env), around))  # type: ignore[arg-type]  # a call stays one
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        value: ast.expr | None = inlined(node.value, self._env)
        if isinstance(node, ast.AugAssign) or (value is not None and is_large(value)):
            value = None
        for target in targets:
            self._bind(target, value)

    def _bind(self, target: ast.expr, value: ast.expr | None) -> None:
        if isinstance(target, ast.Name):
            is_kept = value is None or target.id not in self._changed or not is_mutable(value)
            self._env[target.id] = value if is_kept else None
            self._named[target.id] = self._happened
        elif isinstance(target, ast.Tuple | ast.List):
            known = value.elts if isinstance(value, ast.Tuple | ast.List) else []
            alike = len(known) == len(target.elts)
            for index, one in enumerate(target.elts):
                part = known[index] if alike else _part(value, index)
                self._bind(one, part)
        elif isinstance(target, ast.Starred):
            self._bind(target.value, None)

    def _if(self, node: ast.If, around: tuple[Guard, ...], depth: int) -> None:
        test = inlined(node.test, self._env)
        if self._fails_unless(node, around):
            return
        held, written = self._holds(test), text(test)
        never = Guard("dead", f"{written!r} never holds")
        other = Guard("dead", f"{written!r} always holds")
        mine = never if held is False else Guard("if", written)
        self._inner(node.body, around if held is True else (*around, mine), depth)
        theirs = other if held is True else Guard("if", f"not ({written})")
        self._inner(node.orelse, around if held is False else (*around, theirs), depth)

    def _fails_unless(self, node: ast.If, around: tuple[Guard, ...]) -> bool:
        """Read ``if x != 3: pytest.fail()`` as ``assert x == 3``."""
        if node.orelse or len(node.body) != 1 or not is_failure(node.body[0]):
            return False
        self._demand(relations(node.test, negated=True), node, around)
        return True

    def _inner(self, body: list[ast.stmt], around: tuple[Guard, ...], depth: int) -> None:
        before = dict(self._env)
        self._block(body, around, depth + 1)
        changed = {name for name, value in self._env.items() if before.get(name) is not value}
        self._env.update(dict.fromkeys(changed))

    def _loop(
        self, node: ast.For | ast.AsyncFor | ast.While, around: tuple[Guard, ...], depth: int
    ) -> None:
        for name in _bound_in(node):
            self._env[name] = None
        if isinstance(node, ast.While):
            head, never = node.test, self._holds(node.test) is False
        else:
            head = inlined(node.iter, self._env)
            never = is_empty(head)
        why = Guard("dead", "its loop has no turn") if never else Guard("loop", text(head)[:2000])
        self._inner(node.body, (*around, why), depth)
        self._inner(node.orelse, around, depth)

    def _with(self, node: ast.With | ast.AsyncWith, around: tuple[Guard, ...], depth: int) -> None:
        inner = around
        for item in node.items:
            call = item.context_expr
            if item.optional_vars is not None:
                self._bind(item.optional_vars, inlined(call, self._env))
            if isinstance(call, ast.Call):
                self.calls.append((inlined(call, self._env), around))  # type: ignore[arg-type]  # a call stays one
            if self._silences(call):
                inner = (*inner, Guard("swallowed", f"by {text(call)[:60]!r}"))
        self._block(node.body, inner, depth + 1)
        for item in node.items:
            self._demand(expected_errors(item.context_expr, node.body), item.context_expr, around)

    def _silences(self, context: ast.expr) -> bool:
        if not isinstance(context, ast.Call):
            return False
        name = last(context.func)
        if name in self._quiet:
            return True
        return name in _CATCHING and any(map(caught, context.args))

    def _try(self, node: ast.Try | ast.TryStar, around: tuple[Guard, ...], depth: int) -> None:
        inner = around
        for handler in node.handlers:
            if caught(handler.type) and not fails(handler.body):
                what = repr(text(handler.type)) if handler.type else "a bare 'except'"
                inner = (*inner, Guard("swallowed", f"by {what}"))
        if any(map(leaves, node.finalbody)):
            inner = (*inner, Guard("swallowed", "by a 'finally' that leaves"))
        self._block(node.body, inner, depth + 1)
        for handler in node.handlers:
            one = Guard("if", f"except {text(handler.type) if handler.type else ''}")
            self._inner(handler.body, (*around, one), depth)
        self._block(node.orelse, around, depth + 1)
        self._block(node.finalbody, around, depth + 1)

    def _nested(self, node: Function, around: tuple[Guard, ...], depth: int) -> None:
        if node.name not in self._called and not node.decorator_list:
            around = (*around, Guard("dead", f"nothing calls {node.name!r}"))
        before = dict(self._env)
        self._env.update({arg.arg: None for arg in _parameters(node)})
        self._block(node.body, around, depth + 1)
        self._env = before


def _part(value: ast.expr | None, index: int) -> ast.expr | None:
    return None if value is None else ast.Subscript(value, ast.Constant(index), ast.Load())


def _parameters(node: Function) -> Iterator[ast.arg]:
    every = node.args
    yield from (*every.posonlyargs, *every.args, *every.kwonlyargs)
    yield from (one for one in (every.vararg, every.kwarg) if one)


def _bound_in(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
            yield inner.id


def _used_names(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load):
            yield inner.id
