"""Whether the guard was at work before the change, or only comes with it."""

from __future__ import annotations

from posixpath import basename

from pytest_selfmod_guard.rules.selfguard._ci import is_ci, is_ci_text, speaks_of_us, tree_of
from pytest_selfmod_guard.rules.selfguard._hook_scripts import is_script
from pytest_selfmod_guard.rules.selfguard._hooks import CONFIGURATIONS, configuration
from pytest_selfmod_guard.rules.selfguard._sides import (
    mentions_us,
    pairs,
    raw_mentions_us,
    text_of,
)
from pytest_selfmod_guard.view import Side, View


def was_guarded(view: View) -> bool:
    """Tell whether a hook or a CI job ran the guard, in those files of the base that are known."""
    known = view.change.base.documents
    if any(had_us(view, path) for path in known if _is_runner(path)):
        return True
    return any(raw_mentions_us(pair.old) for pair in pairs(view) if _is_runner(pair.path))


def had_us(view: View, path: str) -> bool:
    """
    Tell whether a file of the base spoke of the guard.

    So does one of which only the name is known, such as a symbolic link:
    what is at its end may run the guard.
    """
    data = view.change.base.documents.get(path)
    if data is not None:
        return not data or mentions_us(data.decode("utf-8", "replace").replace("\0", ""))
    return any(raw_mentions_us(pair.old) for pair in pairs(view) if pair.path == path)


def brings_us(view: View) -> bool:
    """Tell whether the change adds a hook or a CI job that runs the guard."""
    return any(_runs_us(pair.new) for pair in pairs(view) if not raw_mentions_us(pair.old))


def _is_runner(path: str) -> bool:
    return basename(path) in CONFIGURATIONS or is_script(path) or is_ci(path) or is_ci_text(path)


def _runs_us(side: Side | None) -> bool:
    """Tell whether a file runs the guard; to speak of it in a comment is not enough."""
    if side is None:
        return False
    if basename(side.path) in CONFIGURATIONS:
        return bool(configuration(side).hooks)
    if is_ci(side.path):
        return speaks_of_us(tree_of(text_of(side) or ""))
    lines = (text_of(side) or "").splitlines() if is_script(side.path) else []
    return any(mentions_us(line) for line in lines if not line.lstrip().startswith("#"))
