"""
Tells a pass for what a commit holds from one for what is on disk, which pytest runs.

A smudge filter, a work tree's encoding or an edit after the checkout can put
another file in the place of the one that was judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.doors._launch.early import named, stopped
from pytest_selfmod_guard.errors import CouldNotJudge, GuardError, ReadError
from pytest_selfmod_guard.git import LIMIT, Entry, Git, Objects
from pytest_selfmod_guard.model import SYMLINK, Blob, Receipt, readable
from pytest_selfmod_guard.stages.read._disk import Disk

_NOT_CHECKED_OUT = b"S "
_POINTER = b"version https://git-lfs.github.com/spec/v1\n"


def judged_as_on_disk(receipt: Receipt, git: Git) -> Receipt:
    """
    Turn a pass into "undecided" where a touched file is not on disk as in HEAD.

    Other line ends are no difference, and neither is data in the place of a
    pointer of Git LFS, which has to be there for the suite to read. What the
    change does not touch is not looked at.

    :param receipt: of a change that ends at HEAD, with its paths as git has them
    :param git: in any folder of the project
    """
    if receipt.decision != "allowed" or not receipt.files:
        return receipt
    try:
        other = list(_other(receipt, git.at_top()))
    except GuardError as error:
        return stopped(receipt, error)
    return stopped(receipt, _not_judged(other)) if other else receipt


def _not_judged(paths: Iterable[str]) -> CouldNotJudge:
    return CouldNotJudge(
        "not-what-was-judged",
        "files of the change are not on disk as in HEAD, and pytest runs what is on disk",
        context=named([readable(path) for path in paths]),
        hint="commit or stash them, or judge what is on disk: selfmod-guard check --worktree",
    )


def _other(receipt: Receipt, git: Git) -> Iterator[str]:
    """Yield the touched files that are something else on disk."""
    with Objects(git) as objects:
        tree = objects.tree(receipt.head) or ""
        for path in receipt.files:
            entry = objects.entry(tree, path)
            if entry is None or entry.is_tree or _is_there(objects, entry, git, path):
                continue
            if not _stands_for_data(objects, entry, path):
                yield path


def _is_there(objects: Objects, entry: Entry, git: Git, path: str) -> bool:
    try:
        found = Disk(git, {}, like=entry.oid).read(path, LIMIT, entry)
    except ReadError:
        return False  # a pipe, a device, or nothing that may be read
    return _is_same(objects, entry, found) if found else _is_left_out(git, entry, path)


def _is_same(objects: Objects, entry: Entry, found: Blob) -> bool:
    if found.mode == SYMLINK and entry.mode != SYMLINK:
        return False
    return found.oid == entry.oid or _is_same_text(objects, entry, found)


def _is_same_text(objects: Objects, entry: Entry, found: Blob) -> bool:
    """Tell whether a checkout has only written other line ends."""
    data = objects.blob(entry.oid)[1]
    if data is None or found.data is None or SYMLINK in (entry.mode, found.mode):
        return False
    return data.replace(b"\r\n", b"\n") == found.data.replace(b"\r\n", b"\n")


def _stands_for_data(objects: Objects, entry: Entry, path: str) -> bool:
    """Tell whether a file is fetched from elsewhere, and nothing that could be run."""
    if paths.zone(path) != "data" or paths.is_python(path):
        return False
    return (objects.blob(entry.oid)[1] or b"").startswith(_POINTER)


def _is_left_out(git: Git, entry: Entry, path: str) -> bool:
    """Tell whether it is usual that nothing is there: for submodules, and in a sparse checkout."""
    if entry.is_submodule:
        return True
    listed = git.run("ls-files", "-v", "-z", "--cached", "--", path)
    return listed.startswith(_NOT_CHECKED_OUT)
