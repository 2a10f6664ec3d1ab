"""Git's log of HEAD is a hint: read within bounds, believed in what accuses, and never fatal."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.git import Git
from pytest_selfmod_guard.stages.reconcile._reflog import Reflog, read_reflog

if TYPE_CHECKING:
    from tests.conftest import Repo

ID = "a" * 40
NONE: frozenset[str] = frozenset()


def line(action: str, new: str = ID) -> str:
    """Make a line as git writes it; it leaves the tab out before nothing."""
    message = f"\t{action}" if action else ""
    return f"{'0' * len(new)} {new} Ada <ada@example.org> 1700000000 +0000{message}\n"


def told(repo: Repo, *lines: str) -> Reflog:
    """Read a log of these lines."""
    repo.write(".git/logs/HEAD", "".join(lines))
    return read_reflog(repo.at())


@pytest.mark.parametrize(
    "action",
    ["commit: Work", "commit (amend): rebase", "commit (initial): Start", "commit", ""],
)
def test_what_was_committed_here_was_made_here(repo: Repo, action: str) -> None:
    """Whatever the subject says; a plumbing command that says nothing did it too."""
    assert told(repo, line(action)) == (frozenset({ID}), NONE)


@pytest.mark.parametrize(
    "action",
    [
        "rebase (pick): Work", "rebase: Work", "rebase -i (continue): Work", "cherry-pick: Work",
        "merge side: Fast-forward", "pull: Fast-forward", "pull --rebase (pick): Work",
        "revert: Revert it", "am: Work", "commit (merge): Merge", "commit (cherry-pick): Work",
    ],
)  # fmt: skip
def test_what_was_moved_here_is_known_as_that(repo: Repo, action: str) -> None:
    """By git's own words for it."""
    assert told(repo, line(action)) == (NONE, frozenset({ID}))


@pytest.mark.parametrize("action", ["checkout: moving from a to b", "reset: moving to a", "amend",
                                    "merged: x", "clone: from x", "rebaser: x"])  # fmt: skip
def test_other_ways_say_nothing(repo: Repo, action: str) -> None:
    """To go to a commit is neither to make it nor to move it."""
    assert told(repo, line(action)) == (NONE, NONE)


def test_a_rebase_that_leaves_a_commit_as_it_is_excuses_nothing(repo: Repo) -> None:
    """Before or after it."""
    for lines in (("commit: Work", "rebase (finish): x"), ("rebase (finish): x", "commit: Work")):
        assert told(repo, *map(line, lines)) == (frozenset({ID}), NONE)


def test_a_repository_with_longer_ids_is_read_alike(repo: Repo) -> None:
    """64 digits instead of 40."""
    assert told(repo, line("commit: Work", "b" * 64)).made == {"b" * 64}


def test_only_the_end_of_a_huge_log_is_read(repo: Repo) -> None:
    """The newest lines count, and a line that is cut is none."""
    filler = [line("commit: " + "x" * 900, f"{number:040x}") for number in range(3000)]
    found = told(repo, line("commit: Old", "c" * 40), *filler, line("commit: New", "d" * 40))
    assert "d" * 40 in found.made
    assert "c" * 40 not in found.made
    assert 900 < len(found.made) < 1200


def test_what_is_no_log_says_nothing(repo: Repo) -> None:
    """Missing, binary, a folder, or a pipe that nobody writes to."""
    log = repo.path / ".git" / "logs" / "HEAD"
    log.write_bytes(bytes(range(256)) * 99 + b"\n" + line("commit: Work").encode() + b"\xff \xff")
    assert read_reflog(repo.at()) == (frozenset({ID}), NONE)
    log.unlink()
    assert read_reflog(repo.at()) == (NONE, NONE)
    log.mkdir()
    assert read_reflog(repo.at()) == (NONE, NONE)
    log.rmdir()
    os.mkfifo(log)
    assert read_reflog(repo.at()) == (NONE, NONE)


def test_each_work_tree_has_its_own(repo: Repo, tmp_path: Path) -> None:
    """What was committed in one is not in the other's log; a folder below reads the same."""
    first = repo.git("rev-parse", "HEAD")
    repo.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "tree"))
    second = repo.commit("In the first tree")
    repo.write("sub/x", "")
    assert {first, second} <= read_reflog(repo.at("sub")).made
    assert second not in read_reflog(Git(str(tmp_path / "tree"), repo.environ)).made
