"""Runs a command in a project, and tells how it ended."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from subprocess import PIPE, Popen
from typing import NamedTuple

from pytest_selfmod_guard.testing._scratch import Scratch


class Ran(NamedTuple):
    """How a command ended, what it said, and the folder as it left it."""

    code: int
    """The exit code; minus the signal's number when it was killed."""
    out: str
    """What it printed; bytes that are no UTF-8 become ``\\xNN``."""
    err: str
    scratch: Scratch
    """What keeps the folder there as long as this value is."""

    @property
    def path(self) -> Path:
        """The project's folder, to look for what the command did to it."""
        return Path(self.scratch.project)


def run(
    scratch: Scratch,
    command: tuple[str, ...],
    folder: str,
    feed: bytes,
    environ: Mapping[str, str],
    timeout: float,
) -> Ran:
    """Run a command, and end it with all that it started when it takes too long."""
    with Popen(
        command,
        cwd=os.path.join(scratch.project, folder),
        env={**scratch.environ(), **environ},
        stdin=PIPE, stdout=PIPE, stderr=PIPE,
        process_group=0,
    ) as process:  # fmt: skip
        try:
            out, err = process.communicate(feed, timeout=timeout)
        except BaseException:
            _kill(process)
            raise
    return Ran(process.returncode, _text(out), _text(err), scratch)


def _kill(process: Popen[bytes]) -> None:
    with suppress(ProcessLookupError):  # it may have ended at this very moment
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def _text(data: bytes) -> str:
    return data.decode("utf-8", "backslashreplace")
