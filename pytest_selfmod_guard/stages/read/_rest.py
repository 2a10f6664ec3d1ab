"""The tree of the base, read as it is asked about."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cached_property

from pytest_selfmod_guard.git import Git, Objects
from pytest_selfmod_guard.git._failures import failure
from pytest_selfmod_guard.model import SUBMODULE, SYMLINK


class Rest:
    """What a commit holds, as :class:`~pytest_selfmod_guard.surroundings.Surroundings`."""

    def __init__(self, git: Git, commit: str) -> None:
        """Look at a commit."""
        self._git = git
        self._commit = commit

    def paths(self) -> frozenset[str]:
        """Give the path of every file."""
        return self._paths

    def read(self, path: str) -> bytes | None:
        """Give the bytes of a file, or None."""
        with Objects(self._git) as objects:
            tree = objects.tree(self._commit)
            entry = objects.entry(tree, path) if tree else None
            if entry is None or entry.is_tree or entry.mode in (SYMLINK, SUBMODULE):
                return None
            return objects.blob(entry.oid)[1]

    def mentioning(self, words: Iterable[str]) -> tuple[str, ...]:
        """Give the paths of the files that have one of some words, sorted."""
        patterns = [part for word in words for part in ("-e", word)]
        if not patterns:
            return ()
        found = self._git.attempt(
            "grep", "-l", "-z", "-F", "-w", "-a", "--no-textconv", "--full-name",
            *patterns, self._commit, "--", ":/",
        )  # fmt: skip
        if found.code > 1:
            raise failure(self._git.directory, found.reason)
        names = found.output.split(b"\0")[:-1]
        return tuple(sorted(os.fsdecode(name.partition(b":")[2]) for name in names))

    @cached_property
    def _paths(self) -> frozenset[str]:
        listed = self._git.run("ls-tree", "-r", "-z", "--name-only", "--full-tree", self._commit)
        return frozenset(map(os.fsdecode, listed.split(b"\0")[:-1]))
