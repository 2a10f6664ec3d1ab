"""Whether a value was tested before it is used, in a way that leaves no room for harm."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from pytest_selfmod_guard.rules.danger._vulnerable_facts import Facts, home
from pytest_selfmod_guard.syntax.nodes import children

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python

_TELLS_NOTHING = re.compile(
    r"(?:^|[._])(?:len|isinstance|issubclass|bool|str|type|hasattr|callable|any|print|exists"
    r"|isfile|isdir|is_file"
    r"|is_dir|lexists|get|access|int|debug|info|warning|error|exception|log|append|write|execute"
    r"|search|open|"
    r"\w*(?:extension|allowed_file|logged|auth\w*|perm\w*|mime\w*|login|user|session|send|save"
    r"|remove|delete|run|call)\w*)$",
    re.IGNORECASE,
)
"""Calls in a test, after which a value may still be anything."""
_CHECKING = re.compile(
    r"valid|check|ensure|verify|assert|safe|guard|sanit|allow|restrict|relative_to|commonpath"
    r"|require|reject|deny|forbid",
    re.IGNORECASE,
)
"""What a call must say about itself to be a test that raises."""
_METHODS = frozenset(
    ("isalnum", "isdigit", "isdecimal", "isnumeric", "isidentifier", "isalpha", "is_relative_to")
)
_TOO_WIDE = (
    "/",
    "h",
    "http",
    "https",
    "http://",
    "https://",
    "http:",
    "https:",
    "//",
    "www",
    "www.",
)
_SHORT = 3
_MATCHERS = frozenset(("match", "fullmatch", "search"))
_DEEP = 2
_ORDERED = (cst.LessThan, cst.GreaterThan, cst.LessThanEqual, cst.GreaterThanEqual)


def is_guarded(known: Facts, node: cst.BaseExpression) -> bool:
    """Tell whether a name, or something it was made into, was tested before it is read here."""
    if not isinstance(node, cst.Name):
        return False
    scope, order = known.python.place(node)
    where = id(home(scope))
    if where not in known.checks:
        tests = known.tests.get(where, [])
        known.checks[where] = [
            (
                max(known.python.place(name).order for name in _names(test)),
                test,
                _related(known, test),
            )
            for test in tests
            if next(_names(test), None)
        ]
    return any(
        at < order and node.value in related and _settles(known, test, node.value)
        for at, test, related in known.checks[where]
    )


def _related(known: Facts, test: cst.BaseExpression) -> frozenset[str]:
    """Give the names a test is about: those in it, and those they were made from."""
    if id(test) not in known.related:
        found: set[str] = set()
        names = list(_names(test))
        for _ in range(_DEEP + 1):
            fresh = [name for name in names if name.value not in found]
            found |= {name.value for name in fresh}
            names = [inner for name in fresh for inner in _sources(known, name)]
        known.related[id(test)] = frozenset(found)
    return known.related[id(test)]


def _sources(known: Facts, name: cst.Name) -> Iterator[cst.Name]:
    for one in known.reaching(name)[0]:
        yield from _names(one.value)


def _names(node: cst.CSTNode) -> Iterator[cst.Name]:
    waiting: list[cst.CSTNode] = [node]
    while waiting:
        here = waiting.pop()
        if isinstance(here, cst.Name):
            yield here
        waiting.extend(children(here))


def _settles(known: Facts, test: cst.BaseExpression, name: str) -> bool:
    key = (id(test), name)
    if key not in known.settled:
        known.settled[key] = _examine(known, test, name)
    return known.settled[key]


def _examine(known: Facts, test: cst.BaseExpression, name: str) -> bool:
    waiting: list[cst.CSTNode] = [test]
    is_match = not isinstance(
        test, cst.Call | cst.Comparison | cst.BooleanOperation | cst.UnaryOperation
    )
    while waiting:
        here = waiting.pop()
        if isinstance(here, cst.Comparison) and _comparison_settles(known, here, name):
            return True
        if isinstance(here, cst.Call) and _call_settles(
            known, here, name, is_test=here is not test or not is_match
        ):
            return True
        waiting.extend(children(here))
    return False


def _about(known: Facts, node: cst.BaseExpression, name: str) -> bool:
    return name in _related(known, node)


def _comparison_settles(known: Facts, node: cst.Comparison, name: str) -> bool:
    python = known.python
    for one in node.comparisons:
        if isinstance(one.operator, _ORDERED) and isinstance(node.left, cst.Name):
            return _about(known, node.left, name)  # only numbers are compared so
        other = python.fold(one.comparator)
        if isinstance(one.operator, cst.In | cst.NotIn):
            # "example.com" in url, ".." in path: only the shortest signs say enough.
            sign = python.fold(node.left)
            if isinstance(sign, str):
                return len(sign) <= _SHORT and _about(known, one.comparator, name)
            return _about(known, node.left, name)
        if isinstance(one.operator, cst.Equal | cst.NotEqual) and other not in ("", None, b"", 0):
            return _about(known, node.left, name) and not isinstance(node.left, cst.Name)
    return False


def _call_settles(known: Facts, node: cst.Call, name: str, *, is_test: bool) -> bool:
    code = written(node.func)
    given = any(_about(known, arg.value, name) for arg in node.args)
    if isinstance(node.func, cst.Attribute):
        method = node.func.attr.value
        if method in _MATCHERS:
            return given and _is_whole(known, node)
        if _about(known, node.func.value, name):
            return _method_settles(known, node, node.func)
    if not given or _TELLS_NOTHING.search(code.rpartition(".")[2]):
        return False
    return _CHECKING.search(code) is not None or (is_test and _is_predicate(code))


def _is_predicate(code: str) -> bool:
    return re.search(r"(?:^|[._])(?:is|has|can|in|matches|within)_", code) is not None


def _method_settles(known: Facts, node: cst.Call, func: cst.Attribute) -> bool:
    method = func.attr.value
    if method in _METHODS or _CHECKING.search(method):
        return True
    sign = known.python.fold(node.args[0].value) if node.args else None
    if method == "startswith":
        return sign not in _TOO_WIDE and not (
            isinstance(sign, tuple | list) and set(sign) <= set(_TOO_WIDE)
        )
    return method == "endswith" and not isinstance(func.value, cst.Name)


def _is_whole(known: Facts, node: cst.Call) -> bool:
    """Tell whether a pattern says how a value must begin and end."""
    method = node.func.attr.value if isinstance(node.func, cst.Attribute) else ""
    pattern = _pattern(known.python, known, node)
    if method == "fullmatch" or not isinstance(pattern, str):
        return True
    begins = method == "match" or pattern.startswith(("^", r"\A"))
    return begins and pattern.endswith(("$", r"\Z", r"\z"))


def _pattern(python: Python, known: Facts, node: cst.Call) -> object:
    if "re" in {name.partition(".")[0] for name in python.names(node.func)} and len(node.args) > 1:
        return python.fold(node.args[0].value)
    receiver = node.func.value if isinstance(node.func, cst.Attribute) else None
    made = (
        [one.value for one in known.reaching(receiver)[0]]
        if isinstance(receiver, cst.Name)
        else [receiver]
    )
    for one in made:
        if isinstance(one, cst.Call) and one.args and "re.compile" in python.names(one.func):
            return python.fold(one.args[0].value)
    return None


def written(node: cst.BaseExpression) -> str:
    """Give ``a.b.c`` as it is written, from the first name in it on."""
    parts = []
    while isinstance(node, cst.Attribute):
        parts.append(node.attr.value)
        node = node.value
    return ".".join([node.value if isinstance(node, cst.Name) else "", *reversed(parts)])
