"""Ranges of commits: which base, which head, how many, and by whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.errors import ReadError, UsageError
from pytest_selfmod_guard.stages import read

if TYPE_CHECKING:
    from tests.conftest import NewRepo, Repo

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


@pytest.fixture
def forked(repo: Repo) -> Repo:
    """Give a main and a topic branch that each went on after they parted."""
    repo.write("pyproject.toml", "base = true\n")
    repo.commit("Base")
    repo.git("checkout", "--quiet", "-b", "topic")
    repo.write("one.py", "one = 1\n")
    repo.commit("One")
    repo.write("pyproject.toml", "topic = true\n")
    repo.commit("Two\n\nWith a body.\n\nCo-authored-by: Bot <bot@example.org>")
    repo.git("checkout", "--quiet", "main")
    repo.write("pyproject.toml", "main = true\n")
    repo.write("main_only.py", "")
    repo.commit("Main goes on")
    return repo


def test_a_range_starts_at_the_merge_base(forked: Repo) -> None:
    """What main did meanwhile is no part of it, and its newer policy not the base's."""
    change = read.between(forked.at(), "main", "topic")
    assert [file.path for file in change.files] == ["one.py", "pyproject.toml"]
    assert change.base.commit == forked.git("merge-base", "main", "topic")
    assert change.base.documents == {"pyproject.toml": b"base = true\n"}
    assert change.head == forked.git("rev-parse", "topic")
    assert ([step.origin.subject for step in change.steps], change.why) == (["One", "Two"], "Two")
    assert change.source == "--range main..topic"


def test_a_base_is_a_range_to_head(forked: Repo) -> None:
    """`--base REF` is the same with the head left out."""
    forked.git("checkout", "--quiet", "topic")
    change = read.since(forked.at(), "main")
    assert change.files == read.between(forked.at(), "main", "topic").files
    assert change.source == "--base main"


def test_a_document_of_the_project_s_folder_comes_from_the_base(forked: Repo) -> None:
    """In a folder, its documents are read as well, of the base and not of the head."""
    forked.write("sub/pyproject.toml", "old = true\n")
    forked.commit()
    forked.write("sub/pyproject.toml", "new = true\n")
    forked.commit()
    change = read.between(forked.at("sub"), "HEAD~1", "HEAD")
    assert change.base.documents["sub/pyproject.toml"] == b"old = true\n"


def test_a_range_of_nothing_is_no_files(forked: Repo) -> None:
    """A head that is an ancestor of the other adds nothing."""
    change = read.between(forked.at(), "main", "main~1")
    assert (change.files, change.steps) == ((), ())


def test_a_tree_can_be_the_base(forked: Repo) -> None:
    """The empty tree asks about the whole project at once."""
    change = read.between(forked.at(), EMPTY_TREE, "topic")
    assert [file.old for file in change.files] == [None] * 4
    assert (change.base.commit, change.base.documents) == ("", {})
    assert len(change.steps) == 4
    tree = forked.git("rev-parse", "main^{tree}")
    change = read.between(forked.at(), tree, "topic")
    assert change.base.documents["pyproject.toml"] == b"main = true\n"
    assert change.steps == ()


def test_a_merge_is_what_it_brings_to_the_first(forked: Repo) -> None:
    """Seen from main, a merge of the topic is the topic and the resolution."""
    forked.git("merge", "--quiet", "topic", "-X", "ours", "-m", "Merge")
    change = read.between(forked.at(), "HEAD~1", "HEAD")
    assert [file.path for file in change.files] == ["one.py"]
    assert [step.origin.subject for step in change.steps] == ["One", "Two", "Merge"]
    assert change.steps[-1].files == ()


def test_several_merge_bases_are_said(forked: Repo) -> None:
    """After a criss-cross merge there is no single base."""
    main, topic = (forked.git("rev-parse", name) for name in ("main", "topic"))
    forked.git("merge", "--quiet", topic, "-X", "ours", "-m", "There")
    forked.git("checkout", "--quiet", "topic")
    forked.git("merge", "--quiet", main, "-X", "ours", "-m", "And back")
    change = read.between(forked.at(), "main", "topic")
    assert change.base.commit in {main, topic}
    (note,) = change.notes
    assert "2 merge bases" in note


def test_unrelated_histories_have_no_merge_base(forked: Repo) -> None:
    """There is no base to judge by."""
    forked.git("checkout", "--quiet", "--orphan", "alone")
    forked.commit("Alone")
    with pytest.raises(ReadError) as caught:
        read.between(forked.at(), "main", "alone")
    assert caught.value.slug == "no-merge-base"


@pytest.mark.parametrize("rev", ["nothing", "--all", "-h", "", "a\nHEAD", "HEAD\0", "HEAD:app.py"])
def test_what_names_no_commit_is_unknown(repo: Repo, rev: str) -> None:
    """Options, line breaks and files are not revisions."""
    for names in ((rev, "HEAD"), ("HEAD", rev)):
        with pytest.raises(ReadError) as caught:
            read.between(repo.at(), *names)
        assert caught.value.slug == "unknown-revision"


@pytest.mark.parametrize("suffix", ["", "~0", "^{commit}", "@{0}"])
def test_a_tag_with_the_name_of_the_base_is_refused(forked: Repo, suffix: str) -> None:
    """It would win over the branch, and the range would be what its maker likes."""
    forked.git("update-ref", "refs/remotes/origin/main", "main")
    change = read.between(forked.at(), "origin/main", "topic")
    forked.git("tag", "origin/main", "topic")
    for old, new in ((f"origin/main{suffix}", "topic"), ("topic", f"origin/main{suffix}")):
        with pytest.raises(ReadError) as caught:
            read.between(forked.at(), old, new)
        assert caught.value.slug == "ambiguous-revision"
        assert "refs/tags/origin/main" in str(caught.value)
    assert read.between(forked.at(), "refs/remotes/origin/main", "topic").files == change.files


