"""The trusted revision: which it is, and what the judge reads of it."""

from __future__ import annotations

from typing import NamedTuple

from pytest_selfmod_guard.errors import ReadError
from pytest_selfmod_guard.git import Git, Objects, object_id
from pytest_selfmod_guard.model import SYMLINK, Base

DOCUMENTS = ("pyproject.toml", "selfmod-guard.toml", ".gitattributes")
"""Read from the base, at the project's folder and at the top level."""

_RUNNERS = (
    ".pre-commit-config.yaml", ".pre-commit-config.yml", "prek.toml", ".gitlab-ci.yml",
    "Makefile", "makefile",
)  # fmt: skip
"""Read likewise, only to tell whether the guard was at work there before."""

_SHA1 = "0" * 40
_SHA256 = "0" * 64


class Tip(NamedTuple):
    """A revision to compare with."""

    commit: str
    """Empty when the tree belongs to no commit."""
    tree: str


def head(git: Git, objects: Objects) -> Tip:
    """Return HEAD, or the empty tree when there is no commit yet."""
    if found := objects.commit("HEAD"):
        return Tip(found.oid, found.tree)
    # Only a branch without a ref is "no commit yet"; to take a damaged one for
    # it would be to judge by no policy at all.
    on_branch = git.attempt("symbolic-ref", "-q", "HEAD").code == 0
    if not on_branch or git.attempt("rev-parse", "-q", "--verify", "HEAD").code == 0:
        raise ReadError(
            "missing-object",
            "HEAD names a commit that cannot be read",
            context='"HEAD"',
            hint="get the whole history with `git fetch --unshallow`, or look for damage"
            " with `git fsck`",
        )
    return Tip("", empty_tree(git))


def base_of(git: Git, objects: Objects, tip: Tip, project: str | None) -> Base:
    """
    Return the base with those of the documents that exist in it.

    What runs the guard is empty there where it cannot be read as a file.
    """
    prefix = git.prefix() if project is None else project.strip("/")
    folders = ("", f"{prefix}/") if prefix else ("",)
    found: dict[str, bytes | None] = {}
    for folder in folders:
        found |= {folder + name: objects.document(tip.tree, folder + name) for name in DOCUMENTS}
        found |= {folder + name: _runner(objects, tip.tree, folder + name) for name in _RUNNERS}
    return Base(tip.commit, {name: data for name, data in found.items() if data is not None})


def _runner(objects: Objects, tree: str, path: str) -> bytes | None:
    """Return what a file says; nothing for a link, or for more than is read of a file."""
    entry = objects.entry(tree, path)
    if entry is None or entry.is_tree or entry.is_submodule:
        return None
    # No policy stands in it, so unlike one it does not stop the judgement.
    return b"" if entry.mode == SYMLINK else objects.blob(entry.oid)[1] or b""


def empty_tree(git: Git) -> str:
    """Return the id of the tree that holds nothing, in the repository's object format."""
    is_sha256 = git.run("rev-parse", "--show-object-format").strip() == b"sha256"
    return object_id("tree", b"", like=_SHA256 if is_sha256 else _SHA1)
