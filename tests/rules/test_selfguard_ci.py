"""CI jobs that no longer run the guard, or can no longer fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.model import SYMLINK, Blob, Finding, Risk

if TYPE_CHECKING:
    from tests.rules.conftest import Ask

RULE = "SMG403"
PATH = ".github/workflows/ci.yml"
RUN = "      - run: uvx pytest-selfmod-guard check --base origin/main\n"
BASE = f"""\
name: CI
on:
  pull_request:
permissions:
  contents: read
jobs:
  guard:
    name: The guard
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
        with:
          fetch-depth: 0
{RUN}      - run: echo done
  docs:
    runs-on: ubuntu-latest
    steps:
      - run: make docs
"""


def worst(found: list[Finding]) -> Risk:
    """Give the highest risk of some findings."""
    return max((item.risk for item in found), default=Risk.NONE)


def changed(old: str, new: str) -> str:
    """Give the base's workflow with a text replaced, which is in it."""
    assert old in BASE
    return BASE.replace(old, new, 1)


JOB = "    runs-on: ubuntu-latest\n"
ATTACKS = {
    "the step removed": changed(RUN, ""),
    "the job removed": changed(BASE[BASE.index("  guard:") : BASE.index("  docs:")], ""),
    "the job renamed": changed("  guard:", "  other:"),
    "or true": changed("origin/main", "origin/main || true"),
    "and echo": changed("origin/main\n", "origin/main; echo\n"),
    "another base": changed("--base origin/main", "--base HEAD"),
    "only an echo": changed("uvx pytest", "echo uvx pytest"),
    "the step may fail": changed(RUN, RUN + "        continue-on-error: true\n"),
    "the step has a condition": changed(RUN, RUN + "        if: false\n"),
    "the step has a shell": changed(RUN, RUN + "        shell: bash {0} || true\n"),
    "the step has a variable": changed(RUN, RUN + "        env: {PATH: /tmp}\n"),
    "the job may fail": changed(JOB, JOB + "    continue-on-error: true\n"),
    "the job has a condition": changed(JOB, JOB + "    if: github.actor != 'bot'\n"),
    "the job needs another": changed(JOB, JOB + "    needs: [docs]\n"),
    "the job has variables": changed(JOB, JOB + "    env: {UV_INDEX_URL: https://evil}\n"),
    "the job has a container": changed(JOB, JOB + "    container: evil/image\n"),
    "the job runs elsewhere": changed("ubuntu-latest", "self-hosted"),
    "the job has a matrix of nothing": changed(JOB, JOB + "    strategy: {matrix: {x: []}}\n"),
    "a step before it": changed("    steps:\n", "    steps:\n      - run: ln -s /bin/true uvx\n"),
    "another step before it": changed("actions/checkout@v5", "evil/checkout@v5"),
    "less history": changed("fetch-depth: 0", "fetch-depth: 1"),
    "other events": changed("  pull_request:\n", "  workflow_dispatch:\n"),
    "fewer branches": changed("  pull_request:\n", "  pull_request: {branches: [none]}\n"),
    "fewer paths": changed("  pull_request:\n", "  pull_request: {paths-ignore: ['**']}\n"),
    "an event more that sees the base": changed(
        "  pull_request:\n", "  pull_request:\n  pull_request_target:\n"
    ),
    "an event more, with fewer branches": changed(
        "  pull_request:\n", "  pull_request: {branches: [none]}\n  push:\n"
    ),
    "an event instead": changed("  pull_request:\n", "  push:\n"),
    "a lower version": changed("checkout@v5", "checkout@v4"),
    "a branch of an action": changed("checkout@v5", "checkout@main"),
    "a hash of an action": changed("checkout@v5", f"checkout@{'0' * 40}"),
    "a higher version of another": changed("actions/checkout@v5", "evil/checkout@v6"),
    "a higher version, called otherwise": changed("checkout@v5\n", "checkout@v6\n        if: x\n"),
    "a higher version and a step": changed(
        "      - uses: actions/checkout@v5\n", "      - run: x\n      - uses: actions/checkout@v6\n"
    ),
    "other permissions": changed("contents: read", "contents: write"),
    "variables for all": "env: {PATH: /tmp}\n" + BASE,
    "a shell for all": "defaults: {run: {shell: 'true {0}'}}\n" + BASE,
    "not YAML": BASE + "  - [\n",
    "a tab": changed("    steps", "\tsteps"),
    "a key twice": BASE + "jobs: {}\n",
    "two documents": BASE + "---\n{}\n",
    "a bomb of aliases": BASE
    + "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)),
    "deep nesting": BASE + f"x: {'[' * 90_000}{']' * 90_000}\n",
    "emptied": "",
    "commented out": "# " + BASE.replace("\n", "\n# "),
    "no mapping": "- selfmod-guard\n",
    "jobs that are none": BASE[: BASE.index("jobs:")] + "jobs: selfmod-guard\n",
}


