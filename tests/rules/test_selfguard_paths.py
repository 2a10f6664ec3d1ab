"""Paths that only a person may touch."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.model import EXECUTABLE, REGULAR, SYMLINK, Blob, Finding, Risk

if TYPE_CHECKING:
    from tests.rules.conftest import Ask

RULE = "SMG404"
POLICY = {
    "pyproject.toml": "[tool.selfmod-guard]\nprotect.paths = ['golden/**', '*.lock', '/db/']\n"
    "approvals.allowed-signers = '.guard/signers'\n"
}


def worst(found: list[Finding]) -> Risk:
    """Give the highest risk of some findings."""
    return max((item.risk for item in found), default=Risk.NONE)


@pytest.mark.parametrize(
    "path", ["golden/a", "golden/b/c.json", "poetry.lock", "deep/uv.lock", "db/1.sql"]
)
def test_a_listed_path(ask: Ask, path: str) -> None:
    """Changed, added or deleted, a listed path is denied."""
    assert worst(ask(RULE, {**POLICY, path: "1"}, {**POLICY, path: "2"})) == Risk.HIGH
    assert worst(ask(RULE, POLICY, {**POLICY, path: "2"})) == Risk.HIGH
    assert worst(ask(RULE, {**POLICY, path: "1"}, POLICY)) == Risk.HIGH


@pytest.mark.parametrize("path", ["golden", "gold/a", "a.lock.md", "sub/db/1.sql", "README.md"])
def test_another_path(ask: Ask, path: str) -> None:
    """What no pattern matches is silent."""
    assert ask(RULE, {**POLICY, path: "1"}, {**POLICY, path: "2"}) == []


def test_a_listed_path_moves(ask: Ask, blob: Callable[..., Blob]) -> None:
    """Away, back in, made executable or a link: each touches the path."""
    old, new = {**POLICY, "golden/a": "1"}, {**POLICY, "b": "1"}
    assert worst(ask(RULE, old, new, {"b": "golden/a"})) == Risk.HIGH
    assert worst(ask(RULE, new, old, {"golden/a": "b"})) == Risk.HIGH
    assert worst(ask(RULE, old, {**POLICY, "golden/a": blob("1", EXECUTABLE)})) == Risk.HIGH
    assert worst(ask(RULE, old, {**POLICY, "golden/a": blob("1", SYMLINK)})) == Risk.HIGH


def test_the_head_does_not_say_what_is_protected(ask: Ask) -> None:
    """The base's list holds, even where the change takes the path off it."""
    weaker = {"pyproject.toml": "[tool.selfmod-guard]\n"}
    found = ask(RULE, {**POLICY, "golden/a": "1"}, {**weaker, "golden/a": "2"})
    assert worst(found) == Risk.HIGH


@pytest.mark.parametrize("path", [".selfmod-guard/x.db", "a/.selfmod-guard/x", ".SELFMOD-GUARD/x"])
def test_the_guard_s_own_records(ask: Ask, path: str) -> None:
    """What the guard writes down, nobody else writes."""
    assert worst(ask(RULE, {}, {path: "x"})) == Risk.HIGH
    assert worst(ask(RULE, {path: "x"}, {})) == Risk.HIGH


def test_who_may_sign(ask: Ask) -> None:
    """The first signers are a note, any others are denied."""
    path = ".guard/signers"
    assert worst(ask(RULE, POLICY, {**POLICY, path: "ann"})) == Risk.LOW
    assert worst(ask(RULE, {**POLICY, path: "ann"}, {**POLICY, path: "bot"})) == Risk.HIGH
    assert worst(ask(RULE, {**POLICY, path: "ann"}, POLICY)) == Risk.HIGH


