"""What ``.gitmodules`` says: which submodule comes from where."""

from __future__ import annotations

import re
from collections import defaultdict
from posixpath import normpath
from typing import NamedTuple

from pytest_selfmod_guard.rules.selfguard._sides import text_of
from pytest_selfmod_guard.view import Side

FILE = ".gitmodules"

_SECTION = re.compile(r'\[\s*submodule\s+"([^"\\]+)"\s*\]', re.IGNORECASE)
_KEY = re.compile(r'([A-Za-z][\w-]*)\s*=\s*("[^"\\]*"|[^"\\#;]*)')
_COMMENT = ("#", ";")


class Addresses(NamedTuple):
    """The addresses of one version of ``.gitmodules``."""

    by_path: dict[str, frozenset[str]]
    """Where a submodule lies, to where it may come from: git has a choice where one is twice."""
    odd: frozenset[str]
    """Lines that are not written plainly, so that git may read something else in them."""

    def of(self, path: str) -> frozenset[str]:
        return self.by_path.get(path, frozenset())


def addresses(side: Side | None) -> Addresses:
    """Read the file, strictly."""
    if side is None:
        return Addresses({}, frozenset())
    text = text_of(side)
    if text is None:
        return Addresses({}, frozenset((FILE,)))
    told: dict[tuple[str, str], set[str]] = defaultdict(set)
    odd, name = set(), ""
    for line in map(str.strip, text.split("\n")):
        if section := _SECTION.fullmatch(line):
            name = section[1]
        elif name and (key := _KEY.fullmatch(line)):
            told[name, key[1].lower()].add(key[2].strip('"').strip())
        elif line and not line.startswith(_COMMENT):
            odd.add(line)
    return Addresses(_by_path(told), frozenset(odd))


def _by_path(told: dict[tuple[str, str], set[str]]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for (name, key), values in told.items():
        for path in map(normpath, values) if key == "path" else ():
            found[path] = found.get(path, frozenset()) | told.get((name, "url"), set())
    return found