def test_without_a_commit_there_is_no_range(new_repo: NewRepo) -> None:
    """A branch that has no commit yet is not the empty tree here."""
    with pytest.raises(ReadError) as caught:
        read.since(new_repo("fresh").at(), "HEAD")
    assert caught.value.slug == "unknown-revision"


@pytest.fixture
def shallow(forked: Repo, new_repo: NewRepo) -> Repo:
    """Give a clone that has both tips and nothing before them."""
    clone = new_repo("clone")
    clone.git("fetch", "--quiet", "--depth=1", f"file://{forked.path}", "main:main2", "topic:topic")
    return clone


def test_a_shallow_clone_without_the_base_says_how_to_get_it(shallow: Repo) -> None:
    """The usual mistake in CI has a hint of its own."""
    with pytest.raises(ReadError) as caught:
        read.between(shallow.at(), "main2", "topic")
    assert caught.value.slug == "no-merge-base"
    assert "git fetch --unshallow" in caught.value.hint
    with pytest.raises(ReadError) as caught:
        read.between(shallow.at(), "topic~1", "topic")
    assert caught.value.slug == "unknown-revision"
    assert "git fetch --unshallow" in caught.value.hint


def test_a_shallow_clone_with_the_base_says_it_is_shallow(forked: Repo, shallow: Repo) -> None:
    """Where history ends early, that is said beside the verdict."""
    shallow.git("fetch", "--quiet", "--depth=3", f"file://{forked.path}", "main", "topic")
    change = read.between(shallow.at(), "main2", "topic")
    assert [file.path for file in change.files] == ["one.py", "pyproject.toml"]
    assert any("shallow" in note for note in change.notes)


def test_a_damaged_history_is_not_a_missing_base(forked: Repo) -> None:
    """A commit that is gone says so."""
    middle = forked.git("rev-parse", "topic~1")
    (forked.path / ".git" / "objects" / middle[:2] / middle[2:]).unlink()
    with pytest.raises(ReadError) as caught:
        read.between(forked.at(), "main", "topic")
    assert caught.value.slug == "missing-object"


def test_identities_are_those_of_the_range_alone(forked: Repo) -> None:
    """Author, committer and message of each commit after the base, newest first."""
    forked.git("checkout", "--quiet", "topic")
    author = ("-c", "author.name=A <b> c", "-c", "author.email=bot@example.org")
    forked.git(*author, "commit", "--quiet", "--allow-empty", "-m", "Three")
    change = read.between(forked.at(), "main", "topic")
    told = list(read.identities(forked.at(), change))
    assert [one.message.split("\n")[0] for one in told] == ["Three", "Two", "One"]
    assert told[0].names == ("A b c", "bot@example.org", "Ada", "ada@example.org")
    assert "Co-authored-by: Bot" in told[1].message
    assert told[0].commit == change.head


def test_an_agent_behind_a_thousand_commits_is_seen(repo: Repo) -> None:
    """All commits of a range are read, newest first, however many there are."""
    lines = [b"reset refs/heads/long\nfrom refs/heads/main\n"]
    for number in range(1205):
        name = b"A" if number else b"Bot"
        mark = b"commit refs/heads/long\ncommitter %s <a@b> %d +0000\n"
        lines.append(mark % (name, 2_000_000_000 + number) + b"data 1\nx\n")
    repo.git("fast-import", "--quiet", feed=b"".join(lines))
    told = list(read.identities(repo.at(), read.between(repo.at(), "main", "long")))
    assert [one.names[0] for one in told] == ["A"] * 1204 + ["Bot"]


def test_only_commits_have_identities(repo: Repo) -> None:
    """A staged change says nothing about its author, and a tree has no history."""
    assert list(read.identities(repo.at(), read.staged(repo.at()))) == []
    repo.commit("More")
    whole = read.between(repo.at(), EMPTY_TREE, "HEAD")
    assert [one.message for one in read.identities(repo.at(), whole)] == ["More\n", "Start\n"]
    alone = read.between(repo.at(), repo.git("rev-parse", "HEAD~1^{tree}"), "HEAD")
    assert [one.message for one in read.identities(repo.at(), alone)] == ["More\n"]


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("a..b", ("a", "b")),
        ("a...b", ("a", "b")),
        ("main..", ("main", "HEAD")),
        ("..topic", ("HEAD", "topic")),
        ("...topic", ("HEAD", "topic")),
        ("v1.0..v1.1", ("v1.0", "v1.1")),
        ("HEAD~2..HEAD@{1 day ago}", ("HEAD~2", "HEAD@{1 day ago}")),
    ],
)
def test_a_range_is_taken_apart(text: str, ends: tuple[str, str]) -> None:
    """Two or three dots, and either end may be left out."""
    assert read.parse_range(text) == ends


@pytest.mark.parametrize("text", ["", "main", "..", "...", "a..b..c", "a....b", "a.....b", "a.b"])
def test_what_is_no_range_is_a_usage_error(text: str) -> None:
    """The hint shows how one looks."""
    with pytest.raises(UsageError) as caught:
        read.parse_range(text)
    assert caught.value.slug == "bad-range"
    assert "--range" in caught.value.hint
