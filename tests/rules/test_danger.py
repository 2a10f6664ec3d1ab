"""Danger in its disguises, beside what only looks like it."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.model import SYMLINK, Blob, Risk

if TYPE_CHECKING:
    from pytest_selfmod_guard.model import Finding
    from tests.rules.conftest import Ask

EVILS = [
    ("SMG201", 'getattr(__import__("builtins"), "ev" + "al")(x)'),
    ("SMG201", '__builtins__.__dict__["ex" + "ec"](x)'),
    ("SMG201", "from builtins import eval as e\ne(x)"),
    ("SMG201", "from builtins import exec as harmless"),
    ("SMG201", "run = eval\nrun(x)"),
    ("SMG201", "list(map(eval, xs))"),
    ("SMG201", 'vars(__import__("builtins"))["lave"[::-1]](x)'),
    ("SMG204", "import os\nos.system(x)"),
    ("SMG204", "from os import system as go"),
    ("SMG204", '__import__("os").__dict__["sys" + "tem"](x)'),
    ("SMG204", 'import importlib\nimportlib.import_module("o" + "s").popen(x)'),
    ("SMG204", "import subprocess as s\ns.run(x, shell=True)"),
    ("SMG204", 'import subprocess\nsubprocess.Popen(["sh", "-c", x])'),
    ("SMG204", 'import os\nos.execv("/bin/sh", ["sh", "-c", x])'),
    ("SMG204", "import asyncio\nasyncio.create_subprocess_shell(x)"),
    ("SMG205", 'import shutil\nshutil.rmtree("/")'),
    ("SMG205", 'import subprocess\nsubprocess.run(["rm", "-rf", "/" + "etc"])'),
    ("SMG205", 'cursor.execute("DROP " + "TABLE users")'),
]

HARMLESS = [
    "model.eval()",
    "import re\nre.compile(x)",
    "def eval(x): return x\neval(1)",
    'import subprocess\nsubprocess.run(["ls", "-l"])',
    'import subprocess\nsubprocess.run(["git", "-c", "a=b", "log"])',
    "import subprocess\nsubprocess.run(x, shell=False)",
    'import shutil\nshutil.rmtree("build")',
    'cursor.execute("DELETE FROM users WHERE id = 1")',
    'print("os.system(x) and eval(y)")',
    "class Interpreter:\n    def exec(self, x): ...\nInterpreter().exec(1)",
]


@pytest.mark.parametrize(("rule", "code"), EVILS)
def test_danger_is_found_under_any_name(ask: Ask, rule: str, code: str) -> None:
    """At a risk that denies."""
    found = ask(rule, {}, {"shop/tool.py": f"x = input()\n{code}\n"})
    assert max((item.risk for item in found), default=Risk.NONE) >= Risk.HIGH


@pytest.mark.parametrize("code", HARMLESS)
@pytest.mark.parametrize("rule", ["SMG201", "SMG204", "SMG205"])
def test_what_only_looks_like_it_is_silent(ask: Ask, rule: str, code: str) -> None:
    """No finding at all."""
    assert ask(rule, {}, {"shop/tool.py": f"x = input()\n{code}\n"}) == []


@pytest.mark.parametrize("path", ["run", "run.sh", "deploy.txt"])
def test_a_nul_does_not_make_a_script_data(ask: Ask, path: str) -> None:
    """A shell reads on behind it."""
    script = b'#!/bin/sh\n: \0\nrm -rf "$X"/*\n'
    assert ask("SMG202", {}, {path: script})[0].risk == Risk.HIGH


def test_no_line_is_worth_much_time() -> None:
    """A pattern that backtracks would need hours for these, and be killed."""
    code = (
        "from pytest_selfmod_guard.rules.danger._destructive import shell, sql\n"
        "for word in ('dd ', 'curl ', 'rm -r -r ', 'find / ', 'update a set b ', 'drop table '):\n"
        "    assert not shell(word * 60_000)\n"
        "    sql(word * 60_000)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_a_link_that_names_code_is_found_and_a_document_is_not(ask: Ask) -> None:
    """By the link's own name, and by where it leads."""

    def link(target: bytes) -> Blob:
        return Blob(SYMLINK, f"{hash(target):x}", len(target), target)

    found: list[Finding] = ask(
        "SMG207", {}, {"a/mod.py": link(b"data.txt"), "b": link(b"/etc"), "c.md": link(b"d.md")}
    )
    assert [item.path for item in found] == ["a/mod.py", "b"]
