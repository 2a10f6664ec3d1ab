"""Reformatting says nothing new: real modules and real tests, written anew by a formatter."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_selfmod_guard.model import Finding, Risk
from tests.corpus import AGENT, judged

SOURCES = {
    "_pytest": "shop/{}",
    "bandit/plugins": "shop/{}",
    "libcst/tests": "tests/{}",
    "libcst/_nodes/tests": "tests/{}",
}
"""Packages that our dependencies ship, and where they would be in a project."""
MOST = 10
"""Modules of each."""


def modules(package: str) -> list[Path]:
    """Give some modules of an installed package."""
    top, _, rest = package.partition("/")
    found = importlib.util.find_spec(top)
    assert found is not None
    assert found.origin is not None
    folder = Path(found.origin).parent / rest
    return sorted(path for path in folder.glob("*.py") if path.stat().st_size < 60_000)[:MOST]


def formatted(source: str) -> str:
    """Write a module anew, in narrow lines and with other quotes."""
    options = ("--line-length", "64", "--config", "format.quote-style='single'")
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--isolated", *options, "-"],
        input=source,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout


def unparsed(source: str) -> str:
    """Write a module anew from its tree, without comments or a line break too many."""
    return ast.unparse(ast.parse(source)) + "\n"


def worth_a_look(base: str, head: str, path: str) -> list[Finding]:
    """Give what would be more than a note."""
    findings, _ = judged({path: base}, {path: head}, actor=AGENT)
    return [finding for finding in findings if finding.risk >= Risk.MEDIUM]


@pytest.mark.proof
@pytest.mark.parametrize("package", SOURCES)
def test_a_formatter_finds_nothing_new(package: str) -> None:
    """Product and tests, pytest and unittest."""
    there = modules(package)
    assert len(there) > 5
    for module in there:
        source = module.read_text(encoding="utf-8")
        path = SOURCES[package].format(module.name)
        assert worth_a_look(source, formatted(source), path) == []


@pytest.mark.proof
@pytest.mark.parametrize("package", SOURCES)
def test_a_module_written_anew_from_its_tree_finds_nothing_new(package: str) -> None:
    """Other brackets, other quotes, no comments: the code is the same."""
    for module in modules(package):
        source = module.read_text(encoding="utf-8")
        path = SOURCES[package].format(module.name)
        assert worth_a_look(source, unparsed(source), path) == []
