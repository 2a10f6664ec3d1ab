"""SMG249: foreign data chooses what runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules._reaching import REACHERS
from pytest_selfmod_guard.rules.danger._calls import KINDS

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python


@python_rule(
    "SMG249",
    risk=Risk.HIGH,
    hint="choose from a dictionary of what is allowed: command = COMMANDS[name]; "
    'put "--" before an argument that a stranger writes, so that it cannot be an option',
    triggers=(
        *REACHERS, b"subprocess", b"create_subprocess_exec", b"posix_spawn", b"posix_spawnp",
        b"pexpect",
        b"exec_command", b"send_command", b"fabric", b"invoke", b"docker", b"containers", b"locate",
        b"import_string", b"importlib",
        *(f"{verb}{kind}".encode() for verb in ("exec", "spawn") for kind in KINDS),
    ),
    supersedes=("B601",),
)  # fmt: skip
def foreign_program(python: Python) -> Iterable[Sighting]:
    """
    Foreign data chooses what runs: a program, a module, a function.

    Without a shell a stranger still runs what he names. Where he only writes
    one of the arguments it is a warning, for it may be taken as an option.
    What goes through a shell is SMG204's.

    Flagged: the command itself
        === shop/views.py
          import shlex
          import subprocess
          from flask import request
        + def run():
        +     return subprocess.check_output(shlex.split(request.args["command"]))

    Flagged: a module
        === shop/views.py
          import importlib
        + def plugin(request):
        +     return importlib.import_module(request.GET["plugin"])

    Flagged: any attribute of an object
        === shop/views.py
          from flask import request
        + def call(api):
        +     return getattr(api, request.args["method"])()

    Flagged: an argument, which may be an option [medium]
        === shop/views.py
          import subprocess
          from flask import request
        + def resize():
        +     subprocess.run(["convert", request.args["size"], "in.png", "out.png"], check=True)

    Allowed: one of those that are allowed
        === shop/views.py
          import subprocess
          from flask import request
          REPORTS = {"day": ["report", "--day"], "week": ["report", "--week"]}
        + def report():
        +     return subprocess.check_output(REPORTS[request.args["span"]])

    Allowed: only what is meant to be reached
        === shop/views.py
          from flask import request
        + def call(api):
        +     return getattr(api, "public_" + request.args["method"])()
    """
    from pytest_selfmod_guard.rules.danger._vulnerable_places import (  # noqa: PLC0415 (imports libcst)
        PROGRAMS,
    )
    from pytest_selfmod_guard.rules.danger._vulnerable_sinks import flows  # noqa: PLC0415

    yield from flows(python, PROGRAMS)
