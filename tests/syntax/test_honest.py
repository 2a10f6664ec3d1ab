"""Harmless look-alikes stay what they are."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pytest_selfmod_guard.syntax import Python

Read = Callable[[str], Python]
DANGEROUS = {"builtins.eval", "builtins.exec", "builtins.compile", "os.system", "pickle.loads"}
DANGEROUS |= {"subprocess.run", "subprocess.Popen"}

HONEST = [
    "model.eval()",
    "model.train(False).eval()",
    "import torch\ntorch.nn.Module().eval()",
    "import re\nre.compile('x')",
    "import re\ncompile = re.compile\ncompile('x')",
    "from re import compile\ncompile('x')",
    "import pandas\ndf = pandas.DataFrame()\ndf.eval('a + b')",
    "class A:\n    def exec(self): pass\n    def go(self):\n        self.exec()",
    "class A:\n    def go(self):\n        self.exec('x')",
    "def eval(x): return x\neval('1')",
    "def use():\n    return eval('1')\n\ndef eval(x): return x",
    "def f(eval):\n    eval('1')",
    "(lambda eval: eval('1'))(print)",
    "def f():\n    eval = print\n    eval('1')",
    "def f():\n    def g():\n        exec('1')\n    exec = print\n    g()",
    "import asyncio\nasyncio.create_subprocess_exec('x')",
    "import asyncio\nasyncio.subprocess.run",
    "cursor.execute('select 1')",
    "'eval(1)'",
    "# eval('1')\nprint('exec(2)')",
    '"""eval(1)"""',
    "import ast\nast.literal_eval('1')",
    "from mine import eval\neval('1')",
    "from . import os\nos.system('x')",
    "from .pickle import loads\nloads(b'')",
    "import json\njson.loads('1')",
    "import os\nos.path.join('a', 'b')",
    "[eval(1) for eval in (print,)]",
    "with open('x') as exec:\n    exec('1')",
    "import sympy\nsympy.S('x').evalf()",
    "{'eval': print}['eval']('1')",
    "handlers = {'a': print}\nhandlers[name]('1')",
    "getattr(model, 'eval')()",
    "import redis\nredis.Redis().eval('lua')",
    "class Eval: pass\nEval()",
    "def f():\n    try: pass\n    except E as eval: eval('1')",
    "f(eval=1)",
    "obj.exec = 1\nobj.exec()",
    "from mylib import run\nrun('x', shell=True)",
    "class compile:\n    pass\ncompile()",
    "import typing\nx: typing.List[int] = typing.List[int]()",
]


@pytest.mark.parametrize("source", HONEST)
def test_a_harmless_look_alike_is_not_taken_for_it(read: Read, source: str) -> None:
    """No call and no reference of an honest text resolves to something dangerous."""
    python = read(source)
    called = {name for call in python.calls for name in call.names}
    names = called | {name for ref in python.references for name in ref.names}
    assert not names & DANGEROUS
    assert not python.gave_up


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("cursor.execute('x')", {"*.execute"}),
        ("a.b.c.execute('x')", {"*.execute"}),
        ("def f(cursor):\n    cursor.execute('x')", {"*.execute"}),
        ("open('x').write('y')", {"*.write"}),
        ("from .os import system\nsystem('x')", {".os.system"}),
        ("from .. import os\nos.system('x')", {"..os.system"}),
        ("def f(): pass\nf()", set()),
        ("undefined('x')", set()),
        ("import functools\np = functools.partial(p, 1)\np()", set()),
        ("f = None\nf('x')", set()),
        ("__import__('a.b').f()", {"a.f"}),
        ("__import__('a.b', fromlist=['c']).f()", {"a.b.f"}),
        ("import asyncio\nasyncio.subprocess.Process()", {"asyncio.subprocess.Process"}),
        (
            "from unittest import TestCase\nclass T(TestCase):\n    def t(me):\n        me.fail()",
            {"unittest.TestCase.fail"},
        ),
        ("import a.b as c\nc.d()", {"a.b.d"}),
        ("import a.b\na.c()", {"a.c"}),
        ("try:\n    import x as m\nexcept OSError:\n    import y as m\nm.f()", {"x.f", "y.f"}),
    ],
)
def test_a_callee_has_exactly_these_names(read: Read, source: str, names: set[str]) -> None:
    """The outermost call of the last line is named as a rule expects."""
    python = read(source)
    final = len(source.splitlines())
    calls = [call for call in python.calls if python.line(call.node) == final]
    assert calls[0].names == names
