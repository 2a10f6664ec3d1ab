"""SMG225: the code makes something start by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules._reaching import REACHERS
from pytest_selfmod_guard.rules.danger._flow_marks import Mark
from pytest_selfmod_guard.rules.danger._flow_words import DECODERS, STARTERS, concerns

if TYPE_CHECKING:
    from pytest_selfmod_guard.rules.danger._flow_writes import Written
    from pytest_selfmod_guard.syntax import Call, Python

_TRIGGERS = (*REACHERS, *DECODERS, *STARTERS)
_SCHEDULERS = ("crontab.CronTab", "plan.Plan", "systemd_service.")
_COMPLETION = ("completion", "complete")


@python_rule(
    "SMG225",
    risk=Risk.HIGH,
    hint="leave the start files of the user and the system alone: print "
    "what is to be added, and let "
    "people add it; what belongs to the package starts when it is called",
    triggers=_TRIGGERS,
)
def starts_by_itself(python: Python) -> Iterable[Sighting]:
    """
    The code writes where things are started from: it stays after it has ended.

    Shell start files, autostart, cron, systemd, launch agents, the Windows
    registry's `Run` keys, `.pth` files, `sitecustomize`, git hooks, authorised
    keys, the system's host table, pip's own configuration. Settings of editors
    and tools are a warning, as is shell completion by a function of that name
    and a hook that a script of the project installs.

    Flagged: a line for every shell
        === shop/setup_env.py
          import os
        + with open(os.path.expanduser("~/.bashrc"), "a") as file:
        +     file.write("shop --daemon &")

    Flagged: a path by parts
        === shop/setup_env.py
          from pathlib import Path
        + folder = Path.home() / ".config" / "autostart"
        + (folder / "shop.desktop").write_text(ENTRY)

    Flagged: a module that every Python imports
        === shop/setup_env.py
          import os, site
        + where = os.path.join(site.getsitepackages()[0], "shop-init.pth")
        + open(where, "w").write("import shop.daemon")

    Flagged: another package's own file
        === shop/setup_env.py
          import requests
        + with open(requests.__file__, "a") as file:
        +     file.write("import shop.daemon")

    Flagged: the registry
        === shop/setup_env.py
          import winreg
        + key = winreg.OpenKey(winreg.HKEY_CURRENT_USER,
        +     r"Software\\Microsoft\\Windows\\CurrentVersion\\Run", 0, winreg.KEY_SET_VALUE)

    Flagged: settings of an editor [medium]
        === shop/setup_env.py
          from pathlib import Path
        + (Path.home() / ".cursor" / "mcp.json").write_text(ENTRY)

    Allowed: it only reads
        === shop/setup_env.py
          import os
        + with open(os.path.expanduser("~/.bashrc")) as file:
        +     print(file.read())

    Allowed: its own settings
        === shop/setup_env.py
          from pathlib import Path
        + (Path.home() / ".config" / "shop" / "settings.toml").write_text(TEXT)
    """
    from pytest_selfmod_guard.rules.danger._flow import flow  # noqa: PLC0415 (imports libcst)
    from pytest_selfmod_guard.rules.danger._flow_writes import (  # noqa: PLC0415 (imports libcst)
        is_foreign,
        writes,
    )

    if not concerns(python, _TRIGGERS):
        return
    known = flow(python)
    for written in writes(known):
        if written.marks & (Mark.STARTUP | Mark.TOOLING | Mark.PACKAGES) or is_foreign(
            known, written
        ):
            risk = _risk(python, written)
            yield _sighting(python, written.call, "this writes where things are started from", risk)
    for call in _scheduled(python):
        yield _sighting(python, call, "this schedules a program to start by itself", Risk.HIGH)


def _risk(python: Python, written: Written) -> Risk:
    zone = paths.zone(python.path)
    mild = any(word in written.call.scope.lower() for word in _COMPLETION)
    hooks = ".git" in python.code(written.call.node) or "hooks" in python.code(written.call.node)
    if zone == paths.TEST or mild or (zone == paths.BUILD and hooks):
        return Risk.MEDIUM
    return (
        Risk.MEDIUM
        if written.marks & Mark.TOOLING and not written.marks & Mark.STARTUP
        else Risk.HIGH
    )


def _scheduled(python: Python) -> Iterator[Call]:
    for call in python.calls:
        if any(name.startswith(_SCHEDULERS) for name in call.names):
            yield call


def _sighting(python: Python, call: Call, what: str, risk: Risk) -> Sighting:
    return Sighting(python.line(call.node), what, python.code(call.node), call.scope, risk=risk)
