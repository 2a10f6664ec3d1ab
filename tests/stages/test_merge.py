"""Merges: what a resolution adds, what upstream has already, and what git must not run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.model import Change, FileChange
from pytest_selfmod_guard.stages import read

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import NewRepo, Repo

pytestmark = pytest.mark.proof  # each is a history with merges

FILE = "".join(f"line {number}\n" for number in range(20))


@pytest.fixture
def forked(repo: Repo) -> Repo:
    """Give a topic that is checked out, and an upstream with seven files that it lacks."""
    repo.write("shared.py", FILE)
    repo.write("tests/test_old.py", "def test_old(): assert True\n")
    repo.commit("Shared")
    for number in range(6):
        repo.write(f"up{number}.py", f"up = {number}\n")
    repo.write("tests/test_new.py", "def test_new(): assert True\n")
    repo.write("shared.py", FILE.replace("line 3\n", "line three\n"))
    repo.commit("Upstream goes on")
    publish(repo)
    repo.git("checkout", "--quiet", "-b", "topic", "main~1")
    repo.write("topic.py", "topic = 1\n")
    repo.commit("Topic")
    return repo


def publish(repo: Repo, branch: str = "main") -> None:
    """Let a remote have what a branch has."""
    repo.git("update-ref", "refs/remotes/origin/main", branch)


def merge(repo: Repo, *heads: str, options: tuple[str, ...] = ()) -> None:
    """Start a merge; whether it conflicts is for the test to know."""
    line = ["merge", "--no-commit", "--no-ff", *options, *heads]
    repo.git("-c", "core.abbrev=40", "-c", 'alias.try=!git "$@" || true; :', "try", *line)


def contents(change: Change) -> dict[str, tuple[bytes | None, bytes | None]]:
    """Map each path to what it was and is to be."""
    return {file.path: sides(file) for file in change.files}


def sides(file: FileChange) -> tuple[bytes | None, bytes | None]:
    """Return the bytes of both sides."""
    return file.old and file.old.data, file.new and file.new.data


def conclude(repo: Repo) -> tuple[Change, Change]:
    """Read the staged merge, commit it, and read that; both must say the same."""
    staged = read.staged(repo.at())
    repo.git("commit", "--quiet", "--no-edit", "--allow-empty")
    merged = read.merged(repo.at(), "HEAD")
    assert merged.digest == staged.digest
    assert merged.base == staged.base
    return staged, merged


def test_what_upstream_has_is_no_part_of_a_merge(forked: Repo) -> None:
    """An agent may merge seven files that others wrote, and that is said."""
    merge(forked, "main")
    staged, merged = conclude(forked)
    assert (staged.files, staged.steps, staged.head) == ((), (), "index")
    (note,) = staged.notes
    assert forked.git("rev-parse", "main")[:10] in note
    assert '"origin/main"' in note
    assert (merged.files, merged.steps[0].files, merged.notes) == ((), (), ())
    assert merged.head == merged.steps[0].origin.commit == forked.git("rev-parse", "HEAD")


def test_a_hook_learns_of_the_merge_before_git_writes_it_down(forked: Repo) -> None:
    """Git runs pre-merge-commit without `MERGE_HEAD`, and names what it merges otherwise."""
    told = forked.path / "told"
    hook = forked.path / ".git" / "hooks" / "pre-merge-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\nls .git/MERGE_HEAD; env | grep ^GITHEAD_ > '{told}'; exit 1\n")
    hook.chmod(0o755)
    forked.git("merge", "--no-edit", "main", fails=True)
    name, _, value = told.read_text().strip().partition("=")
    told.unlink()
    (forked.path / ".git" / "MERGE_HEAD").unlink()
    assert name == f"GITHEAD_{forked.git('rev-parse', 'main')}"
    assert len(read.staged(forked.at()).files) == 8
    assert read.staged(forked.at(**{name: value})).files == ()
    unknown = f"GITHEAD_{'12' * 20}"
    assert len(read.staged(forked.at(**{unknown: value})).files) == 8


def test_an_edit_beside_the_merge_is_the_change(forked: Repo) -> None:
    """Both in a file that nobody else touched, and in one that merged cleanly."""
    forked.write("shared.py", FILE.replace("line 15\n", "line fifteen\n"))
    forked.commit("Both edit")
    merge(forked, "main")
    clean = (forked.path / "shared.py").read_bytes()
    assert clean.count(b"teen\n") == clean.count(b"three\n") == 1
    forked.write("shared.py", clean + b"evil = 1\n")
    forked.write("app.py", "evil = 2\n")
    forked.write("evil.py", "evil = 3\n")
    forked.add()
    _, merged = conclude(forked)
    assert contents(merged) == {
        "app.py": (b"def answer():\n    return 42\n", b"evil = 2\n"),
        "evil.py": (None, b"evil = 3\n"),
        "shared.py": (clean, clean + b"evil = 1\n"),
    }
    assert [file.path for file in merged.steps[0].files] == ["app.py", "evil.py", "shared.py"]


def test_a_conflict_is_compared_with_upstream(forked: Repo) -> None:
    """What was merged is what others agreed on; the resolution is what differs from it."""
    ours = FILE.replace("line 3\n", "line 3, ours\n")
    forked.write("shared.py", ours)
    forked.commit("Ours")
    theirs = forked.raw("show", "main:shared.py")
    for resolution in (ours, FILE.replace("line 3\n", "line three\nand ours\n")):
        merge(forked, "main")
        forked.write("shared.py", resolution)
        forked.add()
        staged, _ = conclude(forked)
        assert contents(staged) == {"shared.py": (theirs, resolution.encode())}
        forked.git("reset", "--quiet", "--hard", "HEAD~1")
    merge(forked, "main")
    forked.git("checkout", "--theirs", "shared.py")
    forked.add()
    assert conclude(forked)[0].files == ()


def test_to_drop_upstream_s_tests_in_a_merge_is_seen(forked: Repo) -> None:
    """A merge with `-s ours` takes nothing, and says in the history that it took all."""
    merge(forked, "main", options=("-s", "ours"))
    staged, merged = conclude(forked)
    assert contents(staged)["tests/test_new.py"] == (b"def test_new(): assert True\n", None)
    assert len(staged.files) == 8
    assert merged.steps[0].files == ()


@pytest.mark.parametrize("keep", [True, False], ids=["kept", "dropped"])
@pytest.mark.parametrize("deleter", ["upstream", "topic"])
def test_of_an_edit_against_a_deletion_only_a_loss_is_news(
    forked: Repo, deleter: str, *, keep: bool
) -> None:
    """What upstream has and the merge has not is a deletion; the other way round it is none."""
    path, edited = "tests/test_old.py", "def test_old(): assert 2\n"
    for branch in ("main", "topic"):
        forked.git("checkout", "--quiet", branch)
        if (branch == "topic") == (deleter == "topic"):
            forked.remove(path)
        else:
            forked.write(path, edited)
        forked.commit("Part ways")
    publish(forked)
    merge(forked, "main")
    forked.write(path, edited) if keep else forked.remove(path)
    forked.add()
    staged, _ = conclude(forked)
    lost = {path: (edited.encode(), None)}
    assert contents(staged) == (lost if deleter == "topic" and not keep else {})


def test_what_upstream_deleted_is_judged_when_it_comes_back_changed(forked: Repo) -> None:
    """To keep a file is no news, to add to it is."""
    path, edited = "tests/test_old.py", "def test_old(): assert 2\n"
    forked.git("checkout", "--quiet", "main")
    forked.remove(path)
    forked.commit("Delete")
    publish(forked)
    forked.git("checkout", "--quiet", "topic")
    forked.write(path, edited)
    forked.commit("Edit")
    merge(forked, "main")
    forked.write(path, f"{edited}evil = 1\n")
    forked.add()
    staged, _ = conclude(forked)
    assert contents(staged) == {path: (edited.encode(), f"{edited}evil = 1\n".encode())}


def test_what_both_moved_elsewhere_is_not_where_it_was(forked: Repo) -> None:
    """Of three names git lists the first as one that is in conflict too."""
    for branch, name in (("main", "theirs.py"), ("topic", "ours.py")):
        forked.git("checkout", "--quiet", branch)
        forked.git("mv", "app.py", name)
        forked.commit("Move it")
    publish(forked)
    merge(forked, "main")
    (forked.path / "ours.py").unlink()
    forked.write("sub/app.py", "def answer():\n    return 42\n")
    forked.add()
    staged, _ = conclude(forked)
    assert [(file.path, file.old_path) for file in staged.files] == [("sub/app.py", "ours.py")]


def test_commits_that_upstream_lacks_are_steps_of_the_merge(forked: Repo) -> None:
    """Each is there with what it changes, and after them what the resolution adds."""
    forked.git("checkout", "--quiet", "-b", "more", "main")
    for number in range(3):
        forked.write(f"more{number}.py", "x" * 10 * (number + 1) + "\n")
        forked.commit(f"More {number}")
    forked.git("checkout", "--quiet", "topic")
    merge(forked, "more")
    forked.write("evil.py", "evil\n")
    forked.add()
    change = read.staged(forked.at())
    told = [
        (step.origin.subject, [(file.path, file.chars) for file in step.files])
        for step in change.steps
    ]
    assert told == [
        ("More 0", [("more0.py", 11)]),
        ("More 1", [("more1.py", 21)]),
        ("More 2", [("more2.py", 31)]),
        ("the resolution of the merge", [("evil.py", 5)]),
    ]
    assert change.steps[-1].origin.commit == ""
    assert {"up0.py", "more2.py", "evil.py"} < {file.path for file in change.files}
    tips = [step.origin.commit for step in change.steps[:-1]]
    assert [one.commit for one in read.identities(forked.at(), change)] == tips[::-1]


def test_without_a_remote_the_local_main_is_upstream(forked: Repo) -> None:
    """On main itself nothing but HEAD is known, so a topic is judged commit by commit."""
    forked.git("update-ref", "-d", "refs/remotes/origin/main")
    merge(forked, "main")
    change = read.staged(forked.at())
    assert (change.files, change.steps) == ((), ())
    forked.git("merge", "--abort")
    forked.git("checkout", "--quiet", "main")
    merge(forked, "topic")
    change = read.staged(forked.at())
    assert [step.origin.subject for step in change.steps] == [
        "Topic",
        "the resolution of the merge",
    ]
    assert [file.path for file in change.files] == ["topic.py"]


def test_a_head_that_is_merged_already_excuses_nothing(forked: Repo) -> None:
    """`MERGE_HEAD` is a file that anyone can write."""
    forked.write("evil.py", "evil = 1\n")
    forked.add()
    target = forked.path / ".git" / "MERGE_HEAD"
    for text in (forked.git("rev-parse", "HEAD~1"), "rubbish \xff\n", "12" * 20, "", "main"):
        target.write_bytes(f"{text}\n".encode("latin-1"))
        assert [file.path for file in read.staged(forked.at()).files] == ["evil.py"]
    target.unlink()
    forked.git("update-ref", "refs/heads/MERGE_HEAD", "main")
    assert [file.path for file in read.staged(forked.at()).files] == ["evil.py"]


def test_a_merge_of_three_is_repeated_as_a_whole(forked: Repo) -> None:
    """`MERGE_HEAD` has a line for each."""
    forked.git("checkout", "--quiet", "-b", "second", "main~1")
    forked.write("second.py", "second = 2\n")
    forked.commit("Second")
    forked.git("checkout", "--quiet", "-b", "published", "main")
    forked.git("merge", "--quiet", "-m", "Both", "second")
    publish(forked, "published")
    forked.git("checkout", "--quiet", "topic")
    merge(forked, "main", "second")
    assert read.staged(forked.at()).files == ()
    forked.write("second.py", "evil = 2\n")
    forked.add()
    _, merged = conclude(forked)
    assert len(forked.git("log", "-1", "--format=%P").split()) == 3
    assert contents(merged) == {"second.py": (b"second = 2\n", b"evil = 2\n")}


def test_a_merge_of_three_that_git_would_not_make(forked: Repo) -> None:
    """One head may build on the other; where they conflict, the whole is judged and that said."""
    forked.git("checkout", "--quiet", "-b", "more", "main")
    forked.write("shared.py", FILE.replace("line 3\n", "line 3, once more\n"))
    forked.commit("More")
    tree = forked.git("merge-tree", "--write-tree", "topic", "more")
    parents = ("-p", "topic", "-p", "main", "-p")
    made = forked.git("commit-tree", "-m", "Three", *parents, "more", tree)
    change = read.merged(forked.at(), made)
    assert (change.files, change.notes) == ((), ())
    forked.git("checkout", "--quiet", "-b", "other", "main~1")
    forked.write("shared.py", FILE.replace("line 3\n", "line 3, otherwise\n"))
    forked.commit("Other")
    made = forked.git("commit-tree", "-m", "Three", *parents, "other", tree)
    change = read.merged(forked.at(), made)
    assert len(change.files) == 8
    assert any("git 2.38" in note for note in change.notes)


@pytest.mark.parametrize("verb", ["cherry-pick", "revert"])
def test_a_cherry_pick_in_progress_is_no_merge(forked: Repo, verb: str) -> None:
    """Its commit has one parent, so all that it brings is the change."""
    target = "main" if verb == "cherry-pick" else "HEAD"
    forked.git(verb, "--no-commit", target)
    head = {"cherry-pick": "CHERRY_PICK_HEAD", "revert": "REVERT_HEAD"}[verb]
    (forked.path / ".git" / head).write_text(forked.git("rev-parse", target) + "\n")
    change = read.staged(forked.at())
    assert len(change.files) == (8 if verb == "cherry-pick" else 1)
    assert change.steps == ()


def test_a_squash_is_no_merge(forked: Repo) -> None:
    """It becomes a commit like any other, whoever wrote it."""
    forked.git("merge", "--quiet", "--squash", "main")
    assert len(read.staged(forked.at()).files) == 8


def test_an_older_git_judges_the_whole_and_says_so(forked: Repo, tmp_path: Path) -> None:
    """Without `merge-tree --write-tree` nothing is left out, and nothing is excused."""
    folder = tmp_path / "old"
    folder.mkdir()
    script = folder / "git"
    real = forked.environ["PATH"]
    script.write_text(
        '#!/bin/sh\ncase " $* " in *" merge-tree "*) exit 129;; esac\n'
        f"PATH='{real}'\nexec git \"$@\"\n"
    )
    script.chmod(0o755)
    merge(forked, "main")
    git = forked.at(PATH=f"{folder}:{real}")
    staged = read.staged(git)
    assert (len(staged.files), staged.steps) == (8, ())
    forked.git("commit", "--quiet", "--no-edit")
    merged = read.merged(git, "HEAD")
    assert len(merged.files) == 8
    for change in (staged, merged):
        assert any("git 2.38" in note for note in change.notes)


@pytest.mark.parametrize(
    "where", [".gitattributes", ".git/info/attributes", "merge.default", "--global"]
)
def test_no_merge_driver_is_run(forked: Repo, tmp_path: Path, where: str) -> None:
    """Attributes and configuration of the repository name commands for git to run."""
    marker = tmp_path / "marker"
    for branch in ("main", "topic"):
        forked.git("checkout", "--quiet", branch)
        forked.write("shared.py", FILE.replace("line 9\n", f"{branch}\n"))
        forked.commit("Part ways")
    publish(forked)
    option = "--global" if where == "--global" else "--local"
    forked.git("config", option, "merge.evil.driver", f"touch '{marker}'; cp %B %A")
    if where in ("merge.default", "--global"):
        forked.git("config", option, "merge.default", "evil")
    else:
        forked.write(where, "* merge=evil\n")
    forked.git("merge-tree", "--write-tree", "topic", "main")
    assert marker.exists(), "the trap must work"
    marker.unlink()
    forked.git("merge", "--quiet", "--no-commit", "main")
    marker.unlink()
    theirs, mine = FILE.replace("line 9\n", "main\n"), FILE.replace("line 9\n", "evil\n")
    forked.write("shared.py", mine)
    forked.add("shared.py")
    _, merged = conclude(forked)
    marker.unlink(missing_ok=True)
    read.staged(forked.at())
    assert read.merged(forked.at(), "HEAD").files == merged.files
    assert contents(merged) == {"shared.py": (theirs.encode(), mine.encode())}
    assert not marker.exists()


def test_a_merge_leaves_nothing_behind(forked: Repo, tmp_path: Path) -> None:
    """Not an object, not a ref, and the index is as it was, even where there is a conflict."""
    forked.write("shared.py", FILE.replace("line 3\n", "ours\n"))
    forked.commit("Ours")
    merge(forked, "main")
    forked.write("shared.py", "neither\n")
    forked.add()
    for reader in (read.staged, lambda git: read.merged(git, "HEAD")):
        before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
        assert [file.path for file in reader(forked.at()).files] == ["shared.py"]
        after = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
        assert after == before
        forked.git("commit", "--quiet", "--allow-empty", "--no-edit", "-m", "Merge")


def test_a_rename_meets_an_edit(forked: Repo) -> None:
    """Upstream moved what the topic edited, and the other way round; neither is news."""
    forked.write("app.py", FILE)
    forked.write("other.py", FILE.replace("line", "row"))
    forked.commit("Base of both")
    forked.git("branch", "--force", "main")
    forked.git("mv", "app.py", "moved.py")
    forked.write("other.py", FILE.replace("line", "row").replace("row 3\n", "row three\n"))
    forked.commit("Topic moves one and edits one")
    forked.git("checkout", "--quiet", "main")
    forked.write("app.py", FILE.replace("line 15\n", "line fifteen\n"))
    forked.git("mv", "other.py", "elsewhere.py")
    forked.commit("Main does the opposite")
    publish(forked)
    forked.git("checkout", "--quiet", "topic")
    merge(forked, "main")
    staged, merged = conclude(forked)
    assert (forked.path / "moved.py").read_text().count("fifteen") == 1
    assert (forked.path / "elsewhere.py").read_text().count("three") == 1
    assert (staged.files, merged.steps[0].files) == ((), ())


def test_a_criss_cross_has_a_merge_of_its_bases(forked: Repo) -> None:
    """Two branches that merged each other merge again, and nothing is news."""
    ours, theirs = forked.git("rev-parse", "topic"), forked.git("rev-parse", "main")
    forked.git("merge", "--quiet", "-m", "There", theirs)
    forked.git("checkout", "--quiet", "main")
    forked.git("merge", "--quiet", "-m", "And back", ours)
    forked.write("up1.py", "up = 'again'\n")
    forked.commit("Main again")
    publish(forked)
    forked.git("checkout", "--quiet", "topic")
    forked.write("up2.py", "mine = 1\n")
    forked.commit("Topic again")
    assert len(forked.git("merge-base", "--all", "main", "topic").split()) == 2
    merge(forked, "main")
    assert conclude(forked)[0].files == ()


def test_a_file_meets_a_folder(forked: Repo) -> None:
    """Upstream has a folder where the topic has a file, with a name that is no UTF-8."""
    odd = "spot/\udcff.py"
    forked.write("spot", "a file\n")
    forked.commit("A file")
    forked.git("checkout", "--quiet", "main")
    forked.write(odd, "in a folder\n")
    forked.commit("A folder")
    publish(forked)
    forked.git("checkout", "--quiet", "topic")
    merge(forked, "main")
    kept = forked.path / "spot~HEAD"
    forked.write("spot.txt", kept.read_bytes())
    kept.unlink()
    forked.add()
    forked.write("spot.txt", "a file\nand evil\n")
    forked.add()
    staged, _ = conclude(forked)
    assert [file.path for file in staged.files] == ["spot.txt"]
    assert b"and evil" in (contents(staged)["spot.txt"][1] or b"")


def test_a_submodule_that_both_moved_conflicts(forked: Repo) -> None:
    """It is upstream's commit that the resolution is compared with."""
    vendor = {"base": "11" * 20, "main": "22" * 20, "topic": "33" * 20}
    entry = ("update-index", "--add", "--cacheinfo")
    forked.git(*entry, f"160000,{vendor['base']},vendor")
    forked.git("commit", "--quiet", "-m", "Vendor")
    forked.git("branch", "--force", "main")
    for branch in ("main", "topic"):
        forked.git("checkout", "--quiet", branch)
        forked.git(*entry, f"160000,{vendor[branch]},vendor")
        forked.git("commit", "--quiet", "-m", "Move it")
    publish(forked)
    merge(forked, "main")
    forked.git(*entry, f"160000,{'44' * 20},vendor")
    staged, _ = conclude(forked)
    (file,) = staged.files
    assert file.old
    assert file.new
    assert (file.old.oid, file.new.oid) == (vendor["main"], "44" * 20)


