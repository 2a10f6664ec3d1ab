"""
The cgroups around us, of both versions: their folders, and the numbers in them.

``/proc/self/cgroup`` tells the path of ours in each hierarchy, and
``/proc/self/mountinfo`` where a part of a hierarchy is to be seen. In a
namespace both are told from its own top, and what lies above it begins with
``/..``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import NamedTuple

_SECOND = ""
"""How ``/proc/self/cgroup`` names the controllers of version 2: not at all."""
_OURS = "proc/self/cgroup"
_MOUNTS = "proc/self/mountinfo"


class Level(NamedTuple):
    """One cgroup that we are in."""

    name: str
    """Its path in the hierarchy."""
    folder: str
    is_first: bool
    """It is of version 1."""


class _Mount(NamedTuple):
    controllers: frozenset[str]
    top: tuple[str, ...]
    """The path of the cgroup that is seen at the folder."""
    folder: str


def levels(controller: str, root: str) -> Iterator[Level]:
    """
    Give our cgroup and those that it lies in, the innermost first, as far as they are to be seen.

    A hierarchy of version 2 is among them whether or not it has the controller:
    what it lacks then is only files.
    """
    ours = _ours(root)
    for mount in _mounts(root):
        for name in {controller, _SECOND} & mount.controllers & ours.keys():
            yield from _seen(mount, ours[name], is_first=name != _SECOND)


def text(level: Level, name: str) -> str | None:
    """Read a file of a cgroup; None where there is none."""
    return _read(os.path.join(level.folder, name))


def number(level: Level, name: str) -> int | None:
    """Read a file that holds one number; None where there is none."""
    told = text(level, name)
    return None if told is None else _number(told, level, name)


def numbers(level: Level, name: str) -> dict[str, int]:
    """Read a file of lines such as ``inactive_file 4096``; nothing where there is none."""
    lines = (text(level, name) or "").splitlines()
    pairs = (line.partition(" ") for line in lines)
    return {key: _number(told, level, name) for key, _, told in pairs}


def _number(told: str, level: Level, name: str) -> int:
    try:
        return int(told)
    except ValueError:
        raise ValueError(f"{os.path.join(level.folder, name)} says {told[:80]!r}") from None


def _seen(mount: _Mount, path: tuple[str, ...], *, is_first: bool) -> Iterator[Level]:
    inner = _below(mount.top, path)
    if inner is None:
        return
    for depth in range(len(inner), -1, -1):
        name = "/" + "/".join((*mount.top, *inner[:depth]))
        yield Level(name, os.path.join(mount.folder, *inner[:depth]), is_first)


def _below(top: tuple[str, ...], path: tuple[str, ...]) -> tuple[str, ...] | None:
    """Give the way from a mount's top to our cgroup; None where it leads elsewhere."""
    inner = path[len(top) :]
    if path[: len(top)] == top:
        return None if ".." in inner else inner
    # Something above our namespace is seen, and the way down from there is not told.
    return () if set(top) == {".."} else None


def _ours(root: str) -> dict[str, tuple[str, ...]]:
    """Give our paths by controller."""
    found = {}
    for line in (_read(os.path.join(root, _OURS)) or "").splitlines():
        _, names, path = _fields(line.split(":", 2), 3, _OURS)
        found.update(dict.fromkeys(names.split(","), _parts(path)))
    return found


def _mounts(root: str) -> Iterator[_Mount]:
    for line in (_read(os.path.join(root, _MOUNTS)) or "").splitlines():
        about, _, kind = line.partition(" - ")
        if kind.startswith(("cgroup ", "cgroup2 ")):
            top, point = (_plain(field) for field in _fields(about.split(" "), 5, _MOUNTS)[3:5])
            options = kind.rpartition(" ")[2].split(",")
            controllers = frozenset([_SECOND] if kind.startswith("cgroup2") else options)
            yield _Mount(controllers, _parts(top), os.path.join(root, point.lstrip("/")))


def _fields(fields: list[str], least: int, name: str) -> list[str]:
    if len(fields) < least:
        raise ValueError(f"/{name} says {' '.join(fields)[:80]!r}")
    return fields


def _plain(field: str) -> str:
    """Undo how the kernel writes blanks: ``\\040``."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), field)


def _parts(path: str) -> tuple[str, ...]:
    return tuple(part for part in path.split("/") if part)


def _read(path: str) -> str | None:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None