@pytest.mark.parametrize("new", ATTACKS.values(), ids=ATTACKS)
def test_the_guard_s_job_is_weakened(ask: Ask, new: str) -> None:
    """Whatever keeps the job from running as it did, or from failing, is denied."""
    assert worst(ask(RULE, {PATH: BASE}, {PATH: new})) == Risk.HIGH


def test_the_workflow_goes(ask: Ask, blob: Callable[..., Blob]) -> None:
    """Deleted, renamed, replaced by a link or by bytes that are no text: it does not run."""
    assert worst(ask(RULE, {PATH: BASE}, {})) == Risk.HIGH
    assert worst(ask(RULE, {PATH: BASE}, {"ci.yml": BASE}, {"ci.yml": PATH})) == Risk.HIGH
    assert worst(ask(RULE, {PATH: BASE}, {PATH: blob("x", SYMLINK)})) == Risk.HIGH
    assert worst(ask(RULE, {PATH: BASE}, {PATH: BASE.encode() + b"\0"})) == Risk.HIGH
    assert worst(ask(RULE, {PATH: BASE}, {PATH: BASE.encode() + b"#" * (5 << 20)})) == Risk.HIGH


def test_a_broken_workflow_is_not_replaced_silently(ask: Ask) -> None:
    """What the base's file did for us is unknown, so its replacement is denied."""
    assert worst(ask(RULE, {PATH: BASE + "  - [\n"}, {PATH: "jobs: {}\n"})) == Risk.HIGH


SILENT = {
    "another job": changed("make docs", "make html"),
    "another job more": BASE + "  lint:\n    runs-on: x\n    steps: []\n",
    "another job less": BASE[: BASE.index("  docs:")],
    "a step after it": changed("echo done", "echo finished"),
    "another name": changed("name: CI", "name: Checks"),
    "the job's name": changed("The guard", "Selfmod guard"),
    "the step's name": changed(RUN, RUN + "        name: judge\n"),
    "comments": "# why\n" + BASE,
    "quotes": changed("contents: read", "contents: 'read'"),
}


@pytest.mark.parametrize("new", SILENT.values(), ids=SILENT)
def test_the_guard_s_job_stays(ask: Ask, new: str) -> None:
    """What our run does not depend on is silent."""
    assert ask(RULE, {PATH: BASE}, {PATH: new}) == []


MORE = {
    "an event": changed("  pull_request:\n", "  pull_request:\n  push:\n"),
    "an event as a list": changed("on:\n  pull_request:\n", "on: [pull_request, merge_group]\n"),
    "a higher version": changed("checkout@v5", "checkout@v6"),
    "a higher version in full": changed("checkout@v5", "checkout@v5.0.1"),
    "concurrency of all": "concurrency: {group: x, cancel-in-progress: true}\n" + BASE,
    "concurrency of the job": changed(JOB, JOB + "    concurrency: guard\n"),
}


