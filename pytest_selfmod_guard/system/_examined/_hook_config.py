"""What a configuration of pre-commit says of our hooks."""

from __future__ import annotations

import os

from pytest_selfmod_guard.checkups._facts import Ours, Wanted
from pytest_selfmod_guard.rules._yaml import Tree, Unreadable, read
from pytest_selfmod_guard.system._examined._beginning import beginning

CONFIG = ".pre-commit-config.yaml"
_MOST = 1 << 20  # bytes
_OURS = "selfmod-"


def on_disk(top: str) -> Wanted | None:
    """Read the file that pre-commit will read; None where there is none."""
    return wanted(beginning(os.path.join(top, CONFIG), _MOST))


def wanted(data: bytes | None) -> Wanted | None:
    """Read a configuration; None where there is none, and a problem where it is unusable."""
    if data is None:
        return None
    try:
        tree = read(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return Wanted((), (), "is not UTF-8")
    except Unreadable as error:
        return Wanted((), (), str(error))
    if not isinstance(tree, dict):
        return Wanted((), (), "is no mapping")
    stages = _names(tree.get("default_stages", ""))
    hooks = [_ours(repo, hook, stages) for repo, hook in _hooks(tree) if _is_ours(hook)]
    return Wanted(tuple(hooks), _names(tree.get("default_install_hook_types", "")))


def _hooks(tree: dict[str, Tree]) -> list[tuple[dict[str, Tree], dict[str, Tree]]]:
    repos = [repo for repo in _items(tree.get("repos", "")) if isinstance(repo, dict)]
    return [
        (repo, hook)
        for repo in repos
        for hook in _items(repo.get("hooks", ""))
        if isinstance(hook, dict)
    ]


def _is_ours(hook: dict[str, Tree]) -> bool:
    return str(hook.get("id", "")).startswith(_OURS)


def _ours(repo: dict[str, Tree], hook: dict[str, Tree], default: tuple[str, ...]) -> Ours:
    address, rev = str(repo.get("repo", "")), str(repo.get("rev", ""))
    stages = _names(hook.get("stages", ""))
    # A hook of a repository has stages of its own, which win over the configuration's.
    if not stages and address == "local":
        stages = default
    return Ours(str(hook["id"]), stages, address, rev, hook)


def _names(tree: Tree) -> tuple[str, ...]:
    return tuple(part for part in _items(tree) if isinstance(part, str))


def _items(tree: Tree) -> list[Tree]:
    return tree if isinstance(tree, list) else []
