"""No file crashes its judge, or holds it up."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from pytest_selfmod_guard.syntax import Python, Unparsable, parse

Read = Callable[[str], Python]

LOOK = """
import sys
import time
from pytest_selfmod_guard.syntax import Unparsable, parse
data = eval(sys.argv[1])
found = parse("x.py", data if isinstance(data, bytes) else data.encode())
if isinstance(found, Unparsable):
    print(found.kind)
else:
    nodes = [call.node for call in found.calls]
    found.references, found.functions, found.classes, found.imports
    [(found.line(n), found.code(n), found.fold(n), found.folds(n)) for n in nodes[:3]]
    [found.argument(n, 0) for n in nodes[:3]]
    print("parsed")
"""
SECONDS = 10
SHALLOW = sys.version_info[:2] == (3, 12)
"""Python 3.12 bounds recursion by a number that nothing raises, so less is parsed there."""
MEMORY = 3 * 1024**3

HOSTILE = {
    "a line of ten megabytes": ("'x = ' + '1' * 10_000_000", "too-large"),
    "a line of two megabytes": ("'x = \"' + 'a' * 2_000_000 + '\"'", "parsed"),
    "a comment of two megabytes": ("'#' + 'a' * 2_000_000", "parsed"),
    "digits": ("'1' * 1_000_000", "syntax parsed"),
    "brackets": ("'(' * 100_000 + ')' * 100_000", "too-deep"),
    "brackets left open": ("'[' * 100_000", "too-deep"),
    "brackets closed": ("')' * 100_000", "syntax"),
    "mixed brackets": ("'([{' * 300 + '}])' * 300", "too-deep"),
    "ninety brackets": ("'[' * 90 + 'eval(1)' + ']' * 90", "parsed"),
    "a sum": ("'+'.join(['a'] * 50_000)", "too-deep"),
    "a sum of strings": ("'f(' + '+'.join(['\"a\"'] * 50_000) + ')'", "too-deep"),
    "a sum of nine hundred": ("'f(' + '+'.join(['\"a\"'] * 900) + ')'", "parsed"),
    "sums on every line": ("('+'.join(['a'] * 900) + chr(10)) * 1000", "too-deep"),
    "attributes": ("'a' + '.b' * 20_000", "too-deep"),
    "nine hundred attributes": ("'a' + '.b' * 900 + '()'", "parsed"),
    "calls": ("'a' + '()' * 20_000", "too-deep"),
    "nine hundred calls": ("'a' + '()' * 900", "parsed"),
    "three hundred methods": ("'a' + '.b()' * 300", "parsed"),
    "subscripts": ("'a' + '[0]' * 20_000", "too-deep"),
    "nine hundred subscripts": ("'a' + '[0]' * 900 + '()'", "parsed"),
    "negations": ("'not ' * 50_000 + 'a'", "too-deep"),
    "signs": ("'-' * 50_000 + 'a'", "too-deep"),
    "lambdas": ("'lambda:' * 5_000 + '1'", "too-deep"),
    "lambdas with two parameters": ("'lambda a, b:' * 5_000 + '1'", "too-deep"),
    "lambdas in defaults": ("'lambda a=' * 5_000 + '1' + ':1' * 5_000", "too-deep"),
    "conditions": ("'1 if a else ' * 5_000 + '1'", "too-deep"),
    "powers": ("'**'.join(['a'] * 5_000)", "too-deep"),
    "ifs": ("''.join(' ' * i + 'if a:\\n' for i in range(1_900)) + ' ' * 1_900 + 'b'", "syntax"),
    "functions": ("''.join(' ' * i + 'def f():\\n' for i in range(1_500))", "syntax"),
    "ninety functions": (
        "''.join(' ' * i + 'def f(x=eval):\\n' for i in range(90)) + ' ' * 90 + 'f(x)'",
        "parsed",
    ),
    "branches": ("'if a:\\n b\\n' + 'elif a:\\n b\\n' * 50_000", "too-deep"),
    "nine hundred branches": ("'if a:\\n f()\\n' + 'elif a:\\n f()\\n' * 900", "parsed"),
    "patterns": ("'match a:\\n case ' + '[' * 45 + ']' * 45 + ':\\n  pass'", "too-deep"),
    "mapping patterns": ("'match a:\\n case ' + '{1:' * 20 + 'b' + '}' * 20 + ': x'", "too-deep"),
    "patterns on every line": (
        "'match a:\\n' + ' case {1:{1:{1:{1:{1:b}}}}}: x\\n' * 20_000",
        "too-deep",
    ),
    "deletions": ("'del ' + '(' * 60 + 'a' + ',)' * 60", "too-deep"),
    "deletions behind a colon": ("'if a: del ' + '(' * 60 + 'a' + ',)' * 60", "too-deep"),
    "a short deletion": ("'del (a, (b, (c, d))), e[1:2]'", "parsed"),
    "a chain of itself": ("'x = x' + '.b(1)' * 200 + '\\nx()'", "parsed"),
    "f-strings": ("'f\"{' * 300 + '1' + '}\"' * 300", "too-deep"),
    "brackets in an f-string": ("'f\"{' + '(' * 5_000 + ')' * 5_000 + '}\"'", "too-deep"),
    "format specifications": ("'f\"{a:' + '{a:' * 5_000 + '}' * 5_000 + '}\"'", "too-deep"),
    "brackets behind a quote in an f-string": (
        "'f\"{a[\"b\"]}\" + ' + '(' * 5_000 + '1' + ')' * 5_000",
        "too-deep",
    ),
    "adjacent strings": ("'x = ' + '\"a\" ' * 50_000", "unsupported parsed"),
    "dotted imports": ("'import a' + '.a' * 5_000", "too-deep"),
    "a loop of loops": ("'[1 ' + 'for a in b ' * 50_000 + ']'", "too-deep"),
    "many calls": ("'f(g(1), h=2)\\n' * 1_500", "parsed"),
    "many arguments": ("'f(' + 'a,' * 8_000 + ')'", "parsed"),
    "a million arguments": ("'f(' + 'a,' * 1_000_000 + ')'", "too-large"),
    "many bindings": ("'x = a\\n' * 4_000 + 'x()'", "parsed"),
    "many meanings": (
        "'import a\\n' + ''.join(f'x = a.b{i}\\n' for i in range(1_500)) + 'x()'",
        "parsed",
    ),
    "a chain of names": ("''.join(f'a{i} = a{i + 1}\\n' for i in range(5_000)) + 'a0()'", "parsed"),
    "a knot of names": (
        "''.join(f'a{i} = a{j}\\n' for i in range(60) for j in range(60)) + 'a0()'",
        "parsed",
    ),
    "a knot of calls": (
        "''.join(f'a{i} = a{j}(a{i})\\n' for i in range(40) for j in range(40)) + 'a0()'",
        "parsed",
    ),
    "a knot of attributes": (
        "''.join(f'a{i} = a{j}.x or a{j}[a{i}]\\n' for i in range(40) for j in range(40)) + 'a0()'",
        "parsed",
    ),
    "classes that inherit from one another": (
        "''.join(f'class A{i}(A{(i + 1) % 50}): pass\\n' for i in range(50)) + 'A0().x()'",
        "parsed",
    ),
    "functions that return one another": (
        "''.join(f'def a{i}():\\n return a{i + 1}()\\n' for i in range(500)) + 'a0()()'",
        "parsed",
    ),
    "constants of one another": (
        "'a0 = \"x\"\\n' + ''.join(f'a{i + 1} = a{i} + a{i}\\n' for i in range(500)) + 'f(a500)'",
        "parsed",
    ),
    "null bytes": ("b'x\\0' * 100_000", "null-bytes"),
    "new lines": ("'\\n' * 2_000_000", "too-large"),
    "carriage returns": ("'a\\r' * 15_000", "parsed"),
    "backslashes": ("'\\\\\\n' * 500_000 + 'a'", "parsed syntax"),
    "quotes": ("'\"' * 1_000_001", "syntax too-large"),
    "semicolons": ("'a;' * 15_000", "parsed"),
}


QUICK = ("brackets", "a sum", "patterns", "deletions", "f-strings", "null bytes")
ALL = [pytest.param(name, marks=[pytest.mark.proof] * (name not in QUICK)) for name in HOSTILE]


def limited() -> None:
    """Keep a child from taking the machine with it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


