"""A scratch repository that knows nothing of the world around it, and commands run in it."""

from __future__ import annotations

import os
import shlex
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from subprocess import DEVNULL, PIPE, STDOUT, Popen, TimeoutExpired
from typing import NamedTuple

from pytest_selfmod_guard.errors import GuardError

_LET_THROUGH = ("PATH", "LANG", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
_PATIENCE = 60.0
"""Seconds that one command may take."""


class Scratch(NamedTuple):
    """A scratch folder, and the environment that keeps commands in it."""

    folder: str
    environ: Mapping[str, str]

    @property
    def repository(self) -> str:
        return os.path.join(self.folder, "shop")

    def run(self, *command: str, extra: Mapping[str, str] | None = None) -> tuple[int, str]:
        """Run a command in the repository; return its exit code and all that it printed."""
        environ = {**self.environ, **(extra or {})}
        with Popen(
            command, cwd=self.repository, env=environ, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT,
            process_group=0,
        ) as process:  # fmt: skip
            try:
                output, _ = process.communicate(timeout=_PATIENCE)
            except TimeoutExpired:
                _kill(process)
                raise _hung(command) from None
            except BaseException:
                # On ^C too nothing may go on writing to a folder that is being removed.
                _kill(process)
                raise
        return process.returncode, output.decode("utf-8", "backslashreplace")

    def must(self, *command: str) -> str:
        """Run a command that cannot fail unless the machine is in the way."""
        code, output = self.run(*command)
        if code:
            raise _not_set_up(command, output)
        return output

    def write(self, files: Mapping[str, str | None]) -> None:
        """Write, or delete, files of the repository, and stage all that changed."""
        for name, text in files.items():
            path = Path(self.repository, name)
            if text is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        self.must("git", "add", "--all")

    def summary(self) -> list[str]:
        """Say which files are staged and how much of each changes, a line each."""
        return self.must("git", "diff", "--cached", "--stat=60", "HEAD").splitlines()[:-1]


def environment(folder: str, outer: Mapping[str, str]) -> dict[str, str]:
    """Let little through, so that neither an agent's markers nor a user's settings act."""
    kept = {key: outer[key] for key in outer if key in _LET_THROUGH or key.startswith("LC_")}
    home = os.path.join(folder, "home")
    os.mkdir(home)
    places = ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")
    return {
        **kept,
        **dict.fromkeys(places, home),
        "PRE_COMMIT_HOME": os.path.join(home, "pre-commit"),
        "PRE_COMMIT_COLOR": "never",
        "NO_COLOR": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
    }


def _kill(process: Popen[bytes]) -> None:
    # It may have ended by itself at this very moment.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def _hung(command: tuple[str, ...]) -> GuardError:
    return GuardError(
        "demo-hung",
        f"a command did not end within {_PATIENCE:g} seconds",
        context=f'"{shlex.join(command)}"',
        hint="look at what it left behind: selfmod-guard demo --keep",
    )


def _not_set_up(command: tuple[str, ...], output: str) -> GuardError:
    lines = [line for line in output.splitlines() if line.strip()]
    return GuardError(
        "demo-not-set-up",
        f'the scratch repository could not be made: "{shlex.join(command)}" failed',
        context=lines[-1] if lines else "it gave no reason",
        hint="if the guard is not installed for this Python, install it:"
        f" {shlex.join((sys.executable, '-m', 'pip', 'install', 'pytest-selfmod-guard'))}",
    )
