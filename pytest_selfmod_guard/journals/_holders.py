"""
Who keeps others out of a SQLite file, as far as the system tells.
"""

from __future__ import annotations

import os

_LOCKS = "/proc/locks"
_FIRST = 0x40000000  # the bytes that SQLite locks begin here, at a gigabyte


def holders(path: str) -> list[int]:
    """Give the ids of the processes that have locks on it; empty where nobody can tell."""
    try:
        inode = os.stat(path).st_ino
        with open(_LOCKS, encoding="ascii", errors="replace") as file:
            return told(file.read(), inode)
    except OSError:
        return []


def told(locks: str, inode: int) -> list[int]:
    """
    Tell the same from the text of the system's list of locks.

    A process of another container has the id 0 or less there, and one that
    waits for a lock stands behind an arrow.
    """
    found = set()
    for words in map(str.split, locks.splitlines()):
        match words:
            case [_, "POSIX", _, _, pid, file, first, _] if file.endswith(f":{inode}"):
                found.update([int(pid)] if int(first) >= _FIRST else [])
    return sorted(pid for pid in found if pid > 0)


def name(pid: int) -> str:
    """Give the name of a process; empty where it has ended."""
    try:
        with open(f"/proc/{pid}/comm", encoding="utf-8", errors="replace") as file:
            return file.read().strip()
    except OSError:
        return ""
