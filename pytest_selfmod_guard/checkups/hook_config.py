"""The configuration of pre-commit: does it ask for our hooks, from a pin."""

from __future__ import annotations

import re
from collections.abc import Iterator
from shlex import quote

from pytest_selfmod_guard.checkups._entry import faults
from pytest_selfmod_guard.checkups._facts import Facts, Ours, Wanted
from pytest_selfmod_guard.checkups._types import CONFIG, listed, needed, stages_of
from pytest_selfmod_guard.status import Line

ORDER = 11
NAME = "hook config"

_PIN = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}|v?\d+(\.\d+)*([-.]?(a|b|rc|dev|post)\d*)?")
_JUDGE = "selfmod-guard"
_GATES = (("pre-commit", "broken"), ("pre-push", "broken"), ("pre-merge-commit", "warning"))
# As it says: a file that the index is told to leave alone would not be taken back.
_TAKE_BACK = f"git checkout --ignore-skip-worktree-bits HEAD -- :/{CONFIG}"
_GONE = "is not there (deleted, or left out by a sparse checkout), so nothing asks"
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
    lines = [*_on_disk(head, facts.on_disk), *_stages(head), *_faults(head)]
    lines += [*_types(head), *_pins(head)]
    yield from lines
    if not lines:
        names = listed(dict.fromkeys(hook.id for hook in head.hooks))
        yield Line(NAME, "ok", f"{CONFIG} of HEAD asks for {names}")
    yield from _program(facts)


def _on_disk(head: Wanted, disk: Wanted | None) -> Iterator[Line]:
    """Name what HEAD asks for and the file on disk does not, which is the one that is read."""
    there = [hook._replace(rev="") for hook in disk.hooks] if disk else []
    gone = [hook.id for hook in head.hooks if hook._replace(rev="") not in there]
    if gone:
        how = "on disk does not ask" if disk else _GONE
        message = (
            f"{CONFIG} {how} for {listed(dict.fromkeys(gone))} as HEAD does, and it is the one that"
            " is read; the command also takes back what else was changed in it"
        )
        yield Line(NAME, "broken", message, _TAKE_BACK)
    elif disk and (moved := [hook for hook in head.hooks if hook not in disk.hooks]):
        message = (
            f"{CONFIG} on disk, the one that is read, has another rev than HEAD"
            f" for {listed(dict.fromkeys(hook.repo for hook in moved))}"
        )
        yield Line(NAME, "warning", message, f"git diff HEAD -- :/{CONFIG}")


def _stages(head: Wanted) -> Iterator[Line]:
    """Say where nothing asks every rule; the other hooks ask only some, or come too late."""
    asked = {name for hook in head.hooks if hook.id == _JUDGE for name in stages_of(hook)}
    for name, state in _GATES:
        if name not in asked:
            message = f"{CONFIG} of HEAD asks for no {_JUDGE} in the stage {name}"
            mend = f"add {name} to the `stages` of {_JUDGE} in {CONFIG}, or: selfmod-guard init"
            yield Line(NAME, state, message, mend)


def _faults(head: Wanted) -> Iterator[Line]:
    for hook in head.hooks:
        for fault in faults(hook):
            message, mend = f"{hook.id} {fault.what}", f"in {CONFIG}, hook {hook.id}: {fault.mend}"
            yield Line(NAME, fault.state, message, mend)


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
