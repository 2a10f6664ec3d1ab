"""
Anchor: the journal's last hash, kept where the journal is not.

A chain shows an edit, and nothing when all of it is made anew. So the hash of
its last event is written into a git note, which can be pushed to where whoever
holds the journal cannot change it. One line an anchor: ``number hash``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from pytest_selfmod_guard.errors import UsageError
from pytest_selfmod_guard.git import Git, Objects, failure
from pytest_selfmod_guard.journals import Event, Journal

REF = "refs/notes/selfmod-guard"
"""Where the notes are."""

_LINE = re.compile(rb"([0-9]{1,18}) ([0-9a-f]{64})")
_MOST = 1 << 20  # bytes of one note

_WHO = {
    "GIT_AUTHOR_NAME": "selfmod-guard",
    "GIT_AUTHOR_EMAIL": "selfmod-guard@localhost",
    "GIT_COMMITTER_NAME": "selfmod-guard",
    "GIT_COMMITTER_EMAIL": "selfmod-guard@localhost",
}


class Anchor(NamedTuple):
    """What somebody wrote down elsewhere of one event."""

    seq: int
    hash: str
    commit: str
    """The commit whose note says so."""


def anchors(git: Git) -> tuple[Anchor, ...]:
    """
    Give every anchor of a repository, the lowest number first.

    Lines that are none say nothing.

    :raises ReadError: the notes cannot be read
    """
    listed = [line.split() for line in git.run("notes", "--ref", REF, "list").splitlines()]
    if not listed:
        return ()
    with Objects(git) as objects:
        found = [
            anchor
            for note, commit in listed
            for anchor in _in_note(objects.blob(note.decode(), _MOST)[1], commit.decode())
        ]
    return tuple(sorted(found))


def anchor(git: Git, event: Event) -> Anchor:
    """
    Write an event's number and hash into the note of HEAD's commit.

    :raises UsageError: there is no commit yet
    :raises ReadError: git cannot write it
    """
    head = git.attempt("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    if head.code and head.reason:
        raise failure(git.directory, head.reason)
    if head.code:
        raise nothing("HEAD has no commit yet, so there is nothing that a note could be put on")
    made = Anchor(event.seq, event.follows, head.output.decode().strip())
    line = f"{made.seq} {made.hash}"
    git.having(**_WHO).run("notes", "--ref", REF, "append", "--message", line, made.commit)
    return made


def nothing(why: str) -> UsageError:
    """Make the error for an anchor that has nothing to hold, or nothing to hold on to."""
    return UsageError(
        "nothing-to-anchor",
        why,
        hint="commit something, let the guard judge it, and try again:"
        " selfmod-guard audit export --anchor",
    )


def lost(git: Git, journal: Journal) -> str:
    """
    Give the hash that was anchored last, if the journal knows nothing any more.

    :returns: empty when it has events, or when nothing was ever anchored
    :raises CouldNotJudge: journal or notes cannot be read
    """
    if journal.head() is not None:
        return ""
    found = anchors(git)
    return found[-1].hash if found else ""


def _in_note(note: bytes | None, commit: str) -> Iterator[Anchor]:
    for line in (note or b"").splitlines():
        if told := _LINE.fullmatch(line.strip()):
            yield Anchor(int(told[1]), told[2].decode(), commit)
