"""
Names as Python reads them: in the form NFKC, where full-width letters are plain.

Strings and comments stay as they are written, and so does every line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final
from unicodedata import is_normalized, normalize

import libcst as cst

FORM: Final = "NFKC"
SPACE = re.compile("whitespace|leading_lines|header|footer|lpar|rpar|comma")
"""Parts of nodes without names in them."""


def spell_names(module: cst.Module, text: str) -> cst.Module:
    """Spell the names of a module nobody else holds, in place, as Python reads them."""
    if not text.isascii() and not is_normalized(FORM, text):
        for name in _names(module):
            if not name.value.isascii():
                # Frozen for the sake of those who share a tree, which is ours alone.
                object.__setattr__(name, "value", normalize(FORM, name.value))
    return module


def _names(module: cst.Module) -> Iterator[cst.Name]:
    waiting: list[object] = [module]
    while waiting:
        one = waiting.pop()
        if isinstance(one, cst.Name):
            yield one
        elif isinstance(one, tuple | list):
            waiting.extend(one)
        elif isinstance(one, cst.CSTNode):
            waiting.extend(getattr(one, field) for field in _fields(type(one)))


@cache
def _fields(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    return tuple(name for name in kind.__dataclass_fields__ if not SPACE.search(name))
