"""SMG204: a command line goes through a shell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules.danger._calls import uses
from pytest_selfmod_guard.rules.danger._processes import WORDS, Process, processes
from pytest_selfmod_guard.rules.danger._wording import said
from pytest_selfmod_guard.syntax import Unknown

if TYPE_CHECKING:
    import libcst

    from pytest_selfmod_guard.syntax import Call, Python

SHELLS = frozenset(
    (
        "os.system", "os.popen", "posix.system", "nt.system", "subprocess.getoutput",
        "subprocess.getstatusoutput", "commands.getoutput", "commands.getstatusoutput",
        "asyncio.create_subprocess_shell", "asyncio.subprocess.create_subprocess_shell",
        "pty.spawn", "os.popen2", "os.popen3", "os.popen4", "popen2.popen2", "popen2.popen3",
        "popen2.popen4", "popen2.Popen3", "popen2.Popen4", "platform.popen",
    )
)  # fmt: skip
WITH_SHELL = frozenset(
    f"subprocess.{name}" for name in ("run", "Popen", "call", "check_call", "check_output")
)


_PROGRAMS = re.compile(
    r"(?:.*[\\/])?(?:sh|bash|dash|zsh|ksh|fish|cmd|powershell|pwsh)(?:\.exe)?", re.IGNORECASE
)
_OPTION = re.compile(r"-\w{0,6}c|/[ck]|-command", re.IGNORECASE)


@python_rule(
    "SMG204",
    risk=Risk.HIGH,
    hint="start the program itself with a list of arguments, without a shell: "
    'subprocess.run(["tar", "-xf", archive], check=True)',
    triggers=WORDS,
    supersedes=("SMG213", "B602", "B604", "B605", "B607", "B609"),
)  # fmt: skip
def runs_a_shell(python: Python) -> Iterable[Sighting]:
    """
    The code hands a command line to a shell.

    One blank, quote or semicolon in a value, and another command runs. It is
    found under any name, as `eval` is. With a constant command in a test or a
    build script it is only worth a look, elsewhere it is not.

    Flagged: in plain sight
        === shop/backup.py
          import os
        + os.system("tar -xf " + archive)

    Flagged: through the dictionary of the module
        === shop/backup.py
        + __import__("os").__dict__["sys" + "tem"](command)

    Flagged: with shell=True
        === shop/backup.py
        + from subprocess import run as go
        + go(f"tar -xf {archive}", shell=True)

    Flagged: a shell by its own name
        === shop/backup.py
          import subprocess
        + subprocess.run(["/bin/bash", "-c", "tar -xf " + archive])

    Flagged: a constant command in a test [medium]
        === tests/test_backup.py
        + import subprocess
        + subprocess.check_output("ls | wc -l", shell=True)

    Allowed: a list of arguments
        === shop/backup.py
          import subprocess
        + subprocess.run(["tar", "-xf", archive], check=True)

    Allowed: a constant command in a test
        === tests/test_backup.py
          import subprocess
        + subprocess.run(["tar", "-xf", archive], shell=False)
    """
    zone = paths.zone(python.path)
    for node, name, scope, constant in _shells(python):
        mild = constant and zone in (paths.TEST, paths.BUILD)
        yield Sighting(
            python.line(node),
            f"{name} hands a command line to a shell",
            python.code(node),
            scope,
            risk=Risk.MEDIUM if mild else Risk.HIGH,
        )


def _shells(python: Python) -> Iterator[tuple[libcst.CSTNode, str, str, bool]]:
    told: set[int] = set()
    calls = {id(call.node): call for call in python.calls}
    for node, name, scope in uses(python, SHELLS):
        yield node, name, scope, _is_constant(python, calls.get(id(node)))
    for call in python.calls:
        if (hit := call.names & WITH_SHELL) and _asks_for_shell(python, call):
            told.add(id(call.node))
            yield call.node, f"{min(hit)}(shell=True)", call.scope, _is_constant(python, call)
    for process in processes(python):
        if id(process.call.node) in told or process.call.names & SHELLS:
            continue
        if what := _starts_a_shell(python, process):
            name = f"{process.name} of a shell"
            yield process.call.node, name, process.call.scope, _is_fixed(python, what)


def _asks_for_shell(python: Python, call: Call) -> bool:
    """Tell whether ``shell`` is true, or may be because it is not a constant."""
    shell = call.arg(python, 8, "shell")
    return shell is not None and bool(python.fold(shell))


def _starts_a_shell(python: Python, process: Process) -> libcst.BaseExpression | None:
    """Give the command line, where the program to start is a shell that is handed one."""
    words = [said(python, node) for node in process.arguments]
    for at, (program, option) in enumerate(pairwise(words)):
        command = process.arguments[min(at + 2, len(words) - 1)]
        if _PROGRAMS.fullmatch(program) and _OPTION.fullmatch(option):
            # There is no other way to ask PowerShell for something.
            is_plain = program.lower().endswith(("shell", "shell.exe", "pwsh")) and _is_fixed(
                python, command
            )
            return None if is_plain else command
    return None


def _is_fixed(python: Python, command: libcst.BaseExpression) -> bool:
    return not isinstance(python.fold(command), Unknown)


def _is_constant(python: Python, call: Call | None) -> bool:
    command = call.arg(python, 0, "args") if call else None
    return command is not None and isinstance(python.fold(command), str | bytes)