@pytest.mark.parametrize(
    ("line", "risk"),
    [
        ("*.py -diff", Risk.HIGH),
        ("*.py binary", Risk.HIGH),
        ("*.py linguist-generated=true", Risk.HIGH),
        ("*.py diff=nothing", Risk.HIGH),
        ("* linguist-generated", Risk.HIGH),
        ("src/** linguist-generated", Risk.HIGH),
        ("shop/** linguist-generated", Risk.HIGH),
        ("shop/* linguist-generated", Risk.HIGH),
        ("src/ linguist-generated", Risk.HIGH),
        ("shop/cart.py linguist-generated", Risk.HIGH),
        ("*.p[y] -diff", Risk.HIGH),
        ("*.p\\y -diff", Risk.HIGH),
        ("*.p? -diff", Risk.HIGH),
        ("*.PY -diff", Risk.HIGH),
        ('"*.py" -diff', Risk.HIGH),
        ('"shop/a b.py" -diff', Risk.HIGH),
        ("*.sh -diff", Risk.HIGH),
        ("Makefile -diff", Risk.HIGH),
        (".github/** -diff", Risk.HIGH),
        (".github/workflows/ci.yml -diff", Risk.HIGH),
        ("config.yml -diff", Risk.HIGH),
        ("[attr]quiet -diff", Risk.HIGH),
        ("# about\v*.py linguist-generated", Risk.HIGH),
        ("# about\0\n*.py linguist-generated", Risk.HIGH),
        ("api/openapi.yaml linguist-generated", Risk.MEDIUM),
        ("*.json linguist-generated", Risk.MEDIUM),
        ("*_pb2.py linguist-generated", Risk.LOW),
        ("*.min.js linguist-generated", Risk.LOW),
        ("docs/_build/** linguist-generated", Risk.LOW),
        ("dist/** -diff", Risk.LOW),
        ("*.lock linguist-generated", Risk.NONE),
        ("package-lock.json -diff", Risk.NONE),
        ("*.svg linguist-generated", Risk.NONE),
        ("assets/*.svg -diff", Risk.NONE),
        ("*.po -diff", Risk.NONE),
        ("*.psd filter=lfs diff=lfs merge=lfs -text", Risk.NONE),
        ("*.py diff=python", Risk.NONE),
        ("* -text", Risk.NONE),
        ("* -diff", Risk.HIGH),
        ("*.toml -diff", Risk.HIGH),
        (".pre-commit-config.yaml binary", Risk.HIGH),
        ("selfmod-guard.toml -diff", Risk.HIGH),
        ("*.png binary", Risk.NONE),
        ("*.py text eol=lf", Risk.NONE),
        ("docs/** linguist-documentation", Risk.NONE),
        ("# *.py -diff", Risk.NONE),
        ("", Risk.NONE),
    ],
)
def test_attributes_that_hide(ask: Ask, line: str, risk: Risk) -> None:
    """A new line that may hide source, from reviewers or from the limits, is denied."""
    path = ".gitattributes"
    assert worst(ask(RULE, {path: "a b\n"}, {path: f"a b\n{line}\n"})) == risk
    assert ask(RULE, {path: f"a b\n{line}\n"}, {path: f"{line}\na b\n"}) == []


@pytest.mark.parametrize(
    ("line", "risk"),
    [
        ("* working-tree-encoding=cp037", Risk.HIGH),
        ("*.py working-tree-encoding=UTF-16", Risk.HIGH),
        ("*_pb2.py filter=x", Risk.HIGH),
        ("dist/** filter=x", Risk.HIGH),
        ("*.py -filter filter=lfs", Risk.HIGH),
        ("src/ca[r]t.p[y] ident", Risk.HIGH),
        ("*.so filter=lfs", Risk.HIGH),
        ("uv.lock filter=x", Risk.HIGH),
        ("go.sum filter=x", Risk.HIGH),
        ("README filter=x", Risk.NONE),
        ("*.cfg filter=x", Risk.HIGH),
        ("[attr]odd filter=x", Risk.HIGH),
        ("*.json filter=x", Risk.MEDIUM),
        ("*.py working-tree-encoding=utf8", Risk.NONE),
        ("*.py -filter !ident -working-tree-encoding", Risk.NONE),
        ("*.py filter=", Risk.NONE),
        ("*.csv filter=lfs -text", Risk.NONE),
        ("*.ipynb filter=nbstripout", Risk.NONE),
        ("*.rc working-tree-encoding=UTF-16LE-BOM", Risk.NONE),
    ],
)
@pytest.mark.parametrize("path", [".gitattributes", "tests/.gitattributes"])
def test_attributes_that_rewrite(ask: Ask, path: str, line: str, risk: Risk) -> None:
    """A new line that may have other code checked out than was judged is denied."""
    assert worst(ask(RULE, {path: "a b\n"}, {path: f"a b\n{line}\n"})) == risk


def test_attributes_that_rewrite_by_another_name(ask: Ask) -> None:
    """A macro that was there sums up what rewrites, so a new line that uses it does so as well."""
    old, path = "[attr]odd working-tree-encoding=cp037\n", ".gitattributes"
    assert worst(ask(RULE, {path: old}, {path: old + "*_pb2.py odd\n"})) == Risk.HIGH
    assert worst(ask(RULE, {path: old}, {path: old + "*.svg odd\n"})) == Risk.NONE


def test_attributes_that_hide_by_another_name(ask: Ask) -> None:
    """A macro that was there sums up what hides, so a new line that uses it hides as well."""
    old = "[attr]quiet -diff\n"
    path = ".gitattributes"
    assert worst(ask(RULE, {path: old}, {path: old + "*.py quiet\n"})) == Risk.HIGH
    assert worst(ask(RULE, {path: old}, {path: old + "*.svg quiet\n"})) == Risk.NONE


def test_attributes_that_start_with_a_byte_order_mark(ask: Ask) -> None:
    """Git skips the mark, so the first line is one like any other."""
    assert worst(ask(RULE, {}, {".gitattributes": "\ufeffMakefile -diff\n"})) == Risk.HIGH
    assert worst(ask(RULE, {}, {".gitattributes": "\ufeff# *.py -diff\n"})) == Risk.NONE


def test_attributes_that_are_too_large_to_read(ask: Ask, blob: Callable[..., Blob]) -> None:
    """What nobody read may hide anything."""
    huge = blob(None, REGULAR, 64 << 20)
    assert worst(ask(RULE, {}, {".gitattributes": huge})) == Risk.HIGH


def test_a_hint_leaves_it_to_a_person(ask: Ask) -> None:
    """An agent is told to take it back, and not how a person gets round the hook."""
    (found,) = ask(RULE, {}, {".gitattributes": "*.py -diff\n"})
    assert "leave it to a person" in found.hint
    assert "SKIP" not in found.hint
