"""Dangerous calls are seen through what hides them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pytest_selfmod_guard.syntax import Python

Read = Callable[[str], Python]

EVAL = [
    "eval('1')",
    "f = eval\nf('1')",
    "import builtins\nbuiltins.eval('1')",
    "from builtins import eval as quiet\nquiet('1')",
    "__builtins__.eval('1')",
    "__builtins__['eval']('1')",
    "__builtins__.__dict__['eval']('1')",
    "getattr(__builtins__, 'ev' + 'al')('1')",
    "getattr(__import__('builtins'), ''.join(['e', 'v', 'a', 'l']))('1')",
    "vars(__import__('builtins'))['lave'[::-1]]('1')",
    "globals()['__builtins__'].eval('1')",
    "globals()['__builtins__']['eval']('1')",
    "eval.__call__('1')",
    "(print if 0 else eval)('1')",
    "(None or eval)('1')",
    "{'e': eval}['e']('1')",
    "table = {'e': eval}\ntable['e']('1')",
    "table = {'e': eval}\ntable[unknown]('1')",
    "table = {'e': eval}\ntable.get('e')('1')",
    "dict(e=eval)['e']('1')",
    "[eval][0]('1')",
    "(lambda: eval)()('1')",
    "def give():\n    return eval\ngive()('1')",
    "def g(f=eval):\n    f('1')",
    "for f in (print, eval):\n    f('1')",
    "for name, f in {'e': eval}.items():\n    f('1')",
    "a, (b, c) = 1, (2, eval)\nc('1')",
    "if (f := eval):\n    f('1')",
    "class A:\n    run = eval\nA.run('1')",
    "class A:\n    run = eval\nA().run('1')",
    "class A:\n    run = eval\nclass B(A):\n    pass\nB().run('1')",
    "class A:\n    def __init__(s):\n        s.f = eval\n    def go(s):\n        s.f('1')",
    "args = [1]\nargs = [*args, eval]\nargs[0]('1')",
    "d = {'a': eval}\nd = {**d}\nd['a']('1')",
    "f = getattr(__builtins__, 'eval', None) or print\nf('1')",
    "f = print\nif x:\n    f = eval\nf('1')",
    "def outer():\n    f = eval\n    def inner():\n        f('1')",
    "def setter():\n    global f\n    f = eval\nf('1')",
    "from functools import partial\npartial(eval, '1')()",
    "import operator\noperator.attrgetter('eval')(__import__('builtins'))('1')",
    "import operator, builtins\noperator.methodcaller('eval', '1')(builtins)",
    "import operator\noperator.itemgetter('eval')(vars(__builtins__))('1')",
    "import sys\nsys.modules['builtins'].eval('1')",
    "import sys\nsys.modules.get('builtins').eval('1')",
    "import importlib\nimportlib.import_module('built' 'ins').eval('1')",
    "import os\nos.__builtins__['eval']('1')",
    "print.__self__.eval('1')",
    "def f(): pass\nf.__globals__['__builtins__'].eval('1')",
    "f.__init__.__globals__['__builtins__']['eval']('1')",
    "().__class__.__subclasses__()[9].__init__.__globals__['__builtins__']['ev' 'al']('')",
    "[f('1') for f in [eval]]",
    "import types\nn = types.SimpleNamespace(run=eval)\nn.run('1')",
    "next(iter([eval]))('1')",
    "eval('1')\neval = None",
    "eval = eval\neval('1')",
    "if False:\n    eval = None\neval('1')",
    "eval = None\ndel eval\neval('1')",
    "def use():\n    eval('1')\nuse()\ndef eval(x): pass",
    "for eval in ():\n    pass\neval('1')",
    "a = b\nb = a\nb = eval\na('1')",
    "import numpy\nfrom numpy import *\neval('1')",
    "class A:\n    eval = eval\n    eval('1')",
    "class A:\n    eval = print\n    def go(self):\n        eval('1')",
    "try:\n    from fast import eval\nexcept ImportError:\n    pass\neval('1')",
    "def f(eval=eval):\n    eval('1')",
    "async def f():\n    async for g in h:\n        await g(eval('1'))",
    "match x:\n    case _ if eval('1'):\n        pass",
    "f'{eval(1)}'",
    "@eval('1')\ndef f(): pass",
    "x: eval('1') = 1",
    "class A(metaclass=eval('1')): pass",
    "lambda y=eval('1'): y",
    "from contextlib import nullcontext\nwith nullcontext(eval) as f:\n    f('1')",
    "class A:\n    run = eval\nwith A() as a:\n    a.run('1')",
    "(lambda f: f('1'))(eval)",
    "g = lambda f: f('1')\ng(eval)",
    "def g(f):\n    f('1')\ng(eval)",
    "def g(f, *, h=None):\n    h('1')\ng(1, h=eval)",
    "class A:\n    def go(self, f):\n        f('1')\n    def run(self):\n        self.go(eval)",
    "class A:\n    @staticmethod\n    def go(f):\n        f('1')\nA.go(eval)",
    "class A:\n    def __init__(self, f):\n        f('1')\nA(eval)",
    "class A:\n    def __getattr__(self, name):\n        return eval\nA().any('1')",
]
EXEC = [
    "exec('1')",
    "run = exec\nrun('1')",
    "getattr(__builtins__, 'exec')('1')",
    "getattr(__builtins__, bytes([101, 120, 101, 99]).decode())('1')",
    "getattr(__builtins__, ''.join(map(chr, [101, 120, 101, 99])))('1')",
    "getattr(__builtins__, ''.join(chr(ord(c) ^ 1) for c in 'dydb'))('1')",
    "import base64\ngetattr(__builtins__, base64.b64decode('ZXhlYw==').decode())('1')",
    "import codecs\ngetattr(__builtins__, codecs.decode('rkrp', 'rot13'))('1')",
    "name = 'exec'\ngetattr(__builtins__, name)('1')",
    "for name in ('print', 'exec'):\n    getattr(__builtins__, name)('1')",
    "name = 'print' if x else 'exec'\ngetattr(__builtins__, name)('1')",
    "def d(s):\n    return s[::-1]\ngetattr(__builtins__, d('cexe'))('1')",
    "__builtins__.__getattribute__('exec')('1')",
    "object.__getattribute__(__import__('builtins'), 'exec')('1')",
    "import pkgutil\npkgutil.resolve_name('builtins:exec')('1')",
    "import operator\noperator.getitem(vars(__builtins__), 'exec')('1')",
]
SYSTEM = [
    "import os\nos.system('x')",
    "import os as o\no.system('x')",
    "from os import system as s\ns('x')",
    "from os import *\nsystem('x')",
    "__import__('os').system('x')",
    "__import__('os.path').system('x')",
    "__import__('os.path', fromlist=['x']).os.system('x')",
    "import importlib\nimportlib.import_module('os').system('x')",
    "from importlib import import_module as load\nload('o' + 's').system('x')",
    "import importlib\nimportlib.__import__('os').system('x')",
    "import os\ngetattr(os, 'sys%s' % 'tem')('x')",
    "import os\ngetattr(os, '{}{}'.format('sys', 'tem'))('x')",
    "import os\ngetattr(os, f'sys{\"tem\"}')('x')",
    "import os\nos.__dict__['system']('x')",
    "import os\nos.__dict__.get('system')('x')",
    "import sys\nsys.modules['os'].system('x')",
    "import posix\nposix.system('x')",
    "import shutil\nshutil.os.system('x')",
    "import os.path\nos.system('x')",
    "import os\nx = os\nx = x.system\nx('x')",
    "import importlib\nx = importlib.import_module\nx = x('os')\nx = x.system\nx('x')",
    "import os\nmodule = os\nrun = module.system\nrun('x')",
    "import os\nvars(os)['system']('x')",
    "def f():\n    import os\n    return os\nf().system('x')",
    "import os, copy\ncopy.copy(os.system)('x')",
    "globals()['os'].system('x')\nimport os",
    "def f():\n    from os import system\n    locals()['system']('x')",
    "j, o = map(__import__, ('json', 'os'))\no.system('x')",
    "import importlib\nlist(map(importlib.import_module, ['json', 'os']))[1].system('x')",
    (
        "import importlib.util\nimportlib.util.find_spec('os')\n"
        "importlib.util.module_from_spec(importlib.util.find_spec('os')).system('x')"
    ),
    "def load(m, a):\n    return getattr(__import__(m), a)\nload('os', 'system')('x')",
    (
        "def load(p):\n    m, a = p.split(':')\n    return getattr(__import__(m), a)\n"
        "load('os:system')('x')"
    ),
    "import os\ndef run(m):\n    m.system('x')\nrun(os)",
    "import os\nn = ''\nfor c in 'metsys':\n    n = c + n\ngetattr(os, n)('x')",
    "import os\nn = []\nn += ['sys']\nn = ['sys']\nn.append('tem')\ngetattr(os, ''.join(n))('x')",
]
RUN = [
    ("subprocess.run", "import subprocess\nsubprocess.run('x', shell=True)"),
    ("subprocess.Popen", "from subprocess import Popen as P\nP('x', shell=True)"),
    ("subprocess.run", "import subprocess as s\ns.run(*['x'], **{'shell': True})"),
    ("subprocess.run", "import subprocess\nk = {'shell': True}\nsubprocess.run('x', **k)"),
    ("subprocess.run", "import subprocess\ngetattr(subprocess, 'r' 'un')('x', shell=1 == 1)"),
    ("subprocess.Popen", "from subprocess import *\nPopen('x', shell=not 0)"),
    (
        "subprocess.run",
        "import functools, subprocess\nsh = functools.partial(subprocess.run, shell=True)\nsh('x')",
    ),
    ("subprocess.call", "__import__('subprocess').call('x', shell=bool(1))"),
    ("subprocess.run", "import sys\nsys.modules['subprocess'].run('x', shell=True)"),
    ("subprocess.Popen", "import asyncio\nasyncio.base_events.subprocess.Popen('x', shell=True)"),
    ("subprocess.run", "import subprocess\nYES = True\nsubprocess.run('x', shell=YES)"),
    ("subprocess.run", "import subprocess\nk = {}\nk['shell'] = True\nsubprocess.run('x', **k)"),
    (
        "subprocess.run",
        "import subprocess\nk = {'cwd': x}\nk['shell'] = True\nsubprocess.run('x', **k)",
    ),
    (
        "subprocess.run",
        "import subprocess\nk = {'cwd': x}\nk.update(shell=True)\nsubprocess.run('x', **k)",
    ),
    (
        "subprocess.run",
        "import subprocess\nk = {'cwd': x}\nk.update({'shell': True})\nsubprocess.run('x', **k)",
    ),
    (
        "subprocess.run",
        "import subprocess\nk = {'cwd': x}\nk.setdefault('shell', True)\nsubprocess.run('x', **k)",
    ),
    ("subprocess.run", "import subprocess\nk = {'a': 1} | {'shell': 1}\nsubprocess.run('x', **k)"),
    (
        "subprocess.run",
        "import subprocess\nk = {'cwd': x, 'shell': True}\nsubprocess.run('x', **{**k, 'a': 1})",
    ),
    (
        "subprocess.run",
        "import subprocess\ndef go(c, **k):\n    subprocess.run(c, **k)\ngo('x', shell=True)",
    ),
    (
        "subprocess.run",
        (
            "import subprocess\ndef go(c, **k):\n    subprocess.run(c, **k)\n"
            "go('x', shell=False)\ngo('x', shell=True)"
        ),
    ),
    (
        "subprocess.run",
        "import operator, subprocess\noperator.methodcaller('run', 'x', shell=True)(subprocess)",
    ),
    (
        "subprocess.Popen",
        (
            "import subprocess\nclass P(subprocess.Popen):\n    def __init__(self):\n"
            "        super().__init__('x', shell=True)"
        ),
    ),
]
LOADS = [
    "import pickle\npickle.loads(b'')",
    "import pickle as p\np.loads(b'')",
    "from pickle import loads\nloads(b'')",
    "from pickle import *\nloads(b'')",
    "import _pickle\n_pickle.loads(b'')",
    "try:\n    import cPickle as pickle\nexcept ImportError:\n    import pickle\npickle.loads(b'')",
    "__import__('pickle').loads(b'')",
    "import pickle\ngetattr(pickle, 'sdaol'[::-1])(b'')",
    "import importlib\nimportlib.import_module('pick' + 'le').loads(b'')",
    "import multiprocessing\nmultiprocessing.reduction.pickle.loads(b'')",
    "class Box:\n    import pickle\nBox.pickle.loads(b'')",
    "import pickle\nload = {'l': pickle.loads}['l']\nload(b'')",
]


def called(python: Python) -> set[str]:
    """Every name that a file may call."""
    return {name for call in python.calls for name in call.names}


@pytest.mark.parametrize("source", EVAL)
def test_eval_is_seen_however_it_is_spelled(read: Read, source: str) -> None:
    """Each spelling of a call of eval resolves to it."""
    assert "builtins.eval" in called(read(source))


@pytest.mark.parametrize("source", EXEC)
def test_exec_is_seen_however_its_name_is_made(read: Read, source: str) -> None:
    """Each computed spelling of a call of exec resolves to it."""
    assert "builtins.exec" in called(read(source))


@pytest.mark.parametrize("source", SYSTEM)
def test_os_system_is_seen_however_it_is_reached(read: Read, source: str) -> None:
    """Each way to os.system resolves to it."""
    assert "os.system" in called(read(source))


@pytest.mark.parametrize(("name", "source"), RUN)
def test_a_shell_is_seen_however_it_is_asked_for(read: Read, name: str, source: str) -> None:
    """The callee resolves, and shell=True is found wherever it comes from."""
    python = read(source)
    (call,) = [call for call in python.calls if name in call.names]
    shell = call.arg(python, None, "shell")
    assert shell is not None
    assert python.fold(shell) is True or python.fold(shell) == 1


@pytest.mark.parametrize("source", LOADS)
def test_pickle_loads_is_seen_however_it_is_imported(read: Read, source: str) -> None:
    """Each way to pickle.loads resolves to it."""
    assert "pickle.loads" in called(read(source))


@pytest.mark.parametrize("source", EVAL + EXEC + SYSTEM)
def test_the_order_of_questions_does_not_matter(read: Read, source: str) -> None:
    """Names mean the same whether the first, the last or no call was asked about before."""
    python = read(source)
    first = [python.names(call.node.func) for call in python.calls]
    other = read(source)
    assert other.references is not None
    assert [other.names(call.node.func) for call in other.calls] == first
    forward = read(source)
    nodes = forward._walk.calls  # noqa: SLF001  # before any question
    assert len([forward.names(node) for node in nodes]) == len(first)
    assert [forward.names(node.func) for node in nodes] == first


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("f = eval", "builtins.eval"),
        ("map(eval, xs)", "builtins.eval"),
        ("import os\nactions = {'run': os.system}", "os.system"),
        ("@eval\ndef f(): pass", "builtins.eval"),
        ("import atexit, os\natexit.register(os.system, 'x')", "os.system"),
        ("import os\nrun(getattr(os, 'sys' + 'tem'))", "os.system"),
        ("run(__builtins__['eval'])", "builtins.eval"),
        ("import os\ndef f():\n    return os.system", "os.system"),
        ("import os\nos.system.__call__", "os.system"),
        ("import os\nprint(os.environ['A'])", "os.environ"),
    ],
)
def test_a_dangerous_function_handed_on_is_a_reference(read: Read, source: str, name: str) -> None:
    """What is not called here may be called by whoever gets it."""
    assert name in {name for ref in read(source).references for name in ref.names}


def test_a_function_that_is_only_called_is_no_reference(read: Read) -> None:
    """A call is not counted twice."""
    assert read("import os\nos.system('x')\neval('1')").references == ()


def test_a_computed_attribute_of_a_known_module_is_named(read: Read) -> None:
    """Where the attribute cannot be told, the module still can."""
    assert "os.*" in called(read("import os\ngetattr(os, input())('x')"))
