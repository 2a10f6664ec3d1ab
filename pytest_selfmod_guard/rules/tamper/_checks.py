"""What a command checks: tests, style, types; and the arguments it hands to pytest."""

from __future__ import annotations

import re
from typing import NamedTuple

from pytest_selfmod_guard.rules.tamper._selecting import Option, options, split

TESTS, LINT, TYPES, SECURITY, OPAQUE = "tests", "style", "types", "security", "something"
GATE = "other jobs"
_NEEDED = re.compile(r"\bneeds\.[\w*-]+\.(?:result|outputs)|contains\(needs")
_ASKING = re.compile(r"(?:^|\s|;)(?:test|\[\[?|if|jq|grep|exit)\s|[!=]=|\bcontains\(")

_TOOLS = {
    "pytest": TESTS, "py.test": TESTS, "unittest": TESTS, "nose2": TESTS, "nosetests": TESTS,
    "trial": TESTS, "behave": TESTS, "stestr": TESTS, "ward": TESTS, "doctest": TESTS,
    "selfmod-guard": TESTS, "pytest-selfmod-guard": TESTS, "runtests.py": TESTS, "robot": TESTS,
    "green": TESTS, "zope-testrunner": TESTS, "flake8": LINT, "pylint": LINT, "ruff": LINT,
    "black": LINT, "isort": LINT, "pre-commit": LINT, "prek": LINT, "pydocstyle": LINT,
    "pycodestyle": LINT, "mypy": TYPES, "pyright": TYPES, "basedpyright": TYPES, "ty": TYPES,
    "pytype": TYPES, "pyre": TYPES, "pyrefly": TYPES, "dmypy": TYPES, "bandit": SECURITY,
    "pip-audit": SECURITY, "semgrep": SECURITY, "safety": SECURITY, "zizmor": SECURITY,
}  # fmt: skip
_RUNNERS = frozenset(
    ("tox", "nox", "make", "gmake", "just", "task", "invoke", "inv", "poe", "hatch", "pdm", "npm",
     "yarn", "pnpm", "taskipy", "doit", "rye", "pixi", "duty", "manage.py", "setup.py", "earthly")
)  # fmt: skip
_NO_RUN = frozenset(
    ("echo", "printf", "cat", "ls", "grep", "which", "type", "cd", "export", "mkdir", "git", "cp",
     "rm", "mv", "pip", "pip3", "apt", "apt-get", "brew", "conda-install", "curl", "wget", "touch",
     "codecov", "true", ":", "exit", "test", "[", "sed", "source", "chmod", "choco", "tar", "find",
     "unset", "alias", "read", "return", "false", "command-v", "log", "set", "name", "apk", "dnf")
)  # fmt: skip
_NO_TOOL_BEHIND = frozenset(
    ("install", "add", "sync", "lock", "uninstall", "list", "show", "update")
)
_TAKES_VALUE = frozenset(
    ("--with", "--extra", "--group", "--python", "--only-group", "--with-requirements", "--package",
     "--project", "--directory", "-C", "--from", "--index-url", "--env-file", "-n", "--name", "-u")
)  # fmt: skip
_FORMATTERS = frozenset(("black", "isort"))
_CHECKING = re.compile(r"--(check|check-only|diff)\b|(^|\s)-c\b")
_NO_EXIT = re.compile(r"--exit-zero\b|--fix-only\b|--exitzero\b|--no-fail\b|--exit-code[= ]0\b")
_OTHER_NAME = (
    (re.compile(r"lint|style|format|fmt|flake|ruff|black|pre-?commit|isort|pep8"), LINT),
    (re.compile(r"typ(e|ing)|mypy|pyright"), TYPES),
    (re.compile(r"audit|security|bandit|safety"), SECURITY),
    (
        re.compile(r"doc|build|dist|release|publish|package|deploy|clean|install|wheel|bench|run$"),
        "",
    ),
)


class Check(NamedTuple):
    """One command that checks something."""

    kind: str
    tool: str
    text: str
    """The command as it is written, white space made equal."""
    options: tuple[Option, ...] = ()
    """For pytest, what it is asked."""
    can_fail: bool = True


