"""SMG258: a file that anybody may write, or take first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules._reaching import REACHERS

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python


@python_rule(
    "SMG258",
    risk=Risk.HIGH,
    hint="give rights to the owner alone: os.chmod(path, 0o600), or 0o755 for a program",
    triggers=(
        *REACHERS, b"chmod", b"fchmod", b"lchmod", b"open", b"mkfifo", b"mknod", b"mktemp",
        b"tempnam", b"tmpnam",
    ),
    supersedes=("B103", "B306", "B325"),
)  # fmt: skip
def loose_file(python: Python) -> Iterable[Sighting]:
    """
    A file may be written by anybody on the machine, or has a name to be guessed.

    Somebody else then decides what the program reads or runs.

    Flagged: for all to write
        === shop/setup.py
          import os
        + os.chmod("shop.db", 0o777)

    Flagged: through a path
        === shop/cache.py
          from pathlib import Path
        + Path("cache.db").chmod(0o666)

    Flagged: a name that somebody else may take first
        === shop/report.py
          import tempfile
        + path = tempfile.mktemp(suffix=".csv")

    Allowed: a program that all may run
        === shop/setup.py
          import os
        + os.chmod("bin/shop", 0o755)

    Allowed: made and opened at once
        === shop/report.py
          import tempfile
        + file = tempfile.NamedTemporaryFile(suffix=".csv")
    """
    from pytest_selfmod_guard.rules.danger._vulnerable_rights import (  # noqa: PLC0415 (imports libcst)
        loose,
    )

    yield from loose(python)
