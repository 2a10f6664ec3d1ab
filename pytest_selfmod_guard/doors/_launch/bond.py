"""For whom a verdict is that is handed over: one process, one repository, one commit."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import NamedTuple, Self

from pytest_selfmod_guard.doors._launch.clean import top_of
from pytest_selfmod_guard.doors._launch.handover import pack
from pytest_selfmod_guard.errors import GuardError
from pytest_selfmod_guard.git import Git
from pytest_selfmod_guard.model import Receipt, readable


class Bond(NamedTuple):
    """What has to be the same where a verdict was made and where it is believed."""

    pid: int
    """The process that judged, and became the one that runs the suite."""
    top: str
    """The repository's top, without symbolic links."""
    head: str
    """The id of HEAD's commit; empty where there is none."""

    @classmethod
    def here(cls, directory: str, environ: Mapping[str, str], pid: int) -> Self:
        """Look at a folder of the project as it is now."""
        top = top_of(directory, environ)
        return cls(pid, readable(top), _head(top, environ))


def seal(receipt: Receipt, directory: str, environ: Mapping[str, str]) -> str:
    """Pack a receipt for the process that this one becomes; ASCII, for a variable."""
    bond = Bond.here(directory, environ, os.getpid())
    return f"{json.dumps(bond._asdict())}\n{pack(receipt)}"


def opened(text: str, directory: str, environ: Mapping[str, str]) -> str | None:
    """
    Return what :func:`seal` packed, for ``unpack``; None if it is for somebody else.

    What does not say whom it is for is an empty text, which is no receipt: it
    must be neither believed nor passed over.
    """
    first, _, packed = text.partition("\n")
    try:
        bond = Bond(**json.loads(first))
    except (ValueError, TypeError, RecursionError):
        return ""
    return packed if bond == Bond.here(directory, environ, _judged_by()) else None


def _judged_by() -> int:
    """Give the process that must have judged: on Windows no process can become another."""
    return os.getppid() if os.name == "nt" else os.getpid()


def _head(top: str, environ: Mapping[str, str]) -> str:
    try:
        outcome = Git(top, environ).attempt("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    except GuardError:
        return ""
    return "" if outcome.code else outcome.output.decode("ascii").strip()
