"""Ways to get a commit past the local hooks, each found by the next door and by CI."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from tests.doors.conftest import Hooked

pytestmark = pytest.mark.proof


def no_verify(hooked: Hooked) -> str:
    """`git commit --no-verify`."""
    hooked.write(hooked.PATH, hooked.EVIL)
    return hooked.commit("--no-verify").stderr


def hooks_path(hooked: Hooked) -> str:
    """Another folder of hooks, for one command."""
    hooked.write(hooked.PATH, hooked.EVIL)
    git = ("git", "-c", "core.hooksPath=/dev/null")
    return hooked.run(*git, "commit", "-am", "Speed up").stderr


def plumbing(hooked: Hooked) -> str:
    """A commit object, and a branch moved to it."""
    hooked.write(hooked.PATH, hooked.EVIL)
    hooked.repo.add()
    tree = hooked.git("write-tree")
    made = hooked.git("commit-tree", tree, "-p", "HEAD", "-m", "Speed up")
    hooked.git("update-ref", "refs/heads/work", made)
    return ""


def deleted_hooks(hooked: Hooked) -> str:
    """The hook files are gone while it happens."""
    hooked.uninstall()
    hooked.write(hooked.PATH, hooked.EVIL)
    said = hooked.commit().stderr
    hooked.install()
    return said


def emptied_hook(hooked: Hooked) -> str:
    """The first hook is a program that does nothing; the others are forgotten."""
    hooked.write(".git/hooks/pre-commit", "#!/bin/sh\n", 0o755)
    hooked.write(hooked.PATH, hooked.EVIL)
    said = hooked.commit().stderr
    hooked.install()
    return said


def amended(hooked: Hooked) -> str:
    """A judged commit, with more in it afterwards."""
    hooked.land("README.md", "Other words.\n")
    hooked.write(hooked.PATH, hooked.EVIL)
    return hooked.commit("--amend", "--no-verify").stderr


def fast_import(hooked: Hooked) -> str:
    """A stream of objects."""
    who = "committer Ada <ada@example.org> 1700000000 +0000\ndata 8\nSpeed up\n"
    file = f"M 100644 inline {hooked.PATH}\ndata {len(hooked.EVIL)}\n{hooked.EVIL}\n"
    stream = f"commit refs/heads/work\n{who}from refs/heads/work^0\n{file}"
    hooked.git("fast-import", "--quiet", feed=stream.encode())
    hooked.git("reset", "--quiet", "--hard")
    return ""


def fast_forward(hooked: Hooked) -> str:
    """A clone has no hooks, and a fast-forward makes no commit."""
    clone = hooked.elsewhere(hooked.EVIL)
    return hooked.run("git", "pull", "--quiet", "--ff-only", str(clone), "work").stderr


def cherry_pick(hooked: Hooked) -> str:
    """Somebody else's commit, taken over."""
    hooked.git("fetch", "--quiet", str(hooked.elsewhere(hooked.EVIL)), "work")
    return hooked.run("git", "cherry-pick", "FETCH_HEAD").stderr


def rebased(hooked: Hooked) -> str:
    """Somebody else's commit, with one's own on top of it."""
    clone = hooked.elsewhere(hooked.EVIL)
    hooked.land("README.md", "Other words.\n")
    hooked.git("fetch", "--quiet", str(clone), "work")
    return hooked.run("git", "rebase", "--onto", "FETCH_HEAD", "HEAD~1").stderr


def mailed(hooked: Hooked) -> str:
    """Somebody else's commit, as a mail."""
    clone = str(hooked.elsewhere(hooked.EVIL))
    mail = hooked.git("-C", clone, "format-patch", "-1", "--stdout")
    hooked.git("am", "--quiet", feed=mail.encode())
    return ""


def forged_label(hooked: Hooked) -> str:
    """The reflog is told that this was a rebase."""
    hooked.write(hooked.PATH, hooked.EVIL)
    return hooked.commit("--no-verify", GIT_REFLOG_ACTION="rebase").stderr


def worktree(hooked: Hooked) -> str:
    """A linked work tree has hooks of its own, or none."""
    aside = hooked.repo.path.parent / "aside"
    hooked.repo.config("extensions.worktreeConfig", "true")
    hooked.git("worktree", "add", "--quiet", "-b", "aside", str(aside))
    hooked.git("-C", str(aside), "config", "--worktree", "core.hooksPath", "/dev/null")
    (aside / hooked.PATH).write_text(hooked.EVIL)
    hooked.git("-C", str(aside), "commit", "--quiet", "-am", "Speed up")
    hooked.git("merge", "--quiet", "--ff-only", "aside")
    return ""


class Way(NamedTuple):
    """A way round, and what is known of it afterwards."""

    go: Callable[[Hooked], str]
    """Leaves the evil at HEAD, and returns what was said meanwhile."""
    is_seen: bool = False
    """Git runs a hook after it, which says so at once."""
    is_accused: bool = True
    """It is named as having gone round the guard, not only judged."""


