"""The commits of a range: what each of them alone changes, and what cannot be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.errors import ReadError
from pytest_selfmod_guard.model import Base, Origin, Step, Touched
from pytest_selfmod_guard.sizes import Uncounted, touched
from pytest_selfmod_guard.stages import read
from pytest_selfmod_guard.view import File

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import NewRepo, Repo


def steps(repo: Repo, base: str = "start", head: str = "HEAD") -> tuple[Step, ...]:
    """Read the commits of a range."""
    return read.between(repo.at(), base, head).steps


def sizes(step: Step) -> dict[str, int]:
    """Map the paths of a step to the characters that it changes there."""
    return {file.path: file.chars for file in step.files}


@pytest.fixture
def started(repo: Repo) -> Repo:
    """Give a repository whose first commit is called `start`."""
    repo.git("tag", "start")
    return repo


def test_each_commit_is_counted_by_itself(started: Repo) -> None:
    """What one adds and the next removes is in both, though it is in neither end."""
    started.write("new.txt", "12345\n")
    first = started.commit("Add\n\nWith a body.")
    started.write("new.txt", "1234567\n")
    started.write("app.py", "")
    started.commit("Edit")
    started.remove("new.txt")
    started.commit("Remove")
    empty = started.commit("Nothing")
    change = read.between(started.at(), "start", "HEAD")
    told = change.steps
    assert change.notes == ()
    assert [sizes(step) for step in told] == [
        {"new.txt": 6},
        {"app.py": 28, "new.txt": 14},
        {"new.txt": 8},
        {},
    ]
    assert told[0].origin == Origin(first, "Add", "Ada <ada@example.org>")
    assert told[3].origin.commit == empty


def test_odd_entries_are_counted_like_the_rules_count_them(started: Repo) -> None:
    """A mode, a submodule, a link, a binary file, a move with an edit: one measure for all."""
    started.write("old.py", "".join(f"line_{number} = {number}\n" for number in range(20)))
    started.commit("Before")
    started.git("tag", "--force", "start")
    (started.path / "app.py").chmod(0o755)
    started.write("data.bin", b"\0\1\2")
    started.write("uv.lock", "#!/bin/sh\n")
    started.link("README.md", "app.py")
    text = (started.path / "old.py").read_text() + "more = 1\n"
    started.remove("old.py")
    started.write("new.py", text)
    started.add()
    started.git("update-index", "--add", "--cacheinfo", f"160000,{'12' * 20},vendor")
    started.git("commit", "--quiet", "-m", "Everything at once")
    change = read.between(started.at(), "start", "HEAD")
    (step,) = change.steps
    assert step.files == (
        Touched("README.md", 24),
        Touched("app.py", 0, is_executable=True),
        Touched("data.bin", 0),
        Touched("new.py", 9),
        Touched("uv.lock", 10, is_executable=True),
        Touched("vendor", 0),
    )
    assert step.files == tuple(touched(File(file), Uncounted()) for file in change.files)


def test_what_did_not_count_before_counts_as_a_whole(started: Repo) -> None:
    """Content cannot come in as a lock file, or as generated, and then become code."""
    long = "".join(f"line_{number} = {number}\n" for number in range(100))
    started.write(".gitattributes", "made/** linguist-generated\n")
    started.commit("Attributes")
    started.git("tag", "--force", "start")
    for path in ("made/code.py", "uv.lock", "pdm.lock"):
        started.write(path, long)
    started.commit("Harmless")
    started.git("mv", "made/code.py", "code.py")
    started.git("mv", "uv.lock", "lock.py")
    (started.path / "pdm.lock").chmod(0o755)
    started.commit("Move")
    started.git("mv", "code.py", "moved.py")
    started.git("mv", "lock.py", "uv.lock")
    started.commit("On and back")
    for branch in ("topic", "other"):
        started.git("checkout", "--quiet", "-b", branch, "main~2")
        started.commit(branch)
    started.git("merge", "--quiet", "--no-commit", "topic")
    started.git("mv", "uv.lock", "merged.py")
    started.commit("Merge and move")
    assert sizes(steps(started)[-1]) == {"merged.py": len(long)}
    _, move, back = steps(started, head="main")
    whole = len(long)
    assert sizes(move) == {"code.py": whole, "lock.py": whole, "pdm.lock": whole}
    assert sizes(back) == {"moved.py": 0, "uv.lock": 0}


def test_what_is_too_large_to_read_counts_by_its_bytes(
    started: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not taken for nothing."""
    started.write("huge.txt", "x" * 5000)
    started.commit()
    monkeypatch.setattr("pytest_selfmod_guard.git.Objects.blob", lambda *_: (5000, None))
    (step,) = steps(started)
    assert sizes(step) == {"huge.txt": 5000}


