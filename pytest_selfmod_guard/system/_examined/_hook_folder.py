"""The folder in which git really looks for hooks, and what lies in it."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator

from pytest_selfmod_guard.checkups._facts import HookFolder, Script
from pytest_selfmod_guard.git import Git, failure

_NAMES = ("pre-commit", "pre-merge-commit", "commit-msg", "post-commit", "pre-push")
_MOST = 64 << 10  # bytes of a script
_KEY = "core.hooksPath"
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
    text = _text(path)
    is_executable = os.access(path, os.X_OK)
    return Script(path, text, is_executable, _text(f"{path}.legacy"), _has_python(text))


def _text(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return file.read(_MOST).decode("utf-8", "replace") if os.path.isfile(path) else ""
    except OSError:
        return ""


def _has_python(text: str) -> bool:
    """Tell whether the interpreter that a hook file names can be run."""
    told = _PYTHON.search(text)
    try:
        words = shlex.split(told[1]) if told else []
    except ValueError:
        return False
    return len(words) == 1 and os.path.isabs(words[0]) and os.access(words[0], os.X_OK)
