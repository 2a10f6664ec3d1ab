"""Constants are computed as Python would, and never at any price."""

from __future__ import annotations

import base64
import bz2
import gzip
import time
import tracemalloc
import zlib
from collections.abc import Callable

import libcst as cst
import pytest

from pytest_selfmod_guard.syntax import Python, Unknown

Read = Callable[[str], Python]
Z = base64.b64encode(zlib.compress(b"system"))
G = base64.b64encode(gzip.compress(b"system"))
B = base64.b64encode(bz2.compress(b"system"))

CONSTANTS: list[tuple[str, object]] = [
    ("'system'", "system"),
    ("'sys' 'tem'", "system"),
    ("b'sys' b'tem'", b"system"),
    ("'sys' + 'tem'", "system"),
    ("r'\\d' '\\x41'", "\\dA"),
    ("'''a\nb'''", "a\nb"),
    ("'ab' * 3", "ababab"),
    ("3 * 'ab'", "ababab"),
    ("'%s-%d' % ('a', 3)", "a-3"),
    ("'%s 20240101' % 'a'", "a 20240101"),
    ("'%(k)s' % {'k': 'v'}", "v"),
    ("b'%s' % b'x'", b"x"),
    ("'{}{}'.format('a', 1)", "a1"),
    ("'{1}{0}{k}{2[1]}'.format('a', 'b', [1, 2], k=3)", "ba32"),
    ("'{:>{w}}'.format('a', w=3)", "  a"),
    ("f'a{1 + 1}b'", "a2b"),
    ("f'{{{1:03d}}}'", "{001}"),
    ("f'{\"x\"!r}'", "'x'"),
    ("f'{5:{3}}'", "  5"),
    ("''.join(['a', 'b'])", "ab"),
    ("''.join(('a', 'b'))", "ab"),
    ("''.join(c for c in 'abc' if c != 'b')", "ac"),
    ("''.join(map(chr, [97, 98]))", "ab"),
    ("''.join(chr(x) for x in (97, 98))", "ab"),
    ("''.join(chr(ord(c) ^ 7) for c in 'b{b')", "".join(chr(ord(c) ^ 7) for c in "b{b")),
    ("''.join(a + b for a in 'xy' for b in '12')", "x1x2y1y2"),
    ("''.join(map(lambda c: chr(ord(c) + 1), 'HAL'))", "IBM"),
    ("''.join(map(str.upper, 'ab'))", "AB"),
    ("''.join(map('x'.__add__, 'ab'))", Unknown.UNKNOWN),
    ("''.join(filter(lambda c: c != 'x', 'axb'))", "ab"),
    ("''.join(k for k, v in {'a': 1}.items())", "a"),
    ("'metsys'[::-1]", "system"),
    ("'xsystemx'[1:-1]", "system"),
    ("'abc'[1]", "b"),
    ("chr(101) + chr(0x76)", "ev"),
    ("ord('a')", 97),
    ("bytes([101, 118])", b"ev"),
    ("bytearray(b'ev')", b"ev"),
    ("bytes([101]).decode()", "e"),
    ("'é'.encode('latin-1')", b"\xe9"),
    ("b'\\xe9'.decode('latin-1', 'ignore')", "é"),
    ("bytes.fromhex('6576')", b"ev"),
    ("int('ff', 16)", 255),
    ("str(12)", "12"),
    ("hex(255)", "0xff"),
    ("(112).to_bytes(1, 'big')", b"p"),
    ("int.from_bytes(b'ab', 'big')", 24930),
    ("__import__('base64').b64decode('c3lzdGVt')", b"system"),
    ("__import__('base64').b32decode('ON4XG5DFNU======')", b"system"),
    ("__import__('base64').b16decode('6576')", b"ev"),
    ("__import__('base64').b85decode('b9HiM')", base64.b85decode("b9HiM")),
    ("__import__('base64').urlsafe_b64decode(b'c3lzdGVt')", b"system"),
    ("__import__('binascii').unhexlify('6576')", b"ev"),
    ("__import__('binascii').a2b_base64('c3lzdGVt')", b"system"),
    ("__import__('codecs').decode('flfgrz', 'rot13')", "system"),
    ("__import__('codecs').decode(b'6576', 'hex')", b"ev"),
    ("__import__('codecs').decode(b'ZXY=', 'base64')", b"ev"),
    (f"__import__('zlib').decompress(__import__('base64').b64decode({Z!r}))", b"system"),
    (f"__import__('gzip').decompress(__import__('base64').b64decode({G!r}))", b"system"),
    (f"__import__('bz2').decompress(__import__('base64').b64decode({B!r}))", b"system"),
    ("'sYsTeM'.swapcase().lower()", "system"),
    ("'syXXtem'.replace('XX', 's')", "system"),
    ("' x '.strip() + 'xa'.lstrip('x') + 'ax'.rstrip('x')", "xaa"),
    ("'hello'.translate(str.maketrans('lo', 'xy'))", "hexxy"),
    ("''.join(reversed('ab'))", "ba"),
    ("''.join(sorted('ba'))", "ab"),
    ("{'a': 'x'}['a']", "x"),
    ("{'a': 'x'}.get('b', 'y')", "y"),
    ("['a', 'b'][1]", "b"),
    ("'a' if 1 else 'b'", "a"),
    ("'a' if None else 'b'", "b"),
    ("'' or 'b'", "b"),
    ("'a' and 'b'", "b"),
    ("(1 << 4 | 3) ^ 2 & ~1", (1 << 4 | 3) ^ 2 & ~1),
    ("7 // 2 + 7 % 4 - 2 ** 3", -2),
    ("1 < 2 <= 2 != 3", True),
    ("'a' in 'abc'", True),
    ("not 0", True),
    ("-1", -1),
    ("1.5 + 1", 2.5),
    ("None", None),
    ("[*'ab', 'c'][2]", "c"),
    ("(lambda a, b: b + a)('x', 'y')", "yx"),
    ("sum([1, 2, 3])", 6),
    ("len('abc')", 3),
    ("'a,b'.split(',')[1]", "b"),
    ("(y := 'b') + 'c'", "bc"),
    ("u'x'", "x"),
]


