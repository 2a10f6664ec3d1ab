"""What the configuration files of linters, type checkers and scanners say, in one form."""

from __future__ import annotations

import configparser
import tomllib
from collections.abc import Iterator, Mapping
from posixpath import basename
from typing import NamedTuple

from pytest_selfmod_guard.rules._yaml import Tree, read
from pytest_selfmod_guard.rules.selfguard._json import plain_tree, read_json
from pytest_selfmod_guard.rules.selfguard._keys import Settings, settings
from pytest_selfmod_guard.rules.selfguard._sides import text_of
from pytest_selfmod_guard.view import Side

ORDER: Mapping[str, tuple[str, ...]] = {
    "ruff": (".ruff.toml", "ruff.toml", "pyproject.toml"),
    "flake8": ("setup.cfg", "tox.ini", ".flake8", "pyproject.toml"),
    "pylint": ("pylintrc", "pylintrc.toml", ".pylintrc", ".pylintrc.toml", "pyproject.toml",
               "setup.cfg", "tox.ini"),
    "mypy": ("mypy.ini", ".mypy.ini", "pyproject.toml", "setup.cfg"),
    "pyright": ("pyrightconfig.json", "pyproject.toml"),
    "bandit": (".bandit", "bandit.yaml", "bandit.yml", ".bandit.yaml", ".bandit.yml", "bandit.toml",
               "pyproject.toml", "setup.cfg", "tox.ini"),
    "ty": ("ty.toml", "pyproject.toml"),
    "pyrefly": ("pyrefly.toml", "pyproject.toml"),
}  # fmt: skip
"""The files that a tool reads; the first one that speaks of it counts alone."""
FILES = frozenset(name for names in ORDER.values() for name in names)
_SHARED = frozenset(("pyproject.toml", "setup.cfg", "tox.ini"))
_OWN = {name: tool for tool, names in ORDER.items() for name in names if name not in _SHARED}
_SAME = {"basedpyright": "pyright", "pep8": "flake8", "pycodestyle": "flake8"}


class Document(NamedTuple):
    """What one file says of each tool."""

    tools: Mapping[str, Settings]
    is_readable: bool = True


def document(side: Side | None) -> Document:
    """Read one version of a file; nothing where there is none."""
    if side is None:
        return Document({})
    name, text = basename(side.path), text_of(side)
    try:
        tree = None if text is None else _parsed(name, text)
    except (ValueError, configparser.Error, RecursionError):
        tree = None
    if tree is None:
        return Document({}, is_readable=False)
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for tool, part in _by_tool(name, tree):
        found.setdefault(tool, {}).update(settings(part))
    return Document(found)


def _parsed(name: str, text: str) -> Tree:
    if name.endswith(".toml"):
        return plain_tree(tomllib.loads(text))
    if name.endswith(".json"):
        return read_json(text)
    if name.endswith((".yaml", ".yml")) or (name == ".bandit" and "[bandit]" not in text):
        return read(text)
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    parser.read_string(text)
    return {
        section: {key: value or "" for key, value in parser.items(section)}
        for section in parser.sections()
    }


def _by_tool(name: str, tree: Tree) -> Iterator[tuple[str, Tree]]:
    if not isinstance(tree, dict):
        return
    own = _OWN.get(name, "")
    if name.endswith(".toml"):
        tables = tree.get("tool", {} if not own else tree)
        tree = tables if isinstance(tables, dict) else {}
    if own in ("ruff", "pyright", "ty", "pyrefly") or (own == "bandit" and "bandit" not in tree):
        yield own, tree
        return
    for section, part in tree.items():
        if section.startswith("mypy-") and isinstance(part, dict):
            yield "mypy", {"overrides": [{**part, "module": section[5:]}]}
        elif tool := own or _tool(section):
            yield tool, part


def _tool(section: str) -> str:
    name = section.partition(".")[0].lower()
    name = _SAME.get(name, name)
    return name if name in ORDER else ""
