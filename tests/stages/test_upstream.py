"""Which branch a change wants to join, and refs that would like to be taken for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.ci import Announced
from pytest_selfmod_guard.stages.read._upstream import (
    commit_at,
    guesses,
    is_local,
    protected,
    short,
)

if TYPE_CHECKING:
    from tests.conftest import NewRepo, Repo


def ref(repo: Repo, *names: str) -> None:
    """Make refs that name HEAD's commit."""
    for name in names:
        repo.git("update-ref", name, "HEAD")


def symbolic(repo: Repo, name: str, target: str) -> None:
    """Make a symbolic ref."""
    repo.git("symbolic-ref", name, target)


def test_ci_names_the_branch(repo: Repo) -> None:
    """A merge's target, or for all else the default branch; whatever the clone says."""
    ref(repo, "refs/remotes/origin/main", "refs/remotes/origin/topic")
    symbolic(repo, "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    git = repo.at()
    merge = Announced("GitHub", "merge", "release/1.x", "trunk")
    assert protected(git, merge) == "refs/remotes/origin/release/1.x"
    for kind in ("push", "other"):
        told = Announced("GitHub", kind, "topic", "trunk")
        assert protected(git, told) == "refs/remotes/origin/trunk"
    assert protected(git, Announced("GitLab", "merge", "", "trunk")) is None


def test_a_clone_knows_the_default_branch(repo: Repo) -> None:
    """`origin` counts before other remotes, and its HEAD before any name."""
    ref(repo, "refs/remotes/alpha/main", "refs/remotes/origin/main", "refs/remotes/origin/trunk")
    assert protected(repo.at()) == "refs/remotes/origin/main"
    symbolic(repo, "refs/remotes/alpha/HEAD", "refs/remotes/alpha/main")
    symbolic(repo, "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk")
    assert protected(repo.at()) == "refs/remotes/origin/trunk"


def test_main_comes_before_master(repo: Repo) -> None:
    """Of a remote as of a repository without one."""
    repo.git("branch", "master")
    assert protected(repo.at()) == "refs/heads/main"
    repo.git("branch", "-m", "main", "topic")
    assert protected(repo.at()) == "refs/heads/master"
    ref(repo, "refs/remotes/origin/master")
    assert protected(repo.at()) == "refs/remotes/origin/master"
    ref(repo, "refs/remotes/origin/main")
    assert protected(repo.at()) == "refs/remotes/origin/main"


def test_where_the_remote_does_not_say_it_is_a_guess(repo: Repo) -> None:
    """Among all that are there, best first; with its HEAD, or without a remote, it is none."""
    assert guesses(repo.at()) == ()
    trunks = ("refs/remotes/origin/main", "refs/remotes/origin/master")
    ref(repo, trunks[1], "refs/remotes/fork/main")
    assert guesses(repo.at()) == (trunks[1],)
    ref(repo, trunks[0])
    assert guesses(repo.at()) == trunks
    symbolic(repo, "refs/remotes/origin/HEAD", trunks[1])
    assert guesses(repo.at()) == ()


def test_a_single_remote_may_have_another_name(repo: Repo) -> None:
    """Of two nobody says which, and the local branch says nothing where there are any."""
    ref(repo, "refs/remotes/upstream/main")
    assert protected(repo.at()) == "refs/remotes/upstream/main"
    ref(repo, "refs/remotes/fork/main")
    assert protected(repo.at()) is None


def test_a_remote_without_a_trunk_is_not_replaced_by_a_local_branch(repo: Repo) -> None:
    """Whoever works here can move that; also where the remote's name has two parts."""
    ref(repo, "refs/remotes/team/fork/main")
    assert protected(repo.at()) is None


def test_without_any_branch_of_that_name_there_is_none(repo: Repo, new_repo: NewRepo) -> None:
    """Neither in a repository with another branch, nor in one without a commit."""
    repo.git("branch", "-m", "main", "trunk")
    assert protected(repo.at()) is None
    assert protected(new_repo("empty").at()) is None


@pytest.mark.parametrize(
    "target",
    [
        "refs/heads/topic",
        "refs/tags/topic",
        "refs/remotes/originally/topic",
        "refs/remotes/origin/gone",
        "refs/remotes/origin/HEAD",
    ],
)
def test_a_remote_s_head_that_leads_elsewhere_is_not_followed(repo: Repo, target: str) -> None:
    """To a local branch, a tag, another remote, nowhere or to itself."""
    repo.git("branch", "topic")
    repo.git("tag", "topic")
    ref(repo, "refs/remotes/originally/topic", "refs/remotes/origin/main")
    path = repo.path / ".git/refs/remotes/origin/HEAD"  # git itself would not make all of these
    path.write_text(f"ref: {target}\n")
    assert protected(repo.at()) == "refs/remotes/origin/main"


def test_a_branch_called_head_is_not_the_remote_s_head(repo: Repo) -> None:
    """Anybody who may push a branch could make one; it names a commit and no branch."""
    ref(repo, "refs/remotes/origin/HEAD", "refs/remotes/origin/master")
    assert protected(repo.at()) == "refs/remotes/origin/master"


@pytest.mark.parametrize(
    "name",
    [
        "refs/tags/origin/main",
        "refs/heads/origin/main",
        "refs/tags/refs/remotes/origin/main",
        "refs/heads/refs/remotes/origin/main",
        "refs/remotes/refs/remotes/origin/main",
        "refs/remotes/origin/main/more",
        "refs/remotes/origin/main/\u2028refs/remotes/origin/main",
        "refs/remotes/origin/main/\x85refs/remotes/origin/main",
    ],
)
def test_no_other_ref_is_taken_for_a_missing_one(repo: Repo, name: str) -> None:
    """Git would look further, and Python take a strange letter for the end of a line."""
    ref(repo, name)
    assert commit_at(repo.at(), "refs/remotes/origin/main") == ""
    repo.git("pack-refs", "--all")
    assert commit_at(repo.at(), "refs/remotes/origin/main") == ""


@pytest.mark.parametrize(
    "branch",
    ["*", "m?in", "[m]ain", "ma", "../origin/main", "main/", "main^{}", "main~0", "-v", "a b", ""],
)
def test_a_name_is_taken_literally(repo: Repo, branch: str) -> None:
    """It is no pattern, no path and no expression."""
    ref(repo, "refs/remotes/origin/main", "refs/remotes/origin/a")
    assert commit_at(repo.at(), f"refs/remotes/origin/{branch}") == ""


def test_a_ref_that_is_there_is_found(repo: Repo) -> None:
    """Its id beside that of a ref below another name, letters outside ASCII included."""
    first = repo.git("rev-parse", "HEAD")
    ref(repo, "refs/remotes/origin/größe;$(id)")
    repo.commit()
    ref(repo, "refs/tags/refs/remotes/origin/größe;$(id)")
    assert commit_at(repo.at(), "refs/remotes/origin/größe;$(id)") == first


def test_a_ref_has_a_short_name() -> None:
    """As a person types it, and only what stands in front is left out."""
    assert short("refs/remotes/origin/refs/heads/main") == "origin/refs/heads/main"
    assert short("refs/heads/main") == "main"
    assert is_local("refs/heads/main")
    assert not is_local("refs/remotes/origin/main")