def last(python: Python) -> cst.BaseExpression:
    """The expression that is the last statement of a file."""
    line = python.module.body[-1]
    assert isinstance(line, cst.SimpleStatementLine)
    statement = line.body[0]
    assert isinstance(statement, cst.Expr)
    return statement.value


@pytest.mark.parametrize(("expression", "value"), CONSTANTS)
def test_a_constant_expression_is_computed(read: Read, expression: str, value: object) -> None:
    """The value is Python's own, and so is its type."""
    python = read(expression)
    folded = python.fold(last(python))
    assert folded == value
    assert type(folded) is type(value)
    assert not python.gave_up


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("a = 'x'\na + 'y'", "xy"),
        ("a = 'x'\nb = a * 2\nb", "xx"),
        ("a, b = 'x', 'y'\nb", "y"),
        ("def d(s):\n    'Doc.'\n    return s[::-1]\nd('ab')", "ba"),
        ("from base64 import b64decode as d\nd('ZXY=').decode()", "ev"),
        ("parts = ['a', 'b']\n''.join(parts)", "ab"),
        ("key = 7\n''.join(chr(ord(c) ^ key) for c in 'ab')", "fe"),
        ("class A:\n    x = 'a'\nx = 'b'\nx", "b"),
    ],
)
def test_names_bound_once_are_followed(read: Read, source: str, value: object) -> None:
    """A name with one binding is as good as its value."""
    python = read(source)
    assert python.fold(last(python)) == value


@pytest.mark.parametrize(
    "source",
    [
        "x",
        "f('a')",
        "a = ['x']\nb = a\nb[0] = 'y'\na[0]",
        "def f(a='x'):\n    pass\na",
        "a = a\na",
        "a = b\nb = a\na",
        "chr = print\nchr(97)",
        "str = dict\nstr('x')",
        "'a' if x else 'b'",
        "''.join({'a', 'b'})",
        "1 / 0",
        "'a' + 1",
        "'a'[5]",
        "'%d' % 'a'",
        "'{}'.format()",
        "'{0.__class__}'.format('a')",
        "open('/etc/passwd').read()",
        "__import__('os').getcwd()",
        "'a'.nothing()",
        "bytes.fromhex('zz')",
        "__import__('zlib').decompress(b'junk')",
        "__import__('lzma').decompress(b'junk')",
        "'\\N{no such name}'",
        "await x",
        "'x'.encode('no-such-codec')",
        "__import__('codecs').decode(b'x', 'zip')",
        "f'{x}'",
        "chr(-1)",
    ],
)
def test_what_is_not_constant_is_unknown(read: Read, source: str) -> None:
    """Where Python's answer is not certain there is none, and nothing is raised."""
    python = read(source)
    assert python.fold(last(python)) is Unknown.UNKNOWN


