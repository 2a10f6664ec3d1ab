"""Where the demonstration plays: a real repository with the real hook, and commits to it."""

from __future__ import annotations

import json
import os
import shlex
import sys
import time
from collections.abc import Mapping
from typing import NamedTuple

from pytest_selfmod_guard.doors._demo.acts import Act
from pytest_selfmod_guard.doors._demo.scratch import Scratch, environment
from pytest_selfmod_guard.doors._demo.shop import FILES, SIGNERS
from pytest_selfmod_guard.doors._setup.entry import STAGES, TYPES
from pytest_selfmod_guard.git import Git
from pytest_selfmod_guard.programs import find

AGENT = {"AI_AGENT": "demo-agent"}
"""What tells the guard that an agent commits."""

_PYTHON = (sys.executable, "-I", "-m")
_APPROVE = (*_PYTHON, "pytest_selfmod_guard", "approve", "--staged")
_STATUS = (*_PYTHON, "pytest_selfmod_guard", "breaker", "status")
_CONFIG = f"""\
default_install_hook_types: [{", ".join(TYPES)}]
repos:
  - repo: local
    hooks:
"""


class Outcome(NamedTuple):
    """What became of a commit."""

    code: int
    """The exit code of ``git commit``."""
    words: tuple[str, ...]
    """The lines that it printed, the hook's among them."""
    landed: str
    """The new commit's short id; empty when there is none."""
    seconds: float
    breaker: str = ""
    """How the circuit breaker stood afterwards, in its own words; empty where nobody looked."""


def set_up(folder: str, outer: Mapping[str, str]) -> Scratch:
    """
    Make the repository, install the hook, and commit the shop through it, as a person.

    :param outer: the environment of the process; little of it is passed on
    :raises GuardError: git is missing, or something does not work on this machine
    """
    # Said in our own words, and before anything is made.
    Git(folder, outer).run("version")
    stage = Scratch(folder, environment(folder, outer))
    os.mkdir(stage.repository)
    stage.must("git", "init", "--quiet", "--template=")
    stage.must("git", "symbolic-ref", "HEAD", "refs/heads/main")
    for key, value in (("name", "Sam Keeper"), ("email", "sam@shop.example")):
        stage.must("git", "config", f"user.{key}", value)
    hooks = {".pre-commit-config.yaml": _CONFIG + "".join(map(_hook, STAGES))}
    stage.write({**FILES, **hooks, SIGNERS: _make_key(stage)})
    # It reads from the configuration which of git's hooks there are to install.
    stage.must(*_PYTHON, "pre_commit", "install")
    stage.must("git", "commit", "--quiet", "--message", "Open the shop, guarded")
    return stage


def can_sign(environ: Mapping[str, str]) -> bool:
    """Tell whether there is a program here to make a key with."""
    return find("ssh-keygen", environ) is not None


def approve(stage: Scratch, act: Act) -> str:
    """Approve what is staged, as whose key the shop lists; return the first line that is said."""
    return stage.must(*_APPROVE, "--reason", act.approved).splitlines()[0]


def attempt(stage: Scratch, act: Act) -> Outcome:
    """Commit what is staged, as the agent; what must not land is swept away in any case."""
    before, started = _head(stage), time.monotonic()
    code, output = stage.run(*act.command, extra=AGENT)
    seconds = time.monotonic() - started
    after = _head(stage)
    stage.must("git", "reset", "--quiet", "--hard", before if act.refusers else after)
    landed = after if after != before else ""
    breaker = stage.must(*_STATUS).splitlines()[0] if act.breaker else ""
    return Outcome(code, tuple(output.splitlines()), landed, seconds, breaker)


def countdown(stage: Scratch) -> float:
    """Tell in how many seconds the circuit breaker lets something through."""
    told = json.loads(stage.must(*_STATUS, "--format", "json"))
    return float(told["retry_after"] or 0)


def _make_key(stage: Scratch) -> str:
    """Make Sam a key, and return the line that lists it; empty where none can be made."""
    if not can_sign(stage.environ):
        return ""
    key = os.path.join(stage.environ["HOME"], ".ssh", "id_ed25519")
    os.mkdir(os.path.dirname(key), 0o700)
    stage.must("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "Sam", "-f", key)
    with open(f"{key}.pub", encoding="utf-8") as file:
        return f"sam@shop.example {file.read()}"


def _hook(name: str) -> str:
    command = shlex.join((*_PYTHON, "pytest_selfmod_guard", "pre-commit", name))
    return f"""\
      - id: {name}
        name: {name}
        entry: {json.dumps(command)}
        language: system
        pass_filenames: false
        always_run: true
        require_serial: true
        stages: [{STAGES[name]}]
"""


def _head(stage: Scratch) -> str:
    return stage.must("git", "rev-parse", "--short", "HEAD").strip()
