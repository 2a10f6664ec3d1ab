"""
A unified diff, applied by git where it can do no harm.

The index and the new objects live in a temporary folder, and the repository's
objects are only an alternate of it, so nothing is left behind anywhere.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from shutil import copyfile
from tempfile import TemporaryDirectory

from pytest_selfmod_guard.errors import ReadError
from pytest_selfmod_guard.git import Git, Objects
from pytest_selfmod_guard.stages.read._base import Tip
from pytest_selfmod_guard.stages.read._inside import must_be_inside
from pytest_selfmod_guard.stages.read._listing import STAGED, Result, load, parse
from pytest_selfmod_guard.stages.read._refusals import DOES_NOT_APPLY, outside, refusal, too_large

_MOST_BYTES = 64 * 1024 * 1024

_PREFIXED = re.compile(rb'^(?:diff --git|---|\+\+\+) "?[abciow12]/', re.MULTILINE)
_NAMES = re.compile(
    rb"^--- (?P<old>.*)\n\+\+\+ (?P<new>.*)\n@@ -"
    rb"|^diff --git (?P<both>.*)$"
    rb"|^(?:rename|copy) (?:from|to) (?P<moved>.*)$",
    re.MULTILINE,
)

_AGAINST_INDEX = (
    "The diff does not apply to HEAD, only to the index; what is staged was judged with it."
)
_NO_PREFIX = "The diff names its files without a/ and b/ in front, and was read that way."


def outcome(git: Git, data: bytes, tip: Tip) -> Result:
    """Return how a commit differs from itself with a diff applied."""
    if len(data) > _MOST_BYTES:
        raise too_large(len(data), _MOST_BYTES)
    if not data.strip():
        return (), ()
    _must_name_files_inside(data)
    # From a folder below, `git apply` skips without a word what lies outside it.
    at_top = git.at_top()
    with TemporaryDirectory(prefix="selfmod-guard-") as scratch:
        apart = _apart(at_top, scratch)
        told = _apply(at_top, apart, data, tip)
        entries = list(parse(apart.run(*STAGED, tip.tree)))
        for entry in entries:
            must_be_inside(entry.path, "diff-outside-project")
        with Objects(apart) as objects:
            files, notes = load(objects, entries)
    return files, (*told, *notes)


def _apart(git: Git, scratch: str) -> Git:
    objects = os.path.join(git.common_dir(), "objects")
    escaped = objects.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
    os.mkdir(os.path.join(scratch, "objects"))
    return git.having(
        GIT_INDEX_FILE=os.path.join(scratch, "index"),
        GIT_OBJECT_DIRECTORY=os.path.join(scratch, "objects"),
        GIT_ALTERNATE_OBJECT_DIRECTORIES=f'"{escaped}"',
    )


def _apply(git: Git, apart: Git, data: bytes, tip: Tip) -> tuple[str, ...]:
    """Apply to HEAD, else to the index; return notes on how it went."""
    error: ReadError | None = None
    starts: tuple[tuple[Callable[[], None], tuple[str, ...]], ...] = (
        (lambda: _start_from_head(apart, tip), ()),
        (lambda: _start_from_index(git, apart), (_AGAINST_INDEX,)),
    )
    for start, notes in starts:
        start()
        for strip, more in _ways(data):
            result = apart.attempt("apply", "--cached", strip, "--whitespace=nowarn", feed=data)
            if result.code == 0:
                return (*notes, *more)
            refused = refusal(result.reason)
            if refused.slug != DOES_NOT_APPLY.slug:
                raise refused
            error = error or refused
    raise error or DOES_NOT_APPLY.error("git gave no reason")


def _ways(data: bytes) -> list[tuple[str, tuple[str, ...]]]:
    """Return how many leading folders to strip; none only where there is no prefix."""
    # Without this, a diff that adds a file which exists would be read as adding "b/...".
    unprefixed = [] if _PREFIXED.search(data) else [("-p0", (_NO_PREFIX,))]
    return [("-p1", ()), *unprefixed]


def _start_from_head(apart: Git, tip: Tip) -> None:
    apart.run("read-tree", tip.tree)


def _start_from_index(git: Git, apart: Git) -> None:
    index = git.index_file()
    if os.path.exists(index):
        copyfile(index, apart.extra["GIT_INDEX_FILE"])


def _must_name_files_inside(data: bytes) -> None:
    """
    Refuse absolute paths and ``..`` as they are written.

    Git would strip the first part of ``../x`` and ``/x`` and put the file
    elsewhere than its author wrote.
    """
    for found in _NAMES.finditer(data):
        for kind, name in found.groupdict().items():
            if name and _leads_out(name, rb'[/\s"]' if kind == "both" else b"/"):
                raise outside(name)


def _leads_out(name: bytes, separators: bytes) -> bool:
    plain = name.partition(b"\t")[0].strip().strip(b'"')
    return plain != b"/dev/null" and (
        plain.startswith(b"/") or b".." in re.split(separators, plain)
    )
