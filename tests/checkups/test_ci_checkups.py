"""CI: which job is a wall, and every hole that can be seen from a clone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from pytest_selfmod_guard.checkups._facts import Pipelines
from pytest_selfmod_guard.doors._setup import ci
from pytest_selfmod_guard.doors._setup.entry import Source
from pytest_selfmod_guard.rules._yaml import read
from pytest_selfmod_guard.status import Line
from tests.checkups.facts import ask, only

WORKFLOW = ".github/workflows/guard.yml"
GITLAB = ".gitlab-ci.yml"
SHA = "0123456789abcdef0123456789abcdef01234567"
PAGE = Path(__file__).parents[2] / "docs" / "continuous-integration.md"
GITHUB_JOB = f"""
on: pull_request
jobs:
  guard:
    steps:
      - uses: actions/setup-python@v5
      - run: pip install "pytest-selfmod-guard @ git+https://x/y@{SHA}"
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0
      - run: selfmod-guard check --base origin/main
      - run: pip install -e .
"""
GITLAB_JOB = f"""
variables:
  GIT_STRATEGY: none
guard:
  script:
    - pip install "pytest-selfmod-guard @ git+https://x/y@{SHA}"
    - git clone "$CI_REPOSITORY_URL" change && cd change
    - selfmod-guard check --base origin/main
