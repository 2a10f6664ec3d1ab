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
    from pytest_selfmod_guard.rules.danger._flow import Flow
    from pytest_selfmod_guard.rules.danger._flow_writes import Written
    from pytest_selfmod_guard.syntax import Call, Python

_TRIGGERS = (*REACHERS, *DECODERS, *STARTERS)
_SCHEDULERS = ("crontab.CronTab", "plan.Plan", "systemd_service.")
_PLACES = (
    (Mark.STARTUP | Mark.PACKAGES, "this writes where things are started from"),
    (Mark.HOOK, "this writes a hook, which git starts by itself"),
    (Mark.FOREIGN, "this writes into another package that is installed"),
    (Mark.PROGRAM, "this writes into another program that is installed"),
    (Mark.TOOLING, "this writes settings of a tool that runs what they say"),
)
"""Of the places a mark stands for, the worst first."""
_BAD = Mark.STARTUP | Mark.PACKAGES | Mark.FOREIGN | Mark.PROGRAM


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
    keys, the system's host table, pip's own configuration, the files of other
    packages and programs. Settings of editors and tools are a warning, as is
    what only completes words in a shell, judged by the lines that are written,
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

    Flagged: a hook, wherever git keeps them
        === shop/setup_env.py
          import subprocess
          from pathlib import Path
        + top = subprocess.check_output(["git", "rev-parse", "--git-dir"], text=True).strip()
        + (Path(top) / "hooks" / "post-merge").write_text(ENTRY)

    Flagged: a program that is installed
        === shop/setup_env.py
          from pathlib import Path
        + Path("/Applications/Notes.app/Contents/Resources/main.js").write_text(ENTRY)

    Flagged: words are completed [medium]
        === shop/setup_env.py
          from pathlib import Path
        + with (Path.home() / ".bashrc").open("a") as file:
        +     file.write("source ~/.shop/completion.bash")

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
        writes,
    )

    if not concerns(python, _TRIGGERS):
        return
    known = flow(python)
    for written in writes(known):
        what = next((said for marks, said in _PLACES if written.marks & marks), "")
        if what:
            yield _sighting(python, written.call, what, _risk(known, written))
    for call in _scheduled(python):
        yield _sighting(python, call, "this schedules a program to start by itself", Risk.HIGH)


def _risk(flow: Flow, written: Written) -> Risk:
    from pytest_selfmod_guard.rules.danger._start_lines import (  # noqa: PLC0415 (imports libcst)
        only_completes,
    )

    zone = paths.zone(flow.python.path)
    worst = written.marks & (_BAD | Mark.HOOK)
    own_hook = zone == paths.BUILD and worst == Mark.HOOK
    if zone == paths.TEST or own_hook or not worst:
        return Risk.MEDIUM
    is_line = worst == Mark.STARTUP and only_completes(flow, written)
    return Risk.MEDIUM if is_line else Risk.HIGH


def _scheduled(python: Python) -> Iterator[Call]:
    for call in python.calls:
        if any(name.startswith(_SCHEDULERS) for name in call.names):
            yield call


def _sighting(python: Python, call: Call, what: str, risk: Risk) -> Sighting:
    return Sighting(python.line(call.node), what, python.code(call.node), call.scope, risk=risk)
