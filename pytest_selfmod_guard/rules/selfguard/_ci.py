"""What of a CI definition decides whether the guard runs, and whether it can fail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import basename
from typing import NamedTuple

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules._yaml import Tree, Unreadable, read
from pytest_selfmod_guard.rules.selfguard._ci_additions import is_harmless, is_update
from pytest_selfmod_guard.rules.selfguard._hooks import as_list, strings
from pytest_selfmod_guard.rules.selfguard._sides import mentions_us

_YAML = re.compile(
    r"\.github/workflows/.*\.ya?ml|(.*/)?action\.ya?ml|(.*/)?\.gitlab-ci\.ya?ml|\.gitlab/.*\.ya?ml"
    r"|\.circleci/.*\.ya?ml|(.*/)?azure-pipelines.*\.ya?ml|bitbucket-pipelines\.yml"
    r"|\.travis\.yml|\.drone\.yml|\.woodpecker(/.*)?\.ya?ml|\.buildkite/.*\.ya?ml"
    r"|\.forgejo/workflows/.*\.ya?ml|\.gitea/workflows/.*\.ya?ml"
)
_TEXT = frozenset(
    ("jenkinsfile", "tox.ini", "noxfile.py", "makefile", "gnumakefile", "justfile", "taskfile.yml",
     "dodo.py", "tasks.py")
)  # fmt: skip
_SPOKEN_ONLY = frozenset(("name", "run-name", "displayName", "description"))
_STEPS = frozenset(("steps", "script", "before_script"))
_NAMED_BY = ("job", "deployment", "stage", "name", "id")
_NOT_JOBS = frozenset(
    ("after_script", "before_script", "cache", "default", "image", "include", "services", "spec",
     "stages", "variables", "workflow")
)  # fmt: skip


def is_ci(path: str) -> bool:
    """Tell whether a path names a CI definition in YAML."""
    return _YAML.fullmatch(path) is not None


def is_ci_text(path: str) -> bool:
    """Tell whether a path names another file that CI runs commands from."""
    return basename(path).lower() in _TEXT


def speaks_of_us(tree: Tree | None) -> bool:
    """Tell whether anything in a part of a definition mentions the guard."""
    return any(mentions_us(text) for text in strings(tree))


def tree_of(text: str) -> Tree | None:
    """Read a definition; None where that cannot be done."""
    try:
        return read(text)
    except Unreadable:
        return None


class Part(NamedTuple):
    """A part of a definition that differs."""

    where: str
    """The keys that lead to it, with dots between them."""
    risk: Risk = Risk.HIGH


def differences(path: str, old: Tree, new: Tree) -> Iterator[Part]:
    """Name the parts that differ and on which the guard's run depends."""
    if ".gitlab" in path and isinstance(old, dict) and isinstance(new, dict):
        yield from _gitlab(old, new)
    else:
        yield from _compared(old, new, "")


def _compared(old: Tree, new: Tree | None, where: str) -> Iterator[Part]:
    """Compare a part that mentions the guard: everything in it counts but other jobs."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        if old != new:
            yield Part(where or "the whole")
        return
    for key in sorted((old.keys() | new.keys()) - _SPOKEN_ONLY):
        inside = f"{where}.{key}" if where else key
        before, after = old.get(key), new.get(key)
        if key in {"jobs", "stages"}:
            yield from _jobs(before, after, inside)
        elif key in _STEPS and isinstance(before, list) and isinstance(after, list):
            yield from _steps(before, after, inside)
        elif before != after and is_harmless(inside, before, after):
            yield Part(inside, Risk.LOW)
        elif before is not None and before != after and speaks_of_us(before):
            yield from _compared(before, after, inside)
        elif before != after:
            yield Part(inside)


def _jobs(old: Tree | None, new: Tree | None, where: str) -> Iterator[Part]:
    """Compare those of the jobs that mention the guard, and what they need."""
    before, after = _by_name(old), _by_name(new)
    ours = {name for name, job in before.items() if mentions_us(name) or speaks_of_us(job)}
    for name in sorted(ours):
        yield from _compared(before[name], after.get(name), f"{where}.{name}")
    for name in sorted(_needed(before, ours) - ours):
        for key in ("if", "needs"):
            if _part(before.get(name), key) != _part(after.get(name), key):
                yield Part(f"{where}.{name}.{key}")


def _needed(jobs: dict[str, Tree], ours: set[str]) -> set[str]:
    """Give the jobs without which ours is skipped, which counts as a success."""
    found: set[str] = set()
    waiting = list(ours)
    while waiting:
        for name in as_list(_part(jobs.get(waiting.pop()), "needs")):
            if name in jobs and name not in found:
                found.add(name)
                waiting.append(name)
    return found


def _part(job: Tree | None, key: str) -> Tree | None:
    return job.get(key) if isinstance(job, dict) else None


def _by_name(jobs: Tree | None) -> dict[str, Tree]:
    if isinstance(jobs, dict):
        return jobs
    found: dict[str, Tree] = {}
    for index, job in enumerate(jobs or ()):
        names = [job[key] for key in _NAMED_BY if key in job] if isinstance(job, dict) else [job]
        found[str(names[0]) if names else str(index)] = job
    return found


def _steps(old: list[Tree], new: list[Tree], where: str) -> Iterator[Part]:
    """Compare the steps up to ours; what comes after cannot undo a failure."""
    ours = [index for index, step in enumerate(old, 1) if speaks_of_us(step)]
    end = ours[-1] if ours else max(len(old), len(new))
    before, after = [_told(step) for step in old[:end]], [_told(step) for step in new[:end]]
    changed = [both for both in zip(before, after, strict=False) if both[0] != both[1]]
    if changed or len(before) != len(after):
        updated = len(before) == len(after) and all(is_update(*both) for both in changed)
        yield Part(where, Risk.LOW if updated else Risk.HIGH)


def _told(step: Tree) -> Tree:
    if not isinstance(step, dict):
        return step
    return {key: value for key, value in step.items() if key not in _SPOKEN_ONLY}


def _gitlab(old: dict[str, Tree], new: dict[str, Tree]) -> Iterator[Part]:
    """Compare a file whose jobs stand at the top, and inherit from each other."""
    wanted = {name for name, job in old.items() if mentions_us(name) or speaks_of_us(job)}
    for _ in old:
        wanted |= {name for job in wanted for name in _parents(old.get(job)) if name in old}
    for name in sorted(_NOT_JOBS & (old.keys() | new.keys())):
        if old.get(name) != new.get(name):
            yield Part(name)
    for name in sorted(wanted - _NOT_JOBS):
        yield from _compared(old[name], new.get(name), name)


def _parents(job: Tree | None) -> list[str]:
    return as_list(_part(job, "extends"))
