"""Finds the Python that a project's tests are run with, which need not be ours."""

from __future__ import annotations

import os
import re
import shutil
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from importlib import metadata
from typing import NamedTuple

from pytest_selfmod_guard.errors import GuardError, UsageError
from pytest_selfmod_guard.git import Git

_US = "pytest-selfmod-guard"
_PROBE = "import importlib.util, sys; sys.exit(importlib.util.find_spec('pytest') is None)"
_COMMAND = """\
import sys
sys.argv[0], sys.path[:] = "pytest", [folder for folder in sys.path if folder]
from pytest import console_main
sys.exit(console_main())
"""
_PATIENCE = 60.0
_FOLDER, _SUFFIX = ("Scripts", ".exe") if os.name == "nt" else ("bin", "")

_TOOL_MARKS = ("uv-receipt.toml", "pipx_metadata.json")
"""What `uv tool` and pipx write into the environment of a tool."""
_LOCAL = ".venv"
_INSTALLERS = ("pip", "setuptools", "uv", "wheel")


class Interpreter(NamedTuple):
    """A Python that has pytest."""

    python: str
    """Its absolute path, links not followed: that is what makes an environment."""
    source: str
    """How it was found: ``--python``, ``VIRTUAL_ENV``, ``.venv``, ``running`` or ``PATH``."""

    def pytest(self) -> list[str]:
        """
        Return the start of a command line that runs its pytest.

        The ``pytest`` command beside it where there is one, else what is in such
        a command: ``-m pytest`` would put the current folder on the path, and
        take a ``pytest.py`` there for it.
        """
        script = os.path.join(os.path.dirname(self.python), f"pytest{_SUFFIX}")
        return [self.python, script] if _is_python(script) else [self.python, "-c", _COMMAND]


def find(environ: Mapping[str, str], top: str, asked: str | None = None) -> Interpreter:
    """
    Return the interpreter that a project's tests are run with.

    The first that has pytest of: what was asked for, ``VIRTUAL_ENV``, the
    project's ``.venv``, the running one unless it was made for the guard
    alone, ``python3`` and ``python`` of ``PATH``. Candidates are started, so
    code that the project put into its environment runs.

    :param environ: the user's variables
    :param top: the project's folder
    :param asked: an interpreter, or the folder of an environment
    :raises UsageError: what was asked for is no Python with pytest
    :raises GuardError: there is none
    """
    if asked is not None:
        return _asked(asked, environ)
    tried = []
    for candidate in _candidates(environ, top):
        if has_pytest(candidate.python, environ):
            return candidate
        tried.append(f"{candidate.python} ({candidate.source})")
    raise GuardError(
        "no-interpreter",
        "no Python with pytest was found to run the project's tests",
        context=", ".join(tried) or "neither an environment nor a python on PATH",
        hint="name it: selfmod-guard pytest --python .venv/bin/python",
    )


def has_pytest(python: str, environ: Mapping[str, str]) -> bool:
    """Tell whether a Python starts and could import pytest."""
    from subprocess import DEVNULL, SubprocessError, run  # noqa: PLC0415 (as in `git`)

    try:
        done = run(
            [python, "-c", _PROBE], env=dict(environ), cwd=os.sep, check=False,
            stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL, timeout=_PATIENCE,
        )  # fmt: skip
    except (OSError, SubprocessError, ValueError):
        return False
    return done.returncode == 0


def is_for_the_guard_alone() -> bool:
    """
    Tell whether the running environment is a tool's, so that no project is in it.

    It is when ``uv tool`` or pipx made it, or when it holds nothing but the
    guard and what that needs.
    """
    if any(os.path.exists(os.path.join(sys.prefix, mark)) for mark in _TOOL_MARKS):
        return True
    places = [sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    installed = {normal(found.name): found for found in metadata.distributions(path=places)}
    return _US in installed and set(installed) <= _needed(installed)


def _asked(asked: str, environ: Mapping[str, str]) -> Interpreter:
    found = _python_of(asked) if os.path.isdir(asked) else asked
    if os.path.basename(found) == found:
        found = shutil.which(found, path=environ.get("PATH", os.defpath)) or found
    found = os.path.abspath(found)
    if not has_pytest(found, environ):
        raise UsageError(
            "interpreter-unusable",
            "what --python names is not a Python that has pytest",
            context=f'"{asked}"',
            hint=f"install it there, or name another: {asked} -m pip install pytest",
        )
    return Interpreter(found, "--python")


def _candidates(environ: Mapping[str, str], top: str) -> Iterator[Interpreter]:
    if os.path.isabs(environ.get("VIRTUAL_ENV", "")):
        yield Interpreter(_python_of(environ["VIRTUAL_ENV"]), "VIRTUAL_ENV")
    local = _python_of(os.path.join(top, _LOCAL))
    if os.path.exists(local) and not _is_tracked(_LOCAL, top, environ):
        yield Interpreter(local, ".venv")
    if sys.executable and not is_for_the_guard_alone():
        yield Interpreter(sys.executable, "running")
    for name in ("python3", "python"):
        for folder in environ.get("PATH", os.defpath).split(os.pathsep):
            path = os.path.join(folder, name + _SUFFIX)
            if os.path.isabs(folder) and os.access(path, os.X_OK) and os.path.isfile(path):
                yield Interpreter(path, "PATH")
                break


def _is_tracked(name: str, top: str, environ: Mapping[str, str]) -> bool:
    """Tell whether HEAD has anything of that name at the top: then it is no environment of ours."""
    try:
        listed = Git(top, environ).attempt("ls-tree", "--full-tree", "--name-only", "-z", "HEAD")
    except GuardError:
        return False  # without git there is no verdict either that could let it run
    # On some disks a name in capitals is the same one.
    return name in os.fsdecode(listed.output).casefold().split("\0")


def _python_of(folder: str) -> str:
    return os.path.join(folder, _FOLDER, f"python{_SUFFIX}")


def _is_python(script: str) -> bool:
    """Tell whether a command is one that an installer made, and not, say, a shim in shell."""
    try:
        with open(script, "rb") as file:
            start = file.read(512)
    except OSError:
        return False
    first, _, rest = start.partition(b"\n")
    # Installers write the second form where the path is too long for the first.
    return os.name == "nt" or (
        first.startswith(b"#!") and (b"python" in first or rest.startswith(b"'''exec'"))
    )


def _needed(installed: Mapping[str, metadata.Distribution]) -> set[str]:
    """Give the names of what the guard needs, and of what that needs, and of installers."""
    needed, waiting = set(_INSTALLERS), [_US]
    while waiting:
        name = waiting.pop()
        if name not in needed and name in installed:
            waiting += map(normal, requirements(installed[name]))
        needed.add(name)
    return needed


def requirements(found: metadata.Distribution) -> Iterator[str]:
    """Give the names of what a distribution needs, without its extras."""
    for line in found.requires or ():
        name = re.match(r"[\w.-]+", line)
        if name and "extra ==" not in line:
            yield name[0]


def normal(name: str) -> str:
    """Spell a distribution's name as indexes do."""
    return re.sub(r"[-_.]+", "-", name).lower()
