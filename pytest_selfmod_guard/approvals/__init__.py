"""
Approvals: signatures of people whom the base trusts, each for exactly one change.

An approval names the repository, the change by its digest, whose signature it
is, until when it holds and why. It is kept as a blob under a ref of its own,
``refs/selfmod/approvals/<digest>/<name>``, so that those of several people
never collide when they are pushed. What is kept there is believed only as far
as its signature goes.
"""

from __future__ import annotations

from pytest_selfmod_guard.approvals._kept import REF, Kept, keep, listed, reach
from pytest_selfmod_guard.approvals._repository import repository_of
from pytest_selfmod_guard.approvals._signers import Signer, signers_in
from pytest_selfmod_guard.approvals._terms import (
    MOST_REASON,
    NAMESPACE,
    Terms,
    digest_of,
    pack,
    unpack,
)

__all__ = [
    "MOST_REASON",
    "NAMESPACE",
    "REF",
    "Kept",
    "Signer",
    "Terms",
    "digest_of",
    "keep",
    "listed",
    "pack",
    "reach",
    "repository_of",
    "signers_in",
    "unpack",
]
