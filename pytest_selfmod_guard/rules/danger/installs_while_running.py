"""SMG273: a program installs packages while it runs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python

_MIGHT = re.compile(r"\b(?:pip3?|uv|easy_install|conda|npm|apt|apt-get|ensurepip|pipx|micropip)\b")
_STARTS = ("subprocess.", "os.system", "os.popen", "os.exec", "os.spawn",
           "asyncio.create_subprocess",
           "sh.", "invoke.run", "plumbum.")  # fmt: skip
_MAINS = re.compile(r"pip\.main|pip\._internal\.(?:cli\.main\.)?main|pip\._internal\.main\.main"
                    r"|setuptools\.command\.easy_install\.main|micropip\.install")  # fmt: skip
_INSTALLS = re.compile(
    r"\b(?:pip[\d.]{0,4}|uv|conda|mamba|npm|apt|apt-get|pipx|brew)\b[\"',\s\])-]{1,12}"
    r"(?:[\w=.\"',\s-]{0,60}?[\"',\s])?(?:install|add)\b"
)
_OWN = re.compile(r"(?i)(?:^|/)(?:noxfile|tasks|dodo|fabfile|setup|conf)\.py$"
                  r"|(?:^|/)(?:scripts|tools|ci"
                  r"|bench\w*|examples?|docs|\.github|release)/")  # fmt: skip


@python_rule(
    "SMG273",
    risk=Risk.HIGH,
    hint="name the package among the project's dependencies (or an extra of them), and where it is "
    "missing say how to install it",
)
def installs_while_running(python: Python) -> Iterable[Sighting]:
    """
    A program fetches packages for itself, or for others, while it runs.

    What it installs is not what was reviewed or locked, and where the name
    comes from outside, strangers choose what runs. Installers are programs
    that do this honestly, so a person is to look. Scripts for the work on the
    project are silent.

    Flagged: what somebody asks for
        === shop/commands.py
          import subprocess, sys
          def install(names):
        +     subprocess.run([sys.executable, "-m", "pip", "install", *names.split()])

    Flagged: what is missing
        === shop/start.py
          import os
        + try:
        +     import rich
        + except ImportError:
        +     os.system("pip install -q rich")

    Allowed: it says what to do
        === shop/start.py
        + try:
        +     import rich
        + except ImportError:
        +     print("pip install rich")
    """
    if paths.zone(python.path) == paths.TEST or _OWN.search(python.path):
        return
    if not _MIGHT.search(python.text):
        return
    for call in python.calls:
        named = any(_MAINS.fullmatch(name) for name in call.names)
        starts = any(name.startswith(_STARTS) for name in call.names)
        code = python.code(call.node)
        if named or (starts and _INSTALLS.search(code)):
            what = "this installs packages while the program runs"
            line = python.line(call.node)
            yield Sighting(line, what, code, call.scope, settled_by="review")
