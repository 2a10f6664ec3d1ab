"""What HEAD holds for GitHub and GitLab."""

from __future__ import annotations

import re

from pytest_selfmod_guard.checkups._facts import Pipelines, Tree
from pytest_selfmod_guard.git import Git
from pytest_selfmod_guard.rules._yaml import Unreadable, read
from pytest_selfmod_guard.surroundings import Surroundings

_DEFINITION = re.compile(r"\.github/workflows/[^/]+\.ya?ml|\.gitlab-ci\.yml")
_MOST = 200  # files
_LARGEST = 1 << 20  # bytes of one
_REMOTE_HEAD = "refs/remotes/origin/HEAD"


def pipelines(git: Git, rest: Surroundings) -> Pipelines:
    """Read the definitions, as far as they can be read."""
    files: dict[str, Tree] = {}
    unreadable: dict[str, str] = {}
    for path in sorted(filter(_DEFINITION.fullmatch, rest.paths()))[:_MOST]:
        data = rest.read(path)
        try:
            files[path] = _tree(data)
        except Unreadable as error:
            unreadable[path] = str(error)
    return Pipelines(files, unreadable, _branch(git))


def _tree(data: bytes | None) -> Tree:
    if data is None or len(data) > _LARGEST:
        raise Unreadable("is no regular file, or too large")
    try:
        return read(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Unreadable("is not UTF-8") from None


def _branch(git: Git) -> str:
    told = git.attempt("symbolic-ref", "--quiet", "--short", _REMOTE_HEAD)
    name = told.output.decode("utf-8", "replace").strip()
    return name.removeprefix("origin/") or "main"
