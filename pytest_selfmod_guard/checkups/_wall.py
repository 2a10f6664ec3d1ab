"""What keeps a job that runs the guard from being a wall."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from pytest_selfmod_guard.checkups._jobs import Command, Job

_JUDGES = re.compile(
    r"selfmod[-_]guard[\"']?(==[\w.]+)?[\"']?\s+(pytest|check)\b"
    r"|pytest\b.*--selfmod-guard\b"
)
_INSTALLS = re.compile(r"\b(install|add|sync|uvx|tool run|pipx)\b")
_US = re.compile(r"pytest[-_]selfmod[-_]guard(?![\"']?\s+(pytest|check)\b)")
_BY_NAME = re.compile(r"selfmod[-_]guard(\[[\w,]*\])?==\d")
_FIXED = re.compile(r"@[0-9a-f]{40}\b|--require-hashes|--hash=")
_SOURCE = "pytest-selfmod-guard @ git+URL@WHOLE-COMMIT-ID"
_PROJECT = re.compile(
    r"\binstall\b.*\s[\"']?(-e\s*|--editable[ =])?\.{1,2}/?(\[[\w, -]*\])?[\"']?(\s|$)"
    r"|\b(poetry|pdm|hatch|flit)\s+(install|env|sync)\b|\buv\s+sync\b"
    r"|setup\.py\s+(install|develop)\b"
)
_FORGIVES = re.compile(r"\|\|\s*(true|:|exit\s+0|echo\b)|;\s*(true|:|exit\s+0)\s*$|\bset\s+\+e\b")
_WHOLE = re.compile(r"\bgit\s+(fetch|clone)\b")


class Hole(NamedTuple):
    """One of them."""

    state: str
    what: str
    """The end of a sentence that begins with the job."""
    mend: str
    """What to do in the file."""


def judges(job: Job) -> bool:
    """Tell whether a job runs the guard."""
    return _judge(job) is not None


def holes(job: Job) -> Iterator[Hole]:
    """Say what can be seen offline."""
    at = _judge(job)
    if at is None:
        return
    before, judge = job.commands[:at], job.commands[at]
    yield from _result(job, judge)
    yield from _order(before, job.commands[: at + 1])
    if not all(_sees_all(job, command) for command in before):
        mend = "set `fetch-depth: 0` in its checkout, or `GIT_DEPTH: 0` on GitLab"
        yield Hole("warning", "fetches only a part of the history, so it cannot judge", mend)


def _judge(job: Job) -> int | None:
    found = (at for at, command in enumerate(job.commands) if _JUDGES.search(command.text))
    return next(found, None)


def _result(job: Job, judge: Command) -> Iterator[Hole]:
    if job.forgives or judge.forgives:
        mend = "take `continue-on-error` or `allow_failure` out of it"
        yield Hole("broken", "passes when the guard denies", mend)
    if _FORGIVES.search(judge.text):
        mend = "let the guard's own exit code be the command's"
        yield Hole("broken", f"throws the verdict away: {judge.text}", mend)
    condition = job.condition or judge.condition
    if condition:
        mend = "take the condition away: what is skipped counts as passed"
        yield Hole("warning", f"judges only if {condition}", mend)


def _order(before: tuple[Command, ...], run: tuple[Command, ...]) -> Iterator[Hole]:
    if any(_PROJECT.search(command.text) for command in before):
        mend = "judge first, then install the project, which runs its code"
        yield Hole("broken", "installs the change before it judges it", mend)
    install = next((at for at, command in enumerate(run) if _is_install(command)), None)
    if install is None:
        mend = "install it there from a pin, before the checkout"
        yield Hole("warning", "does not show where its guard comes from", mend)
        return
    yield from _pin(run[install].text)
    if any(not command.text for command in run[:install]):
        mend = "install the guard before the checkout (on GitLab: `GIT_STRATEGY: none`)"
        yield Hole("warning", "has the change there before the guard is installed", mend)


def _pin(install: str) -> Iterator[Hole]:
    if _FIXED.search(install):
        return
    mend = f'install it from a source that you trust: "{_SOURCE}"'
    if _BY_NAME.search(install):
        what = "takes the guard by its name from the package index, where nobody owns that name yet"
        yield Hole("warning", what, mend)
    else:
        yield Hole("warning", "installs a guard that is not pinned", mend)


def _is_install(command: Command) -> bool:
    return bool(_INSTALLS.search(command.text) and _US.search(command.text))


def _sees_all(job: Job, command: Command) -> bool:
    return command.is_whole or any(_WHOLE.search(one.text) for one in job.commands)
