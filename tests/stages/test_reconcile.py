"""What came past the doors is judged at the next one, and who came through is left in peace."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_selfmod_guard.context import Context
from pytest_selfmod_guard.errors import JournalError, ReadError
from pytest_selfmod_guard.git import Git, Objects
from pytest_selfmod_guard.guard import Asked, Guard
from pytest_selfmod_guard.journals import Entry, first_broken
from pytest_selfmod_guard.journals.sqlite import SqliteJournal
from pytest_selfmod_guard.model import Change, Denied, Receipt
from pytest_selfmod_guard.policy import Tightening
from pytest_selfmod_guard.stages import read
from pytest_selfmod_guard.stages.reconcile import Past, Stamp, _gated, _history, reconcile
from pytest_selfmod_guard.stages.reconcile._known import Known

if TYPE_CHECKING:
    from subprocess import Popen

    from tests.conftest import NewRepo, Repo

GOOD = "def answer():\n    return 42\n"
EVIL = "def answer():\n    return eval('4' + input())\n"
LAX = "[tool.selfmod-guard]\nmode = 'warn'\n"
AGENT = {"AI_AGENT": "robot"}
BOB = "bob@example.org"


class Watched:
    """A repository, and the guard that its people ask, or do not."""

    def __init__(self, repo: Repo) -> None:
        """Look at it for the first time."""
        self.repo = repo
        assert self.staged().decision == "allowed"

    def guard(self, **environ: str) -> Guard:
        """Give a guard that sees only the repository's own environment."""
        return Guard(Context(str(self.repo.path), {**self.repo.environ, **environ}))

    def staged(self, **environ: str) -> Receipt:
        """Ask as the hook before a commit does."""
        return self.guard(**environ).judge(read.staged, "--staged")

    def range(self, old: str, new: str, **environ: str) -> Receipt:
        """Ask as the hook before a push does."""
        return self.guard(**environ).judge(lambda git: read.between(git, old, new), "--range")

    def through(self, path: str, content: str, *options: str) -> str:
        """Commit what a door has allowed."""
        self.repo.write(path, content)
        self.repo.add()
        told = self.staged()
        assert told.decision == "allowed", told
        return self.commit(*options)

    def past(self, path: str, content: str, *options: str) -> str:
        """Commit without asking anybody."""
        self.repo.write(path, content)
        self.repo.add()
        return self.commit(*options)

    def commit(self, *options: str) -> str:
        """Commit what is staged; give the commit's id."""
        self.repo.git("commit", "--quiet", "--allow-empty", "--message", "Work on", *options)
        return self.head()

    def head(self) -> str:
        """Give the id of HEAD's commit."""
        return self.repo.git("rev-parse", "HEAD")

    def journal(self) -> SqliteJournal:
        """Open the journal."""
        return SqliteJournal(str(self.repo.path / ".git" / "selfmod-guard"))

    def told(self, kind: str) -> list[dict[str, Any]]:
        """Give the bodies of all entries of a kind, oldest first."""
        return [json.loads(entry.body) for entry in reversed(self.journal().last(kind, 1000))]

    def landed(self) -> dict[str, str]:
        """Give the commits that are known one by one, and why."""
        return {body["commit"]: body["how"] for body in self.told("landed")}

    def accused(self) -> list[str]:
        """Give the commits that the journal accuses."""
        return [body["commit"] for body in self.told("ungated")]

    def assert_quiet(self) -> None:
        """See a door say nothing of the past, because all of it is known."""
        for _ in range(2):
            count = sum(1 for _ in self.journal().events())
            told = self.staged()
            assert (told.decision, told.ungated, told.notes) == ("allowed", (), ()), told
        assert sum(1 for _ in self.journal().events()) == count + 1, "only the answer"
        assert self.guard().reconcile() is None


@pytest.fixture
def watched(repo: Repo) -> Watched:
    """Give a repository in which everything is known."""
    return Watched(repo)


def commits(receipt: Receipt) -> list[str]:
    """Name the commits that a receipt accuses."""
    return [origin.commit for origin in receipt.ungated]


# -- the first look ---------------------------------------------------------------------------


def test_the_first_look_accuses_nobody(repo: Repo, tmp_path: Path) -> None:
    """Not HEAD, another branch, a tag, another work tree, or what they came from."""
    repo.write("app.py", EVIL)
    repo.commit("Long ago")
    repo.git("switch", "--quiet", "--create", "other")
    repo.write("other.py", EVIL)
    repo.commit("Another branch")
    repo.git("switch", "--quiet", "--detach", "main")
    repo.write("release.py", EVIL)
    repo.commit("Released")
    repo.git("tag", "--annotate", "v1", "--message", "One")
    repo.git("switch", "--quiet", "main")
    repo.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "tree"))
    elsewhere = "-C", str(tmp_path / "tree")
    (tmp_path / "tree" / "apart.py").write_text(EVIL)
    repo.git(*elsewhere, "add", "--all")
    repo.git(*elsewhere, "commit", "--quiet", "--message", "Apart")
    apart = repo.git(*elsewhere, "rev-parse", "HEAD")
    repo.commit("Latest")
    watched = Watched(repo)
    (adopted,) = watched.told("adopted")
    assert adopted["commit"] == watched.head()
    for place in ("other", "v1", apart, "other~1", "main~1", "main"):
        repo.git("switch", "--quiet", "--detach", place)
        watched.assert_quiet()
    assert watched.accused() == []
    assert len(watched.told("adopted")) == 1


def test_a_first_look_right_after_a_commit_asks_about_it_and_goes_on_asking(repo: Repo) -> None:
    """The hook after a commit may be the first that is heard of a repository."""
    repo.write("other.py", EVIL)
    repo.commit("Long ago")
    repo.write("app.py", EVIL)
    slipped = repo.commit("Just now")
    guard = Guard(Context(str(repo.path), repo.environ))
    for told in (guard.reconcile(is_new=True), guard.judge(read.staged, "--staged")):
        assert told is not None
        assert (told.decision, commits(told)) == ("denied", [slipped])
        assert {finding.path for finding in told.because} == {"app.py"}


def test_the_first_commit_of_all_is_asked_about_too(new_repo: NewRepo) -> None:
    """Where the guard came before it, nothing is adopted unseen."""
    watched = Watched(new_repo("empty"))
    assert watched.guard().reconcile() is None
    first = watched.past("app.py", EVIL)
    second = watched.past("README.md", "Innocent.\n")
    told = watched.staged()
    assert (told.decision, told.base, commits(told)) == ("denied", "", [first, second])
    watched.repo.git("update-ref", "-d", "HEAD")
    watched.through("app.py", GOOD)
    watched.assert_quiet()


