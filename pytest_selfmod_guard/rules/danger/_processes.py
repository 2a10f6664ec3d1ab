"""Processes that a file starts: the call, the program, and all that is said to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from pytest_selfmod_guard.rules._reaching import REACHERS
from pytest_selfmod_guard.rules.danger._calls import KINDS
from pytest_selfmod_guard.rules.danger._wording import GAP, bound, said

if TYPE_CHECKING:
    import libcst as cst

    from pytest_selfmod_guard.syntax import Call, Python

_STARTS = re.compile(
    r"subprocess\.(?:run|Popen|call|check_call|check_output|getoutput|getstatusoutput)"
    r"|os\.(?:system|popen[234]?|startfile|exec\w+|spawn\w+|posix_spawnp?)"
    r"|asyncio\.(?:subprocess\.)?create_subprocess_(?:exec|shell)|\*\.subprocess_(?:exec|shell)"
    r"|pty\.spawn|popen2\.\w+|commands\.\w+|psutil\.Popen|platform\.popen"
    r"|(?:trio|anyio)\.(?:run_process|open_process)|trio\.lowlevel\.open_process"
    r"|pexpect\.(?:spawn|spawnu|run|runu)|(?:distutils|setuptools)\.spawn\.spawn"
    r"|ctypes\.windll\.shell32\.ShellExecute\w+|win32api\.(?:ShellExecute|WinExec)"
    r"|win32process\.CreateProcess|_winapi\.CreateProcess|nt\.startfile"
    r"|ctypes\.windll\.kernel32\.(?:WinExec|CreateProcess[AW])"
)
WORDS = (
    *REACHERS, b"subprocess", b"system", b"popen", b"popen2", b"popen3", b"popen4", b"startfile",
    b"getoutput", b"getstatusoutput", b"asyncio", b"subprocess_exec", b"subprocess_shell", b"pty",
    b"commands", b"create_subprocess_shell", b"create_subprocess_exec", b"psutil", b"platform",
    b"trio", b"anyio", b"pexpect", b"spawn", b"shellexecutew", b"shellexecuteexa", b"winexec",
    b"createprocessa", b"createprocessw", b"windll", b"createprocess",
    b"shellexecutea", b"shellexecuteexw", b"win32api", b"win32process", b"_winapi", b"ctypes",
    b"posix_spawn", b"posix_spawnp",
    *(f"{verb}{kind}".encode() for verb in ("exec", "spawn") for kind in KINDS),
)  # fmt: skip
"""One of these stands in every file that starts a process."""
_DEPTH = 8
INTERPRETERS = re.compile(
    r"(?:.*[\\/])?(?:pythonw?[\d.]*|pypy3?|sh|bash|dash|zsh|ksh|cmd|powershell|pwsh|start|wscript|cscript"
    r"|rundll32|regsvr32|msiexec|mshta|node|perl|ruby|java|nohup|sudo|env|wine|chmod|call)(?:\.exe)?",
    re.IGNORECASE,
)
"""Programs that run what they are given."""
_SCRIPTED = re.compile(
    r"(?:.*[\\/])?(?:pythonw?[\d.]*|pypy3?|node|perl|ruby)(?:\.exe)?", re.IGNORECASE
)
_WITH_VALUE = ("-W", "-X")


class Process(NamedTuple):
    """One process that is started."""

    call: Call
    name: str
    arguments: tuple[cst.BaseExpression, ...]
    """What the process is: a command line, or a program and what follows."""

    @property
    def is_shell(self) -> bool:
        """Tell whether a shell reads the command for certain."""
        return "shell" in self.name or self.name in ("os.system", "os.popen")


def processes(python: Python) -> Iterator[Process]:
    """Give every process that the file starts, in the order of the source."""
    for call in python.calls:
        name = min((name for name in call.names if _STARTS.fullmatch(name)), default="")
        if name:
            arguments = tuple(_arguments(python, call, name))
            yield Process(call, name, arguments)


def _arguments(python: Python, call: Call, name: str) -> Iterator[cst.BaseExpression]:
    first = 2 if "ShellExecute" in name else 1 if name.startswith("os.spawn") else 0
    keyword = {"os.startfile": "filepath", "os.popen": "cmd", "os.system": "command"}
    position = call.arg(python, first, keyword.get(name, "args"))
    if position is not None:
        yield from _elements(python, position)
    elif call.node.args and call.node.args[0].star:
        yield call.node.args[0].value
    several = (
        name.startswith(("asyncio.", "os.exec", "os.spawn", "os.posix", "*.")) or "Shell" in name
    )
    for at in range(first + 1, first + 12) if several else ():
        if (more := call.arg(python, at)) is not None:
            yield from _elements(python, more)


def _elements(python: Python, node: cst.BaseExpression, depth: int = 0) -> list[cst.BaseExpression]:
    """Take a list of arguments apart, also one that was put together or named before."""
    import libcst as cst  # noqa: PLC0415 (a rule that asks has it already; importing this has not)

    if isinstance(node, cst.List | cst.Tuple) and node.elements:
        return [element.value for element in node.elements]
    if depth > _DEPTH:
        return [node]
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Add):
        if len(parts := _elements(python, node.left, depth + 1)) > 1:
            return [*parts, node.right]
    elif isinstance(node, cst.Name) and (value := bound(python, node)) is not None:
        parts = _elements(python, value, depth + 1)
        return parts if isinstance(value, cst.List | cst.Tuple) or len(parts) > 1 else [node]
    return [node]


_HANDED = re.compile(
    r"(?:black|ruff|isort|mypy|pylint|flake8|git|tar|unzip|gzip|cat|cp|mv|rm|ls|diff|dot|gcc|cc"
    r"|clang|pandoc|pdflatex|ffmpeg|convert|protoc|prettier|clang-format)\s"
)
"""Programs that take a file for data, at the start of a command line."""
_SEVERAL = re.compile(r"[;&|`$\n]")


def program(python: Python, process: Process) -> tuple[cst.BaseExpression, ...]:
    """
    Give what decides which code runs: the program, and what an interpreter is given.

    The other arguments are data of a program that was written down.
    """
    if not process.arguments:
        return ()
    if len(process.arguments) == 1:
        told = said(python, process.arguments[0])
        return () if _HANDED.match(told) and not _SEVERAL.search(told) else process.arguments
    first = said(python, process.arguments[0])
    if first.strip() and not INTERPRETERS.fullmatch(first) and GAP not in first:
        return process.arguments[:1]
    if _SCRIPTED.fullmatch(first) or _is_python(python, process.arguments[0]):
        return tuple(_script(python, process.arguments))
    return process.arguments[:1] if GAP in first else process.arguments


def _script(
    python: Python, arguments: tuple[cst.BaseExpression, ...]
) -> Iterator[cst.BaseExpression]:
    """Give an interpreter and the code, module or script it is given; the rest are its data."""
    is_value = False
    for at, node in enumerate(arguments):
        yield node
        word = said(python, node)
        is_option = GAP not in word and word.startswith("-")
        if at and not is_option and not is_value and not _SCRIPTED.fullmatch(word):
            return
        is_value = is_option and word in _WITH_VALUE


def _is_python(python: Python, node: cst.BaseExpression) -> bool:
    return "sys.executable" in python.origins(node)
