"""SMG402: the hook that runs the guard is weakened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from posixpath import basename, dirname, join

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules.selfguard._guarded import had_us
from pytest_selfmod_guard.rules.selfguard._hook_changes import Told, changes
from pytest_selfmod_guard.rules.selfguard._hook_scripts import is_script, script_changes
from pytest_selfmod_guard.rules.selfguard._hooks import CONFIGURATIONS, configuration
from pytest_selfmod_guard.rules.selfguard._sides import Pair, pairs, raw_mentions_us
from pytest_selfmod_guard.view import View

_PREK = "prek.toml"
_READ_INSTEAD_OF = {
    _PREK: (".pre-commit-config.yaml", ".pre-commit-config.yml"),
    ".pre-commit-config.yaml": (".pre-commit-config.yml",),
}
"""The files that prek leaves unread because of another."""


@change_rule(
    "SMG402",
    risk=Risk.HIGH,
    hint="take the change of our hook back and leave it to a person; say what should change,"
    " and why",
)
def hook_weakened(view: View) -> Iterable[Sighting]:
    """
    The hook that runs the guard is removed, narrowed or pointed elsewhere.

    A hook is read from the files of the commit it judges, so a commit that
    empties `.pre-commit-config.yaml` would be the last one that is judged.
    Removing our entry, another address, anything but a higher release of the
    same address, other packages beside ours, fewer files, stages or hook
    types, looser arguments: each weakens it, and so do a file that cannot be
    read any more and a `prek.toml` that takes the place of the old one.

    A higher release and tighter arguments are a note, and so are the first
    hook of a project and an interpreter by its usual name. What nobody can
    check without a network, a hash with a comment, is a warning. The hooks of
    others are silent.

    Flagged: the entry is removed
        === .pre-commit-config.yaml
          repos:
            - repo: https://github.com/psf/black
              rev: 26.1.0
              hooks:
                - id: black
        -   - repo: https://github.com/example/pytest-selfmod-guard
        -     rev: v1.2.0
        -     hooks:
        -       - id: selfmod-guard

    Flagged: the file is emptied
        === .pre-commit-config.yaml (kept)
        - repos:
        -   - repo: https://github.com/example/pytest-selfmod-guard
        -     rev: v1.2.0
        -     hooks:
        -       - id: selfmod-guard
        + repos: []

    Flagged: a revision that is no release
        === .pre-commit-config.yaml
          repos:
            - repo: https://github.com/example/pytest-selfmod-guard
        -     rev: v1.2.0
        +     rev: 0c1f3a7e5d9b8c2a4f6e1d3b5a7c9e8f0a2b4c6d
              hooks:
                - id: selfmod-guard

    Flagged: a hash of which only a comment says that it is a release [medium]
        === .pre-commit-config.yaml
          repos:
            - repo: https://github.com/example/pytest-selfmod-guard
        -     rev: v1.2.0
        +     rev: 0c1f3a7e5d9b8c2a4f6e1d3b5a7c9e8f0a2b4c6d  # frozen: v1.3.0
              hooks:
                - id: selfmod-guard

    Flagged: another package in our environment
        === .pre-commit-config.yaml
          repos:
            - repo: https://github.com/example/pytest-selfmod-guard
              rev: v1.2.0
              hooks:
                - id: selfmod-guard
        +         additional_dependencies: [helpful-package]

    Flagged: a limit is raised
        === .pre-commit-config.yaml
          repos:
            - repo: https://github.com/example/pytest-selfmod-guard
              rev: v1.2.0
              hooks:
                - id: selfmod-files
        -         args: [--max-files=3]
        +         args: [--max-files=300]

    Flagged: an exclusion that can leave our hook without files
        === .pre-commit-config.yaml
        + exclude: ^src/
          repos:
            - repo: local
              hooks:
                - id: selfmod-guard
                  name: selfmod-guard
                  entry: selfmod-guard check --staged
                  language: system

    Flagged: a script ends before it
        === .husky/pre-commit
        + exit 0
          selfmod-guard check --staged

    Flagged: a second configuration that prek reads first
        === .pre-commit-config.yaml
          repos:
            - repo: https://github.com/example/pytest-selfmod-guard
              rev: v1.2.0
              hooks:
                - id: selfmod-guard
        === prek.toml
        + repos = []

    Allowed: a higher release
        === .pre-commit-config.yaml
          repos:
            - repo: https://github.com/example/pytest-selfmod-guard
        -     rev: v1.2.0
        +     rev: v1.3.0
              hooks:
                - id: selfmod-guard

    Allowed: the first hook
        === .pre-commit-config.yaml
        + repos:
        +   - repo: https://github.com/example/pytest-selfmod-guard
        +     rev: v1.2.0
        +     hooks:
        +       - id: selfmod-guard

    Allowed: somebody else's hook
        === .pre-commit-config.yaml
          repos:
            - repo: https://github.com/example/pytest-selfmod-guard
              rev: v1.2.0
              hooks:
                - id: selfmod-guard
            - repo: https://github.com/psf/black
        -     rev: 25.1.0
        +     rev: main
              hooks:
                - id: black
    """
    for pair in pairs(view):
        for told in _changes(pair, view):
            yield Sighting(0, told.message, path=pair.path, risk=told.risk)


def _changes(pair: Pair, view: View) -> Iterator[Told]:
    if is_script(pair.path):
        yield from script_changes(pair)
    elif basename(pair.path) in CONFIGURATIONS:
        overtaken = _overtaken(pair, view)
        if overtaken or (pair.old is None and basename(pair.path) == _PREK):
            yield from _overtaking(pair, overtaken)
        else:
            yield from _configured(pair)


def _configured(pair: Pair) -> Iterator[Told]:
    old, new = configuration(pair.old), configuration(pair.new)
    had = bool(old.hooks) or (bool(old.problem) and raw_mentions_us(pair.old))
    if not had:
        if new.hooks:
            yield Told(Risk.LOW, "the guard's hook is adopted")
    elif new.problem:
        yield Told(Risk.HIGH, f"the configuration of our hook {new.problem}")
    elif old.problem:
        yield Told(Risk.HIGH, "the configuration of our hook is replaced")
    else:
        yield from changes(old, new)


def _overtaken(pair: Pair, view: View) -> bool:
    """Tell whether a file is new beside one that has our hook, and is read instead of it."""
    others = _READ_INSTEAD_OF.get(basename(pair.path), ()) if pair.old is None else ()
    return any(had_us(view, join(dirname(pair.path), name)) for name in others)


def _overtaking(pair: Pair, guarded: bool) -> Iterator[Told]:  # noqa: FBT001 (told by its name)
    """Judge a new file that prek reads instead of another."""
    if pair.new is None:
        return
    if configuration(pair.new).hooks:
        risk = Risk.MEDIUM if guarded else Risk.LOW
        yield Told(risk, "the guard's hook is configured for prek, which reads this file first")
    else:
        risk = Risk.HIGH if guarded else Risk.MEDIUM
        yield Told(risk, "prek reads this file before any other, and the guard is not in it")
