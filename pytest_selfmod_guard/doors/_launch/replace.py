"""Becomes another program, so that nothing of ours remains between it and the caller."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence

from pytest_selfmod_guard.errors import GuardError


def replace(command: Sequence[str], environ: Mapping[str, str]) -> int:
    """
    Become a command: its exit code, signals and terminal are ours.

    Where a process cannot do that, on Windows, the command runs below us.

    :raises GuardError: it cannot be started
    """
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        if os.name == "nt":
            from subprocess import call  # noqa: PLC0415 (not needed elsewhere)

            return call(command, env=environ)
        os.execve(command[0], list(command), dict(environ))  # noqa: S606 (there is no shell in it)
    except (OSError, ValueError) as error:
        raise GuardError(
            "pytest-not-started",
            f"pytest could not be started ({error})",
            context=f'"{command[0]}"',
            hint="name another interpreter: selfmod-guard pytest --python .venv/bin/python",
        ) from None