@pytest.mark.parametrize("name", ALL)
def test_no_hostile_file_crashes_or_stalls(name: str) -> None:
    """In a process of its own each is parsed or refused within ten seconds."""
    source, outcomes = HOSTILE[name]
    if SHALLOW and outcomes == "parsed":
        outcomes = "parsed too-deep"
    done = subprocess.run(
        [sys.executable, "-c", LOOK, source],
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=limited,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.strip() in outcomes.split()


def test_too_many_meanings_are_said(read: Read) -> None:
    """Whoever rebinds a name until nobody can follow is told on."""
    source = "import a\n" + "".join(f"x = a.b{i}\n" for i in range(100)) + "x = eval\nx('1')\n"
    python = read(source)
    assert "builtins.eval" in python.calls[0].names or python.gave_up


def test_a_chain_of_names_that_is_too_long_is_said(read: Read) -> None:
    """Whoever hides a function behind many names is told on."""
    source = "".join(f"a{i} = a{i + 1}\n" for i in range(200)) + "a200 = eval\na0('1')\n"
    python = read(source)
    assert "builtins.eval" in python.calls[0].names or python.gave_up


def test_functions_around_functions_are_followed(read: Read) -> None:
    """What is wrapped ninety times is still found, without giving up."""
    python = read("(" + "list(0 or " * 90 + "[eval]" + ")" * 90 + ")[0]('1')")
    assert "builtins.eval" in python.calls[0].names
    assert not python.gave_up


def test_a_chain_that_begins_with_itself_is_worked_out_once(read: Read) -> None:
    """What a name gets from itself through forty calls costs forty steps, not two to the forty."""
    python = read("def f(x):\n    x = x" + ".replace(1, 2)" * 40 + "\n    return x\nf(x)\n")
    begin = time.process_time()
    assert python.calls
    assert time.process_time() - begin < 3
    assert not python.gave_up


def test_a_field_called_like_a_module_is_no_knot(read: Read) -> None:
    """A class may keep what it takes from a module under the name of the module."""
    python = read(
        "from . import box\nclass Table:\n    box = box.HEAD\n"
        "    def __init__(self, box=box.HEAD):\n        self.box = box\n"
        "    def draw(self):\n        return self.box.draw()\n"
    )
    assert python.calls
    assert not python.gave_up


def test_honest_depth_is_no_reason_to_refuse(read: Read) -> None:
    """A long table, a fluent interface and a long condition are parsed."""
    read("table = {\n" + "".join(f"    'k{i}': -{i} + 1,\n" for i in range(5_000)) + "}\n")
    read("query" + "".join(f"\\\n    .filter(x={i})" for i in range(100)) + "\n")
    read("ok = (" + "\n    or ".join(f"a.b{i} == {i}" for i in range(200)) + ")\n")
    read("f'{a:>{width}} {{((((((((((({b!r}' " * 50 + "\n")


def test_importing_the_package_does_not_import_libcst() -> None:
    """The fast path pays for the parser only when it parses."""
    code = "import sys, pytest_selfmod_guard.syntax; print('libcst' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize(
    "row", ["    'k': [1, 2, 'abc'],\n", "(1, -2),\n", "0x12345678,\n", "f'{a} {b} c',\n"]
)
def test_a_table_that_is_too_large_is_refused_at_once(row: str) -> None:
    """Two megabytes of Python are not read to their end."""
    data = ("T = [\n" + row * (1_900_000 // len(row)) + "]\n").encode()
    begin = time.process_time()
    found = parse("x.py", data)
    assert isinstance(found, Unparsable)
    assert time.process_time() - begin < 1
