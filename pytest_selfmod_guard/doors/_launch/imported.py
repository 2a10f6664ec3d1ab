"""Which files of a repository were imported, however odd a module looks."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import NamedTuple


class Imported(NamedTuple):
    """One file, or one namespace folder, that a module came from."""

    path: str
    """From the repository's top, ``/`` between parts."""
    cached: str = ""
    """Its compiled form, likewise; empty when that is not in the repository."""
    is_folder: bool = False
    """True for a namespace package, which is a folder and runs no code itself."""


def imported(modules: Mapping[str, object], top: str) -> list[Imported]:
    """
    Return what was imported from within a folder, each path once, sorted.

    :param modules: as in ``sys.modules``; a value may be anything
    :param top: the folder, without symbolic links
    """
    found = {one for module in list(modules.values()) for one in _of(module, top)}
    return sorted(found)


def _of(module: object, top: str) -> Iterator[Imported]:
    file = _look(module, "__file__")
    if type(file) is not str:
        yield from (Imported(path, is_folder=True) for path in _namespace(module, top))
        return
    cached = _look(module, "__cached__")
    compiled = _within(cached, top) if type(cached) is str else []
    for path in _within(file, top):
        yield Imported(path, compiled[0] if compiled else "")


def _namespace(module: object, top: str) -> Iterator[str]:
    try:
        folders = list(_look(module, "__path__"))  # type: ignore[call-overload]  # may be anything
    except Exception:  # noqa: BLE001 (whatever a strange object raises, it names no folder)
        return
    for folder in folders:
        if type(folder) is str:
            yield from _within(folder, top)


def _look(module: object, name: str) -> object:
    """Read an attribute without asking a module's own ``__getattr__``, which may import or lie."""
    try:
        return object.__getattribute__(module, name)
    except Exception:  # noqa: BLE001 (a property may raise anything)
        return None


def _within(path: str, top: str) -> list[str]:
    """Give where a path is from the top: by its name, and by what it links to."""
    try:
        folder, name = os.path.split(os.path.abspath(path))
        places = {os.path.join(os.path.realpath(folder), name), os.path.realpath(path)}
    except ValueError:  # a null character
        return []
    start = top.rstrip(os.sep) + os.sep
    inside = sorted(place for place in places if place.startswith(start))
    return [place.removeprefix(start).replace(os.sep, "/") for place in inside]
