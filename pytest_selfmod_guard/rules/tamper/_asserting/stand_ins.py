"""What newly stands in for the code under test."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from pytest_selfmod_guard.paths import is_test
from pytest_selfmod_guard.rules.tamper._asserting.checks import Check
from pytest_selfmod_guard.rules.tamper._asserting.follow import Following
from pytest_selfmod_guard.rules.tamper._asserting.inlining import text
from pytest_selfmod_guard.rules.tamper._asserting.reading import Function
from pytest_selfmod_guard.rules.tamper._asserting.spelled import last
from pytest_selfmod_guard.rules.tamper._asserting.units import Module, Unit

_MOCKS = frozenset(
    ("Mock", "MagicMock", "AsyncMock", "NonCallableMock", "PropertyMock", "SimpleNamespace",
     "create_autospec", "sentinel", "stub", "double")
)  # fmt: skip
_PATCHES = frozenset(("patch", "object", "setattr", "multiple", "dict", "spy"))

Told = tuple[str, int, str]


def stand_ins(following: Following) -> Iterator[Told]:
    """Give path, line and message of each stand-in that asserts nothing about the product."""
    for unit in following.old.values():
        heir = following.heir(unit)
        if heir is None:
            continue
        yield from _patched(unit, heir)
        yield from _given(unit, heir)
    yield from _mocked(following)
    yield from _shadowed(following)


def _patched(unit: Unit, heir: Unit) -> Iterator[Told]:
    """Look for patches of what the function asserts about."""
    known = set(_targets(unit.node))
    called = {name for one in unit.own if not one.is_silent for name in _called(one)}
    for name, node in _targets(heir.node).items():
        if name not in known and name in called:
            line = getattr(node, "lineno", heir.node.lineno)
            yield heir.path, line, f"{heir.name!r} replaces {name!r}, about which it asserts"


def _given(unit: Unit, heir: Unit) -> Iterator[Told]:
    """Look for fixtures and set-up methods that hand out mocks instead of the real thing."""
    if heir.key[1].startswith("test"):
        return
    before, after = list(_results(unit.node)), list(_results(heir.node))
    if any(map(_is_mock, before)) or not any(isinstance(one, ast.Call) for one in before):
        return
    for one in after:
        if _is_mock(one) or _is_constant_for_call(one, heir.node):
            message = f"{heir.name!r} gives {text(one)[:60]!r} instead of the real thing"
            yield heir.path, one.lineno, message


def _mocked(following: Following) -> Iterator[Told]:
    """Look for assertions that kept their words, and ask a mock."""
    for place, unit in following.old.items():
        heir = following.new.get(place)
        if heir is None:
            continue
        before = {one.expected for one in unit.own if one.expected and not _asks_mock(one)}
        known = {one.key for one in unit.own}
        for one in heir.own:
            if one.key not in known and one.expected in before and _asks_mock(one):
                yield heir.path, one.line, f"{heir.name!r} asserts about a mock: {one.code[:80]!r}"


def _shadowed(following: Following) -> Iterator[Told]:
    """Look for names that came from the product and are made by the tests now."""
    for path, new in following.modules("new").items():
        old = following.modules("old").get(path)
        if old is None:
            continue
        made = _made_here(new)
        came = {name: module for name, module in _imported(old) if _is_product(module)}
        for name in came.keys() & made.keys():
            if made[name][0] and _is_asserted(name, old):
                yield (
                    path,
                    made[name][1],
                    f"{name!r}, about which tests assert, is now {made[name][0]}",
                )


def _made_here(module: Module) -> dict[str, tuple[str, int]]:
    """Give the names that a module binds itself, after or instead of importing them."""
    found: dict[str, tuple[str, int]] = {}
    for statement in module.tree.body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            for name, source in _names(statement):
                is_ours = not _is_product(source)
                found[name] = (f"imported from {source!r}" if is_ours else "", statement.lineno)
        elif isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found[statement.name] = ("defined by the tests", statement.lineno)
        elif isinstance(statement, ast.Assign):
            for target in statement.targets:
                if isinstance(target, ast.Name) and isinstance(
                    statement.value, ast.Lambda | ast.Call
                ):
                    is_ours = isinstance(statement.value, ast.Lambda) or _is_mock(statement.value)
                    found[target.id] = ("defined by the tests" if is_ours else "", statement.lineno)
    return found


def _imported(module: Module) -> Iterator[tuple[str, str]]:
    for statement in module.tree.body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            yield from _names(statement)


def _names(statement: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
    for alias in statement.names:
        source = (
            alias.name
            if isinstance(statement, ast.Import)
            else "." * statement.level + (statement.module or "")
        )
        yield alias.asname or alias.name.partition(".")[0], source


def _is_product(source: str) -> bool:
    """Tell whether a module is none of the tests' own."""
    own = re.search(r"(^|[._])(fakes?|stubs?|mocks?|dummy|doubles?|unittest)($|[._])", source)
    return (
        not own and not source.startswith(".") and not is_test(source.replace(".", "/") + "/x.py")
    )


def _is_asserted(name: str, module: Module) -> bool:
    asked = re.compile(rf"(?<![\w.]){re.escape(name)}\s*[.(]")
    return any(
        asked.search(one.subject)
        for key in module.functions
        if key[1].startswith("test")
        for one in module.unit(key, {}).own
    )


def _targets(node: Function) -> dict[str, ast.AST]:
    """Give the last names of what a function patches."""
    found: dict[str, ast.AST] = {}
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call) and last(inner.func) in _PATCHES:
            for arg in inner.args[:2]:
                if isinstance(arg, ast.Constant) and isinstance(arg.value, str):
                    found.setdefault(arg.value.rpartition(".")[2], inner)
        elif isinstance(inner, ast.Assign) and isinstance(inner.value, ast.Lambda | ast.Call):
            is_mock = isinstance(inner.value, ast.Lambda) or _is_mock(inner.value)
            for target in inner.targets if is_mock else ():
                if isinstance(target, ast.Attribute):
                    found.setdefault(target.attr, inner)
    return found


_CALLED = re.compile(r"(\w+)\(")


def _called(check: Check) -> frozenset[str]:
    return frozenset(_CALLED.findall(check.subject))


def _asks_mock(check: Check) -> bool:
    return not _called(check).isdisjoint(_MOCKS)


def _is_mock(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and (
        last(node.func) in _MOCKS or (last(node.func) == "type" and len(node.args) > 1)
    )


def _is_constant_for_call(node: ast.expr, function: Function) -> bool:
    """Tell whether a fixture gives a literal where it called something."""
    is_fixture = any("fixture" in text(mark) for mark in function.decorator_list)
    return is_fixture and isinstance(node, ast.Constant) and node.value is not None


def _results(node: Function) -> Iterator[ast.expr]:
    """Give what a function hands out: returned, yielded, or kept on the test case."""
    names = {
        target.id: inner.value
        for inner in ast.walk(node)
        if isinstance(inner, ast.Assign)
        for target in inner.targets
        if isinstance(target, ast.Name)
    }
    for inner in ast.walk(node):
        value = None
        if isinstance(inner, ast.Return | ast.Yield) or (
            isinstance(inner, ast.Assign)
            and any(text(t).startswith("self.") for t in inner.targets)
        ):
            value = inner.value
        if isinstance(value, ast.Name):
            value = names.get(value.id, value)
        if value is not None:
            yield value
