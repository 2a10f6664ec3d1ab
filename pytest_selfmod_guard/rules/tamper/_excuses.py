"""Whether what a plugin does to tests is behind a question that a person may answer otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import IntEnum

import libcst as cst

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting
from pytest_selfmod_guard.rules.tamper._conditions import asks_for_ci, holds, holds_by_default
from pytest_selfmod_guard.rules.tamper._nodes import last_name, parameter_names
from pytest_selfmod_guard.rules.tamper._plugins import Asked, Step
from pytest_selfmod_guard.syntax import Python

_QUESTIONS = re.compile(
    r"getoption|getvalue|getini|\.option\b|sys\.platform|os\.name|version|\bplatform\b|which\("
    r"|find_spec|environ|getenv|is_available|\bhas_|\bHAS_|\bHAVE_|\bIS_|\bPY\d|importable"
    r"|cpu_count|pluginmanager|hasplugin|worker|uname|geteuid|getuid|isatty|_available|connect"
    r"|ImportError|ModuleNotFound",
)
_WORDS = frozenset(
    ("getoption", "getvalue", "getini", "option", "platform", "version_info", "which", "find_spec",
     "getenv", "environ", "system", "machine", "implementation", "cpu_count", "hasplugin")
)  # fmt: skip


_STRING = re.compile(r"'[^']*'|\"[^\"]*\"")
_NAME = re.compile(r"[A-Za-z_]\w*")
_ALWAYS = frozenset(
    ("item", "nodeid", "get_closest_marker", "keywords", "fixturenames", "node", "excinfo",
     "failed", "when", "outcome", "passed", "longrepr", "exitstatus", "testsfailed", "originalname")
)  # fmt: skip
_NO_SUBJECTS = frozenset(("config", "session", "self", "parser", "pytestconfig"))


class Excuse(IntEnum):
    """How good the reason is."""

    NONE = 0
    """Nothing is asked but which test it is."""
    USUAL = 1
    """Something is asked, and where nobody answers it is done."""
    REAL = 2
    """An option, a platform, a version, what is installed."""


def is_question(code: str) -> bool:
    """Tell whether code asks for an option, a platform, or something to be installed."""
    return _QUESTIONS.search(_STRING.sub("''", code)) is not None or "importorskip" in code


def excuse(step: Step, python: Python) -> Excuse:
    """Give the best excuse among the conditions on the way to a step."""
    subjects = _subjects(step)
    parts = (part for each in step.asked for part in _parts(each))
    return max((_one(part, subjects, python) for part in parts), default=Excuse.NONE)


def weighed(
    step: Step, python: Python, message: str, *, real: Risk | None = Risk.MEDIUM
) -> Sighting:
    """
    Make a sighting of a step: high, for the trial, or a warning, as its excuse is.

    :param real: the risk under a real condition; None where that is for the trial, too
    """
    found = excuse(step, python)
    is_asked = found is Excuse.USUAL or (found is Excuse.REAL and real is None)
    return Sighting(
        python.line(step.node),
        message + ("" if found is Excuse.NONE else " under a condition"),
        f"{found.name} {python.code(step.node)}",
        python.scope(step.node),
        risk=real if found is Excuse.REAL else None,
        settled_by="trial" if is_asked else "",
    )


def _parts(asked: Asked) -> Iterator[Asked]:
    """Take ``a and b`` apart where both have to hold, so that each can be looked at."""
    waiting = [asked]
    while waiting:
        test, held = waiting.pop()
        if isinstance(test, cst.BooleanOperation) and _is_both(test.operator, held=held):
            waiting += (Asked(test.left, held), Asked(test.right, held))
        elif isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not):
            waiting.append(Asked(test.expression, not held))
        else:
            yield Asked(test, held)


def _is_both(operator: cst.BaseBooleanOp, *, held: bool) -> bool:
    return isinstance(operator, cst.And if held else cst.Or)


def _one(asked: Asked, subjects: frozenset[str], python: Python) -> Excuse:
    test = asked.test
    if holds(test, python) is asked.held:
        return Excuse.NONE
    code = python.code(test)
    if asks_for_ci(code) and asked.held:
        return Excuse.NONE
    if not _QUESTIONS.search(_STRING.sub("''", code)) and not _comes_from_a_question(test, python):
        is_which = not subjects.isdisjoint(_NAME.findall(code))
        return Excuse.NONE if is_which else Excuse.REAL
    usual = holds_by_default(test, python)
    return Excuse.USUAL if usual is asked.held else Excuse.REAL


def _subjects(step: Step) -> frozenset[str]:
    """Give the names that stand for a test, a file or a report: to ask about these is no excuse."""
    node = step.function
    if node is None:
        return _ALWAYS
    is_hook = step.hook.startswith("pytest_")
    given = set(parameter_names(node)) - _NO_SUBJECTS if is_hook else set()
    loops = {name.value for name in _targets(node) if isinstance(name, cst.Name)}
    return _ALWAYS | given | loops


def _targets(node: cst.FunctionDef) -> Iterator[cst.BaseExpression]:
    waiting: list[cst.CSTNode] = [node.body]
    while waiting:
        one = waiting.pop()
        if isinstance(one, cst.For):
            yield one.target
        if isinstance(one, cst.Assign) and _reads_a_test(one.value):
            # What is read from a test, and given a name, stands for it too.
            yield from (each.target for each in one.targets)
        waiting += one.children


def _reads_a_test(value: cst.BaseExpression) -> bool:
    reading = {"get_closest_marker", "get_result", "iter_markers", "from_item_and_call"}
    return isinstance(value, cst.Yield) or (
        isinstance(value, cst.Call) and last_name(value) in reading
    )


def _comes_from_a_question(test: cst.BaseExpression, python: Python) -> bool:
    names = {part for name in python.origins(test) for part in name.split(".")}
    return not _WORDS.isdisjoint(names)