@pytest.mark.parametrize("new", MORE.values(), ids=MORE)
def test_the_guard_s_job_gains(ask: Ask, new: str) -> None:
    """What only adds, or updates the same action, is a note."""
    assert worst(ask(RULE, {PATH: BASE}, {PATH: new})) == Risk.LOW
    assert worst(ask(RULE, {PATH: BASE}, {PATH: new.replace("origin/main", "HEAD")})) == Risk.HIGH


def test_a_workflow_that_is_called(ask: Ask) -> None:
    """A job that is another repository's workflow may be of a higher version."""
    old = "on: push\njobs: {guard: {uses: a/selfmod-guard/.github/workflows/g.yml@v1}}\n"
    assert worst(ask(RULE, {PATH: old}, {PATH: old.replace("@v1", "@v2")})) == Risk.LOW
    assert worst(ask(RULE, {PATH: old}, {PATH: old.replace("@v1", "@main")})) == Risk.HIGH
    assert worst(ask(RULE, {PATH: old}, {PATH: old.replace("a/", "b/")})) == Risk.HIGH


NEEDS = """\
on: [pull_request]
jobs:
  build:
    steps: [{run: make}]
  guard:
    needs: build
    steps: [{run: selfmod-guard check}]
"""


@pytest.mark.parametrize(
    ("old", "new", "risk"),
    [
        ("  build:\n", "  build:\n    if: false\n", Risk.HIGH),
        ("  build:\n", "  build:\n    needs: nothing\n", Risk.HIGH),
        ("run: make", "run: make all", Risk.NONE),
    ],
)
def test_a_job_that_ours_needs(ask: Ask, old: str, new: str, risk: Risk) -> None:
    """Where a needed job is skipped ours is, too, and that counts as a success."""
    assert worst(ask(RULE, {PATH: NEEDS}, {PATH: NEEDS.replace(old, new)})) == risk


@pytest.mark.parametrize("path", [PATH, ".gitlab-ci.yml"])
def test_a_job_that_is_only_called_like_us(ask: Ask, path: str) -> None:
    """What a job of our name runs by way of another command counts as ours."""
    job = "selfmod-guard:\n    script: [make guard]\n    steps: [{run: make guard}]\n"
    old = f"jobs:\n  {job}" if path == PATH else job
    assert worst(ask(RULE, {path: old}, {path: old.replace("make guard", "true")})) == Risk.HIGH


def test_a_workflow_that_never_ran_us(ask: Ask) -> None:
    """Adopting the job is a note; a workflow without us is silent, even if it only speaks of us."""
    other = "on: push\njobs: {docs: {steps: [{run: make}]}}\n"
    assert worst(ask(RULE, {}, {PATH: BASE})) == Risk.LOW
    assert worst(ask(RULE, {PATH: other}, {PATH: BASE})) == Risk.LOW
    assert ask(RULE, {PATH: other}, {PATH: "on: never\n"}) == []
    assert ask(RULE, {PATH: other + "# not selfmod-guard\n"}, {PATH: "on: never\n"}) == []


GITLAB = """\
stages: [test, build]
.base:
  image: python:3.12
guard:
  extends: .base
  stage: test
  script:
    - pip install pytest-selfmod-guard
    - selfmod-guard check --base origin/main
build:
  stage: build
  script: [make]
"""


@pytest.mark.parametrize(
    ("old", "new", "risk"),
    [
        ("stage: test", "stage: test\n  allow_failure: true", Risk.HIGH),
        ("stage: test", "stage: test\n  rules: [{when: never}]", Risk.HIGH),
        ("stage: test", "stage: test\n  only: [tags]", Risk.HIGH),
        ("origin/main", "origin/main || true", Risk.HIGH),
        ("python:3.12", "evil:latest", Risk.HIGH),
        ("stages:", "before_script: [exit 0]\nstages:", Risk.HIGH),
        ("stages:", "workflow: {rules: [{when: never}]}\nstages:", Risk.HIGH),
        ("stages:", "variables: {PATH: /tmp}\nstages:", Risk.HIGH),
        ("guard:", ".guard:", Risk.HIGH),
        ("    - pip install pytest-selfmod-guard\n", "    - exit 0\n", Risk.HIGH),
        ("script: [make]", "script: [make, build]", Risk.NONE),
        ("build:\n  stage", "build:\n  allow_failure: true\n  stage", Risk.NONE),
    ],
)
def test_gitlab(ask: Ask, old: str, new: str, risk: Risk) -> None:
    """Jobs at the top, what they extend, and what governs them all."""
    assert old in GITLAB
    path = ".gitlab-ci.yml"
    found = ask(RULE, {path: GITLAB}, {path: GITLAB.replace(old, new, 1)})
    assert worst(found) == risk


