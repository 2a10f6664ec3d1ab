"""Approves a change: looks at it, has it signed, and keeps the signature."""

from __future__ import annotations

import re
from functools import partial
from typing import NamedTuple

from pytest_selfmod_guard import policy as policies
from pytest_selfmod_guard.approvals import (
    MOST_REASON,
    NAMESPACE,
    Terms,
    digest_of,
    keep,
    pack,
    repository_of,
    unpack,
)
from pytest_selfmod_guard.errors import ReadError, UsageError
from pytest_selfmod_guard.git import Git
from pytest_selfmod_guard.guard import Guard, Reader
from pytest_selfmod_guard.journals import Entry
from pytest_selfmod_guard.model import Receipt, as_json
from pytest_selfmod_guard.signing import Keygen
from pytest_selfmod_guard.stages import read
from pytest_selfmod_guard.stages._approved import Approved
from pytest_selfmod_guard.stages._ledger import as_line
from pytest_selfmod_guard.stages._signers import signers_of
from pytest_selfmod_guard.status import Approval
from pytest_selfmod_guard.system._keys import key_for

ACTIONS = ("disable", "breaker reset")
"""What an agent may do with an approval, by the commands that do it."""

_DIGEST = re.compile("[0-9a-f]{64}")


class Wanted(NamedTuple):
    """What is to be approved: one of the first three."""

    reason: str
    seconds: float
    """How long it is to hold."""
    target: str = ""
    """A commit, a range ``A..B``, or the digest of what is staged or was judged here."""
    staged: bool = False
    action: str = ""
    """One of :data:`ACTIONS`."""
    key: str = ""
    """The file of a key; by default one of the user's that the base lists."""


class _Subject(NamedTuple):
    digest: str
    what: str
    """In words, ``commit 1a2b3c4d5e, "mend the cart"``."""
    seen: Receipt | None = None
    """What the guard says of it; None where there is nothing to look at."""


def approve(guard: Guard, wanted: Wanted, by: str) -> Approval:
    """
    Sign one change, or one action.

    :param by: who does it, as they call themselves
    :raises GuardError: there is no such change, or nobody here may approve one
    """
    _refuse_bad(wanted.reason)
    base = read.trusted(guard.git)
    signers = signers_of(guard.git, base, guard.policy().approvals)
    keygen, key = Keygen(guard.context.environ), key_for(guard.git, signers, wanted.key)
    keygen.check()
    subject = _subject(guard, wanted)
    now = guard.context.clock()
    terms = Terms(
        repository=repository_of(guard.git, base.commit),
        change=subject.digest,
        approver=key.principal,
        expires=int(now + wanted.seconds),
        reason=wanted.reason.strip(),
    )
    lines = pack(terms)
    signature = keygen.sign(lines, key.file, namespace=NAMESPACE)
    who = keygen.verify(  # what would not count is not kept
        lines, signature, signers, namespace=NAMESPACE, at=now, principal=terms.approver
    )
    unpack(lines + signature)
    ref = keep(guard.git, terms.change, lines + signature)
    told = Approval(subject.what, *terms[1:], who.key, ref, subject.seen)
    body = as_json(told._replace(receipt=None)) | {"by": by}
    guard.journal.append(Entry(now, "approved", "", as_line(body), terms.change))
    return told


def _refuse_bad(reason: str) -> None:
    told = reason.strip()
    if not told or not told.isprintable() or len(told) > MOST_REASON:
        raise UsageError(
            "reason-needed",
            f"an approval has a reason: one line of at most {MOST_REASON} characters",
            hint="say why this change is right although a rule is against it: --reason TEXT",
        )


def _subject(guard: Guard, wanted: Wanted) -> _Subject:
    if wanted.action:
        return _Subject(digest_of(wanted.action), f"an agent's `{wanted.action}`")
    if wanted.staged:
        return _looked_at(guard, read.staged, "what is staged", "--staged")
    if ".." in wanted.target:
        old, new = read.parse_range(wanted.target)
        whole = partial(read.between, old=old, new=new)
        return _looked_at(guard, whole, f"the range {wanted.target}", f"--range {wanted.target}")
    if _DIGEST.fullmatch(wanted.target) and not _is_commit(guard.git, wanted.target):
        return _by_digest(guard, wanted.target)
    reader = partial(read.committed, commit=wanted.target)
    commit = reader(guard.git)
    shown = commit.head[:10]
    what = f'commit {shown}, "{commit.why}"'
    return _looked_at(guard, reader, what, f"--range {shown}^..{shown}")


def _looked_at(guard: Guard, reader: Reader, what: str, source: str) -> _Subject:
    change = reader(guard.git)
    if not change.files:
        raise UsageError(
            "nothing-to-approve",
            "there is no change to approve",
            context=what,
            hint="stage it, or name a commit: selfmod-guard approve COMMIT --reason TEXT",
        )
    return _Subject(change.digest, what, guard.judge(lambda _: change, source))


def _by_digest(guard: Guard, digest: str) -> _Subject:
    staged = read.staged(guard.git)
    if staged.digest == digest:
        return _looked_at(guard, read.staged, "what is staged", "--staged")
    if not guard.journal.about(digest):
        raise ReadError(
            "unknown-change",
            "no such change is staged, or was judged here",
            context=digest,
            hint="see what was: selfmod-guard audit tail",
        )
    return _Subject(digest, f"change {digest[:10]}, as it was judged here before")


def _is_commit(git: Git, name: str) -> bool:
    return git.attempt("cat-file", "-e", f"{name}^{{commit}}").code == 0


def approver_of(guard: Guard, action: str) -> str:
    """Give who has approved an action; empty where nobody has whom what is judged trusts."""
    base = guard.base_in_force()
    if base is None:
        return ""
    policy = policies.load(base, guard.git.prefix())
    terms = Approved(guard.git, base, policy, guard.context.clock()).of(digest_of(action))
    return terms.approver if terms else ""
