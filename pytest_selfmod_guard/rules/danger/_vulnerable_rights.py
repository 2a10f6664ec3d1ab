"""Files that others may write, and checks that do not check."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules.danger._vulnerable_facts import facts
from pytest_selfmod_guard.rules.danger._vulnerable_guards import written
from pytest_selfmod_guard.rules.danger._vulnerable_settings import called
from pytest_selfmod_guard.rules.danger._vulnerable_sinks import sighting, worst
from pytest_selfmod_guard.rules.danger._vulnerable_sources import REQUEST
from pytest_selfmod_guard.rules.danger._vulnerable_trace import sources
from pytest_selfmod_guard.syntax.nodes import children

if TYPE_CHECKING:
    from pytest_selfmod_guard.rules import Sighting
    from pytest_selfmod_guard.syntax import Python

_CHMOD = re.compile(r"os\.(?:chmod|fchmod|lchmod|open|mkfifo|mknod)|(?:\*|pathlib\.\w+)\.chmod")
_GUESSED = re.compile(r"tempfile\.mktemp|os\.tempnam|os\.tmpnam")
_OTHERS_WRITE = 0o002
_ALL_MODES = 0o7777


def loose(python: Python) -> Iterator[Sighting]:
    """Say where a file may be written by anybody."""
    for call, name in called(python, _CHMOD):
        position = 2 if name == "os.open" else 0 if not name.startswith("os.") else 1
        mode = call.arg(python, position, "mode")
        value = python.fold(mode) if mode is not None else None
        is_open = isinstance(value, int) and 0 < value <= _ALL_MODES and value & _OTHERS_WRITE
        if mode is not None and (is_open or re.search(r"S_IWOTH|S_IRWXO", python.code(mode))):
            yield sighting(
                python, call.node, call.scope, "anybody on the machine may write the file"
            )
    for call, name in called(python, _GUESSED):
        what = f"{name}() gives a name that somebody else may take first"
        hint = "use tempfile.NamedTemporaryFile or tempfile.mkstemp, which also make the file"
        yield sighting(python, call.node, call.scope, what, Risk.HIGH, hint)


_PASSWORDS = re.compile(r"(?:^|[._])(?:pass(?:word|wd|phrase)?|pwd|pw)$", re.IGNORECASE)
_ENCODERS = frozenset(
    ("base64.b64decode", "base64.b64encode", "base64.decodebytes", "codecs.decode")
)
_NAMES = (cst.Name, cst.Attribute)
_SIGNED = re.compile(r"hmac\.(?:new|digest|HMAC)")
_ALLOWING = re.compile(
    r"is_admin|is_superuser|is_staff|is_authenticated|has_perm|authori[sz]ed|permission|is_owner"
    r"|can_\w+|logged_in|is_allowed"
)
_SECRETS = re.compile(
    r"(?:^|_)(?:signature|hmac|digest|api_?key|secret|(?:auth|access|csrf|reset|api"
    r"|session)_?token)$",
    re.IGNORECASE,
)


def careless(python: Python) -> Iterator[Sighting]:
    """Say where a check can be measured, or is not made at all."""
    for node in facts(python).comparisons:
        one = node.comparisons[0]
        if len(node.comparisons) == 1 and isinstance(one.operator, cst.Equal | cst.NotEqual):
            yield from _compared(python, node, node.left, one.comparator)
    if not paths.is_test(python.path):
        yield from _asserted(python)


def _compared(
    python: Python, node: cst.Comparison, left: cst.BaseExpression, right: cst.BaseExpression
) -> Iterator[Sighting]:
    what = "how long the comparison takes tells how much of the secret is right"
    if _is_password(left) and _is_password(right):
        yield sighting(python, node, python.scope(node), what)
    elif _is_password(left, right) and (_is_readable(python, left) or _is_readable(python, right)):
        said = "the password is kept in a form that everybody can read back"
        yield sighting(python, node, python.scope(node), said)
    elif _is_signature(python, left) or _is_signature(python, right):
        yield sighting(python, node, python.scope(node), what)
    elif (_is_secret(left) and _is_secret(right)) or (
        _is_secret(right) and worst(sources(python, left), frozenset((REQUEST,)))
    ):
        yield sighting(python, node, python.scope(node), what, Risk.MEDIUM)


def _is_password(*nodes: cst.BaseExpression) -> bool:
    """Tell whether one of some expressions is a password; of one alone, one of its letters."""
    if len(nodes) == 1:
        letter = nodes[0]
        return isinstance(letter, cst.Subscript) and _is_password(letter.value, letter.value)
    return any(_PASSWORDS.search(written(node)) for node in nodes if isinstance(node, _NAMES))


def _is_readable(python: Python, node: cst.BaseExpression) -> bool:
    waiting = _values(python, node)
    return any(isinstance(one, cst.Call) and python.names(one.func) & _ENCODERS for one in waiting)


def _is_signature(python: Python, node: cst.BaseExpression) -> bool:
    waiting: list[cst.CSTNode] = [*_values(python, node)]
    seen: set[int] = set()
    while waiting and len(seen) < _STEPS:
        here = waiting.pop()
        if id(here) in seen:
            continue
        seen.add(id(here))
        if isinstance(here, cst.Call):
            if any(_SIGNED.fullmatch(name) for name in python.names(here.func)):
                return True
            waiting.append(here.func)
        elif isinstance(here, cst.Name):
            waiting += [one for one in _values(python, here) if isinstance(one, cst.Call)]
        elif isinstance(here, _TEXTUAL):
            waiting.extend(children(here))
    return False


_STEPS = 100
_TEXTUAL = (
    *(cst.Attribute, cst.BinaryOperation, cst.FormattedString, cst.FormattedStringExpression),
)


def _values(python: Python, node: cst.BaseExpression) -> list[cst.BaseExpression]:
    if isinstance(node, cst.Name):
        return [one.value for one in facts(python).reaching(node)[0]]
    return [node]


def _is_secret(node: cst.BaseExpression) -> bool:
    if not isinstance(node, cst.Name | cst.Attribute):
        return False
    return _SECRETS.search(written(node).rpartition(".")[2]) is not None


def _asserted(python: Python) -> Iterator[Sighting]:
    for node in facts(python).asserts:
        if _ALLOWING.search(python.code(node.test)):
            what = "an assert decides who may do this, and python -O leaves it out"
            yield sighting(python, node, python.scope(node), what, Risk.MEDIUM)
