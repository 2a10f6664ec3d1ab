"""Asks a process that may die, hang or say nothing, and never takes that for an answer."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from contextlib import suppress
from subprocess import DEVNULL, PIPE, Popen, TimeoutExpired

from pytest_selfmod_guard.errors import CouldNotJudge
from pytest_selfmod_guard.model import inert

PATIENCE = 1800.0
"""Seconds that a judgement may take: half an hour, for the largest range on the slowest machine."""


def ask(
    line: list[str], directory: str, environ: Mapping[str, str], patience: float = PATIENCE
) -> str:
    """
    Return what a command prints on its standard output.

    :param patience: seconds after which it and all that it started are killed
    :raises CouldNotJudge: it could not be started, failed, was killed or hung
    """
    try:
        process = Popen(
            line, cwd=directory, env=dict(environ), stdin=DEVNULL, stdout=PIPE, stderr=PIPE,
            process_group=0,
        )  # fmt: skip
    except (OSError, ValueError) as error:
        raise _died(f"it could not be started ({error})") from None
    with process:
        try:
            output, said = process.communicate(timeout=patience)
        except TimeoutExpired:
            raise _hung(patience) from None
        finally:
            _end(process)
    if process.returncode:
        raise _died(_last_words(process.returncode, said))
    return output.decode("utf-8", "backslashreplace")


def _end(process: Popen[bytes]) -> None:
    """Leave nothing of it behind, on ^C too."""
    if os.name == "nt":
        process.kill()
    elif process.poll() is None:
        with suppress(ProcessLookupError):  # it may have ended at this very moment
            os.killpg(process.pid, signal.SIGKILL)


def _last_words(code: int, said: bytes) -> str:
    lines = said.decode("utf-8", "backslashreplace").split("\n")
    last = next((inert(line.strip()) for line in reversed(lines) if line.strip()), "nothing")
    how = f"was killed by signal {-code}" if code < 0 else f"ended with {code}"
    return f"it {how}, and said last: {last[:500]}"


def _died(how: str) -> CouldNotJudge:
    return CouldNotJudge(
        "judge-died",
        "the interpreter that judges gave no verdict",
        context=how,
        hint="see whether it can judge at all: selfmod-guard check --base origin/HEAD",
    )


def _hung(patience: float) -> CouldNotJudge:
    return CouldNotJudge(
        "judge-hung",
        f"the interpreter that judges gave no verdict within {patience:g} seconds",
        hint="see what takes so long: selfmod-guard check --base origin/HEAD",
    )