DOUBLING = "a = [1, 1]\n"
DOUBLING += "".join(f"{chr(i + 1)} = [{chr(i)}, {chr(i)}]\n" for i in range(97, 121))
DOUBLING += "str(y)"
SECONDS = 5
MEMORY = 10_000_000
BOMB = base64.b64encode(zlib.compress(b"a" * 50_000_000))


@pytest.mark.parametrize(
    "source",
    [
        "9 ** 9 ** 9",
        "1 << 10 ** 9",
        "(1 << 60000) ** 10000",
        "''.join(['%99999d' for _ in range(120)]) % tuple(range(120))",
        "''.join(['{:9999}' for _ in range(5000)]).format(*range(5000))",
        "'a' * 10 ** 9",
        "[0] * 10 ** 9",
        "'%1000000000d' % 1",
        "'%*d' % (1000000000, 1)",
        "'{:1000000000}'.format(1)",
        "'{:{}}'.format(1, 1000000000)",
        "f'{1:1000000000}'",
        "format(1, '1000000000')",
        "bytes(10 ** 9)",
        "list(range(10 ** 12))",
        "'a'.ljust(10 ** 9)",
        "'a'.zfill(10 ** 9)",
        "(1).to_bytes(10 ** 9, 'big')",
        "('a' * 9999).replace('a', 'b' * 9999)",
        "('a' * 9999).join(['b'] * 9999)",
        "('%s' * 5000) % tuple(['a' * 9999] * 5000)",
        "'%(a)s' * 2000 % {'a': 'x' * 9999}",
        "'{0}' * 2000",
        "('{0}' * 2000).format('x' * 9999)",
        "'a'.translate({97: 'b' * 9999}) * 9999",
        "pow(3, 10 ** 9)",
        "pow(3, 2 ** 5000, 2 ** 5000 - 1)",
        "int('9' * 9999)",
        "max(range(10 ** 12))",
        f"__import__('zlib').decompress(__import__('base64').b64decode({BOMB!r}))",
        DOUBLING,
        "sum(a * b for a in range(9999) for b in range(9999))",
        "[[[0 for a in range(9999)] for b in range(9999)] for c in range(9999)]",
        "f = lambda x: f(x) + f(x)\nf(1)",
        "def f(x):\n    return f(x + 1)\nf(1)",
    ],
)  # fmt: skip
def test_no_expression_is_worth_much_time_or_memory(read: Read, source: str) -> None:
    """Time and size bombs are left alone."""
    python = read(source)
    expression = last(python)
    tracemalloc.start()
    begun = time.process_time()
    value = python.fold(expression)
    spent, (_, peak) = time.process_time() - begun, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert spent < SECONDS
    assert peak < MEMORY
    assert value is Unknown.UNKNOWN or len(str(value)) < 100_000


def test_running_out_of_steps_is_said(read: Read) -> None:
    """A file that is too dear is not silently taken for harmless."""
    python = read(
        "import os\ngetattr(os, str(sum(a * b for a in range(999) for b in range(999))))()"
    )
    assert python.calls
    assert python.gave_up
    assert "constants" in python.gave_up_because


def test_alternatives_name_every_branch(read: Read) -> None:
    """Where a condition is not known both sides are given."""
    python = read("'sys' + ('tem' if x else 'y')")
    assert set(python.folds(last(python))) == {"system", "sysy"}


def test_alternatives_say_when_there_are_others(read: Read) -> None:
    """A parameter may be anything, its default only one of it."""
    python = read("def f(a='x'):\n    return a\n")
    (function,) = python.functions
    body = function.node.body.body[0]
    assert isinstance(body, cst.SimpleStatementLine)
    returned = body.body[0]
    assert isinstance(returned, cst.Return)
    assert returned.value is not None
    assert set(python.folds(returned.value)) == {"x", Unknown.UNKNOWN}


def test_alternatives_stop_at_eight_and_say_so(read: Read) -> None:
    """A loop over many names gives some of them, and Unknown."""
    python = read("for a in 'abcdefghijkl':\n    pass\na")
    found = python.folds(last(python))
    assert Unknown.UNKNOWN in found
    assert len(found) <= 9
