"""Finds the git directories of a project by looking, as git itself would."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import NamedTuple


class Layout(NamedTuple):
    """Where the parts of a repository are, as absolute paths."""

    top: str
    """The folder that holds ``.git``."""
    git_dir: str
    common_dir: str
    """The same, except in a linked worktree."""


def find(directory: str, environ: Mapping[str, str]) -> Layout | None:
    """Return the layout, or None where only git can tell."""
    if any(environ.get(name) for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_CEILING_DIRECTORIES")):
        return None
    top = os.path.realpath(directory)
    while (git_dir := _git_dir(top)) is None:
        if top == (parent := os.path.dirname(top)):
            return None
        top = parent
    return Layout(top, git_dir, common_dir(git_dir, environ))


def common_dir(git_dir: str, environ: Mapping[str, str]) -> str:
    """Return what all worktrees of a git directory share."""
    told = environ.get("GIT_COMMON_DIR") or _first_line(os.path.join(git_dir, "commondir"))
    return os.path.normpath(os.path.join(git_dir, told))


def _git_dir(top: str) -> str | None:
    dot_git = os.path.join(top, ".git")
    if os.path.isfile(dot_git):
        told = _first_line(dot_git).removeprefix("gitdir:").strip()
        return os.path.normpath(os.path.join(top, told))
    return dot_git if os.path.lexists(os.path.join(dot_git, "HEAD")) else None


def _first_line(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return os.fsdecode(file.readline(65_536).rstrip(b"\r\n"))
    except OSError:
        return ""
