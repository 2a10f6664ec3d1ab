"""SMG417: a file that is no program becomes one."""

from __future__ import annotations

from collections.abc import Iterable
from posixpath import splitext

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import EXECUTABLE, Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.view import File, View

_DATA = frozenset(
    (".json", ".txt", ".md", ".rst", ".csv", ".yml", ".yaml", ".toml", ".ini", ".cfg", ".png",
     ".jpg", ".jpeg", ".gif", ".svg", ".pdf", ".xml", ".html", ".css", ".lock", ".dat", ".bin")
)  # fmt: skip


@change_rule(
    "SMG417",
    risk=Risk.MEDIUM,
    hint="set the mode back: chmod -x FILE && git add FILE",
)
def data_made_executable(view: View) -> Iterable[Sighting]:
    """
    A data file or a document becomes executable.

    Nobody runs a table or a picture, unless it is something else. A script
    that says its interpreter may have the mode; one that gains it is a note.

    Flagged: a table [medium]
        === shop/prices.csv (mode 100755)
        + 1,2

    Flagged: a picture with a first line for the shell [medium]
        === docs/logo.png (mode 100755)
        + #!/bin/sh

    Allowed: a script
        === scripts/build (mode 100755)
        + #!/bin/sh
        + make
    """
    for file in view.files:
        if _becomes_executable(file):
            is_data = splitext(file.path)[1].lower() in _DATA
            told = f"{'data' if is_data else 'a file'} becomes executable"
            if is_data or paths.zone(file.path) != paths.DATA:
                risk = Risk.MEDIUM if is_data else Risk.LOW
                yield Sighting(0, told, path=file.path, risk=risk)


def _becomes_executable(file: File) -> bool:
    if file.new is None or file.new.blob.mode != EXECUTABLE:
        return False
    return file.old is None or file.old.blob.mode != EXECUTABLE
