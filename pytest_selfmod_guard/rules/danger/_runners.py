"""What runs what it is given: functions of Python itself that turn a value into running code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from pytest_selfmod_guard.rules._reaching import REACHERS

if TYPE_CHECKING:
    import libcst as cst

    from pytest_selfmod_guard.syntax import Call, Python

WORDS = (
    *REACHERS, b"eval", b"exec", b"execfile", b"compile", b"functiontype", b"lambdatype",
    b"codetype", b"runsource", b"runcode", b"interactiveinterpreter", b"interactiveconsole",
    b"runpy", b"timeit", b"pyrun_simplestring", b"pyrun_string", b"pyrun_simplestringflags",
    b"run_in_subinterp", b"run_string", b"interpreters", b"cprofile", b"profile", b"pdb", b"bdb",
    b"trace", b"imp", b"spec_from_file_location", b"sourcefileloader", b"sourcelessfileloader",
    b"extensionfileloader", b"zipimport", b"zipimporter", b"run_cell", b"parse_expr", b"sympify",
    b"interact", b"forwardref", b"load_source", b"cffi", b"interpreter_exec",
)  # fmt: skip
"""One of these stands in every file that runs a value as code in a way known here."""

_TEXT = re.compile(
    r"builtins\.(?:eval|exec|execfile|compile)|timeit\.(?:timeit|repeat|Timer)|codeop\.compile_command"
    r"|(?:code\.Interactive(?:Interpreter|Console)|\*)\.(?:runsource|runcode|push)"
    r"|ctypes\.pythonapi\.PyRun_\w+|_testcapi\.run_in_subinterp\w*|\*\.run_cell"
    r"|(?:_xxsubinterpreters|_interpreters|interpreters|test\.support)\.(?:run_string|exec|run_in_subinterp)"
    r"|(?:cProfile|profile|pdb|bdb\.Bdb|trace\.Trace)\.(?:run|runctx|runeval)"
    r"|sympy\.(?:[\w.]*\.)?(?:sympify|parse_expr|S)|typing\.ForwardRef"
)
_CODE = re.compile(r"types\.(?:FunctionType|LambdaType|CodeType)|marshal\.loads?")
_FILE = re.compile(
    r"runpy\.(?:run_path|run_module|_run_code|_run_module_code)|imp\.load_\w+|builtins\.execfile"
    r"|importlib\.util\.spec_from_file_location|zipimport\.zipimporter"
    r"|importlib\.machinery\.\w+FileLoader|_frozen_importlib_external\.\w+FileLoader"
)
_AT = {
    "importlib.util.spec_from_file_location": 1,
    "imp.load_source": 1,
    "imp.load_compiled": 1,
    "imp.load_dynamic": 1,
    "imp.load_module": 1,
    "_xxsubinterpreters.run_string": 1,
    "_interpreters.run_string": 1,
    "_interpreters.exec": 1,
}


class Run(NamedTuple):
    """One call that runs, loads or readies a value as code."""

    call: Call
    name: str
    kind: str
    """``text``, ``code`` for objects made of bytes, or ``file``."""
    what: cst.BaseExpression
    """The value."""


def runs(python: Python) -> Iterator[Run]:
    """Give every such call of a file, in the order of the source."""
    for call in python.calls:
        for kind, pattern in (("text", _TEXT), ("code", _CODE), ("file", _FILE)):
            name = min((name for name in call.names if pattern.fullmatch(name)), default="")
            what = _given(python, call, name) if name else None
            if what is not None:
                yield Run(call, name, kind, what)
                break


def _given(python: Python, call: Call, name: str) -> cst.BaseExpression | None:
    at = 1 if "FileLoader" in name else _AT.get(name, 0)
    for keyword in ("location", "path", "stmt", "source", "code"):
        if (found := call.arg(python, at, keyword)) is not None:
            return found
    return None
