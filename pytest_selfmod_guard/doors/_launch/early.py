"""Tells what of the project ran before the verdict: such code could have bent it."""

from __future__ import annotations

import os
import sysconfig
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from pytest_selfmod_guard.doors._launch.imported import Imported, imported
from pytest_selfmod_guard.errors import CouldNotJudge, GuardError
from pytest_selfmod_guard.git import Git, Objects, object_id
from pytest_selfmod_guard.model import Receipt, readable

_NAMED = 5
_FOREIGN = ("purelib", "platlib", "scripts", "stdlib", "platstdlib")
"""Folders of an environment: they may lie in the project, and are not of it."""


class _Seen(NamedTuple):
    """What of the project has run, as paths from its top."""

    changed: list[str]
    """Touched by the change, or not what the base has."""
    unchanged: list[str]


def judged_late(receipt: Receipt, directory: str, modules: Mapping[str, object]) -> Receipt:
    """
    Turn a pass into "undecided" where code of the change ran before the verdict.

    A module counts when it comes from the project's repository. One that the
    change touches, or that is not byte for byte what the base has, makes an
    allowed receipt undecided and is a note on any other; one that is as in the
    base is a note. What lies in the running environment's own folders counts
    only when the change touches it.

    :param directory: any folder of the project
    :param modules: what was imported, as in ``sys.modules``
    """
    seen = _seen(receipt, directory, modules)
    if seen.changed and receipt.decision == "allowed":
        return stopped(receipt, _too_late(seen.changed))
    return receipt._replace(notes=(*receipt.notes, *_notes(seen)))


def stopped(receipt: Receipt, error: GuardError) -> Receipt:
    """Take a pass back."""
    return receipt._replace(
        decision="undecided",
        outcome="undecided",
        enforced=True,
        slug=error.slug,
        reason=str(error),
        hint=error.hint,
    )


def named(paths: list[str]) -> str:
    """Name a few of them, and count the others."""
    more = f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else ""
    return ", ".join(f'"{path}"' for path in paths[:_NAMED]) + more


def _notes(seen: _Seen) -> Iterator[str]:
    if seen.changed:
        yield f"Code of the change ran before the verdict: {named(seen.changed)}."
    if seen.unchanged:
        yield f"Code of the base ran before the verdict: {named(seen.unchanged)}."


def _too_late(changed: list[str]) -> CouldNotJudge:
    return CouldNotJudge(
        "code-ran-before",
        "code of the change ran before the verdict",
        context=named(changed),
        hint="judge from an environment that the project is not installed in:"
        " uvx --from pytest-selfmod-guard selfmod-guard pytest",
    )


def _seen(receipt: Receipt, directory: str, modules: Mapping[str, object]) -> _Seen:
    git = Git(os.path.realpath(directory), os.environ)
    try:
        top = os.path.realpath(git.top())
    except GuardError:
        return _Seen([], [])  # no repository, so there was nothing to allow either
    found = imported(modules, top)
    if not found:
        return _Seen([], [])
    touched = frozenset(receipt.files)
    changed = {one.path for one in found if _is_touched(one, touched)}
    ours = [one for one in found if one.path not in changed and not _is_foreign(one, top)]
    same = _unchanged([one for one in ours if not one.is_folder], git, receipt.base)
    changed |= {one.path for one in ours if not one.is_folder} - same
    return _Seen(sorted(map(readable, changed)), sorted(map(readable, same)))


def _is_foreign(one: Imported, top: str) -> bool:
    folders = [os.path.realpath(sysconfig.get_path(name)) + os.sep for name in _FOREIGN]
    # A project may itself lie in such a folder, and is no less a project.
    inside = tuple(folder for folder in folders if folder.startswith(top + os.sep))
    return os.path.join(top, one.path).startswith(inside)


def _is_touched(one: Imported, touched: Collection[str]) -> bool:
    path = readable(one.path)
    if one.is_folder:
        return any(name.startswith(f"{path}/") for name in touched)
    return path in touched or readable(one.cached) in touched


def _unchanged(files: list[Imported], git: Git, base: str) -> set[str]:
    """Give those that are on disk what they are in the base."""
    if not files or not base:
        return set()
    try:
        with Objects(git) as objects:
            tree = objects.tree(base)
            top = git.top()
            return {one.path for one in files if tree and _is_same(objects, tree, top, one.path)}
    except GuardError:
        return set()  # what cannot be compared is not known to be the same


def _is_same(objects: Objects, tree: str, top: str, path: str) -> bool:
    entry = objects.entry(tree, path)
    if entry is None or entry.is_tree or entry.is_submodule:
        return False
    try:
        with open(os.path.join(top, path), "rb") as file:
            data = file.read()
    except OSError:
        return False
    # A checkout may write other line ends, which mean the same to Python.
    sides = (data, data.replace(b"\r\n", b"\n"))
    return entry.oid in [object_id("blob", side, like=entry.oid) for side in sides]
