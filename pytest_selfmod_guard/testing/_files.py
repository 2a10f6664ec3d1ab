"""What a test says about files, checked and frozen."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from posixpath import dirname
from typing import NamedTuple

from pytest_selfmod_guard.model import EXECUTABLE, REGULAR, SYMLINK


class Link(NamedTuple):
    """A symbolic link, in the place of a file's content."""

    target: str


class Executable(NamedTuple):
    """The content of a file that may be executed."""

    content: str | bytes


Content = str | bytes | Link | Executable
"""What a file holds; text is written as UTF-8, with the line ends that it has."""

Files = Mapping[str, Content | None]
"""Path from the project's top to content; None deletes the file."""


class File(NamedTuple):
    """A file as git keeps it."""

    mode: int
    data: bytes


Tree = tuple[tuple[str, File], ...]
"""Every file there is, sorted by path."""


class Difference(NamedTuple):
    """Which files one tree has otherwise than another, each sorted by path."""

    deleted: tuple[str, ...]
    changed: tuple[tuple[str, File], ...]
    added: tuple[tuple[str, File], ...]

    @property
    def paths(self) -> tuple[str, ...]:
        return (*self.deleted, *dict(self.changed), *dict(self.added))


def written(tree: Tree, files: Files) -> Tree:
    """
    Return a tree after files were written over it.

    :raises TypeError: files that are no mapping, or a content of another type
    :raises ValueError: a path that no project file may have, that is both a
        file and a folder, or that is to be deleted and not there
    """
    if not isinstance(files, Mapping):
        raise TypeError(f"files are a mapping of path to content, not {_kind(files)}")
    after = dict(tree)
    for path, content in files.items():
        _must_be_inside(path)
        if content is not None:
            after[path] = _file(path, content)
        elif after.pop(path, None) is None:
            raise ValueError(f"{path!r} is to be deleted, and there is no such file: {_list(tree)}")
    _must_not_clash(after)
    return tuple(sorted(after.items()))


def difference(old: Tree, new: Tree) -> Difference:
    """Return what has to be done to one tree to get another."""
    before, after = dict(old), dict(new)
    return Difference(
        tuple(path for path, _ in old if path not in after),
        tuple((path, file) for path, file in new if before.get(path, file) != file),
        tuple((path, file) for path, file in new if path not in before),
    )


def _must_be_inside(path: object) -> None:
    if not isinstance(path, str):
        raise TypeError(f"a path is text, not {_kind(path)}: {path!r}")
    if why := _why_outside(path):
        raise ValueError(
            f"no file of a project can be at {path!r}, as it {why};"
            " write paths from the project's top, with / between the parts"
        )


def _why_outside(path: str) -> str:
    """Return what is wrong with a path, as the end of a sentence; git refuses what is left."""
    try:
        name = os.fsencode(path)
    except UnicodeEncodeError:
        return "holds half a surrogate pair"
    if not name or b"\0" in name:
        return "is empty or holds a null byte"
    if path.startswith("/"):
        return "is absolute"
    parts = path.split("/")
    if any(part in ("", ".", "..") for part in parts):
        return "is not in its shortest form"
    if any(part.casefold() == ".git" for part in parts):
        return "leads into git's own folder"
    return ""


def _file(path: str, content: Content) -> File:
    if isinstance(content, Link):
        return File(SYMLINK, _encoded(path, content.target))
    if isinstance(content, Executable):
        return File(EXECUTABLE, _encoded(path, content.content))
    return File(REGULAR, _encoded(path, content))


def _encoded(path: str, content: object) -> bytes:
    if isinstance(content, bytes):
        return content
    if not isinstance(content, str):
        raise TypeError(
            f"the content of {path!r} is text, bytes, Link, Executable or None, "
            f"not {_kind(content)}"
        )
    try:
        return content.encode()
    except UnicodeEncodeError as error:
        raise ValueError(
            f"the text of {path!r} cannot be written as UTF-8 ({error.reason}); hand over its bytes"
        ) from None


def _must_not_clash(files: Mapping[str, File]) -> None:
    for path in files:
        for parent in _parents(path):
            if parent in files:
                raise ValueError(
                    f"{parent!r} cannot be a file and the folder of {path!r};"
                    f" delete it in the same step: {{{parent!r}: None}}"
                )


def _parents(path: str) -> Iterator[str]:
    while path := dirname(path):
        yield path


def _list(tree: Tree) -> str:
    return f"there are {', '.join(path for path, _ in tree)}" if tree else "there are no files"


def _kind(value: object) -> str:
    return type(value).__name__
