"""Hooks of which one answer stands for all: pytest does nothing more where they give one."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from pytest_selfmod_guard.rules.tamper._conditions import holds
from pytest_selfmod_guard.rules.tamper._nodes import dotted, last_name
from pytest_selfmod_guard.rules.tamper._plugins import Step, calls_in
from pytest_selfmod_guard.syntax import Python, Unknown

_IGNORING = "pytest_ignore_collect"
_RUNNING = {
    "pytest_runtest_protocol": (
        "runtestprotocol",
        "pytest_runtest_call",
        "call_and_report",
        "call_runtest_hook",
        "run_",
        "_run",
        "runtest",
    ),
    "pytest_pyfunc_call": ("obj", "run", "func", "testfunction", "call", "function"),
    "pytest_runtestloop": ("pytest_runtest_protocol", "runtest", "run", "loop"),
    "pytest_collection": ("perform_collect", "collect"),
    "pytest_runtest_call": ("runtest",),
}
"""Hooks in whose stead one answers, and what it then has to call."""
_FINDING = frozenset(
    ("pytest_pycollect_makeitem", "pytest_pycollect_makemodule", "pytest_make_collect_report",
     "pytest_collect_directory")
)  # fmt: skip
MAYBE = "leaves files out of collection, which may be tests"
_HARMLESS = re.compile(
    r"^\.|node_modules|venv|build|dist|doc|vendor|third_party|example|(^|\.)(pyx|txt|md|rst|ipynb|so)$"
    r"|setup|migrations|fixtures|data|template|static|cache|tmp|temp|_version|asset|conf\.py|/$",
    re.IGNORECASE,
)
_TESTLIKE = re.compile(r"test|spec|check|\*\.py|^\.py$", re.IGNORECASE)


def answered(step: Step, python: Python) -> Iterator[str]:
    """Say what an answer of a hook keeps pytest from doing."""
    node = step.node
    if not isinstance(node, cst.Return) or node.value is None or step.function is None:
        return
    if not _is_own(node, step.function) or dotted(node.value) == "None":
        return
    held = holds(node.value, python)
    if step.hook == _IGNORING and held is not False:
        yield from _ignored(step, python)
    elif step.hook in _RUNNING and held is True and not runs_it(step.hook, step.function):
        yield "answers for pytest without running the test"
    elif step.hook in _FINDING and held is False:
        yield "finds no tests where there are some"
    elif step.hook == "pytest_cmdline_main" and _is_success(node.value, python):
        yield "ends the run with success before any test has run"


def _is_own(node: cst.CSTNode, function: cst.FunctionDef) -> bool:
    """Tell whether a statement is of a hook, and not of what it calls."""
    return function.name.value.startswith("pytest_") and any(
        one is node for one in _within(function.body)
    )


def _within(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    waiting = [node]
    while waiting:
        one = waiting.pop()
        yield one
        waiting += (c for c in one.children if not isinstance(c, cst.FunctionDef | cst.Lambda))


def _ignored(step: Step, python: Python) -> Iterator[str]:
    """Ask whether what is compared with sounds like tests; nothing compared is everything."""
    parts = [step.node, *(asked.test for asked in step.asked)]
    words = [text for part in parts for text in _texts(part, python)]
    if not words or any(map(_TESTLIKE.search, words)):
        yield "leaves test files out of collection"
    elif not all(map(_HARMLESS.search, words)):
        yield MAYBE


def _texts(node: cst.CSTNode, python: Python) -> Iterator[str]:
    for one in _within(node):
        if isinstance(one, cst.SimpleString | cst.Name):
            value = python.fold(one)
            values = value if isinstance(value, list | tuple | frozenset) else [value]
            yield from (item for item in values if isinstance(item, str))


def runs_it(hook: str, function: cst.FunctionDef) -> bool:
    """Tell whether a hook that answers has called what pytest would have."""
    wanted = _RUNNING.get(hook)
    return wanted is not None and any(
        last_name(call).startswith(wanted) for call in calls_in(function.body)
    )


def _is_success(value: cst.BaseExpression, python: Python) -> bool:
    found = python.fold(value)
    if isinstance(found, Unknown):
        return any(name.endswith("ExitCode.OK") for name in python.names(value))
    return isinstance(found, int) and not found
