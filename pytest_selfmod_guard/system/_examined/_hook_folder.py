"""The folder in which git really looks for hooks, and what lies in it."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator
from contextlib import suppress

from pytest_selfmod_guard.checkups._facts import HookFolder, Script
from pytest_selfmod_guard.git import Git, failure
from pytest_selfmod_guard.system._examined._beginning import beginning

_NAMES = ("pre-commit", "pre-merge-commit", "commit-msg", "post-commit", "pre-push")
_MOST = 64 << 10  # bytes of a script
_KEY = "core.hooksPath"
_BINARIES = (
    b"\x7fELF",
    b"\xcf\xfa\xed\xfe",  # Mach-O, of 64 bits, of 32, and for several machines
    b"\xce\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"MZ",
)
_PYTHON = re.compile(r"^INSTALL_PYTHON=(.*)$", re.MULTILINE)
# Settings that reach a `git commit` typed in the same shell; only read, never obeyed.
_FROM_SHELL = re.compile(r"GIT_CONFIG_(COUNT|PARAMETERS|SYSTEM|(KEY|VALUE)_\d+)")


def hook_folder(git: Git) -> HookFolder:
    """
    Find the folder as git does: worktrees, includes and the environment count.

    :param git: at the top of the work tree, from where a relative path is meant
    :raises ReadError: git cannot tell
    """
    found = list(_settings(git))
    set_in = tuple(dict.fromkeys(place for place, _ in found))
    # Set to nothing, git takes the root of the file system; nobody means that.
    folder = os.path.join(git.directory, found[-1][1]) if found else _usual(git)
    folder = os.path.normpath(folder)
    scripts = {name: script for name in _NAMES if (script := _script(folder, name))}
    return HookFolder(folder, scripts, set_in)


def _usual(git: Git) -> str:
    return os.path.join(git.common_dir(), "hooks")


def _settings(git: Git) -> Iterator[tuple[str, str]]:
    """Give file and value of each setting; the file is empty for one of the environment."""
    shell = {name: text for name, text in git.environ.items() if _FROM_SHELL.fullmatch(name)}
    asked = ("config", "--null", "--show-origin", "--type=path", "--get-all", _KEY)
    told = git.having(**shell).attempt(*asked)
    if told.code:  # our own pin is always found
        raise failure(git.directory, told.reason)
    parts = [os.fsdecode(part) for part in told.output.split(b"\0")[:-1]]
    both = list(zip(parts[::2], parts[1::2], strict=True))
    for origin, value in both[:-1]:  # the last one is the pin
        kind, _, place = origin.partition(":")
        yield os.path.join(git.directory, place) if kind == "file" else "", value


def _script(folder: str, name: str) -> Script | None:
    path = os.path.join(folder, name)
    if not os.path.isfile(path):
        return None
    text, python = _text(path), ""
    with suppress(ValueError):
        python = _python(text)
    return Script(
        path,
        text,
        is_executable=os.access(path, os.X_OK),
        aside=_text(f"{path}.legacy"),
        python=os.path.isabs(python) and os.access(python, os.X_OK),
        is_program=_is_program(python),
    )


def _text(path: str) -> str:
    return (beginning(path, _MOST) or b"").decode("utf-8", "replace")


def _python(text: str) -> str:
    """Give the interpreter that a hook file names; empty where that is no single word."""
    told = _PYTHON.search(text)
    words = shlex.split(told[1]) if told else []
    return words[0] if len(words) == 1 else ""


def _is_program(python: str) -> bool:
    """Tell whether it is a binary; one that is not there starts nothing."""
    head = beginning(python, len(max(_BINARIES, key=len))) if os.path.isabs(python) else None
    return head is None or head.startswith(_BINARIES)
