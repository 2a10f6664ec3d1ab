"""
``selfmod-guard demo``: watch an agent's commits be judged, in a scratch repository.

It checks itself: an act that does not end as it should is named, and the exit
code is 1.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

from pytest_selfmod_guard.context import Context
from pytest_selfmod_guard.doors._demo import show
from pytest_selfmod_guard.doors._demo.acts import ACTS, Act
from pytest_selfmod_guard.doors._demo.scratch import Scratch
from pytest_selfmod_guard.doors._demo.show import Look, Played, look
from pytest_selfmod_guard.doors._demo.stage import (
    Outcome,
    approve,
    attempt,
    can_sign,
    countdown,
    set_up,
)
from pytest_selfmod_guard.doors._terminal import say
from pytest_selfmod_guard.errors import EXIT_ALLOWED, EXIT_DENIED, EXIT_UNDECIDED


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what ``demo`` understands."""
    parser.add_argument("--keep", action="store_true", help="keep the scratch repository")
    parser.add_argument("--plain", action="store_true", help="no colour, and nothing but ASCII")


def main(args: argparse.Namespace, context: Context) -> int:
    """Play every act, show each, and sum up."""
    seen = look(context.environ, plain=args.plain)
    show.opening(seen)
    with _scratch(keep=args.keep) as folder:
        stage = set_up(folder, context.environ)
        acts = [act for act in ACTS if not act.needs_key or can_sign(stage.environ)]
        played = [_play(number, act, stage, seen) for number, act in enumerate(acts, 1)]
    show.ending(played, seen)
    if len(played) < len(ACTS):
        say(f"Without ssh-keygen {len(ACTS) - len(played)} acts about approvals were left out.")
    if args.keep:
        say(f"Kept: {stage.repository}")
    return EXIT_DENIED if any(one.fault for one in played) else EXIT_ALLOWED


def fault(act: Act, outcome: Outcome) -> str:
    """Say what is wrong with how an act ended; nothing if it ended as it should."""
    if wrong := _fault(act, outcome):
        return wrong
    stands = outcome.breaker.removeprefix("circuit breaker: ").partition(",")[0]
    if act.breaker != stands:
        return f"the circuit breaker should be {act.breaker}, and is {stands}"
    return ""


def _fault(act: Act, outcome: Outcome) -> str:
    told = "\n".join(outcome.words)
    if not act.refusers:
        if outcome.code or not outcome.landed:
            return "it should have landed, and did not"
        signs = ("went round the guard", *act.named_by) if act.named_by else ()
        return "" if all(sign in told for sign in signs) else "it went round, and was not named"
    if outcome.landed or not outcome.code:
        return "it should have been refused, and landed"
    if f"- exit code: {EXIT_UNDECIDED if act.kept_out_by else EXIT_DENIED}" not in outcome.words:
        if act.kept_out_by:
            return "it should not even have been looked at"
        return "it was not denied: the guard could not judge it"
    silent = [rule for rule in act.refusers if rule not in told]
    return f"it was refused, but not by {' and '.join(silent)}" if silent else ""


@contextmanager
def _scratch(*, keep: bool) -> Iterator[str]:
    prefix = "selfmod-guard-demo-"
    if keep:
        yield tempfile.mkdtemp(prefix=prefix)
        return
    with tempfile.TemporaryDirectory(prefix=prefix) as folder:
        yield folder


def _play(number: int, act: Act, stage: Scratch, seen: Look) -> Played:
    stage.write(act.files)
    show.intention(number, act, stage.summary(), seen)
    if act.is_patient:
        _wait(stage, seen)
    if act.approved:
        show.approval(act, approve(stage, act), seen)
    show.command(act)
    outcome = attempt(stage, act)
    played = Played(act, outcome, fault(act, outcome))
    show.result(played, seen)
    return played


def _wait(stage: Scratch, seen: Look) -> None:
    seconds = countdown(stage)
    show.waiting(seconds, seen)
    time.sleep(seconds)
