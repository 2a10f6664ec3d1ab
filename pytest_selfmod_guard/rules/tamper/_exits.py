"""The ways to end a process, and how the end looks from outside."""

from __future__ import annotations

import re
from typing import NamedTuple

import libcst as cst

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules.tamper._nodes import last_name
from pytest_selfmod_guard.syntax import Python, Unknown

_KINDS = ("l", "le", "lp", "lpe", "v", "ve", "vp", "vpe")
AT_ONCE = frozenset(("os._exit", *(f"os.exec{kind}" for kind in _KINDS)))
"""Nothing runs after these, and no failure counts."""
_POLITE = frozenset(("sys.exit", "builtins.exit", "builtins.quit", "builtins.SystemExit"))
_PYTEST = frozenset(
    ("pytest.exit", "pytest.exit.Exception", "_pytest.outcomes.exit", "_pytest.outcomes.Exit")
)
_BY_SIGNAL = frozenset(("os.kill", "os.killpg", "os.abort", "signal.raise_signal"))
_RED = re.compile(r"(?:_?pytest(?:\.config)?\.ExitCode\.(?!OK)|os\.EX_(?!OK))\w+")
_ITSELF = ("getpid", "getppid", "getpgrp", "getpgid")
LATER = frozenset(
    (
        "Thread", "Timer", "submit", "call_later", "call_soon", "call_at", "call_soon_threadsafe",
        "finalize", "start_new_thread", "start_joinable_thread", "apply_async", "map_async",
        "run_in_executor", "to_thread", "enter", "enterabs", "register", "add_done_callback",
    )
)  # fmt: skip
"""What calls, some time after, the function that it is handed."""
EVERY = AT_ONCE | _POLITE | _PYTEST | _BY_SIGNAL


class Exit(NamedTuple):
    """One end of a process."""

    name: str
    risk: Risk
    """Where nothing is asked before."""
    is_green: bool
    """Whether the run may look like one that passed."""


def of_call(call: cst.Call, python: Python) -> Exit | None:
    """Say how a call ends the process."""
    called = python.names(call.func)
    if "atexit.register" in called and call.args:
        return of_reference(call.args[0].value, python)
    if not called & EVERY:
        return None
    name = min(called & EVERY)
    if name in AT_ONCE:
        return Exit(name, Risk.HIGH, is_green=True)
    if name in _BY_SIGNAL:
        is_own = "kill" not in name or any(word in python.code(call) for word in _ITSELF)
        return Exit(name, Risk.MEDIUM, is_green=False) if is_own else None
    return _with_status(name, call, python)


def of_raise(node: cst.Raise, python: Python) -> Exit | None:
    """Say how a raised error ends the process; what is called to make it is a call."""
    if node.exc is None or isinstance(node.exc, cst.Call):
        return None
    names = python.names(node.exc) & EVERY
    if not names:
        return None
    green = "builtins.SystemExit" in names
    return Exit(min(names), Risk.HIGH if green else Risk.MEDIUM, is_green=green)


def of_reference(node: cst.BaseExpression, python: Python) -> Exit | None:
    """Say how a function that is handed on, to be called later, ends the process."""
    names = python.names(node) & AT_ONCE
    return Exit(min(names), Risk.HIGH, is_green=True) if names else None


def of_later(call: cst.Call, python: Python) -> Exit | None:
    """Say how a call ends the process that only hands on what ends it."""
    if last_name(call.func) not in LATER:
        return None
    for argument in call.args:
        handed: list[cst.BaseExpression] = [argument.value]
        if isinstance(argument.value, cst.Call):  # ``partial(os._exit, 0)``
            handed += [part.value for part in argument.value.args]
        for one in handed:
            found = of_reference(one, python)
            if found:
                return found
    return None


def _with_status(name: str, call: cst.Call, python: Python) -> Exit:
    """Pytest's own exit is red unless it is given a status; Python's is green."""
    place, keyword = (1, "returncode") if name in _PYTEST else (0, "code")
    status = python.argument(call, place, keyword)
    if status is None:
        is_green = name not in _PYTEST or python.has_hidden_arguments(call)
    else:
        is_green = _may_be_zero(status, python, none_is=name not in _PYTEST)
    return Exit(name, Risk.HIGH if is_green else Risk.MEDIUM, is_green=is_green)


def _may_be_zero(status: cst.BaseExpression, python: Python, *, none_is: bool) -> bool:
    values = python.folds(status)
    if any(value is Unknown.UNKNOWN for value in values):
        return not (_is_text(status) or any(map(_RED.fullmatch, python.names(status))))
    return any(none_is if value is None else value == 0 for value in values)


def _is_text(node: cst.BaseExpression) -> bool:
    """Tell whether an expression that is not constant is a message all the same."""
    if isinstance(node, cst.BinaryOperation):
        return _is_text(node.left) or _is_text(node.right)
    if isinstance(node, cst.Call):
        return last_name(node) in {"str", "repr", "format", "join"}
    return isinstance(node, cst.FormattedString | cst.ConcatenatedString | cst.SimpleString)
