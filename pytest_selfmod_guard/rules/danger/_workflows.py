"""Workflows of GitHub: who starts them, what they may do, and whose actions they use."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting
from pytest_selfmod_guard.rules._yaml import Tree, Unreadable, read
from pytest_selfmod_guard.view import Side

_DOORS = ("pull_request_target", "workflow_run")
"""Events that run with the project's rights and can be brought about by anybody."""
_MIGHTY = frozenset(("contents", "packages", "actions", "id-token", "deployments", "workflows"))
_USES = re.compile(r"uses:\s{0,9}[\"']?([\w.-]{1,80})/([\w./-]{1,120})@([\w./-]{1,100})")
_CHECKOUT = re.compile(r"/checkout@")


def used_actions(side: Side | None) -> Iterator[tuple[int, str, str, str]]:
    """Give line, owner, name and version of each action that is used."""
    for number, line in enumerate(side.lines if side else (), 1):
        found = _USES.search(line[:2000])
        if found and not line.lstrip().startswith("#"):
            yield number, found[1], found[2], found[3]


def started_by_strangers(side: Side) -> Iterator[Sighting]:
    """See that strangers start a workflow, and how much it matters."""
    text = side.text or ""
    if "/workflows/" not in side.path or not any(door in text for door in _DOORS):
        return
    try:
        tree = read(text)
    except Unreadable:
        return  # GitHub does not run it either
    if not isinstance(tree, dict):
        return
    for door in _DOORS:
        if door in _events(tree.get("on", "")):
            why = _why(tree, door)
            what = f"strangers start this with the project's rights ({door})"
            risk = Risk.HIGH if why else Risk.MEDIUM
            settled = "review" if why else ""
            line = next(at for at, one in enumerate(side.lines, 1) if door in one)
            code = f"{door} {why}"
            yield Sighting(line, f"{what}{why}", code, risk=risk, settled_by=settled)


def _events(tree: Tree) -> list[str]:
    return [tree] if isinstance(tree, str) else [one for one in tree if isinstance(one, str)]


def _why(tree: dict[str, Tree], door: str) -> str:
    """Say what makes it dangerous; nothing where nothing does."""
    jobs = tree.get("jobs", "")
    found = (
        [job for job in jobs.values() if isinstance(job, dict)] if isinstance(jobs, dict) else []
    )
    if any(_may_write(one.get("permissions", "")) for one in (tree, *found)):
        return ", and it may write"
    if door == _DOORS[0] and any(_builds(job) for job in found):
        return ", and it builds"
    return ""


def _may_write(rights: Tree) -> bool:
    if isinstance(rights, dict):
        return any(rights.get(one) == "write" for one in _MIGHTY)
    return rights == "write-all"


def _builds(job: dict[str, Tree]) -> bool:
    """Tell whether a job runs commands on what it checked out."""
    steps = job.get("steps", "")
    listed = [step for step in steps if isinstance(step, dict)] if isinstance(steps, list) else []
    takes = any(_CHECKOUT.search(str(step.get("uses", ""))) for step in listed)
    return takes and any("run" in step for step in listed)
