"""Ways in which commits come to be that nobody is accused of."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.doors.conftest import Hooked

pytestmark = pytest.mark.proof

OTHER = "def answer():\n    return 43\n"


def rebase(hooked: Hooked) -> None:
    """Two judged commits, put on top of a judged one."""
    hooked.land("a.txt", "a\n")
    hooked.land("b.txt", "b\n")
    hooked.git("switch", "--quiet", "main")
    hooked.land("c.txt", "c\n")
    hooked.git("switch", "--quiet", "work")
    hooked.git("rebase", "--quiet", "main")


def squash(hooked: Hooked) -> None:
    """Two judged commits made one, by an interactive rebase."""
    hooked.land("a.txt", "a\n")
    hooked.land("b.txt", "b\n")
    second = "sed -i '2s/pick/fixup/'"
    hooked.git("rebase", "--quiet", "--interactive", "HEAD~2", GIT_SEQUENCE_EDITOR=second)


def merge(hooked: Hooked) -> None:
    """A branch of judged commits, merged."""
    hooked.land("a.txt", "a\n")
    hooked.git("switch", "--quiet", "main")
    hooked.land("c.txt", "c\n")
    hooked.git("merge", "--quiet", "--no-edit", "work")


def conflict(hooked: Hooked) -> None:
    """A merge that was resolved by hand, and committed through the hook."""
    hooked.land("app.py", OTHER)
    hooked.git("switch", "--quiet", "main")
    hooked.land("app.py", OTHER.replace("43", "44"))
    hooked.git("merge", "--quiet", "work", fails=True)
    hooked.land("app.py", OTHER.replace("43", "45"))


def cherry_pick(hooked: Hooked) -> None:
    """A judged commit, taken over to another branch."""
    picked = hooked.land("a.txt", "a\n")
    hooked.git("switch", "--quiet", "main")
    hooked.land("c.txt", "c\n")
    hooked.git("cherry-pick", picked)


def cherry_pick_from_elsewhere(hooked: Hooked) -> None:
    """Somebody else's innocent commit, judged behind the scenes."""
    hooked.git("fetch", "--quiet", str(hooked.elsewhere(hooked.GOOD * 2)), "work")
    said = hooked.run("git", "cherry-pick", "FETCH_HEAD")
    assert "selfmod-guard:" not in said.stdout + said.stderr


def reset_to_what_was_moved_elsewhere(hooked: Hooked) -> None:
    """A judged commit on another base, of which the log here does not tell how it came there."""
    picked, aside = hooked.land("a.txt", "a\n"), str(hooked.repo.path.parent / "aside")
    hooked.git("worktree", "add", "--quiet", "-b", "aside", aside, "HEAD~2")
    hooked.git("-C", aside, "-c", "core.hooksPath=/dev/null", "cherry-pick", picked)
    hooked.git("reset", "--quiet", "--hard", "aside")


def pull(hooked: Hooked) -> None:
    """A colleague's commit, by way of the remote."""
    clone = hooked.elsewhere(hooked.GOOD * 2)
    hooked.git("-C", str(clone), "push", "--quiet", str(clone.parent / "origin.git"), "work:main")
    hooked.git("switch", "--quiet", "main")
    hooked.git("pull", "--quiet", "--ff-only", "origin", "main")


def pull_with_rebase(hooked: Hooked) -> None:
    """The same, below a judged commit of one's own."""
    clone = hooked.elsewhere(hooked.GOOD * 2)
    hooked.git("-C", str(clone), "push", "--quiet", str(clone.parent / "origin.git"), "work:main")
    hooked.git("switch", "--quiet", "main")
    hooked.land("c.txt", "c\n")
    hooked.git("pull", "--quiet", "--rebase", "origin", "main")


def amend(hooked: Hooked) -> None:
    """A judged commit, corrected through the hook, twice; and with other words."""
    hooked.land("a.txt", "a\n")
    for content in ("b\n", "c\n"):
        hooked.write("a.txt", content)
        assert hooked.commit("--amend").returncode == 0
    hooked.git("commit", "--amend", "--quiet", "--message", "In other words")


def reword_without_the_hook(hooked: Hooked) -> None:
    """Other words for a judged commit, which change nothing that was judged."""
    hooked.land("a.txt", "a\n")
    hooked.git("commit", "--amend", "--quiet", "--no-verify", "--message", "In other words")


