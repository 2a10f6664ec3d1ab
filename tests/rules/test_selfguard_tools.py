"""Configuration, hooks and jobs of the tools that keep watch beside the guard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.model import Finding, Risk

if TYPE_CHECKING:
    from tests.rules.conftest import Ask

CONFIG, HOOKS, CI = "SMG408", "SMG409", "SMG410"
RUFF = "[tool.ruff.lint]\nselect = ['E', 'F', 'S']\nignore = ['S101']\n"
FILES = {f"shop/{name}.py": "X = 1\n" for name in "ab"} | {"tests/test_a.py": "X = 1\n"}


def worst(found: list[Finding]) -> Risk:
    """Give the highest risk of some findings."""
    return max((item.risk for item in found), default=Risk.NONE)


@pytest.mark.parametrize(
    ("new", "risk"),
    [
        (RUFF.replace("'S101'", "'S101', 'S602'"), Risk.HIGH),
        (RUFF.replace("'S101'", "'S'"), Risk.HIGH),
        (RUFF.replace("'S101'", "'ALL'"), Risk.HIGH),
        (RUFF.replace("'S101'", "'S101', 'F821'"), Risk.HIGH),
        (RUFF.replace("'S101'", "'S101', 'F841'"), Risk.MEDIUM),
        (RUFF.replace("'S101'", "'S101', 'S311'"), Risk.MEDIUM),
        (RUFF.replace("'S101'", "'S101', 'E501'"), Risk.LOW),
        (RUFF.replace("'S101'", "'S101', 'D100'"), Risk.NONE),
        (RUFF.replace(", 'S']", "]"), Risk.HIGH),
        (RUFF.replace("'E', ", ""), Risk.MEDIUM),
        (RUFF.replace("'E', 'F', 'S'", "'ALL'"), Risk.NONE),
        (RUFF.replace("'E', 'F'", "'F', 'E'"), Risk.NONE),
        ("", Risk.HIGH),
        (RUFF + "[tool.ruff.lint.per-file-ignores]\n'shop/*' = ['S6']\n", Risk.HIGH),
        (RUFF + "[tool.ruff.lint.per-file-ignores]\n'*' = ['ALL']\n", Risk.HIGH),
        (RUFF + "[tool.ruff.lint.per-file-ignores]\n'tests/*' = ['S6']\n", Risk.MEDIUM),
        (RUFF + "[tool.ruff.lint.per-file-ignores]\n'__init__.py' = ['F401']\n", Risk.LOW),
        ("[tool.ruff]\nexclude = ['shop']\n" + RUFF, Risk.HIGH),
        ("[tool.ruff]\nexclude = ['./**']\n" + RUFF, Risk.HIGH),
        ("[tool.ruff]\nexclude = ['docs', 'tests']\n" + RUFF, Risk.LOW),
        ("[tool.ruff", Risk.HIGH),
    ],
)
def test_rules_of_a_linter(ask: Ask, new: str, risk: Risk) -> None:
    """What counts is which rules were on and are not any more."""
    old = {**FILES, "pyproject.toml": RUFF}
    assert (
        worst(ask(CONFIG, {**old, "shop/a.py": "X = 1\n"}, {**FILES, "pyproject.toml": new}))
        == risk
    )


@pytest.mark.parametrize(
    ("path", "old", "new", "risk"),
    [
        ("mypy.ini", "[mypy]\nstrict=True\n", "[mypy]\nstrict=False\n", Risk.HIGH),
        ("mypy.ini", "[mypy]\nstrict=True\n", "[mypy]\n", Risk.HIGH),
        ("mypy.ini", "[mypy]\nstrict=True\n", "[mypy]\nSTRICT = yes\n", Risk.NONE),
        ("mypy.ini", "[mypy]\nwarn_unreachable=True\n", "[mypy]\nstrict=True\n", Risk.NONE),
        ("mypy.ini", "[mypy]\n", "[mypy]\nignore_errors = True\n", Risk.HIGH),
        ("mypy.ini", "[mypy]\n", "[mypy-a]\ndisable_error_code = misc\n", Risk.MEDIUM),
        ("mypy.ini", "[mypy]\nstrict=True\n", "[mypy]\nstrict=True\nwarn_x=False\n", Risk.MEDIUM),
        ("mypy.ini", "[mypy]\nstrict=True\nwarn_x=True\n", "[mypy]\nstrict=True\n", Risk.NONE),
        ("mypy.ini", "[mypy]\nwarn_x=True\n", "[mypy]\n", Risk.MEDIUM),
        ("mypy.ini", "[mypy]\nno_implicit_optional=True\n", "[mypy]\n", Risk.NONE),
        (".pylintrc", "[A]\ndisable=a\n", "[A]\ndisable=a,no-member\nenable=no-member\n", 0),
        ("mypy.ini", "[mypy]\n", "[mypy-shop.*]\nignore_errors = True\n", Risk.HIGH),
        ("mypy.ini", "[mypy]\n", "[mypy-tests.*]\nignore_errors = True\n", Risk.LOW),
        ("mypy.ini", "[mypy]\n", "[mypy]\nignore_missing_imports = True\n", Risk.HIGH),
        ("mypy.ini", "[mypy]\n", "[mypy-foo]\nignore_missing_imports = True\n", Risk.NONE),
        ("mypy.ini", "[mypy]\n", "[mypy]\ndisable_error_code = misc\n", Risk.HIGH),
        (
            "mypy.ini",
            "[mypy]\nfollow_imports=normal\n",
            "[mypy]\nfollow_imports=skip\n",
            Risk.MEDIUM,
        ),
        ("pyrightconfig.json", '{"typeCheckingMode": "strict"}', "{}", Risk.HIGH),
        (
            "pyrightconfig.json",
            '{"typeCheckingMode": "strict"}',
            '{"typeCheckingMode": "off"}',
            Risk.HIGH,
        ),
        ("pyrightconfig.json", '{"reportCall": "error"}', '{"reportCall": "none"}', Risk.MEDIUM),
        ("bandit.yaml", "skips: []", "skips: [B602]", Risk.HIGH),
        ("bandit.yaml", "tests: [B602, B301]", "tests: [B301]", Risk.HIGH),
        (".bandit", "[bandit]\nskips=B101\n", "[bandit]\nskips=B101,B501\n", Risk.HIGH),
        (".flake8", "[flake8]\nmax-complexity=8\n", "[flake8]\nmax-complexity=80\n", Risk.LOW),
        (".flake8", "[flake8]\n", "[flake8]\nexit-zero = true\n", Risk.HIGH),
        (".flake8", "[flake8]\n", "[flake8]\nper-file-ignores =\n  shop/a.py: F821\n", Risk.HIGH),
        (".pylintrc", "[MAIN]\n", "[MESSAGES CONTROL]\ndisable=all\n", Risk.HIGH),
        (".pylintrc", "[MAIN]\nfail-under=9\n", "[MAIN]\nfail-under=5\n", Risk.MEDIUM),
    ],
)
def test_switches(ask: Ask, path: str, old: str, new: str, risk: Risk) -> None:
    """A switch counts in the direction in which it is laxer."""
    assert worst(ask(CONFIG, {path: old}, {path: new})) == risk


def test_a_tool_is_taken_up(ask: Ask) -> None:
    """Nobody loses what was never asked for; what is off from the start is looked at."""
    first = "[tool.ruff.lint]\nselect = ['I']\n[tool.mypy]\nignore_missing_imports = true\n"
    assert ask(CONFIG, {}, {"pyproject.toml": first}) == []
    assert worst(ask(CONFIG, {}, {"pyproject.toml": "[tool.bandit]\nskips = ['B602']\n"})) == 3
    assert worst(ask(CONFIG, {}, {"mypy.ini": "[mypy]\nignore_errors = True\n"})) == Risk.HIGH


def test_a_nested_configuration(ask: Ask) -> None:
    """The settings above hold until a folder has its own, for the tool that looks there."""
    old = {**FILES, "pyproject.toml": RUFF}
    lax = {"shop/ruff.toml": "lint.select = ['E']\n"}
    assert worst(ask(CONFIG, old, {**old, **lax})) == Risk.HIGH
    same = {"shop/ruff.toml": "lint.select = ['S', 'F', 'E']\nlint.ignore = ['S101']\n"}
    assert ask(CONFIG, old, {**old, **same}) == []
    assert ask(CONFIG, old, {**old, "shop/pyproject.toml": "[project]\nname = 'a'\n"}) == []


def test_an_unreadable_configuration(ask: Ask) -> None:
    """What tools cannot read any more is found, hostile or half written."""
    old = {"mypy.ini": "[mypy]\nstrict=True\n", "pyrightconfig.json": "{}"}
    for data in (b"\xff\xfe\0", b"[mypy", b"[" * 100_000):
        assert worst(ask(CONFIG, old, {**old, "mypy.ini": data})) == Risk.HIGH
    deep = {**old, "pyrightconfig.json": "[" * 50_000}
    assert worst(ask(CONFIG, old, deep)) == Risk.HIGH


def test_patterns_that_are_hostile(ask: Ask) -> None:
    """A regular expression of the change is never run."""
    new = {"mypy.ini": "[mypy]\nexclude = (a+)+$|(x*)*y\n", "shop/a.py": "X = 2\n"}
    assert worst(ask(CONFIG, {"mypy.ini": "[mypy]\n", **FILES}, {**FILES, **new})) <= Risk.LOW


def hooks(*entries: str) -> dict[str, str]:
    """Write a configuration with some hooks, of which more may be said."""
    text = "".join(
        f"  - repo: https://example.org/x\n    rev: v1\n    hooks:\n      - id: {entry}\n"
        for entry in entries
    )
    return {".pre-commit-config.yaml": f"repos:\n{text}" if text else "repos: []\n"}


MORE = "\n        "


@pytest.mark.parametrize(
    ("old", "new", "risk"),
    [
        (hooks("bandit", "black"), hooks("black"), Risk.HIGH),
        (hooks("bandit"), hooks("gitleaks"), Risk.LOW),
        (hooks("mypy", "ruff"), hooks("ruff"), Risk.HIGH),
        (hooks("mypy", "ruff"), hooks("pyright", "ruff"), Risk.LOW),
        (hooks("flake8", "pylint"), hooks("pylint"), Risk.LOW),
        (hooks("pytest", "ruff"), hooks("ruff"), Risk.HIGH),
        (hooks("black", "ruff"), hooks("ruff"), Risk.NONE),
        (hooks("black"), hooks(), Risk.HIGH),
        (hooks("ruff"), hooks(f"ruff{MORE}args: [--exit-zero]"), Risk.HIGH),
        (hooks("ruff"), hooks(f"ruff{MORE}args: [--exit-non-zero-on-fix]"), Risk.NONE),
        (hooks("mypy"), hooks(f"mypy{MORE}entry: 'true'"), Risk.HIGH),
        (hooks("mypy"), hooks(f"mypy{MORE}stages: [manual]"), Risk.HIGH),
        (hooks("black"), hooks(f"black{MORE}stages: [manual]"), Risk.LOW),
        (hooks("mypy"), hooks(f"mypy{MORE}exclude: ^shop/"), Risk.HIGH),
        (hooks("mypy"), hooks(f"mypy{MORE}exclude: ^(docs|tests)/"), Risk.LOW),
        (hooks("mypy"), hooks(f"mypy{MORE}files: ^$"), Risk.HIGH),
        (hooks("mypy"), hooks(f"mypy{MORE}files: .*"), Risk.NONE),
        (hooks("mypy"), hooks(f"mypy{MORE}files: '\\.py$'"), Risk.NONE),
        (hooks("mypy"), hooks(f"mypy{MORE}files: ^none/"), Risk.HIGH),
        (hooks("bandit", "gitleaks"), hooks("gitleaks"), Risk.HIGH),
        (hooks("mypy"), {".pre-commit-config.yaml": "repos: [\n"}, Risk.HIGH),
        (hooks("mypy"), {}, Risk.HIGH),
    ],
)
def test_other_hooks(ask: Ask, old: dict[str, str], new: dict[str, str], risk: Risk) -> None:
    """A hook counts by what it watches, and by whether something else does so now."""
    changed = {"shop/a.py": "X = 2\n", "shop/b.py": "X = 2\n"}
    assert worst(ask(HOOKS, {**FILES, **old}, {**FILES, **changed, **new})) == risk


def test_a_hook_moves_to_ci(ask: Ask) -> None:
    """What CI runs from now on is watched still."""
    job = {"tox.ini": "[testenv:lint]\ncommands = mypy shop\n"}
    assert worst(ask(HOOKS, hooks("mypy", "ruff"), {**hooks("ruff"), **job})) == Risk.LOW


@pytest.mark.parametrize(
    ("step", "risk"),
    [
        ("run: bandit -r shop", Risk.NONE),
        ("run: bandit -r shop || true", Risk.HIGH),
        ("run: bandit -r shop; exit 0", Risk.HIGH),
        ("run: echo bandit", Risk.HIGH),
        ("run: pip install bandit", Risk.HIGH),
        ("run: pip install bandit && bandit -r shop", Risk.NONE),
        ("continue-on-error: true\n        run: bandit -r shop", Risk.HIGH),
        ("if: ${{ false }}\n        run: bandit -r shop", Risk.HIGH),
        ("continue-on-error: ${{ matrix.new }}\n        run: bandit -r shop", Risk.NONE),
        ("continue-on-error: ${{ true }}\n        run: bandit -r shop", Risk.HIGH),
        ("continue-on-error: false\n        run: bandit -r shop", Risk.NONE),
        ("uses: example/bandit-action@v1", Risk.NONE),
        ("run: semgrep ci", Risk.LOW),
        ("run: make lint", Risk.LOW),
    ],
)
def test_a_job(ask: Ask, step: str, risk: Risk) -> None:
    """A check counts as long as what it finds makes the job fail."""
    path = ".github/workflows/ci.yml"
    old = "jobs:\n  a:\n    steps:\n      - run: bandit -r shop\n"
    new = f"jobs:\n  a:\n    steps:\n      - {step}\n"
    assert worst(ask(CI, {path: old}, {path: new})) == risk
