"""Which of git's hooks a configuration of pre-commit needs for ours to run."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_selfmod_guard.checkups._facts import Ours, Wanted

CONFIG = ".pre-commit-config.yaml"

_TYPES = ("pre-commit", "pre-merge-commit", "commit-msg", "post-commit", "pre-push")
"""Those that one of ours can be run by, in the order in which git does."""

_OWN_STAGES = {
    "selfmod-post-commit": ("post-commit",),
    "selfmod-commit-msg": ("commit-msg",),
}
_JUDGING = ("pre-commit", "pre-merge-commit", "pre-push")
_OLD_NAMES = {"commit": "pre-commit", "merge-commit": "pre-merge-commit", "push": "pre-push"}


def needed(wanted: Wanted) -> tuple[str, ...]:
    """Name the hooks of git that have to be there."""
    found = {name for hook in wanted.hooks for name in _stages(hook.id, hook.stages)}
    return tuple(name for name in _TYPES if name in found)


def expected() -> tuple[str, ...]:
    """Name those that there should be where nothing is said of pre-commit."""
    return _TYPES


def hook_for(name: str) -> str:
    """Name the hook of ours that belongs into a hook of git."""
    others = (hook for hook, stages in _OWN_STAGES.items() if name in stages)
    return next(others, "selfmod-guard")


def stages_of(hook: Ours) -> tuple[str, ...]:
    """Name the stages in which pre-commit runs a hook, by their names of today."""
    return _stages(hook.id, hook.stages)


def listed(names: Iterable[str]) -> str:
    """Write names as people do: ``a, b and c``."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _stages(hook: str, written: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_OLD_NAMES.get(name, name) for name in written) or _OWN_STAGES.get(hook, _JUDGING)
