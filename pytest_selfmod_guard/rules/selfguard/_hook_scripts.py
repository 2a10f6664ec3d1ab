"""Hooks that are scripts or lists of commands: husky, lefthook, a folder of git hooks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from posixpath import basename

from pytest_selfmod_guard.model import EXECUTABLE, Risk
from pytest_selfmod_guard.rules.selfguard._hook_changes import Told
from pytest_selfmod_guard.rules.selfguard._sides import (
    Pair,
    mentions_us,
    raw_mentions_us,
    text_of,
    why_unreadable,
)

_FOLDERS = (".husky/", ".githooks/", ".hooks/", "githooks/")
_LEFTHOOK = re.compile(r"\.?lefthook(-local)?\.(ya?ml|toml|json)")
_ENDS_EARLY = re.compile(r"\b(exit|return|exec|trap|skip|set\s+\+e|alias|false|true)\b|\|\||&&\s*:")


def is_script(path: str) -> bool:
    """Tell whether a path names such a hook."""
    return path.startswith(_FOLDERS) or _LEFTHOOK.fullmatch(basename(path)) is not None


def script_changes(pair: Pair) -> Iterator[Told]:
    """Compare two versions of a hook script, line by line."""
    if not raw_mentions_us(pair.old):
        if mentions_us(text_of(pair.new)):
            yield Told(Risk.LOW, "the hook is adopted")
        return
    before, after = text_of(pair.old) or "", text_of(pair.new)
    if after is None:
        yield Told(Risk.HIGH, f"the hook {why_unreadable(pair.new)}")
    elif _ours(before) != _ours(after):
        yield Told(Risk.HIGH, "the lines that run the guard change")
    elif _was_switched_off(pair):
        yield Told(Risk.HIGH, "the hook is not executable any more")
    elif added := _added(before, after):
        ends = any(_ENDS_EARLY.search(line) for line in added)
        what = "may end before the guard speaks" if ends else "changes around the guard"
        yield Told(Risk.HIGH if ends else Risk.MEDIUM, f"the hook {what}")
    elif _commands(before) != _commands(after):
        yield Told(Risk.MEDIUM, "the hook changes around the guard")


def _ours(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if mentions_us(line)]


def _commands(text: str) -> list[str]:
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _added(before: str, after: str) -> list[str]:
    return list((Counter(_commands(after)) - Counter(_commands(before))).elements())


def _was_switched_off(pair: Pair) -> bool:
    if pair.old is None or pair.new is None:
        return False
    return pair.old.blob.mode == EXECUTABLE and pair.new.blob.mode != EXECUTABLE
