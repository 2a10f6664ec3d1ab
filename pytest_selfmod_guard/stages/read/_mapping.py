"""A change that a program holds in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from posixpath import dirname

from pytest_selfmod_guard.errors import ReadError
from pytest_selfmod_guard.git import Objects, object_id
from pytest_selfmod_guard.model import REGULAR, Blob
from pytest_selfmod_guard.stages.read._base import Tip
from pytest_selfmod_guard.stages.read._inside import must_be_inside
from pytest_selfmod_guard.stages.read._listing import Result
from pytest_selfmod_guard.stages.read._settle import Sides, settle
from pytest_selfmod_guard.stages.read._shelf import Shelf

Files = Mapping[str, bytes | str | None]


def differences(objects: Objects, tip: Tip, files: Files) -> Result:
    """Compare a commit with itself after writing and deleting files."""
    shelf = Shelf(objects)
    sides = [_sides(objects, shelf, tip, path, files) for path in files]
    return settle(sides), shelf.notes()


def _sides(objects: Objects, shelf: Shelf, tip: Tip, path: str, files: Files) -> Sides:
    must_be_inside(path)
    entry = objects.entry(tip.tree, path)
    if entry and (entry.is_tree or entry.is_submodule):
        raise _clash(path, "a folder")
    if files[path] is not None and (parent := _file_above(objects, tip, path, files)):
        raise _clash(parent, "a file")
    old = shelf.take(entry.mode, entry.oid, path) if entry else None
    return path, old, _blob(shelf, path, files[path], entry.mode if entry else REGULAR, tip)


def _blob(shelf: Shelf, path: str, content: bytes | str | None, mode: int, tip: Tip) -> Blob | None:
    if content is None:
        return None
    data = _encoded(path, content)
    return shelf.put(Blob(mode, object_id("blob", data, like=tip.tree), len(data), data), path)


def _file_above(objects: Objects, tip: Tip, path: str, files: Files) -> str:
    """Return the folder of a path that is a file after the change, or empty."""
    for parent in _parents(path):
        entry = objects.entry(tip.tree, parent)
        stays = entry is not None and not entry.is_tree and parent not in files
        if stays or files.get(parent) is not None:
            return parent
    return ""


def _parents(path: str) -> Iterator[str]:
    while path := dirname(path):
        yield path


def _encoded(path: str, content: bytes | str) -> bytes:
    if isinstance(content, bytes):
        return content
    try:
        return content.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError as error:
        raise ReadError(
            "not-utf-8",
            "a text cannot be written as UTF-8",
            context=f'"{path}": {error.reason}',
            hint="hand its bytes over instead, from `text.encode(...)`",
        ) from None


def _clash(path: str, kind: str) -> ReadError:
    return ReadError(
        "path-clash",
        f"the change would need one path to be a file and a folder; it is {kind} in the base"
        " or in the change",
        context=f'"{path}"',
        hint="delete what is in the way in the same change; see `git ls-tree -r HEAD`",
    )
