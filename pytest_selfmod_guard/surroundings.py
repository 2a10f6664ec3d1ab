"""
What a project holds beside the files of a change, as the base has it.

Most rules need none of it. Those that ask, whether a name that goes is still
used elsewhere, read only what they ask for: the cost follows the change.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Protocol


class Surroundings(Protocol):
    """The tree of the base, to be asked about files that the change leaves alone."""

    def paths(self) -> frozenset[str]:
        """Give the path of every file, relative to the repository's top."""

    def read(self, path: str) -> bytes | None:
        """Give the bytes of a file; None for a link, a submodule, what is too large or missing."""

    def mentioning(self, words: Iterable[str]) -> tuple[str, ...]:
        """Give the paths of the files that have one of some words, sorted."""


class Given:
    """Surroundings made from a mapping: for tests, and where there is no repository."""

    def __init__(self, files: Mapping[str, bytes] | None = None) -> None:
        """Take path and bytes of each file."""
        self._files = dict(files or {})

    def paths(self) -> frozenset[str]:
        """Give the path of every file."""
        return frozenset(self._files)

    def read(self, path: str) -> bytes | None:
        """Give the bytes of a file, or None."""
        return self._files.get(path)

    def mentioning(self, words: Iterable[str]) -> tuple[str, ...]:
        """Give the paths of the files that have one of some words, sorted."""
        wanted = [rb"(?<!\w)%s(?!\w)" % re.escape(word.encode()) for word in words]
        if not wanted:
            return ()
        any_word = re.compile(b"|".join(wanted))
        return tuple(sorted(path for path, data in self._files.items() if any_word.search(data)))


NOWHERE = Given()
"""No surroundings: nothing but the change is known."""