CIRCLE = """\
jobs:
  guard:
    steps: [checkout, {run: selfmod-guard check}]
  docs:
    steps: [checkout]
workflows:
  all:
    jobs: [guard, docs]
"""
AZURE = """\
trigger: [main]
jobs:
- job: guard
  steps:
  - script: selfmod-guard check
- job: docs
  steps:
  - script: make
"""
AZURE_STEPS = "trigger: [main]\nsteps:\n- script: selfmod-guard check\n"


@pytest.mark.parametrize(
    ("path", "text", "old", "new", "risk"),
    [
        (".circleci/config.yml", CIRCLE, "[guard, docs]", "[docs]", Risk.HIGH),
        (".circleci/config.yml", CIRCLE, "check}", "check || true}", Risk.HIGH),
        (".circleci/config.yml", CIRCLE, "steps: [checkout]", "steps: [other]", Risk.NONE),
        ("azure-pipelines.yml", AZURE, "check", "check || true", Risk.HIGH),
        (
            "azure-pipelines.yml",
            AZURE,
            "- job: guard\n",
            "- job: guard\n  condition: false\n",
            Risk.HIGH,
        ),
        ("azure-pipelines.yml", AZURE, "make", "make docs", Risk.NONE),
        ("azure-pipelines.yml", AZURE_STEPS, "trigger: [main]", "trigger: none", Risk.HIGH),
    ],
)
def test_other_services(ask: Ask, path: str, text: str, old: str, new: str, risk: Risk) -> None:
    """The same question in the words of other services."""
    assert old in text
    assert worst(ask(RULE, {path: text}, {path: text.replace(old, new, 1)})) == risk


MAKEFILE = "test:\n\tpytest\n\nguard: test\n\tselfmod-guard check --staged\n\ndocs:\n\tsphinx\n"