def test_a_journal_that_was_deleted_knows_everybody(watched: Watched) -> None:
    """What holds against that is CI, not this; but the chain begins anew, which shows."""
    watched.past("app.py", EVIL)
    assert watched.staged().decision == "denied"
    Path(watched.journal().path).unlink()
    assert watched.staged().decision == "allowed"
    assert [event.kind for event in watched.journal().events()] == ["adopted", "judged"]


# -- who went through a door ------------------------------------------------------------------


def test_what_went_through_a_door_is_known_by_one_look(watched: Watched) -> None:
    """The look writes it down, and the next one is a single question."""
    one = watched.through("app.py", GOOD + "\n")
    two = watched.through("README.md", "More.\n")
    watched.assert_quiet()
    assert watched.landed() == {one: "gated", two: "gated"}
    assert watched.accused() == []


def test_what_is_known_costs_next_to_nothing(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No process at all where HEAD is known, two after a commit, and never a judgement."""

    def judge(_: Change, *__: object) -> Receipt:
        raise AssertionError("there is nothing to judge")

    def spy(git: Git, *arguments: str) -> Popen[bytes]:
        asked.append(arguments[0])
        return start(git, *arguments)

    asked: list[str] = []
    start = Git.start
    monkeypatch.setattr(Git, "start", spy)
    one = watched.through("app.py", GOOD + "\n")
    asked.clear()
    for _ in range(2):
        git, stamp = watched.guard().git, Stamp(1.0, "a")
        assert reconcile(git, watched.journal(), one, stamp, judge) == Past()
    assert asked == ["cat-file", "diff-tree"]


def test_an_amended_commit_is_known_however_often(watched: Watched) -> None:
    """The hook compares with the commit that is amended; its parent is another."""
    watched.through("app.py", GOOD + "\n")
    for number in range(3):
        watched.through("app.py", GOOD + f"\nN = {number}\n", "--amend")
    watched.staged()
    watched.commit("--amend", "--message", "Only the message")
    watched.assert_quiet()
    watched.commit("--amend", "--no-verify", "--message", "Again")
    watched.assert_quiet()
    assert watched.accused() == []


def test_an_amendment_past_the_door_is_accused(watched: Watched) -> None:
    """What it amends went through, it did not; amending it again mends it."""
    watched.through("app.py", GOOD + "\n")
    watched.staged()
    amended = watched.past("app.py", EVIL, "--amend")
    told = watched.staged()
    assert (told.decision, commits(told)) == ("denied", [amended])
    watched.through("app.py", GOOD, "--amend")
    watched.assert_quiet()


def test_a_root_commit_can_be_amended(new_repo: NewRepo) -> None:
    """It has no parent to compare with."""
    watched = Watched(new_repo("empty"))
    watched.through("app.py", GOOD)
    watched.through("app.py", GOOD + "\n", "--amend")
    watched.assert_quiet()


def test_a_commit_of_nothing_is_known(watched: Watched) -> None:
    """Its content went through with its parent, whoever made it."""
    watched.past("app.py", GOOD)
    watched.assert_quiet()
    assert watched.accused() == []


def test_a_diff_that_was_judged_as_text_is_known_when_it_is_that(watched: Watched) -> None:
    """The digest says what was judged, not how it was asked; one character more is another."""
    watched.repo.write("app.py", GOOD + "\n")
    patch = watched.repo.raw("diff")
    watched.repo.git("checkout", "--quiet", "--", "app.py")
    told = watched.guard().judge(lambda git: read.diff(git, patch), "--diff -")
    assert told.decision == "allowed"
    watched.past("app.py", GOOD + "\n")
    watched.assert_quiet()
    watched.guard().judge(lambda git: read.diff(git, patch), "--diff -")
    other = watched.past("app.py", GOOD + "\n\n\n")
    assert commits(watched.staged()) == [other]


def test_a_part_of_the_rules_is_no_gate(watched: Watched) -> None:
    """The hook for sizes lets much by that the others would have seen."""
    watched.repo.write("app.py", EVIL)
    watched.repo.add()
    sizes = Asked(only=frozenset(("SMG101",)))
    assert watched.guard().judge(read.staged, "--staged", sizes).decision == "allowed"
    commit = watched.commit()
    assert watched.guard().judge(read.staged, "--staged", sizes).ungated == ()
    told = watched.staged()
    assert (told.decision, commits(told)) == ("denied", [commit])


def test_known_commits_stay_known_wherever_one_goes(watched: Watched) -> None:
    """An old commit, back again, detached, another branch from it."""
    one = watched.through("app.py", GOOD + "\n")
    watched.through("README.md", "More.\n")
    for place in (f"{one}~1", one, "main"):
        watched.repo.git("switch", "--quiet", "--detach", place)
        watched.assert_quiet()
    watched.repo.git("switch", "--quiet", "--create", "side", one)
    watched.through("app.py", GOOD + "\n\n")
    watched.repo.git("switch", "--quiet", "main")
    watched.assert_quiet()
    assert watched.accused() == []


def test_what_went_through_in_one_work_tree_is_known_in_another(
    watched: Watched, tmp_path: Path
) -> None:
    """They share the journal; and what went past is found in the other as well."""
    watched.repo.git("worktree", "add", "--quiet", "-b", "side", str(tmp_path / "tree"))
    other = Guard(Context(str(tmp_path / "tree"), watched.repo.environ))
    watched.through("app.py", GOOD + "\n")
    in_tree = "-C", str(tmp_path / "tree")
    watched.repo.git(*in_tree, "merge", "--quiet", "--ff-only", "main")
    assert other.reconcile() is None
    slipped = watched.past("app.py", EVIL)
    watched.repo.git(*in_tree, "merge", "--quiet", "--ff-only", "main")
    told = other.reconcile()
    assert told is not None
    assert (told.decision, told.head) == ("denied", slipped)


# -- who went past it -------------------------------------------------------------------------


def test_a_harmless_commit_past_the_door_is_named_once(watched: Watched) -> None:
    """It is judged, known from then on, and written down with all that tells it apart."""
    parent = watched.head()
    slipped = watched.past("app.py", GOOD + "\n", "--author", "Robot <noreply@anthropic.com>")
    told = watched.staged()
    assert (told.decision, told.files) == ("allowed", ())
    assert told.ungated[0]._replace(commit="") == (
        "", "Work on", "Robot <noreply@anthropic.com>"
    )  # fmt: skip
    assert commits(told) == [slipped]
    watched.assert_quiet()
    (event,) = watched.told("ungated")
    assert event["actor"]["kind"] == "agent"
    assert event["digest"] == read.committed(watched.guard().git, slipped).digest
    assert (event["parents"], event["decision"]) == ([parent], "allowed")
    assert watched.landed()[slipped] == "judged"


def test_it_binds_until_a_staged_mend_is_judged_with_it(watched: Watched) -> None:
    """Each door says so, the journal once; then everything up to the mend is known."""
    base = watched.head()
    slipped = watched.past("app.py", EVIL)
    for _ in range(2):
        told = watched.staged()
        assert (told.decision, told.base, commits(told)) == ("denied", base, [slipped])
        assert {finding.commit for finding in told.because} == {slipped}
        assert [origin.commit for origin in told.origins] == [slipped]
    assert watched.accused() == [slipped]
    watched.repo.write("README.md", "Something else.\n")
    watched.repo.add()
    assert watched.staged().decision == "denied"
    mend = watched.through("app.py", GOOD)
    watched.assert_quiet()
    assert watched.landed() == {mend: "gated"}


def test_what_was_mended_is_found_again_by_who_goes_back_to_it(watched: Watched) -> None:
    """It passed only along with its mend: not by itself, on another branch, or as a base."""
    base = watched.head()
    slipped = watched.past("app.py", EVIL)
    assert watched.staged().decision == "denied"
    watched.through("app.py", GOOD)
    watched.assert_quiet()
    mended = watched.head()
    watched.repo.git("reset", "--quiet", "--hard", slipped)
    assert (watched.staged().decision, watched.guard().reconcile() is None) == ("denied", False)
    later = watched.past("README.md", "Built on it.\n")
    assert watched.staged().because[0].path == "app.py"
    watched.repo.git("switch", "--quiet", "--create", "side", base)
    watched.past("other.py", GOOD)
    watched.repo.git("merge", "--quiet", "--no-edit", later)
    assert watched.staged().because[0].path == "app.py"
    watched.repo.git("switch", "--quiet", "--detach", mended)
    watched.assert_quiet()


def test_a_label_that_is_forged_and_taken_back_hides_nothing(watched: Watched) -> None:
    """Together they change nothing; the first alone does, and stays to be judged."""
    slipped = watched.past("app.py", EVIL)
    watched.repo.git("revert", "--no-edit", "HEAD")
    assert watched.staged().decision == "allowed"
    watched.repo.git("reset", "--quiet", "--hard", slipped)
    assert watched.staged().decision == "denied"


def test_a_merge_that_throws_the_other_side_away_is_found(watched: Watched) -> None:
    """Its tree is that of its first parent, and so it seems to change nothing."""
    start = watched.head()
    test = watched.through("tests/test_app.py", "def test_it():\n    assert 6 * 7 == 42\n")
    watched.repo.git("switch", "--quiet", "--create", "feature", start)
    watched.through("other.py", GOOD)
    watched.repo.git("merge", "--quiet", "--no-edit", "--strategy=ours", test)
    told = watched.staged()
    assert [finding.rule for finding in told.because] == ["SMG301"]
    tree = watched.repo.git("rev-parse", f"{start}^{{tree}}")
    back = watched.repo.git("commit-tree", tree, "-p", start, "-p", test, "-m", "Go back")
    watched.repo.git("reset", "--quiet", "--hard", back)
    assert [finding.rule for finding in watched.staged().because] == ["SMG301"]


def test_a_merge_hides_nothing_of_what_came_before_it(watched: Watched) -> None:
    """Neither what it throws away, nor an earlier commit whose file it touches again."""
    start = watched.through("tests/test_app.py", "def test_it():\n    assert 6 * 7 == 42\n")
    watched.past("app.py", EVIL)
    watched.repo.git("switch", "--quiet", "--create", "side", start)
    watched.past("README.md", "Aside.\n")
    watched.repo.git("switch", "--quiet", "main")
    watched.repo.git("merge", "--quiet", "--no-commit", "--no-ff", "side")
    watched.repo.remove("tests/test_app.py")
    watched.past("app.py", f"{EVIL}\n")
    told = watched.staged()
    assert {finding.path for finding in told.because} == {"app.py", "tests/test_app.py"}


def test_a_lax_commit_is_no_judge_of_the_next_behind_a_merge_either(watched: Watched) -> None:
    """Where history is no line each commit is judged by itself, and by no policy of its own."""
    start = watched.head()
    watched.past("pyproject.toml", LAX)
    watched.past("app.py", EVIL)
    watched.repo.git("switch", "--quiet", "--create", "side", start)
    watched.past("README.md", "Aside.\n")
    watched.repo.git("switch", "--quiet", "main")
    watched.repo.git("merge", "--quiet", "--no-edit", "side")
    told = watched.staged()
    assert (told.decision, told.enforced) == ("denied", True)
    assert {finding.rule for finding in told.because} == {"SMG201"}


def test_the_verdict_on_a_range_gates_no_single_commit(watched: Watched) -> None:
    """Three small commits may be larger than one may be."""
    start = watched.head()
    for number in range(3):
        watched.past(f"part{number}.py", HUGE[: len(HUGE) // 3])
    parts = watched.head()
    assert watched.range(start, parts, **AGENT).decision == "allowed"
    watched.repo.git("reset", "--quiet", "--soft", start)
    watched.commit()
    told = watched.staged(**AGENT)
    assert [finding.rule for finding in told.because] == ["SMG101"]


def test_in_a_merge_what_is_staged_is_what_is_judged(watched: Watched, remote: Repo) -> None:
    """Also with a commit below that has no verdict, whose line the resolution takes back."""
    remote.write("app.py", GOOD.replace("42", "int('42')"))
    remote.commit("Theirs")
    watched.past("app.py", EVIL)
    watched.repo.git("fetch", "--quiet", "origin")
    assert watched.staged().decision == "denied"
    watched.repo.git("merge", "--no-edit", "origin/main", fails=True)
    watched.repo.git("checkout", "--theirs", "app.py")
    watched.repo.add()
    assert watched.staged().decision == "allowed"


def test_what_others_have_made_is_judged_and_not_held_against_them(watched: Watched) -> None:
    """Whoever looks at a colleague's branch did not make it."""
    start = watched.head()
    watched.repo.write("theirs.py", EVIL)
    watched.repo.add()
    tree = watched.repo.git("write-tree")
    theirs = watched.repo.git(
        "commit-tree", tree, "-p", start, "-m", "Theirs", GIT_COMMITTER_EMAIL=BOB
    )
    theirs = watched.repo.git(
        "commit-tree", tree, "-p", theirs, "-m", "More", GIT_COMMITTER_EMAIL=BOB
    )
    watched.repo.git("reset", "--quiet", "--hard", start)
    watched.repo.git("checkout", "--quiet", theirs)
    told = watched.staged()
    assert (told.decision, told.ungated, watched.accused()) == ("denied", (), [])


def test_another_commit_than_the_judged_mend_mends_nothing(watched: Watched) -> None:
    """What was allowed is that very change."""
    slipped = watched.past("app.py", EVIL)
    watched.repo.write("app.py", GOOD)
    watched.repo.add()
    assert watched.staged().decision == "allowed"
    other = watched.past("app.py", EVIL + "\n")
    told = watched.staged()
    assert (told.decision, commits(told)) == ("denied", [slipped, other])


def test_a_secret_pair_of_commits_is_named_though_the_sum_was_judged(watched: Watched) -> None:
    """What was judged in one piece and committed in two went past as two."""
    watched.repo.write("app.py", GOOD + "\n\n")
    watched.repo.add()
    watched.staged()
    slipped = watched.past("app.py", EVIL)
    second = watched.past("app.py", GOOD + "\n\n")
    told = watched.staged()
    assert (told.decision, commits(told)) == ("allowed", [slipped, second])
    watched.assert_quiet()


@pytest.mark.parametrize("ask", ["worktree", "proposal", "diff"])
def test_every_question_that_starts_from_head_is_bound(watched: Watched, ask: str) -> None:
    """On disk, as a proposal, as a diff; the mend is let through."""
    base = watched.head()
    slipped = watched.past("app.py", EVIL)
    guard = watched.guard()
    told = guard.judge(lambda _: guard.proposal({"README.md": "More.\n"}), ask)
    assert (told.decision, told.base, commits(told)) == ("denied", base, [slipped])
    watched.repo.write("app.py", GOOD)
    patch = watched.repo.raw("diff")
    mends: dict[str, Callable[[], Change]] = {
        "worktree": guard.worktree,
        "proposal": lambda: guard.proposal({"app.py": GOOD}),
        "diff": lambda: guard.diff(patch),
    }
    assert guard.judge(lambda _: mends[ask](), ask).decision == "allowed"
    assert isinstance(guard.check(guard.staged()), Denied), "it is not staged"


def test_a_range_names_them_and_is_judged_by_itself(watched: Watched) -> None:
    """What is pushed is what counts there."""
    start = watched.head()
    good = watched.through("README.md", "More.\n")
    slipped = watched.past("app.py", EVIL)
    told = watched.range(start, good)
    assert (told.decision, told.base, commits(told)) == ("allowed", start, [slipped])
    assert watched.range(start, slipped).decision == "denied"
    guard = watched.guard()
    everything = guard.judge(lambda git: read.everything(git, good), "--range")
    assert (everything.decision, commits(everything)) == ("allowed", [slipped])


def test_asking_about_a_range_from_it_on_launders_nothing(watched: Watched) -> None:
    """An allowed judgement whose base went past the door is worth nothing."""
    slipped = watched.past("app.py", EVIL)
    after = watched.past("README.md", "Innocent.\n")
    assert watched.range(slipped, after).decision == "allowed"
    assert watched.range(after, after).decision == "allowed"
    told = watched.staged()
    assert (told.decision, commits(told)) == ("denied", [slipped, after])
    assert watched.landed() == {}


def test_its_own_laxness_does_not_judge_it(watched: Watched) -> None:
    """Neither the commit that only warns, nor what was judged under it, is let be."""
    lax = watched.past("pyproject.toml", LAX)
    evil = watched.past("app.py", EVIL)
    told = watched.range(lax, evil)
    assert (told.decision, told.enforced) == ("denied", False)
    told = watched.staged()
    assert (told.decision, told.enforced, commits(told)) == ("denied", True, [lax, evil])


def test_a_lax_branch_that_is_known_does_not_judge_for_another(repo: Repo) -> None:
    """What was let be there is put on the strict one by plumbing."""
    repo.git("switch", "--quiet", "--create", "lax")
    repo.write("pyproject.toml", LAX)
    repo.commit("Warn only")
    watched = Watched(repo)
    repo.git("switch", "--quiet", "main")
    strict = watched.through("README.md", "Strict.\n")
    watched.staged()
    repo.git("switch", "--quiet", "lax")
    repo.remove("pyproject.toml")
    repo.write("README.md", "Strict.\n")
    repo.write("app.py", EVIL)
    repo.add()
    told = watched.staged()
    assert (told.decision, told.enforced) == ("denied", False)
    tree = repo.git("write-tree")
    repo.git("reset", "--quiet", "--hard")
    repo.git("switch", "--quiet", "main")
    slipped = repo.git("commit-tree", "-p", "main", "-m", "Moved over", tree)
    repo.git("reset", "--quiet", "--hard", slipped)
    told = watched.staged()
    assert (told.decision, told.enforced, told.base) == ("denied", True, strict)
    assert commits(told) == [slipped]


def test_what_a_lax_known_policy_lets_be_is_known(watched: Watched) -> None:
    """It was shown and recorded; nothing is enforced there, afterwards neither."""
    repo = watched.repo
    repo.write("pyproject.toml", LAX)
    repo.commit("Warn only")
    Path(watched.journal().path).unlink()
    watched = Watched(repo)
    repo.write("app.py", EVIL)
    repo.add()
    assert not watched.staged().enforced
    watched.commit()
    watched.assert_quiet()
    slipped = watched.past("README.md", GOOD)
    evil = watched.past("more.py", EVIL)
    told = watched.staged()
    assert (told.decision, commits(told)) == ("allowed", [slipped, evil])
    assert "SMG201" in " ".join(told.notes)


def test_the_same_change_on_another_base_is_judged_and_not_accused(watched: Watched) -> None:
    """So it is when commits are moved by hand; the new place may make a difference."""
    moved = watched.through("app.py", GOOD + "\n")
    watched.repo.git("reset", "--quiet", "--hard", "HEAD~1")
    watched.past("README.md", "More.\n")
    watched.staged()
    tree = watched.repo.git("merge-tree", "--write-tree", "HEAD", moved)
    again = watched.repo.git("commit-tree", "-p", "HEAD", "-m", "Moved by hand", tree)
    watched.repo.git("reset", "--quiet", "--hard", again)
    told = watched.staged()
    assert (told.decision, told.ungated) == ("allowed", ())
    assert watched.landed()[again] == "judged"


def test_a_lone_branch_of_nothing_is_said(watched: Watched) -> None:
    """Its first commit has no policy before it, and that is no secret."""
    watched.repo.git("switch", "--quiet", "--orphan", "lone")
    watched.repo.write("app.py", GOOD)
    watched.repo.add()
    told = watched.staged()
    assert (told.decision, told.base) == ("allowed", "")
    assert "the defaults judged" in " ".join(told.notes)
    watched.commit()
    watched.assert_quiet()
    watched.repo.git("switch", "--quiet", "--orphan", "lonelier")
    slipped = watched.past("app.py", EVIL)
    told = watched.staged()
    assert (told.decision, told.base, commits(told)) == ("denied", "", [slipped])


def test_limits_hold_for_each_step(watched: Watched) -> None:
    """What is staged is one; what came past the door are others; an agent may not sum them up."""
    for number in range(4):
        watched.past(f"a{number}.txt", "a\n")
    watched.repo.write("b.txt", "b" * 6000)
    watched.repo.write("c.txt", "c" * 3000)
    watched.repo.add()
    watched.staged(**AGENT)
    assert watched.staged(**AGENT).decision == "allowed"
    big = watched.past("d.txt", "d" * 10_001)
    told = watched.staged(**AGENT)
    assert [finding.rule for finding in told.because] == ["SMG101"]
    assert told.because[0].commit == big
    assert watched.staged().decision == "allowed", "a person is only warned"


# -- people in their own repository -----------------------------------------------------------


@pytest.mark.parametrize("who", ["a person", "an agent now", "an agent then"])
def test_nobody_is_locked_out_of_their_own_repository(watched: Watched, who: str) -> None:
    """A person may change the policy past the door; it is said, and the range still denies it."""
    start = watched.head()
    trailer = ["--trailer", "Co-authored-by: Claude <noreply@anthropic.com>"]
    lax = watched.past("pyproject.toml", LAX, *(trailer if who == "an agent then" else []))
    told = watched.staged(**(AGENT if who == "an agent now" else {}))
    assert commits(told) == [lax]
    assert told.decision == ("allowed" if who == "a person" else "denied")
    if who == "a person":
        assert "SMG401" in " ".join(told.notes)
        watched.assert_quiet()
        assert watched.range(start, lax).decision == "denied"


def test_being_spared_covers_only_what_is_committed(watched: Watched) -> None:
    """Evil beside it binds as ever, and what is staged against the guard is denied as ever."""
    watched.past("pyproject.toml", LAX)
    watched.past("app.py", EVIL)
    told = watched.staged()
    assert {finding.rule for finding in told.because} == {"SMG201"}
    told = watched.range("HEAD~2", "HEAD")
    assert {finding.rule for finding in told.because} == {"SMG201", "SMG401"}
    watched.repo.write("app.py", GOOD + "\n")
    watched.repo.add()
    assert watched.staged().decision == "allowed"
    watched.repo.write("pyproject.toml", LAX + "[tool.selfmod-guard.rules]\noff = ['SMG201']\n")
    watched.repo.add()
    told = watched.staged()
    assert {finding.rule for finding in told.because} == {"SMG401"}
    assert "rules.off" in told.because[0].message


def test_a_policy_that_takes_strangers_for_agents_spares_nobody(repo: Repo) -> None:
    """Whoever is not known there is bound like one."""
    repo.write("pyproject.toml", "[tool.selfmod-guard.actors]\nunknown = 'agent'\n")
    repo.commit()
    watched = Watched(repo)
    watched.past("pyproject.toml", LAX)
    assert watched.staged().decision == "denied"


def test_a_hook_that_is_stricter_locks_nobody_out(watched: Watched) -> None:
    """A lower limit makes it strict about sizes, not about who is spared."""
    watched.past("pyproject.toml", LAX)
    watched.past("app.py", EVIL)
    watched.repo.write("app.py", GOOD)
    watched.repo.add()
    asked = Asked(Tightening(max_files=3))
    told = watched.guard().judge(read.staged, "--staged", asked)
    assert told.decision == "allowed"


def test_a_broken_policy_can_be_mended_by_a_person(repo: Repo) -> None:
    """Nothing passes the hook under it; the defaults judge the commit that goes past."""
    repo.write("pyproject.toml", "[tool.selfmod-guard]\nmoed = 'enforce'\n")
    repo.commit()
    guard = Guard(Context(str(repo.path), repo.environ))
    assert guard.judge(read.staged, "--staged").decision == "undecided"
    repo.write("pyproject.toml", "[tool.selfmod-guard]\nmode = 'enforce'\n")
    repo.write("app.py", EVIL)
    repo.commit()
    told = guard.judge(read.staged, "--staged")
    assert {finding.rule for finding in told.because} == {"SMG201"}
    assert "The defaults judged" in " ".join(told.notes)
    repo.write("app.py", GOOD)
    repo.add()
    assert guard.judge(read.staged, "--staged").decision == "allowed"
    repo.commit()
    assert guard.judge(read.staged, "--staged").notes == ()


# -- merges -----------------------------------------------------------------------------------


def test_a_merge_of_what_is_known_says_nothing(watched: Watched) -> None:
    """Nothing is in it that nobody has seen."""
    diverge(watched, watched.through, GOOD + "\n")
    watched.repo.git("merge", "--quiet", "--no-edit", "side")
    assert watched.staged().ungated == ()
    watched.assert_quiet()


def test_a_merge_by_hand_that_went_through_a_door_is_known(watched: Watched) -> None:
    """The hook has seen its resolution, or all of it, and the commit is that."""
    diverge(watched, watched.through, GOOD + "\n\n")
    watched.through("app.py", GOOD + "\n")
    watched.repo.git("merge", "--quiet", "--no-edit", "--no-commit", "side", fails=True)
    merge = watched.through("app.py", GOOD + "\nDONE = True\n")
    watched.assert_quiet()
    assert watched.landed()[merge] == "judged", "by what it adds; its first parent hides much"


def test_what_a_merge_slips_in_is_found_and_can_be_mended(watched: Watched) -> None:
    """It is not accused, for git asks no hook; it is judged for what no parent has."""
    diverge(watched, watched.through, GOOD + "\n")
    base = watched.head()
    watched.repo.git("merge", "--quiet", "--no-edit", "--no-commit", "side")
    watched.past("README.md", "Merged.\n")
    watched.past("app.py", EVIL, "--amend")
    told = watched.guard().reconcile()
    assert told is not None
    assert (told.decision, told.ungated, told.files) == ("denied", (), ("README.md", "app.py"))
    told = watched.staged()
    assert (told.decision, told.base) == ("denied", base)
    watched.through("app.py", GOOD + "\n")
    watched.assert_quiet()
    assert watched.accused() == []


def test_an_unknown_branch_that_is_merged_is_judged_commit_by_commit(watched: Watched) -> None:
    """Those past the door are named, whatever was built on what does not pass binds too."""
    watched.repo.git("switch", "--quiet", "--create", "side")
    harmless = watched.past("notes.txt", "Harmless.\n")
    slipped = watched.past("app.py", EVIL)
    watched.repo.git("switch", "--quiet", "main")
    watched.through("README.md", "More.\n")
    watched.repo.git("merge", "--quiet", "--no-edit", "side")
    told = watched.guard().reconcile()
    assert told is not None
    assert (told.decision, commits(told)) == ("denied", [harmless, slipped])
    assert told.files == ("app.py", "notes.txt")
    assert watched.landed()[harmless] == "judged"
    assert [body["decision"] for body in watched.told("ungated")] == ["allowed", "denied"]
    assert {finding.commit for finding in told.because} == {slipped}
    assert watched.head() not in watched.landed()
    assert slipped not in watched.landed()
    assert watched.staged().decision == "denied"
    watched.through("app.py", GOOD)
    watched.assert_quiet()


def test_taking_over_the_tree_of_an_older_branch_is_no_way_past(watched: Watched) -> None:
    """Each parent of a merge is known, and yet it undoes what the first one has."""
    watched.repo.git("branch", "older")
    watched.through("test_app.py", "from app import answer\n\n\ndef test_answer():\n"
                    "    assert answer() == 42\n")  # fmt: skip
    strict = watched.head()
    tree = watched.repo.git("rev-parse", "older^{tree}")
    other = watched.repo.git("commit-tree", "-p", "older", "-m", "Same", tree)
    merge = watched.repo.git("commit-tree", "-p", strict, "-p", other, "-m", "Merge", tree)
    watched.repo.git("reset", "--quiet", "--hard", merge)
    told = watched.staged()
    assert {finding.rule for finding in told.because} == {"SMG301"}
    assert told.base == strict


def diverge(watched: Watched, way: Callable[..., str], content: str) -> str:
    """Commit to a branch and to the main one; give the branch's commit."""
    watched.repo.git("switch", "--quiet", "--create", "side")
    commit = way("app.py", content)
    watched.repo.git("switch", "--quiet", "main")
    watched.through("README.md", "More.\n")
    watched.staged()
    return commit


# -- what a remote has ------------------------------------------------------------------------


@pytest.fixture
def remote(repo: Repo, new_repo: NewRepo) -> Repo:
    """Give a repository from which another one fetches."""
    made = new_repo("remote")
    made.git("fetch", "--quiet", str(repo.path), "main")
    made.git("reset", "--quiet", "--hard", "FETCH_HEAD")
    repo.git("remote", "add", "origin", str(made.path))
    repo.git("fetch", "--quiet", "origin")
    repo.git("branch", "--quiet", "--set-upstream-to", "origin/main")
    return made


def test_what_was_fetched_is_looked_at_and_holds_nobody_up(remote: Repo, watched: Watched) -> None:
    """What is found in it is a note; then it is known, with what it came from."""
    remote.write("app.py", EVIL)
    first = remote.commit("Theirs")
    remote.write("README.md", "Theirs.\n")
    remote.commit("Theirs too")
    base = watched.head()
    watched.repo.git("pull", "--quiet", "--ff-only")
    told = watched.staged()
    assert (told.decision, told.ungated) == ("allowed", ())
    (note,) = told.notes
    assert "SMG201" in note
    assert f"`selfmod-guard check --range {base[:10]}..{watched.head()[:10]}`" in note
    watched.assert_quiet()
    assert watched.landed() == {watched.head(): "fetched"}
    watched.repo.git("switch", "--quiet", "--detach", first)
    watched.assert_quiet()


def test_a_pull_that_merges_holds_nobody_up(remote: Repo, watched: Watched) -> None:
    """Theirs is looked at by itself, ours went through, and the merge adds nothing."""
    remote.write("theirs.py", EVIL)
    theirs = remote.commit("Theirs")
    ours = watched.through("app.py", GOOD + "\n")
    watched.repo.git("pull", "--quiet", "--no-rebase", "--no-edit")
    told = watched.staged()
    assert (told.decision, told.ungated, len(told.notes)) == ("allowed", (), 1)
    watched.assert_quiet()
    assert watched.landed() == {ours: "gated", theirs: "fetched", watched.head(): "gated"}


def test_what_is_told_of_theirs_after_a_commit_is_not_enforced(
    remote: Repo, watched: Watched
) -> None:
    """The hook after a commit shows it, and does not fail for it."""
    remote.write("app.py", EVIL)
    remote.commit("Theirs")
    watched.repo.git("pull", "--quiet", "--ff-only")
    told = watched.guard().reconcile()
    assert told is not None
    assert (told.decision, told.enforced) == ("denied", False)
    assert watched.guard().reconcile() is None


def test_what_cannot_be_judged_of_theirs_is_a_note(remote: Repo, watched: Watched) -> None:
    """An object that is not there is their problem, not ours."""

    def judge(_: Change, *__: object) -> Receipt:
        raise ReadError("missing-object", "an object is not there")

    remote.write("app.py", GOOD + "\n")
    theirs = remote.commit("Theirs")
    watched.repo.git("pull", "--quiet", "--ff-only")
    past = reconcile(watched.guard().git, watched.journal(), theirs, Stamp(1.0, "a"), judge)
    (note,) = past.notes
    assert "could not be judged (an object is not there)" in note
    assert past.receipt is None
    watched.assert_quiet()


def test_of_much_that_was_fetched_only_the_command_is_said(remote: Repo, watched: Watched) -> None:
    """Nobody waits for the judgement of a large pull."""
    for number in range(26):
        remote.write(f"m{number}.txt", "much\n")
    remote.commit("Theirs")
    watched.repo.git("pull", "--quiet", "--ff-only")
    judged = len(watched.told("judged"))
    told = watched.staged()
    assert [note.partition(";")[0] for note in told.notes] == ["Fetched commits touch many files"]
    assert len(watched.told("judged")) == judged + 1
    watched.assert_quiet()


def test_ours_on_top_of_what_was_fetched_is_told_from_it(remote: Repo, watched: Watched) -> None:
    """A rebase onto theirs: theirs are a note, ours bind, and theirs are the base."""
    remote.write("theirs.py", EVIL)
    theirs = remote.commit("Theirs")
    watched.past("app.py", EVIL)
    watched.repo.git("pull", "--quiet", "--rebase")
    told = watched.staged()
    assert (told.decision, told.base, told.ungated) == ("denied", theirs, ())
    assert {finding.path for finding in told.because} == {"app.py"}
    assert watched.landed() == {theirs: "fetched"}
    watched.through("app.py", GOOD)
    watched.assert_quiet()


def test_what_was_made_here_and_pushed_at_once_is_named(remote: Repo, watched: Watched) -> None:
    """It is the remote's matter now, so it holds nobody up; but it went past this door."""
    good = watched.through("README.md", "More.\n")
    slipped = watched.past("app.py", EVIL)
    watched.repo.git("push", "--quiet", "origin", "main:pushed")
    remote.git("switch", "--quiet", "pushed")
    remote.write("theirs.txt", "Theirs.\n")
    remote.commit("Theirs")
    watched.repo.git("pull", "--quiet", "--ff-only", "origin", "pushed")
    told = watched.staged()
    assert (told.decision, commits(told)) == ("allowed", [slipped])
    assert "SMG201" in " ".join(told.notes)
    assert good not in watched.accused()
    watched.assert_quiet()
    assert watched.told("ungated")[0]["decision"] == "fetched"


def test_what_was_pushed_at_once_is_judged_however_large_it_is(
    remote: Repo, watched: Watched
) -> None:
    """A pull of that size is only spoken of; what was made here is not let off so."""
    assert remote.path.exists()
    for number in range(26):
        watched.repo.write(f"m{number}.txt", "much\n")
    slipped = watched.past("app.py", EVIL)
    watched.repo.git("push", "--quiet", "origin", "main:pushed")
    told = watched.staged()
    assert commits(told) == [slipped]
    assert "SMG201" in " ".join(told.notes)


def test_a_mend_that_was_judged_before_both_were_pushed_accuses_nobody_twice(
    remote: Repo, watched: Watched
) -> None:
    """And the mend itself went through a door."""
    assert remote.path.exists()
    slipped = watched.past("app.py", EVIL)
    watched.staged()
    watched.through("app.py", GOOD + "\n")
    watched.repo.git("push", "--quiet", "origin", "main:pushed")
    assert watched.staged().ungated == ()
    assert watched.accused() == [slipped]


# -- the ends of history ----------------------------------------------------------------------


def test_where_a_shallow_clone_ends_all_is_known(watched: Watched, tmp_path: Path) -> None:
    """Nothing before its boundary can be looked at."""
    from tests.conftest import Repo  # noqa: PLC0415 (the class, and not for its type)

    for number in range(5):
        watched.past("app.py", GOOD + "\n" * number)
    old = watched.repo.git("rev-parse", "main~3")
    watched.repo.config("uploadpack.allowAnySHA1InWant", "true")
    clone = Repo(tmp_path / "shallow", dict(watched.repo.environ))
    url = f"file://{watched.repo.path}"
    clone.git("fetch", "--quiet", "--depth=1", url, old)
    clone.git("reset", "--quiet", "--hard", "FETCH_HEAD")
    shallow = Watched(clone)
    clone.git("fetch", "--quiet", "--depth=1", url, "main")
    clone.git("reset", "--quiet", "--hard", "FETCH_HEAD")
    shallow.assert_quiet()
    slipped = shallow.past("app.py", EVIL)
    told = shallow.staged()
    assert (told.decision, commits(told)) == ("denied", [slipped])


def test_to_call_a_clone_shallow_hides_nothing_that_is_there(watched: Watched) -> None:
    """A file in the git folder can say that history begins at the commit after the evil one."""
    base = watched.head()
    slipped = watched.past("app.py", EVIL)
    after = watched.past("README.md", "Innocent.\n")
    last = watched.past("README.md", "Still innocent.\n")
    watched.repo.write(".git/shallow", f"{after}\n")
    told = watched.staged()
    assert (told.decision, told.slug) == ("undecided", "no-merge-base")
    assert watched.landed() == {}
    watched.repo.remove(".git/shallow")
    told = watched.staged()
    assert (told.decision, commits(told)) == ("denied", [slipped, after, last])
    assert told.base == base


def test_a_merge_at_the_boundary_of_a_shallow_clone_is_known(watched: Watched) -> None:
    """One of its parents is there and the other is not: it cannot be looked at."""
    diverge(watched, watched.past, GOOD + "\n\n")
    watched.repo.git("merge", "--quiet", "--no-edit", "side")
    watched.repo.write(".git/shallow", watched.head() + "\n")
    side = watched.repo.git("rev-parse", "side")
    watched.repo.git("branch", "--quiet", "--delete", "--force", "side")
    (watched.repo.path / ".git" / "objects" / side[:2] / side[2:]).unlink()
    watched.assert_quiet()


def test_what_is_hidden_so_is_put_in_its_order(watched: Watched) -> None:
    """Nothing that was built on what does not pass may become known, and it with it."""
    start = watched.head()
    evil = watched.past("app.py", EVIL)
    built = watched.past("README.md", "Built on it.\n")
    tree = watched.repo.git("rev-parse", f"{start}^{{tree}}")
    cut = watched.repo.git("commit-tree", "-p", built, "-m", "Undo", tree)
    merge = watched.repo.git("commit-tree", "-p", start, "-p", cut, "-p", evil, "-m", "All", tree)
    watched.repo.git("reset", "--quiet", "--hard", merge)
    watched.repo.write(".git/shallow", f"{cut}\n")
    git = watched.guard().git
    with Objects(git) as objects:
        found = _history.unknown_part(git, objects, merge, Known(watched.journal()))
    assert [commit.oid for commit in found.ours] == [evil, built, cut, merge]
    assert found.fetched == {}
    watched.staged()
    assert watched.landed() == {}


def test_more_commits_than_are_looked_at_are_judged_as_a_whole(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was not looked at one by one is said; it binds as ever."""
    monkeypatch.setattr(_gated, "_MANY", 2)
    monkeypatch.setattr(_history, "MOST", 3)
    base = watched.head()
    watched.past("app.py", EVIL)
    for number in range(5):
        watched.past("README.md", f"{number}\n")
    told = watched.staged()
    assert (told.decision, told.base, len(told.ungated)) == ("denied", base, 4)
    assert "were not looked at one by one" in " ".join(told.notes)
    assert watched.landed() == {}
    watched.through("app.py", GOOD)
    watched.assert_quiet()


def test_of_many_commits_only_what_they_change_in_all_is_compared(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An import of a history does not start a process for each of its commits."""
    monkeypatch.setattr(_gated, "_MANY", 2)
    made = [watched.past("README.md", f"{number}\n") for number in range(4)]
    told = watched.staged()
    assert (told.decision, commits(told)) == ("allowed", made)
    watched.assert_quiet()


# -- where the journal is not to be had -------------------------------------------------------


class Full(SqliteJournal):
    """A journal that nothing can be written into."""

    def append(self, *_: object) -> None:
        """Refuse."""
        raise JournalError("journal-unusable", "the disk is full")


def test_without_a_journal_there_is_no_answer(repo: Repo) -> None:
    """Neither to a question nor to what came past."""
    full = Full(str(repo.path / ".git" / "selfmod-guard"))
    guard = Guard(Context(str(repo.path), repo.environ), journal=full)
    for told in (guard.judge(read.staged, "--staged"), guard.reconcile()):
        assert told is not None
        assert (told.decision, told.slug) == ("undecided", "journal-unusable")


def test_two_doors_that_look_at_the_same_time_accuse_once(watched: Watched) -> None:
    """The second finds, when it is its turn to write, what the first has written."""
    slipped = watched.past("app.py", EVIL)

    class Overtaken(SqliteJournal):
        """While one door judged, another was faster."""

        @contextmanager
        def turn(self) -> Iterator[Any]:
            faster = watched.journal()
            if not faster.last("ungated"):
                body = json.dumps({"commit": slipped})
                faster.append(Entry(1.0, "ungated", "x", body, slipped))
            with super().turn() as turn:
                yield turn

    overtaken = Overtaken(watched.journal().folder)
    guard = Guard(Context(str(watched.repo.path), watched.repo.environ), journal=overtaken)
    told = guard.reconcile()
    assert told is not None
    assert [origin.commit for origin in told.ungated] == [slipped]
    assert watched.accused() == [slipped]


def test_a_forged_line_that_does_not_follow_is_no_pass(watched: Watched) -> None:
    """Nobody writes on behind it, so no door lets anything through."""
    import sqlite3  # noqa: PLC0415 (only here)

    slipped = watched.past("app.py", EVIL)
    connection = sqlite3.connect(watched.journal().path)
    with connection:
        connection.execute(
            "insert into events (at, kind, attempt, subject, body, prev, hash)"
            " values (1, 'landed', 'x', ?, '{}', 'p', 'h')",
            [slipped],
        )
    connection.close()
    told = watched.staged()
    assert (told.decision, told.slug) == ("undecided", "journal-damaged")
    broken = first_broken(watched.journal().events())
    assert broken is not None
    assert broken.subject == slipped


def test_a_line_that_the_owner_wrote_is_believed(watched: Watched) -> None:
    """The journal belongs to the user, and so to an agent of the same user; CI does not ask it."""
    slipped = watched.past("app.py", EVIL)
    watched.journal().append(Entry(1.0, "landed", "x", "{}", slipped))
    assert watched.staged().decision == "allowed"


def test_what_head_is_cannot_be_told(watched: Watched) -> None:
    """A damaged HEAD is no history without commits."""
    watched.repo.write(".git/HEAD", "1" * 40 + "\n")
    told = watched.guard().reconcile()
    assert told is not None
    assert (told.decision, told.slug) == ("undecided", "missing-object")


def test_a_change_that_was_read_before_head_moved_is_judged_where_it_was(
    watched: Watched,
) -> None:
    """It is based on a commit that is known, whatever came after."""
    guard = watched.guard()
    change = guard.proposal({"README.md": "More.\n"})
    watched.past("app.py", EVIL)
    assert not isinstance(guard.check(change), Denied)
    assert isinstance(guard.check(guard.proposal({"README.md": "More.\n"})), Denied)


# -- the way out ------------------------------------------------------------------------------


HUGE = "x = 1  # and so on\n" * 1000


def test_what_was_too_large_is_mended_by_taking_it_back(watched: Watched) -> None:
    """No later commit makes an earlier one smaller: what counts is how much of it is left."""
    watched.past("huge.py", HUGE)
    told = watched.staged(**AGENT)
    assert [finding.rule for finding in told.because] == ["SMG101"]
    watched.repo.write("huge.py", HUGE[: len(HUGE) // 4])
    watched.repo.add()
    assert watched.staged(**AGENT).decision == "allowed"
    watched.repo.remove("huge.py")
    watched.repo.add()
    assert watched.staged(**AGENT).decision == "allowed"
    watched.repo.git("reset", "--quiet", "--hard")
    watched.repo.git("revert", "--no-edit", "HEAD")
    assert watched.guard(**AGENT).reconcile(is_new=True) is None
    watched.assert_quiet()


def test_a_second_commit_past_the_hook_can_mend_a_first_that_was_too_large(
    watched: Watched,
) -> None:
    """The hook after it finds nothing left to deny."""
    watched.past("huge.py", HUGE)
    watched.past("huge.py", HUGE[: len(HUGE) // 4])
    told = watched.guard(**AGENT).reconcile(is_new=True)
    assert told is not None
    assert told.decision == "allowed"


def test_an_empty_commit_leaves_a_huge_one_as_it_is(watched: Watched) -> None:
    """And so does a small one on top of it."""
    watched.past("huge.py", HUGE)
    watched.past("app.py", GOOD)
    watched.past("README.md", "More.\n")
    told = watched.staged(**AGENT)
    assert [finding.rule for finding in told.because] == ["SMG101"]


def test_the_next_door_remembers_the_agent_that_the_last_one_saw(watched: Watched) -> None:
    """To commit once more without its marks makes no person of it."""
    lax = watched.past("pyproject.toml", LAX)
    told = watched.guard(**AGENT).reconcile(is_new=True)
    assert told is not None
    assert told.decision == "denied"
    assert watched.told("ungated")[-1]["actor"]["kind"] == "agent"
    told = watched.staged()
    assert (told.decision, commits(told)) == ("denied", [lax])
    assert told.actor.source == f"seen when {lax[:10]} was made"
    watched.past("huge.py", HUGE)
    assert {finding.rule for finding in watched.staged().because} >= {"SMG101", "SMG401"}


def test_an_agent_is_not_taken_for_the_author_of_what_it_finds(watched: Watched) -> None:
    """Whoever asks later did not make the commit."""
    watched.past("pyproject.toml", LAX)
    assert watched.staged(**AGENT).decision == "denied"
    assert watched.told("ungated")[-1]["actor"]["kind"] == "unknown"
    assert watched.staged().decision == "allowed"


def test_where_there_is_no_hook_nobody_went_past_one(repo: Repo) -> None:
    """Who only asks about ranges, as in CI, is answered about them."""
    guard = Guard(Context(str(repo.path), repo.environ))
    for number in range(3):
        told = guard.judge(lambda git: read.since(git, "HEAD"), "--base")
        assert (told.decision, told.ungated) == ("allowed", ())
        repo.write("app.py", f"{GOOD}{number}\n")
        repo.commit()
    repo.write("app.py", EVIL)
    evil = repo.commit()
    told = guard.judge(read.staged, "--staged")
    assert (told.decision, told.ungated) == ("denied", ()), "judged all the same"
    told = guard.judge(read.staged, "--staged")
    assert (told.decision, commits(told)[-1:]) == ("denied", [evil]), "from now on there is a gate"
