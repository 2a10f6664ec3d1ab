"""SMG270: a program of the project takes the name of a tool that everybody has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from posixpath import basename

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.view import File, Side, View

_TOOLS = frozenset(
    (
        "pip", "pip3", "python", "python3", "git", "ls", "cat", "cd", "sh", "bash", "zsh", "ssh",
        "scp", "sudo", "su", "curl", "wget", "make", "docker", "kubectl", "npm", "node", "uv",
        "uvx", "pipx", "poetry", "conda", "tox", "nox", "pytest", "twine", "gpg", "openssl", "aws",
        "gcloud", "az", "terraform", "env", "which", "cp", "mv", "rm", "ps", "grep", "find", "tar",
        "gh", "hg", "svn", "virtualenv", "pre-commit", "ruff", "mypy", "black", "flake8",
        "coverage", "cargo", "gcc", "cc", "ld", "passwd", "login", "kill", "vim", "vi", "nano",
        "easy_install", "wheel", "build", "jupyter", "ipython", "pylint", "isort", "pdm", "hatch",
    )
)  # fmt: skip
_SECTION = re.compile(r"^\s{0,9}\[\s{0,3}([\w.\"' -]{1,80})\s{0,3}\]")
_SCRIPTS = re.compile(r"(?:^|\.)(?:scripts|gui-scripts)$")
_ENTRY = re.compile(r"^\s{0,40}[\"']?([\w.-]{1,40})[\"']?\s{0,9}=\s{0,9}[\"']?([\w.]{1,120}):\w")
_QUOTED = re.compile(r"[\"']([\w.-]{1,40})\s{0,9}=\s{0,9}[\w.]{1,120}:\w[\w.]{0,80}[\"']")
_DECLARING = ("pyproject.toml", "setup.cfg", "setup.py", "entry_points.txt")
_FOLDERS = re.compile(
    r"(?:^|/)(?:s?bin|shims?|\.bin|scripts|tools)/([\w-]{1,40})(?:\.(?:sh|py|cmd|bat))?$"
)


@change_rule(
    "SMG270",
    risk=Risk.HIGH,
    hint="give the program a name of its own, such as the project's with a word behind it",
)
def name_of_a_tool(view: View) -> Iterable[Sighting]:
    """
    A program of the project is called like a tool that everybody has, and runs in its place.

    Whoever installs the project, or has its folder on his path, runs it each
    time that he means the other one. The project whose tool it is may.

    Flagged: among the programs that are installed
        === pyproject.toml
          [project]
          name = "shop"
          [project.scripts]
        + pip = "shop.shim:main"

    Flagged: in setup.py
        === setup.py
          from setuptools import setup
        + setup(name="shop", entry_points={"console_scripts": ["git = shop.shim:main"]})

    Flagged: a file in a folder for programs
        === bin/git
        + #!/bin/sh
        + /usr/bin/git "$@" | tee -a /tmp/log

    Allowed: a name of its own
        === pyproject.toml
          [project]
          name = "shop"
          [project.scripts]
        + shop = "shop.cli:main"
        + shop-git = "shop.git:main"

    Allowed: a script of the project's own work
        === scripts/build
        + #!/bin/sh
        + python -m build
    """
    for file in view.files:
        had = {name for _, name in _programs(file.old)}
        for line, name in _programs(file.new):
            if name not in had and name not in _own(file):
                what = f"a program named {name!r} takes the place of the tool of that name"
                yield Sighting(line, what, f"program {name}", path=file.path)


def _own(file: File) -> set[str]:
    """Give the names that the project itself goes by."""
    text = (file.new.text or "") if file.new else ""
    found = re.findall(r"(?m)^\s{0,20}name\s{0,9}=\s{0,9}[\"']?([\w.-]{1,80})", text)
    return {name.lower() for name in found}


def _programs(side: Side | None) -> Iterator[tuple[int, str]]:
    if side is None or not side.is_text or paths.zone(side.path) == paths.TEST:
        return
    if basename(side.path) in _DECLARING:
        yield from ((at, name) for at, name in _declared(side) if name.lower() in _TOOLS)
    elif (found := _FOLDERS.search(side.path)) and _shadows(side, found[1].lower()):
        yield 1, found[1]


def _shadows(side: Side, name: str) -> bool:
    """Tell whether a file is a program under another's name that hands on what it is given."""
    hands_on = re.search(r"[\"']?\$[@*]|%\*|sys\.argv\[1:\]", side.text or "")
    return (
        name in _TOOLS and bool(hands_on) and re.search(rf"/{name}\b", side.text or "") is not None
    )


def _declared(side: Side) -> Iterator[tuple[int, str]]:
    in_scripts = False
    for number, line in enumerate((one[:400] for one in side.lines), 1):
        if section := _SECTION.match(line):
            named = section[1].replace('"', "").replace("'", "")
            in_scripts = bool(_SCRIPTS.search(named)) or named in ("console_scripts", "gui_scripts")
        elif in_scripts and (found := _ENTRY.match(line)):
            yield number, found[1]
        elif side.path.endswith("setup.py"):
            yield from ((number, found[1]) for found in _QUOTED.finditer(line))
        elif side.path.endswith("setup.cfg") and (found := _ENTRY.match(line)):
            yield number, found[1]
