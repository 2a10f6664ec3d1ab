"""The CI job that ``init`` writes: judge a pull request before anything of it runs."""

from __future__ import annotations

import re
from textwrap import indent

from pytest_selfmod_guard import __version__
from pytest_selfmod_guard.doors._setup import Edit, read
from pytest_selfmod_guard.doors._setup.entry import Source

WORKFLOW = ".github/workflows/selfmod-guard.yml"
GITLAB = ".gitlab-ci.yml"

_WORKFLOW = """\
# Judges a pull request by the policy of the branch it wants to join.
name: selfmod-guard

on:
  pull_request:

permissions:
  contents: read

jobs:
  selfmod-guard:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      # Installed from a pin while nothing of the change is here yet.
@WARNING@      - run: python -I -m pip install "@REQUIREMENT@"
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0
          persist-credentials: false
      # What people have approved; the token reads this repository and nothing else.
      - run: git fetch "$FROM" "+refs/selfmod/approvals/*:refs/selfmod/approvals/*"
        env:
          FROM: https://x-access-token:${{ github.token }}@github.com/${{ github.repository }}
      - run: selfmod-guard check --base "origin/$BASE_BRANCH"
        env:
          BASE_BRANCH: ${{ github.base_ref }}
"""

_GITLAB_JOB = """\
selfmod-guard:
  image: python:3.12
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  variables:
    GIT_STRATEGY: none  # nothing of the change is here while the guard is installed
  script:
    - cd "$(mktemp -d)"
@WARNING@    - python -I -m pip install "@REQUIREMENT@"
    - git clone --no-checkout "$CI_REPOSITORY_URL" change && cd change
    - git fetch origin "$CI_COMMIT_SHA" && git checkout --detach "$CI_COMMIT_SHA"
    - git fetch origin "+refs/selfmod/approvals/*:refs/selfmod/approvals/*"
    - selfmod-guard check --base "origin/$CI_MERGE_REQUEST_TARGET_BRANCH_NAME"
"""

_WARNING = """\
# WARNING: nobody owns this name on the package index yet, and whoever takes it is the judge here.
# Replace it by a source that you trust: "pytest-selfmod-guard @ git+URL@REV".
"""


def requirement(source: Source) -> str:
    """Say what pip is to install: a release of the source, or of the package index."""
    if source.repo:
        return f"pytest-selfmod-guard @ git+{source.repo}@{source.rev}"
    return f"pytest-selfmod-guard=={__version__}"


def plan(top: str, source: Source) -> Edit | None:
    """Say what to write for GitHub to judge pull requests; None on GitLab, or if it does."""
    if read(top, GITLAB) is not None or read(top, WORKFLOW) is not None:
        return None
    return Edit(WORKFLOW, None, _made(_WORKFLOW, source).encode())


def by_hand(top: str, source: Source) -> str:
    """Give the job that a GitLab project still needs; empty when there is nothing to add."""
    present = read(top, GITLAB)
    return "" if present is None or b"selfmod-guard" in present else _made(_GITLAB_JOB, source)


def _made(text: str, source: Source) -> str:
    warning = "" if source.repo else _WARNING
    text = re.sub(r"@WARNING@( *)", lambda found: indent(warning, found[1]) + found[1], text)
    return text.replace("@REQUIREMENT@", requirement(source))