def test_a_merge_is_only_what_no_parent_has(started: Repo) -> None:
    """Lines of either side are not its own; those that it adds or drops by itself are."""
    started.write("both.txt", "1\n2\n3\n4\n5\n6\n7\n8\n")
    started.commit("Before")
    started.git("tag", "--force", "start")
    started.git("checkout", "--quiet", "-b", "topic")
    started.write("both.txt", "1\n2\n3\n4\n5\n6\n7\ntheirs\n")
    started.write("topic.txt", "topic\n")
    started.commit("Topic")
    started.git("checkout", "--quiet", "main")
    started.write("both.txt", "ours\n2\n3\n4\n5\n6\n7\n8\n")
    started.commit("Main")
    started.git("merge", "--quiet", "-m", "Clean", "topic")
    assert steps(started)[-1].files == ()
    started.git("reset", "--quiet", "--hard", "HEAD~1")
    started.git("merge", "--quiet", "--no-commit", "topic")
    started.write("both.txt", "ours\n2\n3\n4\n6\n7\ntheirs\nboth now\n")
    started.write("evil.py", "evil = 1\n")
    started.remove("README.md")
    started.commit("Evil")
    told = steps(started)
    assert [step.origin.subject for step in told] == ["Main", "Topic", "Evil"]
    assert sizes(told[2]) == {
        "README.md": len("A small project.\n"),
        "both.txt": len("both now\n") + len("5\n"),
        "evil.py": len("evil = 1\n"),
    }


def test_a_merge_s_own_mode_and_own_bytes_are_its_own(started: Repo) -> None:
    """They have no lines to count, and are no parent's all the same."""
    started.git("checkout", "--quiet", "-b", "topic")
    started.write("data.bin", b"\0topic")
    started.write("app.py", "topic\n")
    started.commit("Topic")
    started.git("checkout", "--quiet", "main")
    started.write("data.bin", b"\0main")
    started.write("app.py", "main\n")
    started.commit("Main")
    started.git("merge", "--quiet", "--no-commit", "-s", "ours", "topic")
    started.write("data.bin", b"\0neither")
    started.write("app.py", "topic\nmain\n", 0o755)
    started.commit("Merge")
    assert [file[:2] for file in steps(started)[-1].files] == [("app.py", 0), ("data.bin", 0)]


def test_a_merge_of_three_is_held_against_each(started: Repo) -> None:
    """A line that the third parent brings is not the merge's own."""
    for name in ("one", "two"):
        started.git("checkout", "--quiet", "-b", name, "start")
        started.write(f"{name}.txt", f"{name}\n")
        started.commit(name)
    started.git("checkout", "--quiet", "main")
    started.commit("Main")
    started.git("merge", "--quiet", "--no-commit", "one", "two")
    started.write("two.txt", "two\nand more\n")
    started.commit("All")
    last = steps(started)[-1]
    assert len(started.git("log", "-1", "--format=%P").split()) == 3
    assert sizes(last) == {"two.txt": 9}


