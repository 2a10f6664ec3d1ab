"""The checks that ``noxfile.py``, ``tasks.py`` and their like run by calls."""

from __future__ import annotations

import re

import libcst as cst

from pytest_selfmod_guard.rules.tamper._conditions import holds
from pytest_selfmod_guard.rules.tamper._nodes import last_name
from pytest_selfmod_guard.rules.tamper._running_checks import Running, running
from pytest_selfmod_guard.rules.tamper._trees import parsed
from pytest_selfmod_guard.syntax import Python
from pytest_selfmod_guard.view import Side

_LISTED = re.compile(r"nox\.options\.sessions\s*=\s*([^\n]*(?:\n\s[^\n]*|\n[)\]])*)")
_QUOTED = re.compile(r"[\"']([\w.-]+)[\"']")
_RUNNING = frozenset(
    ("run", "run_always", "call", "check_call", "check_output", "system", "sudo", "sh", "Popen",
     "run_install")
)  # fmt: skip


def session_checks(side: Side) -> tuple[list[Running], set[str]]:
    """Give the checks of one version of a file, and the names of its functions."""
    python = parsed(side)
    if python is None:
        return [], set()
    found: list[Running] = []
    for call in python.calls:
        if last_name(call.node.func) in _RUNNING and call.node.args:
            line = _line(call.node, python)
            muted = _why_muted(call.node, python)
            found += running(line, call.scope, muted)
    for listed in _LISTED.findall(python.text):
        for name in _QUOTED.findall(listed):
            found += running(f"nox -s {name}", "nox.options")
    return found, {"nox.options", *(function.qualname for function in python.functions)}


def _line(call: cst.Call, python: Python) -> str:
    words: list[str] = []
    for arg in call.args:
        if arg.keyword is None:
            words += _words(arg.value, python)
    return " ".join(words)


def _words(node: cst.BaseExpression, python: Python) -> list[str]:
    value = python.fold(node)
    if isinstance(value, str):
        return [value]
    if isinstance(value, list | tuple):
        return [str(item) for item in value]
    if isinstance(node, cst.List | cst.Tuple):
        return [word for element in node.elements for word in _words(element.value, python)]
    if isinstance(node, cst.FormattedString):
        parts = (p.value if isinstance(p, cst.FormattedStringText) else "x" for p in node.parts)
        return ["".join(parts)]
    return []


def _why_muted(call: cst.Call, python: Python) -> str:
    codes = python.argument(call, None, "success_codes")
    if codes is not None and isinstance(codes, cst.List | cst.Tuple | cst.Set):
        values = python.fold(codes)
        if not isinstance(values, list | tuple | frozenset) or set(values) - {0}:
            return "'success_codes' takes failures for success"
    elif codes is not None:
        return "'success_codes' takes failures for success"
    warn = python.argument(call, None, "warn")
    if warn is not None and holds(warn, python) is True:
        return "'warn' keeps its failure from counting"
    check = python.argument(call, None, "check")
    is_bare = check is None and "subprocess.run" in python.names(call.func)
    if is_bare or (check is not None and holds(check, python) is False):
        return "'check' is off"
    return ""
