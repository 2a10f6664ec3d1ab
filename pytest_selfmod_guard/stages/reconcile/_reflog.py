"""
What git's own log of HEAD says about where commits came from.

It is a hint: whoever can write to the repository can write it, so it decides
how a commit is spoken of and never whether it is judged.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pytest_selfmod_guard.git import Git

_MOST_BYTES = 1024 * 1024
"""Of its end, what is read; some thousands of lines."""

_ID = rb"(?:[0-9a-f]{64}|[0-9a-f]{40})"
_HEAD = re.compile(rb"%b (%b) " % (_ID, _ID))
_MOVED = ("rebase", "cherry-pick", "merge", "pull", "revert", "am")


class Reflog(NamedTuple):
    """What is known of how HEAD came to commits."""

    made: frozenset[str]
    """Those that were made here, or that a plumbing command put here."""
    moved: frozenset[str]
    """Those that came by rebase, cherry-pick, merge, pull, revert or am."""


NOTHING = Reflog(frozenset(), frozenset())


def read_reflog(git: Git) -> Reflog:
    """Read the log of this work tree's HEAD, as far as there is one."""
    return _told(_lines(_tail(git)))


def _told(lines: Iterable[tuple[str, str]]) -> Reflog:
    made, moved = set(), set()
    for commit, action in lines:
        if _is_moved(action):
            moved.add(commit)
        elif not action or action.startswith("commit"):
            made.add(commit)
    # A rebase that leaves a commit as it is must not make it one that was moved.
    return Reflog(frozenset(made), frozenset(moved - made))


def _is_moved(action: str) -> bool:
    """Tell by git's words for it: ``rebase (pick)``, ``pull --rebase``, ``commit (merge)``."""
    verb, _, rest = action.partition(" ")
    return verb in _MOVED or (verb == "commit" and rest in ("(merge)", "(cherry-pick)"))


def _lines(data: bytes) -> Iterator[tuple[str, str]]:
    """Give the commit that HEAD came to, and how, for each line that says so."""
    for line in data.split(b"\n"):
        head, _, message = line.partition(b"\t")  # git leaves out the tab before an empty one
        found = _HEAD.match(head)
        if found:
            yield found[1].decode("ascii"), message.partition(b":")[0].decode("utf-8", "replace")


def _tail(git: Git) -> bytes:
    path = os.fsdecode(git.run("rev-parse", "--git-path", "logs/HEAD")).removesuffix("\n")
    full = os.path.join(git.directory, path)
    if not os.path.isfile(full):  # there need not be one, and a pipe would never end
        return b""
    try:
        with open(full, "rb") as file:
            start = max(0, os.fstat(file.fileno()).st_size - _MOST_BYTES)
            file.seek(start)
            data = file.read(_MOST_BYTES)
    except OSError:
        return b""
    return data.partition(b"\n")[2] if start else data
