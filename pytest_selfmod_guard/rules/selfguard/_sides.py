"""A path before and after a change, whatever moved where, and what of it can be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from pytest_selfmod_guard.view import Side, View

US = re.compile(r"selfmod[-_.]?guard|\bselfmod-[a-z]+", re.IGNORECASE)
"""A mention of the guard: its commands, its package, its hook ids."""

LARGEST = 1 << 20  # bytes; what people write by hand is a thousandth of it


class Pair(NamedTuple):
    """One path, in the base and after the change."""

    path: str
    old: Side | None
    new: Side | None


def pairs(view: View) -> Iterator[Pair]:
    """Give every path that the change touches; a move is a loss here and a gain there."""
    old = {file.old.path: file.old for file in view.files if file.old}
    new = {file.new.path: file.new for file in view.files if file.new}
    for path in sorted(old.keys() | new.keys()):
        yield Pair(path, old.get(path), new.get(path))


def text_of(side: Side | None) -> str | None:
    """Give what a configuration file says; None for what no tool could read as one."""
    if side is None or not side.blob.is_regular or side.blob.data is None:
        return None
    if side.blob.size > LARGEST or b"\0" in side.blob.data:
        return None
    try:
        return side.blob.data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def mentions_us(text: str | None) -> bool:
    """Tell whether a text speaks of the guard."""
    return text is not None and US.search(text) is not None


def raw_mentions_us(side: Side | None) -> bool:
    """Tell whether the bytes speak of the guard, readable or not."""
    if side is None:
        return False
    return mentions_us((side.blob.data or b"").decode("utf-8", "replace").replace("\0", ""))


def why_unreadable(side: Side | None) -> str:
    """Say what became of a file that cannot be read as configuration."""
    if side is None:
        return "is gone"
    if side.blob.is_symlink:
        return "is a symbolic link now"
    if side.blob.is_submodule:
        return "is a submodule now"
    if side.blob.size > LARGEST:
        return "is larger than 1 MiB now"
    return "cannot be read any more"
