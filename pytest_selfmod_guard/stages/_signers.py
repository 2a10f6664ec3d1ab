"""Whose signatures the base trusts."""

from __future__ import annotations

from pytest_selfmod_guard.errors import GuardError
from pytest_selfmod_guard.git import Git, Objects
from pytest_selfmod_guard.model import Base
from pytest_selfmod_guard.policy import Approvals
from pytest_selfmod_guard.signing import Signers


def signers_of(git: Git, base: Base, approvals: Approvals) -> Signers:
    """
    Read who may sign, and with which keys nobody may any more.

    :param approvals: the base's policy
    :raises GuardError: the policy names no file, or one that the base has not
    """
    if not approvals.allowed_signers:
        raise GuardError(
            "signers-unnamed",
            "the policy names nobody who may approve",
            context="approvals.allowed-signers",
            hint="let a person set it up and commit that: selfmod-guard init --approver KEY.pub",
        )
    with Objects(git) as objects:
        allowed = _file(objects, base.trusted, approvals.allowed_signers)
        revoked = approvals.revoked_keys
        return Signers(allowed, _file(objects, base.trusted, revoked) if revoked else b"")


def _file(objects: Objects, commit: str, path: str) -> bytes:
    data = objects.document(commit, path.removeprefix("./")) if commit else None
    if data is None:
        raise GuardError(
            "signers-missing",
            "the base has no such file of signers",
            context=path,
            hint=f"commit it, or name another in the policy: git add {path}",
        )
    return data
