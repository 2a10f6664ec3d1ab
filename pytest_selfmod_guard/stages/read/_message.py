"""
The message of the commit that is about to be made, as git will keep it.

git writes it to a file before it runs the hook ``commit-msg``, and says there
which; pre-commit does not hand that on. ``git merge`` writes MERGE_MSG, and
everything else COMMIT_EDITMSG, also what concludes a merge. So it is the one of
both that was written last while something is merged, and the latter otherwise:
a cherry-pick or a revert leaves a MERGE_MSG behind that is no message of a commit.
"""

from __future__ import annotations

import os
import stat

from pytest_selfmod_guard.errors import ReadError, UsageError
from pytest_selfmod_guard.git import Git
from pytest_selfmod_guard.stages.read._kept import NO_EDITOR, Cleaning, kept, without_diff

_FILES = ("COMMIT_EDITMSG", "MERGE_MSG")
_MERGING = "MERGE_HEAD"
_LIMIT = 1 << 20
"""Bytes of a message."""
_KEYS = r"^(commit\.cleanup|core\.comment(char|string))$"


def message_of(git: Git, named: str = "") -> str:
    """
    Read a message, without what git takes out of it.

    :param named: the file, where git says which; it can be no other than one of git's
    :raises ReadError: there is none, or none that can be read
    """
    places = _places(git)
    if named and _real(git, named) not in [os.path.realpath(place) for place in places]:
        raise UsageError(
            "message-elsewhere",
            "the file is none that git keeps the message of a commit in",
            context=f'"{named}"',
            hint="leave it out, or hand on what git says: "
            'selfmod-guard pre-commit selfmod-commit-msg "$1"',
        )
    path = _real(git, named) if named else _newest(places)
    return kept(_read(path), _cleaning(git))


def _places(git: Git) -> list[str]:
    asked = [word for name in (*_FILES, _MERGING) for word in ("--git-path", name)]
    told = os.fsdecode(git.run("rev-parse", *asked)).splitlines()
    *places, merging = [os.path.join(git.directory, path) for path in told]
    return places if os.path.lexists(merging) else places[:1]


def _real(git: Git, path: str) -> str:
    return os.path.realpath(os.path.join(git.directory, path))


def _newest(places: list[str]) -> str:
    written = [(os.stat(path).st_mtime_ns, path) for path in places if os.path.exists(path)]
    if not written:
        raise ReadError(
            "message-missing",
            "there is no message of a commit here, so it cannot be told who wrote it",
            context=places[0],
            hint="run it as git's hook commit-msg: pre-commit install --hook-type commit-msg",
        )
    return max(written)[1]


def _read(path: str) -> str:
    try:
        data = _bytes(path)
    except OSError as error:
        raise ReadError(
            "message-unreadable",
            f"the message of the commit cannot be read ({error.strerror})",
            context=path,
            hint="see what is there, and commit again",
        ) from None
    text = data.decode("utf-8", "surrogateescape")
    if len(data) > _LIMIT and without_diff(text) == text:
        raise ReadError(
            "message-too-large",
            f"the message of the commit is larger than {_LIMIT:,} bytes",
            context=path,
            hint="say the heart of it, and put the rest into a file of the change",
        )
    return text


def _bytes(path: str) -> bytes:
    # Without blocking: what lies there may be a pipe that nobody writes to.
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(0, "it is no file")
        return file.read(_LIMIT + 1)


def _cleaning(git: Git) -> Cleaning:
    told = git.attempt("config", "-z", "--get-regexp", _KEYS).output.decode("utf-8", "replace")
    pairs = dict(item.partition("\n")[::2] for item in told.split("\0") if item)
    mark = pairs.get("core.commentstring") or pairs.get("core.commentchar") or "#"
    is_edited = git.environ.get("GIT_EDITOR") != NO_EDITOR
    return Cleaning(pairs.get("commit.cleanup", "default"), mark, is_edited=is_edited)
