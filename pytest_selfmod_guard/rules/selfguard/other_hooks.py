"""SMG409: a hook that keeps watch beside ours is removed, or sees less."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from posixpath import basename

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules.selfguard._hook_changes import Told
from pytest_selfmod_guard.rules.selfguard._hooks import CONFIGURATIONS
from pytest_selfmod_guard.rules.selfguard._other_hooks import Hooks, hooks_of, narrowed, removed
from pytest_selfmod_guard.rules.selfguard._sides import Pair, pairs
from pytest_selfmod_guard.rules.selfguard._watch_ci import (
    is_watching,
    runs_elsewhere,
    runs_of,
    together,
)
from pytest_selfmod_guard.view import View

_NAMED = 4


@change_rule(
    "SMG409",
    risk=Risk.HIGH,
    hint="put the hook back as it was and correct what it reports; if it is wrong in one place, "
    "say which hook, where and why, and leave its configuration to a person",
)
def other_hook_weakened(view: View) -> Iterable[Sighting]:
    """
    A hook that keeps watch beside ours is removed, sees less, or cannot fail.

    Hooks that look for secrets and holes (bandit, gitleaks, detect-secrets),
    run tests, check types or lint are another wall. Removing one for which
    nothing of its kind is left or comes, emptying the file, a stage that runs
    only by hand, `--exit-zero`, a command that does nothing, and leaving the
    product's code out need a person's approval.

    Another tool of the same kind, another release, formatters and what is for
    tests or vendored code are silent or a note.

    Flagged: a scanner is removed
        === .pre-commit-config.yaml
          repos:
            - repo: https://github.com/psf/black
              rev: 26.1.0
              hooks:
                - id: black
        -   - repo: https://github.com/PyCQA/bandit
        -     rev: 1.9.0
        -     hooks:
        -       - id: bandit

    Flagged: the file is emptied
        === .pre-commit-config.yaml (kept)
        - repos:
        -   - repo: https://github.com/pre-commit/mirrors-mypy
        -     rev: v1.20.0
        -     hooks:
        -       - id: mypy
        + repos: []

    Flagged: it cannot fail
        === .pre-commit-config.yaml
          repos:
            - repo: https://github.com/astral-sh/ruff-pre-commit
              rev: v0.17.0
              hooks:
                - id: ruff-check
        +         args: [--exit-zero]

    Flagged: only by hand
        === .pre-commit-config.yaml
          repos:
            - repo: https://github.com/gitleaks/gitleaks
              rev: v8.30.0
              hooks:
                - id: gitleaks
        +         stages: [manual]

    Flagged: a command that does nothing
        === .pre-commit-config.yaml
          repos:
            - repo: local
              hooks:
                - id: types
                  name: types
        -         entry: mypy shop
        +         entry: bash -c 'mypy shop || true'
                  language: system

    Flagged: every file is left out
        === .pre-commit-config.yaml
        + exclude: .*
          repos:
            - repo: https://github.com/PyCQA/bandit
              rev: 1.9.0
              hooks:
                - id: bandit

    Allowed: one linter takes the place of another
        === .pre-commit-config.yaml
          repos:
        -   - repo: https://github.com/PyCQA/flake8
        -     rev: 7.3.0
        -     hooks:
        -       - id: flake8
        +   - repo: https://github.com/astral-sh/ruff-pre-commit
        +     rev: v0.17.0
        +     hooks:
        +       - id: ruff-check

    Allowed: other releases
        === .pre-commit-config.yaml
          repos:
            - repo: https://github.com/PyCQA/bandit
        -     rev: 1.8.0
        +     rev: 1.9.0
              hooks:
                - id: bandit

    Allowed: a formatter goes
        === .pre-commit-config.yaml
          repos:
            - repo: https://github.com/PyCQA/bandit
              rev: 1.9.0
              hooks:
                - id: bandit
        -   - repo: https://github.com/psf/black
        -     rev: 26.1.0
        -     hooks:
        -       - id: black
    """
    touched = [pair for pair in pairs(view) if basename(pair.path) in CONFIGURATIONS]
    arriving = [hooks_of(pair.new) for pair in touched if pair.old is None]
    for pair in touched:
        worst: dict[Risk, list[str]] = {}
        for told in _changes(pair, arriving, view):
            worst.setdefault(told.risk, []).append(told.message)
        for risk, said in worst.items():
            yield Sighting(0, ", ".join(said[:_NAMED]), path=pair.path, risk=risk)


def _changes(pair: Pair, arriving: list[Hooks], view: View) -> Iterator[Told]:
    old, new = hooks_of(pair.old), hooks_of(pair.new)
    if not old.is_readable or not old.hooks:
        return
    if not new.is_readable:
        yield Told(Risk.HIGH, "the hooks cannot be read any more")
        return
    if pair.new is None and arriving:
        new = arriving[0]
    if not new.hooks:
        yield Told(Risk.HIGH, "no hook is left")
    yield from removed(old, new, _in_ci(view) if old.tools - new.tools else frozenset())
    yield from narrowed(old, new, view)


def _in_ci(view: View) -> frozenset[str]:
    """Give the tools that CI runs after the change."""
    touched = [pair for pair in pairs(view) if is_watching(pair.path)]
    here = together(runs_of(pair.new) for pair in touched).firm
    return here | runs_elsewhere({pair.path for pair in touched}, view)
