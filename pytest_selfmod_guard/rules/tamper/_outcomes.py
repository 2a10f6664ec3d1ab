"""What a plugin makes of a result that it is told: passed where it failed, or nothing at all."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from pytest_selfmod_guard.rules.tamper._nodes import dotted, last_name, parameter_names
from pytest_selfmod_guard.rules.tamper._plugins import Step, calls_in, code_of
from pytest_selfmod_guard.syntax import Python, Unknown

_VERDICTS = frozenset(("outcome", "wasxfail", "longrepr", "passed", "failed", "skipped"))
_CAUSES = frozenset(("excinfo", "_excinfo", "_result", "_exception", "exception"))
_BODIES = frozenset(("runtest", "obj", "_obj", "function", "_testMethodName", "_testcase"))
_BINDERS = frozenset(("MethodType", "partial", "staticmethod", "property", "wraps"))
_OWN = frozenset(("self", "cls"))
_RESULTS = frozenset(
    ("pytest_pyfunc_call", "pytest_runtest_protocol", "pytest_runtest_setup", "pytest_runtest_call",
     "pytest_runtest_teardown", "pytest_runtest_makereport", "pytest_report_teststatus",
     "pytest_runtestloop", "pytest_cmdline_main", "pytest_make_collect_report",
     "pytest_fixture_setup")
)  # fmt: skip
_RUNS = _RESULTS - {"pytest_report_teststatus", "pytest_fixture_setup"}
_GREEN = frozenset(("passed", "skipped", "xfailed", "xpassed", "rerun", "", "warnings"))


def rewritten(step: Step, python: Python) -> Iterator[str]:
    """Say how a statement of a plugin makes a result look better than it is."""
    node = step.node
    for target, value in _set(node, python):
        yield from _attribute(target, value, step, python)
    for call in calls_in(node):
        yield from _by_call(call, step, python)
    if isinstance(node, cst.Return) and node.value is not None:
        yield from _returned(node.value, step, python)


def swallowed(hook: str, function: cst.FunctionDef) -> Iterator[cst.CSTNode]:
    """Give what catches, and does not pass on, the failures that come through a hook."""
    if hook in _RUNS:
        for node in _all_within(function.body):
            if isinstance(node, cst.Try | cst.TryStar) and _lets_a_test_run(node.body):
                yield from (one for one in node.handlers if _keeps(one))
                if node.finalbody is not None and _leaves(node.finalbody):
                    yield node.finalbody
            elif isinstance(node, cst.With) and _lets_a_test_run(node.body):
                yield from (item for item in node.items if last_name(item.item) == "suppress")


def _set(node: cst.CSTNode, python: Python) -> Iterator[tuple[cst.Attribute, object]]:
    """Give each attribute that a statement sets, with its new value."""
    if isinstance(node, cst.Assign):
        for each in node.targets:
            yield from _paired(each.target, node.value)
    elif isinstance(node, cst.AugAssign | cst.AnnAssign) and isinstance(node.target, cst.Attribute):
        yield node.target, node.value
    elif isinstance(node, cst.Del) and isinstance(node.target, cst.Attribute):
        yield node.target, None
    for call in calls_in(node):
        name = last_name(call.func)
        if name in {"setattr", "__setattr__", "delattr"} and len(call.args) > 1:
            yield from _by_name(call, python)
        elif name == "update" and isinstance(call.func, cst.Attribute):
            yield from _updated(call, call.func.value)


def _paired(
    target: cst.CSTNode, value: cst.BaseExpression
) -> Iterator[tuple[cst.Attribute, object]]:
    if isinstance(target, cst.Attribute):
        yield target, value
    elif isinstance(target, cst.Subscript) and last_name(target.value) == "__dict__":
        key = target.slice[0].slice
        name = key.value if isinstance(key, cst.Index) else None
        if isinstance(name, cst.SimpleString) and isinstance(target.value, cst.Attribute):
            yield _attribute_of(target.value.value, str(name.evaluated_value)), value
    elif isinstance(target, cst.Tuple):
        parts = value.elements if isinstance(value, cst.Tuple) else ()
        for place, element in enumerate(target.elements):
            part = parts[place].value if place < len(parts) else value
            yield from _paired(element.value, part)


def _by_name(call: cst.Call, python: Python) -> Iterator[tuple[cst.Attribute, object]]:
    given = [arg.value for arg in call.args]
    if last_name(call.func) == "__setattr__" and len(given) == 2:  # noqa: PLR2004 (bound)
        given = [call.func.value, *given] if isinstance(call.func, cst.Attribute) else given
    name = python.fold(given[1])
    if isinstance(name, str) and name.isidentifier():
        yield _attribute_of(given[0], name), given[2] if len(given) > 2 else None  # noqa: PLR2004


def _updated(call: cst.Call, owner: cst.BaseExpression) -> Iterator[tuple[cst.Attribute, object]]:
    """Give what ``vars(report).update(outcome=...)`` sets."""
    if isinstance(owner, cst.Attribute) and owner.attr.value == "__dict__":
        subject: cst.BaseExpression = owner.value
    elif isinstance(owner, cst.Call) and last_name(owner) == "vars" and owner.args:
        subject = owner.args[0].value
    else:
        return
    for arg in call.args:
        if arg.keyword is not None:
            yield _attribute_of(subject, arg.keyword.value), arg.value
        elif isinstance(arg.value, cst.Dict):
            for item in arg.value.elements:
                key = getattr(item, "key", None)
                if isinstance(key, cst.SimpleString):
                    yield _attribute_of(subject, str(key.evaluated_value)), item.value


def _attribute_of(owner: cst.BaseExpression, name: str) -> cst.Attribute:
    return cst.Attribute(owner, cst.Name(name if name.isidentifier() else "_"))


def _attribute(target: cst.Attribute, value: object, step: Step, python: Python) -> Iterator[str]:
    name, owner = target.attr.value, code_of(target.value)
    if owner in _OWN or (not step.hook and not owner):
        return
    if name in _VERDICTS and _is_better(name, value, python):
        yield f"sets {name!r} of a result"
    elif name in _CAUSES and step.hook in _RESULTS and _is_nothing(value, python):
        yield f"takes the failure away from a result ({name!r})"
    elif name in _BODIES and step.hook and _is_idle(value, python):
        yield f"puts something else in the place of a test ({name!r})"


def _is_better(name: str, value: object, python: Python) -> bool:
    """Tell whether what an attribute is set to can turn a failure into something else."""
    found = _folded(value, python)
    if name == "outcome":
        return found != "failed" and not _is_copy(value, name)
    if name == "longrepr":
        return value is None or (not isinstance(found, Unknown) and not found)
    if name == "failed":
        return not isinstance(found, Unknown) and not found
    if name in {"passed", "skipped"}:
        return not isinstance(found, Unknown) and bool(found)
    return value is not None and not _is_copy(value, name)


def _is_copy(value: object, name: str) -> bool:
    """Tell whether an attribute only takes the like of another."""
    return isinstance(value, cst.Attribute) and value.attr.value == name


def _is_nothing(value: object, python: Python) -> bool:
    found = _folded(value, python)
    return value is None or (not isinstance(found, Unknown) and not found)


def _folded(value: object, python: Python) -> object:
    return python.fold(value) if isinstance(value, cst.BaseExpression) else Unknown.UNKNOWN


def _is_idle(value: object, python: Python) -> bool:
    """Tell whether a function that takes a test's place does not run it, or hides its failure."""
    if isinstance(value, cst.Call) and last_name(value) in _BINDERS and value.args:
        value = value.args[0].value
    if isinstance(value, cst.Lambda):
        return not any(True for _ in calls_in(value.body))
    if isinstance(value, cst.Call):
        value = value.func
    named = last_name(value) if isinstance(value, cst.CSTNode) else ""
    for function in python.functions:
        if function.name == named:
            tries = [n for n in _all_within(function.node.body) if isinstance(n, cst.Try)]
            hides = any(_keeps(one) for node in tries for one in node.handlers)
            return hides or not any(True for _ in _calls_deep(function.node.body))
    return False