"""


def asked(text: str, path: str = WORKFLOW, name: str = "ci_job") -> list[Line]:
    """Ask about one definition."""
    return ask(name, pipelines=Pipelines({path: read(text)}, {}, "trunk"))


@pytest.mark.parametrize(("path", "text"), [(WORKFLOW, GITHUB_JOB), (GITLAB, GITLAB_JOB)])
def test_a_wall_is_in_order(path: str, text: str) -> None:
    """Pinned, before the change is there, with all of the history, and it can fail."""
    (line,) = asked(text, path)
    assert (line.state, line.mend) == ("ok", "")
    assert f'job "guard" of {path} judges' in line.message


def test_the_jobs_that_the_page_shows_and_init_writes_are_in_order() -> None:
    """What we tell people to copy must not be blamed."""
    blocks = re.findall(r"(?ms)^```yaml\n(.*?)^```$", PAGE.read_text(encoding="utf-8"))
    github, gitlab = (block.replace("URL@REV", f"URL@{SHA}") for block in blocks[:2])
    source = Source("https://x/y", SHA)
    made = [(WORKFLOW, github), (GITLAB, gitlab), (WORKFLOW, ci._made(ci._WORKFLOW, source))]  # noqa: SLF001
    for path, text in (*made, (GITLAB, ci._made(ci._GITLAB_JOB, source))):  # noqa: SLF001
        assert [line.state for line in asked(text, path)] == ["ok"], text


@pytest.mark.parametrize(
    ("old", "new", "state", "told"),
    [
        ("origin/main", "origin/main || true", "broken", "throws the verdict away"),
        ("origin/main", "origin/main; exit 0", "broken", "throws the verdict away"),
        ("run: selfmod", "continue-on-error: true\n        run: selfmod", "broken", "passes when"),
        ("run: selfmod", "if: github.actor == 'x'\n        run: selfmod", "warning", "only if"),
        ("    steps", "    continue-on-error: ${{ x }}\n    steps", "broken", "passes when"),
        ("    steps", "    if: false\n    steps", "warning", "only if false"),
        (f"@{SHA}", "@main", "warning", "not pinned"),
        (f" @ git+https://x/y@{SHA}", "", "warning", "not pinned"),
        (f" @ git+https://x/y@{SHA}", "==1.0", "warning", "where nobody owns that name yet"),
        ("          fetch-depth: 0", "          submodules: true", "warning", "only a part"),
        ("fetch-depth: 0", "fetch-depth: 10", "warning", "only a part"),
        ('pip install "pytest-selfmod', 'echo "pytest-selfmod', "warning", "where its guard"),
    ],
)
def test_a_hole_in_a_workflow_is_told(old: str, new: str, state: str, told: str) -> None:
    """What forgives is broken; what leaves a gap is a warning; each says what to change."""
    assert old in GITHUB_JOB
    line = only(asked(GITHUB_JOB.replace(old, new, 1)))
    assert line.state == state
    assert told in line.message
    assert line.mend.startswith(f"in {WORKFLOW}: ")


@pytest.mark.parametrize(
    ("old", "new", "state", "told"),
    [
        ("  script", "  allow_failure: true\n  script", "broken", "passes when"),
        ("  script", "  allow_failure:\n    exit_codes: 1\n  script", "broken", "passes when"),
        ("  script", "  when: manual\n  script", "warning", "only if manual"),
        ("  GIT_STRATEGY: none", "  X: y", "warning", "before the guard is installed"),
        ("guard:\n", "guard:\n  extends: .soft\n", "broken", "passes when"),
    ],
)
def test_a_hole_in_a_job_of_gitlab_is_told(old: str, new: str, state: str, told: str) -> None:
    """Also one that it inherits."""
    text = GITLAB_JOB.replace(old, new, 1) + ".soft:\n  allow_failure: true\n"
    line = only(asked(text, GITLAB))
    assert line.state == state
    assert told in line.message


@pytest.mark.parametrize(
    "command",
    ["pip install -e .", "pip install .", "pip install '.[dev]'", "uv sync", "poetry install",
     "python -m pip install ./", "pip install -e '.[test]' -r more.txt"],
)  # fmt: skip
def test_a_project_that_is_installed_first_is_broken(command: str) -> None:
    """Its build code runs before the verdict, and may write the verdict."""
    text = GITHUB_JOB.replace(
        "      - run: selfmod", f"      - run: {command}\n      - run: selfmod"
    )
    line = only(asked(text))
    assert (line.state, "installs the change before" in line.message) == ("broken", True)


def test_a_guard_installed_behind_the_checkout_is_told() -> None:
    """The folder of the change can hold what pip reads."""
    checkout = "      - uses: actions/checkout@v4\n        with:\n          fetch-depth: 0\n"
    text = GITHUB_JOB.replace(checkout, "").replace("    steps:\n", f"    steps:\n{checkout}")
    assert "before the guard is installed" in only(asked(text)).message


@pytest.mark.parametrize(
    "run",
    ["pytest --selfmod-guard -q", "python -m pytest -x --selfmod-guard",
     '"$G/bin/selfmod-guard" pytest --python x', "uvx pytest-selfmod-guard==1.0 check --base a"],
)  # fmt: skip
def test_each_way_of_running_the_guard_is_known(run: str) -> None:
    """A job that judges is not taken for one that does not."""
    text = GITHUB_JOB.replace("selfmod-guard check --base origin/main", f"|\n          {run}")
    assert 'job "guard"' in asked(text)[0].message


@pytest.mark.parametrize(
    "text",
    [
        "jobs: {lint: {steps: [{run: ruff check .}]}}",
        "jobs: {lint: {steps: [{run: '# selfmod-guard check'}]}}",
        "jobs: {lint: {steps: [{name: selfmod-guard check, run: x}]}}",
        "jobs: {lint: {steps: [{run: pip install pytest-selfmod-guard}]}}",
        "jobs: []",
        "jobs: {a: x, b: {steps: y}, c: {steps: [z]}}",
        "x",
    ],
)
def test_a_definition_without_the_guard_is_told(text: str) -> None:
    """Naming it, or only installing it, judges nothing; odd ones are no crash."""
    line = only(asked(text))
    assert (line.state, line.mend) == ("warning", "selfmod-guard init")


def test_no_definition_at_all_and_one_that_cannot_be_read_are_told() -> None:
    """What nobody can read may well be what judges."""
    assert "HEAD has no job" in only(ask("ci_job")).message
    found: dict[str, Any] = {"pipelines": Pipelines({}, {GITLAB: "is not YAML (x)"}, "main")}
    first, _ = ask("ci_job", **found)
    assert (first.state, "is not YAML (x)" in first.message) == ("warning", True)


def test_a_line_made_to_be_slow_is_told_at_once() -> None:
    """Nobody waits for a definition of a megabyte."""
    step = "      - run: "
    slow = f"{step}{'install . x ' * 80_000}\n"
    text = GITHUB_JOB.replace(f"{step}selfmod", f"{slow}{step}selfmod")
    assert "installs the change" in only(asked(text)).message


@pytest.mark.parametrize(
    ("path", "text", "commands"),
    [
        (WORKFLOW, GITHUB_JOB, "gh api 'repos/{owner}/{repo}/rules/branches/trunk'"),
        (GITLAB, GITLAB_JOB, "glab api projects/:id"),
    ],
)
def test_what_a_clone_cannot_know_is_said_with_where_to_look(
    path: str, text: str, commands: str
) -> None:
    """It is unknown, which is neither a pass nor a failure."""
    lines = asked(text, path, "ci_settings")
    assert [line.state for line in lines] == ["unknown", "unknown"]
    assert all(commands in line.mend for line in lines)


def test_without_a_job_that_judges_no_setting_matters() -> None:
    """First there has to be one."""
    assert asked("jobs: {lint: {steps: [{run: ruff check .}]}}", name="ci_settings") == []
