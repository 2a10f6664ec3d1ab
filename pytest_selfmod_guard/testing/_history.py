"""A project as a value: its commits, its branches, and what is staged and on disk."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pytest_selfmod_guard.model import inert
from pytest_selfmod_guard.testing._files import Tree, difference

START = 1_704_110_400
"""When the first commit is made, 1 January 2024 at noon; each later one a minute after."""

_COMMITS_SHOWN = 5
_FILES_SHOWN = 5


class Commit(NamedTuple):
    """One commit, without an id: git gives it one when it is needed."""

    message: str
    author: str
    """``Ada <ada@example.org>``."""
    branch: str
    """The branch that it was made on."""
    tree: Tree
    parent: int
    """Its place among the project's commits; -1 for none."""


class History(NamedTuple):
    """Everything that is committed, and where one stands."""

    commits: tuple[Commit, ...] = ()
    """In the order they were made."""
    branches: tuple[tuple[str, int], ...] = ()
    """Name, and place of the last commit; sorted."""
    branch: str = "main"

    @property
    def tip(self) -> int:
        """The place of the last commit on this branch; -1 before the first."""
        return dict(self.branches).get(self.branch, -1)

    @property
    def tree(self) -> Tree:
        return self.commits[self.tip].tree if self.commits else ()

    @property
    def now(self) -> float:
        """When the next commit would be made, in seconds since the epoch."""
        return START + 60.0 * len(self.commits)

    def having(self, branch: str, tip: int) -> History:
        """Return the same with a branch put at a commit, standing on it."""
        return self._replace(
            branches=tuple(sorted({**dict(self.branches), branch: tip}.items())), branch=branch
        )


class State(NamedTuple):
    """Everything that makes a project what it is."""

    history: History = History()
    staged: Tree = ()
    """What the next commit would hold."""
    disk: Tree = ()
    actor: str = "unknown"


def describe(state: State) -> str:
    """Tell a project's story in a few lines."""
    return "\n  ".join(_lines(state))


def _lines(state: State) -> Iterator[str]:
    history = state.history
    author = "an agent" if state.actor == "agent" else "an unknown author"
    yield f'Project on "{history.branch}", by {author}'
    line = tuple(_ancestry(history))
    if hidden := line[_COMMITS_SHOWN:]:
        yield f"(earlier commits: {len(hidden)})"
    for commit in reversed(line[:_COMMITS_SHOWN]):
        before = history.commits[commit.parent].tree if commit.parent >= 0 else ()
        yield f'"{inert(_subject(commit))}" {_changes(before, commit.tree)}'
    if state.staged != history.tree:
        yield f"proposed: {_changes(history.tree, state.staged)}"
    if state.disk != state.staged:
        yield f"only on disk: {_changes(state.staged, state.disk)}"


def _ancestry(history: History) -> Iterator[Commit]:
    at = history.tip
    while at >= 0:
        yield history.commits[at]
        at = history.commits[at].parent


def _subject(commit: Commit) -> str:
    return commit.message.partition("\n")[0]


def _changes(old: Tree, new: Tree) -> str:
    made = difference(old, new)
    parts = [
        f"{verb} {_names(tuple(paths))}"
        for verb, paths in (
            ("adds", dict(made.added)),
            ("changes", dict(made.changed)),
            ("deletes", made.deleted),
        )
        if paths
    ]
    return "; ".join(parts) or "changes nothing"


def _names(paths: tuple[str, ...]) -> str:
    shown = ", ".join(inert(path) for path in paths[:_FILES_SHOWN])
    more = len(paths) - _FILES_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
