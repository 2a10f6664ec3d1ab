"""What holds for any file, tried on many."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import libcst as cst
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_selfmod_guard.syntax import Python, Unknown, Unparsable, parse
from pytest_selfmod_guard.syntax.lexing import Lexer

Read = Callable[[str], Python]
FEW = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))

SNIPPETS = st.sampled_from(
    [
        *("eval", "x", "(", ")", "[", "]", "{", "}", "'", '"', "'''", "f'", 'f"', "\\", "\n", "\r"),
        *(
            " ",
            "    ",
            "\t",
            ":",
            ",",
            ".",
            "=",
            "+",
            "lambda ",
            "def f(",
            "class A",
            "import os\n",
        ),
        *("if x:\n", "match x:\n", " case ", "#", "1", "9**9", "x = ", "not ", "async ", "await "),
        *("from os import *\n", "global x\n", "del x\n", "for x in ", "%s", "{}", "\x00", "\x0c"),
        *("getattr(", "__import__('os')", ".system", "x := ", "*", "**", "@", "é", "\ud800", "b'"),
    ]
)


def look_at(python: Python) -> None:
    """Ask everything there is to ask."""
    for call in python.calls:
        python.line(call.node)
        python.code(call.node)
        python.fold(call.node)
        python.folds(call.node)
        call.arg(python, 0, "x")
        call.is_open(python)
    assert python.references is python.references
    assert python.functions is python.functions
    assert python.classes is python.classes
    assert python.imports is python.imports


@FEW
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda t: t.encode("utf-8"))))
def test_no_bytes_make_it_raise(data: bytes) -> None:
    """Any bytes are a file or a reason why not."""
    found = parse("x.py", data)
    if isinstance(found, Python):
        look_at(found)
    else:
        assert isinstance(found, Unparsable)


@FEW
@given(st.lists(SNIPPETS, max_size=30).map("".join))
def test_no_mixture_of_python_makes_it_raise(source: str) -> None:
    """Pieces of Python in any order are a file or a reason why not."""
    found = parse("x.py", source.encode("utf-8", "surrogatepass"))
    if isinstance(found, Python):
        look_at(found)


def strings(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Expressions that give text, made of others that do."""
    small = st.integers(-3, 6)
    return st.one_of(
        st.tuples(inner, inner).map(lambda t: f"({t[0]} + {t[1]})"),
        st.tuples(inner, st.integers(0, 3)).map(lambda t: f"({t[0]} * {t[1]})"),
        st.tuples(inner, small, small).map(lambda t: f"{t[0]}[{t[1]}:{t[2]}]"),
        st.tuples(inner, st.sampled_from([-1, -2, 1, 2])).map(lambda t: f"{t[0]}[::{t[1]}]"),
        st.tuples(inner, small).map(lambda t: f"{t[0]}[{t[1]}]"),
        st.tuples(inner, st.sampled_from(["upper", "lower", "strip", "swapcase", "title"])).map(
            lambda t: f"{t[0]}.{t[1]}()"
        ),
        st.tuples(inner, inner, inner).map(lambda t: f"{t[0]}.replace({t[1]}, {t[2]})"),
        st.tuples(inner, inner).map(lambda t: f"{t[0]}.join([{t[1]}, 'z'])"),
        st.tuples(inner, st.integers(0, 127)).map(
            lambda t: f"''.join(chr(ord(c) ^ {t[1]}) for c in {t[0]})"
        ),
        st.tuples(inner, inner).map(lambda t: f"({t[0]} if {t[1]} else 'q')"),
        st.tuples(inner, inner).map(lambda t: f"({t[0]} or {t[1]})"),
        st.tuples(inner, inner).map(lambda t: f"('%s<%r' % ({t[0]}, {t[1]}))"),
        st.tuples(inner, inner).map(lambda t: f"'{{}}|{{!r:>5}}'.format({t[0]}, {t[1]})"),
        inner.map(lambda t: f"{t}.encode('utf-16').decode('utf-16')"),
        inner.map(lambda t: f"bytes({t}, 'utf-8').hex()"),
        inner.map(lambda t: f"''.join(reversed({t}))"),
        inner.map(lambda t: f"''.join(sorted({t}))"),
        inner.map(lambda t: f"str(len({t}) - {t}.count('a') ** 2)"),
        st.tuples(inner, inner).map(lambda t: f"{{{t[0]}: 'v', 'k': {t[1]}}}['k']"),
        st.tuples(inner, inner).map(lambda t: f"(lambda a, b: b + a)({t[0]}, {t[1]})"),
    )


LITERAL = st.text("abcXYZ019 \\'\"{}%\n\té中", max_size=5).map(repr)
CONSTANT = st.recursive(LITERAL, strings, max_leaves=8)


@FEW
@given(CONSTANT)
def test_folding_gives_what_python_gives(expression: str) -> None:
    """Where Python has a value it is the same; where it raises there is none."""
    python = parse("x.py", expression.encode())
    assert isinstance(python, Python)
    line = python.module.body[-1]
    assert isinstance(line, cst.SimpleStatementLine)
    statement = line.body[0]
    assert isinstance(statement, cst.Expr)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = eval(expression)  # noqa: S307  # of a safe grammar, above
    except (IndexError, ValueError, OverflowError):
        expected = Unknown.UNKNOWN
    assert python.fold(statement.value) == expected


@FEW
@given(st.lists(SNIPPETS, max_size=40).map("".join))
def test_the_lexer_ends_and_goes_forward(source: str) -> None:
    """Every token stands behind the one before."""
    starts = [token.start for token in Lexer(source).tokens()]
    assert starts == sorted(starts)