def _calls_deep(node: cst.CSTNode) -> Iterator[cst.Call]:
    return (one for one in _all_within(node, deep=True) if isinstance(one, cst.Call))


def _by_call(call: cst.Call, step: Step, python: Python) -> Iterator[str]:
    name = last_name(call.func)
    first = call.args[0].value if call.args else None
    if name == "force_result" and step.hook in _RESULTS:
        if first is None or not _is_a_result(first, python):
            yield "puts another result in the place of the test's"
    elif name == "force_exception" and step.hook in _RUNS and first is not None:
        if any("skip" in one.lower() or "xfail" in one.lower() for one in python.origins(first)):
            yield "puts a skip in the place of a failure"
    elif name in {"TestReport", "CollectReport", "_replace", "replace", "evolve"}:
        value = python.argument(call, 3 if name == "TestReport" else None, "outcome")
        if value is not None and python.fold(value) in ("passed", "skipped"):
            yield "makes a report that says passed, whatever happened"


def _is_a_result(node: cst.BaseExpression, python: Python) -> bool:
    """Tell whether a value comes from the result that there was."""
    if isinstance(node, cst.Call):
        return bool(node.args) or isinstance(node.func, cst.Attribute)
    if isinstance(node, cst.Name):
        return python.fold(node) is Unknown.UNKNOWN and node.value not in {"None", "True", "False"}
    return isinstance(node, cst.Attribute | cst.Tuple) and not _is_status(node, python)


