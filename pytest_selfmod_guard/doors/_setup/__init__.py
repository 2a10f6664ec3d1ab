"""The files that ``init`` changes: read with suspicion, written all or not at all."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from typing import NamedTuple

from pytest_selfmod_guard.errors import GuardError


class Edit(NamedTuple):
    """One file as it is and as it shall be."""

    path: str
    """Relative to the repository's top, ``/`` between parts."""
    old: bytes | None
    """None where there is no such file yet."""
    new: bytes


def read(top: str, path: str) -> bytes | None:
    """
    Return the bytes of a file, or None where there is none.

    :raises GuardError: it is no regular file inside the repository, or cannot be read
    """
    place = _place(top, path)
    try:
        with open(place, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise unusable(path, f"it cannot be read ({error.strerror})") from None


def decode(data: bytes, path: str) -> str:
    """Return the text of a file, with its line ends as they are."""
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise unusable(path, f"it is not UTF-8 (byte {error.start + 1})") from None


def newline(text: str) -> str:
    """Return the line end that a text uses."""
    return "\r\n" if "\r\n" in text else "\n"


def write(top: str, edits: Iterable[Edit]) -> None:
    """
    Write every edit, or none.

    Everything that is likely to fail, a full disk or a folder that cannot be
    written, fails before the first file is replaced.

    :raises GuardError: a file could not be written, or is not what it was
        when the edit was made; then all of them are as they were
    """
    with ExitStack() as undo:
        try:
            staged = [(edit, _staged(top, edit, undo)) for edit in edits]
            for edit, _ in staged:
                _refuse_if_changed(top, edit)
            for edit, temporary in staged:
                _replace(_place(top, edit.path), temporary, edit.old, undo)
        except OSError as error:
            raise GuardError(
                "init-unwritable",
                f"a file cannot be written ({error.strerror}), so nothing was",
                context=f'"{error.filename or top}"',
                hint="make room, make its folder writable, and run `selfmod-guard init` again",
            ) from None
        undo.pop_all()


def unusable(path: str, why: str) -> GuardError:
    """Return the error for a file that is not what one expects there."""
    return GuardError(
        "init-unusable-file",
        f"a file that init has to read is odd: {why}",
        context=f'"{path}"',
        hint="put a plain text file there, or move it away; then run `selfmod-guard init` again",
    )


def _place(top: str, path: str) -> str:
    """Follow links, but not out of the repository."""
    top = os.path.realpath(top)
    place = os.path.realpath(os.path.join(top, path))
    if os.path.commonpath((top, place)) != top:
        raise unusable(path, "it is a link that points outside the repository")
    if os.path.islink(os.path.join(top, path)) and not os.path.exists(place):
        raise unusable(path, "it is a link that leads nowhere")
    if os.path.lexists(place) and not os.path.isfile(place):
        raise unusable(path, "it is not a regular file")
    return place


def _staged(top: str, edit: Edit, undo: ExitStack) -> str:
    place = _place(top, edit.path)
    _make_folders(os.path.dirname(place), undo)
    temporary = f"{place}.{os.getpid()}.tmp"
    mode = stat.S_IMODE(os.stat(place).st_mode) if edit.old is not None else None
    with open(temporary, "xb") as file:
        undo.callback(_remove, temporary)
        file.write(edit.new)
        if mode is not None:
            os.fchmod(file.fileno(), mode)
        file.flush()
        os.fsync(file.fileno())
    return temporary


def _make_folders(folder: str, undo: ExitStack) -> None:
    if not os.path.isdir(folder):
        _make_folders(os.path.dirname(folder), undo)
        os.mkdir(folder)
        undo.callback(_remove_folder, folder)


def _refuse_if_changed(top: str, edit: Edit) -> None:
    if read(top, edit.path) != edit.old:
        raise GuardError(
            "init-file-changed",
            "a file was changed meanwhile, so nothing was written",
            context=f'"{edit.path}"',
            hint="run `selfmod-guard init` again",
        )


def _replace(place: str, temporary: str, old: bytes | None, undo: ExitStack) -> None:
    undo.callback(_put_back, place, old)
    os.replace(temporary, place)


def _put_back(place: str, old: bytes | None) -> None:
    if old is None:
        _remove(place)
        return
    with open(place, "r+b") as file:
        file.write(old)
        file.truncate()


def _remove(path: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(path)


def _remove_folder(folder: str) -> None:
    # It may hold by now what somebody else has put there.
    with suppress(OSError):
        os.rmdir(folder)
