"""What the documents tell people to type and to copy can be typed and copied."""

from __future__ import annotations

import re
import shlex
import sys
from functools import cache
from pathlib import Path

import pytest
import yaml

from pytest_selfmod_guard.testing import Project

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"(?ms)^```(console|bash|yaml)\n(.*?)^```$")
SPAN = re.compile(r"`(selfmod-guard [^`\n]+)`")
COMMAND = re.compile(r'(?:^|[\s/])selfmod-guard"? ([a-z-]+)([^\n#|;&]*)')


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_yaml_parses(page: Path) -> None:
    """A job to copy is a mapping, and a step of it that runs something runs text."""
    for kind, text in BLOCK.findall(page.read_text(encoding="utf-8")):
        if kind == "yaml":
            assert isinstance(yaml.safe_load(text), dict), text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_exists(page: Path) -> None:
    """Each verb has a help page, and it knows each option that is shown with it."""
    for verb, rest in commands(page.read_text(encoding="utf-8")):
        known = _help(verb)
        options = [word.partition("=")[0] for word in rest if word.startswith("--")]
        if verb == "pytest":  # the other words are pytest's own
            options = [word for word in options if word.startswith(("--selfmod", "--python"))]
        assert set(options) <= set(re.findall(r"--[a-z-]+", known)), (verb, rest)


def test_the_commands_are_found() -> None:
    """A pattern that finds nothing would pass."""
    found = {verb for page in PAGES for verb, _ in commands(page.read_text(encoding="utf-8"))}
    assert {"init", "check", "pytest", "pre-commit", "rules", "explain", "policy", "demo"} <= found
    job = '```yaml\nrun: |\n  "$GUARD/bin/selfmod-guard" pytest --python=x -q  # why\n```\n'
    assert commands(job) == [("pytest", ["--python=x", "-q"])]
    assert commands("```console\nSKIP=selfmod-guard git commit\n```\n") == []


def test_the_jobs_judge_before_they_run_anything_of_the_change() -> None:
    """Guard, checkout, verdict, project, tests: in any other order the change comes first."""
    page = (ROOT / "docs" / "continuous-integration.md").read_text(encoding="utf-8")
    jobs = [text for kind, text in BLOCK.findall(page) if kind == "yaml" and "selfmod" in text]
    signs = ("selfmod-guard @ git+", "checkout", " --version", "pip install pytest", "python .venv")
    assert len(jobs) == 2
    for job in jobs:
        steps = job[job.index("steps:" if "steps:" in job else "script:") :]
        found = [steps.index(sign) for sign in signs]
        assert found == sorted(found), job


def commands(text: str) -> list[tuple[str, list[str]]]:
    """Find what is typed: verb and words, in blocks and in spans."""
    lines = [*(block for _, block in BLOCK.findall(text)), *SPAN.findall(text)]
    found = [match for line in lines for match in COMMAND.findall(line)]
    return [(verb, shlex.split(rest)) for verb, rest in found]


@cache
def _help(verb: str) -> str:
    told = Project().run(sys.executable, "-I", "-m", "pytest_selfmod_guard", verb, "--help")
    assert told.code == 0, verb
    return told.out


def test_the_rule_of_ones_own_does_what_the_page_says() -> None:
    """Its examples are true, by the command that the page shows, in the words that it shows."""
    page = (ROOT / "docs" / "own-rules.md").read_text(encoding="utf-8")
    (rule,) = re.findall(r"(?ms)^```python\n(.*?)^```$", page)
    project = Project({"tools/rules/printing.py": rule}).commit()
    told = project.run(
        sys.executable, "-I", "-m", "pytest_selfmod_guard", "test-rules", "tools/rules"
    )
    assert told.code == 0
    assert f"$ selfmod-guard test-rules tools/rules\n{told.out}```" in page
