"""Folders that a change moves as a whole, with everything that is in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from posixpath import dirname

from pytest_selfmod_guard.view import File, View


class Moved:
    """Knows which folders of the base are elsewhere now, and nothing of them is lost."""

    def __init__(self, view: View) -> None:
        """Pair the files that went with those of the same bytes that came."""
        went = dict(_pairs(view))
        staying = view.rest.paths() - {file.change.before for file in view.files if _went(file)}
        edited = {file.change.before for file in view.files if _went(file)} - went.keys()
        self.folders: Mapping[str, str] = {
            old: new
            for old, new in sorted(set(_folders(went)), key=lambda pair: -len(pair[0]))
            if not any(path.startswith(f"{old}/") for path in (*staying, *edited))
            and all(
                now == path.replace(old, new, 1)
                for path, now in went.items()
                if path.startswith(f"{old}/")
            )
        }

    def covers(self, path: str) -> bool:
        """Tell whether a file of the base moved with its whole folder."""
        return any(path.startswith(f"{old}/") for old in self.folders)

    def renamed(self, text: str) -> str:
        """Give a text with the folders called as they are now."""
        for old, new in self.folders.items():
            text = new.join(re.split(rf"(?<![\w.-]){re.escape(old)}(?=/)", text))
        return text


def moved(view: View) -> Moved:
    """Look for moved folders, once for all rules that ask."""
    return view.once(Moved)


def _went(file: File) -> bool:
    return file.is_gone or bool(file.change.old_path)


def _pairs(view: View) -> Iterator[tuple[str, str]]:
    fresh: dict[str, list[str]] = {}
    for file in view.files:
        if file.change.old_path and file.change.new is not None:
            if file.change.old and file.change.old.data == file.change.new.data:
                yield file.change.old_path, file.path
        elif file.old is None and file.new is not None:
            fresh.setdefault(file.new.blob.oid, []).append(file.path)
    for file in view.files:
        if file.is_gone and file.old is not None:
            name = file.path.rpartition("/")[2]
            same = [one for one in fresh.get(file.old.blob.oid, ()) if one.endswith(name)]
            if same:
                yield file.path, same[0]


def _folders(went: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Give each folder above a moved file, with what it would be called now."""
    for path, now in went.items():
        old, new = dirname(path), dirname(now)
        while old and new:
            yield old, new
            if old.rpartition("/")[2] != new.rpartition("/")[2]:
                break
            old, new = dirname(old), dirname(new)