WAYS = {
    "--no-verify": Way(no_verify, is_seen=True),
    "another hooks path": Way(hooks_path),
    "commit-tree and update-ref": Way(plumbing),
    "deleted hooks": Way(deleted_hooks),
    "an emptied hook": Way(emptied_hook, is_seen=True),
    "--amend --no-verify": Way(amended, is_seen=True),
    "fast-import": Way(fast_import),
    "a pull from a clone without hooks": Way(fast_forward, is_accused=False),
    "cherry-pick": Way(cherry_pick, is_seen=True, is_accused=False),
    "rebase --onto": Way(rebased, is_seen=True, is_accused=False),
    "am": Way(mailed, is_accused=False),
    "a forged label": Way(forged_label, is_seen=True, is_accused=False),
    "a linked work tree": Way(worktree, is_accused=False),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_way_round_is_found_and_binds_until_it_is_mended(hooked: Hooked, way: Way) -> None:
    """By the hook after it, by the next commit and in CI; the mend is judged together with it."""
    said, head = way.go(hooked), hooked.head()
    assert hooked.git("show", f"HEAD:{hooked.PATH}") == hooked.EVIL.rstrip("\n")
    assert (hooked.RULE in said) == way.is_seen, said
    assert (hooked.ROUND in said) == (way.is_seen and way.is_accused)
    assert hooked.RULE in in_ci(hooked)

    hooked.write("README.md", "A larger project.\n")
    next_ = hooked.commit()
    assert (next_.returncode, hooked.head()) == (1, head)
    assert f"{hooked.PATH}:1  {hooked.RULE}" in next_.stderr
    assert (hooked.ROUND in next_.stderr) == way.is_accused, next_.stderr

    hooked.write(hooked.PATH, hooked.GOOD)
    mended = hooked.commit()
    assert mended.returncode == 0, mended.stderr
    hooked.assert_goes_on()
    assert len(hooked.ungated()) == way.is_accused


@pytest.mark.parametrize("name", ["another hooks path", "am", "a forged label"])
def test_every_door_finds_it(hooked: Hooked, name: str) -> None:
    """By hand and by the push, which says who, and passes once it is mended."""
    way = WAYS[name]
    way.go(hooked)
    asked = hooked.repo.guard("check", "--staged")
    push = hooked.run("git", "push", "--quiet", "origin", "work:main")
    assert (asked.returncode, push.returncode) == (1, 1)
    for told in (asked.stdout.decode(), push.stdout):
        assert hooked.RULE in told
        assert (hooked.ROUND in told) == way.is_accused, told
    hooked.land(hooked.PATH, hooked.GOOD + "# mended\n")
    again = hooked.run("git", "push", "--quiet", "origin", "work:main")
    assert again.returncode == 0, again.stdout


def test_it_can_be_taken_back_by_the_command_that_is_told(hooked: Hooked) -> None:
    """Word for word, and then the work goes on."""
    said = no_verify(hooked)
    told = next(line for line in said.splitlines() if "git revert" in line)
    command = told[told.index("git revert") :].split()
    assert hooked.run(*command, "--no-edit").returncode == 0
    assert (hooked.repo.path / hooked.PATH).read_text() == hooked.GOOD
    hooked.assert_goes_on()
    assert len(hooked.ungated()) == 1


def test_a_revert_that_takes_tests_away_is_judged_and_not_accused(hooked: Hooked) -> None:
    """Git asks no hook before a revert, and it can be as evil as any commit."""
    said = hooked.run("git", "revert", "--no-edit", "HEAD").stderr
    assert "SMG301" in said
    assert hooked.ROUND not in said
    hooked.write("README.md", "A larger project.\n")
    assert hooked.commit().returncode == 1
    assert hooked.ungated() == []


def test_a_clean_commit_that_went_round_is_named_once_and_binds_nobody(hooked: Hooked) -> None:
    """Who was in a hurry and did nothing wrong is not held up, and it is written down."""
    hooked.write("README.md", "In a hurry.\n")
    said = hooked.commit("--no-verify").stderr
    assert f"1 commit {hooked.ROUND}:" in said
    assert '"Speed up" by Ada <ada@example.org>' in said
    assert "denied" not in said
    assert hooked.ungated() == [hooked.head()]
    hooked.assert_goes_on()


def test_a_forged_remote_branch_frees_it_here_and_not_from_the_push(hooked: Hooked) -> None:
    """What a remote is said to have binds nobody here; the remote itself knows better."""
    hooked.uninstall()
    no_verify(hooked)
    hooked.git("update-ref", "refs/remotes/origin/work", "HEAD")
    hooked.install()
    made = hooked.head()
    hooked.land("README.md", "A larger project.\n")
    assert hooked.ungated() == [made], "the reflog tells that it was made here"
    push = hooked.run("git", "push", "--quiet", "origin", "work:main")
    assert push.returncode == 1
    assert hooked.RULE in push.stdout
    assert hooked.RULE in in_ci(hooked)


def in_ci(hooked: Hooked) -> str:
    """Ask CI's question in a clone that knows nothing of the journal; it has to deny."""
    clone = hooked.repo.path.parent / "ci"
    hooked.git("clone", "--quiet", "--branch", "work", ".", str(clone))
    asked = hooked.repo.guard("check", "--base", "origin/main", folder="../ci")
    assert asked.returncode == 1
    return asked.stdout.decode()
