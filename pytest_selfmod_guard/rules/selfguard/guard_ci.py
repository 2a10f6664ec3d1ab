"""SMG403: the CI job that runs the guard is weakened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules.selfguard._ci import differences, is_ci, is_ci_text, speaks_of_us
from pytest_selfmod_guard.rules.selfguard._ci_text import text_differences
from pytest_selfmod_guard.rules.selfguard._sides import (
    Pair,
    mentions_us,
    pairs,
    raw_mentions_us,
    text_of,
    why_unreadable,
)
from pytest_selfmod_guard.rules.selfguard._yaml import Tree, Unreadable, read
from pytest_selfmod_guard.view import View

_NAMED = 5


@change_rule(
    "SMG403",
    risk=Risk.HIGH,
    hint="take the change of the job that runs the guard back, or put what is new into a job of "
    "its own; let a person change the guard's job in a commit of their own",
)
def guard_ci_weakened(view: View) -> Iterable[Sighting]:
    """
    The CI job that runs the guard changes.

    A local hook can be passed by; the job in CI is the wall. It stands as
    long as it runs on the same events, in the same way, and can fail. So in a
    file that runs the guard everything counts on which its run depends: the
    triggers, permissions and environment of the whole, the job itself, and
    the steps up to ours. Names, comments, later steps and other jobs are
    silent, and so is a CI file that never mentions us.

    Flagged: the step may fail
        === .github/workflows/ci.yml
          on: [pull_request]
          jobs:
            guard:
              runs-on: ubuntu-latest
              steps:
                - uses: actions/checkout@v5
        -       - run: uvx pytest-selfmod-guard check --base origin/main
        +       - run: uvx pytest-selfmod-guard check --base origin/main || true

    Flagged: the job may fail
        === .github/workflows/ci.yml
          on: [pull_request]
          jobs:
            guard:
              runs-on: ubuntu-latest
        +     continue-on-error: true
              steps:
                - run: uvx pytest-selfmod-guard check --base origin/main

    Flagged: it runs on other events
        === .github/workflows/ci.yml
        - on: [pull_request]
        + on: [workflow_dispatch]
          jobs:
            guard:
              runs-on: ubuntu-latest
              steps:
                - run: uvx pytest-selfmod-guard check --base origin/main

    Flagged: a step before it takes its place
        === .github/workflows/ci.yml
          on: [pull_request]
          jobs:
            guard:
              runs-on: ubuntu-latest
              steps:
        +       - run: echo "exit 0" > /usr/local/bin/uvx
                - run: uvx pytest-selfmod-guard check --base origin/main

    Flagged: the file is deleted
        === .gitlab-ci.yml
        - guard:
        -   script:
        -     - selfmod-guard check --base origin/main

    Flagged: a target of a makefile
        === Makefile
          guard:
        -     selfmod-guard check --base origin/main
        +     -selfmod-guard check --base origin/main

    Allowed: another job changes
        === .github/workflows/ci.yml
          on: [pull_request]
          jobs:
            guard:
              runs-on: ubuntu-latest
              steps:
                - run: uvx pytest-selfmod-guard check --base origin/main
            docs:
              runs-on: ubuntu-latest
              steps:
        -       - run: make docs
        +       - run: make html

    Allowed: the first job
        === .github/workflows/guard.yml
        + on: [pull_request]
        + jobs:
        +   guard:
        +     runs-on: ubuntu-latest
        +     steps:
        +       - run: uvx pytest-selfmod-guard check --base origin/main

    Allowed: a file that never ran the guard
        === .github/workflows/docs.yml
        - on: [push]
        + on: [workflow_dispatch]
          jobs:
            docs:
              runs-on: ubuntu-latest
              steps:
                - run: make docs
    """
    for pair in pairs(view):
        if is_ci(pair.path) or is_ci_text(pair.path):
            for risk, message in _judged(pair):
                yield Sighting(0, message, path=pair.path, risk=risk)


def _judged(pair: Pair) -> Iterator[tuple[Risk, str]]:
    if not raw_mentions_us(pair.old):
        if mentions_us(text_of(pair.new)):
            yield Risk.LOW, "the guard runs in CI from now on"
        return
    old, new = text_of(pair.old), text_of(pair.new)
    if new is None:
        yield Risk.HIGH, f"the file, which runs the guard, {why_unreadable(pair.new)}"
    elif is_ci_text(pair.path):
        yield from text_differences(pair.path, old or "", new)
    else:
        yield from _yaml(pair.path, old or "", new)


def _yaml(path: str, old: str, new: str) -> Iterator[tuple[Risk, str]]:
    before = _read(old)
    if before is not None and not speaks_of_us(before):
        return
    after = _read(new)
    if after is None:
        yield Risk.HIGH, "the file, which runs the guard, is no YAML that can be read any more"
    elif before is None:
        yield Risk.HIGH, "the file, which runs the guard, is replaced"
    elif found := list(differences(path, before, after)):
        more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
        named = ", ".join(repr(part) for part in found[:_NAMED])
        yield Risk.HIGH, f"what the guard's run depends on changes: {named}{more}"


def _read(text: str) -> Tree | None:
    try:
        return read(text)
    except Unreadable:
        return None
