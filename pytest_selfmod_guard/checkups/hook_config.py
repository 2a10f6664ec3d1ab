"""The configuration of pre-commit: does it ask for our hooks, from a pin."""

from __future__ import annotations

import re
from collections.abc import Iterator
from shlex import quote

from pytest_selfmod_guard.checkups._facts import Facts, Ours, Wanted
from pytest_selfmod_guard.checkups._types import CONFIG, listed, needed
from pytest_selfmod_guard.status import Line

ORDER = 11
NAME = "hook config"

_PIN = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}|v?\d+(\.\d+)*([-.]?(a|b|rc|dev|post)\d*)?")
_BY_PRE_COMMIT = ("local", "meta", "")


def ask(facts: Facts) -> Iterator[Line]:
    """Look at what HEAD holds, and at what pre-commit will read."""
    head = facts.in_head
    if head is None:
        return  # the hooks say so
    if head.problem:
        mend = "correct it, and see what pre-commit says: pre-commit validate-config"
        yield Line(NAME, "broken", f"{CONFIG} of HEAD {head.problem}", mend)
        return
    if not head.hooks:
        message = f"{CONFIG} of HEAD has no hook of the guard"
        yield Line(NAME, "broken", message, "selfmod-guard init")
        return
    lines = [*_on_disk(head, facts.on_disk), *_types(head), *_pins(head)]
    yield from lines
    if not lines:
        names = listed(dict.fromkeys(hook.id for hook in head.hooks))
        yield Line(NAME, "ok", f"{CONFIG} of HEAD asks for {names}")
    yield from _program(facts)


def _on_disk(head: Wanted, disk: Wanted | None) -> Iterator[Line]:
    """Name what HEAD asks for and the file on disk does not, which is the one that is read."""
    there = {(hook.id, hook.stages) for hook in disk.hooks} if disk else set()
    gone = [hook.id for hook in head.hooks if (hook.id, hook.stages) not in there]
    if gone:
        message = (
            f"{CONFIG} on disk does not ask for {listed(dict.fromkeys(gone))} as HEAD does, and it"
            " is the one that is read; the command also takes back what else was changed in it"
        )
        yield Line(NAME, "broken", message, f"git checkout HEAD -- :/{CONFIG}")


def _types(head: Wanted) -> Iterator[Line]:
    missing = [name for name in needed(head) if name not in (head.types or ("pre-commit",))]
    if missing:
        message = f"a plain `pre-commit install` in a new clone leaves out {listed(missing)}"
        yield Line(NAME, "warning", message, "selfmod-guard init")


def _pins(head: Wanted) -> Iterator[Line]:
    loose = {(hook.repo, hook.rev): hook for hook in head.hooks if _is_loose(hook)}
    for repo, rev in loose:
        what = f"{rev!r}, which can be moved" if rev else "missing"
        mend = f"pre-commit autoupdate --freeze --repo {quote(repo)}"
        yield Line(NAME, "warning", f"the rev of {repo} is {what}", mend)


def _is_loose(hook: Ours) -> bool:
    return hook.repo not in _BY_PRE_COMMIT and not _PIN.fullmatch(hook.rev)


def _program(facts: Facts) -> Iterator[Line]:
    if not facts.pre_commit.command:
        message = "pre-commit itself is not installed"
        yield Line(NAME, "broken", message, "python -m pip install pre-commit")
