"""Arguments and settings by which protection is switched off."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import libcst as cst

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules.danger._vulnerable_facts import facts
from pytest_selfmod_guard.rules.danger._vulnerable_guards import written
from pytest_selfmod_guard.rules.danger._vulnerable_sinks import sighting
from pytest_selfmod_guard.syntax import Unknown

if TYPE_CHECKING:
    from pytest_selfmod_guard.rules import Sighting
    from pytest_selfmod_guard.syntax import Call, Python

Test = Callable[[object, str], bool]
"""Is handed the folded value, and the code as it is written."""


class Setting(NamedTuple):
    """Something that must not have some value."""

    names: re.Pattern[str]
    """Of the call, or of what is assigned to."""
    keyword: str
    position: int | None
    test: Test
    what: str
    risk: Risk = Risk.HIGH


def off(value: object, _: str) -> bool:
    """Tell whether a value is certainly false."""
    return value is False or (
        isinstance(value, int) and not isinstance(value, Unknown) and value == 0
    )


def on(value: object, _: str) -> bool:
    """Tell whether a value is certainly true."""
    return value is True


def like(pattern: str) -> Test:
    """Make a test for a value, or the name that stands for it."""
    wanted = re.compile(pattern)

    def test(value: object, code: str) -> bool:
        text = value if isinstance(value, str) else code
        return wanted.search(text) is not None

    return test


def passed(python: Python, table: tuple[Setting, ...]) -> Iterator[Sighting]:
    """Say where a call is given one of some values."""
    for call in python.calls:
        for one in table:
            if not any(one.names.fullmatch(name) for name in call.names):
                continue
            value = call.arg(python, one.position, one.keyword)
            if value is not None and _holds(python, one, value):
                risk = _chosen(python, call.node, one)
                yield sighting(python, call.node, call.scope, one.what, risk)
                break


def assigned(python: Python, table: tuple[Setting, ...]) -> Iterator[Sighting]:
    """Say where something is set to one of some values."""
    for target, value in facts(python).assignments:
        name = target_name(python, target)
        for one in table:
            if name and one.names.fullmatch(name) and _holds(python, one, value):
                risk = _chosen(python, target, one)
                yield sighting(python, value, python.scope(value), one.what, risk)
                break


_CHOICE = re.compile(r"verif|insecure|ssl|tls|cert|check|trust|debug|test|local", re.IGNORECASE)


def _chosen(python: Python, node: cst.CSTNode, one: Setting) -> Risk:
    """What only happens where somebody asks for it is his to answer for."""
    tests = facts(python).conditions(node)
    is_asked = any(_CHOICE.search(python.code(test)) for test in tests)
    return min(one.risk, Risk.MEDIUM) if is_asked else one.risk


def target_name(python: Python, target: cst.BaseExpression) -> str:
    """Give ``a.b`` for an attribute, ``a.b[key]`` for a constant key."""
    if isinstance(target, cst.Name | cst.Attribute):
        return written(target)
    index = target.slice[0].slice if isinstance(target, cst.Subscript) else None
    if not isinstance(index, cst.Index) or not isinstance(index.value, cst.SimpleString | cst.Name):
        return ""
    key = python.fold(index.value)
    return f"{written(_owner(target))}[{key}]" if isinstance(key, str) else ""


def _owner(target: cst.BaseExpression) -> cst.BaseExpression:
    return target.value if isinstance(target, cst.Subscript) else target


def _holds(python: Python, one: Setting, value: cst.BaseExpression) -> bool:
    return one.test(python.fold(value), python.code(value))


def called(python: Python, names: re.Pattern[str]) -> Iterator[tuple[Call, str]]:
    """Give the calls of some functions, with the name by which they are known."""
    for call in python.calls:
        hit = next((name for name in sorted(call.names) if names.fullmatch(name)), None)
        if hit:
            yield call, hit


def option(python: Python, node: cst.BaseExpression | None, key: str) -> cst.BaseExpression | None:
    """Give what a literal dictionary holds under a key."""
    if isinstance(node, cst.Name):
        bound = facts(python).reaching(node)[0]
        node = bound[-1].value if bound else None
    if isinstance(node, cst.Call) and "builtins.dict" in python.names(node.func):
        found = [arg.value for arg in node.args if arg.keyword and arg.keyword.value == key]
        return found[0] if found else None
    if not isinstance(node, cst.Dict):
        return None
    pairs = [one for one in node.elements if isinstance(one, cst.DictElement)]
    return next((pair.value for pair in pairs if python.fold(pair.key) == key), None)
