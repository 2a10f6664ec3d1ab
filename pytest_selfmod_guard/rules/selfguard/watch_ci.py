"""SMG410: a check in CI is taken out, or cannot fail any more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules.selfguard._sides import Pair, pairs
from pytest_selfmod_guard.rules.selfguard._watch import SECURITY, kind, kinds
from pytest_selfmod_guard.rules.selfguard._watch_ci import (
    Runs,
    is_watching,
    runs_elsewhere,
    runs_of,
    together,
)
from pytest_selfmod_guard.view import View


@change_rule(
    "SMG410",
    risk=Risk.HIGH,
    hint="let the check run as it did and correct what it reports; if it should go, say which one "
    "and why, and leave it to a person",
)
def check_in_ci_weakened(view: View) -> Iterable[Sighting]:
    """
    A scanner, a type checker or a linter in CI is taken out, or cannot fail.

    CI definitions, makefiles, `tox.ini`, `noxfile.py` and scripts are read for
    the tools that they run so that a finding makes the job fail. `|| true`,
    `--exit-zero`, `continue-on-error`, `if: false` and `when: manual` take the
    effect away. A scanner for secrets or holes that goes is denied, the last
    linter or type checker a warning. What still runs in another definition,
    another tool of its kind, and a job that leaves it to `make` or `tox` are
    silent.

    Flagged: it cannot fail
        === .github/workflows/ci.yml
          jobs:
            lint:
              steps:
        -       - run: mypy shop
        +       - run: mypy shop || true

    Flagged: the step may fail
        === .github/workflows/ci.yml
          jobs:
            lint:
              steps:
                - run: bandit -r shop
        +         continue-on-error: true

    Flagged: the scan is deleted
        === .github/workflows/codeql.yml
        - on: [pull_request]
        - jobs:
        -   scan:
        -     steps:
        -       - uses: github/codeql-action/analyze@v4

    Flagged: a target of a makefile
        === Makefile
          lint:
        -     ruff check .
        +     ruff check . --exit-zero

    Flagged: the types are not checked any more [medium]
        === tox.ini
          [testenv:lint]
          commands =
        -     mypy shop
              ruff check shop

    Allowed: another tool of its kind
        === .github/workflows/ci.yml
          jobs:
            lint:
              steps:
        -       - run: flake8 shop
        +       - run: ruff check shop

    Allowed: it moves to another file
        === .github/workflows/ci.yml
          jobs:
            lint:
              steps:
        -       - run: bandit -r shop
                - run: pytest
        === .github/workflows/security.yml
        + jobs:
        +   scan:
        +     steps:
        +       - run: bandit --recursive shop

    Allowed: another version
        === .github/workflows/ci.yml
          jobs:
            scan:
              steps:
        -       - uses: gitleaks/gitleaks-action@v2
        +       - uses: gitleaks/gitleaks-action@v3
    """
    touched = [(pair, runs_of(pair.old), runs_of(pair.new)) for pair in _watching(view)]
    before = together(old for _, old, _ in touched)
    after = together(new for _, _, new in touched)
    if not before.firm - after.firm:
        return
    elsewhere = runs_elsewhere({pair.path for pair, _, _ in touched}, view)
    for pair, old, new in touched:
        for tool in sorted(old.firm - new.firm - after.firm - elsewhere):
            risk, what = _judged(tool, before, after)
            yield Sighting(0, f"{tool!r} {what}", path=pair.path, risk=risk)


def _watching(view: View) -> Iterator[Pair]:
    return (pair for pair in pairs(view) if is_watching(pair.path))


def _judged(tool: str, before: Runs, after: Runs) -> tuple[Risk, str]:
    if tool in after.idle:
        return Risk.HIGH, "is run so that it cannot fail any more"
    if after.runners - before.runners:
        return Risk.LOW, "is left to another file"
    what = kind(tool)
    if what in kinds(after.firm - before.firm):
        return Risk.LOW, "gives way to another tool"
    if what == SECURITY:
        return Risk.HIGH, "is not run any more"
    return Risk.LOW if what in kinds(after.firm) else Risk.MEDIUM, "is not run any more"
