"""SMG202: a shell command that destroys data, in any file but Python."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, text_rule
from pytest_selfmod_guard.rules.danger._destructive import FROM_NETWORK, INSTALLERS, shell
from pytest_selfmod_guard.view import Side

_COMMENTS = ("#", "// ", "REM ", "-- ")


@text_rule(
    "SMG202",
    risk=Risk.HIGH,
    hint="name exactly what is to go, below a folder of the project, "
    'and let the shell stop on an empty variable: rm -rf "${DIR:?}/build"',
    triggers=(
        b"rm", b"find", b"mkfs", b"dd", b"/dev/", b":()", b":(", b"chmod", b"chown", b"curl",
        b"wget", b"drop",
    ),
)  # fmt: skip
def destructive_shell(side: Side) -> Iterable[Sighting]:
    """
    A script gains a command that destroys data beyond undoing.

    Deleting under a wide path, a variable that may be empty before a slash,
    formatting disks, and running scripts straight from the network: one wrong
    assumption and the machine is lost. It is looked for in scripts, CI files,
    build files and any other text; in prose it is only worth a note, and
    comments are passed over. For Python see SMG205.

    Flagged: everything below a variable
        === scripts/clean.sh
        + rm -rf "$1"/*

    Flagged: whatever a variable names [medium]
        === scripts/clean.sh
        + rm -rf "$1"

    Flagged: the whole home [critical]
        === Makefile
          clean:
        + 	rm -rf ~/

    Flagged: a script from the network
        === install.sh
        + curl -sSL https://example.com/install.sh | sudo bash

    Flagged: the installer of a tool that everybody knows [medium]
        === .github/workflows/test.yml
        + - run: curl -LsSf https://astral.sh/uv/install.sh | sh

    Allowed: a folder of the project
        === scripts/clean.sh
        + rm -rf build/ dist/ ./*.egg-info

    Allowed: an image's package lists
        === Dockerfile
        + RUN apt-get update && rm -rf /var/lib/apt/lists/*

    Allowed: the variable must not be empty
        === scripts/clean.sh
        + rm -rf "${TARGET:?}/build"

    Allowed: it was there before
        === scripts/clean.sh
          rm -rf "$1"/*
        + echo done

    Allowed: a comment, and prose
        === scripts/clean.sh
        + # never write rm -rf / here
        === docs/usage.md
        + Never type `rm -rf /` as root.
    """
    prose = paths.is_prose(side.path) and not side.is_executable
    for number, line in enumerate(side.lines, 1):
        if line.lstrip().startswith(_COMMENTS):
            continue
        for harm in shell(line)[:1]:
            known = harm.what == FROM_NETWORK and INSTALLERS.search(line) is not None
            risk = Risk.LOW if prose else Risk.MEDIUM if known else harm.risk
            yield Sighting(number, f"the command {harm.what}", " ".join(line.split()), risk=risk)