def test_odd_names_and_subjects_come_through(started: Repo) -> None:
    """A path may look like the lines between listings, and nothing need be UTF-8."""
    tree = started.git("rev-parse", "HEAD^{tree}")
    odd = b"a\xff\n" + f"{tree} {tree}".encode() + b"\n:000 b"
    blob = started.git("hash-object", "-w", "--stdin", feed=b"odd\n")
    feed = f"100644 {blob}\t".encode() + odd + b"\0"
    started.git("update-index", "-z", "--add", "--index-info", feed=feed)
    started.git("-c", "i18n.commitEncoding=latin1", "commit", "--quiet", "-F", "-", feed=b"\xe4\n")
    started.git("commit", "--quiet", "--allow-empty", "-m", "x" * 300)
    first, second = steps(started)
    assert [file.path.encode("utf-8", "surrogateescape") for file in first.files] == [odd]
    assert first.origin.subject == "\udce4"
    assert second.origin.subject == "x" * 200


def test_the_whole_history_starts_from_nothing(started: Repo) -> None:
    """Each root is compared with the empty tree, also one of several."""
    started.git("checkout", "--quiet", "--orphan", "other")
    started.git("rm", "--quiet", "-r", "-f", ".")
    started.write("other.txt", "other\n")
    started.commit("Other root")
    started.git("merge", "--quiet", "--allow-unrelated-histories", "-m", "Both", "main")
    told = {step.origin.subject: step for step in read.everything(started.at(), "HEAD").steps}
    assert sizes(told["Other root"]) == {"other.txt": 6}
    assert sizes(told["Start"]) == {"README.md": 17, "app.py": 28}
    assert sizes(told["Both"]) == {}
    assert set(told) == {"Other root", "Start", "Both"}


def test_nothing_is_lost_between_one_batch_and_the_next(started: Repo) -> None:
    """A long history is read in pieces, of which the last may be short."""
    lines = [b"reset refs/heads/long\nfrom refs/heads/main\n"]
    for number in range(1, 1003):
        text = b"x" * number
        lines.append(
            b"commit refs/heads/long\ncommitter A <a@b> %d +0000\ndata 1\nx\n" % (10**9 + number)
            + b"M 100644 inline f%d\ndata %d\n%s\n" % (number % 7, number, text)
        )
    started.git("fast-import", "--quiet", feed=b"".join(lines))
    told = steps(started, head="long")
    assert [len(step.files) for step in told] == [1] * 1002
    grown = [number + 1 + (number - 6 if number > 7 else 0) for number in range(1, 1003)]
    assert [step.files[0].chars for step in told] == grown


def test_a_commit_swapped_on_disk_is_found_out(started: Repo) -> None:
    """The parents of each commit are read from an object that has its id."""
    started.write("app.py", "evil\n" * 9)
    middle = started.commit("Middle")
    started.commit("Last")
    fake = started.git("commit-tree", "-m", "Innocent", "-p", "start", "start^{tree}")
    target, source = (
        started.path / ".git" / "objects" / oid[:2] / oid[2:] for oid in (middle, fake)
    )
    target.chmod(0o644)
    target.write_bytes(source.read_bytes())
    with pytest.raises(ReadError) as caught:
        steps(started)
    assert caught.value.slug in ("forged-object", "missing-object")


def test_a_merge_with_one_parent_out_of_sight_stands_for_what_is_behind_it(
    started: Repo,
) -> None:
    """It is not compared with the other parent alone, nor taken for a commit with one."""
    started.git("checkout", "--quiet", "-b", "side")
    started.write("side.txt", "x" * 5000)
    side = started.commit("Side")
    started.git("checkout", "--quiet", "main")
    started.write("main.txt", "main\n")
    started.commit("Main")
    started.git("merge", "--quiet", "-m", "Merge", "side")
    (started.path / ".git" / "objects" / side[:2] / side[2:]).unlink()
    change = read.committed(started.at(), "HEAD")
    assert sizes(change.steps[0]) == {"side.txt": 5001}