@pytest.mark.parametrize(
    ("path", "text", "old", "new", "risk"),
    [
        ("Makefile", MAKEFILE, "\tselfmod", "\t-selfmod", Risk.HIGH),
        ("Makefile", MAKEFILE, "guard: test", "guard:\n\ttrue\nold: test", Risk.HIGH),
        ("Makefile", MAKEFILE, "--staged", "--staged || :", Risk.HIGH),
        ("Makefile", MAKEFILE, "test:", "SHELL = /bin/true\ntest:", Risk.HIGH),
        ("Makefile", MAKEFILE, "test:", ".IGNORE:\ntest:", Risk.HIGH),
        ("Makefile", MAKEFILE, "sphinx", "mkdocs", Risk.NONE),
        ("Makefile", MAKEFILE, "pytest", "pytest -q", Risk.NONE),
        ("tox.ini", "[testenv:guard]\ncommands = selfmod-guard check\n[testenv]\ncommands = x\n",
         "selfmod", "-selfmod", Risk.HIGH),
        ("tox.ini", "[testenv:guard]\ncommands = selfmod-guard check\n[testenv]\ncommands = x\n",
         "= x", "= y", Risk.NONE),
        ("noxfile.py", "@nox.session\ndef guard(s):\n    s.run('selfmod-guard', 'check')\n",
         "'check')", "'check', success_codes=[0, 1])", Risk.HIGH),
        ("noxfile.py", "@nox.session\ndef guard(s):\n    s.run('selfmod-guard', 'check')\n",
         "@nox.session\n", "", Risk.HIGH),
        ("Jenkinsfile", "pipeline {\n  sh 'selfmod-guard check'\n}\n", "check'", "check || true'",
         Risk.HIGH),
        ("Jenkinsfile", "pipeline {\n  sh 'selfmod-guard check'\n}\n", "}", "}\n// x\n", Risk.NONE),
        ("Makefile", "test:\n\tpytest\n", "pytest", "true", Risk.NONE),
        ("Makefile", MAKEFILE, "docs:", "guard:\n\ttrue\ndocs:", Risk.HIGH),
        ("Makefile", MAKEFILE, "docs:", "other guard:\n\ttrue\ndocs:", Risk.HIGH),
        ("Makefile", MAKEFILE, "docs:", "docs: ; true\n  ./guard :: x\n", Risk.HIGH),
        ("Makefile", MAKEFILE, "docs:", "PATH := /tmp\ndocs:", Risk.HIGH),
        ("Makefile", "R = uvx\ng:\n\t$(R) selfmod-guard\n", "R = uvx", "R = true", Risk.HIGH),
        ("Makefile", "R = uvx\ng:\n\t$(R) selfmod-guard\n", "g:", "Q = 1\ng:", Risk.NONE),
        ("Makefile", ".PHONY: selfmod-guard\nselfmod-guard:\n\tselfmod-guard check\n",
         "selfmod-guard:\n", "selfmod-guard:\n.PHONY: docs\n", Risk.HIGH),
        ("Makefile", ".PHONY: selfmod-guard\nselfmod-guard:\n\tselfmod-guard check\n",
         "check\n", "check\n.PHONY: docs\ndocs:\n\ttrue\n", Risk.NONE),
        ("tox.ini", "[testenv:guard]\ncommands = selfmod-guard check\n", "check\n",
         "check\n[testenv:docs]\ncommands = x\n", Risk.NONE),
        ("noxfile.py", "@nox.session\ndef guard(s):\n    s.run('selfmod-guard', 'check')\n",
         "'check')\n", "'check')\n\n@nox.session\ndef guard(s):\n    pass\n", Risk.HIGH),
        ("noxfile.py", "@nox.session\ndef guard(s):\n    s.run('selfmod-guard', 'check')\n",
         "'check')\n", "'check')\n\nguard = print\n", Risk.HIGH),
        ("noxfile.py", "@nox.session\ndef guard(s):\n    s.run('selfmod-guard', 'check')\n",
         "'check')\n", "'check')\n\n@nox.session\ndef docs(s):\n    pass\n", Risk.NONE),
    ],
)  # fmt: skip
def test_files_that_are_no_yaml(
    ask: Ask, path: str, text: str, old: str, new: str, risk: Risk
) -> None:
    """The block that runs us must stay, with what governs the whole file."""
    assert old in text
    assert worst(ask(RULE, {path: text}, {path: text.replace(old, new, 1)})) == risk


def test_a_makefile_that_goes(ask: Ask) -> None:
    """The target that ran us is gone with its file."""
    assert worst(ask(RULE, {"Makefile": MAKEFILE}, {})) == Risk.HIGH


@pytest.mark.parametrize(
    ("beside", "path", "risk"),
    [
        ("Makefile", "GNUmakefile", Risk.HIGH),
        ("Makefile", "makefile", Risk.HIGH),
        ("makefile", "GNUmakefile", Risk.HIGH),
        ("makefile", "Makefile", Risk.NONE),
        ("Makefile", "docs/GNUmakefile", Risk.NONE),
        ("Makefile", "other.mk", Risk.NONE),
    ],
)
def test_a_makefile_that_is_read_instead(ask: Ask, beside: str, path: str, risk: Risk) -> None:
    """Make reads one file of a folder, so a new one takes the place of ours."""
    other = "guard:\n\ttrue\n"
    assert worst(ask(RULE, {beside: MAKEFILE}, {beside: MAKEFILE, path: other})) == risk
    assert ask(RULE, {beside: "test:\n"}, {beside: "test:\n", path: other}) == []
