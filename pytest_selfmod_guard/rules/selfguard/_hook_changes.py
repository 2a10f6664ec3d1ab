"""How one configuration of our hooks differs from another, and whether that weakens them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules._yaml import Tree
from pytest_selfmod_guard.rules.selfguard._hooks import Configuration, Hook, as_list
from pytest_selfmod_guard.rules.selfguard._sides import mentions_us

_HARMLESS = frozenset(("id", "name", "description", "alias", "args"))
_LIMITS = frozenset(("--max-chars", "--max-files"))
_PATTERN = "--pattern"
_PYTHON = re.compile(r"(python|pypy)?-?(\d+(\.\d+)*)?t?|default|system")
_TAG = re.compile(r"v?(\d+)\.(\d+)\.(\d+)")


class Told(NamedTuple):
    """One thing that changed."""

    risk: Risk
    message: str


def changes(old: Configuration, new: Configuration) -> Iterator[Told]:
    """Compare two readable configurations, of which the old one has our hooks."""
    for key, hook in old.hooks.items():
        if key in new.hooks:
            yield from _entry(key[0], hook, new.hooks[key])
            if hook.repo == new.hooks[key].repo:
                releases = _Release.of(hook, old), _Release.of(new.hooks[key], new)
                yield from _release(key[0], *releases)
        else:
            yield Told(Risk.HIGH, f"the hook {key[0]!r} is removed")
    for name, _ in new.hooks.keys() - old.hooks.keys():
        yield Told(Risk.LOW, f"the hook {name!r} is added")
    yield from _around(old.settings, new)


def _entry(name: str, old: Hook, new: Hook) -> Iterator[Told]:
    if old.repo != new.repo:
        yield Told(Risk.HIGH, f"the hook {name!r} comes from {new.repo!r}, no more {old.repo!r}")
    for key in sorted((old.settings.keys() | new.settings.keys()) - _HARMLESS):
        if old.settings.get(key) != new.settings.get(key):
            yield Told(Risk.HIGH, f"{key!r} of the hook {name!r} changes")
    if old.settings.get("args") != new.settings.get("args"):
        yield from _args(name, old.settings.get("args"), new.settings.get("args"))


class _Release(NamedTuple):
    """A revision, and the release that it is or says that it is."""

    rev: str
    tag: str
    number: tuple[int, ...]
    """Empty where it is no release."""

    @classmethod
    def of(cls, hook: Hook, where: Configuration) -> _Release:
        tag = where.frozen.get(hook.rev, hook.rev)
        found = _TAG.fullmatch(tag)
        return cls(hook.rev, tag, tuple(map(int, found.groups())) if found else ())

    @property
    def is_hash(self) -> bool:
        return self.tag != self.rev


def _release(name: str, old: _Release, new: _Release) -> Iterator[Told]:
    if old.rev == new.rev:
        return
    # A release has one hash, so only to freeze it may leave the number as it is.
    freezes = new.is_hash and not old.is_hash and new.number == old.number
    if not old.number or not (new.number > old.number or freezes):
        what = "changes to what is no higher release"
        yield Told(Risk.HIGH, f"the hook {name!r} {what}: {old.rev!r} to {new.rev!r}")
    elif new.is_hash:
        what = f"{new.rev!r}, of which only a comment says that it is {new.tag!r}"
        yield Told(Risk.MEDIUM, f"the hook {name!r} changes from {old.tag!r} to {what}")
    else:
        yield Told(Risk.LOW, f"the hook {name!r} is updated: {old.tag!r} to {new.rev!r}")


def _args(name: str, old: Tree | None, new: Tree | None) -> Iterator[Told]:
    before, after = _Arguments.of(as_list(old)), _Arguments.of(as_list(new))
    if before.others != after.others:
        yield Told(Risk.HIGH, f"the arguments of the hook {name!r} change")
    elif not before.patterns <= after.patterns:
        yield Told(Risk.HIGH, f"the hook {name!r} loses a {_PATTERN}")
    elif any(after.limits.get(key, float("inf")) > limit for key, limit in before.limits.items()):
        yield Told(Risk.HIGH, f"a limit of the hook {name!r} is raised or removed")
    elif before != after:
        yield Told(Risk.LOW, f"the arguments of the hook {name!r} are tightened")


class _Arguments(NamedTuple):
    limits: Mapping[str, float]
    patterns: frozenset[str]
    others: tuple[str, ...]

    @classmethod
    def of(cls, arguments: list[str]) -> _Arguments:
        limits: dict[str, float] = {}
        patterns: set[str] = set()
        others: list[str] = []
        waiting = iter([part for whole in arguments for part in _split(whole)])
        for part in waiting:
            value = next(waiting, "") if part in _LIMITS or part == _PATTERN else ""
            if part == _PATTERN:
                patterns.add(value)
            elif part in _LIMITS and value.isascii() and value.isdigit():
                limits[part] = int(value)  # of an option that stands twice, the last one holds
            else:
                others += [part, value] if value else [part]
        return cls(limits, frozenset(patterns), tuple(others))


def _split(argument: str) -> list[str]:
    option, equals, value = argument.partition("=")
    known = option in _LIMITS or option == _PATTERN
    return [option, value] if equals and known else [argument]


def _around(old: Mapping[str, Tree], configured: Configuration) -> Iterator[Told]:
    """Compare what stands at the top and governs every hook."""
    new = configured.settings
    always = all(map(_always_runs, configured.hooks.values()))
    for key in ("exclude", "files", "default_stages"):
        if old.get(key) != new.get(key):
            narrower = Risk.MEDIUM if always and key != "default_stages" else Risk.HIGH
            risk = narrower if key in new else Risk.LOW
            yield Told(risk, f"{key!r}, which holds for every hook, changes")
    if _is_true(new.get("fail_fast")) and not _is_true(old.get("fail_fast")):
        yield Told(
            Risk.HIGH, "'fail_fast' is switched on, so another hook can keep ours from running"
        )
    lost = set(as_list(old.get("default_install_hook_types"))) - set(
        as_list(new.get("default_install_hook_types"))
    )
    if lost:
        yield Told(Risk.HIGH, f"'default_install_hook_types' loses {', '.join(sorted(lost))}")
    if old.get("default_language_version") != new.get("default_language_version"):
        risk = Risk.LOW if _is_usual(new.get("default_language_version")) else Risk.HIGH
        yield Told(risk, "'default_language_version', by which our hook is run, changes")
    skipped = set(_skipped(new)) - set(_skipped(old))
    if any(mentions_us(name) for name in skipped):
        yield Told(Risk.HIGH, "pre-commit.ci is told to skip our hook")


def _always_runs(hook: Hook) -> bool:
    """Tell whether a hook runs when no file is left for it, as ours do unless told otherwise."""
    by_itself = "false" if hook.repo == "local" else "true"
    return _is_true(hook.settings.get("always_run", by_itself))


def _is_usual(versions: Tree | None) -> bool:
    """Tell whether Python is asked for by a name or number; a path may be any program."""
    python = versions.get("python", "") if isinstance(versions, dict) else versions or ""
    return isinstance(python, str) and _PYTHON.fullmatch(python) is not None


def _is_true(tree: Tree | None) -> bool:
    return isinstance(tree, str) and tree.lower() in {"true", "yes", "on", "y"}


def _skipped(settings: Mapping[str, Tree]) -> list[str]:
    ci = settings.get("ci")
    return as_list(ci.get("skip")) if isinstance(ci, dict) else []
