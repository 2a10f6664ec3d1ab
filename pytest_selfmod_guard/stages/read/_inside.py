"""Refuses paths that lead out of the project, or into git's own folder."""

from __future__ import annotations

import os
import re

from pytest_selfmod_guard.errors import ReadError

# What HFS+ leaves out of a name when it compares: ".g\u200cit" is ".git" there.
_INVISIBLE = re.compile("[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]")


def must_be_inside(path: str, slug: str = "path-outside-project") -> None:
    """Raise unless a path names a file that a project may hold."""
    if why := why_outside(path):
        raise ReadError(
            slug,
            f"the change touches a path that no project file may have, as it {why}",
            context=f'"{path}"',
            hint="use paths relative to the top, as `git ls-files` lists them",
        )


def why_outside(path: str, separator: str = os.sep) -> str:
    """Return what is wrong with a path, as the end of a sentence; empty if nothing is."""
    if not path or "\0" in path:
        return "is empty or holds a null byte"
    if separator == "\\" and ("\\" in path or ":" in path):
        return "holds a backslash or a colon"
    if path.startswith("/"):
        return "is absolute"
    parts = path.split("/")
    if any(part in ("", ".", "..") for part in parts):
        return "is not in its shortest form"
    if any(_is_git(piece) for part in parts for piece in part.split("\\")):
        return "leads into git's own folder"
    return ""


def _is_git(name: str) -> bool:
    """Tell whether some file system takes a name for ``.git``."""
    plain = _INVISIBLE.sub("", name).casefold()
    # NTFS drops trailing dots and blanks, and takes ":" for a stream of the file.
    return plain.partition(":")[0].rstrip(" .") in (".git", "git~1")
