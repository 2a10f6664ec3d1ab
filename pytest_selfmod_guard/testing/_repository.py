"""
From a project as a value to a real git repository, with few processes.

Commits are written once for each history, by ``git fast-import``, and copied
from then on. Nothing is converted on the way: what a test says is what git has.
"""

from __future__ import annotations

import os
import shutil
import zlib
from collections.abc import Iterator
from functools import lru_cache

from pytest_selfmod_guard.git import failure, object_id
from pytest_selfmod_guard.model import EXECUTABLE, SYMLINK
from pytest_selfmod_guard.testing._files import File, Tree, difference
from pytest_selfmod_guard.testing._history import START, History, State
from pytest_selfmod_guard.testing._scratch import Scratch

_HISTORIES_KEPT = 32
_NO_OBJECT = "0" * 40
_CONFIG = """
[user]
\tname = Ada
\temail = ada@example.org
[gc]
\tauto = 0
[maintenance]
\tauto = false
"""


def lay_out(state: State) -> Scratch:
    """
    Make a repository that is what a state says, in a folder of its own.

    :raises ReadError: git is missing, or refuses a path or a name
    """
    scratch = Scratch(state.history.now)
    shutil.copytree(_committed(state.history).git_path(), scratch.git_path())
    _stage(scratch, state.history.tree, state.staged)
    for path, file in state.disk:
        _write(os.path.join(scratch.project, path), file)
    return scratch


def head(scratch: Scratch) -> str:
    """Return the id of the last commit; empty before the first."""
    return scratch.git().attempt("rev-parse", "--verify", "--quiet", "HEAD").output.decode().strip()


@lru_cache(maxsize=_HISTORIES_KEPT)
def _committed(history: History) -> Scratch:
    """Make a repository with a history, and an index as it is after the last commit."""
    scratch = Scratch(history.now)
    git = scratch.git()
    git.run("init", "--quiet", "--template=", f"--initial-branch={history.branch}")
    with open(scratch.git_path("config"), "a", encoding="utf-8") as config:
        config.write(_CONFIG)
    if history.commits:
        # One pack to copy instead of many objects, and no reflog, which would tell today's date.
        options = ("-c", "fastimport.unpackLimit=0", "-c", "core.logAllRefUpdates=false")
        git.run(*options, "fast-import", "--quiet", feed=b"".join(_stream(history)))
        git.run("read-tree", "HEAD")
    return scratch


def _stream(history: History) -> Iterator[bytes]:
    """Write a history in the language of ``git fast-import``; a mark is a commit's place + 1."""
    for place, commit in enumerate(history.commits):
        who = f"{commit.author} {START + 60 * place} +0000"
        yield f"commit refs/heads/{commit.branch}\nmark :{place + 1}\n".encode()
        yield f"author {who}\ncommitter {who}\n".encode()
        yield _data(commit.message.encode())
        if commit.parent >= 0:
            yield b"from :%d\n" % (commit.parent + 1)
        before = history.commits[commit.parent].tree if commit.parent >= 0 else ()
        yield from _edits(before, commit.tree)
    for name, place in history.branches:
        yield f"reset refs/heads/{name}\nfrom :{place + 1}\n\n".encode()


def _edits(old: Tree, new: Tree) -> Iterator[bytes]:
    made = difference(old, new)
    for path in made.deleted:
        yield b"D %s\n" % _quoted(path)
    for path, file in (*made.changed, *made.added):
        yield b"M %o inline %s\n" % (file.mode, _quoted(path))
        yield _data(file.data)


def _data(data: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(data), data)


def _quoted(path: str) -> bytes:
    name = os.fsencode(path).replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    return b'"%s"' % name.replace(b"\n", b"\\n")


def _stage(scratch: Scratch, old: Tree, new: Tree) -> None:
    made = difference(old, new)
    lines = [f"0 {_NO_OBJECT}\t{path}" for path in made.deleted]
    for path, file in (*made.changed, *made.added):
        lines.append(f"{file.mode:o} {_kept(scratch, file.data)}\t{path}")
    if lines:
        feed = os.fsencode("\0".join((*lines, "")))
        outcome = scratch.git().attempt("update-index", "-z", "--index-info", feed=feed)
        if outcome.code or outcome.reason:  # a path that git refuses is only a warning to it
            raise failure(scratch.project, outcome.reason)


def _kept(scratch: Scratch, data: bytes) -> str:
    """Write a file's content where git keeps it, and return its id: a process each saved."""
    oid = object_id("blob", data, like=_NO_OBJECT)
    path = scratch.git_path("objects", oid[:2], oid[2:])
    if not os.path.exists(path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(zlib.compress(b"blob %d\0%s" % (len(data), data), 1))
    return oid


def _write(path: str, file: File) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if file.mode == SYMLINK:
        os.symlink(file.data, os.fsencode(path))
        return
    with open(path, "wb") as target:
        target.write(file.data)
    if file.mode == EXECUTABLE:
        os.chmod(path, 0o755)  # noqa: S103 (what an executable of a project is)
