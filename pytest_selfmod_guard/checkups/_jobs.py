"""The jobs of a CI definition, each as the commands that it runs in order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pytest_selfmod_guard.checkups._facts import Tree

GITLAB = ".gitlab-ci.yml"

_LONGEST = 2000  # letters of a line that are looked at
_NOT_JOBS = frozenset(("default", "image", "include", "services", "stages", "variables",
                       "workflow", "cache", "before_script", "after_script", "spec"))  # fmt: skip
_SELDOM = ("manual", "never", "on_failure", "delayed")
_INNOCENT = frozenset(("", "always()", "${{ always() }}", "success()", "!cancelled()"))


class Command(NamedTuple):
    """A line that a job runs, or its checkout of the change."""

    text: str
    """Empty for the checkout."""
    forgives: bool = False
    """The job goes on when it fails."""
    condition: str = ""
    """When it is run; empty for always."""
    is_whole: bool = True
    """Of a checkout: with all of the history."""


class Job(NamedTuple):
    """One job."""

    path: str
    name: str
    commands: tuple[Command, ...]
    forgives: bool
    """The whole counts as passed when the job fails."""
    condition: str
    """When it is run; empty for always."""


def jobs_of(path: str, tree: Tree) -> Iterator[Job]:
    """Give the jobs of one definition."""
    table = _mapping(tree)
    if path == GITLAB:
        names = [name for name in table if name not in _NOT_JOBS and not name.startswith(".")]
        yield from (_gitlab(table, name) for name in names if isinstance(table[name], dict))
        return
    for name, job in _mapping(table.get("jobs", "")).items():
        yield _github(path, name, _mapping(job))


def _github(path: str, name: str, job: Mapping[str, Tree]) -> Job:
    steps = [_mapping(step) for step in _items(job.get("steps", ""))]
    commands = tuple(command for step in steps for command in _of_step(step))
    condition = _condition(job)
    return Job(path, name, commands, _is_on(job.get("continue-on-error", "")), condition)


def _of_step(step: Mapping[str, Tree]) -> Iterator[Command]:
    forgives, condition = _is_on(step.get("continue-on-error", "")), _condition(step)
    if str(step.get("uses", "")).startswith("actions/checkout@"):
        depth = _mapping(step.get("with", "")).get("fetch-depth", "")
        yield Command("", forgives, condition, is_whole=depth == "0")
    for line in _lines(step.get("run", "")):
        yield Command(line, forgives, condition)


def _gitlab(table: Mapping[str, Tree], name: str) -> Job:
    job = _inherited(table, name, 0)
    variables = {**_mapping(table.get("variables", "")), **_mapping(job.get("variables", ""))}
    before = job.get("before_script", table.get("before_script", ""))
    lines = [line for part in (before, job.get("script", "")) for line in _scripts(part)]
    commands = [Command(line) for line in lines]
    if variables.get("GIT_STRATEGY") not in ("none", "empty"):
        commands.insert(0, Command("", is_whole=variables.get("GIT_DEPTH") == "0"))
    allowed = job.get("allow_failure", "")
    forgives = isinstance(allowed, dict) or _is_on(allowed)
    when = str(job.get("when", ""))
    return Job(GITLAB, name, tuple(commands), forgives, when if when in _SELDOM else "")


def _inherited(table: Mapping[str, Tree], name: str, depth: int) -> Mapping[str, Tree]:
    """Fill in what a job of GitLab has from those that it extends."""
    job = dict(_mapping(table.get(name, "")))
    parents = job.get("extends", "")
    for parent in [parents] if isinstance(parents, str) else reversed(_items(parents)):
        if isinstance(parent, str) and parent in table and depth < len(table):
            job = {**_inherited(table, parent, depth + 1), **job}
    return job


def _scripts(tree: Tree) -> Iterator[str]:
    for part in [tree] if isinstance(tree, str) else _items(tree):
        yield from _scripts(part) if isinstance(part, list) else _lines(part)


def _lines(tree: Tree) -> Iterator[str]:
    """Give the commands of a script, with a line that is continued as one."""
    text = tree if isinstance(tree, str) else ""
    for line in re.sub(r"\\\n\s*", " ", text).splitlines():
        if (bare := line.strip()) and not bare.startswith("#"):
            yield bare[:_LONGEST]


def _condition(part: Mapping[str, Tree]) -> str:
    told = str(part.get("if", "")).strip()
    return "" if told in _INNOCENT else told


def _is_on(tree: Tree) -> bool:
    """Tell whether a switch may be on; an expression may."""
    return isinstance(tree, str) and tree.lower() not in ("", "false", "no", "off")


def _mapping(tree: Tree) -> Mapping[str, Tree]:
    return tree if isinstance(tree, dict) else {}


def _items(tree: Tree) -> list[Tree]:
    return tree if isinstance(tree, list) else []
