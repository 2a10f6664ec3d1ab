"""SMG204: a command line goes through a shell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules._reaching import REACHERS
from pytest_selfmod_guard.rules.danger._calls import KINDS, uses

if TYPE_CHECKING:
    import libcst

    from pytest_selfmod_guard.syntax import Call, Python

SHELLS = frozenset(
    (
        "os.system", "os.popen", "posix.system", "nt.system", "subprocess.getoutput",
        "subprocess.getstatusoutput", "commands.getoutput", "commands.getstatusoutput",
        "asyncio.create_subprocess_shell", "asyncio.subprocess.create_subprocess_shell",
        "pty.spawn",
    )
)  # fmt: skip
WITH_SHELL = frozenset(
    f"subprocess.{name}" for name in ("run", "Popen", "call", "check_call", "check_output")
)


_STARTERS = ("subprocess.", "os.exec", "os.spawn", "os.posix_spawn", "asyncio.create_subprocess")
_EXECS = (
    b"asyncio",
    b"posix_spawn",
    b"posix_spawnp",
    *(f"{verb}{kind}".encode() for verb in ("exec", "spawn") for kind in KINDS),
)
_PROGRAMS = frozenset(("sh", "bash", "dash", "zsh", "ksh"))


@python_rule(
    "SMG204",
    risk=Risk.HIGH,
    hint="start the program itself with a list of arguments, without a shell: "
    'subprocess.run(["tar", "-xf", archive], check=True)',
    triggers=(
        *REACHERS, b"system", b"popen", b"getoutput", b"getstatusoutput", b"subprocess",
        b"create_subprocess_shell", b"pty", *_EXECS,
    ),
    supersedes=("B602", "B604", "B605", "B607", "B609"),
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
    calls = {id(call.node): call for call in python.calls}
    for node, name, scope in uses(python, SHELLS):
        yield node, name, scope, _is_constant(python, calls.get(id(node)))
    for call in python.calls:
        if (hit := call.names & WITH_SHELL) and _asks_for_shell(python, call):
            yield call.node, f"{min(hit)}(shell=True)", call.scope, _is_constant(python, call)
        elif _starts_a_shell(python, call):
            yield call.node, f"{min(call.names)} of a shell", call.scope, False


def _asks_for_shell(python: Python, call: Call) -> bool:
    """Tell whether ``shell`` is true, or may be because it is not a constant."""
    shell = call.arg(python, 8, "shell")
    return shell is not None and bool(python.fold(shell))


def _starts_a_shell(python: Python, call: Call) -> bool:
    """Tell whether the program to start is a shell that is handed a command line."""
    if not any(name.startswith(_STARTERS) for name in call.names):
        return False
    for position in range(2):
        argument = call.arg(python, position, "args" if position == 0 else "")
        elements = getattr(argument, "elements", ())
        words = [python.fold(element.value) for element in elements[:2]]
        if len(words) > 1 and words[1] == "-c" and str(words[0]).rpartition("/")[2] in _PROGRAMS:
            return True
    return False


def _is_constant(python: Python, call: Call | None) -> bool:
    command = call.arg(python, 0, "args") if call else None
    return command is not None and isinstance(python.fold(command), str | bytes)
