"""What git says when it fails, turned into errors that say what to do next."""

from __future__ import annotations

import shlex
from typing import NamedTuple

from pytest_selfmod_guard.errors import ReadError


class _Failure(NamedTuple):
    slug: str
    message: str
    hint: str
    signs: tuple[str, ...]


_UNSAFE = _Failure(
    "unsafe-repository",
    "git refuses to read a repository that belongs to another user",
    "if you trust it, run `git config --global --add safe.directory {directory}`",
    ("dubious ownership", "unsafe repository"),
)
_ELSEWHERE = _Failure(
    "not-a-repository",
    "there is no git repository here",
    "run it inside one, or make one with `git init`",
    ("not a git repository",),
)
_BARE = _Failure(
    "bare-repository",
    "a bare repository has no place to stand in",
    "work in a clone of it, or name it on purpose: `GIT_DIR=. selfmod-guard check ...`",
    ("cannot use bare repository", "must be run in a work tree"),
)
_MISSING = _Failure(
    "missing-object",
    "the repository lacks an object that is needed to judge the change",
    "get the whole history with `git fetch --unshallow`, or all contents with"
    " `git fetch --refetch`; look for damage with `git fsck`",
    (
        "bad object",
        "bad tree object",
        "corrupt",
        "could not fetch",
        "could not read",
        "failed to read",
        "lazy fetching disabled",
        "missing blob",
        "missing commit",
        "missing tree",
        "promisor remote",
        "unable to read",
        "unable to find",
    ),
)
_UNKNOWN = _Failure(
    "unknown-revision",
    "git does not know the revision",
    "list what there is with `git log --oneline --all`",
    (
        "ambiguous argument",
        "bad revision",
        "invalid object name",
        "needed a single revision",
        "not a valid object name",
        "unknown revision",
    ),
)
_OTHER = _Failure(
    "git-failed", "git failed", "try `git status`, and see what git says about it", ()
)


def failure(directory: str, stderr: bytes) -> ReadError:
    """Return the error for what git wrote to standard error before it gave up."""
    text = stderr.decode("utf-8", "backslashreplace")
    told = text.lower()
    for known in (_UNSAFE, _BARE, _ELSEWHERE, _MISSING, _UNKNOWN):
        if any(sign in told for sign in known.signs):
            return _error(known, directory, _first_line(text))
    return _error(_OTHER, directory, _first_line(text))


def _error(known: _Failure, directory: str, context: str) -> ReadError:
    hint = known.hint.replace("{directory}", shlex.quote(directory))
    return ReadError(known.slug, known.message, context=context, hint=hint)


def _first_line(text: str) -> str:
    """Prefer git's reason over the warnings that it may print before it."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    reasons = [line for line in lines if line.startswith(("fatal:", "error:"))]
    return next(iter(reasons or lines), "it gave no reason")[:500]


def git_missing() -> ReadError:
    """Return the error for a machine, or a ``PATH``, without git."""
    return ReadError(
        "git-missing",
        "git was not found",
        context="no folder in PATH holds it",
        hint="install git 2.30 or newer and try `git --version`",
    )


def git_timeout(arguments: tuple[str, ...], seconds: float) -> ReadError:
    """Return the error for a git that did not answer in time."""
    return ReadError(
        "git-timeout",
        f"git did not answer within {seconds:g} seconds",
        context=f'"git {arguments[0]}"',
        hint=f"see whether it hangs by hand too: `git {' '.join(arguments[:2])}`",
    )


def missing_object(oid: str) -> ReadError:
    """Return the error for an object that is not there."""
    return _error(_MISSING, "", f'"{oid}"')


def forged_object(oid: str) -> ReadError:
    """Return the error for an object whose bytes do not have its id."""
    return ReadError(
        "forged-object",
        "an object of the repository is not what its id says",
        context=f'"{oid}"',
        hint="something changed it on disk; look for the damage with `git fsck --full`",
    )
