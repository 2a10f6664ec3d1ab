"""The tools that keep watch over a project, and how a command of one is made harmless."""

from __future__ import annotations

import re
from collections.abc import Iterable

SECURITY, TYPES, LINT, TESTS, FORM = "security", "types", "lint", "tests", "form"

_TOOLS = {
    SECURITY: (
        "bandit", "detect-secrets", "gitleaks", "trufflehog", "semgrep", "opengrep", "ggshield",
        "detect-private-key", "detect-aws-credentials", "pip-audit", "safety", "zizmor", "checkov",
        "trivy", "tfsec", "talisman", "ripsecrets", "osv-scanner", "codeql",
        "grype", "snyk", "guarddog", "uv-secure", "dependency-review", "git-secrets",
        "scorecard", "pysa", "dodgy", "dlint", "secretlint", "horusec",
        "python-safety-dependencies-check", "whispers", "gh-action-pip-audit",
    ),
    TYPES: ("mypy", "pyright", "basedpyright", "ty", "pyrefly", "pyre", "pytype", "zuban", "dmypy"),
    LINT: ("ruff", "flake8", "pylint", "pyflakes", "prospector", "vulture",
           "actionlint", "hadolint", "shellcheck", "pylama", "xenon", "flakehell"),
    TESTS: ("pytest", "unittest", "tox", "nox", "test", "tests"),
}  # fmt: skip
_KIND = {name: kind for kind, names in _TOOLS.items() for name in names}
_ANY = "|".join(sorted(map(re.escape, _KIND), key=len, reverse=True))
_NAME = re.compile(
    rf"(?<![\w-])({_ANY})(?:-(?:action|pre-commit|check|scan|ci|hook|docker|linter))*(?![\w-])"
)
_FORMATS = re.compile(r"(?<![\w-])ruff[ -]+format")
_INSTALLS = re.compile(
    r"\b(?:pip3?|pipx|uv|poetry|pdm|conda|mamba|apt|apt-get|brew|npm)\b[^|;&\n]*"
    r"\b(?:install|add|sync)\b[^|;&\n]*"
)
_NEVER_FAILS = re.compile(
    r"\|\|\s*(?:(?:/usr)?(?:/bin/)?true\b|:|\(?\s*exit\s+0|echo\b)"
    r"|;\s*(?:true|:|exit\s+0)\s*['\"]?\s*$"
    r"|--exit-zero(?!-)|--soft-fail|--no-fail\b|--exit-code[= ]0\b|--no-error\b"
    r"|\|\s*(?:tee|cat)\b|set\s+\+e\b|--continue-on-error|--errors-only|--fail-on-severity[= ]none"
)
_DOES_NOTHING = re.compile(
    r"\s*(?:(?:(?:ba|z|da)?sh|env)\s+-l?c\s+)?['\"]?\s*"
    r"(?:/usr)?(?:/bin/)?(?:true|:|exit\s+0|echo\b.*|printf\b.*|sleep\b.*|cat)\s*['\"]?\s*"
)


def tools(text: str) -> frozenset[str]:
    """Give the tools that keep watch and that a text names, installing one aside."""
    plain = _FORMATS.sub(" ", _INSTALLS.sub(" ", text))
    return frozenset(_NAME.findall(plain.lower()))


def kind(tool: str) -> str:
    """Say what a tool watches."""
    return _KIND.get(tool, FORM)


def kinds(names: Iterable[str]) -> frozenset[str]:
    """Say what some tools watch."""
    return frozenset(map(kind, names))


def never_fails(command: str) -> bool:
    """Tell whether a command ends well, whatever its tool reports."""
    return bool(_NEVER_FAILS.search(command) or _DOES_NOTHING.fullmatch(command))
