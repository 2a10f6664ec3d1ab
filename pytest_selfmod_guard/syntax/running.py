"""How Python itself is set while libcst works on a large tree."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

ENOUGH = 20_000
"""Python frames for the deepest tree that is parsed."""


@contextmanager
def deep_recursion() -> Iterator[None]:
    """
    Allow Python code to recurse as deep as the deepest tree.

    Safe because parsing has bounded that depth, and because calls between
    Python functions need no native stack.
    """
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, ENOUGH))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


@contextmanager
def no_collection() -> Iterator[None]:
    """
    Put off looking for cycles of garbage.

    A tree is a hundred thousand objects and no garbage; looking for some in it
    over and over costs up to half of the time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
