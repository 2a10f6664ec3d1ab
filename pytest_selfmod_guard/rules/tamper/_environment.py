"""What a condition learns from the environment that is the same on any machine."""

from __future__ import annotations

import libcst as cst

from pytest_selfmod_guard.rules.tamper._nodes import dotted
from pytest_selfmod_guard.syntax import Python

_ALWAYS_SET = frozenset(("HOME", "PATH", "PWD", "PYTEST_CURRENT_TEST"))
_SET_BY_MACHINES = frozenset(
    ("CI", "CONTINUOUS_INTEGRATION", "GITHUB_ACTIONS", "GITLAB_CI", "TF_BUILD", "CIRCLECI",
     "JENKINS_URL", "BUILDKITE", "DISPLAY", "USER", "SHELL", "LANG", "TERM", "TMPDIR", "TEMP",
     "APPDATA", "WINDIR", "VIRTUAL_ENV", "CONDA_PREFIX", "XDG_RUNTIME_DIR", "EDITOR", "TZ")
)  # fmt: skip
_ENVIRON = frozenset(("os.environ", "environ", "os.environb"))
_GETTERS = frozenset(("os.getenv", "getenv", "os.environ.get", "environ.get"))


def is_set(node: cst.BaseExpression, python: Python, *, unset: bool) -> bool | None:
    """
    Say whether a condition that asks for one variable of the environment holds.

    :param unset: whether to take a variable for unset that no machine sets by itself
    """
    name = _asked_for(node, python)
    if name is None:
        return None
    held = True if name in _ALWAYS_SET else None
    if held is None and unset and name not in _SET_BY_MACHINES:
        held = False
    return not held if held is not None and _is_negative(node) else held


def is_variable(node: cst.BaseExpression) -> bool:
    """Tell whether an expression is the environment itself, which has no known value."""
    return dotted(node) in _ENVIRON


def _asked_for(node: cst.BaseExpression, python: Python) -> str | None:
    if isinstance(node, cst.Comparison) and len(node.comparisons) == 1:
        target = node.comparisons[0]
        if isinstance(target.operator, cst.In | cst.NotIn):
            return _text(node.left, python) if _is(target.comparator, _ENVIRON, python) else None
        empty = dotted(target.comparator) == "None"
        if empty and isinstance(target.operator, cst.Is | cst.IsNot | cst.Equal | cst.NotEqual):
            return _asked_for(node.left, python)
    if isinstance(node, cst.Call) and len(node.args) == 1 and _is(node.func, _GETTERS, python):
        return _text(node.args[0].value, python)
    return None


def _is_negative(node: cst.BaseExpression) -> bool:
    """Tell whether a comparison asks that a variable is not set."""
    if not isinstance(node, cst.Comparison):
        return False
    return isinstance(node.comparisons[0].operator, cst.NotIn | cst.Is | cst.Equal)


def _is(node: cst.BaseExpression, names: frozenset[str], python: Python) -> bool:
    return dotted(node) in names or not names.isdisjoint(python.names(node))


def _text(node: cst.BaseExpression, python: Python) -> str | None:
    value = python.fold(node)
    return value if isinstance(value, str) else None
