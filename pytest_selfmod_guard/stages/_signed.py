"""Whether a change is known to be somebody's: each of its commits signed by a key of the base."""

from __future__ import annotations

from pytest_selfmod_guard.errors import GuardError
from pytest_selfmod_guard.git import Commit, Git, Objects
from pytest_selfmod_guard.model import Actor, Change, Confidence
from pytest_selfmod_guard.policy import Policy
from pytest_selfmod_guard.signing import Keygen, Signers
from pytest_selfmod_guard.stages import read
from pytest_selfmod_guard.stages._signers import signers_of

_NAMESPACE = "git"  # what git signs commits in
_MOST = 200
"""Commits that are asked about."""


def known_author(
    git: Git, change: Change, policy: Policy, at: float
) -> tuple[Actor | None, tuple[str, ...]]:
    """
    Give who signed all the commits of a change, and notes on that.

    :param policy: the base's, which names the file of those who count
    :param at: seconds since the epoch, when the keys have to be valid
    :returns: None where a commit is not signed, or by a key that does not count
    """
    if not policy.approvals.allowed_signers or not 0 < len(change.steps) <= _MOST:
        return None, ()
    commits = _all_signed(git, change)
    if not commits:
        return None, ()
    if git.is_shallow():
        return None, ("The author is not known by the signature: the clone is shallow.",)
    try:
        signers = signers_of(git, change.base, policy.approvals)
        who = dict.fromkeys(_signer(git, commit, signers, at) for commit in commits)
    except GuardError as error:
        why = error.context or error.message
        return None, (f"The author is not known by the signature: {why}.",)
    shown = commits[-1].oid[:10] if len(commits) == 1 else f"{len(commits)} commits"
    return Actor("human", " and ".join(who), Confidence.HIGH, f"signature of {shown}"), ()


def _all_signed(git: Git, change: Change) -> list[Commit]:
    """Give the commits of a change; none where one of them is not signed, or no commit yet."""
    commits = []
    with Objects(git) as objects:
        for step in change.steps:
            commit = objects.commit(step.origin.commit) if step.origin.commit else None
            if commit is None or not (commit.signature or _adds_nothing(git, commit)):
                return []
            commits.append(commit)
    return [commit for commit in commits if commit.signature]


def _adds_nothing(git: Git, commit: Commit) -> bool:
    """Tell whether it is a merge as git makes it by itself, such as GitHub checks out."""
    is_merge = len(commit.parents) > 1
    return is_merge and not read.merged(git, commit.oid).files


def _signer(git: Git, commit: Commit, signers: Signers, at: float) -> str:
    return (
        Keygen(git.environ)
        .verify(commit.signed, commit.signature, signers, namespace=_NAMESPACE, at=at)
        .principal
    )
