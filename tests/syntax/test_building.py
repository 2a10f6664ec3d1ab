"""Values that statements build piece by piece are what they are when Python runs them."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING

import libcst as cst
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_selfmod_guard.syntax import Python, Unknown, parse

if TYPE_CHECKING:
    from _typeshed import TraceFunction

Read = Callable[[str], Python]
FEW = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))

BUILT: list[tuple[str, object]] = [
    ("a = 'x'\na = 'y'\na", "y"),
    ("a = 'x'\na += 'y'\na", "xy"),
    ("a: str = 'x'\na = a + 'y'\na", "xy"),
    ("a = ''\nfor c in 'lave':\n    a = c + a\na", "eval"),
    ("a = ''\nfor c in (101, 118):\n    a += chr(c)\na", "ev"),
    ("for a in 'xy':\n    pass\na", "y"),
    ("a = ''\nfor i, c in enumerate('ab'):\n    a += c * (i + 1)\na", "abb"),
    ("a = 'abc'\ni = 0\nwhile i < 2:\n    a = a[1:]\n    i += 1\na", "c"),
    ("a = ''\nwhile True:\n    a += 'x'\n    if len(a) > 2:\n        break\na", "xxx"),
    ("a = ''\nfor c in 'axbx':\n    if c == 'x':\n        continue\n    a += c\na", "ab"),
    ("a = ''\nfor c in 'ab':\n    if c:\n        a += '1'\n    else:\n        a += '2'\na", "11"),
    ("a = ''\nfor c in 'ab':\n    pass\nelse:\n    a += 'z'\na", "z"),
    ("a = ''\nfor c in 'ab':\n    break\nelse:\n    a += 'z'\na", ""),
    ("a = ['x']\na.append('y')\n''.join(a)", "xy"),
    ("a = []\na.extend('xy')\na.insert(0, 'z')\na.reverse()\n''.join(a)", "yxz"),
    ("a = ['x']\na[0] = 'y'\na[0]", "y"),
    ("def f(s):\n  a = list(s)\n  b = a\n  a += 'y'\n  return ''.join(b)\nf('x')", "xy"),
    ("def f(s):\n  a = list(s)\n  b = a or s\n  b.append('y')\n  return ''.join(a)\nf('x')", "xy"),
    ("a = {}\na['k'] = 'v'\na.update({'l': 'w'})\na['k'] + a['l']", "vw"),
    ("a = bytearray()\nfor c in b'fw':\n    a.append(c - 1)\na.decode()", "ev"),
    ("a = bytearray(b'xv')\na[0] = 101\na.decode()", "ev"),
    ("a, b = 'x', 'y'\na, b = b, a\na + b", "yx"),
    ("a = b = 'x'\na += 'y'\na + b", "xyx"),
    ("def f(s):\n    'X.'\n    o = ''\n    for c in s:\n        o += c\n    return o\nf('a')", "a"),
    ("def f(s, k=1):\n    return ''.join(chr(ord(c) ^ k) for c in s)\nf('`')", "a"),
    ("def f(s, *, k):\n    if k:\n        return s\n    return ''\nf('a', k=1)", "a"),
    ("def f(n):\n    while n > 3:\n        n -= 1\n    return n\nf(9)", 3),
    ("def f(n):\n  for i in n:\n    for j in n:\n      if j:\n        return i\nf('ab')", "a"),
    ("def f(x):\n    return g(x) + 'b'\ndef g(x):\n    y = x\n    return y\nf('a')", "ab"),
    ("letters = {'a': 'e'}\n''.join(map(letters.get, 'a'))", "e"),
    ("t = str.maketrans('12', 'ev')\n'12'.translate(t)", "ev"),
    ("import functools\nfunctools.reduce(lambda a, b: b + a, 'ab', '')", "ba"),
    ("import itertools\nlist(itertools.starmap(pow, [(2, 3)]))", [8]),
    ("m = map\n''.join(m(chr, [97]))", "a"),
    ("''.join(sorted('ab', key=lambda c: -ord(c)))", "ba"),
    ("''.join(sorted('ba', key=ord, reverse=True))", "ba"),
    ("''.join(filter(None, ['a', '', 'b']))", "ab"),
    ("import string\nstring.ascii_lowercase[4] + string.digits[1]", "e1"),
    ("eval.__name__ + len.__qualname__", "evallen"),
    ("import struct\nstruct.pack('<H', 30309)", b"ev"),
    ("import struct\nstruct.unpack('>H', b'ev')", (25974,)),
    ("import json\njson.loads('\"\\\\u0065\"')", "e"),
    ("import ast\nast.literal_eval(\"'e' 'v'\")", "ev"),
    ("import html\nhtml.unescape('&#101;v')", "ev"),
    ("import urllib.parse\nurllib.parse.unquote('%65v')", "ev"),
    ("import textwrap\ntextwrap.dedent('  ev')", "ev"),
    ("from array import array\narray('B', [101]).tobytes().decode()", "e"),
]  # fmt: skip
NOT_BUILT = [
    "a = 'x'\nb = f(a)\nif b:\n    a = 'y'\na",
    "a = 'x'\nwith b as a:\n    pass\na",
    "a = ''\nfor c in b:\n    a += c\na",
    "a = ''\nwhile b:\n    a += 'x'\na",
    "a = ''\nwhile True:\n    a += 'x'\na",
    "a = 1\nfor i in range(9999):\n    for j in range(9999):\n        a = i\na",
    "a = ['x']\nfill(a)\na.append('y')\n''.join(a)",
    "a = ['x']\nb = a\na.append('y')\nb.append('z')\n''.join(a)",
    "a = ['x']\nfor b in a:\n    fill(b, a)\n''.join(a)",
    "a = 'x'\ndef f():\n    global a\n    a += 'y'\nf()\na",
    "a = 'x'\ntry:\n    a += 'y'\nexcept E:\n    a = ''\na",
    "a = a + 'x'\na += 'y'\na",
    "a += 'x'\na",
    "import a\na += 'x'\na",
    "def f(s):\n    o = o + s\n    return o\no = 'x'\nf('a')",
    "def f(s):\n    global o\n    o = s\n    return o\nf('a')",
    "def f(s):\n    print(s)\n    return s\nf('a')",
    "def f(s):\n    yield s\nf('a')",
    "async def f(s):\n    o = s\n    return o\nf('a')",
    "@g\ndef f(s):\n    o = s\n    return o\nf('a')",
    "def f(s):\n    return f(s + 'a')\nf('a')",
    "def f(s):\n    s.x = 1\n    return s\nf('a')",
    "def f(s, t):\n    o = s\n    return o + t\nf('a')",
    f"import json\njson.loads('{'[' * 60_000}')",
    "import ast\nast.literal_eval('-' * 9999 + '1')",
    "import struct\nstruct.pack('99999x')",
    "from array import array\narray('I', [1])",
]


def last(python: Python) -> cst.BaseExpression:
    """Give the expression on the last line."""
    line = python.module.body[-1]
    assert isinstance(line, cst.SimpleStatementLine)
    statement = line.body[0]
    assert isinstance(statement, cst.Expr)
    return statement.value


@pytest.mark.parametrize(("source", "value"), BUILT)
def test_what_statements_build_is_computed(read: Read, source: str, value: object) -> None:
    """Assignments, loops, branches, growing containers, functions that compute."""
    python = read(source)
    assert python.fold(last(python)) == value
    assert not python.gave_up


@pytest.mark.parametrize("source", NOT_BUILT)
def test_what_may_be_otherwise_is_not(read: Read, source: str) -> None:
    """Where anything unknown has a hand in it there is no answer, soon, and no complaint."""
    begun = time.process_time()
    python = read(source)
    assert python.fold(last(python)) is Unknown.UNKNOWN
    assert time.process_time() - begun < 5
    assert not python.gave_up


def test_what_is_read_before_the_last_change_is_not_the_last_value(read: Read) -> None:
    """A value that is used, and changed afterwards, is not known to be either."""
    python = read("a = 'x'\nf(a)\na = 'y'\nf(a)\n")
    first, second = (call.arg(python, 0) for call in python.calls)
    assert first is not None
    assert second is not None
    assert python.fold(first) is Unknown.UNKNOWN
    assert set(python.folds(first)) == {"x", "y"}
    assert python.fold(second) == "y"


def test_a_function_sees_what_the_module_has_built(read: Read) -> None:
    """A name that grows at the top is whole by the time it is looked up with."""
    python = read("import os\nn = 'sys'\nn += 'tem'\ndef f():\n    getattr(os, n)('x')\n")
    assert "os.system" in {name for call in python.calls for name in call.names}


NAMES = st.sampled_from("abc")
TEXT = st.sampled_from(["'x'", "'yz'", "''", "a", "b", "c", "a + b", "c[::-1]", "a[1:]", "b * 2"])
TESTS = st.sampled_from(["a", "not b", "a == b", "len(c) > 2", "'x' in a", "True"])
SIMPLE = st.one_of(
    st.tuples(NAMES, TEXT).map(lambda t: f"{t[0]} = {t[1]}"),
    st.tuples(NAMES, TEXT).map(lambda t: f"{t[0]} += {t[1]}"),
    st.tuples(NAMES, NAMES, TEXT, TEXT).map(lambda t: f"{t[0]}, {t[1]} = {t[2]}, {t[3]}"),
    TEXT.map(lambda t: f"l.append({t})"),
    TEXT.map(lambda t: f"l.insert(1, {t})"),
    TEXT.map(lambda t: f"l[0] = {t}"),
    st.sampled_from(
        [
            "l.reverse()",
            "pass",
            "l.extend(a)",
            "l += [a]",
            "m += l",
            "a = ''.join(l)",
            "m = l",
            "m = l or m",
            "l = m[:]",
            "c = m[0]",
        ]
    ),
)


def _indented(lines: list[str]) -> str:
    return "\n".join("    " + part for line in lines for part in line.split("\n"))


def compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Statements around statements."""
    body = st.lists(inner, min_size=1, max_size=3).map(_indented)
    leave = st.sampled_from(["", "\n    break", "\n    continue"])
    return st.one_of(
        st.tuples(TESTS, body, body).map(lambda t: f"if {t[0]}:\n{t[1]}\nelse:\n{t[2]}"),
        st.tuples(NAMES, TEXT, body, leave).map(lambda t: f"for {t[0]} in {t[1]}:\n{t[2]}{t[3]}"),
        st.tuples(body, body).map(lambda t: f"while n < 4:\n    n += 1\n{t[0]}\nelse:\n{t[1]}"),
    )


