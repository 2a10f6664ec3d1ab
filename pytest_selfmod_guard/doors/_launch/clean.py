"""Judges in an interpreter of its own, which nothing of the project can reach."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import TypedDict

from pytest_selfmod_guard.context import Context
from pytest_selfmod_guard.doors._launch import isolated
from pytest_selfmod_guard.doors._launch.child import ask
from pytest_selfmod_guard.doors._launch.early import judged_late
from pytest_selfmod_guard.doors._launch.handover import unpack, written
from pytest_selfmod_guard.doors._launch.installed import run_at_start
from pytest_selfmod_guard.errors import GuardError
from pytest_selfmod_guard.git import Git
from pytest_selfmod_guard.model import UNKNOWN_ACTOR, Evidence, Receipt
from pytest_selfmod_guard.stages.decide import undecided
from pytest_selfmod_guard.stages.record import receipt


class Question(TypedDict):
    """What the judge is handed."""

    directory: str
    base: str | None


def judge(directory: str, environ: Mapping[str, str], base: str | None) -> Receipt:
    """
    Judge the change that CI is asked about, by code that it cannot touch.

    :param directory: where the user stands; any folder of the project
    :param environ: the user's variables, which may say what the change is
    :param base: what HEAD is compared with; None to find out
    :returns: the verdict; undecided when the judge died, hung or talked rubbish,
        or when code of the change ran in this process before
    """
    started = time.time()
    question = Question(directory=os.path.realpath(directory), base=base)
    top = top_of(directory, environ)
    line = isolated.command(__name__, question, top)
    try:
        told = unpack(ask(line, directory, environ))
    except GuardError as error:
        return noted(_stuck(error, base, started), directory, environ)
    late = judged_late(told, directory, {**sys.modules, **run_at_start(top)})
    return late if late.decision == told.decision else noted(late, directory, environ)


def noted(told: Receipt, directory: str, environ: Mapping[str, str]) -> Receipt:
    """Write down what became of a judgement after it; it is no pass, so nothing hangs on it."""
    from pytest_selfmod_guard.guard import Guard  # noqa: PLC0415 (seldom needed)

    with suppress(GuardError):
        Guard(Context(os.path.realpath(directory), environ)).note(told)
    return told


def top_of(directory: str, environ: Mapping[str, str]) -> str:
    """Return the top of the project's repository; the folder itself where there is none."""
    folder = os.path.realpath(directory)
    try:
        return os.path.realpath(Git(folder, environ).top())
    except GuardError:
        return folder


def inside(question: Question) -> int:
    """Be the judge, in the interpreter of its own, and write the verdict to its output."""
    # What a dependency may print must not stand in the answer.
    answer = os.dup(1)
    os.dup2(2, 1)
    directory = question["directory"]
    told = _told(Context.here(directory), question["base"])
    last = _looked_at_again(told, directory)
    if last.decision != told.decision:
        noted(last, directory, os.environ)
    with open(answer, "w", encoding="ascii") as stream:
        stream.write(written(last))
    return 0


def _looked_at_again(told: Receipt, directory: str) -> Receipt:
    from pytest_selfmod_guard.doors._launch.ondisk import judged_as_on_disk  # noqa: PLC0415 (as below)

    seen = judged_as_on_disk(told, Git(directory, os.environ))
    # The guard may judge its own repository: is what judged here a part of the change?
    return judged_late(seen, directory, sys.modules)


def _told(context: Context, base: str | None) -> Receipt:
    from pytest_selfmod_guard.guard import Guard  # noqa: PLC0415 (needed only inside)
    from pytest_selfmod_guard.stages import read  # noqa: PLC0415 (needed only inside)

    started = context.clock()
    try:
        reader = partial(read.proposed, environ=context.environ, base=base)
        return Guard(context).judge(reader, _source(base))
    except GuardError as error:
        return _stuck(error, base, started)


def _stuck(error: GuardError, base: str | None, started: float) -> Receipt:
    """Tell of a judgement that could not be made."""
    return receipt(
        undecided(Evidence((), (), (), ()), error),
        attempt=Context.here(os.curdir).new_id(),
        at=started,
        seconds=time.time() - started,
        source=_source(base),
        change=None,
        actor=UNKNOWN_ACTOR,
    )


def _source(base: str | None) -> str:
    """Say how a person would ask for it."""
    return f"--selfmod-base {base}" if base else "--selfmod-guard"
