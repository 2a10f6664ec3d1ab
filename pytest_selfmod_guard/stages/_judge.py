"""
By which policy a change is judged, and what is let be that is committed already.

People must not be locked out of their own repository. So where nobody can be
asked to approve it, what somebody who is no agent has committed to the guard's
own policy and hooks is a warning at the next door; the push and CI still judge
it in full.
"""

from __future__ import annotations

from collections.abc import Iterable
from time import localtime, strftime

from pytest_selfmod_guard import policy as policies
from pytest_selfmod_guard.errors import PolicyError
from pytest_selfmod_guard.git import Git
from pytest_selfmod_guard.model import Actor, Allowed, Base, Change, Denied, Finding, Verdict
from pytest_selfmod_guard.policy import Policy
from pytest_selfmod_guard.stages.decide import is_bound
from pytest_selfmod_guard.stages.read import trusted
from pytest_selfmod_guard.state import State


def policy_for(change: Change, stand: str, *, is_past: bool) -> tuple[Policy, tuple[str, ...]]:
    """
    Read the policy of a change's base, and notes on it.

    Under a policy that cannot be read nothing passes a hook, so it can only be
    mended by a commit that goes past it. The defaults judge that commit.

    :param stand: the folder one stands in, whose own policy judges only what lies within it
    :param is_past: the change is committed already, or in part
    """
    paths = {path for file in change.files for path in (file.path, file.before)}
    folder = stand if all(path.startswith(f"{stand}/") for path in paths) else ""
    try:
        return policies.load(change.base, folder), ()
    except PolicyError as error:
        if not is_past:
            raise
        return Policy(), (f"The defaults judged: the policy of the base is not usable ({error}).",)


def waiving_policy(git: Git, base: Base, policy: Policy) -> Policy:
    """
    Give the policy that says who may wave something through: as the protected branch is now.

    Where to leave that branch is up to whoever makes a change, and may be before
    somebody was taken off the list.

    :param policy: as the base has it
    """
    if base.judge in ("", base.commit):
        return policy
    try:
        return policies.load(trusted(git, base.judge), git.prefix())
    except PolicyError:
        return Policy()  # which names nobody


def unless_disabled(policy: Policy, state: State) -> tuple[Policy, tuple[str, ...]]:
    """Let nothing be enforced where a person has turned the guard off; and say so."""
    off = state.disabled
    if off is None:
        return policy, ()
    since = strftime("%Y-%m-%d %H:%M", localtime(off.at))
    why = f" ({off.reason})" if off.reason else ""
    note = (
        f"The guard is disabled since {since} by {off.by}{why}: nothing is enforced."
        " Turn it on: selfmod-guard enable"
    )
    return policy._replace(mode="warn"), (note,)


def spare(verdict: Verdict, committed: Iterable[Finding], actor: Actor, policy: Policy) -> Verdict:
    """
    Let findings about the guard itself pass that are committed already.

    Where the base says who may approve, they wait for that.

    :param committed: what was found in the commits
    :param policy: as the base has it
    """
    if is_bound(actor, policy) or not isinstance(verdict, Denied):
        return verdict
    if policy.approvals.allowed_signers:
        return verdict
    spared = {_known_again(finding) for finding in committed if finding.family == "selfguard"}
    because = tuple(item for item in verdict.because if _known_again(item) not in spared)
    if because:
        return verdict._replace(because=because)
    return Allowed(verdict.evidence, enforced=verdict.enforced)


def _known_again(finding: Finding) -> tuple[str, str, str]:
    """Know a finding again where more lines stand before it."""
    return (finding.rule, finding.path, finding.message)