PROGRAM = st.lists(st.recursive(SIMPLE, compound, max_leaves=5), max_size=6)
START = "a, b, c, l = 'x', 'yz', '', ['p']\nm = ['q']\nn = 0\n"


@pytest.mark.proof
@FEW
@given(PROGRAM, st.sampled_from(["a", "b", "c", "''.join(l)", "''.join(m)"]))
def test_building_gives_what_python_gives(program: list[str], wanted: str) -> None:
    """Whatever is built, it is never said to be what Python would not make of it."""
    source = START + "\n".join(program) + f"\n{wanted}\n"
    python = parse("x.py", source.encode())
    assert isinstance(python, Python)
    found = python.fold(last(python))
    if found is not Unknown.UNKNOWN:
        assert found == _run(source, wanted)


class _TooMuch(Exception):
    """A program grows beyond what is worth comparing."""


def _run(source: str, wanted: str) -> object:
    """Let Python itself do it, line by line, and stop where values grow by doubling."""
    names: dict[str, object] = {}

    def watch(_frame: FrameType, _event: str, _arg: object) -> TraceFunction:
        if any(len(one) > 100_000 for one in names.values() if isinstance(one, str | list)):
            raise _TooMuch
        return watch

    before = sys.gettrace()
    sys.settrace(watch)
    try:
        exec(source, names)  # noqa: S102  # of a safe grammar, above
        return eval(wanted, names)  # noqa: S307  # the same
    finally:
        sys.settrace(before)
