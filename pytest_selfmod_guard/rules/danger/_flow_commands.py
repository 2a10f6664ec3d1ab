"""The command lines that Python starts or writes down."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pytest_selfmod_guard.rules.danger._flow import flow
from pytest_selfmod_guard.rules.danger._flow_edges import called_name
from pytest_selfmod_guard.rules.danger._flow_sources import PROCESSES
from pytest_selfmod_guard.rules.danger._flow_texts import sketch

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Call, Python

_WRITERS = frozenset(("write", "write_text", "sendall"))
_UNKNOWN = "x"


def commands(python: Python) -> Iterator[tuple[Call, str]]:
    """Give each call that starts or writes a command, with the command as far as it is known."""
    known = flow(python)
    for call in python.calls:
        if any(name.startswith(PROCESSES) for name in known.edges.names(call.node)):
            parts = (sketch(python, arg.value, _UNKNOWN) for arg in call.node.args if _is_said(arg))
            yield call, " ".join(parts)
        elif called_name(call.node) in _WRITERS and call.node.args:
            yield call, sketch(python, call.node.args[0].value, _UNKNOWN)


def _is_said(arg: object) -> bool:
    keyword = getattr(arg, "keyword", None)
    return keyword is None or keyword.value in ("args", "input", "cmd", "command")
