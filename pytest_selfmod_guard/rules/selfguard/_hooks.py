"""What a pre-commit or prek configuration says about our hooks."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from posixpath import basename
from typing import NamedTuple

from pytest_selfmod_guard.rules._yaml import Tree, Unreadable, read
from pytest_selfmod_guard.rules.selfguard._sides import mentions_us, text_of, why_unreadable
from pytest_selfmod_guard.view import Side

_FROZEN = re.compile(
    r"""^[ ]*(?:-[ ]*)?["']?rev["']?[ ]*[:=][ ]*["']?([0-9a-f]{40})["']?"""
    r"""[ ]+\#[ ]*frozen:[ ]*(\S+)[ \t\r]*$""",
    re.MULTILINE,
)
CONFIGURATIONS = frozenset((".pre-commit-config.yaml", ".pre-commit-config.yml", "prek.toml"))


class Hook(NamedTuple):
    """One of our entries, with the repository it comes from."""

    repo: str
    rev: str
    settings: Mapping[str, Tree]


class Configuration(NamedTuple):
    """The part of a hook configuration that concerns us."""

    hooks: Mapping[tuple[str, int], Hook]
    """Our entries by id, and by their number where an id stands several times."""
    settings: Mapping[str, Tree]
    """Everything at the top but the repositories."""
    problem: str = ""
    """Why it cannot be read, as the end of a sentence."""
    frozen: Mapping[str, str] = {}
    """Hash to release, as ``pre-commit autoupdate --freeze`` writes them down."""


def configuration(side: Side | None) -> Configuration:
    """Read one version of a configuration; a problem instead of an exception."""
    text = text_of(side)
    if side is None or text is None:
        return Configuration({}, {}, why_unreadable(side))
    try:
        tree = _toml(text) if basename(side.path).endswith(".toml") else read(text)
        return _read(tree)._replace(frozen=dict(_FROZEN.findall(text)))
    except Unreadable as error:
        return Configuration({}, {}, str(error))


def strings(tree: Tree | None) -> Iterator[str]:
    """Give every key and every value of a tree."""
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, dict):
        yield from tree
    for part in tree.values() if isinstance(tree, dict) else tree or ():
        if part is not tree and not isinstance(tree, str):
            yield from strings(part)


def as_list(tree: Tree | None) -> list[str]:
    """Give the strings of a list, or of a single value."""
    return [tree] if isinstance(tree, str) else list(strings(tree))


def _read(tree: Tree) -> Configuration:
    if not isinstance(tree, dict):
        raise Unreadable("has nothing in it" if not tree else "is no mapping")
    repos = tree.get("repos", [])
    if not isinstance(repos, list):
        raise Unreadable("has no list of repositories")
    found: dict[tuple[str, int], Hook] = {}
    count: dict[str, int] = defaultdict(int)
    for repo in repos:
        for hook in _ours(repo):
            name = str(hook.settings.get("id", ""))
            found[name, count[name]] = hook
            count[name] += 1
    rest = {key: value for key, value in tree.items() if key != "repos"}
    return Configuration(found, rest)


def _ours(repo: Tree) -> Iterator[Hook]:
    if not isinstance(repo, dict):
        raise Unreadable("has a repository that is no mapping")
    hooks = repo.get("hooks", [])
    for hook in hooks if isinstance(hooks, list) else []:
        address = str(repo.get("repo", ""))
        if isinstance(hook, dict) and (mentions_us(address) or _is_ours(hook)):
            yield Hook(address, str(repo.get("rev", "")), hook)


def _is_ours(hook: dict[str, Tree]) -> bool:
    spoken = (hook.get("id"), hook.get("entry"), hook.get("args"))
    return any(mentions_us(text) for part in spoken for text in strings(part))


def _toml(text: str) -> Tree:
    try:
        return _as_strings(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Unreadable(f"is not TOML ({error})") from None


def _as_strings(value: object) -> Tree:
    if isinstance(value, dict):
        return {str(key): _as_strings(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_as_strings(part) for part in value]
    return str(value).lower() if isinstance(value, bool) else str(value)
