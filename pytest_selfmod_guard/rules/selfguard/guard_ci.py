"""SMG403: the CI job that runs the guard is weakened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from posixpath import basename, dirname, join

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules.selfguard._ci import (
    differences,
    is_ci,
    is_ci_text,
    speaks_of_us,
    tree_of,
)
from pytest_selfmod_guard.rules.selfguard._ci_text import text_differences
from pytest_selfmod_guard.rules.selfguard._guarded import had_us
from pytest_selfmod_guard.rules.selfguard._sides import (
    Pair,
    mentions_us,
    pairs,
    raw_mentions_us,
    text_of,
    why_unreadable,
)
from pytest_selfmod_guard.view import View

_NAMED = 5
_READ_INSTEAD_OF = {"GNUmakefile": ("makefile", "Makefile"), "makefile": ("Makefile",)}
"""The files that make leaves unread because of another."""


@change_rule(
    "SMG403",
    risk=Risk.HIGH,
    hint="take the change of the job that runs the guard back, or put what is new into a job of "
    "its own; leave the guard's job to a person, and say what should change in it, and why",
)
def guard_ci_weakened(view: View) -> Iterable[Sighting]:
    """
    The CI job that runs the guard changes.

    A local hook can be passed by; the job in CI is the wall. It stands as
    long as it runs on the same events, in the same way, and can fail. So in a
    file that runs the guard everything counts on which its run depends: the
    triggers, permissions and environment of the whole, the job itself, and
    the steps up to ours. A higher version of the same action, one more event
    and `concurrency` are notes. Names, comments, later steps and other jobs
    are silent, and so is a CI file that never mentions us.

    In a makefile the target that runs us must stay the only one of its name,
    and the makefile the one that make reads.

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

    Flagged: a second target of the same name, which make prefers
        === Makefile
          guard:
              selfmod-guard check --base origin/main
        + guard:
        +     true

    Flagged: a file that make reads instead
        === GNUmakefile
        + guard:
        +     true
        === Makefile
          guard:
              selfmod-guard check --base origin/main

    Allowed: a higher version of the same action
        === .github/workflows/ci.yml
          on: [pull_request]
          jobs:
            guard:
              runs-on: ubuntu-latest
              steps:
        -       - uses: actions/checkout@v5
        +       - uses: actions/checkout@v6
                - run: uvx pytest-selfmod-guard check --base origin/main

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
            for risk, message in (*_judged(pair), *_shadowing(pair, view)):
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


def _shadowing(pair: Pair, view: View) -> Iterator[tuple[Risk, str]]:
    """Judge a new makefile beside one that runs the guard."""
    others = _READ_INSTEAD_OF.get(basename(pair.path), ()) if pair.old is None else ()
    for path in (join(dirname(pair.path), other) for other in others):
        if had_us(view, path):
            yield Risk.HIGH, f"make reads this file instead of {path!r}, which runs the guard"


def _yaml(path: str, old: str, new: str) -> Iterator[tuple[Risk, str]]:
    before = tree_of(old)
    if before is not None and not speaks_of_us(before):
        return
    after = tree_of(new)
    if after is None:
        yield Risk.HIGH, "the file, which runs the guard, is no YAML that can be read any more"
    elif before is None:
        yield Risk.HIGH, "the file, which runs the guard, is replaced"
    else:
        found = list(differences(path, before, after))
        heavy = [part.where for part in found if part.risk == Risk.HIGH]
        light = [part.where for part in found if part.risk != Risk.HIGH]
        if heavy:
            yield Risk.HIGH, f"what the guard's run depends on changes: {_listed(heavy)}"
        if light:
            yield Risk.LOW, f"the guard's run stays as it was beside {_listed(light)}"


def _listed(parts: list[str]) -> str:
    more = f" and {len(parts) - _NAMED} more" if len(parts) > _NAMED else ""
    return ", ".join(repr(part) for part in parts[:_NAMED]) + more
