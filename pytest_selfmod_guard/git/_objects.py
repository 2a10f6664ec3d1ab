"""Reads objects through one ``git cat-file --batch``, and believes none unchecked."""

from __future__ import annotations

import os
from types import TracebackType
from typing import NamedTuple, Self

from pytest_selfmod_guard.errors import ReadError
from pytest_selfmod_guard.git._batch import Batch
from pytest_selfmod_guard.git._commit import Commit, parse_commit
from pytest_selfmod_guard.git._failures import forged_object, missing_object
from pytest_selfmod_guard.git._git import Git
from pytest_selfmod_guard.git._hash import hasher
from pytest_selfmod_guard.git._tree import Entry, Tree, parse_tree
from pytest_selfmod_guard.model import SYMLINK

LIMIT = 32 * 1024 * 1024
"""Bytes up to which an object is read into memory."""

_CHUNK = 1024 * 1024


class _Object(NamedTuple):
    oid: str
    kind: str
    size: int
    data: bytes | None


class Objects:
    """
    The objects of a repository, as a context manager around one process.

    All its answers together may take the git's time-out. What is read is
    hashed, so an object that was swapped on disk is an error.
    """

    def __init__(self, git: Git) -> None:
        self._git = git
        self._trees: dict[str, Tree] = {}

    def __enter__(self) -> Self:
        self._batch = Batch(self._git, "cat-file", "--batch")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._batch.close()

    def commit(self, rev: str) -> Commit | None:
        """Return the commit that a revision names, or None."""
        found = self._read(f"{rev}^{{commit}}")
        return parse_commit(found.oid, _whole(found)) if found else None

    def tree(self, rev: str) -> str | None:
        """Return the tree id that a revision (of a commit or a tree) names, or None."""
        found = self._read(f"{rev}^{{tree}}")
        if found:
            self._trees[found.oid] = parse_tree(_whole(found), like=found.oid)
        return found.oid if found else None

    def entry(self, tree: str, path: str) -> Entry | None:
        """Return mode and id of what is at a path of a tree, or None."""
        *folders, name = os.fsencode(path).split(b"/")
        for folder in folders:
            entry = self._tree(tree).get(folder)
            if entry is None or not entry.is_tree:
                return None
            tree = entry.oid
        return self._tree(tree).get(name)

    def blob(self, oid: str, limit: int = LIMIT) -> tuple[int, bytes | None]:
        """Return size and bytes of a blob; None for the bytes if they are over the limit."""
        found = self._read(oid, limit)
        if found is None:
            raise missing_object(oid)
        if found.oid != oid or found.kind != "blob":
            raise forged_object(oid)
        return found.size, found.data

    def document(self, rev: str, path: str) -> bytes | None:
        """
        Return the bytes of a file of a commit or tree, or None if there is none.

        A symbolic link, or a file over the limit, is an error: to take it for
        absent would be to judge by the defaults.
        """
        tree = self.tree(rev)
        if tree is None:
            raise missing_object(rev)
        entry = self.entry(tree, path)
        if entry is None or entry.is_tree or entry.is_submodule:
            return None
        data = self.blob(entry.oid)[1]
        if entry.mode == SYMLINK or data is None:
            raise _unusable(path)
        return data

    def _tree(self, oid: str) -> Tree:
        if oid not in self._trees and self.tree(oid) != oid:
            raise missing_object(oid)
        return self._trees[oid]

    def _read(self, name: str, limit: int = LIMIT) -> _Object | None:
        if any(letter < " " for letter in name):
            return None  # a line break would make two questions of one
        header = self._batch.ask(os.fsencode(name))
        if header.endswith((b" missing", b" ambiguous")):
            return None
        oid, kind, size = header.decode("ascii").rsplit(" ", 2)
        return _Object(oid, kind, int(size), self._body(oid, kind, int(size), limit))

    def _body(self, oid: str, kind: str, size: int, limit: int) -> bytes | None:
        told = hasher(kind, size, like=oid)
        kept = bytearray()
        for start in range(0, size, _CHUNK):
            chunk = self._batch.take(min(_CHUNK, size - start))
            told.update(chunk)
            if size <= limit:
                kept += chunk
        self._batch.take(1)
        if told.hexdigest() != oid:
            raise forged_object(oid)
        return bytes(kept) if size <= limit else None


def _whole(found: _Object) -> bytes:
    if found.data is None:
        raise ReadError(
            "object-too-large",
            f"a {found.kind} is larger than the {LIMIT} bytes that are read",
            context=f'"{found.oid}"',
            hint=f"look at it with `git cat-file -s {found.oid}`",
        )
    return found.data


def _unusable(path: str) -> ReadError:
    return ReadError(
        "unusable-document",
        "a file that the judge reads is a symbolic link or too large",
        context=f'"{path}" in the base',
        hint=f"make it a regular file, and see what it is with `git ls-tree -l HEAD {path}`",
    )
