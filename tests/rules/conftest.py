"""Changes made from two mappings, so that a rule can be asked without a repository."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from hashlib import sha1
from typing import Protocol

import pytest

from pytest_selfmod_guard import policy as policies
from pytest_selfmod_guard.model import REGULAR, Base, Blob, Change, FileChange, Finding
from pytest_selfmod_guard.rules import all_rules
from pytest_selfmod_guard.stages.detect import detect
from pytest_selfmod_guard.surroundings import Given

Tree = Mapping[str, str | bytes | Blob]


class ChangeOf(Protocol):
    """Makes a change from what the files were and what they are to be."""

    def __call__(
        self,
        old: Tree,
        new: Tree,
        moved: Mapping[str, str] | None = None,
        *,
        known: Iterable[str] | None = None,
    ) -> Change:
        """
        Compare two trees.

        :param old: path to content before; a :class:`Blob` for odd modes
        :param new: path to content after
        :param moved: new path to old path, for what git would call a move
        :param known: which of the old files are the base's documents; all by default
        """


class Ask(Protocol):
    """Asks one rule about a change, as the guard would."""

    def __call__(
        self, rule: str, old: Tree, new: Tree, moved: Mapping[str, str] | None = None
    ) -> list[Finding]:
        """Give the findings of a rule, by its id, under the policy that the old tree holds."""


@pytest.fixture(scope="session")
def change_of() -> ChangeOf:
    """Give the function that makes a change from two mappings."""
    return _change_of


@pytest.fixture(scope="session")
def ask() -> Ask:
    """Give the function that asks one rule about two trees."""
    rules = {rule.id: rule for rule in all_rules()}

    def asked(
        rule: str, old: Tree, new: Tree, moved: Mapping[str, str] | None = None
    ) -> list[Finding]:
        change = _change_of(old, new, moved)
        rest = Given({path: blob.data or b"" for path, blob in _blobs(old).items()})
        policy = policies.load(change.base)
        return list(detect(change, policy, (rules[rule],), rest=rest).findings)

    return asked


@pytest.fixture(scope="session")
def blob() -> Callable[..., Blob]:
    """Give the function that makes one side of a file, of any mode."""
    return _blob


def _blob(data: str | bytes | None, mode: int = REGULAR, size: int = 0) -> Blob:
    if data is None:
        return Blob(mode, "0" * 40, size, None)
    raw = data.encode() if isinstance(data, str) else data
    oid = sha1(b"blob %d\0" % len(raw) + raw, usedforsecurity=False).hexdigest()
    return Blob(mode, oid, len(raw), raw)


def _change_of(
    old: Tree,
    new: Tree,
    moved: Mapping[str, str] | None = None,
    *,
    known: Iterable[str] | None = None,
) -> Change:
    before, after, came_from = _blobs(old), _blobs(new), moved or {}
    files = [
        FileChange(
            path, before.get(came_from.get(path, path)), after.get(path), came_from.get(path, "")
        )
        for path in sorted({*before, *after} - set(came_from.values()))
    ]
    documents = {path: before[path].data or b"" for path in (before if known is None else known)}
    return Change(
        files=tuple(file for file in files if file.old != file.new or file.old_path),
        base=Base("0" * 40, documents),
        head="mapping",
        source="a test",
    )


def _blobs(tree: Tree) -> dict[str, Blob]:
    return {path: side if isinstance(side, Blob) else _blob(side) for path, side in tree.items()}
