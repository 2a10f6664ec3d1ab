"""Which files are CI definitions in YAML, and what they say."""

from __future__ import annotations

import re

from pytest_selfmod_guard.rules._yaml import Tree, Unreadable, read
from pytest_selfmod_guard.rules.tamper._settings import text_of
from pytest_selfmod_guard.view import Side

_YAML = re.compile(
    r"\.github/workflows/.*\.ya?ml|(.*/)?action\.ya?ml|(.*/)?\.gitlab-ci\.ya?ml|\.gitlab/.*\.ya?ml"
    r"|\.circleci/.*\.ya?ml|(.*/)?azure-pipelines.*\.ya?ml|\.azure/.*\.ya?ml|\.?travis\.yml"
    r"|bitbucket-pipelines\.yml|\.drone\.yml|\.woodpecker(/.*)?\.ya?ml|\.buildkite/.*\.ya?ml"
    r"|\.(forgejo|gitea)/workflows/.*\.ya?ml|\.cirrus\.ya?ml|appveyor\.yml|\.appveyor\.yml"
    r"|taskfile\.ya?ml|\.semaphore/.*\.ya?ml|cloudbuild\.ya?ml|buildspec\.ya?ml|\.pipelines/.*\.ya?ml",
    re.IGNORECASE,
)


def is_ci(path: str) -> bool:
    """Tell whether a path names a CI definition."""
    return _YAML.fullmatch(path) is not None


def tree_of(side: Side | None) -> Tree | None:
    """Read a definition; None where there is none, or it cannot be read."""
    text = text_of(side)
    if text is None:
        return None
    try:
        return read(text)
    except Unreadable:
        return None
