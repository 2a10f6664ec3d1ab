"""Where things stand, what encloses them, and what they are given."""

from __future__ import annotations

from collections.abc import Callable

import libcst as cst
import pytest

from pytest_selfmod_guard.syntax import Python, Unknown

Read = Callable[[str], Python]

SOURCE = '''\
"""Doc."""

import os.path
from a.b import c as d, e
from . import f
from g import *


@first()
class A(Base, metaclass=M):
    x = at_class()

    @second
    def m(self, y=default()):
        def inner():
            deep()
            return (lambda: in_lambda())()
        return inner

    async def n(self):
        await waited(

            argument(),
        )


def after(): [comp() for _ in ()]
'''


def test_scopes_are_dotted_names_of_definitions(read: Read) -> None:
    """Decorators and defaults belong outside; lambdas and comprehensions add nothing."""
    python = read(SOURCE)
    scopes = {python.code(call.node): call.scope for call in python.calls}
    assert scopes["first()"] == ""
    assert scopes["at_class()"] == "A"
    assert scopes["default()"] == "A"
    assert scopes["deep()"] == "A.m.inner"
    assert scopes["in_lambda()"] == "A.m.inner"
    assert scopes["argument()"] == "A.n"
    assert scopes["comp()"] == "after"


def test_lines_are_those_of_the_file(read: Read) -> None:
    """A call stands on the line on which it begins."""
    python = read(SOURCE)
    lines = {python.code(call.node): python.line(call.node) for call in python.calls}
    expected = SOURCE.splitlines()
    assert expected[lines["deep()"] - 1].strip() == "deep()"
    assert expected[lines["argument()"] - 1].strip() == "argument(),"
    assert python.line(cst.Name("foreign")) == 0


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_lines_do_not_depend_on_how_they_end(read: Read, newline: str) -> None:
    """All three line endings count, and a form feed does not."""
    python = read(newline.join(["x = 1", "", "\fy = f()", ""]))
    assert python.line(python.calls[0].node) == 3


def test_calls_come_in_the_order_of_the_source(read: Read) -> None:
    """Nested calls come after what they are passed to."""
    python = read(SOURCE)
    lines = [python.line(call.node) for call in python.calls]
    assert lines == sorted(lines)


def test_functions_are_found_at_every_depth(read: Read) -> None:
    """Methods, nested functions and coroutines are all listed, with their decorators."""
    python = read("import pytest\n" + SOURCE.replace("@second", "@pytest.mark.skip(reason='x')"))
    assert [f.qualname for f in python.functions] == ["A.m", "A.m.inner", "A.n", "after"]
    assert [f.scope for f in python.functions] == ["A", "A.m", "A", ""]
    assert python.functions[0].decorators == (frozenset({"pytest.mark.skip"}),)


def test_classes_know_their_bases(read: Read) -> None:
    """Bases are resolved like any other name."""
    python = read("from unittest import TestCase as T\nclass A(T):\n    class B(A): pass\n")
    assert [(c.qualname, c.scope) for c in python.classes] == [("A", ""), ("A.B", "A")]
    assert python.classes[0].bases == (frozenset({"unittest.TestCase"}),)


def test_imports_are_whole_names(read: Read) -> None:
    """From-imports name what they import; relative ones keep their dots."""
    found = [(i.name, i.module, i.alias) for i in read(SOURCE).imports]
    assert found == [
        ("os.path", "os.path", "os"),
        ("a.b.c", "a.b", "d"),
        ("a.b.e", "a.b", "e"),
        (".f", ".", "f"),
        ("g.*", "g", ""),
    ]


@pytest.mark.parametrize(
    ("source", "position", "keyword", "value"),
    [
        ("f('a', 'b')", 1, "", "b"),
        ("f(b='x')", 1, "b", "x"),
        ("f('a')", 1, "b", None),
        ("f(*('a', 'b'))", 1, "", "b"),
        ("args = ['a', 'b']\nf(*args)", 1, "", "b"),
        ("f(**{'b': 'x'})", None, "b", "x"),
        ("f(**dict)", None, "b", None),
        ("import functools\ng = functools.partial(f, 'a', b='x')\ng('c')", 1, "", "c"),
        ("import functools\ng = functools.partial(f, 'a', b='x')\ng('c')", None, "b", "x"),
    ],
)
def test_arguments_are_found(
    read: Read, source: str, position: int | None, keyword: str, value: str | None
) -> None:
    """By position, by keyword, in literal stars and in partial objects."""
    python = read(source)
    call = python.calls[-1]
    found = call.arg(python, position, keyword)
    assert (None if found is None else python.fold(found)) == value


@pytest.mark.parametrize(
    ("source", "is_open"),
    [
        ("f(a, b=c)", False),
        ("f(*a)", True),
        ("f(**a)", True),
        ("f(*(1, 2))", False),
        ("f(**{'a': 1})", False),
        ("f(**{'a': 1, b: 2})", True),
        ("f(**{'a': 1, **b})", True),
        ("f(**{'a': 1, **{'b': 2}})", False),
        ("k = {'a': x}\nk['b'] = 1\nf(**k)", False),
        ("k = {'a': x}\nk[y] = 1\nf(**k)", True),
        ("k = {'a': x}\nk.update(y)\nk.update(b=1)\nf(**k)", False),
        ("k = {'a': x, **k}\nf(**k)", True),
    ],
)
def test_hidden_arguments_are_said(read: Read, *, source: str, is_open: bool) -> None:
    """A star over something unknown may bring anything."""
    python = read(source)
    assert python.calls[0].is_open(python) is is_open


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_as_python_counts_them(read: Read, end: str) -> None:
    """However lines end, and whatever else looks like an end."""
    python = read(f"a = '\x0c\u2028'{end}f(){end}")
    assert python.line(python.calls[0].node) == 2
    assert python.written(python.calls[0].node) == "f()"


def test_what_is_put_into_another_mapping_is_not_passed(read: Read) -> None:
    """A mapping of the same name in another function is another one."""
    python = read(
        "def g():\n    k = {'a': x}\n    k['b'] = 1\ndef h():\n    k = {'a': x}\n    f(**k)\n"
    )
    assert python.calls[0].arg(python, None, "b") is None


def test_a_parameter_may_still_be_anything(read: Read) -> None:
    """That one call is seen does not mean that there is no other."""
    python = read("def g(a):\n    __import__(a)\ng('os')\n")
    argument = python.calls[0].arg(python, 0)
    assert argument is not None
    assert python.fold(argument) is Unknown.UNKNOWN
    assert set(python.folds(argument)) == {"os", Unknown.UNKNOWN}


def test_parameters_and_loop_variables_have_no_value(read: Read) -> None:
    """Fold says Unknown rather than guessing."""
    python = read("def f(a):\n    g(a)\n")
    (argument,) = python.calls[0].node.args
    assert python.fold(argument.value) is Unknown.UNKNOWN
