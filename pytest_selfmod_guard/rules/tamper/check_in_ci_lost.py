"""SMG324: a CI definition no longer runs a check, or lets it fail unnoticed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules.tamper._ci_files import is_ci
from pytest_selfmod_guard.view import View


@change_rule(
    "SMG324",
    risk=Risk.HIGH,
    hint="keep the step, and let its failure fail the job; what fails for now is mended or marked"
    " in the test itself, not switched off in CI",
)
def check_in_ci_lost(view: View) -> Iterable[Sighting]:
    """
    CI runs the tests, a linter or a scanner no more, or their failure does not count.

    Definitions of GitHub, GitLab, CircleCI, Azure and their like are read as what
    they run: each command with the job around it, and with what keeps it from
    running (a condition that never holds, `when: manual`) or its failure from
    counting (`|| true`, `continue-on-error`, `allow_failure`, `set +e`). What ran
    before and does not after, in none of the definitions, is denied; so is a
    selection that leaves tests out, and a workflow that no push and no pull
    request starts.

    A condition that may have a reason, and a linter that is gone, are for a
    person to judge. Renaming, splitting and moving jobs, new versions of actions,
    and a new job that may fail, are silent.

    Flagged: its failure does not count
        === .github/workflows/test.yml
          on: [push, pull_request]
          jobs:
            test:
              runs-on: ubuntu-latest
              steps:
                - uses: actions/checkout@v4
        -       - run: pytest
        +       - run: pytest || true

    Flagged: it never runs
        === .github/workflows/test.yml
          on: push
          jobs:
            test:
        +     if: ${{ false }}
              steps:
                - run: uv run pytest tests

    Flagged: it is said, not run
        === .gitlab-ci.yml
          unit:
            script:
              - pip install -e .
        -     - python -m pytest
        +     - echo "python -m pytest"

    Flagged: nothing starts it
        === .github/workflows/test.yml
        - on: [push, pull_request]
        + on: workflow_dispatch
          jobs:
            test:
              steps:
                - run: pytest

    Flagged: fewer tests
        === .github/workflows/test.yml
          on: push
          jobs:
            test:
              steps:
        -       - run: pytest tests
        +       - run: pytest tests -k "not refund"

    Allowed: the jobs are split, and one more may fail
        === .github/workflows/test.yml
          on: [push, pull_request]
          jobs:
            test:
              steps:
        -       - run: pytest
        +       - run: pytest -m "not slow"
        +   slow:
        +     steps:
        +       - run: pytest -m slow
        +   next:
        +     continue-on-error: true
        +     steps:
        +       - run: pytest -W error

    Allowed: another file, and another runner
        === .github/workflows/test.yml
        - on: push
        - jobs:
        -   test:
        -     steps:
        -       - run: tox
        === .github/workflows/ci.yml
        + on: [push]
        + jobs:
        +   tests:
        +     steps:
        +       - uses: actions/setup-python@v5
        +       - run: |
        +           uv sync
        +           uv run pytest --cov
    """
    if any(is_ci(file.path) or is_ci(file.change.before) for file in view.files):
        yield from _compared(view)


def _compared(view: View) -> Iterator[Sighting]:
    from pytest_selfmod_guard.rules.tamper._ci_compared import losses  # noqa: PLC0415 (rarely)

    told = set()
    for lost in losses(view):
        if lost.message not in told:
            told.add(lost.message)
            yield Sighting(
                0, lost.message, path=lost.path, risk=lost.risk, settled_by=lost.settled_by
            )
