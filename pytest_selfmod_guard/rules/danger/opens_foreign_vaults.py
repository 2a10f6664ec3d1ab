"""SMG228: the code opens what browsers, wallets and messengers keep."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules._reaching import REACHERS
from pytest_selfmod_guard.rules.danger._flow_marks import Mark
from pytest_selfmod_guard.rules.danger._flow_words import DECODERS, VAULTS, concerns

if TYPE_CHECKING:
    from pytest_selfmod_guard.rules.danger._flow import Flow
    from pytest_selfmod_guard.syntax import Call, Python

_TAKERS = frozenset(
    (
        "builtins.open", "io.open", "codecs.open", "sqlite3.connect", "shutil.copy",
        "shutil.copy2", "shutil.copyfile",
        "shutil.copytree", "shutil.move", "shutil.make_archive", "os.listdir", "os.scandir",
        "os.walk", "glob.glob",
        "glob.iglob", "zipfile.ZipFile", "tarfile.open", "os.rename", "os.replace", "json.load",
        "plyvel.DB",
        "win32file.CreateFile", "os.open", "leveldb.LevelDB", "aiofiles.open",
    )
)  # fmt: skip
_METHODS = frozenset(
    ("read_text", "read_bytes", "open", "glob", "rglob", "iterdir", "write", "add", "execute")
)
_TRIGGERS = (*REACHERS, *DECODERS, *VAULTS)


@python_rule(
    "SMG228",
    risk=Risk.HIGH,
    hint="ask the user for the log-in, or use the service's own way to be authorised (OAuth, a key "
    "of its own): what other programs keep is not for this one",
    triggers=_TRIGGERS,
)
def opens_foreign_vaults(python: Python) -> Iterable[Sighting]:
    """
    Passwords, cookies, sessions or wallets of other programs are opened.

    There is hardly an honest reason to read a browser's `Login Data`, a
    messenger's session or a wallet, or to have Windows decrypt them; stealers
    do nothing else.

    Flagged: a copy of a browser's passwords
        === shop/login.py
          import os, shutil
        + base = os.path.join(os.environ["LOCALAPPDATA"], "Google", "Chrome", "User Data")
        + shutil.copy2(os.path.join(base, "Default", "Login Data"), "copy.db")

    Flagged: sessions of a messenger
        === shop/login.py
          import os
        + for name in os.listdir(os.getenv("APPDATA") + "\\\\discord\\\\Local Storage\\\\leveldb"):
        +     print(name)

    Flagged: Windows decrypts
        === shop/login.py
          import win32crypt
        + key = win32crypt.CryptUnprotectData(blob, None, None, None, 0)[1]

    Allowed: a profile that a browser is started with
        === shop/login.py
          from selenium.webdriver import ChromeOptions
        + options = ChromeOptions()
        + options.add_argument("--user-data-dir=/tmp/profile/User Data")
    """
    from pytest_selfmod_guard.rules.danger._flow import flow  # noqa: PLC0415 (imports libcst)

    if not concerns(python, _TRIGGERS):
        return
    known = flow(python)
    for call in python.calls:
        if _opens(known, call):
            yield Sighting(
                python.line(call.node),
                "what another program keeps for its user is opened here",
                python.code(call.node),
                call.scope,
                risk=Risk.MEDIUM if paths.zone(python.path) == paths.TEST else Risk.HIGH,
            )


def _opens(flow: Flow, call: Call) -> bool:
    from pytest_selfmod_guard.rules.danger._flow_edges import (  # noqa: PLC0415 (imports libcst)
        called_name,
    )
    from pytest_selfmod_guard.rules.danger._flow_sources import (  # noqa: PLC0415 (imports libcst)
        PROCESSES,
    )

    names = flow.edges.names(call.node)
    if flow.own(call.node) & Mark.VAULT:
        return True
    touched = bool(names & _TAKERS) or any(name.startswith(PROCESSES) for name in names)
    touched = touched or (hasattr(call.node.func, "attr") and called_name(call.node) in _METHODS)
    return touched and bool(flow.marks(call.node) & Mark.VAULT)