def check(command: str) -> Check | None:
    """Say what a command checks; None for what checks nothing."""
    words = split(command.strip().lstrip("@-+"))
    text = " ".join(words)
    if _NEEDED.search(text):
        return Check(GATE, "needs", text) if _ASKING.search(text) else None
    while words and re.fullmatch(r"\w+=.*", words[0]):
        words = words[1:]
    head = _name(words[0]) if words else ""
    if not words or head in _NO_RUN:
        return None
    place = _tool(words)
    if place is not None:
        return _known(words, place, text)
    return _by_name(words, text)


def _tool(words: list[str]) -> int | None:
    """Give the place of the program in a command, behind all that starts it."""
    skip, runner = False, None
    for place, word in enumerate(words):
        if skip:
            skip = False
            continue
        if word in _TAKES_VALUE:
            skip = words[place + 1 : place + 2] != ["-m"]
        elif word in _NO_TOOL_BEHIND:
            return None
        elif _name(word) in _TOOLS:
            return place
        elif _name(word) in _RUNNERS and runner is None:
            runner = place
    return runner


def _name(word: str) -> str:
    word = word.rpartition("/")[2].removesuffix(".exe")
    return re.split(r"[@=<>]", word)[0] if not word.startswith("-") else word


def _known(words: list[str], place: int, text: str) -> Check | None:
    tool, rest = _name(words[place]), words[place + 1 :]
    if tool in _RUNNERS:
        return _of_runner(tool, rest, text)
    if tool in _FORMATTERS and not _CHECKING.search(text):
        return None
    if tool == "ruff" and rest[:1] == ["format"] and not _CHECKING.search(text):
        return None
    if rest[:1] in (["install"], ["--version"], ["--help"], ["autoupdate"], ["gc"]):
        return None
    kind = _TOOLS[tool]
    given = tuple(options(rest)) if tool in {"pytest", "py.test"} else ()
    if any(option.kind == "nothing" for option in given):
        return None
    return Check(kind, tool, text, given, can_fail=not _NO_EXIT.search(text))


def _of_runner(tool: str, rest: list[str], text: str) -> Check | None:
    """Tell by the names of environments, sessions and targets what a task runner is asked."""
    if tool == "tox" and rest[:1] in (["run"], ["r"], ["p"], ["run-parallel"]):
        rest = rest[1:]
    named = " ".join(word for word in rest if not word.startswith("--")).lower()
    if tool in {"manage.py", "setup.py", "npm", "yarn", "pnpm", "hatch", "pdm", "rye", "pixi"}:
        tests = re.search(r"\b(test|tests|check|cov|py\d*)\b|:test", named)
        return Check(TESTS, tool, text) if tests else _by_other_name(tool, named, text)
    if re.search(r"\b(--version|--help|-l|--list|--notest)\b", " ".join(rest)):
        return None
    says_so = re.search(r"test|check|ci|cov|verify|\ball\b|py", named)
    if tool not in {"tox", "nox"} and not says_so:
        return _by_other_name(tool, named, text)
    other = _by_other_name(tool, named, text)
    words = re.search(r"test|cov|py[\d{]|\bpy\b|unit|\bci\b|verify|\$", named)
    return other if other is not None and not words else Check(TESTS, tool, text)


def _by_other_name(tool: str, named: str, text: str) -> Check | None:
    for pattern, kind in _OTHER_NAME:
        if pattern.search(named):
            return Check(kind or OPAQUE, tool, text)
    return Check(OPAQUE, tool, text) if named else None


def _by_name(words: list[str], text: str) -> Check | None:
    """Tell by its name what a script of the project's own is for."""
    for word in words[:4]:
        name = word.lower()
        is_script = "/" in name or name.endswith((".sh", ".py", ".bash"))
        if is_script and not name.startswith(("-", "http")):
            if re.search(r"test|check|coverage|(^|/)ci\b|verify", name):
                return Check(TESTS, word, text)
            if re.search(r"lint|format|style", name):
                return Check(LINT, word, text)
            return Check(OPAQUE, word, text)
    return None
