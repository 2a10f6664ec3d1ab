"""Whether a configuration of pre-commit really starts one of our hooks, and with what."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pytest_selfmod_guard.checkups._facts import Ours, Tree

_COMMAND = re.compile(r"(/.*/)?selfmod-guard(\.exe)?")
_PYTHON = re.compile(r"((/|[A-Za-z]:).*[/\\])?python[\d.]*(\.exe)?")
_MODULE = ["-I", "-m", "pytest_selfmod_guard"]
_TIGHTER = ("--max-chars", "--max-files", "--pattern")
_RUN = ("system", "python", "unsupported")
"""Languages in which pre-commit runs an entry as a command."""
_FILTERS = ("files", "exclude", "types", "types_or", "exclude_types")
_YES = ("true", "yes", "on", "y")


class Fault(NamedTuple):
    """What is wrong with one of our hooks."""

    state: str
    what: str
    """The end of a sentence that begins with the hook."""
    mend: str
    """What to do in the configuration."""


def faults(hook: Ours) -> Iterator[Fault]:
    """Say what keeps pre-commit from running one of our hooks, or may."""
    is_local = hook.repo == "local"
    if is_local and not _runs(hook):
        right = f"selfmod-guard pre-commit {hook.id}"
        yield Fault("broken", "does not run the guard", f"set `entry: {right}`")
    if not is_local and "entry" in hook.settings:
        yield Fault("broken", "has an entry of its own, not the guard's", "take its `entry` out")
    language = hook.settings.get("language", "system" if is_local else "python")
    if language not in _RUN:
        mend = "set `language: system`" if is_local else "take its `language` out"
        yield Fault("broken", f"is no command to pre-commit, but {language}", mend)
    if not tightens(_words(hook.settings.get("args", []))):
        yield Fault("broken", "has arguments that do not tighten it", "take its `args` out")
    yield from _left_out(hook, is_local=is_local)


def tightens(words: Sequence[str]) -> bool:
    """Tell whether arguments are options that can only make a hook stricter, with their values."""
    rest = iter(words)
    for word in rest:
        option, equals, _ = word.partition("=")
        if option not in _TIGHTER or not (equals or next(rest, "")):
            return False
    return True


def _left_out(hook: Ours, *, is_local: bool) -> Iterator[Fault]:
    always = str(hook.settings.get("always_run", "false" if is_local else "true")).lower() in _YES
    filters = [name for name in _FILTERS if name in hook.settings]
    if not always:
        what = "is left out where no file of the commit concerns it, such as by a deletion"
        yield Fault("broken", what, "set `always_run: true`")
    elif filters:
        named = ", ".join(f"`{name}`" for name in filters)
        what = f"has {named}, and runs for every commit only by `always_run`"
        yield Fault("warning", what, f"take {named} out")


def _runs(hook: Ours) -> bool:
    try:
        words = shlex.split(str(hook.settings.get("entry", "")))
    except ValueError:
        return False
    if words and _PYTHON.fullmatch(words[0]) and words[1:4] == _MODULE:
        words = ["selfmod-guard", *words[4:]]
    is_ours = bool(words) and bool(_COMMAND.fullmatch(words[0]))
    return is_ours and words[1:3] == ["pre-commit", hook.id] and tightens(words[3:])


def _words(tree: Tree) -> list[str]:
    return [str(word) for word in tree] if isinstance(tree, list) else [str(tree)]
