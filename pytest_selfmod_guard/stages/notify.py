"""
Notify: tell the command that the policy names what has happened.

It is told and not asked: whatever it does changes no verdict. But a
notification that did not get through is said, never passed over.
"""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import IO, TYPE_CHECKING

from pytest_selfmod_guard.model import as_json, inert

if TYPE_CHECKING:
    from subprocess import Popen

SCHEMA_VERSION = 1
PATIENCE = 10.0
"""Seconds that the command may take."""

_LOOKS = 200  # how often it is looked at meanwhile
_MOST = 1 << 20  # bytes that it may say
_OWN = ("event", "at", "attempt")
_LAST_WORDS = 200


def notify(
    command: Sequence[str],
    told: Mapping[str, object],
    *,
    folder: str,
    environ: Mapping[str, str],
) -> str:
    """
    Run a command with one JSON document on its standard input.

    :param command: the policy's; nothing is run where it is empty
    :param told: the ``event``, when (``at``), and its ``attempt`` where it has
        one; everything else becomes the document's ``details``
    :param folder: the project's, where the command runs
    :param environ: handed on, without the ``GIT_*`` variables that a hook has
    :returns: a note on why it did not get through; empty if it did
    """
    if not command:
        return ""
    from tempfile import TemporaryFile  # noqa: PLC0415 (notifications are rare, hooks are not)

    try:
        # Files and no pipes: what it leaves behind may hold them open, and nobody waits for that.
        with TemporaryFile() as document, TemporaryFile() as said:
            document.write(json.dumps(_document(told, folder)).encode() + b"\n")
            document.seek(0)
            fault = _run(command, folder, environ, document, said)
            return f"notify: {fault}{_last_words(said)}" if fault else ""
    except OSError as error:
        return f"notify: there is no room for what is to be told ({error})"


def _document(told: Mapping[str, object], folder: str) -> Mapping[str, object]:
    details = {name: value for name, value in told.items() if name not in _OWN}
    document: Mapping[str, object] = as_json(
        {
            "schema_version": SCHEMA_VERSION,
            "event": told["event"],
            "at": told["at"],
            "project": folder,
            "attempt": told.get("attempt", ""),
            "details": details,
        }
    )
    return document


def _run(
    command: Sequence[str],
    folder: str,
    environ: Mapping[str, str],
    document: IO[bytes],
    said: IO[bytes],
) -> str:
    """Say what went wrong; nothing if nothing did."""
    from subprocess import STDOUT, Popen  # noqa: PLC0415 (see above)

    kept = {name: value for name, value in environ.items() if not name.startswith("GIT_")}
    try:
        process = Popen(
            list(command), cwd=folder, env=kept, stdin=document, stdout=said, stderr=STDOUT,
            process_group=0,
        )  # fmt: skip
    except (OSError, ValueError) as error:
        return f"the command {inert(command[0])!r} could not be started ({inert(str(error))})"
    with process:
        try:
            return _ended(process, said)
        finally:
            _end(process)


def _ended(process: Popen[bytes], said: IO[bytes]) -> str:
    from subprocess import TimeoutExpired  # noqa: PLC0415 (see above)

    for _ in range(_LOOKS):
        with suppress(TimeoutExpired):
            code = process.wait(PATIENCE / _LOOKS)
            if code < 0:
                return f"the command was killed by signal {-code}"
            return f"the command failed with exit {code}" if code else ""
        if os.fstat(said.fileno()).st_size > _MOST:
            return f"the command said more than {_MOST} bytes, and was ended"
    return f"the command took longer than {PATIENCE:g} seconds, and was ended"


def _end(process: Popen[bytes]) -> None:
    """Leave nothing of it behind that has not ended, on ^C too."""
    if process.poll() is None:
        with suppress(ProcessLookupError):  # it may have ended at this very moment
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()  # on ^C nobody else does


def _last_words(said: IO[bytes]) -> str:
    said.seek(0)
    lines = said.read(_MOST).decode("utf-8", "backslashreplace").split("\n")
    last = next((inert(line.strip()) for line in reversed(lines) if line.strip()), "")
    return f"; it said last: {last[:_LAST_WORDS]}" if last else ""
