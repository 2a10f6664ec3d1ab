"""SMG502: a file that is too large to be judged."""

from __future__ import annotations

from collections.abc import Iterable
from posixpath import splitext

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import EXECUTABLE, Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.view import View

_JUDGED = frozenset((".toml", ".yml", ".yaml", ".cfg", ".ini", ".sql", ".mk", ".json"))


@change_rule(
    "SMG502",
    risk=Risk.HIGH,
    hint="split the file, or keep data of this size out of the repository",
)
def too_large_to_read(view: View) -> Iterable[Sighting]:
    """
    A file is too large to be read, so nothing can be said about its content.

    Above 32 MiB no file is read. Code, scripts and configuration of that size
    are denied, because nobody looked at them; data is only noted.

    Flagged: a script of 33 MB
        === build.sh
        + {34000000}

    Allowed: data of 33 MB
        === model.bin
        + {34000000}
    """
    for file in view.files:
        if file.new and file.new.blob.is_regular and file.new.blob.data is None:
            extension = splitext(file.path.lower())[1]
            judged = paths.zone(file.path) != paths.DATA or extension in _JUDGED
            judged = judged or file.new.blob.mode == EXECUTABLE or not extension
            yield Sighting(
                0,
                f"the file has {file.new.blob.size:,} bytes and was not read",
                path=file.path,
                risk=Risk.HIGH if judged else Risk.LOW,
            )
