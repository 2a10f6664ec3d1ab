"""Which keys a file of allowed signers names, and for whom; only to choose one to sign with."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import NamedTuple


class Signer(NamedTuple):
    """One key that counts."""

    principals: str
    """As they stand there: names and patterns, with commas between."""
    key: str
    """The public key, in base 64."""

    def name_for(self, address: str) -> str:
        """Give the name by which this key signs for whoever has an address; empty if none fits."""
        names = self.principals.split(",")
        fitting = [name for name in names if fnmatchcase(address, name)] if address else []
        if fitting:
            return address
        return next((name for name in names if not set(name) & set("*?!")), "")


def signers_in(file: bytes) -> Iterator[Signer]:
    """Give the keys of a file of allowed signers; a line that is none says nothing."""
    for line in file.decode("utf-8", "replace").splitlines():
        words = line.split()
        keys = [word for word in words[1:] if word.startswith("AAAA")]
        if keys and not line.startswith("#"):
            yield Signer(words[0].strip('"'), keys[0])
