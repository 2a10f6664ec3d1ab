"""
Judges what the message of the next commit says of who made it.

The hooks before a commit cannot know the message. So what they judged as an
unknown author's is judged again, as an agent's, where the message names one.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from pytest_selfmod_guard.attribution import Identity, attribute
from pytest_selfmod_guard.ci import is_ci
from pytest_selfmod_guard.errors import GuardError
from pytest_selfmod_guard.git import Git
from pytest_selfmod_guard.guard import Guard
from pytest_selfmod_guard.model import Actor, Change, Denied, Evidence, Receipt
from pytest_selfmod_guard.policy import Policy
from pytest_selfmod_guard.stages import read
from pytest_selfmod_guard.stages._judge import unless_disabled
from pytest_selfmod_guard.stages.decide import is_bound
from pytest_selfmod_guard.stages.read._amended import amended
from pytest_selfmod_guard.stages.read._message import message_of
from pytest_selfmod_guard.stages.record import receipt
from pytest_selfmod_guard.stages.trailers import refusal

_SOURCE = "pre-commit selfmod-commit-msg"


def judge_message(guard: Guard, named: str = "") -> Receipt | None:
    """
    Judge the message of the commit that is about to be made.

    :param named: the file that it is in, where git says which
    :returns: None where it says nothing that was not known when the change was judged
    :raises GuardError: it cannot be read or judged, so it must not count as a pass
    """
    message = message_of(guard.git, named)
    by = attribute(guard.context.environ)
    said = attribute({}, [Identity("", (), message)])
    if "agent" not in (by.kind, said.kind):
        return None
    author = by if by.kind == "agent" else said
    policy = guard.policy()
    if error := refusal(message, author, policy):
        return _refused(guard, error, author, policy)
    if is_bound(by, policy) or not is_bound(said, policy):
        return None
    reader = partial(_next, environ=guard.context.environ, message=message)
    if amended(guard.git, guard.context.environ):
        guard.reconcile()  # so that a refusal of the new one does not accuse the old one
    return _if_it_may_land(guard, guard.judge(reader, "--staged"))


def _next(git: Git, environ: Mapping[str, str], message: str) -> Change:
    """Read the next commit: of an amended one all, as the message is about all of it."""
    change = amended(git, environ) or read.staged(git)
    return change._replace(why=message)


def _if_it_may_land(guard: Guard, told: Receipt) -> Receipt:
    """Hold an agent to the pre-flight, which let it pass while it was unknown."""
    refused = next((result for result in told.preflight if not result.allowed), None)
    if refused is None or told.decision != "allowed" or not told.enforced:
        return told
    told = told._replace(
        decision="undecided",
        outcome="undecided",
        slug=refused.slug,
        reason=refused.message,
        hint=refused.hint,
        retry_after=refused.retry_after,
    )
    guard.note(told)
    return told


def _refused(guard: Guard, error: GuardError, author: Actor, policy: Policy) -> Receipt:
    """Write down that the message was refused, and why."""
    notes: tuple[str, ...] = ()
    if not is_ci(guard.context.environ):
        policy, notes = unless_disabled(policy, guard.ledger.state())
    verdict = Denied(Evidence((), (), (), notes), (), enforced=policy.mode == "enforce")
    told = receipt(
        verdict,
        attempt=guard.context.new_id(),
        at=guard.context.clock(),
        seconds=0.0,
        source=_SOURCE,
        change=None,
        actor=author,
    )
    told = told._replace(slug=error.slug, reason=str(error), hint=error.hint)
    guard.note(told)
    return told
