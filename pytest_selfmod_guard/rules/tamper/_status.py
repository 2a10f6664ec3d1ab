"""What a plugin does to the run as a whole: its exit status, its counts, its options."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from pytest_selfmod_guard.rules.tamper._nodes import last_name
from pytest_selfmod_guard.rules.tamper._plugins import Step, calls_in, code_of
from pytest_selfmod_guard.rules.tamper._selecting import options, split
from pytest_selfmod_guard.syntax import Python, Unknown

_STATUS = frozenset(("exitstatus", "returncode", "exit_status"))
_COUNTS = frozenset(("testsfailed", "testscollected", "shouldfail", "_numcollected"))
_STOPS = frozenset(("shouldstop", "shouldfail"))
_CHOICES = frozenset(
    ("keyword", "markexpr", "deselect", "ignore", "ignore_glob", "collectonly", "lf", "last_failed",
     "file_or_dir", "setupplan", "setuponly", "continue_on_collection_errors", "stepwise",
     "maxfail", "cov_fail_under", "no_cov", "override_ini", "xfail_strict", "assertmode",
     "noconftest", "usepdb", "runxfail")
)  # fmt: skip
_HARMLESS = frozenset(("maxfail", "runxfail", "usepdb"))
_CHOOSING = frozenset(
    ("keyword", "marker", "deselect", "ignore", "ignore-glob", "nothing", "last", "status",
     "rewrites", "no-cov", "assert", "threshold", "noconftest")
)  # fmt: skip
_LISTS = frozenset(("addopts", "norecursedirs", "testpaths", "python_files", "collect_ignore"))
_NEEDED = frozenset(
    ("selfmod_guard", "runner", "main", "python", "skipping", "assertion", "unittest", "doctest",
     "pytest_cov", "_cov", "terminalreporter", "unraisableexception", "threadexception")
)  # fmt: skip
_CHANGING = frozenset(("append", "extend", "insert", "clear", "remove", "pop"))
_BAD_KEYS = frozenset(("failed", "error", "errors"))


def loosened(step: Step, python: Python) -> Iterator[str]:
    """Say how a statement changes what a run ends with, or what it was asked to do."""
    node = step.node
    for target, value in _assigned(node, python):
        yield from _attribute(target, value, step, python)
    if isinstance(node, cst.Assign | cst.Del | cst.AugAssign):
        yield from _items(node, python)
    for call in calls_in(node):
        yield from _by_call(call, python)


def _assigned(node: cst.CSTNode, python: Python) -> Iterator[tuple[str, cst.BaseExpression | None]]:
    """Give each attribute that is set, dotted, with its new value."""
    if isinstance(node, cst.Assign):
        for each in node.targets:
            if isinstance(each.target, cst.Attribute | cst.Subscript):
                yield code_of(each.target), node.value
    elif isinstance(node, cst.AugAssign | cst.AnnAssign) and isinstance(node.target, cst.Attribute):
        is_sum = isinstance(node, cst.AugAssign) and isinstance(node.operator, cst.AddAssign)
        if not is_sum:
            yield code_of(node.target), None
    for call in calls_in(node):
        if last_name(call.func) in {"setattr", "__setattr__"} and len(call.args) > 2:  # noqa: PLR2004
            name = python.fold(call.args[1].value)
            if isinstance(name, str):
                yield f"{code_of(call.args[0].value) or '_'}.{name}", call.args[2].value


def _attribute(
    target: str, value: cst.BaseExpression | None, step: Step, python: Python
) -> Iterator[str]:
    owner, _, name = target.rpartition(".")
    if not owner or owner in {"self", "cls"}:
        return
    found = python.fold(value) if value is not None else Unknown.UNKNOWN
    if name in _STATUS and not _is_red(value, found, python) and not _is_about_none(step, python):
        yield f"sets the exit status of the run ({target!r})"
    elif name in _COUNTS and (name != "shouldfail" or not found):
        yield f"changes what the run counts ({target!r})"
    elif name in _STOPS and found and not step.asked and step.hook.startswith("pytest_"):
        yield f"stops the run before its end ({target!r})"
    elif name in _CHOICES - _HARMLESS and owner.endswith(("option", "config", "namespace")):
        if not _is_asked_first(name, step, python):
            yield f"changes what the run was asked to do ({target!r})"
    elif name == "stats" and "report" in owner.lower():
        yield "changes what the terminal counts"
    elif name == "args" and owner.endswith("config"):
        yield f"changes what the run was asked to do ({target!r})"


def _is_red(value: cst.BaseExpression | None, found: object, python: Python) -> bool:
    """Tell whether a status is that of a failure."""
    if isinstance(found, int) and not isinstance(found, Unknown):
        return bool(found)
    names = python.names(value) if value is not None else frozenset()
    known = [name for name in names if "ExitCode." in name or ".EX_" in name]
    return bool(known) and not any(name.endswith(".OK") for name in known)


def _is_about_none(step: Step, python: Python) -> bool:
    """Tell whether it was asked that no test was found, which is a matter of taste."""
    asked = " ".join(python.code(one.test) for one in step.asked if one.held)
    return "NO_TESTS_COLLECTED" in asked or "== 5" in asked


def _is_asked_first(name: str, step: Step, python: Python) -> bool:
    """Tell whether a default is set only where the caller chose nothing."""
    return any(name in python.code(one.test) for one in step.asked)


def _items(node: cst.Assign | cst.Del | cst.AugAssign, python: Python) -> Iterator[str]:
    """Look at ``stats["failed"] = []``, ``inicfg["addopts"] = ...`` and ``args[:] = ...``."""
    several = node.targets if isinstance(node, cst.Assign) else [node]
    for target in [each.target for each in several]:
        if not isinstance(target, cst.Subscript):
            continue
        name = last_name(target.value)
        part = target.slice[0].slice
        key = python.fold(part.value) if isinstance(part, cst.Index) else None
        if name == "stats" and (key in _BAD_KEYS or isinstance(key, Unknown)):
            yield "takes failures away from what the terminal counts"
        elif name in {"inicfg", "_inicache"} and (key in _LISTS or key == "xfail_strict"):
            yield f"changes the configuration of the run ({key!r})"
        elif _is_all(target, part) and not _adds_only(node):
            yield "changes what the run was asked to do ('args')"


def _is_all(target: cst.Subscript, part: cst.BaseSlice) -> bool:
    return code_of(target) in {"args", "config.args"} and isinstance(part, cst.Slice)


def _adds_only(node: cst.CSTNode) -> bool:
    value = getattr(node, "value", None)
    texts = [one for one in _strings(value) if one] if value is not None else []
    keeps = isinstance(value, cst.BinaryOperation | cst.List | cst.Tuple)
    return keeps and not any(option.kind in _CHOOSING for option in options(texts))


def _by_call(call: cst.Call, python: Python) -> Iterator[str]:
    owner = call.func.value if isinstance(call.func, cst.Attribute) else None
    if owner is None:
        return
    name, given = last_name(call.func), [python.fold(arg.value) for arg in call.args]
    if _forgets(name, owner, given, python):
        yield "takes failures away from what the terminal counts"
    elif name == "addinivalue_line" and given and given[0] in _LISTS:
        yield f"changes the configuration of the run ({given[0]!r})"
    elif name in _CHANGING and _asks_for_less(call, name, code_of(owner)):
        yield f"changes what the run was asked to do ({code_of(owner)!r})"
    elif name in {"unregister", "set_blocked"} and _is_needed(call, python):
        yield "takes a part of pytest out of the run"


def _forgets(name: str, owner: cst.BaseExpression, given: list[object], python: Python) -> bool:
    """Tell whether a call removes failures from those that the terminal counts."""
    if last_name(owner) != "stats":
        return False
    if isinstance(owner, cst.Subscript):
        return name == "clear" and _is_of_failures(owner, python)
    if name in {"pop", "update", "__delitem__", "__setitem__"}:
        return not given or not isinstance(given[0], str) or given[0] in _BAD_KEYS
    return name == "clear"


def _asks_for_less(call: cst.Call, name: str, about: str) -> bool:
    """Tell whether a call changes the arguments or options so that less is run."""
    last = about.rpartition(".")[2]
    if name in {"clear", "remove", "pop"}:
        return about in {"args", "config.args"}
    if last in {"args", "early_args"}:
        words = [word for arg in call.args for one in _strings(arg.value) for word in split(one)]
        return any(option.kind in _CHOOSING for option in options(words))
    return last in _CHOICES - _HARMLESS and "option" in about


def _is_of_failures(owner: cst.BaseExpression, python: Python) -> bool:
    if not isinstance(owner, cst.Subscript) or last_name(owner.value) != "stats":
        return False
    part = owner.slice[0].slice
    return isinstance(part, cst.Index) and python.fold(part.value) in _BAD_KEYS


def _is_needed(call: cst.Call, python: Python) -> bool:
    waiting: list[cst.CSTNode] = [arg.value for arg in call.args]
    while waiting:
        one = waiting.pop()
        if isinstance(one, cst.BaseExpression) and python.fold(one) in _NEEDED:
            return True
        waiting += one.children
    return False


def _strings(node: cst.CSTNode) -> Iterator[str]:
    waiting = [node]
    while waiting:
        one = waiting.pop()
        value = one.evaluated_value if isinstance(one, cst.SimpleString) else None
        if isinstance(value, str):
            yield value
        waiting += reversed(one.children)
