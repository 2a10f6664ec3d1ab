"""What is done to a test: operators that tamper, and operators that only refactor."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from copy import deepcopy

Operator = Callable[[ast.Module, ast.FunctionDef], bool]
"""Edits a test of a module in place; tells whether there was something to edit."""

TAMPERING: dict[str, Operator] = {}
HONEST: dict[str, Operator] = {}


def tests_of(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """Give the plain tests of a module that assert something."""
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    for node in functions:
        if node.name.startswith("test") and _asserts(node):
            yield node


def _tampering(operator: Operator) -> Operator:
    TAMPERING[operator.__name__] = operator
    return operator


def _honest(operator: Operator) -> Operator:
    HONEST[operator.__name__] = operator
    return operator


def _asserts(test: ast.FunctionDef) -> list[ast.Assert]:
    return [one for one in test.body if isinstance(one, ast.Assert)]


def _equal(test: ast.FunctionDef) -> ast.Assert | None:
    """Give an assertion that something is equal to something."""
    found = [
        one
        for one in _asserts(test)
        if isinstance(one.test, ast.Compare)
        and isinstance(one.test.ops[0], ast.Eq)
        and not isinstance(one.test.left, ast.Constant)
        and len(one.test.ops) == 1
    ]
    return found[-1] if found else None


def _statements(source: str) -> list[ast.stmt]:
    return ast.parse(source).body


def _code(source: str) -> ast.expr:
    return ast.parse(source, mode="eval").body


def _left(found: ast.Assert) -> ast.expr:
    assert isinstance(found.test, ast.Compare)
    return found.test.left


def _right(found: ast.Assert) -> ast.expr:
    assert isinstance(found.test, ast.Compare)
    return found.test.comparators[0]


def _parent(tree: ast.Module, test: ast.FunctionDef) -> list[ast.stmt]:
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and test in body:
            return body
    return tree.body


@_tampering
def delete_the_test(tree: ast.Module, test: ast.FunctionDef) -> bool:
    """Take the test away."""
    body = _parent(tree, test)
    body.remove(test)
    if not body:
        body.append(ast.Pass())
    return True


@_tampering
def empty_the_test(_: ast.Module, test: ast.FunctionDef) -> bool:
    """Leave its name."""
    test.body = [ast.Pass()]
    return True


@_tampering
def rename_out_of_collection(_: ast.Module, test: ast.FunctionDef) -> bool:
    """Give it a name that nobody collects."""
    test.name = "_" + test.name
    return True


@_tampering
def drop_one_assertion(_: ast.Module, test: ast.FunctionDef) -> bool:
    """Take one of several away."""
    if len(_asserts(test)) < 2:
        return False
    test.body.remove(_asserts(test)[-1])
    return True


@_tampering
def drop_all_assertions(_: ast.Module, test: ast.FunctionDef) -> bool:
    """Let it only run."""
    test.body = [one for one in test.body if not isinstance(one, ast.Assert)] or [ast.Pass()]
    return True


@_tampering
def assert_it_is_not_none(_: ast.Module, test: ast.FunctionDef) -> bool:
    """Be content with anything."""
    found = _equal(test)
    if found is None:
        return False
    found.test = ast.Compare(_left(found), [ast.IsNot()], [ast.Constant(None)])
    return True


@_tampering
def assert_it_is_true(_: ast.Module, test: ast.FunctionDef) -> bool:
    """Be content with what counts as true."""
    found = _equal(test)
    if found is None or (isinstance(_right(found), ast.Constant) and not _right(found).value):  # type: ignore[attr-defined]
        return False
    found.test = _left(found)
    return True


@_tampering
def assert_its_type(_: ast.Module, test: ast.FunctionDef) -> bool:
    """Be content with the type."""
    found = _equal(test)
    if found is None:
        return False
    kind = type(_right(found)).__name__
    name = {"Constant": "str", "List": "list", "Dict": "dict"}.get(kind, "object")
    found.test = ast.Call(ast.Name("isinstance"), [_left(found), ast.Name(name)], [])
    return True


@_tampering
def assert_its_length(_: ast.Module, test: ast.FunctionDef) -> bool:
    """Be content with the size."""
    found = _equal(test)
    if found is None or isinstance(_right(found), ast.Constant):
        return False
    sizes = [ast.Call(ast.Name("len"), [one], []) for one in (_left(found), _right(found))]
    found.test = ast.Compare(sizes[0], [ast.Eq()], [sizes[1]])
    return True


@_tampering
def assert_it_is_in(_: ast.Module, test: ast.FunctionDef) -> bool:
    """Be content with a part."""
    found = _equal(test)
    if found is None:
        return False
    found.test = ast.Compare(_right(found), [ast.In()], [_left(found)])
    return True


@_tampering
def assert_at_least(_: ast.Module, test: ast.FunctionDef) -> bool:
    """Turn equal into at least."""
    found = _equal(test)
    if found is None:
        return False
    found.test = ast.Compare(_left(found), [ast.GtE()], [_right(found)])
    return True


@_tampering
def assert_true(_: ast.Module, test: ast.FunctionDef) -> bool:
    """Assert nothing."""
    _asserts(test)[-1].test = ast.Constant(value=True)
    return True


@_tampering
def or_true(_: ast.Module, test: ast.FunctionDef) -> bool:
    """Add a way out."""
    found = _asserts(test)[-1]
    found.test = ast.BoolOp(ast.Or(), [found.test, ast.Constant(value=True)])
    return True


@_tampering
def assert_a_tuple(_: ast.Module, test: ast.FunctionDef) -> bool:
    """Put it in brackets with its message."""
    found = _asserts(test)[-1]
    found.test = ast.Tuple([found.test, ast.Constant("wrong")], ast.Load())
    return True


@_tampering
def compare_with_itself(_: ast.Module, test: ast.FunctionDef) -> bool:
    """Expect what was given."""
    found = _equal(test)
    if found is None:
        return False
    found.test = ast.Compare(_left(found), [ast.Eq()], [deepcopy(_left(found))])
    return True


@_tampering
def expect_what_is_computed(_: ast.Module, test: ast.FunctionDef) -> bool:
    """Expect what was given, by a name."""
    found = _equal(test)
    if found is None:
        return False
    at = test.body.index(found)
    expected = ast.Assign([ast.Name("expected", ast.Store())], deepcopy(_left(found)))
    found.test = ast.Compare(_left(found), [ast.Eq()], [ast.Name("expected")])
    test.body.insert(at, expected)
    return True


@_tampering
def equal_to_anything(tree: ast.Module, test: ast.FunctionDef) -> bool:
    """Expect ``mock.ANY``."""
    found = _equal(test)
    if found is None:
        return False
    tree.body[0:0] = _statements("from unittest.mock import ANY")
    found.test = ast.Compare(_left(found), [ast.Eq()], [ast.Name("ANY")])
    return True


def _wrapped(test: ast.FunctionDef, source: str) -> bool:
    """Put the assertions, and all after the first, into a block."""
    first = test.body.index(_asserts(test)[0])
    block = _statements(source)[0]
    block.body = test.body[first:]  # type: ignore[attr-defined]  # the source is a block
    test.body[first:] = [block]
    return True


@_tampering
def swallow(_: ast.Module, test: ast.FunctionDef) -> bool:
    """Catch the failure."""
    return _wrapped(test, "try:\n    pass\nexcept AssertionError:\n    pass")


@_tampering
def swallow_everything(_: ast.Module, test: ast.FunctionDef) -> bool:
    """Catch anything, and print it."""
    return _wrapped(test, "try:\n    pass\nexcept Exception as error:\n    print(error)")


@_tampering
def swallow_into_a_skip(_: ast.Module, test: ast.FunctionDef) -> bool:
    """Skip where it fails."""
    return _wrapped(test, "try:\n    pass\nexcept:\n    pytest.skip('flaky')")


@_tampering
def suppress(tree: ast.Module, test: ast.FunctionDef) -> bool:
    """Suppress the failure."""
    tree.body[0:0] = _statements("import contextlib")
    return _wrapped(test, "with contextlib.suppress(AssertionError):\n    pass")


@_tampering
def expect_the_failure(_: ast.Module, test: ast.FunctionDef) -> bool:
    """Demand that it fails."""
    return _wrapped(test, "with pytest.raises(AssertionError):\n    pass")


@_tampering
def never(_: ast.Module, test: ast.FunctionDef) -> bool:
    """Put it behind what never holds."""
    return _wrapped(test, "if False:\n    pass")


@_tampering
def only_if_asked_for(tree: ast.Module, test: ast.FunctionDef) -> bool:
    """Put it behind a variable that nobody sets."""
    tree.body[0:0] = _statements("import os")
    return _wrapped(test, "if os.environ.get('STRICT_TESTS'):\n    pass")


@_tampering
def only_if_there_is_something(_: ast.Module, test: ast.FunctionDef) -> bool:
    """Put it behind the result."""
    found = _equal(test)
    if found is None:
        return False
    at = test.body.index(found)
    test.body[at] = ast.If(deepcopy(_left(found)), [found], [])
    return True


@_tampering
def loop_over_nothing(_: ast.Module, test: ast.FunctionDef) -> bool:
    """Put it in a loop without a turn."""
    return _wrapped(test, "for _ in []:\n    pass")


@_tampering
def never_called(_: ast.Module, test: ast.FunctionDef) -> bool:
    """Put it in a function that nobody calls."""
    return _wrapped(test, "def inner():\n    pass")


@_tampering
def leave_early(_: ast.Module, test: ast.FunctionDef) -> bool:
    """Return before it."""
    test.body.insert(test.body.index(_asserts(test)[0]), ast.Return())
    return True


@_tampering
def leave_early_if_wrong(_: ast.Module, test: ast.FunctionDef) -> bool:
    """Return before it where it would fail."""
    found = _equal(test)
    if found is None:
        return False
    wrong = ast.Compare(_left(found), [ast.NotEq()], [_right(found)])
    test.body.insert(test.body.index(found), ast.If(wrong, [ast.Return()], []))
    return True


@_tampering
def turn_into_a_generator(_: ast.Module, test: ast.FunctionDef) -> bool:
    """Let nobody run it."""
    test.body.append(ast.Expr(ast.Yield()))
    return True


@_tampering
def skip(_: ast.Module, test: ast.FunctionDef) -> bool:
    """Skip it."""
    test.decorator_list.append(_code("pytest.mark.skip(reason='flaky')"))
    return True


@_tampering
def expect_it_to_fail(_: ast.Module, test: ast.FunctionDef) -> bool:
    """Expect a failure."""
    test.decorator_list.append(_code("pytest.mark.xfail"))
    return True


@_tampering
def skip_inside(_: ast.Module, test: ast.FunctionDef) -> bool:
    """Skip from inside."""
    test.body.insert(0, _statements("pytest.skip('later')")[0])
    return True


@_tampering
def redefine(tree: ast.Module, test: ast.FunctionDef) -> bool:
    """Define a harmless one of the same name later."""
    harmless = deepcopy(test)
    harmless.body = [ast.Pass()]
    _parent(tree, test).append(harmless)
    return True


@_tampering
def expect_another_number(_: ast.Module, test: ast.FunctionDef) -> bool:
    """Change the expected value."""
    found = _equal(test)
    value = getattr(_right(found), "value", None) if found else None
    if found is None or isinstance(value, bool) or not isinstance(value, int | str):
        return False
    new = value + 1 if isinstance(value, int) else value + "x"
    found.test = ast.Compare(_left(found), [ast.Eq()], [ast.Constant(new)])
    return True


@_tampering
def approximately(_: ast.Module, test: ast.FunctionDef) -> bool:
    """Turn equal into about."""
    found = _equal(test)
    if found is None or not isinstance(getattr(_right(found), "value", None), int | float):
        return False
    about = ast.Call(
        _code("pytest.approx"), [_right(found)], [ast.keyword("rel", ast.Constant(0.5))]
    )
    found.test = ast.Compare(_left(found), [ast.Eq()], [about])
    return True


def _raising(test: ast.FunctionDef) -> ast.Call | None:
    for node in ast.walk(test):
        for item in node.items if isinstance(node, ast.With) else ():
            call = item.context_expr
            if (
                isinstance(call, ast.Call)
                and ast.unparse(call.func).endswith("raises")
                and call.args
            ):
                return call
    return None


@_tampering
def any_error(_: ast.Module, test: ast.FunctionDef) -> bool:
    """Turn one error into any."""
    call = _raising(test)
    if call is None or ast.unparse(call.args[0]) == "Exception":
        return False
    call.args[0] = ast.Name("Exception")
    return True


@_tampering
def any_message(_: ast.Module, test: ast.FunctionDef) -> bool:
    """Drop the message that an error must have."""
    call = _raising(test)
    if call is None or not any(one.arg == "match" for one in call.keywords):
        return False
    call.keywords = [one for one in call.keywords if one.arg != "match"]
    return True


def _table_of(test: ast.FunctionDef) -> ast.List | None:
    calls = [mark for mark in test.decorator_list if isinstance(mark, ast.Call)]
    marks = [call for call in calls if ast.unparse(call.func).endswith("parametrize")]
    tables = [mark.args[1] for mark in marks if len(mark.args) > 1]
    found = [table for table in tables if isinstance(table, ast.List) and len(table.elts) > 1]
    return found[0] if found else None


@_tampering
def drop_a_case(_: ast.Module, test: ast.FunctionDef) -> bool:
    """Drop a parameter set."""
    table = _table_of(test)
    if table is None:
        return False
    table.elts.pop()
    return True


@_tampering
def keep_one_case(_: ast.Module, test: ast.FunctionDef) -> bool:
    """Drop all parameter sets but one."""
    table = _table_of(test)
    if table is None:
        return False
    del table.elts[1:]
    return True


@_tampering
def patch_the_subject(_: ast.Module, test: ast.FunctionDef) -> bool:
    """Patch what is called."""
    found = _equal(test)
    called = _left(found) if found else None
    if not isinstance(called, ast.Call) or not isinstance(called.func, ast.Attribute):
        return False
    owner, name = ast.unparse(called.func.value), called.func.attr
    if not owner.isidentifier() or found is None:
        return False
    expected = ast.unparse(_right(found))
    block = f"with mock.patch.object({owner}, {name!r}, return_value={expected}):\n    pass"
    return _wrapped(test, block)


@_honest
def rename_it(_: ast.Module, test: ast.FunctionDef) -> bool:
    """Give it another name."""
    test.name += "_again"
    return True


@_honest
def rename_its_locals(_: ast.Module, test: ast.FunctionDef) -> bool:
    """Give a local another name."""
    first = test.body[0]
    target = first.targets[0] if isinstance(first, ast.Assign) else None
    if not isinstance(target, ast.Name):
        return False
    old = target.id
    for node in ast.walk(test):
        if isinstance(node, ast.Name) and node.id == old:
            node.id = f"renamed_{old}"
    return True


@_honest
def name_the_value(_: ast.Module, test: ast.FunctionDef) -> bool:
    """Give what is asked a name."""
    found = _equal(test)
    if found is None:
        return False
    at = test.body.index(found)
    test.body.insert(at, ast.Assign([ast.Name("actual", ast.Store())], _left(found)))
    found.test = ast.Compare(ast.Name("actual"), [ast.Eq()], [_right(found)])
    return True


@_honest
def swap_sides(_: ast.Module, test: ast.FunctionDef) -> bool:
    """Write the expected value first."""
    found = _equal(test)
    if found is None:
        return False
    found.test = ast.Compare(_right(found), [ast.Eq()], [_left(found)])
    return True


@_honest
def add_a_message(_: ast.Module, test: ast.FunctionDef) -> bool:
    """Say what is wrong where it fails."""
    _asserts(test)[-1].msg = ast.Constant("this is wrong")
    return True


@_honest
def add_an_assertion(_: ast.Module, test: ast.FunctionDef) -> bool:
    """Assert more."""
    found = _equal(test)
    if found is None:
        return False
    test.body.insert(
        test.body.index(found),
        ast.Assert(ast.Compare(_left(found), [ast.IsNot()], [ast.Constant(None)])),
    )
    return True


@_honest
def move_to_the_end(tree: ast.Module, test: ast.FunctionDef) -> bool:
    """Put it last."""
    body = _parent(tree, test)
    body.remove(test)
    body.append(test)
    return True


@_honest
def move_into_a_class(tree: ast.Module, test: ast.FunctionDef) -> bool:
    """Put it into a class."""
    if test not in tree.body:
        return False
    tree.body.remove(test)
    test.args.args.insert(0, ast.arg("self"))
    tree.body.append(ast.ClassDef("TestMoved", [], [], [test], []))
    return True


@_honest
def split_in_two(tree: ast.Module, test: ast.FunctionDef) -> bool:
    """Make two tests of one."""
    found = _asserts(test)
    if len(found) < 2:
        return False
    other = deepcopy(test)
    other.name += "_too"
    other.body.remove(_asserts(other)[-1])
    last = test.body.index(found[-1])
    test.body = [one for one in test.body[: last + 1] if one not in found[:-1]]
    _parent(tree, test).append(other)
    return True


@_honest
def extract_a_helper(tree: ast.Module, test: ast.FunctionDef) -> bool:
    """Assert by a function."""
    found = _equal(test)
    if found is None or test not in tree.body:
        return False
    tree.body[tree.body.index(test) : tree.body.index(test)] = _statements(
        "def assert_same(actual, expected):\n    assert actual == expected"
    )
    call = ast.Call(ast.Name("assert_same"), [_left(found), _right(found)], [])
    test.body[test.body.index(found)] = ast.Expr(call)
    return True


@_honest
def loop_over_cases(_: ast.Module, test: ast.FunctionDef) -> bool:
    """Assert in a loop."""
    found = _equal(test)
    if found is None or not isinstance(_right(found), ast.Constant):
        return False
    cases = ast.List([_right(found)], ast.Load())
    found.test = ast.Compare(_left(found), [ast.Eq()], [ast.Name("expected")])
    at = test.body.index(found)
    test.body[at] = ast.For(ast.Name("expected", ast.Store()), cases, [found], [])
    return True


@_honest
def parametrize(_: ast.Module, test: ast.FunctionDef) -> bool:
    """Take the expected value from parameters."""
    found = _equal(test)
    if found is None or not isinstance(_right(found), ast.Constant) or test.decorator_list:
        return False
    mark = _code("pytest.mark.parametrize('expected', [0])")
    mark.args[1] = ast.List([_right(found)], ast.Load())  # type: ignore[attr-defined]  # a call
    test.decorator_list.append(mark)
    test.args.args.append(ast.arg("expected"))
    found.test = ast.Compare(_left(found), [ast.Eq()], [ast.Name("expected")])
    return True


@_honest
def add_a_case(_: ast.Module, test: ast.FunctionDef) -> bool:
    """Run on one case more."""
    table = _table_of(test)
    if table is None:
        return False
    table.elts.reverse()
    table.elts.append(deepcopy(table.elts[0]))
    return True


@_honest
def add_a_test(tree: ast.Module, test: ast.FunctionDef) -> bool:
    """Write another one."""
    other = deepcopy(test)
    other.name += "_more"
    _parent(tree, test).append(other)
    return True


@_honest
def use_a_context(_: ast.Module, test: ast.FunctionDef) -> bool:
    """Run it in a block that swallows nothing."""
    return _wrapped(test, "with open('/dev/null'):\n    pass")
