"""The hooks that ``init`` writes, as lines of pre-commit's configuration."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import NamedTuple

import yaml

from pytest_selfmod_guard.doors._setup.yaml_text import Layout

STAGES = {
    "selfmod-guard": "pre-commit, pre-merge-commit, pre-push, manual",
    "selfmod-commit-msg": "commit-msg",
    "selfmod-post-commit": "post-commit",
}
"""Our hooks, and the stages of each; the first is the one that judges what is committed."""
TYPES = ("pre-commit", "pre-merge-commit", "pre-push", "commit-msg", "post-commit")
"""The hooks of git that `pre-commit install` has to put in place."""


class Source(NamedTuple):
    """Where pre-commit gets the hooks from; empty means the installed command."""

    repo: str = ""
    rev: str = ""


def entry(source: Source, layout: Layout, names: Sequence[str]) -> list[str]:
    """Write an entry of the list of repositories, with some of our hooks in it."""
    outer, dash = " " * layout.column, "-" + " " * (layout.gap - 1)
    keys = outer + " " * layout.gap
    within = len(keys) + layout.nested
    hooks = [line for name in names for line in hook(name, source, within, layout.gap)]
    if source.repo:
        pin = [f"{keys}rev: {_scalar(source.rev)}", f"{keys}hooks:"]
        return [f"{outer}{dash}repo: {_scalar(source.repo)}", *pin, *hooks]
    return [f"{outer}{dash}repo: local", f"{keys}hooks:", *hooks]


def hook(name: str, source: Source, column: int, gap: int) -> list[str]:
    """Write one hook of such an entry, with its dash in a column, and a gap behind it."""
    first = " " * column + "-" + " " * (gap - 1)
    settings = [] if source.repo else _settings(name)
    return [f"{first}id: {name}", *(" " * (column + gap) + line for line in settings)]


def _settings(name: str) -> list[str]:
    return [
        f"name: {name}",
        f"entry: selfmod-guard pre-commit {name}",
        "language: system",
        "pass_filenames: false",
        "always_run: true",
        "require_serial: true",
        f"stages: [{STAGES[name]}]",
    ]


def _scalar(text: str) -> str:
    """Write a string plainly where YAML reads it back as the same string."""
    plain = re.fullmatch(r"[\w./:@+~-]+", text) and yaml.safe_load(text) == text
    return text if plain else json.dumps(text)