def revert(hooked: Hooked) -> None:
    """A judged commit, taken back."""
    hooked.land("a.txt", "a\n")
    hooked.git("revert", "--no-edit", "HEAD")


def checkout(hooked: Hooked) -> None:
    """Another branch with judged commits of its own, and an older commit."""
    hooked.land("a.txt", "a\n")
    hooked.git("switch", "--quiet", "main")
    hooked.land("c.txt", "c\n")
    hooked.git("switch", "--quiet", "work")
    hooked.git("switch", "--quiet", "--detach", "HEAD~1")
    hooked.git("switch", "--quiet", "--create", "third")


def stash(hooked: Hooked) -> None:
    """Put aside, and taken up again."""
    hooked.write("app.py", OTHER)
    hooked.git("stash", "--quiet")
    hooked.land("a.txt", "a\n")
    hooked.git("stash", "pop", "--quiet")


def commit_all(hooked: Hooked) -> None:
    """`git commit -a`, which hands the hook an index of its own."""
    hooked.write("app.py", OTHER)
    hooked.git("commit", "--quiet", "-am", "Answer otherwise")


def commit_paths(hooked: Hooked) -> None:
    """`git commit -- PATH`, beside something else that is staged."""
    hooked.write("a.txt", "a\n")
    hooked.repo.add()
    hooked.write("app.py", OTHER)
    hooked.git("commit", "--quiet", "-m", "Answer otherwise", "--", "app.py")


def partly_staged(hooked: Hooked) -> None:
    """Only a part of a file, as `git add -p` stages it."""
    hooked.write("app.py", OTHER)
    hooked.repo.add("app.py")
    hooked.write("app.py", f"{OTHER}\n\ndef more():\n    return 1\n")
    hooked.git("commit", "--quiet", "-m", "Answer otherwise")


def formatter(hooked: Hooked) -> None:
    """A hook that mends a file and fails, so that the commit is tried again."""
    ours = (hooked.repo.path / ".git/hooks/pre-commit").read_text().splitlines()[1]
    tidy = "grep -q ' $' a.txt && sed -i 's/ *$//' a.txt && exit 1"
    hooked.write(".git/hooks/pre-commit", f"#!/bin/sh\n{tidy}\n{ours}\n", 0o755)
    hooked.write("a.txt", "a  \n")
    assert hooked.commit().returncode == 1
    assert hooked.commit().returncode == 0


def judged_before_it_was_formatted(hooked: Hooked) -> None:
    """The same the other way round: the guard passes what the formatter then refuses."""
    ours = (hooked.repo.path / ".git/hooks/pre-commit").read_text().splitlines()[1]
    tidy = "grep -q ' $' a.txt && sed -i 's/ *$//' a.txt && exit 1\nexit 0"
    theirs = f"#!/bin/sh\n{ours.removeprefix('exec ')} || exit 1\n{tidy}\n"
    hooked.write(".git/hooks/pre-commit", theirs, 0o755)
    hooked.write("a.txt", "a  \n")
    assert hooked.commit().returncode == 1
    assert hooked.commit().returncode == 0


def worktree(hooked: Hooked) -> None:
    """A linked work tree shares hooks and journal."""
    aside = hooked.repo.path.parent / "aside"
    hooked.git("worktree", "add", "--quiet", "-b", "aside", str(aside))
    (aside / "app.py").write_text(OTHER)
    hooked.git("-C", str(aside), "commit", "--quiet", "-am", "Answer otherwise")
    hooked.git("merge", "--quiet", "--ff-only", "aside")


def orphan(hooked: Hooked) -> None:
    """A branch with a history of its own."""
    hooked.git("switch", "--quiet", "--orphan", "pages")
    hooked.land("index.html", "<p>Hello</p>\n")


WAYS: tuple[Callable[[Hooked], None], ...] = (
    rebase, squash, merge, conflict, cherry_pick, cherry_pick_from_elsewhere,
    reset_to_what_was_moved_elsewhere, pull, pull_with_rebase, amend, reword_without_the_hook,
    revert, checkout, stash, commit_all, commit_paths, partly_staged,
    formatter, judged_before_it_was_formatted, worktree, orphan,
)  # fmt: skip


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_an_innocent_way_is_not_accused(hooked: Hooked, way: Callable[[Hooked], None]) -> None:
    """No `ungated` event, and the next commit lands without a word of any other."""
    before = hooked.head()
    way(hooked)
    hooked.assert_goes_on()
    assert hooked.head() != before
    assert hooked.ungated() == []
