"""Which lines of a file are commands that a runner of tasks will run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Call, Python

_FILES = re.compile(
    r"(?:^|/)(?:noxfile|tasks|fabfile|dodo|duties|wscript|SConstruct|pavement|toxfile|shovel"
    r"|manage_tasks|build_tasks)(?:\.py)?$|(?:^|/)tasks/\w+\.py$"
)
"""Files whose strings are commands, unless they are only shown."""
_RUNS = frozenset(
    ("run", "run_always", "run_install", "sudo", "local", "shell", "sh", "bash", "cmd", "execute",
     "run_command", "run_cmd", "check_shell")
)  # fmt: skip
_SHOWS = frozenset(
    ("print", "echo", "secho", "log", "info", "debug", "warn", "warning", "error", "skip", "notify",
     "add_argument", "option", "exit", "message")
)  # fmt: skip


def is_task_file(path: str) -> bool:
    """Tell whether a runner of tasks reads a file of this name."""
    return _FILES.search(path) is not None


def lines_that_run(python: Python) -> frozenset[int]:
    """Give the lines whose strings are handed to a runner of tasks, directly or by a name."""
    if not is_task_file(python.path):
        return frozenset(at for call in _called(python, _RUNS) for at in _lines(python, call))
    shown = {at for call in _called(python, _SHOWS) for at in _lines(python, call)}
    return frozenset(range(1, python.text.count("\n") + 2)) - shown


def _called(python: Python, names: frozenset[str]) -> list[Call]:
    found = (call for call in python.calls if call.node.args)
    return [call for call in found if last_name(python, call) in names]


def last_name(python: Python, call: Call) -> str:
    """Give ``c`` for ``a.b.c(...)``, as it is written."""
    return python.code(call.node.func).rpartition(".")[2]


def _lines(python: Python, call: Call) -> range:
    start = python.line(call.node)
    return range(start, start + 1 + python.module.code_for_node(call.node).count("\n"))
