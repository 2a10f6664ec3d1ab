"""Hostile files are denied or left undecided by all rules together, in bounded time and memory."""

from __future__ import annotations

import ast
import encodings
import pkgutil
import resource
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from tests.corpus import judged

JUDGE = """
import sys
from tests.corpus import judged
from pytest_selfmod_guard.errors import GuardError
data = eval(sys.argv[1])
try:
    findings, may_land = judged({}, {sys.argv[2]: data})
except GuardError as error:
    print("undecided", error)
else:
    worst = max(findings, key=lambda finding: finding.risk, default=None)
    print("passed" if may_land else "denied", worst.message if worst else "")
"""
SECONDS = 90
MEMORY = 2 * 1024**3
ROOT = Path(__file__).parents[2]
END = "'\\neval(input())\\n'"
HOSTILE = {
    "a line of ten megabytes": f"'x = \"' + 'a' * 10_000_000 + '\"' + {END}",
    "a line of two megabytes": f"'x = \"' + 'a' * 2_000_000 + '\"' + {END}",
    "digits": f"'x = ' + '1' * 1_000_000 + {END}",
    "100,000 nested brackets": f"'x = ' + '[' * 100_000 + ']' * 100_000 + {END}",
    "100,000 open brackets": f"'x = ' + '[' * 100_000 + {END}",
    "ninety nested brackets": f"'x = ' + '[' * 90 + ']' * 90 + {END}",
    "a sum of 50,000 strings": f"'x = ' + ' + '.join(['\"a\"'] * 50_000) + {END}",
    "a sum of 900 strings": f"'x = ' + ' + '.join(['\"a\"'] * 900) + {END}",
    "nine hundred attributes": f"'x = a' + '.b' * 900 + {END}",
    "nine hundred branches": f"'if a:\\n f()\\n' + 'elif a:\\n f()\\n' * 900 + {END}",
    "deletions libcst reads for hours": f"'del ' + '(' * 60 + 'a' + ',)' * 60 + {END}",
    "deletions behind a colon": f"'if a: del ' + '(' * 60 + 'a' + ',)' * 60 + {END}",
    "patterns libcst reads for hours": (
        "'match a:\\n case ' + '{1:' * 30 + 'b' + '}' * 30 + ': x' + " + END
    ),
    "null bytes": f"'x = 1\\0' + {END}",
    "many null bytes": f"'\\0' * 1_000_000 + {END}",
    "loops within loops": (
        "'a = 1\\n' + ''.join(' ' * i + f'for i{i} in range(9999):\\n' for i in range(9))"
        f" + ' ' * 9 + 'a += 1\\ngetattr(__builtins__, str(a))' + {END}"
    ),
    "a knot of names": (
        "''.join(f'a{i} = a{j}(a{i})\\n' for i in range(40) for j in range(40)) + 'a0()' + " + END
    ),
    "a chain that is its own start": f"'a = a' + '.b(1)' * 200 + '\\na()' + {END}",
    "functions of one another": (
        "''.join(f'def f{i}(a):\\n return f{(i + 1) % 300}(a)\\n' for i in range(300))"
        f" + 'import os\\nos.system(f0(input()))' + {END}"
    ),
}
QUICK = ("100,000 nested brackets", "deletions libcst reads for hours", "null bytes")
CODECS = sorted(
    {found.name for found in pkgutil.iter_modules(encodings.__path__)}
    | {"u8", "utf", "utf8_ucs4", "l1", "cp65001", "no-such-codec", "utf-9", "../x", "é"}
)
TELLING = ["utf_7", "rot13", "unicode_escape", "utf_16", "idna", "no-such-codec", "latin_1", "gbk"]
SPELLINGS = [
    b"eval(input())\n",
    b"\\u0065val(input())\n",
    b"# \\u000aeval(input())\n",
    b"# +AAo-eval(input())\n",
    b"+AGU-val(input())\n",
    b"riny(vachg())\n",
    b"#\reval(input())\n",
    b"# \x85eval(input())\n",
    b"# \x81\x0aeval(input())\n",
    b"x = '\xb0\\'; eval(input()) #'\n",
    b"x = '\x83\\'; eval(input()) #'\n",
]
HEADS = [
    b"# -*- coding: %b -*-\n",
    b"\xef\xbb\xbf# coding: %b\n",
    b"#!/usr/bin/python\n# vim: set fileencoding=%b :\n",
    b"# coding: utf-8\n# coding: %b\n",
    b"# coding: %b\n# coding: utf-8\n",
    b"\n\n# coding: %b\n",
    b"\x0c# coding=%b\n",
    b"# coding: %b\r",
]


def limited() -> None:
    """Keep a child from taking the machine with it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


@pytest.mark.proof
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_never_passed(name: str) -> None:
    """In a process of its own it is refused, with a reason, within ninety seconds and 2 GiB."""
    done = subprocess.run(
        [sys.executable, "-c", JUDGE, HOSTILE[name], "shop/x.py"],
        capture_output=True,
        text=True,
        timeout=600,
        preexec_fn=limited,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    word, _, reason = done.stdout.strip().partition(" ")
    assert word in ("denied", "undecided")
    assert reason


@pytest.mark.parametrize("name", QUICK)
def test_one_of_each_kind_is_never_passed(name: str) -> None:
    """Deep, slow to parse, binary: the shortest of each, in this process."""
    findings, may_land = judged({}, {"shop/x.py": eval(HOSTILE[name])})  # noqa: S307  # from above
    assert not may_land
    assert any("cannot be judged as Python" in finding.message for finding in findings)


@pytest.mark.parametrize("codec", TELLING)
def test_a_declared_codec_hides_nothing(codec: str) -> None:
    """Where Python would run an eval, or nobody knows, the file does not pass."""
    hides_nothing(codec, HEADS[:2])


@pytest.mark.proof
@pytest.mark.parametrize("codec", CODECS)
def test_no_codec_that_python_has_hides_anything(codec: str) -> None:
    """The same for all of them, and for ones that do not exist, however they are declared."""
    hides_nothing(codec, HEADS)


def hides_nothing(codec: str, heads: list[bytes]) -> None:
    """Try each spelling under each declaration against what Python makes of it."""
    for head in heads:
        for spelling in SPELLINGS:
            data = head % codec.encode() + spelling
            _, may_land = judged({}, {"shop/x.py": data})
            assert not (may_land and may_run(data)), data


def may_run(data: bytes) -> bool:
    """Tell whether Python would call eval, or whether nobody can say."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(data)
    except (SyntaxError, ValueError, LookupError):
        return True
    return any(isinstance(node, ast.Name) and node.id == "eval" for node in ast.walk(tree))
