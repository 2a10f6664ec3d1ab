"""
Decide: from the evidence to a verdict. Pure: the same evidence, the same verdict.

=========== ======================= ===================== ======================
family      an agent's change       an unknown author's   a known human's
=========== ======================= ===================== ======================
limits      denied                  as `actors.unknown`   warned
selfguard   denied                  denied                allowed, and said
the others  denied                  denied                denied
settled_by  denied                  as `actors.unknown`   warned
=========== ======================= ===================== ======================

Only findings at or over the policy's ``block-at`` count, and of those only what
nobody has waved through. The last row is for those, of any family, of which
only a trial or a person can tell whether they are innocent.
"""

from __future__ import annotations

from pytest_selfmod_guard.errors import GuardError
from pytest_selfmod_guard.model import (
    Actor,
    Allowed,
    Denied,
    Evidence,
    Finding,
    PreflightResult,
    Undecided,
    Verdict,
)
from pytest_selfmod_guard.policy import Policy


def decide(evidence: Evidence, actor: Actor, policy: Policy) -> Verdict:
    """Allow or deny a change by the base's policy."""
    because = tuple(item for item in evidence.findings if denies(item, actor, policy))
    if because:
        return Denied(evidence, because, enforced=policy.mode == "enforce")
    return Allowed(evidence, enforced=policy.mode == "enforce")


def denies(finding: Finding, actor: Actor, policy: Policy) -> bool:
    """Tell whether one finding is enough to deny this author's change."""
    if finding.waiver or finding.risk < policy.denies_at:
        return False
    if finding.family == "limits" or finding.settled_by:
        return is_bound(actor, policy)
    if finding.family == "selfguard":
        return actor.kind != "human"
    return True


def is_bound(actor: Actor, policy: Policy) -> bool:
    """Tell whether limits hold for an author; they only warn others."""
    return actor.kind == "agent" or (actor.kind == "unknown" and policy.actors.unknown == "agent")


def refused(evidence: Evidence, refusal: PreflightResult) -> Undecided:
    """Turn an answer of the pre-flight into a verdict: the change was not even looked at."""
    return Undecided(
        evidence,
        slug=refusal.slug,
        reason=refusal.message,
        hint=refusal.hint,
        retry_after=refusal.retry_after,
    )


def undecided(evidence: Evidence, error: GuardError) -> Undecided:
    """Turn a question that could not be asked into a verdict, which is never a pass."""
    return Undecided(evidence, slug=error.slug, reason=str(error), hint=error.hint)
