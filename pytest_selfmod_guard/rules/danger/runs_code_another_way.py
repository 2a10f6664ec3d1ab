"""SMG211: text or a file becomes code, by another way than eval and exec."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules.danger import _processes, _runners
from pytest_selfmod_guard.rules.danger._foreign import ASKED, NETWORK, REQUEST, kinds_of, worst
from pytest_selfmod_guard.rules.danger._temporary import is_temporary
from pytest_selfmod_guard.rules.danger._wording import said
from pytest_selfmod_guard.syntax import Unknown

if TYPE_CHECKING:
    import libcst as cst

    from pytest_selfmod_guard.rules.danger._runners import Run
    from pytest_selfmod_guard.syntax import Call, Python

_SILENT = frozenset(("builtins.compile", "codeop.compile_command", "types.CodeType"))
_PLAIN = frozenset(("builtins.eval", "builtins.exec"))
_ALWAYS = re.compile(
    r"ctypes\.pythonapi\.PyRun_\w+|.*run_in_subinterp\w*|(?:_xxsub)?_?interpreters\.(?:run_string|exec)"
    r"|(?:code\.Interactive(?:Interpreter|Console)|\*)\.(?:runsource|runcode)|builtins\.execfile"
)
_READ_FIRST = ("sympy.", "cProfile.", "profile.", "timeit.")
_SEARCHED = frozenset(f"sys.path.{verb}" for verb in ("insert", "append", "extend"))
_DASHED = re.compile(r"-[a-zA-Z]*c")
_PYTHON = re.compile(r"(?:.*[\\/])?(?:pythonw?[\d.]*|pypy3?)(?:\.exe)?")


@python_rule(
    "SMG211",
    risk=Risk.MEDIUM,
    hint="import the module by its name, and call its function; to choose among several use a "
    "dictionary of functions; to read a value use ast.literal_eval or json.loads",
    triggers=(*_runners.WORDS, *_processes.WORDS, b"path"),
)
def runs_code_another_way(python: Python) -> Iterable[Sighting]:
    """
    Text, an object or a file becomes running code without `eval` and `exec`.

    Interactive interpreters, `timeit` and profilers given text, subinterpreters,
    `python -c`, function objects made by hand, and modules loaded from a path.
    Much of this is what tools are for, so it is a warning; it denies where a
    request, the network or a writable place like `/tmp` decides what runs, and
    for ways that exist only to run text. Constants are silent.

    Flagged: an interpreter of its own [high]
        === shop/debug.py
          import code
        + def answer(text):
        +     code.InteractiveInterpreter().runsource(text)

    Flagged: a module from a place that anybody can write to [high]
        === shop/plugins.py
          import importlib.util
        + found = importlib.util.spec_from_file_location("plugin", "/tmp/plugin.py")

    Flagged: a file that somebody names [medium]
        === shop/plugins.py
          import runpy
        + def start(path):
        +     runpy.run_path(path)

    Flagged: another Python is given text [medium]
        === shop/worker.py
          import subprocess, sys
        + def start(text):
        +     subprocess.run([sys.executable, "-c", text])

    Allowed: constants
        === shop/__main__.py
          import runpy, subprocess, sys, timeit
        + runpy.run_module("shop.cli", run_name="__main__")
        + subprocess.run([sys.executable, "-c", "import shop"])
        + timeit.timeit("sum(range(9))")

    Allowed: a decorator that copies a function
        === shop/tools.py
          import types
        + def copy(function):
        +     return types.FunctionType(function.__code__, {})
    """
    is_test = paths.zone(python.path) == paths.TEST
    for call, name, risk, what in _ways(python):
        yield Sighting(
            python.line(call.node),
            f"{name} {what}",
            python.code(call.node),
            call.scope,
            risk=min(risk, Risk.MEDIUM) if is_test else risk,
        )


def _ways(python: Python) -> Iterator[tuple[Call, str, Risk, str]]:
    for run in _runners.runs(python):
        if run.name in _PLAIN:
            continue
        risk, what = _judged(python, run)
        if risk:
            yield run.call, run.name, risk, what
    for call in python.calls:
        if call.names & _SEARCHED and (path := _added(python, call)) and is_temporary(python, path):
            yield call, "sys.path", Risk.HIGH, "gains a folder that anybody can write to"
    for process in _processes.processes(python):
        if text := _dash_c(python, process):
            yield process.call, process.name, text, "gives text to another Python"


def _added(python: Python, call: Call) -> cst.BaseExpression | None:
    is_insert = any(name.endswith(".insert") for name in call.names)
    return call.arg(python, 1 if is_insert else 0)


def _judged(python: Python, run: Run) -> tuple[Risk, str]:
    if run.name in _SILENT or run.name.startswith("marshal."):
        return Risk.NONE, ""
    origin = worst(kinds_of(python, run.what) & {NETWORK, REQUEST, ASKED})
    is_known = not isinstance(python.fold(run.what), Unknown)
    if run.kind == "file":
        return _file(python, run, origin, is_known=is_known)
    if run.kind == "code":
        return _object(python, run)
    if is_known or python.code(run.what).startswith("lambda"):
        return Risk.NONE, ""
    return _text(run, origin), "runs text as code"


def _file(python: Python, run: Run, origin: str, *, is_known: bool) -> tuple[Risk, str]:
    if origin in (NETWORK, REQUEST) or is_temporary(python, run.what):
        return Risk.HIGH, "runs a file that others can write or choose"
    return Risk.NONE if is_known else Risk.MEDIUM, "runs a file whose path is computed"


def _text(run: Run, origin: str) -> Risk:
    if origin or (_ALWAYS.fullmatch(run.name) and not _extends(run)):
        return Risk.HIGH
    return Risk.MEDIUM if run.name.startswith(_READ_FIRST) else Risk.NONE


def _extends(run: Run) -> bool:
    """Tell whether a method only hands on to what it overrides."""
    owner = getattr(run.call.node.func, "value", None)
    return getattr(getattr(owner, "func", None), "value", "") == "super"


def _object(python: Python, run: Run) -> tuple[Risk, str]:
    made = {"builtins.compile", "types.CodeType", "marshal.loads", "marshal.load"}
    if made & python.origins(run.what):
        return Risk.MEDIUM, "makes a function of code that was made by hand"
    return Risk.NONE, ""


def _dash_c(python: Python, process: _processes.Process) -> Risk:
    for at, node in enumerate(process.arguments[:-1]):
        if not _DASHED.fullmatch(said(python, node)):
            continue
        is_python = "sys.executable" in python.origins(process.arguments[0]) or _PYTHON.fullmatch(
            said(python, process.arguments[0])
        )
        text = process.arguments[at + 1]
        if is_python and isinstance(python.fold(text), Unknown):
            origin = kinds_of(python, text) & {NETWORK, REQUEST, ASKED}
            return Risk.HIGH if origin else Risk.MEDIUM
    return Risk.NONE
