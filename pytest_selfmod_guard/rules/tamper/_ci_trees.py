"""The checks of a CI definition in YAML, whatever the service."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from math import prod
from typing import NamedTuple

from pytest_selfmod_guard.rules._yaml import Tree
from pytest_selfmod_guard.rules.tamper._checks import LINT, OPAQUE, SECURITY, TESTS, TYPES, Check
from pytest_selfmod_guard.rules.tamper._running_checks import Running, script

_SCRIPTS = frozenset(
    ("run", "script", "command", "commands", "bash", "pwsh", "powershell", "cmd", "cmds", "sh",
     "before_script", "after_success", "install", "test", "tests", "bashCommand", "inlineScript")
)  # fmt: skip
_NAMES = frozenset(("name", "displayName", "job", "deployment", "stage", "id", "key", "label"))
_NOT_SCRIPTS = frozenset(("install", "before_script", "after_success"))
_TRUE = re.compile(r"\s*(?:\$\{\{)?\s*['\"]?(?:true|yes|on|1)['\"]?\s*(?:\}\})?\s*", re.IGNORECASE)
_FALSE = re.compile(
    r"false|0|''|null|!\s*true|!\s*always\(\)|failure\(\)|cancelled\(\)|1\s*==\s*[02-9]|never\(\)"
    r"|failed\(\)|canceled\(\)|eq\(\s*1\s*,\s*[02-9]\s*\)"
    r"|'(\w*)'\s*==\s*'(?!\1')\w*'|github\.event_name\s*==\s*'(?!push|pull_request|schedule|release"
    r"|workflow|merge_group|repository_dispatch|create|deployment|issue|pull)\w*'",
    re.IGNORECASE,
)
_FALSE_PART = re.compile(r"(^|&&)\s*\(?\s*false\s*\)?\s*(&&|$)", re.IGNORECASE)
_SOFT = re.compile(
    r"github\.ref|github\.repository\b|event_name|github\.actor|head_commit|labels|(?<![\w.])vars\.|secrets\.|Build\.Source"
    r"|CI_COMMIT|CI_PIPELINE|workflow_dispatch|schedule",
)
_NOTHING = re.compile(r"fromJSON\(\s*'\s*\[\s*\]\s*'\s*\)", re.IGNORECASE)
_BRANCHES = re.compile(
    r"branches|merge_requests|pushes|main|master|dev\w*|trunk|stable|next|external_pull_requests"
    r"|.*[/$*].*|release\S*|refs"
)
_MOST = 500  # combinations of a matrix
_ACTIONS = (
    (re.compile(r"pre-commit|prek|ruff|flake8|black|isort|pylint|super-linter|megalinter"), LINT),
    (re.compile(r"mypy|pyright"), TYPES),
    (re.compile(r"bandit|codeql|semgrep|pip-audit|zizmor|gitleaks|selfmod"), SECURITY),
    (re.compile(r"pytest|tox|nox|/tests?[\w-]*\.ya?ml|run-tests|unittest"), TESTS),
)


class _At(NamedTuple):
    """Where the walk is, and what holds there."""

    place: str = ""
    muted: str = ""
    is_soft: bool = False
    strict: bool = True
    piped: bool = False


def checks(tree: Tree, path: str) -> list[Running]:
    """Give every check that a definition runs."""
    piped = ".gitlab" in path or ".circleci" in path
    if ".gitlab" in path and isinstance(tree, dict):
        tree = _without_templates(tree)
    return list(_walk(tree, "", _At(piped=piped)))


def _without_templates(tree: dict[str, Tree]) -> dict[str, Tree]:
    """Leave out jobs that begin with a dot, which run only where others extend them."""
    used: set[str] = set()
    for job in tree.values():
        parents = job.get("extends", []) if isinstance(job, dict) else []
        used |= {parents} if isinstance(parents, str) else {str(name) for name in parents}
    return {name: job for name, job in tree.items() if not name.startswith(".") or name in used}


def _walk(tree: Tree, key: str, at: _At) -> Iterator[Running]:
    if isinstance(tree, dict):
        yield from _mapping(tree, key, at)
    elif isinstance(tree, list):
        if key in _SCRIPTS and all(isinstance(item, str) for item in tree):
            yield from _script("\n".join(map(str, tree)), at)
        else:
            for item in tree:
                yield from _walk(item, key, at)
    elif key in _SCRIPTS:
        yield from _script(tree, at)
    elif key in {"uses", "template", "task", "orb"}:
        yield from _used(tree, at)


def _script(text: str, at: _At) -> Iterator[Running]:
    yield from script(
        text, at.place, at.muted, strict=at.strict, is_soft=at.is_soft, piped=at.piped
    )


def _mapping(tree: dict[str, Tree], key: str, at: _At) -> Iterator[Running]:
    why, soft = _why_muted(tree)
    if why and not at.muted:
        at = at._replace(muted=why, is_soft=soft)
    shell = str(tree.get("shell", ""))
    if shell:
        at = at._replace(strict=shell in {"bash", "sh", "pwsh", "python"} or "-e" in shell)
        at = at._replace(piped=at.piped or shell == "bash" or "pipefail" in shell)
    for name, part in tree.items():
        inner = at
        if not at.place and isinstance(part, dict) and key in {"jobs", ""}:
            inner = at._replace(place=name if key == "jobs" or name != "jobs" else "")
        if name in {"jobs", "steps", "stages", "on", "env", "variables"}:
            inner = inner._replace(place=at.place)
        yield from _walk(part, name, inner)


def _why_muted(tree: dict[str, Tree]) -> tuple[str, bool]:
    """Say why what stands in a mapping does not run, or may fail."""
    for key in ("continue-on-error", "continueOnError", "allow_failure", "allow-failure",
                "ignore_error", "ignoreErrors", "soft_fail", "failure_ignore"):  # fmt: skip
        value = tree.get(key)
        if isinstance(value, str) and _TRUE.fullmatch(value):
            return f"{key!r} keeps its failure from counting", False
        if isinstance(value, dict) and "exit_codes" in value:
            return f"{key!r} keeps its failure from counting", False
    if _is_empty(tree.get("strategy")):
        return "its matrix leaves nothing to run", False
    for key in ("if", "condition", "enabled", "when", "rules", "only", "except"):
        found = _condition(key, tree.get(key))
        if found:
            return found
    return "", False


def _is_empty(strategy: Tree | None) -> bool:
    """Tell whether every combination of a matrix is left out again."""
    matrix = strategy.get("matrix") if isinstance(strategy, dict) else None
    if not isinstance(matrix, dict) or matrix.get("include"):
        return False
    if any(_NOTHING.search(str(value)) for value in matrix.values()):
        return True
    axes = {key: value for key, value in matrix.items() if isinstance(value, list)}
    excluded = axes.pop("exclude", [])
    if not axes or prod(map(len, axes.values())) > _MOST:
        return False
    rows = (dict(zip(axes, row, strict=True)) for row in product(*axes.values()))
    return all(any(_fits(row, one) for one in excluded) for row in rows)


def _fits(row: dict[str, Tree], excluded: Tree) -> bool:
    return (
        isinstance(excluded, dict)
        and bool(excluded)
        and all(row.get(k) == v for k, v in excluded.items())
    )


def _condition(key: str, value: Tree | None) -> tuple[str, bool] | None:
    if key == "rules" and isinstance(value, list):
        said = {str(rule.get("when", "")) if isinstance(rule, dict) else "" for rule in value}
        silent = bool(said) and said <= {"never", "manual"}
        return ("its rules say that it does not run by itself", False) if silent else None
    if isinstance(value, list):
        words = [str(name) for name in value]
        if key == "except" and {"branches", "merge_requests", "pushes"} & set(words):
            return f"it does not run for {', '.join(words)}", False
        rare = key == "only" and words and not any(map(_BRANCHES.fullmatch, words))
        return (f"it runs only for {', '.join(map(str, value))}", True) if rare else None
    return _said(key, value) if isinstance(value, str) else None


def _said(key: str, value: str) -> tuple[str, bool] | None:
    text = value.strip().removeprefix("${{").removesuffix("}}").strip()
    if key == "when":
        return (f"it runs only {text!r}", False) if text in {"manual", "never", "on_fail"} else None
    if _FALSE.fullmatch(text) or _FALSE_PART.search(text):
        return f"its condition never holds ({text})", False
    if key in {"if", "condition"} and _SOFT.search(text):
        return f"it runs only where {text!r} holds", True
    return None


def _used(action: str, at: _At) -> Iterator[Running]:
    name = action.lower().partition("@")[0]
    if name.startswith("actions/"):
        return
    kind = next((kind for pattern, kind in _ACTIONS if pattern.search(name)), "")
    if not kind and name.startswith("./"):
        kind = OPAQUE
    if not kind and ".github/workflows/" in name:
        kind = OPAQUE
    if kind:
        yield Running(Check(kind, name, name), at.place, at.muted, at.is_soft)
