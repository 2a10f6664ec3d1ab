"""What is known before a base is chosen, and the values that come out."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from pytest_selfmod_guard.ci import Announced
from pytest_selfmod_guard.git import Commit, Git, Objects, failure
from pytest_selfmod_guard.stages.read import _no_base
from pytest_selfmod_guard.stages.read._base import Tip
from pytest_selfmod_guard.stages.read._range import Span, commit_of, find_span
from pytest_selfmod_guard.stages.read._upstream import commit_at, short


class Proposal(NamedTuple):
    """A range that ends at HEAD, and who judges it."""

    old: str
    """The id of a commit, or of a tree."""
    head: str
    """The id of HEAD's commit."""
    source: str
    """As a person would type it."""
    note: str
    """How the base was chosen, in sentences."""
    judge: str = ""
    """The id of the commit whose documents judge; empty for the base's own."""
    find: Callable[[Git, Objects, str, str], Span] = find_span


class Asked(NamedTuple):
    """A base that somebody asked for, who may be the author of the change."""

    name: str
    commit: str


class Line(NamedTuple):
    """A commit of the protected branch: what is part of it is no part of the change."""

    commit: str
    name: str
    """As a person types it."""
    why: str
    """What it is taken for, as the end of a sentence."""


class Case(NamedTuple):
    """Where one stands, and what CI says about it."""

    git: Git
    objects: Objects
    told: Announced | None
    ref: str | None
    """The protected branch in full; the clone may not have it."""
    head: str
    """The id of HEAD's commit."""
    is_ci: bool
    """Whether this is a CI job, or may be one that is out of sight."""
    is_hidden: bool
    """Whether it is the latter."""
    guesses: tuple[str, ...]
    """The full names of what may be the protected branch, where nobody says; ``ref`` is first."""

    def line(self) -> Line | None:
        """Return what stands for the protected branch; None if there is none."""
        told = self.told
        if self.ref and (oid := commit_at(self.git, self.ref)):
            found = commit_of(self.git, self.objects, oid)
            return Line(found.oid, short(self.ref), self._why())
        before = told.before if told and told.kind == "merge" else ""
        if told and before and self.exactly(before):
            why = f"a commit of the branch to merge into, as {told.service} says"
            return Line(before, before, why)
        if self.ref or before:
            raise _no_base.not_fetched(self.git, self.ref or before)
        return None

    def _why(self) -> str:
        if self.told:
            return f"as {self.told.service} says"
        if not self.guesses:
            return "the main branch of this clone"
        more = f" of {' and '.join(map(short, self.guesses))}" if self.guesses[1:] else ""
        return f"guessed by its name{more}, as the clone does not know the remote's HEAD"

    def exactly(self, oid: str) -> Commit | None:
        """Return the commit of an id, and never what a ref of that name is."""
        found = self.objects.commit(oid)
        return found if found and found.oid == oid else None

    def is_part(self, commit: str, of: str) -> bool:
        """Tell whether a commit is another or an ancestor of it."""
        outcome = self.git.attempt("merge-base", "--is-ancestor", commit, of)
        if outcome.code > 1 or b"error:" in outcome.reason:
            raise failure(self.git.directory, outcome.reason)
        return outcome.code == 0


def straight(git: Git, objects: Objects, old: str, new: str) -> Span:
    """Return the range from a commit itself, also where the other did not grow from it."""
    base = commit_of(git, objects, old)
    return Span(Tip(base.oid, base.tree), commit_of(git, objects, new), ())
