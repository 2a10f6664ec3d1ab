"""Object ids, computed without git."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hashlib import _Hash

_SHA1_DIGITS = 40


def hasher(kind: str, size: int, *, like: str) -> _Hash:
    """Return a hash object that has seen the header of an object of that size."""
    name = "sha1" if len(like) == _SHA1_DIGITS else "sha256"
    # Identification, not security: machines in FIPS mode allow SHA-1 only so.
    return hashlib.new(name, f"{kind} {size}\0".encode(), usedforsecurity=False)


def object_id(kind: str, data: bytes, *, like: str) -> str:
    """Return the id of an object, by the algorithm that made the id ``like``."""
    told = hasher(kind, len(data), like=like)
    told.update(data)
    return told.hexdigest()
