"""Approvals: is the file of those who may sign there, and can signatures be checked."""

from __future__ import annotations

from collections.abc import Iterator
from shlex import quote

from pytest_selfmod_guard.checkups._facts import Facts
from pytest_selfmod_guard.errors import CouldNotJudge, PolicyError
from pytest_selfmod_guard.policy import Approvals
from pytest_selfmod_guard.status import Line

ORDER = 50
NAME = "approvals"


def ask(facts: Facts) -> Iterator[Line]:
    """Ask only where the policy names somebody."""
    try:
        policy = facts.policy
    except PolicyError:
        return  # the policy says so
    path = policy.approvals.allowed_signers if policy else ""
    if not path:
        yield Line(NAME, "ok", "the policy names nobody who may approve a change, so nobody can")
        return
    lines = [*_files(facts, policy.approvals if policy else Approvals()), *_keygen(facts)]
    yield from lines
    if not lines:
        yield Line(NAME, "ok", f"{path} of HEAD says who may approve, and ssh-keygen can check it")


def _files(facts: Facts, named: Approvals) -> Iterator[Line]:
    files = {"allowed-signers": named.allowed_signers, "revoked-keys": named.revoked_keys}
    for key, path in files.items():
        if path and not facts.has(path):
            message = f"approvals.{key} names {path!r}, which HEAD does not hold"
            yield Line(NAME, "broken", message, _mend(facts, key, path))


def _keygen(facts: Facts) -> Iterator[Line]:
    try:
        facts.check_keygen()
    except CouldNotJudge as error:
        yield Line(NAME, "broken", f"{error} ({error.slug})", error.hint)


def _mend(facts: Facts, key: str, path: str) -> str:
    if facts.lies(path):
        return f"git add {quote(f':/{path}')} && SKIP=selfmod-guard git commit"
    if key == "allowed-signers":
        return "selfmod-guard init --approver KEY"
    return f"touch {quote(path)} at the top, and commit it"