def test_a_merge_in_a_linked_worktree_and_from_a_folder(forked: Repo, tmp_path: Path) -> None:
    """Each worktree has a merge of its own, and paths count from the top all the same."""
    linked = tmp_path / "linked"
    forked.git("worktree", "add", "--quiet", "-b", "linked", str(linked), "topic")
    there = type(forked)(linked, forked.environ)
    (linked / "folder").mkdir()
    merge(there, "main")
    there.write("folder/evil.py", "evil = 1\n")
    there.add()
    for git in (there.at(), there.at("folder")):
        assert [file.path for file in read.staged(git).files] == ["folder/evil.py"]
    assert read.staged(forked.at()).files == ()
    assert read.staged(forked.at()).notes == ()


def test_a_merge_among_sha256_objects(new_repo: NewRepo) -> None:
    """Ids of the other length are as good."""
    made = new_repo("long", "--object-format=sha256")
    made.write("shared.py", FILE)
    made.commit("Start")
    for branch, line in (("main", 3), ("topic", 15)):
        made.git("checkout", "--quiet", "-B", branch, "main" if branch == "main" else "main~1")
        made.write("shared.py", FILE.replace(f"line {line}\n", "edited\n"))
        made.commit(branch)
    publish(made)
    merge(made, "main")
    assert conclude(made)[0].files == ()


