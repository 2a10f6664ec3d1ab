"""What the project promises beside its code: names, manifests, make words, cheap imports."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

import pytest_selfmod_guard

ROOT = Path(__file__).parents[1]
MANIFEST = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

HOOK_IDS = [
    "selfmod-guard",
    "selfmod-size",
    "selfmod-files",
    "selfmod-patterns",
    "selfmod-commit-msg",
    "selfmod-post-commit",
]
MAKE_WORDS = [
    "help",
    "demo",
    "test",
    "lint",
    "types",
    "docs",
    "docs-check",
    "bench",
    "proof",
    "fuzz",
    "clean",
]


def test_the_hook_ids_are_the_promised_ones() -> None:
    """People have these ids in their own files."""
    assert [hook["id"] for hook in MANIFEST] == HOOK_IDS


@pytest.mark.parametrize("hook", MANIFEST, ids=HOOK_IDS)
def test_a_hook_runs_on_every_commit(hook: dict[str, Any]) -> None:
    """Without `always_run` a commit that only deletes files is skipped and passes."""
    assert hook["language"] == "python"
    assert hook["pass_filenames"] is False
    assert hook["always_run"] is True
    assert hook["require_serial"] is True
    own = {"selfmod-post-commit": ["post-commit"], "selfmod-commit-msg": ["commit-msg"]}
    judging = ["pre-commit", "pre-merge-commit", "pre-push", "manual"]
    assert hook["stages"] == own.get(hook["id"], judging)
    assert hook["minimum_pre_commit_version"] == "3.2.0"


@pytest.mark.parametrize("hook", MANIFEST, ids=HOOK_IDS)
def test_a_hook_cannot_be_shadowed_by_the_tree_it_judges(hook: dict[str, Any]) -> None:
    """Without `-I` the repository's root comes first on the path, with any module in it."""
    assert hook["entry"] == f"python -I -m pytest_selfmod_guard pre-commit {hook['id']}"


@pytest.mark.parametrize("hook", MANIFEST, ids=HOOK_IDS)
def test_a_hook_is_described(hook: dict[str, Any]) -> None:
    """A hook without a sentence in its manifest and a line in the README is not found."""
    assert hook["description"].endswith(".")
    assert f"`{hook['id']}`" in _text("README.md")


def test_pre_commit_accepts_the_manifest() -> None:
    """A manifest that pre-commit refuses breaks every user's next commit."""
    validate = [sys.executable, "-m", "pre_commit", "validate-manifest", ".pre-commit-hooks.yaml"]
    assert _run(*validate).returncode == 0


@pytest.mark.parametrize("script", ["selfmod-guard", "pytest-selfmod-guard"])
def test_both_names_run_the_same_program(script: str) -> None:
    """`uvx pytest-selfmod-guard` looks for a program of the distribution's name."""
    assert PROJECT["project"]["scripts"][script] == "pytest_selfmod_guard.doors.cli:run"


def test_pytest_finds_the_plugin() -> None:
    """`-p selfmod_guard` and `-p no:selfmod_guard` are written in people's configuration."""
    plugins = PROJECT["project"]["entry-points"]["pytest11"]
    assert plugins == {"selfmod_guard": "pytest_selfmod_guard.doors.pytest_plugin"}


def test_the_developer_tools_are_listed_alike_twice() -> None:
    """`pip install -e '.[dev]'` and `pip install --group dev` give the same tools."""
    extra = PROJECT["project"]["optional-dependencies"]["dev"]
    assert extra == PROJECT["dependency-groups"]["dev"]


def test_no_dependency_has_a_cap() -> None:
    """A cap of ours would hold back everything else in a user's environment."""
    capped = [line for line in PROJECT["project"]["dependencies"] if set("<=~!") & set(_bare(line))]
    assert capped == []


@pytest.mark.parametrize("word", MAKE_WORDS)
def test_make_knows_the_word(word: str) -> None:
    """Every word that the documentation promises is a target, and needs no other."""
    planned = _run("make", "--dry-run", word)
    assert planned.returncode == 0, planned.stderr


def test_make_alone_lists_every_word() -> None:
    """Someone who types `make` learns the words, and nothing else happens."""
    listed = [line.split()[0] for line in _run("make").stdout.splitlines()[1:]]
    assert listed == ["help", *MAKE_WORDS[1:]]


@pytest.mark.parametrize(
    "module", ["pytest_selfmod_guard", "pytest_selfmod_guard.doors.pytest_plugin"]
)
def test_importing_costs_nobody_anything(module: str) -> None:
    """Every pytest run of every user loads the plugin: the standard library must do."""
    program = (
        "import pytest, sys; before = set(sys.modules); "
        f"import {module}; print(*(set(sys.modules) - before))"
    )
    loaded = _run(sys.executable, "-c", program)
    assert loaded.returncode == 0, loaded.stderr
    foreign = {name.split(".")[0] for name in loaded.stdout.split()} - sys.stdlib_module_names
    assert foreign == {"pytest_selfmod_guard"}


def test_the_version_is_told_in_the_changelog() -> None:
    """A version that the changelog does not know was released by mistake."""
    assert f"## {pytest_selfmod_guard.__version__}" in _text("CHANGELOG.md")


def test_the_rule_of_the_contributing_guide_works() -> None:
    """The first thing a newcomer copies must do what the page says."""
    (page,) = re.findall(r"```python\n(.*?)```", _text("CONTRIBUTING.md"), re.DOTALL)
    # Not in this process: a rule registers itself, and would stay for the other tests.
    tried = _run(sys.executable, "-c", f"{page}\n{TRY_RULE}")
    assert tried.stdout.split() == ["True", "True", "False", "False"], tried.stderr


TRY_RULE = """
from pytest_selfmod_guard import rulebook, rules
from pytest_selfmod_guard.policy import Policy
from pytest_selfmod_guard.stages.detect import detect

(rule,) = (rule for rule in rules.all_rules() if rule.id == "SMG590")
for example in rulebook.examples(rule):
    print(example.flagged, bool(detect(example.change, Policy(), (rule,)).findings))
"""


def _text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def _bare(requirement: str) -> str:
    return requirement.replace(">=", "")


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    """Run in the project's root, as from a shell of its own and not from inside `make`."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(
        command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60, check=False
    )