@pytest.fixture
def long_side(started: Repo) -> Repo:
    """Give a merge of one commit with a branch of three, of which the first is large."""
    started.git("checkout", "--quiet", "-b", "side")
    for number, size in enumerate((5000, 10, 10)):
        started.write(f"side{number}.txt", "x" * size)
        started.commit(f"Side {number}")
    started.git("checkout", "--quiet", "main")
    started.write("main.txt", "main\n")
    started.commit("Main")
    started.git("merge", "--quiet", "-m", "Merge", "side")
    return started


def test_what_a_shallow_clone_cut_off_is_counted_where_it_was_cut(
    long_side: Repo, new_repo: NewRepo
) -> None:
    """The large commit is not there, and its characters are not lost."""
    clone = new_repo("clone")
    clone.git("fetch", "--quiet", "--depth=3", f"file://{long_side.path}", "main:there")
    base = long_side.git("rev-parse", "start")
    change = read.between(clone.at(), base, "there")
    told = {step.origin.subject: sizes(step) for step in change.steps}
    assert set(told) == {"Main", "Side 1", "Side 2", "Merge"}
    assert told["Side 1"] == {"side0.txt": 5001, "side1.txt": 11}
    assert told["Side 2"] == {"side2.txt": 11}
    cut = long_side.git("rev-parse", "side~1")[:10]
    assert any(cut in note and "--unshallow" in note for note in change.notes)


def test_a_boundary_that_was_written_by_hand_hides_nothing(long_side: Repo) -> None:
    """Git believes the file `shallow`, although the parents are there."""
    (long_side.path / ".git" / "shallow").write_text(long_side.git("rev-parse", "side~1") + "\n")
    assert long_side.git("rev-list", "--count", "start..main") == "4"
    change = read.between(long_side.at(), "start", "main")
    assert max(chars for step in change.steps for chars in sizes(step).values()) == 5001
    assert any("cut off before" in note for note in change.notes)


def test_a_range_leaves_nothing_behind(long_side: Repo, tmp_path: Path) -> None:
    """Neither the repository nor the index is written to."""
    before = sorted(path for path in tmp_path.rglob("*"))
    assert len(steps(long_side)) == 5
    assert sorted(path for path in tmp_path.rglob("*")) == before


def test_a_commit_is_read_against_its_first_parent(started: Repo) -> None:
    """The documents are the parent's, and the commit is the only step."""
    started.write("pyproject.toml", "old = true\n")
    parent = started.commit("Old")
    started.write("pyproject.toml", "new = true\n")
    commit = started.commit("New")
    change = read.committed(started.at(), "HEAD")
    assert (change.base.commit, change.head, change.why) == (parent, commit, "New")
    assert change.base.documents == {"pyproject.toml": b"old = true\n"}
    assert [file.path for file in change.files] == ["pyproject.toml"]
    assert [step.origin.commit for step in change.steps] == [commit]
    assert change.digest == read.between(started.at(), "HEAD~1", "HEAD").digest


def test_a_first_commit_is_read_against_nothing(started: Repo) -> None:
    """There is no base, and so no policy of one."""
    change = read.committed(started.at(), "start")
    assert change.base == Base("", {})
    assert sizes(change.steps[0]) == {"README.md": 17, "app.py": 28}
    assert [file.old for file in change.files] == [None, None]


def test_a_commit_without_its_parent_cannot_be_read(started: Repo, new_repo: NewRepo) -> None:
    """At the boundary of a shallow clone nobody knows what a commit changed."""
    started.commit("More")
    clone = new_repo("clone")
    clone.git("fetch", "--quiet", "--depth=1", f"file://{started.path}", "main:there")
    with pytest.raises(ReadError) as caught:
        read.committed(clone.at(), "there")
    assert caught.value.slug == "missing-object"
    assert "--unshallow" in caught.value.hint
    with pytest.raises(ReadError) as caught:
        read.committed(clone.at(), "nowhere")
    assert caught.value.slug == "unknown-revision"
