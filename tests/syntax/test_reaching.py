"""Roundabout ways to a function are followed, and their honest look-alikes are not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pytest_selfmod_guard.syntax import Python, Unknown

Read = Callable[[str], Python]

WAYS = [
    ("import sys\nsys._getframe().f_builtins['eval']('1')", "builtins.eval"),
    ("def f(): pass\nf.__builtins__['eval']('1')", "builtins.eval"),
    ("__builtins__.get('eval')('1')", "builtins.eval"),
    ("import os\ntype(os).__getattribute__(os, 'system')('x')", "os.system"),
    ("import os, types\ntypes.ModuleType.__getattribute__(os, 'system')('x')", "os.system"),
    ("import builtins\nfor k, v in vars(builtins).items():\n    v('1')", "builtins.*"),
    ("import builtins\nfor v in vars(builtins).values():\n    v('1')", "builtins.*"),
    ("import builtins\nlist(vars(builtins).values())[9]('1')", "builtins.*"),
    ("import builtins\nlist(vars(builtins).items())[9][1]('1')", "builtins.*"),
    ("import os\nfrom functools import reduce\nreduce(getattr, ['system'], os)('x')", "os.system"),
    ("import functools, os\nfunctools.reduce(getattr, [os, 'system'])('x')", "os.system"),
    (
        "import functools, shutil\nfunctools.reduce(getattr, 'os.system'.split('.'), shutil)('x')",
        "os.system",
    ),
    ("import functools, os\nfunctools.reduce(getattr, names, os)('x')", "os.*"),
    ("__loader__.load_module('os').system('x')", "os.system"),
    ("__spec__.loader.load_module('o' + 's').system('x')", "os.system"),
    ("import importlib\nimportlib.__import__('os').system('x')", "os.system"),
    ("import os\nmatch os:\n    case object(system=f):\n        f('x')", "os.system"),
    ("import os\nmatch [1, os]:\n    case [_, object(system=f)]:\n        f('x')", "os.system"),
    ("match {'k': eval}:\n    case {'k': f}:\n        f('1')", "builtins.eval"),
    ("match (1, 2, eval):\n    case (1, *_, f) | f:\n        f('1')", "builtins.eval"),
    ("match eval:\n    case f:\n        f('1')", "builtins.eval"),
    ("match 'ev':\n    case n:\n        getattr(__builtins__, n + 'al')('1')", "builtins.eval"),
    ("class C:\n    n = 'ev'\ngetattr(__builtins__, C.n + 'al')('1')", "builtins.eval"),
    (
        "class B(object):\n    n = 'ev'\nclass C(B): pass\ngetattr(__builtins__, C.n + 'al')('1')",
        "builtins.eval",
    ),
]
LOOK_ALIKES = [
    ("import inspect\ninspect.currentframe().f_locals['eval']('1')", set()),
    ("plugins.load_module('mine').start()", {"mine.start"}),
    ("loader.load_module().start()", {"*.start"}),
    (
        "class A:\n    def __getattribute__(s, n):\n        return super().__getattribute__(n)()",
        set(),
    ),
    ("from functools import reduce\nreduce(max, ['system'], os)('x')", set()),
    ("from functools import reduce\nreduce(getattr, ['name'], me)('x')", {"*.name"}),
    ("match order:\n    case Order(execute=f):\n        f('x')", {"*.execute"}),
    ("match order:\n    case Order(f):\n        f('x')", set()),
    ("match [print, eval]:\n    case [f, _]:\n        f('x')", {"builtins.print"}),
    ("for k, v in vars(model).items():\n    v('1')", {"*.*"}),
]
SET_ELSEWHERE = [
    "class C:\n    n = 'a'\nC.n = 'b'\nf(C.n)",
    "class C:\n    n = 'a'\nx.C.n = 'b'\nf(C.n)",
    "class C:\n    n = 'a'\nsetattr(C, 'n', 'b')\nf(C.n)",
    "class C:\n    n = 'a'\ntype.__setattr__(C, 'n', 'b')\nf(C.n)",
    "class B:\n    n = 'b'\nclass C(B):\n    n = 'a'\ndel C.n\nf(C.n)",
    "from enum import Enum\nclass C(Enum):\n    n = 'a'\nf(C.n)",
    "@swapped\nclass C:\n    n = 'a'\nf(C.n)",
    "class C(metaclass=M):\n    n = 'a'\nf(C.n)",
    "class C(C):\n    n = 'a'\nf(C.n)",
    "class C:\n    n = ['a']\nC.n.append('b')\nf(C.n)",
    "class C:\n    n = 'a'\n    def go(self):\n        f(self.n)",
    "f(unknown.n)",
]


def final(python: Python) -> set[str]:
    """Every name that a call on the last line may call, the outermost first."""
    lines = [python.line(call.node) for call in python.calls]
    return set(python.calls[lines.index(max(lines))].names)


@pytest.mark.parametrize(("source", "name"), WAYS)
def test_a_roundabout_way_is_followed(read: Read, source: str, name: str) -> None:
    """Each leads to the function that it calls."""
    assert name in final(read(source))


@pytest.mark.parametrize(("source", "names"), LOOK_ALIKES)
def test_an_honest_look_alike_leads_nowhere_else(read: Read, source: str, names: set[str]) -> None:
    """What is unknown stays unknown."""
    python = read(source)
    assert final(python) == names
    assert not python.gave_up


@pytest.mark.parametrize("source", SET_ELSEWHERE)
def test_an_attribute_that_something_else_may_set_is_no_constant(read: Read, source: str) -> None:
    """Only what nothing in the file can change is computed."""
    python = read(source)
    (call,) = [call for call in python.calls if python.code(call.node).startswith("f(")]
    assert python.fold(call.node.args[0].value) is Unknown.UNKNOWN


def test_keywords_are_seen_through_a_dictionary_that_is_called(read: Read) -> None:
    """``**dict(shell=True)`` passes what ``shell=True`` does."""
    python = read("import subprocess\nsubprocess.run('x', **dict(shell=True))")
    shell = python.calls[0].arg(python, None, "shell")
    assert shell is not None
    assert python.fold(shell) is True
    assert not python.calls[0].is_open(python)


@pytest.mark.parametrize("given", ["dict(pairs)", "dict(a=1, **more)", "make(shell=True)"])
def test_a_dictionary_that_may_hold_more_is_open(read: Read, given: str) -> None:
    """What cannot be read is not taken to be absent."""
    python = read(f"import subprocess\nsubprocess.run('x', **{given})")
    assert python.calls[0].is_open(python)
    assert python.calls[0].arg(python, None, "shell") is None


TABLE = "from mine import handlers\nH = {{{}}}\nH[key]('1')"


def table(entries: list[str]) -> str:
    """Write a table of functions and a call of one of them."""
    return TABLE.format(", ".join(f"'k{at}': {name}" for at, name in enumerate(entries)))


@pytest.mark.parametrize("size", [101, 120, 3_000])
def test_a_large_dispatch_table_is_nothing_to_give_up_at(read: Read, size: int) -> None:
    """Functions of a module that no rule knows need not be told apart."""
    python = read(table([f"handlers.h{at}" for at in range(size)]))
    assert final(python) == {"mine.handlers.*"}
    assert not python.gave_up


@pytest.mark.parametrize("name", ["eval", "__import__('os').system", "__import__('pickle').loads"])
def test_a_large_table_hides_nothing(read: Read, name: str) -> None:
    """One dangerous function among two hundred handlers is still seen."""
    python = read(table([*(f"handlers.h{at}" for at in range(200)), name]))
    dangerous = {"builtins.eval", "os.system", "pickle.loads"}
    assert len(final(python) & dangerous) == 1
    assert not python.gave_up


def test_a_table_too_large_of_what_matters_is_said(read: Read) -> None:
    """Functions that rules may know are told apart, or it is said that they are not."""
    python = read("import os\n" + table([f"os.f{at}" for at in range(1_100)]))
    assert python.calls[0].names
    assert python.gave_up
