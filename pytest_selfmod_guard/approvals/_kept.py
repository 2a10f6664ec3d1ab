"""Where approvals are kept: each as a blob, under a ref of its own."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import NamedTuple

from pytest_selfmod_guard.errors import ReadError
from pytest_selfmod_guard.git import Git, Objects

REF = "refs/selfmod/approvals"
"""The folder of refs that they are under."""

_MOST = 64 << 10  # bytes of one approval
_MOST_OF_ONE = 20  # approvals of one change that are looked at
_NAME = re.compile(rb"refs/selfmod/approvals/([0-9a-f]{64})/([0-9a-f]{16})")


class Kept(NamedTuple):
    """An approval as it was found; nothing of it is checked."""

    ref: str
    change: str
    """The digest under which it is kept."""
    oid: str


def listed(git: Git) -> tuple[Kept, ...]:
    """Give the approvals of this clone, sorted by ref; of each change the first few."""
    told = git.run("for-each-ref", "--format=%(objectname) %(refname)", REF)
    counted: dict[str, int] = {}
    found = []
    for line in told.splitlines():
        oid, _, ref = line.partition(b" ")
        if name := _NAME.fullmatch(ref):
            digest = name[1].decode()
            counted[digest] = counted.get(digest, 0) + 1
            if counted[digest] <= _MOST_OF_ONE:
                found.append(Kept(ref.decode(), digest, oid.decode()))
    return tuple(found)


def reach(objects: Objects, kept: Kept) -> bytes:
    """
    Read one approval.

    :returns: empty where it is no file, or far too large for an approval
    """
    try:
        return objects.blob(kept.oid, _MOST)[1] or b""
    except ReadError:
        return b""


def keep(git: Git, change: str, data: bytes) -> str:
    """
    Keep an approval.

    :returns: the ref it is under
    :raises ReadError: git cannot write it
    """
    oid = git.run("hash-object", "-w", "--no-filters", "--stdin", feed=data).decode().strip()
    ref = f"{REF}/{change}/{sha256(data).hexdigest()[:16]}"
    git.run("update-ref", "--no-deref", ref, oid)
    return ref
