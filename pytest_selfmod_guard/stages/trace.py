"""
Trace: which commit of a range brought what was found.

Findings are about the net difference; whoever mends it needs to know the commit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_selfmod_guard.git import Commit, Entry, Git, Objects
from pytest_selfmod_guard.lines import new_lines
from pytest_selfmod_guard.model import SUBMODULE, Blob, Change, Finding, Step
from pytest_selfmod_guard.stages.read._pairs import differences
from pytest_selfmod_guard.view import Side

_MOST = 200
"""Findings that are traced; more than a person would read."""

_SHOWN = 200  # characters of a finding's code


def trace(git: Git, change: Change, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """
    Name in each finding the newest commit that brought its line, as far as one can tell.

    Of a finding without a line, or of a file that is gone, that is the newest
    commit that touched the file. At most 200 findings are traced; findings of a
    change without commits, and those that name one, are left as they are.
    """
    open_ = [at for at, one in enumerate(findings) if one.path and not one.commit][:_MOST]
    if not open_ or not change.steps:
        return tuple(findings)
    gone = {file.path for file in change.files if file.new is None}
    sought = [_Sought(at, findings[at], is_gone=findings[at].path in gone) for at in open_]
    with Objects(git) as objects:
        found = dict(_Tracer(git, objects).walk(change.steps, sought))
    return tuple(one._replace(commit=found.get(at, one.commit)) for at, one in enumerate(findings))


class _Sought:
    """A finding on its way back through the commits."""

    def __init__(self, at: int, finding: Finding, *, is_gone: bool) -> None:
        self.at = at
        self.code = "" if is_gone else finding.code
        self.path = finding.path
        """What the file is called in the commit that is looked at."""


class _Tracer:
    """Looks into the commits that touched the path of a finding."""

    def __init__(self, git: Git, objects: Objects) -> None:
        self._git = git
        self._objects = objects

    def walk(self, steps: Sequence[Step], sought: list[_Sought]) -> Iterator[tuple[int, str]]:
        """Give the place of each finding with its commit, from the newest commit on."""
        for step in reversed(steps):
            touched = {file.path for file in step.files}
            here = [one for one in sought if one.path in touched]
            for path in {one.path for one in here}:
                lookers = [one for one in here if one.path == path]
                done = self._found(step, path, lookers)
                sought = [one for one in sought if one not in done]
                yield from ((one.at, step.origin.commit) for one in done)
            if not sought:
                return

    def _found(self, step: Step, path: str, lookers: list[_Sought]) -> list[_Sought]:
        """Return those whose line this commit brought; the others go on by the older name."""
        if not any(one.code for one in lookers):
            return lookers
        before, brought = self._brought(step.origin.commit, path)
        done = [one for one in lookers if not one.code or one.code in brought]
        for one in lookers:
            one.path = before
        return done

    def _brought(self, oid: str, path: str) -> tuple[str, set[str]]:
        """Return an older name of the file, and the lines that no parent has."""
        commit = self._objects.commit(oid)
        if commit is None:  # what a merge in progress adds is in no commit yet
            return path, set()
        parents = [found for name in commit.parents if (found := self._objects.commit(name))]
        new = self._lines(commit.tree, path)
        olds = [self._before(parent, commit, path) for parent in parents]
        brought = [{_shown(line) for _, line in new_lines(lines, new)} for _, lines in olds]
        lines = set.intersection(*brought) if brought else {_shown(line) for line in new}
        return next((name for name, _ in olds if name != path), path), lines

    def _before(self, parent: Commit, commit: Commit, path: str) -> tuple[str, list[str]]:
        """Return what the file was called in a parent, and its lines there."""
        if self._entry(parent.tree, path):
            return path, self._lines(parent.tree, path)
        (listing,) = differences(self._git, [(parent.tree, commit.tree)])
        older = next((entry.old_path for entry in listing if entry.path == path), "")
        return older or path, self._lines(parent.tree, older) if older else []

    def _lines(self, tree: str, path: str) -> list[str]:
        entry = self._entry(tree, path)
        if entry is None:
            return []
        size, data = self._objects.blob(entry.oid)
        return Side(path, Blob(entry.mode, entry.oid, size, data)).lines

    def _entry(self, tree: str, path: str) -> Entry | None:
        entry = self._objects.entry(tree, path)
        return None if entry is None or entry.is_tree or entry.mode == SUBMODULE else entry


def _shown(line: str) -> str:
    """Return a line as a finding shows it."""
    return line.strip()[:_SHOWN]
