"""What logs and answers say that they should not, and objects that requests fill."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules.danger._vulnerable_facts import facts
from pytest_selfmod_guard.rules.danger._vulnerable_guards import written
from pytest_selfmod_guard.rules.danger._vulnerable_pieces import pieces
from pytest_selfmod_guard.rules.danger._vulnerable_sinks import sighting, worst
from pytest_selfmod_guard.rules.danger._vulnerable_sources import CONSOLE, REQUEST, is_handler
from pytest_selfmod_guard.rules.danger._vulnerable_trace import sources

if TYPE_CHECKING:
    from pytest_selfmod_guard.rules import Sighting
    from pytest_selfmod_guard.syntax import Call, Python

_LEVELS = frozenset(("debug", "info", "warning", "warn", "error", "critical", "exception", "log"))
_LOGGER = re.compile(r"(?:^|[._])(?:log|logger|logging|audit)(?:\.|$)", re.IGNORECASE)
_FOREIGN = frozenset((REQUEST, CONSOLE))
_TRACES = frozenset(("traceback.format_exc", "traceback.format_exception", "traceback.format_tb"))
_ANSWERS = re.compile(r"(?:Response|make_response|jsonify|HttpResponse\w*)$")
_MODEL = re.compile(r"\.(?:create|update|get_or_create|update_or_create|insert)$")


def logged(python: Python) -> Iterator[Sighting]:
    """Say where foreign data is logged as it is."""
    for call in python.calls:
        name = written(call.node.func)
        if name.rpartition(".")[2] not in _LEVELS or not _LOGGER.search(
            name.rpartition(".")[0] + "."
        ):
            continue
        found = [
            source for arg in call.node.args for source in sources(python, arg.value, _ONE_LINE)
        ]
        source = worst(found, _FOREIGN)
        if source:
            what = f"{source.what} is logged as it is, line breaks and all"
            yield sighting(python, call.node, call.scope, what, Risk.MEDIUM)


_ONE_LINE = frozenset(("builtins.repr", "json.dumps", "*.replace", "*.splitlines", "*.encode"))


def traced(python: Python) -> Iterator[Sighting]:
    """Say where an answer holds the traceback of an error."""
    handlers = {id(f.node) for f in python.functions if is_handler(python, f) or _is_view(f.node)}
    for function in handlers:
        for value in facts(python).returns.get(function, ()):
            if _holds_trace(python, value):
                what = "the answer tells strangers how the program works: it holds a traceback"
                yield sighting(python, value, python.scope(value), what)


def _is_view(node: cst.FunctionDef) -> bool:
    names = [param.name.value for param in (*node.params.posonly_params, *node.params.params)]
    return names[:1] == ["request"] or names[:2] == ["self", "request"]


def _holds_trace(python: Python, value: cst.BaseExpression) -> bool:
    waiting: list[cst.BaseExpression] = [value]
    for _ in range(40):
        if not waiting:
            return False
        here = waiting.pop()
        if isinstance(here, cst.Call):
            if python.names(here.func) & _TRACES:
                return True
            waiting += [arg.value for arg in here.args]
        elif isinstance(here, cst.Name):
            waiting += [one.value for one in facts(python).reaching(here)[0]]
        elif isinstance(here, cst.Tuple | cst.List | cst.Dict):
            waiting += [element.value for element in here.elements]
        elif isinstance(here, cst.FormattedString | cst.BinaryOperation):
            waiting += [
                piece
                for piece in pieces(python, here)
                if not isinstance(piece, str) and piece is not here
            ]
    return False


def filled(python: Python) -> Iterator[Sighting]:
    """Say where a request decides which attributes of an object are set."""
    for call in python.calls:
        said = _set(python, call) or _unpacked(python, call)
        if said:
            yield sighting(python, call.node, call.scope, *said)


def _set(python: Python, call: Call) -> tuple[str, Risk] | None:
    if "builtins.setattr" not in call.names:
        return None
    source = worst(sources(python, call.arg(python, 1, "name")), frozenset((REQUEST,)))
    return (f"{source.what} chooses which attribute is set", Risk.HIGH) if source else None


def _unpacked(python: Python, call: Call) -> tuple[str, Risk] | None:
    code = python.code(call.node.func)
    is_model = _MODEL.search(code) is not None
    if not is_model and not code.rpartition(".")[2][:1].isupper():
        return None
    for arg in call.node.args:
        source = (
            worst(sources(python, arg.value), frozenset((REQUEST,))) if arg.star == "**" else None
        )
        if source:
            risk = Risk.HIGH if is_model else Risk.MEDIUM
            return f"{source.what} chooses which fields are set", risk
    return None
