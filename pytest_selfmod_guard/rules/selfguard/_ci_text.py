"""CI commands in files that are no YAML: the block around ours must stay."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from posixpath import basename

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules.selfguard._ci_names import is_overridden, is_rewired
from pytest_selfmod_guard.rules.selfguard._sides import mentions_us

_COMMENT = re.compile(r"\s*(#|//|;)")
_GOVERNS_ALL = re.compile(
    r"\s*(\.IGNORE|\.ONESHELL|\.SHELLFLAGS|SHELL|MAKEFLAGS|-?include\b|set\s+shell|skipsdist"
    r"|ignore_outcome|ignore_errors|envlist|env_list|nox\.options)"
)


def text_differences(path: str, old: str, new: str) -> Iterator[tuple[Risk, str]]:
    """Compare the blocks that mention the guard, and what governs the whole file."""
    before, after = _blocks(old), _blocks(new)
    ours = [block for block in before if mentions_us("\n".join(block))]
    lost = Counter(map(tuple, ours)) - Counter(map(tuple, after))
    if lost:
        yield Risk.HIGH, f"the part that runs the guard changes ({next(iter(lost))[0].strip()})"
        return
    own = [line for block in ours for line in block]
    if is_overridden(path, own, _lines(old), _lines(new)):
        yield Risk.HIGH, "what runs the guard is defined once more, and the later one counts"
        return
    if is_rewired(path, own, _lines(old), _lines(new)):
        yield Risk.HIGH, "a variable of the part that runs the guard changes"
        return
    governing = [line for line in _lines(new) if _GOVERNS_ALL.match(line)]
    if governing != [line for line in _lines(old) if _GOVERNS_ALL.match(line)]:
        yield Risk.HIGH, "what governs every command of the file changes"
    elif basename(path).lower() == "jenkinsfile" and _lines(old) != _lines(new):
        yield Risk.MEDIUM, "the pipeline changes around the guard"


def _blocks(text: str) -> list[list[str]]:
    """Cut a text before each line at the margin; a closing bracket belongs to what it closes."""
    blocks: list[list[str]] = []
    for line in _lines(text):
        starts = not line[0].isspace() and line[0] not in ")}]"
        if starts and not _continues(blocks):
            blocks.append([])
        blocks[-1:] = [[*(blocks[-1] if blocks else []), line]]
    return blocks


def _continues(blocks: list[list[str]]) -> bool:
    """Tell whether the line before announces the next one: a decorator, a backslash."""
    return bool(blocks) and (blocks[-1][-1].endswith("\\") or blocks[-1][-1].startswith("@"))


def _lines(text: str) -> list[str]:
    return [
        line.rstrip() for line in text.splitlines() if line.strip() and not _COMMENT.match(line)
    ]
