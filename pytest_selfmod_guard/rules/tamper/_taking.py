"""What a hook takes away from the tests that pytest has found."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from pytest_selfmod_guard.rules.tamper._bindings import values
from pytest_selfmod_guard.rules.tamper._marks import Marks, Reach
from pytest_selfmod_guard.rules.tamper._nodes import last_name
from pytest_selfmod_guard.rules.tamper._plugins import Step, calls_in, code_of
from pytest_selfmod_guard.rules.tamper._trimming import trims
from pytest_selfmod_guard.syntax import Python

_TAKING_AWAY = frozenset(("clear", "pop", "remove", "__delitem__"))
_ORDER = frozenset(
    ("sorted", "reversed", "list", "tuple", "copy", "deepcopy", "sample", "shuffled")
)
_MARKING = frozenset(("add_marker", "append", "insert", "extend"))
_MARKED = frozenset(("own_markers", "pytestmark"))
_SPEAKING = frozenset(
    ("pytest_runtest_setup", "pytest_runtest_call", "pytest_runtest_protocol",
     "pytest_pyfunc_call", "pytest_fixture_setup")
)  # fmt: skip
_HOPS = 4


def taken(step: Step, marks: Marks, python: Python) -> Iterator[str]:
    """Say what a statement of a hook takes away; nothing for one that only sorts."""
    node = step.node
    if _is_shortened(node, step, python):
        yield "takes tests away from those that were found"
    if _is_skip(node, step, marks):
        yield "skips tests, or expects them to fail"
    if step.hook == "pytest_generate_tests" and trims(node, step, python):
        yield "takes cases away from tests"
    for call in calls_in(node):
        yield from _by_call(call, step, marks, python)


def _is_shortened(node: cst.CSTNode, step: Step, python: Python) -> bool:
    """Tell whether a statement makes the list of the tests shorter."""
    if isinstance(node, cst.Del):
        return _is_list(node.target, step)
    if isinstance(node, cst.AugAssign):
        return _is_list(node.target, step) and not isinstance(node.operator, cst.AddAssign)
    if not isinstance(node, cst.Assign):
        return False
    listed = any(_is_list(each.target, step) for each in node.targets)
    return listed and _is_less(node.value, step, python)


def _is_skip(node: cst.CSTNode, step: Step, marks: Marks) -> bool:
    """Tell whether a statement skips the test at hand."""
    if (step.hook.startswith("pytest_") and step.hook not in _SPEAKING) or (
        not step.hook and step.function is not None
    ):
        return False
    said = node.exc if isinstance(node, cst.Raise) else getattr(node, "value", None)
    skip = marks.skip(said, said) if isinstance(said, cst.Call | cst.Name | cst.Attribute) else None
    if skip is None or ".mark." in f".{skip.how}":
        return False
    return skip.reach is Reach.ALWAYS and (isinstance(node, cst.Raise) or _is_called(said))


def _is_called(said: cst.CSTNode | None) -> bool:
    return isinstance(said, cst.Call) and last_name(said) in {"skip", "xfail", "skipTest"}


def _by_call(call: cst.Call, step: Step, marks: Marks, python: Python) -> Iterator[str]:
    name = last_name(call.func)
    owner = call.func.value if isinstance(call.func, cst.Attribute) else None
    if _is_taking_away(call, name, owner, step, python):
        yield "takes tests away from those that were found"
    elif name in _MARKING and (name == "add_marker" or last_name(owner or call) in _MARKED):
        if any(_skips(arg.value, marks, python) for arg in call.args):
            yield "marks tests as skipped, or as expected to fail"
    elif name == "parametrize" and step.hook == "pytest_generate_tests":
        cases = python.argument(call, 1, "argvalues")
        if cases is not None and python.fold(cases) in ([], (), {}):
            yield "leaves tests without a case to run"


def _is_taking_away(
    call: cst.Call, name: str, owner: cst.BaseExpression | None, step: Step, python: Python
) -> bool:
    if name in _TAKING_AWAY and owner is not None:
        return code_of(owner) in step.same or (code_of(owner) == "list" and _first(call, step))
    if name in {"__setitem__", "setattr"} and _first(call, step, owner) and call.args:
        return _is_less(call.args[-1].value, step, python)
    return False


def _first(call: cst.Call, step: Step, owner: cst.CSTNode | None = None) -> bool:
    """Tell whether a call is about the list of the tests."""
    if owner is not None and code_of(owner) in step.same:
        return True
    return bool(call.args) and code_of(call.args[0].value) in step.same


def _is_list(target: cst.CSTNode, step: Step) -> bool:
    """Tell whether an assignment changes the list itself, and not only a name of the function."""
    if isinstance(target, cst.Tuple):
        return any(_is_list(element.value, step) for element in target.elements)
    return code_of(target) in step.same and not isinstance(target, cst.Name)


def _skips(node: cst.BaseExpression, marks: Marks, python: Python) -> bool:
    """Tell whether a mark always skips, wherever it was given its name."""
    for one in values(node, python):
        several = one.elements if isinstance(one, cst.List | cst.Tuple) else ()
        inner = [value for part in several for value in values(part.value, python)]
        if any(_is_skipping(each, marks, python) for each in inner or [one]):
            return True
    return False


def _is_skipping(mark: cst.BaseExpression, marks: Marks, python: Python) -> bool:
    if isinstance(mark, cst.Attribute) and mark.attr.value == "mark":
        mark = mark.value  # the mark inside its decorator
    skip = marks.skip(mark, mark)
    if skip is not None and ".mark." in f".{skip.how}":
        return skip.reach is Reach.ALWAYS
    named = python.names(mark.func if isinstance(mark, cst.Call) else mark)
    if any(name.endswith((".mark.skip", ".mark.xfail")) for name in named):
        return True
    made = isinstance(mark, cst.Call) and any(
        name.endswith((".Mark", ".MarkDecorator")) for name in python.names(mark.func)
    )
    if made and isinstance(mark, cst.Call) and mark.args:
        mark = mark.args[0].value
    return python.fold(mark) in ("skip", "xfail")


def _is_less(value: cst.BaseExpression, step: Step, python: Python, hops: int = _HOPS) -> bool:
    """Tell whether a list can be shorter than that of the tests it is made from."""
    if isinstance(value, cst.ListComp | cst.GeneratorExp):
        loop: cst.CompFor | None = value.for_in
        while loop is not None:
            if loop.ifs:
                return True
            loop = loop.inner_for_in
        return _is_less(value.for_in.iter, step, python, hops - 1) if hops else False
    if isinstance(value, cst.Call):
        return _is_less_called(value, step, python, hops)
    if isinstance(value, cst.Name) and hops and value.value not in step.same:
        bound = [one for one in values(value, python) if one is not value]
        return any(
            _is_filled_by_choice(value.value, step)
            if _is_empty(one)
            else _is_less(one, step, python, hops - 1)
            for one in bound
        )
    return _is_plainly_less(value)


def _is_plainly_less(value: cst.BaseExpression) -> bool:
    if isinstance(value, cst.List | cst.Tuple):
        return not any(isinstance(element, cst.StarredElement) for element in value.elements)
    if isinstance(value, cst.Subscript):
        return not _is_reversal(value)
    return isinstance(value, cst.BinaryOperation) and isinstance(value.operator, cst.Multiply)


def _is_less_called(call: cst.Call, step: Step, python: Python, hops: int) -> bool:
    name = last_name(call.func)
    if name in {"filter", "islice", "takewhile", "dropwhile", "filterfalse", "compress"}:
        return True
    if name in _ORDER and call.args and hops:
        return _is_less(call.args[0].value, step, python, hops - 1)
    return False


def _is_empty(node: cst.CSTNode) -> bool:
    if isinstance(node, cst.Call):
        return last_name(node) in {"list", "deque"} and not node.args
    return isinstance(node, cst.List) and not node.elements


def _is_filled_by_choice(name: str, step: Step) -> bool:
    """Tell whether a list gets only some of what a loop goes through."""
    if step.function is None:
        return False
    adding = _Adding(name, step.function.body)
    return adding.behind_a_condition and not adding.always


class _Adding:
    """Where things are added to a list: behind a condition, or always."""

    def __init__(self, name: str, node: cst.CSTNode) -> None:
        self._name = name
        self.behind_a_condition = False
        self.always = False
        waiting = [(node, False)]
        while waiting:
            one, asked = waiting.pop()
            if isinstance(one, cst.Call) and self._is_adding(one):
                self.behind_a_condition |= asked
                self.always |= not asked
            if isinstance(one, cst.If):
                self.always |= self._adds(one.body) and self._adds(one.orelse)
                asked = True
            waiting += ((child, asked) for child in one.children)

    def _adds(self, block: cst.CSTNode | None) -> bool:
        return block is not None and any(self._is_adding(call) for call in calls_in(block))

    def _is_adding(self, call: cst.Call) -> bool:
        owner = call.func.value if isinstance(call.func, cst.Attribute) else None
        named = last_name(call) in {"append", "extend", "insert", "appendleft"}
        return named and owner is not None and code_of(owner) == self._name


def _is_reversal(value: cst.Subscript) -> bool:
    part = value.slice[0].slice
    if not isinstance(part, cst.Slice) or part.lower is not None or part.upper is not None:
        return False
    return part.step is None or isinstance(part.step, cst.UnaryOperation)
