"""
What a path tells about a file.

A *zone* is the part of a project a file belongs to. Moving code within a zone
is not news; moving it from a test into the product is.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from posixpath import basename, splitext

PRODUCT = "product"
TEST = "test"
BUILD = "build"
DATA = "data"

LOCK_FILES = frozenset(
    (
        "Cargo.lock", "Gemfile.lock", "Pipfile.lock", "bun.lock", "composer.lock", "conda-lock.yml",
        "flake.lock", "go.sum", "npm-shrinkwrap.json", "package-lock.json", "pdm.lock", "pixi.lock",
        "pnpm-lock.yaml", "poetry.lock", "pylock.toml", "uv.lock", "yarn.lock",
    )
)  # fmt: skip

_TEST_FOLDERS = frozenset(("test", "tests", "testing", "conformance", "e2e", "integration_tests"))
_BUILD_FILES = frozenset(
    (
        "dockerfile", "containerfile", "gnumakefile", "jenkinsfile", "makefile", "noxfile.py",
        "pyproject.toml", "setup.cfg", "setup.py", "tasks.py", "tox.ini", "justfile",
        "hatch_build.py", "conanfile.py", "meson.build", "cmakelists.txt",
        ".pre-commit-config.yaml", ".gitlab-ci.yml",
    )
)  # fmt: skip
_BUILD_FOLDERS = (".github/", ".gitlab/", ".circleci/", "scripts/", "tools/", "ci/", ".ci/")
_SHELL = frozenset((".sh", ".bash", ".zsh", ".ksh", ".fish", ".ps1", ".bat", ".cmd"))
_PROSE = frozenset((".md", ".rst", ".txt", ".adoc", ".html", ".tex", ".po", ".ipynb"))
_TEST_NAME = re.compile(r"^(test_.*|.*_tests?|tests|conftest)\.py$")


def zone(path: str) -> str:
    """Name the part of the project a path belongs to."""
    if is_test(path):
        return TEST
    lowered = path.lower()
    if basename(lowered) in _BUILD_FILES or lowered.startswith(_BUILD_FOLDERS):
        return BUILD
    return PRODUCT if is_python(path) or is_shell(path) else DATA


def is_python(path: str) -> bool:
    """Tell whether a path names Python source."""
    return path.endswith((".py", ".pyi", ".pyw"))


def is_shell(path: str) -> bool:
    """Tell whether a path names a shell script."""
    return splitext(path.lower())[1] in _SHELL


def is_prose(path: str) -> bool:
    """Tell whether a path names text for people, which nothing runs."""
    return splitext(path.lower())[1] in _PROSE


def is_test(path: str) -> bool:
    """Tell whether a path lies among the tests."""
    *folders, name = path.split("/")
    return not _TEST_FOLDERS.isdisjoint(folders) or _TEST_NAME.match(name) is not None


def is_test_module(path: str) -> bool:
    """Tell whether pytest or unittest would collect tests from a path."""
    name = basename(path)
    return name.endswith(".py") and (
        name.startswith("test") or name.endswith(("_test.py", "tests.py"))
    )


def is_lock_file(path: str) -> bool:
    """Tell whether a path names a dependency lock file, which tools write."""
    return basename(path) in LOCK_FILES


def matches(path: str, pattern: str) -> bool:
    """
    Match a path against one pattern in the style of ``.gitattributes``.

    Without a slash the pattern is for the name alone; with one it is for the
    whole path from the top; ``**`` spans folders.
    """
    pattern = pattern.removeprefix("/")
    if "/" not in pattern:
        return fnmatchcase(basename(path), pattern)
    if pattern.endswith("/"):
        return path.startswith(pattern)
    return re.fullmatch(_regex(pattern), path) is not None


def _regex(pattern: str) -> str:
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    wild = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return "".join(wild.get(part, re.escape(part)) for part in parts)