def _is_status(node: cst.BaseExpression, python: Python) -> bool:
    if not isinstance(node, cst.Tuple) or not node.elements:
        return False
    return python.fold(node.elements[0].value) in _GREEN


def _returned(value: cst.BaseExpression, step: Step, python: Python) -> Iterator[str]:
    if step.hook != "pytest_report_teststatus" or not _is_status(value, python):
        return
    name = "".join(parameter_names(step.function)[:1]) if step.function else "report"
    asked = " ".join(python.code(one.test) for one in step.asked if one.held)
    good = any(f".{word}" in asked or f'"{word}"' in asked or f"'{word}'" in asked
               for word in ("passed", "skipped", "wasxfail", "rerun", "xfail"))  # fmt: skip
    if not good:
        yield f"shows {name!r} as something better than it is"


def _lets_a_test_run(block: cst.CSTNode) -> bool:
    for node in _all_within(block):
        if isinstance(node, cst.Yield):
            return True
        if isinstance(node, cst.Call) and last_name(node) in {
            "obj", "testfunction", "runtest", "get_result", "function", "runtestprotocol",
            "pytest_runtest_call", "pytest_pyfunc_call", "func", "test_func", "testfunc",
        }:  # fmt: skip
            return True
    return False


def _keeps(handler: cst.ExceptHandler | cst.ExceptStarHandler) -> bool:
    """Tell whether a handler for failures ends without a failure."""
    caught = [dotted(node) for node in _all_within(handler.type)] if handler.type else ["Exception"]
    wide = {"Exception", "BaseException", "AssertionError", "Failed", "pytest.fail.Exception"}
    if wide.isdisjoint(caught) and not any(name.endswith("Failed") for name in caught):
        return False
    for node in _all_within(handler.body):
        if isinstance(node, cst.Raise) and not _is_lenient(node):
            return False
        if isinstance(node, cst.Call) and last_name(node) in {"fail", "exit", "force_exception"}:
            return False
        if isinstance(node, cst.Assign) and _stores(node, handler):
            return False
    return True


def _is_lenient(node: cst.Raise) -> bool:
    raised = node.exc.func if isinstance(node.exc, cst.Call) else node.exc
    said = dotted(raised) if raised is not None else ""
    return "skip" in said.lower() or "xfail" in said.lower()


def _stores(node: cst.Assign, handler: cst.ExceptHandler | cst.ExceptStarHandler) -> bool:
    """Tell whether a handler keeps the error, to raise it later."""
    name = handler.name.name.value if handler.name is not None else ""  # type: ignore[union-attr]
    return bool(name) and any(
        isinstance(one, cst.Name) and one.value == name for one in _all_within(node.value)
    )


def _leaves(block: cst.CSTNode) -> bool:
    """Tell whether a ``finally`` returns, which forgets the error."""
    return any(isinstance(node, cst.Return) for node in _all_within(block))


def _all_within(node: cst.CSTNode, *, deep: bool = False) -> Iterator[cst.CSTNode]:
    waiting = [node]
    while waiting:
        one = waiting.pop()
        yield one
        if deep or one is node or not isinstance(one, cst.FunctionDef | cst.ClassDef):
            waiting += one.children
