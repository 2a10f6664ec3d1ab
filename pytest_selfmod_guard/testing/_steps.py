"""What a test does to a project, each step from one state to another."""

from __future__ import annotations

import re

from pytest_selfmod_guard.testing._files import Files, Tree, difference, written
from pytest_selfmod_guard.testing._history import Commit, State

ACTORS = ("agent", "unknown")

_BRANCH = re.compile(r"(?!.*\.lock(/|$))\w+([./-]\w+)*", re.ASCII)
_AUTHOR = re.compile(r"[^<>\n\0]+ <[^<>\n\0]*>")


def start(files: Files, actor: str) -> State:
    """Put files on disk, before anything is committed."""
    return State(disk=written((), files), actor=_known(actor))


def write(state: State, files: Files) -> State:
    """Write files to disk only."""
    return state._replace(disk=written(state.disk, files))


def commit(state: State, message: str, author: str) -> State:
    """Commit everything that is on disk."""
    if not _AUTHOR.fullmatch(author):
        raise ValueError(f"an author is written 'Ada <ada@example.org>', not {author!r}")
    history = state.history
    made = Commit(message, author, history.branch, state.disk, history.tip)
    history = history._replace(commits=(*history.commits, made))
    history = history.having(history.branch, len(history.commits) - 1)
    return state._replace(history=history, staged=state.disk)


def branch(state: State, name: str) -> State:
    """Start a branch at the last commit, and go to it with what is not committed."""
    _must_have_a_commit(state)
    if not _BRANCH.fullmatch(name):
        raise ValueError(f"{name!r} is no name for a branch; use letters, digits and dashes")
    if name in dict(state.history.branches):
        raise ValueError(f"there is a branch {name!r}; go to it with .switch({name!r})")
    return state._replace(history=state.history.having(name, state.history.tip))


def switch(state: State, name: str) -> State:
    """Go to another branch and its files."""
    tips = dict(state.history.branches)
    if name not in tips:
        raise ValueError(f"there is no branch {name!r}; there are {', '.join(tips) or 'none'}")
    _must_be_the_same(state.history.tree, state.staged)
    _must_be_the_same(state.staged, state.disk)
    history = state.history.having(name, tips[name])
    return state._replace(history=history, staged=history.tree, disk=history.tree)


def propose(state: State, files: Files, actor: str) -> State:
    """Stage files over the last commit, in the place of an earlier proposal."""
    _must_have_a_commit(state)
    _must_be_the_same(state.staged, state.disk)
    tree = written(state.history.tree, files)
    if tree == state.history.tree:
        names = ", ".join(map(repr, files)) or "there is no file in it"
        raise ValueError(f"the proposal changes nothing: {names}")
    return state._replace(staged=tree, disk=tree, actor=_known(actor))


def _known(actor: str) -> str:
    if actor not in ACTORS:
        raise ValueError(
            f'an actor is "agent" or "unknown", not {actor!r}; a person is unknown to the guard'
            " as long as no signature says who it is"
        )
    return actor


def _must_have_a_commit(state: State) -> None:
    if state.history.tip < 0:
        raise ValueError("nothing is committed yet, so there is no base; call .commit() first")


def _must_be_the_same(before: Tree, after: Tree) -> None:
    if paths := difference(before, after).paths:
        raise ValueError(
            f"not committed: {', '.join(map(repr, paths))}; call .commit() first,"
            " or write it after the proposal"
        )
