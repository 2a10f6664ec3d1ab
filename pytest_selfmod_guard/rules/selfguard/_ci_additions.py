"""What a CI definition may gain without running the guard any less."""

from __future__ import annotations

import re

from pytest_selfmod_guard.rules._yaml import Tree

_USES = re.compile(r"([\w.-]+/[\w./-]+)@v?(\d+(?:\.\d+)*)")
_ON_THE_BASE = frozenset(("pull_request_target", "workflow_run"))
"""Events whose run sees the base, finds nothing changed, and passes under the name of ours."""


def is_harmless(where: str, old: Tree | None, new: Tree | None) -> bool:
    """Tell whether a part is new, or higher, in a way that cannot silence a job."""
    key = where.rpartition(".")[2]
    if key == "concurrency":
        return old is None  # a run that is cancelled is no success
    if key == "uses":
        return _is_higher(old, new)
    return where == "on" and _has_more_events(old, new)


def is_update(old: Tree, new: Tree) -> bool:
    """Tell whether a step uses a higher version of the same action, and is the same otherwise."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return False
    return {**old, "uses": ""} == {**new, "uses": ""} and _is_higher(
        old.get("uses"), new.get("uses")
    )


def _is_higher(old: Tree | None, new: Tree | None) -> bool:
    if not isinstance(old, str) or not isinstance(new, str):
        return False
    before, after = _USES.fullmatch(old), _USES.fullmatch(new)
    if before is None or after is None or before[1] != after[1]:
        return False
    return _number(after[2]) > _number(before[2])


def _number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _has_more_events(old: Tree | None, new: Tree | None) -> bool:
    before, after = _events(old), _events(new)
    if not before or _ON_THE_BASE & (after.keys() - before.keys()):
        return False
    return all(event in after and after[event] == told for event, told in before.items())


def _events(tree: Tree | None) -> dict[str, Tree]:
    if isinstance(tree, dict):
        return tree
    names = [tree] if isinstance(tree, str) else tree or []
    return {name: "" for name in names if isinstance(name, str)}
