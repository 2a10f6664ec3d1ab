"""Reformatting code does not change what it is called."""

from __future__ import annotations

from collections.abc import Callable

import libcst as cst
import pytest

from pytest_selfmod_guard.syntax import Python

Read = Callable[[str], Python]

SAME = [
    ("eval( 'x' )", 'eval("x")'),
    ("eval('x',)", "eval(\n    'x',\n)"),
    ("f(a, b)  # why", "f(\n    a,  # first\n    b,\n)"),
    ("x = (1)", "x = 1"),
    ("x = 1,", "x = (1,)"),
    ("x = 'a' 'b'", "x = (\n    'a'\n    'b'\n)"),
    ("x = 0XFF + 1_000", "x = 0xff + 1000"),
    ("x = u'a'", "x = 'a'"),
    ("del (a, b)", "del a, b"),
    ("for (a, b) in (c, d): pass", "for a, b in c, d:\n    pass"),
    ("if (a): b; c", "if a:\n    b\n    c"),
    ("class A(): pass", "class A:\n    pass"),
    ("def f( a,b = 1 ): return a", "def f(a, b=1):\n    return a"),
    ("def f():\n  '''One.\n\n  Two.'''", "def f():\n    '''One.\n\n    Two.\n    '''"),
    ("with (open('x')) as f: pass", "with open('x') as f:\n    pass"),
    ("assert (a), 'b'", "assert a, 'b'"),
    ("return_ = not (a in b)", "return_ = not a in b"),
    ("a = b if c else \\\n  d", "a = b if c else d"),
    ("from a import (b, c)", "from a import b, c"),
    ("x = [1,2,\n3]", "x = [\n    1,\n    2,\n    3,\n]"),
    ("@ f\ndef g(): pass", "@f\ndef g():\n    pass"),
    ("lambda x : (x)", "lambda x: x"),
]


def only(python: Python) -> cst.CSTNode:
    """The only statement of a file, without its line."""
    statement = python.module.body[0]
    return statement.body[0] if isinstance(statement, cst.SimpleStatementLine) else statement


@pytest.mark.parametrize(("one", "other"), SAME)
def test_formatting_does_not_count(read: Read, one: str, other: str) -> None:
    """Both spellings have the same normal code."""
    first, second = read(one), read(other)
    assert first.code(only(first)) == second.code(only(second))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("eval('x')", "eval('y')"),
        ("eval('x')", "exec('x')"),
        ("f(1, 2)", "f((1, 2))"),
        ("f(a)", "f(*a)"),
        ("x = 'a b'", "x = 'a  b'"),
        ("x = 1", "x = 1,"),
        ("x = '1'", "x = 1"),
        ("x = 'a'", "x = b'a'"),
        ("assert (a, 'b')", "assert a, 'b'"),
        ("del a[b, c]", "del a[b], c"),
    ],
)
def test_meaning_counts(read: Read, one: str, other: str) -> None:
    """Code that does something else is called something else."""
    first, second = read(one), read(other)
    assert first.code(only(first)) != second.code(only(second))


def test_a_part_of_an_expression_that_spans_lines_has_normal_code(read: Read) -> None:
    """An argument may be broken where only the call's parentheses allow it."""
    wide = read("f(\n    a  # first\n    + b,\n)")
    flat = read("f(a + b)")
    assert wide.code(wide.calls[0].node.args[0].value) == flat.code(
        flat.calls[0].node.args[0].value
    )


def test_starred_and_named_arguments_have_normal_code(read: Read) -> None:
    """Arguments are no expressions, yet are spelled the same way."""
    wide, flat = read("f( *a,b = 'c' )"), read('f(*a, b="c")')
    for one, other in zip(wide.calls[0].node.args, flat.calls[0].node.args, strict=True):
        assert wide.code(one) == flat.code(other)


def test_a_method_is_the_same_at_any_depth(read: Read) -> None:
    """Indentation is no part of a definition."""
    deep = read(
        "class A:\n        class B:\n                def f(self):\n                        return 1"
    )
    flat = read("def f(self):\n    return 1")
    assert deep.code(deep.functions[0].node) == flat.code(flat.functions[0].node)


def test_code_of_a_long_sum_is_given(read: Read) -> None:
    """A tree of hundreds of levels is written out."""
    python = read("x = " + " + ".join(["a"] * 600))
    assert python.code(only(python)).count("a") == 600
