"""A tree object, taken apart."""

from __future__ import annotations

from stat import S_ISREG
from typing import NamedTuple

from pytest_selfmod_guard.model import EXECUTABLE, REGULAR, SUBMODULE

_FOLDER = 0o040000


class Entry(NamedTuple):
    """One name in a tree."""

    mode: int
    oid: str

    @property
    def is_tree(self) -> bool:
        return self.mode == _FOLDER

    @property
    def is_submodule(self) -> bool:
        return self.mode == SUBMODULE


Tree = dict[bytes, Entry]


def parse_tree(data: bytes, *, like: str) -> Tree:
    """Take the bytes of a tree apart; its ids are as long as the id ``like``."""
    width = len(like) // 2
    tree: Tree = {}
    start = 0
    while start < len(data):
        end = data.index(b"\0", start)
        mode, _, name = data[start:end].partition(b" ")
        start = end + 1 + width
        entry = Entry(_canonical(int(mode, 8)), data[end + 1 : start].hex())
        tree.setdefault(name, entry)  # of two equal names git takes the first
    return tree


def _canonical(mode: int) -> int:
    """Return the mode as git lists it: old histories hold others for files."""
    if not S_ISREG(mode):
        return mode
    return EXECUTABLE if mode & 0o100 else REGULAR
