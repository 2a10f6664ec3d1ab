"""When a CI definition runs, and what waits for it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules._yaml import Tree
from pytest_selfmod_guard.rules.tamper._lost_checks import Lost

_PROPOSED = frozenset(("pull_request", "pull_request_target", "merge_group"))
_WIDE = re.compile(r"\*\*|\*\*/\*|\*|.*\*\.py|(?!docs?/)\w+/\*\*(/\*)?")
_USUAL = re.compile(r"main|master|dev|trunk|release|stable|\*|v\d|\d|\$|next")


def triggers(path: str, old: Tree, new: Tree) -> Iterator[Lost]:
    """Say what a workflow with checks in it no longer runs for."""
    before, after = _events(old), _events(new)
    if not before:
        return
    gone = before.keys() - after.keys()
    if "push" not in after and _PROPOSED.isdisjoint(after) and _usual(before):
        yield Lost(path, "the workflow runs for no push and no pull request any more")
    elif gone & _PROPOSED and not _PROPOSED & after.keys():
        yield Lost(path, "the workflow runs for no pull request any more", settled_by="trial")
    for name in sorted((_PROPOSED | {"push"}) & before.keys() & after.keys()):
        yield from _filtered(path, name, before[name], after[name])


def _usual(events: dict[str, Tree]) -> bool:
    return "push" in events or not _PROPOSED.isdisjoint(events)


def needs(path: str, old: Tree, new: Tree, checking: set[str]) -> Iterator[Lost]:
    """Say which jobs no longer wait for those that check."""
    before, after = _jobs(old), _jobs(new)
    for name in sorted(before.keys() & after.keys()):
        gone = (_list(before[name].get("needs")) & checking) - _list(after[name].get("needs"))
        still = gone & after.keys()
        if still and not _list(after[name].get("needs")) & checking:
            message = f"the job {name!r} does not wait for {min(still)!r} any more"
            yield Lost(path, message, settled_by="trial")


def empty_matrices(path: str, old: Tree, new: Tree) -> Iterator[Lost]:
    """Say which matrix has nothing left."""
    before, after = _jobs(old), _jobs(new)
    for name in sorted(before.keys() & after.keys()):
        for key, values in _matrix(after[name]).items():
            if values == [] and _matrix(before[name]).get(key):
                yield Lost(path, f"the matrix of {name!r} has no {key!r} left", Risk.MEDIUM)


def _events(tree: Tree) -> dict[str, Tree]:
    found = tree.get("on", tree.get("true", "")) if isinstance(tree, dict) else ""
    if isinstance(found, str):
        return {found: ""} if found else {}
    if isinstance(found, list):
        return {str(name): "" for name in found}
    return found


def _filtered(path: str, name: str, old: Tree, new: Tree) -> Iterator[Lost]:
    before, after = (part if isinstance(part, dict) else {} for part in (old, new))
    for key in ("paths-ignore", "branches-ignore"):
        wide = [
            one for one in _list(after.get(key)) - _list(before.get(key)) if _WIDE.fullmatch(one)
        ]
        if wide:
            yield Lost(path, f"{name!r} is ignored for {min(wide)!r}")
    for key in ("paths", "branches"):
        gone = _list(before.get(key)) - _list(after.get(key))
        if after.get(key) and (not before.get(key) or gone):
            left = _list(after.get(key))
            if key == "paths" and not _reaches_code(left):
                yield Lost(path, f"{name!r} runs for no Python file any more")
            elif key == "branches" and not any(map(_USUAL.search, left)):
                yield Lost(path, f"{name!r} runs for {min(left)!r} only", settled_by="trial")
            else:
                yield Lost(path, f"{name!r} runs for fewer {key}", Risk.MEDIUM)


def _reaches_code(patterns: set[str]) -> bool:
    return any(one.endswith((".py", "**", "*", "/")) and not one.startswith("!")
               and not re.match(r"docs?/|.*\.(md|rst|txt)$", one) for one in patterns)  # fmt: skip


def _jobs(tree: Tree) -> dict[str, dict[str, Tree]]:
    jobs = tree.get("jobs") if isinstance(tree, dict) else None
    found = jobs if isinstance(jobs, dict) else {}
    return {name: job for name, job in found.items() if isinstance(job, dict)}


def _matrix(job: dict[str, Tree]) -> dict[str, Tree]:
    strategy = job.get("strategy")
    matrix = strategy.get("matrix") if isinstance(strategy, dict) else None
    return matrix if isinstance(matrix, dict) else {}


def _list(part: Tree | None) -> set[str]:
    if isinstance(part, str):
        return {part} if part else set()
    return {one for one in part or () if isinstance(one, str)}
