"""The hooks of others in a pre-commit or prek configuration, and how they may be weakened."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from posixpath import basename
from typing import NamedTuple

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules._yaml import Tree, Unreadable, read
from pytest_selfmod_guard.rules.selfguard._covering import covers_nothing, risk_of_excluding
from pytest_selfmod_guard.rules.selfguard._hook_changes import Told
from pytest_selfmod_guard.rules.selfguard._hooks import as_list, strings
from pytest_selfmod_guard.rules.selfguard._json import plain_tree
from pytest_selfmod_guard.rules.selfguard._sides import mentions_us, text_of
from pytest_selfmod_guard.rules.selfguard._watch import (
    FORM,
    SECURITY,
    TESTS,
    kind,
    kinds,
    never_fails,
    tools,
)
from pytest_selfmod_guard.view import Side, View

_RUN = frozenset(("commit", "pre-commit", "push", "pre-push", "merge-commit", "pre-merge-commit"))
_RISK = {SECURITY: Risk.HIGH, TESTS: Risk.HIGH, FORM: Risk.LOW}


class Hooks(NamedTuple):
    """What a configuration runs, ours left out."""

    hooks: Mapping[tuple[str, int], Mapping[str, Tree]]
    settings: Mapping[str, Tree]
    is_readable: bool = True

    @property
    def tools(self) -> frozenset[str]:
        """The tools that keep watch, by name."""
        return frozenset(tool for hook in self.hooks.values() for tool in tools_of(hook))


def hooks_of(side: Side | None) -> Hooks:
    """Read one version of a configuration."""
    if side is None:
        return Hooks({}, {})
    text = text_of(side)
    try:
        is_toml = basename(side.path).endswith(".toml")
        tree = plain_tree(tomllib.loads(text or "")) if is_toml else read(text or "")
    except (Unreadable, tomllib.TOMLDecodeError, RecursionError):
        return Hooks({}, {}, is_readable=False)
    if text is None or not isinstance(tree, dict):
        return Hooks({}, {}, is_readable=text is not None and not tree)
    count: dict[str, int] = defaultdict(int)
    found = {}
    for hook in _entries(tree.get("repos", [])):
        name = str(hook.get("id", ""))
        found[name, count[name]] = hook
        count[name] += 1
    return Hooks(found, {key: part for key, part in tree.items() if key != "repos"})


def _entries(repos: Tree) -> Iterator[dict[str, Tree]]:
    for repo in repos if isinstance(repos, list) else ():
        hooks = repo.get("hooks", []) if isinstance(repo, dict) else []
        for hook in hooks if isinstance(hooks, list) else ():
            if isinstance(hook, dict) and not any(mentions_us(text) for text in strings(hook)):
                yield hook


def tools_of(hook: Mapping[str, Tree]) -> frozenset[str]:
    """Give the tools that one entry runs; by its command rather than by its name."""
    said = " ".join([str(hook.get("id", "")), *as_list(hook.get("entry"))])
    return tools(said)


def removed(old: Hooks, new: Hooks, in_ci: frozenset[str]) -> Iterator[Told]:
    """Say what keeps watch no more, or only in CI."""
    added = kinds(new.tools - old.tools)
    left = kinds(new.tools)
    for tool in sorted(old.tools - new.tools):
        what = kind(tool)
        replaced = what in added or (what != SECURITY and what in left)
        risk = Risk.LOW if replaced else _RISK.get(what, Risk.HIGH)
        if tool in in_ci:
            risk = min(risk, Risk.MEDIUM if what == SECURITY else Risk.LOW)
        yield Told(risk, f"the hook that runs {tool!r} is removed")


def narrowed(old: Hooks, new: Hooks, view: View) -> Iterator[Told]:
    """Say which hooks see less, or cannot fail any more."""
    for key in sorted(old.hooks.keys() & new.hooks.keys()):
        before, after = old.hooks[key], new.hooks[key]
        if before != after:
            worth = _worth(before)
            for risk, said in _entry(before, after, view):
                yield Told(min(risk, worth), f"the hook {key[0]!r} {said}")
    for risk, said in _everywhere(old.settings, new.settings, view):
        yield Told(risk, f"every hook {said}")


def _worth(hook: Mapping[str, Tree]) -> Risk:
    names = tools_of(hook)
    return Risk.HIGH if names else Risk.LOW


def _entry(
    old: Mapping[str, Tree], new: Mapping[str, Tree], view: View
) -> Iterator[tuple[Risk, str]]:
    if _command(old) != _command(new) and _is_idle(new) and not _is_idle(old):
        yield Risk.HIGH, "cannot fail any more"
    if _runs(old.get("stages")) and not _runs(new.get("stages")):
        yield Risk.HIGH, "runs only by hand now"
    yield from _sees_less(old, new, view)


def _everywhere(
    old: Mapping[str, Tree], new: Mapping[str, Tree], view: View
) -> Iterator[tuple[Risk, str]]:
    if _runs(old.get("default_stages")) and not _runs(new.get("default_stages")):
        yield Risk.HIGH, "runs only by hand now"
    yield from _sees_less(old, new, view)
    for name in sorted(set(_skipped(new)) - set(_skipped(old))):
        if any(kind(tool) == SECURITY for tool in tools(name)):
            yield Risk.MEDIUM, f"runs in pre-commit.ci but {name!r}"


def _sees_less(
    old: Mapping[str, Tree], new: Mapping[str, Tree], view: View
) -> Iterator[tuple[Risk, str]]:
    before, after = _patterns(old.get("exclude")), _patterns(new.get("exclude"))
    for pattern, risk in risk_of_excluding(sorted(after - before), view).items():
        yield risk, f"leaves out {pattern!r}"
    files = str(new.get("files", ""))
    if files != str(old.get("files", "")) and covers_nothing(files, view):
        yield Risk.HIGH, f"is for files like {files!r} alone"


def _patterns(tree: Tree | None) -> set[str]:
    """Give the choices of a regular expression, which are often one a line."""
    text = str(tree or "").replace("(?x)", "")
    parts = (part.strip().lstrip("(").rstrip(")") for part in text.split("|"))
    return {part for part in parts if part.strip("^$ ")}


def _command(hook: Mapping[str, Tree]) -> str:
    return " ".join([*as_list(hook.get("entry")), *as_list(hook.get("args"))])


def _is_idle(hook: Mapping[str, Tree]) -> bool:
    entry = " ".join(as_list(hook.get("entry")))
    return never_fails(_command(hook)) or bool(entry and never_fails(entry))


def _runs(stages: Tree | None) -> bool:
    """Tell whether a hook runs by itself in some of its stages."""
    return stages is None or not as_list(stages) or not _RUN.isdisjoint(as_list(stages))


def _skipped(settings: Mapping[str, Tree]) -> list[str]:
    ci = settings.get("ci")
    return as_list(ci.get("skip")) if isinstance(ci, dict) else []