def test_a_shallow_clone_can_merge_too(forked: Repo, new_repo: NewRepo) -> None:
    """The base is there, and that nothing is before it must not be a surprise."""
    forked.write("shared.py", FILE.replace("line 15\n", "line fifteen\n"))
    forked.add()
    forked.git("commit", "--quiet", "--amend", "--no-edit")
    clone = new_repo("clone")
    origin = f"file://{forked.path}"
    clone.git("fetch", "--quiet", "--depth=2", origin, "main:refs/up", "topic:here")
    clone.git("update-ref", "refs/remotes/origin/main", "refs/up")
    clone.git("checkout", "--quiet", "here")
    merge(clone, "refs/up")
    staged, _ = conclude(clone)
    assert staged.files == ()
    assert "teen" in (clone.path / "shared.py").read_text()


def test_unrelated_histories_can_be_merged(forked: Repo) -> None:
    """There is no base, and so what both have and is not the same conflicts."""
    forked.git("checkout", "--quiet", "--orphan", "other")
    forked.git("rm", "--quiet", "-r", "-f", ".")
    forked.write("app.py", "other = 1\n")
    forked.write("other.py", "other = 2\n")
    forked.commit("Other root")
    merge(forked, "main", options=("--allow-unrelated-histories",))
    forked.write("app.py", "both = 1\n")
    forked.add()
    staged, _ = conclude(forked)
    assert contents(staged) == {"app.py": (b"def answer():\n    return 42\n", b"both = 1\n")}


def test_what_merges_nothing_is_read_as_a_commit(forked: Repo) -> None:
    """Asking of a commit with one parent what its merge adds is to ask what it changes."""
    assert read.merged(forked.at(), "topic") == read.committed(forked.at(), "topic")
    assert read.merged(forked.at(), "main~2") == read.committed(forked.at(), "main~2")
